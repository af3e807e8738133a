/** The bench end to end, once and small: every figure is there and can be true. How fast a machine is, is no test. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linesOf, type Line, type Report } from "./report.ts";

/** Generous, since one run on a machine that has other things to do says little of time; memory depends on nothing else. */
const NOT_WORSE_THAN: Record<string, number> = { start: 3, preview: 3, noopUp: 3, memory: 1.25 };
/** Of any preview or update; only what hangs takes longer. */
const ENDLESS_SECONDS = 300;

const bench = path.join(import.meta.dirname, "bench.ts");
const run = (env: Record<string, string>) =>
  promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", bench], { env: { ...process.env, ...env }, timeout: 900_000 });

describe("one quick run", () => {
  let folder: string;
  let report: Report;
  let stdout: string;
  const line = (figure: string): Line | undefined => report.lines.find((l) => l.figure === figure);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "golive-bench-test-"));
    const file = path.join(folder, "bench.json");
    ({ stdout } = await run({ BENCH_RUNS: "1", BENCH_QUICK: "1", BENCH_JSON: file, BENCH_STRICT: "" }));
    report = JSON.parse(readFileSync(file, "utf8")) as Report;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("gives start, preview, memory and no-op update of production, beside the smallest program", () => {
    const { peer, production } = report;
    for (const { preview, noopUp } of [peer, production]) {
      for (const seconds of [preview.seconds, noopUp.seconds]) expect(seconds).toBeGreaterThan(0.1);
      for (const seconds of [preview.seconds, noopUp.seconds]) expect(seconds).toBeLessThan(ENDLESS_SECONDS);
    }
    expect(production.preview.resources).toBeGreaterThan(700);
    expect(production.noopUp.resources).toBe(production.preview.resources);
    expect(peer.preview.resources).toBe(0);
    expect(production.preview.seconds).toBeGreaterThan(peer.preview.seconds);
    expect(production.preview.startSeconds).toBeGreaterThan(0.05);
    expect(production.preview.startSeconds).toBeLessThan(production.preview.seconds);
  });

  test("the program stays below 400 MB", () => {
    expect(report.production.preview.memoryMb).toBeGreaterThan(50);
    expect(report.production.preview.memoryMb).toBeLessThanOrEqual(400);
    expect(line("production.memoryMb")).toMatchObject({ reach: 400, verdict: "reached" });
  });

  test("tenfold is tenfold, and grows no worse than the program", () => {
    const [all, ...others] = report.growth;
    expect(others).toEqual([]);
    expect(all?.variant.before).toEqual({ nodeGroups: 1, buckets: 6, alertRules: 0 });
    expect(all?.variant.after).toEqual({ nodeGroups: 10, buckets: 60, alertRules: 100 });
    // A bucket is eight resources.
    expect(all?.preview.resources).toBeGreaterThan(report.production.preview.resources + 54 * 8);
    expect(all?.noopUp.resources).toBe(all?.preview.resources);
    for (const [figure, most] of Object.entries(NOT_WORSE_THAN)) {
      const grown = line(`growth.${all?.variant.name}.${figure}`);
      expect(grown?.value, figure).toBeLessThan(most);
      expect(grown?.reach, figure).toBe(1.25);
    }
  });

  test("prints each figure with its reach and whether it is reached", () => {
    for (const { text, reach, verdict } of report.lines) {
      const shown = stdout.split("\n").find((l) => l.startsWith(text));
      expect(shown, text).toMatch(reach === undefined ? /for comparison$/ : new RegExp(`reach ≤ ${reach} \\S+: ${verdict}$`));
    }
    expect(stdout).toContain(report.missed.length === 0 ? "everything reached" : `missed: ${report.missed.join(", ")}`);
  });
});

test("growth is judged against growth in size", () => {
  const measured = (seconds: number, resources: number, memoryMb: number) => {
    const figures = { seconds, resources, startSeconds: 1, memoryMb };
    return { preview: figures, noopUp: figures };
  };
  const verdicts = (after: ReturnType<typeof measured>, addedRules = 0) =>
    Object.fromEntries(linesOf("production", measured(1, 0, 90), measured(8, 800, 300), [{ variant: { name: "more", before: {}, after: {}, overrides: {}, addedRules }, ...after }])
      .filter((l) => l.figure.startsWith("growth.")).map((l) => [l.figure.replace("growth.more.", ""), [l.value, l.verdict]]));
  // Twice as many at twice the time: linear.
  expect(verdicts(measured(16, 1600, 400))).toEqual({ start: [0.5, "reached"], preview: [1, "reached"], memory: [2 / 3, "reached"], noopUp: [1, "reached"] });
  // Twice as many at four times the time: quadratic.
  expect(verdicts(measured(32, 1600, 1200))).toEqual({ start: [0.5, "reached"], preview: [2, "missed"], memory: [2, "missed"], noopUp: [2, "missed"] });
  // Rules are lines of one resource, and count as what they are.
  expect(verdicts(measured(9, 801, 300), 99)).toMatchObject({ preview: [1, "reached"] });
});

test("a number of runs that is none is refused", async () => {
  const failure = await run({ BENCH_RUNS: "some" }).then(() => undefined, (error: unknown) => error as { code: number; stderr: string });
  expect(failure?.code).toBe(2);
  expect(failure?.stderr).toBe('BENCH_RUNS is "some"; give a whole number from 1 on, such as 3.\n');
});
