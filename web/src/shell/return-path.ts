/** Where to go after signing in: only a path of this site, never another one. */
export function returnPathOf(value: unknown): string {
  if (typeof value !== "string" || !value.startsWith("/") || value.startsWith("//") || value.includes("\\")) {
    return "/cases";
  }
  return value.startsWith("/sign-in") ? "/cases" : value;
}
