/** The table of conformance names tests that exist, and gives a reason where something is not as in the official provider. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { CONFORMANCE } from "./conformance.ts";

const titles = new Map<string, Set<string>>();

/** Titles of the tests of a file in this folder. */
function titlesOf(file: string): Set<string> {
  const known = titles.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(path.join(import.meta.dirname, file), "utf8");
  const found = new Set([...text.matchAll(/\bit\("((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? ""));
  titles.set(file, found);
  return found;
}

describe("conformance with the official provider", () => {
  it.each(CONFORMANCE.filter((b) => b.test !== undefined))("$behavior", ({ test }) => {
    const [file, title] = test ?? ["", ""];
    expect(titlesOf(file)).toContain(title);
  });

  it("is shown by a test wherever it is claimed, and explained wherever it is not", () => {
    const unproven = CONFORMANCE.filter((b) => b.reproduced !== "no" && b.test === undefined).map((b) => b.behavior);
    const unexplained = CONFORMANCE.filter((b) => b.reproduced !== "yes" && b.note === undefined).map((b) => b.behavior);
    expect({ unproven, unexplained }).toEqual({ unproven: [], unexplained: [] });
    expect(new Set(CONFORMANCE.map((b) => b.behavior)).size).toBe(CONFORMANCE.length);
  });
});
