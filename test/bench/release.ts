/**
 * How long releases take, by the commands that operators type, on a real cluster with 600 requests a second all the
 * while: from the start of a rollback and of a flip until all traffic is on the other color, and each command as a whole.
 * Prints a line a figure with what it is to reach.
 *
 * - `BENCH_ROLLBACKS=n` rollbacks, 20 when absent; `BENCH_RELEASES=n` deployments and flips, 5 when absent.
 * - `BENCH_JSON=file` adds the figures to that file.
 * - `BENCH_STRICT=1` ends with exit code 1 when something is missed.
 */
import { loadavg } from "node:os";
import type { LoadResult } from "../../sandbox/demo/load/records.ts";
import { movedAfter, summarize } from "../../sandbox/demo/load/summary.ts";
import { openReleaseStage } from "../cluster/release/stage.ts";
import { addToJson } from "./json.ts";

/** Issue 5, "Shown by", and REQUIREMENTS section 2; seconds. */
const REACH = { "rollback: all traffic back, p95": 1, "rollback: command, p95": 4, "flip: command, p95": 5, "deploy: command, p95": 15 } as const;
const TARGETS = "targets of the requirements: deployment 600 s, rollback 300 s";

const rollbacks = Number(process.env["BENCH_ROLLBACKS"] ?? 20);
const releases = Number(process.env["BENCH_RELEASES"] ?? 5);
if (![rollbacks, releases].every((count) => Number.isInteger(count) && count >= 1)) {
  process.stderr.write("BENCH_ROLLBACKS and BENCH_RELEASES must be whole numbers from 1 on.\n");
  process.exit(2);
}

interface Move {
  what: "flip" | "rollback";
  to: string;
  from: number;
  until: number;
}

const moves: Move[] = [];
const commands: Record<string, number[]> = { deploy: [], flip: [], rollback: [] };
await using stage = await openReleaseStage({ version: "1.0.0" });
let live = "blue";

/** Runs a command that must succeed, and notes when. */
async function timed(what: "deploy" | "flip" | "rollback", ...args: string[]): Promise<void> {
  const from = performance.timeOrigin + performance.now();
  const answer = await stage.golive(what, "sandbox", ...args, "--yes");
  if (answer.code !== 0) throw new Error(`${what} failed:\n${answer.output}`);
  commands[what]?.push(answer.seconds);
  if (what === "deploy") return;
  live = live === "blue" ? "green" : "blue";
  moves.push({ what, to: live, from, until: performance.timeOrigin + performance.now() });
}

const load = await stage.load({ connectionSeconds: 0.3 });
for (let release = 1; release <= releases; release++) {
  await timed("deploy", "--image", await stage.image({ version: `2.${release}.0` }));
  await timed("flip", live === "blue" ? "green" : "blue");
}
for (let count = 1; count <= rollbacks; count++) {
  // Each goes to the image that the one before has rejected: the records are those of a new stack.
  await stage.cluster.client.apply("/api/v1/namespaces/shop/configmaps/app-releases?fieldManager=bench&force=true", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "app-releases" }, data: { rejected: "[]", history: "[]" } });
  await timed("rollback", "--to", live === "blue" ? "green" : "blue");
}
const result: LoadResult = await load.stop();

const moved = (what: Move["what"]): number[] => moves.filter((move) => move.what === what).map(({ to, from, until }) => (movedAfter(result.records, to, from, until) ?? Infinity) / 1000);
const series: Record<string, number[]> = {
  "rollback: all traffic back": moved("rollback"), "flip: all traffic there": moved("flip"),
  "rollback: command": commands["rollback"] ?? [], "flip: command": commands["flip"] ?? [], "deploy: command": commands["deploy"] ?? [],
};
const figures = Object.entries(series).flatMap(([name, values]) => [0.5, 0.95].map((share) => ({ name: `${name}, p${share * 100}`, seconds: percentile(values, share), of: values.length })));
const { total, failed } = summarize(result);
for (const { name, seconds, of } of figures) {
  const reach = name in REACH ? REACH[name as keyof typeof REACH] : undefined;
  const verdict = reach === undefined ? "" : `, reach ${reach} s: ${seconds <= reach ? "ok" : "missed"}`;
  process.stdout.write(`${name}: ${seconds.toFixed(2)} s of ${of}${verdict}\n`);
}
process.stdout.write(`requests: ${total}, failed ${failed}, reach 0: ${failed === 0 ? "ok" : "missed"} (load of the machine ${(loadavg()[0] ?? 0).toFixed(1)}; ${TARGETS})\n`);
addToJson("release", { figures, requests: { total, failed } });
const missed = failed > 0 || figures.some(({ name, seconds }) => name in REACH && seconds > REACH[name as keyof typeof REACH]);
if (missed && process.env["BENCH_STRICT"] === "1") process.exitCode = 1;

/** The nearest rank: a value that was really measured. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Infinity;
}
