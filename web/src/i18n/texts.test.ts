/** Both languages say the same things, every text that a page asks for exists, and no text is kept for nobody. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { describe, expect, test } from "vitest";

import laptopEn from "./laptop.en";
import laptopZh from "./laptop.zh-CN";
import phoneEn from "./phone.en";
import phoneZh from "./phone.zh-CN";

const SOURCES = resolve(import.meta.dirname, "..");
const ENTRIES = [
  { name: "laptop", zh: flat(laptopZh), en: flat(laptopEn), sources: readSources("main.ts") },
  { name: "phone", zh: flat(phoneZh), en: flat(phoneEn), sources: readSources("phone/main.ts") },
];

describe.each(ENTRIES)("the texts of the $name", ({ zh, en, sources: { called, patterns } }) => {
  test("have the same keys in both languages", () => {
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
  });

  test("fill the same values into both languages", () => {
    const differing = [...zh].filter(([key, text]) => placeholders(text) !== placeholders(en.get(key) ?? ""));
    expect(differing).toEqual([]);
  });

  test("are never empty", () => {
    expect([...zh, ...en].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  test("hold every key that the pages ask for", () => {
    expect([...called].filter((key) => !zh.has(key))).toEqual([]);
    const keys = [...zh.keys()];
    expect(patterns.filter(({ asked, matches }) => asked && !keys.some(matches)).map(({ source }) => source)).toEqual([]);
  });
});

test("no text is kept that neither laptop nor phone asks for", () => {
  const uses = ENTRIES.map(({ sources }) => sources);
  const used = (key: string): boolean =>
    uses.some(({ literals, patterns }) => literals.has(key) || patterns.some(({ matches }) => matches(key)));
  const unused = new Set(ENTRIES.flatMap(({ zh }) => [...zh.keys()]).filter((key) => !used(key)));
  expect([...unused]).toEqual([]);
});

test("every error that the server can send has a text", () => {
  const { errors } = laptopZh as unknown as { errors: Record<string, string> };
  expect(serverCodes().filter((code) => !(code in errors))).toEqual([]);
});

function flat(texts: object, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(texts) as [string, unknown][]) {
    if (typeof value === "string") found.set(prefix + name, value);
    else for (const [key, text] of flat(value as object, `${prefix}${name}.`)) found.set(key, text);
  }
  return found;
}

/** `@:` links and `{'…'}` literals are not used here; a plain list of names is enough. */
function placeholders(text: string): string {
  return [...new Set(text.match(/\{\w+\}/g))].sort().join(" ");
}

interface Pattern {
  source: string;
  asked: boolean;
  matches: (key: string) => boolean;
}

/** What the files that an entry reaches say about keys: `t("a.b")`, any other literal, and `a.${…}.c`. */
function readSources(main: string): { called: Set<string>; literals: Set<string>; patterns: Pattern[] } {
  const called = new Set<string>();
  const literals = new Set<string>();
  const patterns: Pattern[] = [];
  for (const text of reachable(resolve(SOURCES, main)).map((file) => readFileSync(file, "utf8"))) {
    for (const [, key] of text.matchAll(/(?<![\w$])(?:\$?t|te)\(\s*["'`]([\w.-]+)["'`]/g)) called.add(String(key));
    for (const [, key] of text.matchAll(/keypath="([\w.-]+)"/g)) called.add(String(key));
    for (const [, , literal] of text.matchAll(/(["'`])([\w-]+(?:\.[\w-]+)+)\1/g)) literals.add(String(literal));
    for (const [whole, call, source] of text.matchAll(/((?<![\w$])(?:\$?t|te)\(\s*)?`([\w.-]+\.\$\{[^`]*)`/g)) {
      patterns.push({ source: whole, asked: call !== undefined, matches: matcherOf(String(source)) });
    }
  }
  return { called, literals, patterns };
}

function matcherOf(template: string): (key: string) => boolean {
  const parts = template.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.\\-]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".+")}$`);
  return (key) => pattern.test(key);
}

/** The entry and all that it imports of our own, now or later; the texts themselves ask for nothing. */
function reachable(entry: string): string[] {
  const found = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file) || file.includes("/i18n/")) continue;
    found.add(file);
    const imports = readFileSync(file, "utf8").matchAll(/(?:from\s+|import\s*\(?\s*)"((?:\.|@\/)[^"]+)"/g);
    for (const [, name] of imports) {
      const path = String(name);
      const base = path.startsWith("@/") ? resolve(SOURCES, path.slice(2)) : resolve(dirname(file), path);
      const target = [base, `${base}.ts`, `${base}/index.ts`].find((one) => /\.(ts|vue)$/.test(one) && existsSync(one));
      if (target !== undefined) open.push(target);
    }
  }
  return [...found];
}

/** All codes of the server's error family but those that leave no page to show them on. */
function serverCodes(): string[] {
  const python = readFileSync(resolve(SOURCES, "../../inspect_server/domain/errors.py"), "utf8");
  const classes = python.matchAll(/^class (\w+)\((\w+)\):[\s\S]*?^ {4}code(?:: ClassVar\[str\])? = "(\w+)"/gm);
  const withoutPage = ["ConfigurationError"];
  return [...classes]
    .filter(([, name, base]) => !withoutPage.includes(String(name)) && !withoutPage.includes(String(base)))
    .map(([, , , code]) => String(code));
}
