/** Errors that pass by themselves: what is kept here is sent again later, for the next try may be as good as any. */
const PASSING: ReadonlySet<string> = new Set([
  "network_unreachable",
  "request_timed_out",
  "unexpected_answer",
  "too_many_uploads",
  "too_many_attempts",
  "upload_broken",
  "storage_unavailable",
  "internal_error",
  // Whoever signs in again in another window sends on from this one.
  "not_signed_in",
]);

export function isPassing(code: string): boolean {
  return PASSING.has(code);
}
