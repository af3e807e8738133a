/**
 * `make bench`: how long the real engine takes over production, how much memory the program takes, and how both
 * grow. Prints a table and writes it as JSON to the file named by BENCH_JSON.
 *
 * Every figure is the median of RUNS runs of this very process; the smallest possible program is previewed in turn
 * with production, so that the engine's own share of the time is seen on the same machine at the same moment.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openSandbox, type Sandbox, type SandboxOptions } from "../../sandbox/workspace/sandbox.ts";
import { probeProgram } from "./programProbe.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 3);
const GROWTH = 10;

/** What the issue asks to reach, on 2 cores. */
const TARGETS = { programStartSeconds: 2, previewSeconds: 8, programMemoryMb: 400 };

interface Run {
  seconds: number;
  resources: number;
  programStartSeconds: number | undefined;
  programMemoryMb: number | undefined;
}

/** Runs one preview or update and measures it from outside. */
async function measure(sandbox: Sandbox, operation: "preview" | "up"): Promise<Run> {
  const probe = probeProgram(path.basename(path.dirname(sandbox.workDir)));
  let firstResourceAt: number | undefined;
  let resources = 0;
  const result = await sandbox[operation]({
    onEvent: (event) => {
      const type = event.resourcePreEvent?.metadata.type;
      if (type === undefined || type === "pulumi:pulumi:Stack") return;
      firstResourceAt ??= Date.now();
      resources += 1;
    },
  });
  const { startedAt, peakMemoryMb } = probe.stop();
  return {
    seconds: result.seconds,
    resources,
    programStartSeconds: startedAt === undefined || firstResourceAt === undefined ? undefined : (firstResourceAt - startedAt) / 1000,
    programMemoryMb: peakMemoryMb,
  };
}

async function previews(options: SandboxOptions, runs = RUNS): Promise<Run> {
  const all: Run[] = [];
  for (let run = 0; run < runs; run += 1) {
    await using sandbox = await openSandbox(options);
    all.push(await measure(sandbox, "preview"));
  }
  return medianRun(all);
}

async function noopUp(): Promise<Run> {
  await using sandbox = await openSandbox({ stack: "production" });
  await sandbox.up();
  const runs: Run[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure(sandbox, "up"));
  return medianRun(runs);
}

function medianRun(runs: Run[]): Run {
  return {
    seconds: median(runs.map((r) => r.seconds)) ?? 0,
    resources: runs[0]?.resources ?? 0,
    programStartSeconds: median(runs.flatMap((r) => r.programStartSeconds ?? [])),
    programMemoryMb: median(runs.flatMap((r) => r.programMemoryMb ?? [])),
  };
}

function median(values: number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** A program that declares nothing: what engine, language host and SDK take by themselves. */
function emptyProgram(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-bench-"));
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: empty\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.mjs\n");
  writeFileSync(path.join(folder, "Pulumi.production.yaml"), "config: {}\n");
  writeFileSync(path.join(folder, "index.mjs"), "export const nothing = 0;\n");
  return folder;
}

const NODE_GROUP = { instanceType: "t3.large", min: 3, desired: 3, max: 10, diskGib: 50 };
const BUCKET = { dataClass: "files" };
const RULE = { expr: "up == 0", for: "5m", severity: 3, team: "platform", summary: "Down", runbook: "https://runbooks.example.com/down" };

const repeat = <T>(count: number, key: (n: number) => string, value: T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [key(n), value]));

/** Each dimension with `n` and with ten times `n`. */
const DIMENSIONS: { name: string; base: number; override: (n: number) => Record<string, unknown> }[] = [
  { name: "node groups", base: 1, override: (n) => ({ "golive:nodes": repeat(n, (i) => `pool-${i}`, NODE_GROUP) }) },
  { name: "buckets", base: 3, override: (n) => ({ "golive:storage.extraBuckets": repeat(n, (i) => `extra-${i}`, BUCKET) }) },
  { name: "alert rules", base: 10, override: (n) => ({ "golive:monitoring.alertRules": repeat(n, (i) => `Custom${i}`, RULE) }) },
];

async function growth(): Promise<Record<string, { base: Run; tenfold: Run; secondsPerAddedResource: number; baseSecondsPerResource: number }>> {
  const result: Awaited<ReturnType<typeof growth>> = {};
  for (const { name, base, override } of DIMENSIONS) {
    const at = (n: number) => previews({ stack: "production", configOverrides: override(n) as SandboxOptions["configOverrides"] });
    const small = await at(base);
    const large = await at(base * GROWTH);
    result[name] = {
      base: small,
      tenfold: large,
      secondsPerAddedResource: (large.seconds - small.seconds) / Math.max(1, large.resources - small.resources),
      baseSecondsPerResource: small.seconds / small.resources,
    };
  }
  return result;
}

const program = emptyProgram();
try {
  await previews({ stack: "production" }, 1);
  const empty = await previews({ stack: "production", programDir: program });
  const preview = await previews({ stack: "production" });
  const up = await noopUp();
  const grown = await growth();
  const report = { runs: RUNS, targets: TARGETS, empty, preview, noopUp: up, growth: grown };
  process.stdout.write(`${text(report)}\n`);
  const file = process.env["BENCH_JSON"];
  if (file) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  rmSync(program, { recursive: true, force: true });
}

function text(report: { empty: Run; preview: Run; noopUp: Run; growth: Awaited<ReturnType<typeof growth>> }): string {
  const figure = (value: number | undefined, unit: string, target?: number) =>
    value === undefined ? "not measured on this system" : `${value.toFixed(unit === "MB" ? 0 : 2)} ${unit}${target === undefined ? "" : `   (reach ≤ ${target} ${unit})`}`;
  const { empty, preview, noopUp: up } = report;
  return [
    `median of ${RUNS} runs`,
    `empty program, preview              ${figure(empty.seconds, "s")}`,
    `production: program start to first resource   ${figure(preview.programStartSeconds, "s", TARGETS.programStartSeconds)}`,
    `production: preview of ${preview.resources} resources       ${figure(preview.seconds, "s", TARGETS.previewSeconds)}`,
    `production: peak memory of the program        ${figure(preview.programMemoryMb, "MB", TARGETS.programMemoryMb)}`,
    `production: up that changes nothing           ${figure(up.seconds, "s")}`,
    ...Object.entries(report.growth).map(([name, g]) =>
      `ten times the ${name.padEnd(12)} ${g.base.resources} → ${g.tenfold.resources} resources, ${g.base.seconds.toFixed(2)} → ${g.tenfold.seconds.toFixed(2)} s, ` +
      `${figure(g.base.programMemoryMb, "MB")} → ${figure(g.tenfold.programMemoryMb, "MB")}; an added resource costs ${(g.secondsPerAddedResource * 1000).toFixed(1)} ms, one of the base ${(g.baseSecondsPerResource * 1000).toFixed(1)} ms`),
  ].join("\n");
}
