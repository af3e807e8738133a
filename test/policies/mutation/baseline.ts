/** What the tests do without any mutant: measured once, and read by each process of a run. */
import { createHash } from "node:crypto";
import type { Suite } from "./collect.ts";
import { type Counter, type Hits, missing } from "./coverage.ts";
import type { Past } from "./order.ts";
import { attempt } from "./run.ts";

/** What each process needs to know; as JSON. Files are named by their number. */
export interface Baseline {
  files: string[];
  /** Mutants that are active when modules load, or that what a file keeps could hide: they need a fresh copy of the file. */
  fresh: number[];
  /** In the order in which they are collected; of touched files, with the test's way through them. */
  tests: { key: string; ms: number; touched: [file: number, way: string][]; failed?: string | undefined }[];
}

export interface Measured {
  baseline: Baseline;
  /** Of each test, the mutants that it runs through. */
  covered: Uint32Array[];
  /** How often each mutant's place is run through, in all tests and while loading. */
  hits: Record<string, number>;
}

type RuleLike = Record<string, unknown> & { id: string };

function isRule(value: unknown): value is RuleLike {
  return typeof value === "object" && value !== null && typeof (value as Partial<RuleLike>).id === "string";
}

/** The rules that each file declares. A list that takes in those of other files leaves them to these. */
export function rulesByFile(loaded: Suite["world"]["loaded"]): Map<string, RuleLike[]> {
  const known = new Set<RuleLike>();
  const found = new Map<string, RuleLike[]>();
  for (const [file, exports] of loaded) {
    const rules = Object.values(exports).filter(Array.isArray).flat().filter(isRule).filter((rule) => !known.has(rule));
    for (const rule of rules) known.add(rule);
    if (rules.length > 0) found.set(file, rules);
  }
  return found;
}

/** Tells which files a test runs: by their functions, and by their rules, whose functions often lie elsewhere. */
export class Probe {
  #touched = new Map<string, number>();

  /** For {@link Program}: a file's function runs. */
  readonly touch = (file: string): void => { this.#touched.set(file, (this.#touched.get(file) ?? 0) + 1); };

  /** Whoever judges one of these rules runs its file. */
  watch(rules: ReadonlyMap<string, readonly RuleLike[]>): void {
    for (const [file, declared] of rules) {
      for (const rule of declared) {
        for (const [name, value] of Object.entries(rule)) {
          if (typeof value !== "function") continue;
          rule[name] = (...given: unknown[]): unknown => {
            this.touch(file);
            return (value as (...all: unknown[]) => unknown)(...given);
          };
        }
      }
    }
  }

  /** The files since it was asked before, and how often. */
  take(): ReadonlyMap<string, number> {
    const touched = this.#touched;
    this.#touched = new Map();
    return touched;
  }
}

/** A test that seems to take longer was kept waiting by the machine; time limits should not grow with that. */
const LONGEST_MS = 1000;

/** Tells the ways of two tests through a file apart. */
function wayOf(calls: number, mutants: readonly number[]): string {
  return createHash("sha1").update(`${calls}:${mutants.join()}`).digest("base64url").slice(0, 8);
}

/**
 * Runs all tests twice in a copy of the modules that nobody used: the first time to see what they reach; then, with
 * all that the files keep, to see what they reach no more, and how long they take. A file of which a test reaches
 * less the second time keeps something. A mutant there may hide behind what was kept before it became active, or
 * leave something wrong behind: all mutants of the file need a fresh copy.
 * @param suite made with a program that calls `probe.touch`
 * @param isCounted of which files it matters whether a test runs them
 * @param fileOf the file of each mutant
 */
export async function measure(suite: Suite, probe: Probe, counter: Counter, isCounted: (file: string) => boolean, fileOf: readonly (string | undefined)[]): Promise<Measured> {
  const { loading } = counter;
  const files = [...suite.world.loaded.keys()].filter(isCounted);
  const numbers = new Map(files.map((file, at) => [file, at]));
  const keeping = new Set<string | undefined>();
  const hits: Record<string, number> = {};
  const add = ({ mutants, counts }: Hits): void => mutants.forEach((mutant, at) => { hits[mutant] = (hits[mutant] ?? 0) + (counts[at] ?? 0); });
  add(loading);
  probe.watch(rulesByFile(suite.world.loaded));
  probe.take();
  const first: { hits: Hits; calls: ReadonlyMap<string, number>; failed: string | undefined }[] = [];
  for (const test of suite.tests) {
    const { result: failed, hits: found } = await counter.during(() => attempt(test));
    first.push({ failed, hits: found, calls: probe.take() });
  }
  const tests: Baseline["tests"] = [];
  const covered: Uint32Array[] = [];
  for (const [at, before] of first.entries()) {
    const test = suite.tests[at];
    if (test === undefined) continue;
    const start = performance.now();
    const { result: failed, hits: found } = await counter.during(() => attempt(test));
    const ms = Math.min(Number((performance.now() - start).toFixed(2)), LONGEST_MS);
    for (const mutant of missing(before.hits, found)) keeping.add(fileOf[mutant]);
    add(before.hits);
    covered.push(Uint32Array.from(new Set([...before.hits.mutants, ...found.mutants])).sort());
    const byFile = new Map<string | undefined, number[]>();
    found.mutants.forEach((mutant, one) => {
      const way = byFile.get(fileOf[mutant]) ?? [];
      way.push(mutant, found.counts[one] ?? 0);
      byFile.set(fileOf[mutant], way);
    });
    const touched = [...before.calls].flatMap(([file, calls]): [number, string][] => {
      const number = numbers.get(file);
      return number === undefined ? [] : [[number, wayOf(calls, byFile.get(file) ?? [])]];
    });
    tests.push({ key: test.key, ms, failed: before.failed ?? failed, touched });
  }
  const fresh = fileOf.flatMap((file, mutant) => (file !== undefined && keeping.has(file) ? [mutant] : []));
  return { baseline: { files, fresh: [...new Set([...loading.mutants, ...fresh])], tests }, covered, hits };
}

/** What is known of each test of a suite. */
export function pastOf(baseline: Baseline, suite: Suite): Map<string, Past> {
  const known = new Map(baseline.tests.map((test) => [test.key, test]));
  return new Map(suite.tests.flatMap(({ key, rows }) => {
    const test = known.get(key);
    return test === undefined ? [] : [[key, { ms: test.ms, rows, touched: new Map(test.touched.map(([at, way]) => [baseline.files[at] ?? "", way])) }] as const];
  }));
}
