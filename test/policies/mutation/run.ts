/** Runs tests while a mutant is active, or none. */
import type { Test } from "./collect.ts";

/** What StrykerJS' code in the mutated files reads and writes. */
export interface Namespace {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { static: number[]; perTest: Record<string, number[]> };
}

export interface Failure {
  test: Test;
  message: string;
}

/** What a run came to: how many tests ran, which of them failed first, whether it seemed to go on for ever. */
export interface Outcome {
  ran: number;
  failure?: Failure;
  endless?: boolean;
}

/** A report of all mutants holds one message for each: their beginning is enough to know them. */
const LONGEST = 300;

/** How long a test may wait for something, as in vitest.config.ts; without that, an answer that never comes would stop the process. */
const PATIENCE = { ticks: 200, tickMs: 100 };

/** Counts ticks instead of looking at the clock: while the machine holds the process, nothing ticks, and nobody is late. */
async function inTime(result: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    let left = PATIENCE.ticks;
    timer = setInterval(() => {
      left -= 1;
      if (left === 0) reject(new Error("waits for something that does not come"));
    }, PATIENCE.tickMs);
  });
  await Promise.race([result, late]).finally(() => { clearInterval(timer); });
}

/** What a test fails with; nothing when it passes. */
export async function attempt(test: Test): Promise<string | undefined> {
  try {
    const result = test.run();
    // Waiting, even for nothing, costs more than most tests.
    if (result instanceof Promise) await inTime(result);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).slice(0, LONGEST);
  }
}

/** Names that the mutated code compares by identity, which is quick, instead of letter by letter. */
function interned(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}

/** Does something with a mutant active. Code that runs much more often than without it is stopped: see {@link isEndless}. */
export async function withMutant<T>(ns: Namespace, mutant: string, hitLimit: number | undefined, act: () => T | Promise<T>): Promise<T> {
  ns.activeMutant = interned(mutant);
  ns.hitCount = hitLimit === undefined ? undefined : 0;
  ns.hitLimit = hitLimit;
  try {
    return await act();
  } finally {
    ns.activeMutant = undefined;
  }
}

/** The code throws when it has run too often; a rule's judge takes that for a finding, so that the count alone tells. */
export function isEndless(ns: Namespace): boolean {
  return ns.hitCount !== undefined && ns.hitLimit !== undefined && ns.hitCount > ns.hitLimit;
}

/** Runs tests one after the other, to the first that fails. */
export async function runUntilFailure(tests: readonly Test[], ns: Namespace): Promise<Outcome> {
  let ran = 0;
  for (const test of tests) {
    ran += 1;
    const message = await attempt(test);
    if (isEndless(ns)) return { ran, endless: true };
    if (message !== undefined) return { ran, failure: { test, message } };
  }
  return { ran };
}
