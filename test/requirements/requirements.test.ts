/** Every phrase of the requirements, section 1, is answered by resources whose literal values are asserted. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";
import { isQuoted, notQuoted, phrasesOf } from "./coverage.ts";
import { PHRASES } from "./phrases.ts";
import { Rendered } from "./rendered.ts";
import { RENDERINGS } from "./renderings.ts";
import { RENDER_TIMEOUT_MS, renderOnce } from "./renderOnce.ts";
import type { Requirement } from "./requirement.ts";

/** The requirements themselves, where they lie beside the checkout; their phrases are committed. */
const DOCUMENT = path.join(CHECKOUT, "..", "shared", "REQUIREMENTS.md");
const phrases = existsSync(DOCUMENT) ? phrasesOf(readFileSync(DOCUMENT, "utf8")) : PHRASES;

const ROWS = path.join(import.meta.dirname, "rows");
const requirements = (await Promise.all(readdirSync(ROWS).filter((file) => file.endsWith(".ts")).map((file) => readRow(path.join(ROWS, file))))).flat();

/** Every row file exports its requirements under the row's name, and nothing else. */
async function readRow(file: string): Promise<Requirement[]> {
  const exported = Object.values(await import(file) as Record<string, Requirement[]>);
  return exported.flat();
}

describe("the table of the requirements", () => {
  test("the committed phrases are those of the table", () => {
    expect(PHRASES).toEqual(phrases);
  });

  test.each(Object.keys(phrases))("every phrase is quoted by a requirement: %s", (row) => {
    const quotes = requirements.filter((requirement) => requirement.row === row).map(({ phrase }) => phrase);
    expect(notQuoted(phrases[row] ?? [], quotes)).toEqual([]);
  });

  test("every quote is in the table, word for word", () => {
    expect(requirements.filter(({ row, phrase }) => !isQuoted(phrase, phrases[row] ?? [])).map(({ row, phrase }) => `${row}: ${phrase}`)).toEqual([]);
  });

  test("a phrase that nothing quotes is noticed, and so is an invented quote", () => {
    const row = ["access entries (no aws-auth)", "all control-plane logs"];
    expect(notQuoted(row, ["access entries", "all control-plane logs"])).toEqual(["access entries (no aws-auth)"]);
    expect(notQuoted(row, ["access entries (no aws-auth), all", "control-plane logs"])).toEqual([]);
    expect(isQuoted("some control-plane logs", row)).toBe(false);
  });
});

describe("what the program declares", () => {
  const rendered = new Map<string, Rendered>();
  beforeAll(async () => {
    for (const [name, request] of Object.entries(RENDERINGS)) rendered.set(name, await renderOnce(request));
  }, 3 * RENDER_TIMEOUT_MS);

  describe.each(requirements)("$row: $phrase", ({ rendering = "production", resources, check }) => {
    const declared = () => rendered.get(rendering) ?? new Rendered([]);

    test("holds", () => check(declared()));

    test("would be missed", () => {
      const answers = resources(declared());
      // A promise kept by refusing a configuration needs no resource.
      if (answers.length === 0) return check(new Rendered([]));
      expect(() => check(declared().without(answers))).toThrow();
    });
  });
});
