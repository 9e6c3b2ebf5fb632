/** Whether asking once more can help: what is not there, or not for this person, stays so. */
export function worthRetrying(code: string): boolean {
  return code !== "not_found" && code !== "not_allowed";
}
