/**
 * The one way from the pages to the server's HTTP routes. Laptop and phone share it, so it knows no page and no text.
 *
 * Every failure is an ApiError with a stable `code`: the server's own (RFC 9457 problem details), or one of
 * `network_unreachable`, `request_timed_out`, `unexpected_answer`. A request that its caller aborted throws the
 * signal's reason (a DOMException named `AbortError`), which is no error to show.
 */
import type { components } from "./generated/http";

export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
export type ProblemParams = Readonly<Record<string, string | number>>;

/** Long enough for a slow 4G link to carry a small answer, short enough that a person still waits for it. */
const DEFAULT_TIMEOUT_MS = 15_000;

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: string,
    readonly status: number,
    readonly params: ProblemParams = {},
    detail = "",
  ) {
    super(detail || code);
  }
}

export interface RequestOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
}

export interface ApiClientSettings {
  /** The token of the sign-in, once known; sent with every unsafe request. The phone has none. */
  csrfToken?: () => string | null;
  /** Told about every `not_signed_in` answer before the error is thrown. */
  onSignedOut?: () => void;
  fetch?: typeof fetch;
}

export interface ApiClient {
  get: <Answer>(path: string, options?: RequestOptions) => Promise<Answer>;
  post: <Answer>(path: string, body?: unknown, options?: RequestOptions) => Promise<Answer>;
  delete: (path: string, options?: RequestOptions) => Promise<void>;
}

export function createApiClient(settings: ApiClientSettings = {}): ApiClient {
  const send = async (method: string, path: string, body: unknown, options: RequestOptions): Promise<unknown> => {
    const { signal: deadline, release: stopDeadline } = signalIn(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const { signal, release } = firstOf(deadline, options.signal);
    try {
      const request = settings.fetch ?? fetch;
      const response = await request(path, { ...describe(method, body, settings.csrfToken?.() ?? null), signal });
      if (response.ok) return await answerOf(response);
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
    post: async <Answer>(path: string, body?: unknown, options: RequestOptions = {}) =>
      (await send("POST", path, body ?? {}, options)) as Answer,
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

function describe(method: string, body: unknown, csrfToken: string | null): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json" };
  const request: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  if (method !== "GET" && csrfToken !== null) headers["X-CSRF-Token"] = csrfToken;
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
  const text = await response.text();
  let problem: unknown;
  try {
    problem = JSON.parse(text);
  } catch {
    return new ApiError("unexpected_answer", response.status);
  }
  if (typeof problem !== "object" || problem === null || !("code" in problem) || typeof problem.code !== "string") {
    return new ApiError("unexpected_answer", response.status);
  }
  const { code, params, detail } = problem as Partial<Schema<"Problem">> & { code: string };
  return new ApiError(code, response.status, params ?? {}, detail ?? "");
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
