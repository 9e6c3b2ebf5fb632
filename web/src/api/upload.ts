/**
 * A file on its way to the server, with progress: XMLHttpRequest, because fetch tells none.
 *
 * The request may take as long as it needs while bytes move; when none have moved for `SILENCE_MS` it is given up. The
 * id in the path is the sender's own, so that sending the same again after a failure is the same thing again.
 */
import { ApiError } from "./api-error";

/** A weak link may stand still for a while; longer means that it is gone. */
const SILENCE_MS = 20_000;

export interface UploadOptions {
  signal?: AbortSignal | undefined;
  /** From 0 to 1, as bytes leave this device. */
  onProgress?: (fraction: number) => void;
}

export interface UploadBody {
  about: unknown;
  file: Blob | null;
}

export interface UploadAnswer {
  status: number;
  text: string;
}

export function upload(
  method: string,
  path: string,
  { about, file }: UploadBody,
  headers: Readonly<Record<string, string>>,
  { signal, onProgress }: UploadOptions = {},
): Promise<UploadAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(givenUp());
      return;
    }
    const request = new XMLHttpRequest();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        reject(new ApiError("request_timed_out", 0));
        request.abort();
      }, SILENCE_MS);
    };
    const stop = (): void => {
      reject(givenUp());
      request.abort();
    };
    request.open(method, path);
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      heard();
      if (event.lengthComputable && event.total > 0) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = () => reject(new ApiError("network_unreachable", 0));
    request.onloadend = () => {
      clearTimeout(silence);
      signal?.removeEventListener("abort", stop);
    };
    signal?.addEventListener("abort", stop);
    heard();
    request.send(form(about, file));
  });
}

/** `about` comes first: the server reads it before the bytes. */
function form(about: unknown, file: Blob | null): FormData {
  const data = new FormData();
  data.append("about", new Blob([JSON.stringify(about)], { type: "application/json" }), "about.json");
  if (file !== null) data.append("file", file, "file");
  return data;
}

function givenUp(): DOMException {
  return new DOMException("The request was given up", "AbortError");
}
