import { expect, test } from "vitest";

import { createLetters, type Letters } from "./letters";

function page(stored: Map<string, string>): { letters: Letters; root: { dataset: DOMStringMap }; hear: () => void } {
  const root = { dataset: {} as DOMStringMap };
  let hear = (): void => undefined;
  const letters = createLetters({
    root,
    storage: () => ({ getItem: (key) => stored.get(key) ?? null, setItem: (key, text) => void stored.set(key, text) }),
    onChange: (_, read) => (hear = read),
  });
  return { letters, root, hear: () => hear() };
}

test("large letters hold until they are switched off, over a reload and in other windows", () => {
  const stored = new Map<string, string>();
  const first = page(stored);
  const other = page(stored);
  expect([first.letters.large.value, first.root.dataset["letters"]]).toEqual([false, undefined]);
  first.letters.toggle();
  other.hear();
  expect([first.root.dataset["letters"], other.root.dataset["letters"]]).toEqual(["large", "large"]);
  expect(page(stored).letters.large.value).toBe(true);
  first.letters.toggle();
  expect([first.root.dataset["letters"], page(stored).letters.large.value]).toEqual([undefined, false]);
});

test("where a browser keeps nothing they hold until the page is closed", () => {
  const root = { dataset: {} as DOMStringMap };
  const storage = (): never => {
    throw new DOMException("", "SecurityError");
  };
  const letters = createLetters({ root, storage, onChange: () => undefined });
  letters.toggle();
  expect([letters.large.value, root.dataset["letters"]]).toEqual([true, "large"]);
});
