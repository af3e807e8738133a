/**
 * `make bench`: how long the real engine takes over production, how much memory the program takes, and how all of it
 * grows with ten times as many node groups, buckets and alert rules. Prints a line a figure with what it is to reach.
 *
 * - `BENCH_JSON=file` writes the figures as JSON, too.
 * - `BENCH_RUNS=n` measures everything n times and takes the median; 3 when absent.
 * - `BENCH_QUICK=1` grows node groups, buckets and alert rules at once, not one by one.
 * - `BENCH_STRICT=1` ends with exit code 1 when something is missed.
 *
 * All programs take turns in every round, the smallest one with them: what a machine has to do beside the bench falls
 * on all of them, and is seen in the smallest.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { openSandbox, type Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { measure, medianRun, type Run } from "./measure.ts";
import { LINEAR, REACH, linesOf, printed, type Grown, type Measured, type Report } from "./report.ts";
import { allGrown, eachGrown, sizesOf } from "./variants.ts";

const STACK = "production";

const runs = Number(process.env["BENCH_RUNS"] ?? 3);
if (!Number.isInteger(runs) || runs < 1) {
  process.stderr.write(`BENCH_RUNS is "${process.env["BENCH_RUNS"] ?? ""}"; give a whole number from 1 on, such as 3.\n`);
  process.exit(2);
}

/** A program that declares nothing. */
function smallestProgram(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-bench-"));
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: empty\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.mjs\n");
  writeFileSync(path.join(folder, `Pulumi.${STACK}.yaml`), "config: {}\n");
  writeFileSync(path.join(folder, "index.mjs"), "export const nothing = 0;\n");
  return folder;
}

/** Measures all programs, in rounds: previews while there is nothing yet, then updates of what is there. */
async function measureAll(sandboxes: readonly Sandbox[]): Promise<Measured[]> {
  const rounds = async (operation: "preview" | "up"): Promise<Run[]> => {
    const measured: Run[][] = sandboxes.map(() => []);
    for (let round = 0; round < runs; round += 1) {
      for (const [n, sandbox] of sandboxes.entries()) measured[n]?.push(await measure(sandbox, operation));
    }
    return measured.map(medianRun);
  };
  const previews = await rounds("preview");
  for (const sandbox of sandboxes) await sandbox.up();
  const updates = await rounds("up");
  return previews.flatMap((preview, n) => {
    const noopUp = updates[n];
    return noopUp === undefined ? [] : [{ preview, noopUp }];
  });
}

async function bench(programDir: string): Promise<Report> {
  const load = (): number => loadavg()[0] ?? 0;
  const before = load();
  const sizes = await sizesOf(STACK);
  const variants = process.env["BENCH_QUICK"] === "1" ? allGrown(sizes) : eachGrown(sizes);
  await using stack = new AsyncDisposableStack();
  const sandboxes = [
    stack.use(await openSandbox({ stack: STACK, programDir })),
    stack.use(await openSandbox({ stack: STACK })),
  ];
  for (const { overrides } of variants) sandboxes.push(stack.use(await openSandbox({ stack: STACK, configOverrides: overrides })));
  const [peer, production, ...rest] = await measureAll(sandboxes);
  if (peer === undefined || production === undefined) throw new Error("nothing was measured");
  const growth: Grown[] = rest.flatMap((measured, n) => {
    const variant = variants[n];
    return variant === undefined ? [] : [{ variant, ...measured }];
  });
  const lines = linesOf(STACK, peer, production, growth);
  return {
    runs, stack: STACK, cores: availableParallelism(), load: [before, load()], reach: { ...REACH, growth: LINEAR },
    peer, production, growth, lines,
    missed: lines.filter((l) => l.verdict === "missed").map((l) => l.figure),
  };
}

const program = smallestProgram();
try {
  const report = await bench(program);
  process.stdout.write(`${printed(report)}\n`);
  const file = process.env["BENCH_JSON"];
  if (file) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  if (process.env["BENCH_STRICT"] === "1" && report.missed.length > 0) process.exitCode = 1;
} finally {
  rmSync(program, { recursive: true, force: true });
}
