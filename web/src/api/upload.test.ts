import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { createApiClient } from "./client";

/** The wire of XMLHttpRequest: each test says what happens to the request that was sent. */
class Request {
  static sent: Request[] = [];
  readonly headers: Record<string, string> = {};
  readonly upload: { onprogress?: (event: object) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onloadend?: () => void;
  status = 0;
  responseText = "";
  aborted = false;
  body?: FormData;
  target = "";

  open(method: string, path: string): void {
    this.target = `${method} ${path}`;
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  send(body: FormData): void {
    this.body = body;
    Request.sent.push(this);
  }

  abort(): void {
    this.aborted = true;
    this.onloadend?.();
  }

  answer(status: number, body: unknown): void {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload?.();
    this.onloadend?.();
  }
}

function last(): Request {
  const request = Request.sent.at(-1);
  if (!request) throw new Error("nothing was sent");
  return request;
}

const FILE = new Blob(["picture"]);

beforeEach(() => {
  Request.sent = [];
  vi.stubGlobal("XMLHttpRequest", Request);
  vi.useFakeTimers();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a file goes out", () => {
  test("behind what is said of it, with the token, telling how far it is", async () => {
    const heard: number[] = [];
    const sending = createApiClient({ bearerToken: () => "t0ken" }).upload("/api/visit/evidence/1", { kind: "photo" }, FILE, {
      onProgress: (fraction) => heard.push(fraction),
    });
    const request = last();
    expect(request.target).toBe("PUT /api/visit/evidence/1");
    expect(request.headers.Authorization).toBe("Bearer t0ken");
    expect([...(request.body?.keys() ?? [])]).toEqual(["about", "file"]);
    request.upload.onprogress?.({ lengthComputable: true, loaded: 3, total: 4 });
    request.answer(200, { id: "1" });
    await expect(sending).resolves.toEqual({ id: "1" });
    expect(heard).toEqual([0.75]);
  });

  test("and says why it was refused", async () => {
    const sending = createApiClient().upload("/x", {}, FILE);
    last().answer(413, { code: "file_too_large", params: { max_bytes: 9 } });
    await expect(sending).rejects.toMatchObject({ code: "file_too_large", params: { max_bytes: 9 } });
  });

  test("as long as bytes move, and no longer", async () => {
    const sending = createApiClient().upload("/x", {}, FILE);
    sending.catch(() => undefined);
    vi.advanceTimersByTime(15_000);
    last().upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 2 });
    vi.advanceTimersByTime(15_000);
    expect(last().aborted).toBe(false);
    vi.advanceTimersByTime(6_000);
    expect(last().aborted).toBe(true);
    await expect(sending).rejects.toMatchObject({ code: "request_timed_out" });
  });

  test("until its sender gives it up", async () => {
    const control = new AbortController();
    const sending = createApiClient().upload("/x", {}, FILE, { signal: control.signal });
    control.abort();
    await expect(sending).rejects.toMatchObject({ name: "AbortError" });
    expect(last().aborted).toBe(true);
  });

  test("and a broken network is named", async () => {
    const sending = createApiClient().upload("/x", {}, FILE);
    last().onerror?.();
    await expect(sending).rejects.toMatchObject({ code: "network_unreachable" });
  });
});
