/**
 * A cluster that is there already, used instead of one of our own: kind, k3d, or a real one that is nobody's. It is
 * described by a file that the variable GOLIVE_CLUSTER names, never found by itself: what a KUBECONFIG happens to name
 * may be somebody's production.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import { systemCode, UserError } from "../errors.ts";
import type { GoToolOptions } from "../engine/goTool.ts";
import { ApiClient } from "./client.ts";
import { type Cluster, isReady, startCluster } from "./cluster.ts";
import { knowStores } from "./givenDns.ts";
import { importImages } from "./importImages.ts";
import { removeNew, seen } from "./givenRemains.ts";

const VARIABLE = "GOLIVE_CLUSTER";
const POLL_MS = 50;
const RESTART_MS = 120_000;

const COMMAND = z.array(z.string().min(1)).min(1);
const DESCRIPTION = z.strictObject({
  /** File, beside the description. */
  kubeconfig: z.string().min(1),
  /** For each node: what to put before a command that runs there and reads what it is given, such as `docker exec -i NODE`. */
  nodes: z.array(COMMAND).min(1),
  /** What to put before a command of this machine that must run in the cluster's network, such as `nsenter --net=/proc/PID/ns/net`. */
  inside: COMMAND,
  /** Kills the API server, which comes back by itself. */
  killApiServer: COMMAND.optional(),
});

/**
 * The cluster that GOLIVE_CLUSTER describes, or one of our own.
 *
 * @throws UserError when the description can not be read, or the cluster does not answer or has no CoreDNS
 */
export async function openCluster(options: GoToolOptions = {}): Promise<Cluster> {
  const file = process.env[VARIABLE] ?? "";
  if (file !== "") return givenCluster(path.resolve(file), options);
  if ((process.env["KUBECONFIG"] ?? "") !== "") options.progress?.(`cluster: one of our own, and not that of KUBECONFIG, which is used only where ${VARIABLE} names a file that says so (docs/clusters.md)`);
  return startCluster(options);
}

/** @param file its description; `stop()` takes away what was made in it since, and leaves the rest as it was */
export async function givenCluster(file: string, { progress }: GoToolOptions = {}): Promise<Cluster> {
  const { kubeconfig: name, nodes, inside, killApiServer } = await describe(file);
  const kubeconfig = path.resolve(path.dirname(file), name);
  const client = await clientOf(kubeconfig);
  try {
    if (!(await isReady(client))) throw new UserError(`The cluster of ${kubeconfig} does not answer.`, `Try: kubectl --kubeconfig ${kubeconfig} get --raw /readyz`);
    const before = await seen(client);
    const forget = await knowStores(client);
    progress?.(`cluster: the one of ${kubeconfig}`);
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      try {
        await removeNew(client, before);
      } finally {
        await forget();
        client.close();
      }
    };
    return {
      kubeconfig, client, inside,
      folder: path.dirname(file),
      importImages: async (files) => { await Promise.all(nodes.map((node) => importImages({ ctr: [...node, "ctr"], advice: `Is containerd there? Try: ${node.join(" ")} ctr version` }, files))); },
      restartApiServer: () => restarted(client, killApiServer, file),
      // Whoever runs it watches it.
      died: new Promise<never>(() => undefined),
      keepLogs: () => Promise.resolve(path.dirname(file)),
      stop: () => (stopped ??= stop()),
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

async function describe(file: string): Promise<z.infer<typeof DESCRIPTION>> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`The description of the cluster, ${file}, can not be read (${systemCode(error) ?? "unknown"}).`, `${VARIABLE} names it; without it a cluster of our own is started.`, 1, { cause: error });
  });
  const mend = "It says `kubeconfig`, `nodes`, `inside` and, for tests of faults, `killApiServer`: docs/clusters.md.";
  let found: unknown;
  try {
    found = parse(text);
  } catch (error) {
    throw new UserError(`${file} is no YAML: ${error instanceof Error ? error.message : String(error)}`, mend, 1, { cause: error });
  }
  const read = DESCRIPTION.safeParse(found);
  if (!read.success) throw new UserError(`${file} does not describe a cluster: ${read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")}`, mend);
  return read.data;
}

/** By Kubernetes' own library, which knows every way of signing in; as of now, for credentials that outlive a test. */
async function clientOf(kubeconfig: string): Promise<ApiClient> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new UserError(`The kubeconfig ${kubeconfig} can not be read: ${error instanceof Error ? error.message : String(error)}`, "For kind: kind get kubeconfig --name NAME > FILE", 1, { cause: error });
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new UserError(`The kubeconfig ${kubeconfig} names no current cluster.`, "Choose one: kubectl config use-context NAME");
  const options: { ca?: unknown; cert?: unknown; key?: unknown; headers?: Record<string, string> } = {};
  await config.applyToHTTPSOptions(options);
  const token = /^Bearer (.+)$/.exec(options.headers?.["Authorization"] ?? "")?.[1];
  const pem = (value: unknown): string | undefined => (value === undefined || value === null ? undefined : (value as Buffer | string).toString());
  const ca = pem(options.ca);
  return new ApiClient({ url: cluster.server, cert: pem(options.cert), key: pem(options.key), ...(ca === undefined ? {} : { ca }), ...(token === undefined ? {} : { token }) });
}

async function restarted(client: ApiClient, [program, ...args]: readonly string[] = [], file: string): Promise<void> {
  if (program === undefined) throw new UserError("Nobody has said how the API server of this cluster is killed.", `Say so in ${file}: killApiServer: [docker, exec, NODE, pkill, -KILL, kube-apiserver]`);
  await promisify(execFile)(program, args);
  const until = Date.now() + RESTART_MS;
  // It may answer once more while it dies.
  for (let down = false; Date.now() < until; await delay(POLL_MS)) {
    const ready = await isReady(client);
    if (down && ready) return;
    down ||= !ready;
  }
  throw new UserError(`The API server did not come back within ${RESTART_MS / 1000} s after it was killed.`, "Look at its log on the node.");
}
