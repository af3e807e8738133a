/**
 * How long releases take, by the commands that operators type, on a real cluster with 600 requests a second all the
 * while, seen where the load asks, which is the live Service. Each round deploys an image that nobody has seen, flips to
 * it, rolls back to the one before, and last plans and applies the stack as it is, which is the engine's own share of a command. Prints a line a figure with what it is to reach.
 *
 * - `RUNS=n` rounds, 5 when absent; issue 5 asks for 20.
 * - On the same cluster in the same run Argo Rollouts is measured (release/argo.ts); `BENCH_PEER=file.ts` takes something else
 *   in its place, a module that exports `name` and `measure(stage, rounds, say)`, which resolves to `Measured` of
 *   release/figures.ts; `BENCH_PEER=none` nothing.
 * - `BENCH_JSON=file` adds the figures to that file.
 * - `BENCH_STRICT=1` ends with exit code 1 when a time is missed; a request that failed or was misrouted always does.
 */
import { availableParallelism, loadavg } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { movedTo } from "../../operations/demo/story.ts";
import { startCluster } from "../../sandbox/cluster/cluster.ts";
import { now } from "../../sandbox/demo/load/request.ts";
import { movedAfter, summarize } from "../../sandbox/demo/load/summary.ts";
import { UserError } from "../../sandbox/errors.ts";
import { openReleaseStage, type ReleaseStage } from "../cluster/release/stage.ts";
import { addToJson } from "./json.ts";
import { figuresOf, LOAD, type Measured, type Move, type OursMeasured, printed, told } from "./release/figures.ts";

/** Below this share of its schedule the generator was held up, and times say little. */
const LEAST_SENT = 0.9;

/** When a command says that traffic has moved, the API server knows it; the node's rules follow. Later than this a request is misrouted, and not only late. */
const SETTLED_MS = 1_000;
/** Of the cluster. */
const STARTS = 3;

const rounds = Number(process.env["RUNS"] ?? 5);
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`RUNS is "${process.env["RUNS"] ?? ""}"; give a whole number from 1 on, such as 20.\n`);
  process.exit(2);
}

const say = (line: string): void => { process.stderr.write(`${line}\n`); };

/** A cluster of its own each time, beside what runs here. */
async function measureStarts(): Promise<number[]> {
  const seconds: number[] = [];
  for (let start = 1; start <= STARTS; start++) {
    const from = now();
    const cluster = await startCluster();
    seconds.push((now() - from) / 1000);
    await cluster.stop();
  }
  return seconds;
}

async function measureOurs(stage: ReleaseStage): Promise<Omit<OursMeasured, "starts"> & { sent: number }> {
  const moves: Move[] = [];
  const commands: OursMeasured["commands"] = { deploy: [], flip: [], rollback: [] };
  const saidMoved: number[] = [];
  const engine: number[] = [];
  let [live, idle] = ["blue", "green"];
  const load = await stage.load(LOAD);
  /** Runs a command that must succeed. */
  const timed = async (what: keyof typeof commands, ...args: string[]): Promise<void> => {
    const from = now();
    if (what !== "deploy") load.mark({ name: `${what} begins`, colors: [live, idle] });
    const { code, output, seconds } = await stage.watched((line) => {
      const to = movedTo(line);
      if (to === undefined) return;
      if (what === "flip") saidMoved.push((now() - from) / 1000);
      load.mark({ at: now() + SETTLED_MS, name: `traffic goes to ${to}`, colors: [to], olderConnections: true });
    }, what, "sandbox", ...args, "--yes");
    if (code !== 0) throw new UserError(`${what} failed.`, output);
    commands[what].push(seconds);
    if (what === "deploy") return;
    [live, idle] = [idle, live];
    moves.push({ what, to: live, from, until: now() });
  };
  for (let round = 1; round <= rounds; round++) {
    say(`ours: round ${round} of ${rounds}`);
    await timed("deploy", "--image", await stage.image({ version: `2.${round}.0` }));
    await timed("flip", idle);
    await timed("rollback");
    const { code, output, seconds } = await stage.update();
    if (code !== 0) throw new UserError("A plain update failed.", output);
    engine.push(seconds);
  }
  const result = await load.stop();
  const { total, failed, misrouted, failures, generator } = summarize(result);
  const moved = (what: Move["what"]): number[] => moves.filter((move) => move.what === what).map(({ to, from, until }) => (movedAfter(result.records, to, from, until) ?? Infinity) / 1000);
  return { moved: { release: [], flip: moved("flip"), rollback: moved("rollback") }, commands, saidMoved, engine, requests: { total, failed, misrouted, failures }, sent: generator.sent / generator.wanted };
}

interface Peer {
  name: string;
  measure: (stage: ReleaseStage, rounds: number, say: (line: string) => void) => Promise<Measured>;
}

async function peer(): Promise<Peer | undefined> {
  const file = process.env["BENCH_PEER"] ?? path.join(import.meta.dirname, "release", "argo.ts");
  return file === "none" ? undefined : (await import(pathToFileURL(path.resolve(file)).href)) as Peer;
}

const load = (): number => loadavg()[0] ?? 0;
const before = load();
await using stage = await openReleaseStage({ version: "1.0.0" });
const ours = { starts: await measureStarts(), ...(await measureOurs(stage)) };
const other = await peer();
const theirs = await other?.measure(stage, rounds, say);
const after = load();
const figures = figuresOf(ours, theirs);
const lost = ours.requests.failed + ours.requests.misrouted;
process.stdout.write([
  `${rounds} ${rounds === 1 ? "round" : "rounds"} on ${availableParallelism()} cores, load ${before.toFixed(1)} at the start, ${after.toFixed(1)} at the end${rounds < 20 ? "; of fewer than 20 the p95 is the longest" : ""}`,
  ...printed(figures, other?.name),
  `requests: ours ${told(ours.requests)}: ${lost === 0 ? "reached" : "missed"}${theirs === undefined ? "" : `; ${other?.name ?? ""} ${told(theirs.requests)}`}`,
  ...(ours.sent < LEAST_SENT ? [`The load could send ${Math.round(ours.sent * 100)} % of what it was to: the machine was too busy for these times to say much.`] : []),
  "",
].join("\n"));
addToJson("release", { rounds, load: [before, after], figures, requests: { ours: ours.requests, theirs: theirs?.requests }, sent: ours.sent, peer: other?.name });
if (lost > 0 || (process.env["BENCH_STRICT"] === "1" && figures.some(({ verdict }) => verdict === "missed"))) process.exitCode = 1;
