import { expect, test } from "vitest";

import { tokenOf } from "./invitation-token";

const TOKEN = "Zm9vYmFyYmF6cXV4-_12";

test.each([
  [`#${TOKEN}`, TOKEN],
  [`#${TOKEN} `, TOKEN],
  ["", null],
  ["#", null],
  ["#short", null],
  [`#${TOKEN}/../x`, null],
  [`#${"a".repeat(129)}`, null],
])("%s", (hash, token) => {
  expect(tokenOf(hash)).toBe(token);
});
