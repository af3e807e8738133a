import { expect, it } from "vitest";
import { Counter, Covering, type Hits, missing, packed } from "./coverage.ts";
import type { Namespace } from "./run.ts";

/** As StrykerJS' code counts. */
function cover(ns: Namespace, ...mutants: string[]): void {
  const cov = ns.mutantCoverage ?? expect.fail();
  const counts = (ns.currentTestId === undefined ? cov.static : cov.perTest[ns.currentTestId]) as unknown as Record<string, number>;
  for (const mutant of mutants) counts[mutant] = (counts[mutant] ?? 0) + 1;
}

const hits = (pairs: [mutant: number, count: number][]): Hits => ({ mutants: Uint32Array.from(pairs, ([mutant]) => mutant), counts: Uint32Array.from(pairs, ([, count]) => count) });

it("counts what each test runs through, and what loading does", async () => {
  const ns: Namespace = {};
  const counter = new Counter(ns);
  cover(ns, "7");
  const one = await counter.during(() => { cover(ns, "12", "3", "12"); return Promise.resolve("done"); });
  expect(one).toEqual({ result: "done", hits: hits([[3, 1], [12, 2]]) });
  expect((await counter.during(() => { cover(ns, "5"); return Promise.resolve(); })).hits).toEqual(hits([[5, 1]]));
  cover(ns, "7");
  expect(counter.loading).toEqual(hits([[7, 2]]));
});

it("what a test reaches less often the second time is kept somewhere", () => {
  expect(missing(hits([[1, 3], [2, 1], [4, 1]]), hits([[1, 2], [2, 1], [3, 5]]))).toEqual([1, 4]);
  expect(missing(hits([[1, 3]]), hits([[1, 4]]))).toEqual([]);
});

it("finds the tests that run through a mutant", () => {
  const covering = new Covering(packed([[1, 5, 900], [], [5], [0, 1, 2, 3]].map((mutants) => Uint32Array.from(mutants))));
  expect([0, 1, 2, 5, 900, 4, 901].map((mutant) => covering.of(mutant))).toEqual([[3], [0, 3], [3], [0, 2], [0], [], []]);
});
