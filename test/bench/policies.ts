/**
 * What the policy pack costs: its start, a preview of production with it, without it and with a pack that does nothing
 * in turn, and how its own work grows with ten times the resources. Prints a line a figure with what it is to reach.
 *
 * - `BENCH_JSON=file` adds the figures to that file.
 * - `BENCH_RUNS=n` measures everything n times and takes the median; 5 when absent.
 * - `BENCH_STRICT=1` ends with exit code 1 when something is missed.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { CATALOG } from "../../policies/catalog.ts";
import { kindOf } from "../../policies/kinds.ts";
import type { Declared } from "../../policies/resource.ts";
import { fromState, isState } from "../../policies/state.ts";
import { CHECKOUT, NODE } from "../../sandbox/engine/checkout.ts";
import { openSandbox } from "../../sandbox/workspace/sandbox.ts";
import { growthOf, judging, shapes } from "./growth.ts";
import { addToJson } from "./json.ts";

/** Seconds of the pack's start, and times that a preview may take with the pack (issue, "Shown by"). */
const REACH = { start: 0.6, preview: 1.25, growth: 1.25 };
const PACK = path.join(CHECKOUT, "policies");

const runs = Number(process.env["BENCH_RUNS"] ?? 5);
if (!Number.isInteger(runs) || runs < 1) {
  process.stderr.write(`BENCH_RUNS is "${process.env["BENCH_RUNS"] ?? ""}"; give a whole number from 1 on, such as 5.\n`);
  process.exit(2);
}

/** Seconds from the start of the pack's process to the line with its port. */
function packStart(cache: string): Promise<number> {
  const started = performance.now();
  const child = spawn(NODE, [path.join(CHECKOUT, "sandbox", "engine", "packRunner.ts"), "127.0.0.1:1", PACK], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_COMPILE_CACHE: cache } });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the pack ended with ${String(code)}`)));
    child.stdout.once("data", () => {
      resolve((performance.now() - started) / 1000);
      child.kill();
    });
  });
}

async function preview(policyPacks: string[]): Promise<number> {
  await using sandbox = await openSandbox({ stack: "production" });
  return (await sandbox.preview({ policyPacks })).seconds;
}

/** A pack of the SDK with one policy that looks at nothing: what any pack costs. */
function emptyPack(folder: string): string {
  writeFileSync(path.join(folder, "PulumiPolicy.yaml"), "runtime: {name: nodejs, options: {typescript: false}}\n");
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "empty", version: "1.0.0", main: "index.js" }));
  writeFileSync(path.join(folder, "index.js"), `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("empty", { policies: [{ name: "nothing", description: "Looks at nothing.", enforcementLevel: "mandatory", validateResource: () => {} }] });
`);
  symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

/** Production's resources as they are in an applied state. */
async function production(): Promise<Declared[]> {
  await using sandbox = await openSandbox({ stack: "production" });
  await sandbox.up();
  const state: unknown = await sandbox.exportState();
  if (!isState(state)) throw new Error("the sandbox exported no state");
  return fromState(state);
}

interface Figure {
  figure: string;
  text: string;
  value: number;
  unit: string;
  reach?: number;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function times(measure: () => number | Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let run = 0; run < runs; run += 1) all.push(await measure());
  return median(all);
}

const cache = mkdtempSync(path.join(tmpdir(), "golive-bench-pack-"));
const empty = mkdtempSync(path.join(tmpdir(), "golive-bench-empty-"));
try {
  const variants = [[], [PACK], [emptyPack(empty)]];
  await packStart(cache); // fills the cache, as the first preview of a checkout does
  const start = await times(() => packStart(cache));
  const [without, withPack, withEmpty]: number[][] = variants.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    // In turn, and by turns first: what else the machine has to do falls on all.
    for (let turn = 0; turn < variants.length; turn += 1) {
      const at = (run + turn) % variants.length;
      [without, withPack, withEmpty][at]?.push(await preview(variants[at] ?? []));
    }
  }
  const ratios = (of: number[] = []): number => median(of.map((seconds, run) => seconds / (without?.[run] ?? 0)));
  const resources = await production();
  judging(resources);
  const judgeSeconds = await times(() => judging(resources));
  const growths: Figure[] = [];
  for (const shape of shapes(resources)) {
    const growth = await times(() => growthOf(shape));
    growths.push({ figure: `policies.growth: ${shape.name}`, text: `judging ${shape.big.length} resources (${shape.name}), against ${shape.small.length}`, value: growth, unit: "×", reach: REACH.growth });
  }
  const judgedKinds = resources.filter(({ type }) => /^(aws|k8s):/.test(kindOf(type).kind)).length;
  const figures: Figure[] = [
    { figure: "policies.startSeconds", text: "start of the pack", value: start, unit: "s", reach: REACH.start },
    { figure: "policies.previewWithoutSeconds", text: "production: preview without the pack", value: median(without ?? []), unit: "s" },
    { figure: "policies.previewWithSeconds", text: "production: preview with the pack", value: median(withPack ?? []), unit: "s" },
    { figure: "policies.previewRatio", text: "preview with the pack, of one without, in pairs", value: ratios(withPack), unit: "×", reach: REACH.preview },
    { figure: "policies.emptyPackRatio", text: "preview with a pack of the SDK that does nothing, of one without, in the same rounds", value: ratios(withEmpty), unit: "×" },
    { figure: "policies.judgeSeconds", text: `judging ${judgedKinds} resources by ${CATALOG.all.length} rules`, value: judgeSeconds, unit: "s" },
    ...growths,
  ];
  const lines = figures.map((line) => ({ ...line, verdict: line.reach === undefined ? "for comparison" : line.value <= line.reach ? "reached" : "missed" }));
  process.stdout.write(`the policy pack: median of ${runs} on ${availableParallelism()} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}\n`);
  for (const { text, value, unit, reach, verdict } of lines) process.stdout.write(`${text.padEnd(96)} ${value.toFixed(2).padStart(8)} ${unit}  ${reach === undefined ? "" : `reach ≤ ${reach} ${unit}: `}${verdict}\n`);
  addToJson("policies", { runs, rules: CATALOG.all.length, lines });
  if (process.env["BENCH_STRICT"] === "1" && lines.some(({ verdict }) => verdict === "missed")) process.exitCode = 1;
} finally {
  for (const folder of [cache, empty]) rmSync(folder, { recursive: true, force: true });
}
