/** Which test runs through which mutant's place. Of some ten million pairs, so that they are kept as numbers, and stay in the runner. */
import type { Namespace } from "./run.ts";

/** Mutants that a test runs through, by number, in ascending order; and how often, in the same order. */
export interface Hits {
  mutants: Uint32Array;
  counts: Uint32Array;
}

/** More than there are mutants: an array without gaps, in which counting is quick. */
const MOST = 1 << 17;

/** A name, so that the code under test counts for a test; which one, the caller knows. */
const NOW = "now";

/** Counts what code with StrykerJS' marks runs through. To be made before any such code is loaded, which keeps hold of the object. */
export class Counter {
  readonly #ns: Namespace;
  readonly #loading = new Array<number>(MOST).fill(0);
  readonly #testing = new Array<number>(MOST).fill(0);

  constructor(ns: Namespace) {
    this.#ns = ns;
    ns.mutantCoverage = { static: this.#loading, perTest: { [NOW]: this.#testing } };
  }

  /** What ran while no test did: modules being loaded. */
  get loading(): Hits {
    return hitsIn(this.#loading);
  }

  /** What runs during one test. */
  async during<T>(act: () => Promise<T>): Promise<{ result: T; hits: Hits }> {
    this.#testing.fill(0);
    this.#ns.currentTestId = NOW;
    try {
      return { result: await act(), hits: hitsIn(this.#testing) };
    } finally {
      this.#ns.currentTestId = undefined;
    }
  }
}

function hitsIn(counts: readonly number[]): Hits {
  const mutants: number[] = [];
  for (let mutant = 0; mutant < counts.length; mutant += 1) if (counts[mutant] !== 0) mutants.push(mutant);
  return { mutants: Uint32Array.from(mutants), counts: Uint32Array.from(mutants, (mutant) => counts[mutant] ?? 0) };
}

/** The mutants that a test runs through less often when others ran before it: what they need is kept somewhere. */
export function missing(first: Hits, later: Hits): number[] {
  const counts = new Map(Array.from(later.mutants, (mutant, at) => [mutant, later.counts[at] ?? 0]));
  return [...first.mutants].filter((mutant, at) => (counts.get(mutant) ?? 0) < (first.counts[at] ?? 0));
}

/** Tests by number, and the mutants that each runs through, as bytes: the count of tests, each one's count of mutants, and the mutants. */
export function packed(tests: readonly Uint32Array[]): Uint8Array {
  const all = new Uint32Array(1 + tests.length + tests.reduce((sum, { length }) => sum + length, 0));
  all[0] = tests.length;
  let at = 1 + tests.length;
  tests.forEach((mutants, number) => {
    all[1 + number] = mutants.length;
    all.set(mutants, at);
    at += mutants.length;
  });
  return new Uint8Array(all.buffer);
}

/** Numbers of the tests that run through a mutant. */
export class Covering {
  readonly #all: Uint32Array;

  constructor(bytes: Uint8Array) {
    // A copy, which begins where a number may begin.
    this.#all = new Uint32Array(Uint8Array.from(bytes).buffer);
  }

  of(mutant: number): number[] {
    const found: number[] = [];
    const tests = this.#all[0] ?? 0;
    let start = 1 + tests;
    for (let test = 0; test < tests; test += 1) {
      const end = start + (this.#all[1 + test] ?? 0);
      if (this.#has(mutant, start, end)) found.push(test);
      start = end;
    }
    return found;
  }

  /** A test's mutants are in order: halves tell. */
  #has(mutant: number, start: number, end: number): boolean {
    let [low, high] = [start, end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#all[middle] ?? 0) < mutant) low = middle + 1;
      else high = middle;
    }
    return low < end && this.#all[low] === mutant;
  }
}
