/**
 * When a part of the pages does not load.
 *
 * A browser remembers that a module could not be fetched and does not ask for it again in the same document (HTML
 * standard, module map; seen in Chromium): only a new document helps. It is loaded as soon as the server answers, and
 * goes on where this one was, for whatever counts is kept by the server or in the browser's storage.
 */

const AGAIN_MS = 1500;

/** Never settles: the page is loaded again. */
export async function loadPageAgain(): Promise<never> {
  do {
    await new Promise((passed) => setTimeout(passed, AGAIN_MS));
  } while (!(await serverAnswers()));
  window.location.reload();
  return new Promise<never>(() => undefined);
}

async function serverAnswers(): Promise<boolean> {
  try {
    const { ok } = await fetch("/icon.svg", { cache: "no-store", signal: AbortSignal.timeout(10 * AGAIN_MS) });
    return ok;
  } catch {
    return false;
  }
}
