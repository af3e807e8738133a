/**
 * Throughput of `golive check`: manifests a second once the process is up, over one file with all of them and over a
 * folder with a file each, and how much longer ten times as many take. Prints a line a figure with what it is to reach.
 *
 * - `BENCH_MANIFESTS=n` is the number of manifests; 2000 when absent.
 * - `BENCH_RUNS=n` measures everything n times and takes the median; 3 when absent.
 * - `BENCH_JSON=file` adds the figures to that file.
 * - `BENCH_STRICT=1` ends with exit code 1 when something is missed.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { check } from "../../operations/check/check.ts";
import { render } from "../../operations/report/render.ts";
import { CATALOG } from "../../policies/catalog.ts";
import { stackSettings } from "../../policies/settings.ts";
import { addToJson } from "./json.ts";
import { manifest } from "./manifests.ts";

/** Manifests a second after start (issue, "Build" 6). */
const REACH = 2000;
/** Ten times as many may take this much more than ten times as long. */
const LINEAR = 1.25;

const count = Number(process.env["BENCH_MANIFESTS"] ?? 2000);
const runs = Number(process.env["BENCH_RUNS"] ?? 3);
if (!Number.isInteger(count) || count < 10 || !Number.isInteger(runs) || runs < 1) {
  process.stderr.write("BENCH_MANIFESTS must be a whole number from 10 on, BENCH_RUNS one from 1 on.\n");
  process.exit(2);
}

/** Of the main thread, which is what an idle machine would take: others that want the cores make it little longer. */
function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

let cpu = 0;

/** Seconds from the first byte read to the last byte of the report, SARIF with its positions included. */
async function seconds(files: readonly string[], expected: number): Promise<number> {
  const [started, cpuStarted] = [performance.now(), cpuSeconds()];
  const checked = await check(files, { rules: CATALOG, catalog: CATALOG, stack: "files", settings: stackSettings(undefined, undefined, CATALOG.all), exemptions: { all: [], problems: [], mistakes: [] }, stdin: process.stdin });
  const report = render("sarif", [checked.report], { place: checked.place });
  const took = (performance.now() - started) / 1000;
  cpu = cpuSeconds() - cpuStarted;
  if (checked.resources !== expected || checked.report.unread.length > 0 || !report.includes("pod-security/privileged")) throw new Error("the manifests were not all checked");
  return took;
}

async function median(measure: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let run = 0; run < runs; run += 1) all.push(await measure());
  return all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
}

const folder = mkdtempSync(path.join(tmpdir(), "golive-bench-check-"));
try {
  const texts = Array.from({ length: count }, (_, n) => manifest(n));
  const [one, tenth, each] = [path.join(folder, "one.yaml"), path.join(folder, "tenth.yaml"), path.join(folder, "each")];
  writeFileSync(one, texts.join("---\n"));
  writeFileSync(tenth, texts.slice(0, count / 10).join("---\n"));
  mkdirSync(each);
  for (const [n, text] of texts.entries()) writeFileSync(path.join(each, `${n}.yaml`), text);
  const first = await seconds([tenth], Math.floor(count / 10));
  const small = await median(() => seconds([tenth], Math.floor(count / 10)));
  const whole = await median(() => seconds([one], count));
  const busy = cpu;
  const files = await median(() => seconds([each], count));
  const growth = whole / small / 10;
  const lines = [
    { figure: "check.oneFile", text: `${count} manifests in one file`, value: count / whole, unit: "a second", reached: count / whole >= REACH, reach: `≥ ${REACH}` },
    { figure: "check.folder", text: `${count} manifests in files of their own`, value: count / files, unit: "a second", reached: count / files >= REACH, reach: `≥ ${REACH}` },
    { figure: "check.growth", text: "ten times as many, against ten times the time", value: growth, unit: "×", reached: growth <= LINEAR, reach: `≤ ${LINEAR}` },
    { figure: "check.cpu", text: "one file, by processor time of the main thread", value: count / busy, unit: "a second", reached: true, reach: "for comparison" },
    { figure: "check.cold", text: `the first ${Math.floor(count / 10)} of a fresh process`, value: count / 10 / first, unit: "a second", reached: true, reach: "for comparison" },
  ];
  process.stdout.write(`median of ${runs} on ${availableParallelism()} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}, ${CATALOG.all.length} rules, ${texts[1]?.split("\n").length ?? 0} lines each\n`);
  for (const line of lines) process.stdout.write(`${line.text.padEnd(46)} ${line.value.toFixed(line.unit === "×" ? 2 : 0).padStart(6)} ${line.unit.padEnd(8)} ${line.reach === "for comparison" ? line.reach : `reach ${line.reach}: ${line.reached ? "reached" : "missed"}`}\n`);
  addToJson("check", { rules: CATALOG.all.length, manifests: count, lines });
  if (process.env["BENCH_STRICT"] === "1" && lines.some((line) => !line.reached)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
