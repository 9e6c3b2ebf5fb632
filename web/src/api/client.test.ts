import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { ApiError, createApiClient, isAbort, toApiError } from "./client";

const JSON_TYPE = { "Content-Type": "application/json" };

/** The wire: answers each request as told and remembers it. */
function wire(answer: (signal: AbortSignal) => Promise<Response>) {
  const sent: { path: string; init: RequestInit }[] = [];
  const send = (path: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    sent.push({ path: path as string, init });
    return answer(init.signal as AbortSignal);
  };
  return { sent, fetch: send };
}

const answering = (body: unknown, status = 200) =>
  wire(() => Promise.resolve(new Response(JSON.stringify(body), { status, headers: JSON_TYPE })));

/** A server that never answers; the request ends only by its signal. */
const silent = () =>
  wire((signal) => new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason as Error))));

describe("the token of the sign-in", () => {
  test("goes with what changes something, and not with what only looks", async () => {
    const { sent, fetch } = answering({});
    const client = createApiClient({ fetch, csrfToken: () => "secret" });
    await client.get("/api/cases");
    await client.post("/api/cases", { a: 1 });
    const tokens = sent.map(({ init }) => new Headers(init.headers).get("X-CSRF-Token"));
    expect(tokens).toEqual([null, "secret"]);
    expect(sent[1]?.init.body).toBe('{"a":1}');
  });

  test("is missing where nobody is signed in", async () => {
    const { sent, fetch } = answering({});
    await createApiClient({ fetch }).post("/api/join/open", { token: "t" });
    expect(new Headers(sent[0]?.init.headers).has("X-CSRF-Token")).toBe(false);
  });
});

test("an empty answer is none", async () => {
  const { fetch } = wire(() => Promise.resolve(new Response(null, { status: 204 })));
  await expect(createApiClient({ fetch }).delete("/api/invitations/1")).resolves.toBeUndefined();
});

describe("what went wrong is told by a stable code", () => {
  test("the server's own, with its values", async () => {
    const { fetch } = answering({ code: "room_full", params: { max: 4 }, status: 409, detail: "full" }, 409);
    await expect(createApiClient({ fetch }).get("/api/x")).rejects.toMatchObject({
      code: "room_full",
      status: 409,
      params: { max: 4 },
      message: "full",
    });
  });

  test.each([
    ["a proxy's own page", "<html>Bad gateway</html>"],
    ["JSON without a code", '{"error": "no"}'],
    ["a bare null", "null"],
  ])("for %s", async (_what, body) => {
    const { fetch } = wire(() => Promise.resolve(new Response(body, { status: 502 })));
    await expect(createApiClient({ fetch }).get("/api/x")).rejects.toMatchObject({
      code: "unexpected_answer",
      status: 502,
    });
  });

  test("for an answer that is no JSON", async () => {
    const { fetch } = wire(() => Promise.resolve(new Response("hello")));
    await expect(createApiClient({ fetch }).get("/api/x")).rejects.toMatchObject({ code: "unexpected_answer" });
  });

  test("for a server out of reach", async () => {
    const { fetch } = wire(() => Promise.reject(new TypeError("Failed to fetch")));
    await expect(createApiClient({ fetch }).get("/api/x")).rejects.toMatchObject({ code: "network_unreachable" });
  });

  test("for a fault of the page", () => {
    expect(toApiError(new RangeError("oops"))).toMatchObject({ code: "page_fault" });
    const known = new ApiError("conflict", 409);
    expect(toApiError(known)).toBe(known);
  });
});

test("a lost sign-in is told once, before the error", async () => {
  const onSignedOut = vi.fn();
  const { fetch } = answering({ code: "not_signed_in" }, 401);
  await expect(createApiClient({ fetch, onSignedOut }).get("/api/cases")).rejects.toBeInstanceOf(ApiError);
  expect(onSignedOut).toHaveBeenCalledTimes(1);
});

test("a wrong password is no lost sign-in", async () => {
  const onSignedOut = vi.fn();
  const { fetch } = answering({ code: "wrong_credentials" }, 401);
  await expect(createApiClient({ fetch, onSignedOut }).post("/api/sign-in")).rejects.toBeInstanceOf(ApiError);
  expect(onSignedOut).not.toHaveBeenCalled();
});

describe("a server that does not answer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is waited for longer where a whole file is asked for than for a small answer", async () => {
    const { sent, fetch } = silent();
    const client = createApiClient({ fetch });
    const failed = [client.get("/api/x"), client.bytes("/api/x")].map((asked) => expect(asked).rejects.toThrow());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent.map(({ init }) => init.signal?.aborted)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(60_000);
    await Promise.all(failed);
  });

  test("is waited for as long as asked, then told", async () => {
    const { sent, fetch } = silent();
    const failed = expect(createApiClient({ fetch }).get("/api/x", { timeoutMs: 3_000 })).rejects.toMatchObject({
      code: "request_timed_out",
    });
    await vi.advanceTimersByTimeAsync(2_999);
    expect(sent[0]?.init.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await failed;
  });

  test("is given up with its caller, which is no error to show", async () => {
    const caller = new AbortController();
    const { fetch } = silent();
    const request = createApiClient({ fetch }).get("/api/x", { signal: caller.signal });
    const failed = expect(request).rejects.toSatisfy(isAbort);
    caller.abort();
    await failed;
    expect(vi.getTimerCount()).toBe(0);
  });
});
