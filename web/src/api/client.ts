/**
 * The one way from the pages to the server's HTTP routes. Laptop and phone share it, so it knows no page and no text.
 *
 * Every failure is an ApiError with a stable `code`: the server's own (RFC 9457 problem details), or one of
 * `network_unreachable`, `request_timed_out`, `unexpected_answer`. A request that its caller aborted throws the
 * signal's reason (a DOMException named `AbortError`), which is no error to show.
 */
import { ApiError, type ProblemParams } from "./api-error";
import type { components } from "./generated/http";
import { upload, type UploadOptions } from "./upload";

export { ApiError, type ProblemParams };

export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** Long enough for a slow 4G link to carry a small answer, short enough that a person still waits for it. */
const DEFAULT_TIMEOUT_MS = 15_000;
/** A document with pictures is some megabytes, which a weak link carries in a minute or two. */
const FILE_TIMEOUT_MS = 120_000;

export interface RequestOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
}

export interface ApiClientSettings {
  /** The token of the sign-in, once known; sent with every unsafe request. The phone has none. */
  csrfToken?: () => string | null;
  /** The token of the invitation, for routes that a guest asks with it. */
  bearerToken?: () => string | null;
  /** Told about every `not_signed_in` answer before the error is thrown. */
  onSignedOut?: () => void;
  fetch?: typeof fetch;
}

export interface ApiClient {
  get: <Answer>(path: string, options?: RequestOptions) => Promise<Answer>;
  /** The bytes of a picture or document. */
  bytes: (path: string, options?: RequestOptions) => Promise<Blob>;
  post: <Answer>(path: string, body?: unknown, options?: RequestOptions) => Promise<Answer>;
  put: <Answer>(path: string, body: unknown, options?: RequestOptions) => Promise<Answer>;
  /** Sends `about` and a file in one request, with progress; see `upload.ts`. */
  upload: <Answer>(path: string, about: unknown, file: Blob | null, options?: UploadOptions) => Promise<Answer>;
  delete: (path: string, options?: RequestOptions) => Promise<void>;
}

export function createApiClient(settings: ApiClientSettings = {}): ApiClient {
  const tokens = (method: string): Record<string, string> => {
    const headers: Record<string, string> = {};
    const [csrf, bearer] = [settings.csrfToken?.() ?? null, settings.bearerToken?.() ?? null];
    if (method !== "GET" && csrf !== null) headers["X-CSRF-Token"] = csrf;
    if (bearer !== null) headers.Authorization = `Bearer ${bearer}`;
    return headers;
  };
  const send = async (
    method: string,
    path: string,
    body: unknown,
    options: RequestOptions,
    read: (response: Response) => Promise<unknown> = answerOf,
  ): Promise<unknown> => {
    const { signal: deadline, release: stopDeadline } = signalIn(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const { signal, release } = firstOf(deadline, options.signal);
    try {
      const request = settings.fetch ?? fetch;
      const response = await request(path, { ...describe(method, body, tokens(method)), signal });
      if (response.ok) return await read(response);
      throw await problemOf(response);
    } catch (error) {
      const failure = asFailure(error, deadline, options.signal);
      if (failure instanceof ApiError && failure.code === "not_signed_in") settings.onSignedOut?.();
      throw failure;
    } finally {
      release();
      stopDeadline();
    }
  };
  return {
    get: async <Answer>(path: string, options: RequestOptions = {}) =>
      (await send("GET", path, undefined, options)) as Answer,
    bytes: async (path, options = {}) =>
      (await send("GET", path, undefined, { timeoutMs: FILE_TIMEOUT_MS, ...options }, (response) => response.blob())) as Blob,
    post: async <Answer>(path: string, body?: unknown, options: RequestOptions = {}) =>
      (await send("POST", path, body ?? {}, options)) as Answer,
    put: async <Answer>(path: string, body: unknown, options: RequestOptions = {}) =>
      (await send("PUT", path, body, options)) as Answer,
    upload: async <Answer>(path: string, about: unknown, file: Blob | null, options: UploadOptions = {}) => {
      const { status, text } = await upload("PUT", path, { about, file }, tokens("PUT"), options);
      if (status >= 200 && status < 300) return JSON.parse(text) as Answer;
      const problem = problemIn(text, status);
      if (problem.code === "not_signed_in") settings.onSignedOut?.();
      throw problem;
    },
    delete: async (path, options = {}) => {
      await send("DELETE", path, undefined, options);
    },
  };
}

/** True for a request that its caller gave up; nothing to tell anybody. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** What went wrong, whatever was thrown: anything that is no ApiError is a fault of the page itself. */
export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("page_fault", 0, {}, String(error));
}

function describe(method: string, body: unknown, tokens: Record<string, string>): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json", ...tokens };
  const request: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  return request;
}

async function answerOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  try {
    return (await response.json()) as unknown;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError("unexpected_answer", response.status);
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  return problemIn(await response.text(), response.status);
}

function problemIn(text: string, status: number): ApiError {
  let problem: unknown;
  try {
    problem = JSON.parse(text);
  } catch {
    return new ApiError("unexpected_answer", status);
  }
  if (typeof problem !== "object" || problem === null || !("code" in problem) || typeof problem.code !== "string") {
    return new ApiError("unexpected_answer", status);
  }
  const { code, params, detail } = problem as Partial<Schema<"Problem">> & { code: string };
  return new ApiError(code, status, params ?? {}, detail ?? "");
}

function asFailure(error: unknown, deadline: AbortSignal, caller: AbortSignal | undefined): unknown {
  if (error instanceof ApiError) return error;
  if (caller?.aborted) return new DOMException("The request was given up", "AbortError");
  if (deadline.aborted) return new ApiError("request_timed_out", 0);
  // fetch says TypeError for everything between "no network" and "connection reset".
  if (error instanceof TypeError) return new ApiError("network_unreachable", 0, {}, error.message);
  return error;
}

/** AbortSignal.timeout, which Safari before 16 and older WeChat engines lack. */
function signalIn(delayMs: number): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), delayMs);
  return { signal: controller.signal, release: () => clearTimeout(timer) };
}

/** AbortSignal.any, which older WeChat engines lack. `release` unties the caller's signal from this request. */
function firstOf(deadline: AbortSignal, caller: AbortSignal | undefined): { signal: AbortSignal; release: () => void } {
  const both = new AbortController();
  const stop = () => both.abort();
  const signals = caller ? [deadline, caller] : [deadline];
  for (const signal of signals) {
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  }
  return { signal: both.signal, release: () => signals.forEach((signal) => signal.removeEventListener("abort", stop)) };
}
