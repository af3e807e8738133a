/** Promises that the program keeps by refusing a configuration. */
import { expect } from "vitest";
import { changed, mistakesIn, validValues } from "../config/values.ts";

/**
 * Asserts that a change makes a valid configuration refused, at that key, with these words.
 *
 * @param says a part of what the person reads: what was given, what is allowed, why, or the mend
 * @returns all that the person reads about that key
 */
export function expectRefused(change: Record<string, unknown>, path: string, says: string): string {
  expect(mistakesIn(validValues())).toEqual([]);
  const found = mistakesIn(changed(change)).filter((mistake) => mistake.path === path);
  expect(found.length, `mistakes at ${path} of ${JSON.stringify(change)}`).toBeGreaterThan(0);
  const told = found.map(({ given, allowed, reason, mend }) => [given, allowed, reason, mend].join(" | ")).join("\n");
  expect(told, `what ${JSON.stringify(change)} is told at ${path}`).toContain(says);
  return told;
}

/** Asserts that a change leaves a valid configuration valid. */
export function expectAccepted(change: Record<string, unknown>): void {
  expect(mistakesIn(changed(change))).toEqual([]);
}
