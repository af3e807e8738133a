/**
 * The sandbox stack as it would be in production, on a real cluster of this machine: the same program, the same policy
 * pack, the same commands; AWS is simulated, and its database and cache are real servers in the cluster.
 */
import { spawn } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseDocument } from "yaml";
import type { Cluster } from "../../sandbox/cluster/cluster.ts";
import { openCluster } from "../../sandbox/cluster/given.ts";
import { ownFolder } from "../../sandbox/cluster/leftovers.ts";
import { type LoadOptions } from "../../sandbox/demo/load/generator.ts";
import { startLoadElsewhere } from "../../sandbox/demo/load/elsewhere.ts";
import { demoImage, type DemoOptions, jobsImage } from "../../sandbox/images/index.ts";
import { runControllers } from "../../sandbox/services/controllers.ts";
import { installDefinitions } from "../../sandbox/services/definitions.ts";
import { followStores, storesReady } from "../../sandbox/services/stores.ts";
import { gatedUp } from "../gate/gatedUp.ts";
import { kubeconfigOf, openLocalStack, STAGE_VARIABLE } from "../release/stage.ts";
import { ROOT, stackConfig } from "../stacks.ts";

export const STACK = "sandbox";
const STORES_READY_MS = 120_000;

/** Values that differ from the stack file: what is on this machine, and what makes waiting short. */
const CONFIG: readonly [path: readonly string[], value: unknown][] = [
  [["golive:app", "migrations", "command"], ["node", "/app/migrate.ts"]],
  // There is no S3 here, and connections of a load that nobody closes end early, so that a flip moves all of them.
  [["golive:app", "settings"], { FILES_BUCKET: "" }],
  [["golive:app", "drain"], { preStopSeconds: 5, gracePeriodSeconds: 20 }],
  // One node has two processors for everything; a limit is four times the request.
  [["golive:app", "requests"], { cpu: "200m", memory: "96Mi" }],
  // Time to break something in.
  [["golive:release", "verifySeconds"], 10],
];

export interface Answer {
  code: number | null;
  /** Both streams, in the order in which they came. */
  output: string;
  seconds: number;
}

export interface DemoStage extends AsyncDisposable {
  cluster: Cluster;
  folder: string;
  /** Makes an image of the application and brings it to the node; its name by digest. */
  image(options: DemoOptions): Promise<string>;
  /** {@link golive} on this stage. */
  golive(args: readonly string[], options?: CommandOptions): Promise<Answer>;
  /** Load on the live Service, from inside the cluster's network. */
  load(options?: Partial<LoadOptions>): ReturnType<typeof startLoadElsewhere>;
}

export interface StageOptions {
  /** What the application is at the beginning, in both colors. */
  first: DemoOptions;
  progress: (line: string) => void;
  signal?: AbortSignal;
}

/** Everything up and running; dispose of it. @throws UserError when the machine lacks something, or the update fails */
export async function openDemoStage({ first, progress, signal }: StageOptions): Promise<DemoStage> {
  const cluster = await openCluster({ progress, signal });
  const folder = await ownFolder("demo");
  const end = new AbortController();
  const close = async (): Promise<void> => {
    end.abort();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const image = async (options: DemoOptions): Promise<string> => {
      const made = await demoImage(options);
      await cluster.importImages([made.archive]);
      return made.pinned;
    };
    progress("images: the application, its jobs, PostgreSQL, Redis");
    const jobs = await jobsImage(stackConfig(STACK).postgres.masterUsername);
    await cluster.importImages([jobs.archive]);
    writeFiles(folder, await image(first), jobs.pinned);
    copyFileSync(cluster.kubeconfig, kubeconfigOf(folder));
    await installDefinitions(cluster.client);
    void runControllers(cluster.client, end.signal);
    const stores = followStores(cluster.client, { state: path.join(folder, "state", ".pulumi", "stacks", "golive", `${STACK}.json`), signal: end.signal, importImages: (files) => cluster.importImages(files) });
    await Promise.race([Promise.all([applied(folder, progress, signal), stores]), cluster.died]);
    await storesReady(cluster.client, STORES_READY_MS);
    return {
      cluster, folder, image,
      golive: (args, options) => golive(folder, args, options),
      load: async (options = {}) => startLoadElsewhere(cluster.inside, { url: `http://${await clusterIp(cluster, "app")}`, ...options }),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    if (signal?.aborted !== true) await cluster.keepLogs();
    await close();
    throw error;
  }
}

/** The stack's own file, and the checkout's own program. */
function writeFiles(folder: string, image: string, jobs: string): void {
  writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify({ name: "golive", runtime: { name: "nodejs", options: { typescript: false } }, main: path.join(ROOT, "stacks", "index.ts") }));
  const document = parseDocument(readFileSync(path.join(ROOT, `Pulumi.${STACK}.yaml`), "utf8"));
  for (const [where, value] of CONFIG) document.setIn(["config", ...where], document.createNode(value));
  for (const color of ["blue", "green"]) document.setIn(["config", "golive:images", color], image);
  document.setIn(["config", "golive:images", "jobs"], jobs);
  writeFileSync(path.join(folder, `Pulumi.${STACK}.yaml`), String(document));
}

async function applied(folder: string, progress: (line: string) => void, signal: AbortSignal | undefined): Promise<void> {
  await using engine = await openLocalStack(STACK, folder, { progress, signal });
  let made = 0;
  progress("stack: planning, with the policy pack");
  await gatedUp(engine, {
    signal,
    onEvent: (event) => {
      if (event.resOutputsEvent !== undefined && event.resOutputsEvent.planning !== true) progress(`stack: ${++made} resources are there`);
    },
  });
}

/** Address of one of the application's Services, inside the cluster. */
export async function clusterIp(cluster: Cluster, service: string): Promise<string> {
  const { body } = await cluster.client.get(`/api/v1/namespaces/shop/services/${service}`);
  return (body as { spec: { clusterIP: string } }).spec.clusterIP;
}

export interface CommandOptions {
  /** Told each line of standard output as it comes. */
  say?: (line: string) => void;
  /** Kills it with all its processes after so many milliseconds, if it still runs then. */
  killAfterMs?: number;
  /** The same as soon as this resolves. */
  killWhen?: Promise<unknown>;
  /** Whether a kill leaves its processes: the engine then goes on. */
  killAlone?: boolean;
  signal?: AbortSignal;
}

/** Runs `./golive` on the stage in a folder, as an operator would. */
export function golive(folder: string, args: readonly string[], { say, killAfterMs, killWhen, killAlone = false, signal }: CommandOptions = {}): Promise<Answer> {
  const started = performance.now();
  // A group of its own: engine and plugins do not survive a kill of it either, and Ctrl-C is passed on in good order.
  const child = spawn(path.join(ROOT, "golive"), args, { env: { ...process.env, [STAGE_VARIABLE]: folder, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const interrupt = (): void => { child.kill("SIGINT"); };
  signal?.addEventListener("abort", interrupt, { once: true });
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(killAlone ? child.pid : -child.pid, "SIGKILL");
  };
  const killer = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs);
  killWhen?.then(kill, () => undefined);
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      said.push(line);
      if (stream === child.stdout) say?.(line);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(killer);
      signal?.removeEventListener("abort", interrupt);
      resolve({ code, output: said.join("\n"), seconds: (performance.now() - started) / 1000 });
    });
  });
}
