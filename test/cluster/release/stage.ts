/** A cluster with the release on it, commands to act on it, and load to see what users would. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseDocument } from "yaml";
import { type Answer, clusterIp, golive } from "../../../operations/demo/stage.ts";
import { gatedUp } from "../../../operations/gate/gatedUp.ts";
import { kubeconfigOf, openLocalStack } from "../../../operations/release/stage.ts";
import { ROOT } from "../../../operations/stacks.ts";
import type { Cluster } from "../../../sandbox/cluster/cluster.ts";
import { openCluster } from "../../../sandbox/cluster/given.ts";
import { ownFolder } from "../../../sandbox/cluster/leftovers.ts";
import { UserError } from "../../../sandbox/errors.ts";
import { installCrd } from "../../../sandbox/cluster/crds.ts";
import { type LoadOptions } from "../../../sandbox/demo/load/generator.ts";
import { startLoadElsewhere } from "../../../sandbox/demo/load/elsewhere.ts";
import { demoImage, type DemoOptions } from "../../../sandbox/images/index.ts";

export type { Answer };

export interface ReleaseStage extends AsyncDisposable {
  cluster: Cluster;
  folder: string;
  /** Makes an image and brings it to the node; its name by digest. */
  image(options: DemoOptions): Promise<string>;
  /** Runs `./golive` with these arguments on the stage. */
  golive(...args: string[]): Promise<Answer>;
  /** The same; each line that it prints is told as it comes. */
  watched(say: (line: string) => void, ...args: string[]): Promise<Answer>;
  /** The same, killed with all its processes after some milliseconds, or when a promise resolves, if it still runs then. */
  killed(when: number | Promise<unknown>, ...args: string[]): Promise<Answer>;
  /** The same, and its processes go on. */
  orphaned(afterMs: number, ...args: string[]): Promise<Answer>;
  /** A plain `pulumi up` with the files as they are. */
  update(): Promise<Answer>;
  /** Changes a value of the stack file by its path; nothing removes it. Returns the file as it was. */
  set(where: readonly string[], value: unknown): string;
  /** Puts a whole stack file in place. */
  write(file: string): void;
  /** Load on the live Service, from inside the cluster's network. */
  load(options?: Partial<LoadOptions>): ReturnType<typeof startLoadElsewhere>;
}

/** Values that differ from the sandbox's own: what waits for minutes there waits for seconds here. */
const CONFIG: readonly [path: (string | number)[], value: unknown][] = [
  [["golive:app", "migrations"], { enabled: false, command: ["node", "/app/migrate.ts"] }],
  // No stores are here: the deep check must not ask them. Connections are closed early, so that a flip moves all of them.
  [["golive:app", "settings"], { DATABASE_HOST: "", REDIS_HOST: "", FILES_BUCKET: "" }],
  [["golive:app", "drain"], { preStopSeconds: 5, gracePeriodSeconds: 20 }],
  [["golive:app", "minReadySeconds"], 1],
  [["golive:release", "verifySeconds"], 3],
];

/** @throws when the cluster does not start, or the first update fails */
export async function openReleaseStage(first: DemoOptions): Promise<ReleaseStage> {
  const cluster = await openCluster();
  const folder = await ownFolder("stage");
  try {
    const image = async (options: DemoOptions): Promise<string> => {
      const made = await demoImage(options);
      await cluster.importImages([made.archive]);
      return made.pinned;
    };
    writeFiles(folder, await image(first));
    copyFileSync(cluster.kubeconfig, kubeconfigOf(folder));
    await installCrd(cluster.client, "monitoring.coreos.com", "ServiceMonitor");
    await using engine = await openLocalStack("sandbox", folder, { progress: () => undefined });
    await Promise.all([gatedUp(engine), bringSecret(cluster)]);
    return {
      cluster, folder, image,
      golive: (...args) => golive(folder, args),
      watched: (say, ...args) => golive(folder, args, { say }),
      killed: (when, ...args) => golive(folder, args, typeof when === "number" ? { killAfterMs: when } : { killWhen: when }),
      orphaned: (afterMs, ...args) => golive(folder, args, { killAfterMs: afterMs, killAlone: true }),
      set: (where, value) => {
        const file = stackFile(folder);
        const before = readFileSync(file, "utf8");
        const document = parseDocument(before);
        if (value === undefined) document.deleteIn(["config", ...where]);
        else document.setIn(["config", ...where], document.createNode(value));
        writeFileSync(file, String(document));
        return before;
      },
      write: (file) => { writeFileSync(stackFile(folder), file); },
      update: () => update(folder),
      load: async (options = {}) => startLoadElsewhere(cluster.inside, { url: `http://${await clusterIp(cluster, "app")}`, plan: { keepAlive: 300, new: 300, long: 1 }, ...options }),
      [Symbol.asyncDispose]: async () => {
        await cluster.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await cluster.keepLogs();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function writeFiles(folder: string, image: string): void {
  writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify({ name: "golive", runtime: { name: "nodejs", options: { typescript: false } }, main: path.join(import.meta.dirname, "program.ts") }));
  const document = parseDocument(readFileSync(path.join(ROOT, "Pulumi.sandbox.yaml"), "utf8"));
  for (const [where, value] of CONFIG) document.setIn(["config", ...where], document.createNode(value));
  for (const color of ["blue", "green"]) document.setIn(["config", "golive:images", color], image);
  writeFileSync(stackFile(folder), String(document));
}

function stackFile(folder: string): string {
  return path.join(folder, "Pulumi.sandbox.yaml");
}

/** What External Secrets would bring, as soon as the namespace is there. */
async function bringSecret({ client }: Cluster): Promise<void> {
  while ((await client.get("/api/v1/namespaces/shop")).status !== 200) await delay(200);
  await client.apply("/api/v1/namespaces/shop/secrets/app-secrets?fieldManager=external-secrets&force=true", { apiVersion: "v1", kind: "Secret", metadata: { name: "app-secrets" }, stringData: { JWT_SECRET: "for nobody" } });
}

async function update(folder: string): Promise<Answer> {
  const started = performance.now();
  const ended = (code: number, output: string): Answer => ({ code, output, seconds: (performance.now() - started) / 1000 });
  await using engine = await openLocalStack("sandbox", folder, { progress: () => undefined });
  try {
    return ended(0, (await gatedUp(engine)).stdout);
  } catch (error) {
    if (error instanceof UserError) return ended(error.exitCode, `${error.message}\n${error.hint}`);
    throw error;
  }
}
