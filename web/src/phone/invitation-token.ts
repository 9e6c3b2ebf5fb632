/** The invitation's token, from the address's fragment, which no server and no log ever sees. */

const TOKEN = /^[A-Za-z0-9_-]{16,128}$/;

/** The token, or null if the link is incomplete or mistyped. */
export function tokenOf(hash: string): string | null {
  const text = hash.replace(/^#/, "").trim();
  return TOKEN.test(text) ? text : null;
}
