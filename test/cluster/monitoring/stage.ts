/** The whole of monitoring on a real cluster: the operator makes Prometheus and Alertmanager of what the components declare. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { installGroup } from "../../../sandbox/cluster/crds.ts";
import { type Cluster, startCluster } from "../../../sandbox/cluster/cluster.ts";
import { alertmanagerImage, demoImage, operatorImages, prometheusImage } from "../../../sandbox/images/index.ts";
import { storeAuthority } from "../../../sandbox/services/authority.ts";
import { startEdge } from "../../../sandbox/services/edge.ts";
import { applyAll, type KubeObject } from "../../../sandbox/services/objects.ts";
import { followStores, storesReady } from "../../../sandbox/services/stores.ts";
import type { Captured } from "../../monitoring/capture.ts";
import { alertmanagerSecret, APP, fitted, type Images, MONITORING, rendered } from "./objects.ts";
import { exporterImages, exporterSecrets, fittedExporter, makeDatabaseUsers, STORES } from "./exporting.ts";
import { scaledObject } from "./scale.ts";

const READY_MS = 120_000;
const POLL_MS = 250;
/** Twice a second, as everything else is measured. */
const HOUSEKEEPING = "500ms";

export interface Stage extends AsyncDisposable {
  cluster: Cluster;
  /** As the components declare them. */
  objects: KubeObject[];
  /** What people were told so far. `at` counts from the beginning of this process's clock, in milliseconds. */
  messages: (Captured & { arrived: number })[];
  /** Rules with their time scaled take the place of those as they are declared; resolves when Prometheus has them. */
  scaleRules(): Promise<void>;
  /** Waits for database and cache, and makes the database's users, as the hourly job does. */
  makeUsers(): Promise<void>;
  /** Asks Prometheus's or Alertmanager's API; its answer. @throws when it gives none */
  ask<T>(of: "prometheus" | "alertmanager", path: string): Promise<T>;
}

/** @throws when something does not come up */
export async function openStage(): Promise<Stage> {
  const [made, cluster] = await Promise.all([images(), startCluster({ housekeeping: HOUSEKEEPING })]);
  const folder = mkdtempSync(path.join(tmpdir(), "golive-monitoring-"));
  const children: ChildProcess[] = [];
  const end = new AbortController();
  const close = async (): Promise<void> => {
    end.abort();
    for (const child of children) child.kill("SIGKILL");
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { client } = cluster;
    const importing = (files: readonly string[]): Promise<void> => cluster.importImages(files);
    const [objects, address] = await Promise.all([rendered(made.names), nodeAddress(cluster), installGroup(client, "monitoring.coreos.com"), importing(made.archives)]);
    const messages: Stage["messages"] = [];
    const capture = await started(cluster, children, path.join(import.meta.dirname, "captureInside.ts"), [], (line) => messages.push({ ...JSON.parse(line) as Captured, arrived: performance.now() }));
    const ports = JSON.parse(capture) as { httpPort: number; smtpPort: number };
    const state = path.join(folder, "state.json");
    writeFileSync(state, JSON.stringify(storesState()));
    const fit = fitted(objects, made.names).map((object) => (object.kind === "PrometheusRule" ? object : fittedExporter(scaledObject(object))));
    await applyAll(client, [namespace("ingress"), ...ordered(fit), alertmanagerSecret(objects, { address, ...ports, authority: (await storeAuthority()).certificate }, scaledObject), secret(), ...await exporterSecrets(MONITORING)]);
    const makeUsers = async (): Promise<void> => {
      await storesReady(client, READY_MS);
      await makeDatabaseUsers(client, made.names.exporters.jobs.pinned, until);
    };
    await Promise.all([
      followStores(client, { state, signal: end.signal, importImages: importing }).then(() => makeUsers()),
      startEdge(client, { namespace: MONITORING, upstream: `app.${APP}`, importImages: importing }),
    ]);
    const ask = <T>(of: "prometheus" | "alertmanager", at: string): Promise<T> => get<T>(cluster, of, at);
    await until("Prometheus and Alertmanager", async () => {
      await Promise.all([ask("prometheus", "/api/v1/status/runtimeinfo"), ask("alertmanager", "/api/v2/status")]);
      return true;
    });
    return { cluster, objects, messages, ask, makeUsers, scaleRules: () => scaleRules(cluster, objects, ask), [Symbol.asyncDispose]: close };
  } catch (error) {
    const logs = await cluster.keepLogs();
    await close();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nlogs: ${logs}`, { cause: error });
  }
}

async function scaleRules({ client }: Cluster, objects: readonly KubeObject[], ask: Stage["ask"]): Promise<void> {
  const rules = objects.filter(({ kind }) => kind === "PrometheusRule");
  await applyAll(client, rules.map((object) => scaledObject(object)));
  let touched = 0;
  await until("the scaled rules", async () => {
    // The kubelet brings a changed ConfigMap into a pod when it looks at that pod: once a minute, or when the pod changes.
    await client.merge(`/api/v1/namespaces/${MONITORING}/pods/prometheus-golive-0`, { metadata: { annotations: { "golive.dev/touched": String(touched++) } } });
    const { data } = await ask<{ data: { groups: { interval: number }[] } }>("prometheus", "/api/v1/rules");
    return data.groups.length > 0 && data.groups.every(({ interval }) => interval < 10) ? true : undefined;
  });
}

async function images(): Promise<{ names: Required<Images>; archives: string[] }> {
  const [{ operator, reloader }, prometheus, alertmanager, app, exporters] = await Promise.all([operatorImages(), prometheusImage(), alertmanagerImage(), demoImage({ version: "1.0.0" }), exporterImages()]);
  const version = alertmanager.reference.slice(alertmanager.reference.lastIndexOf(":") + 1);
  return {
    names: { app: app.pinned, operator: operator.pinned, reloader: reloader.pinned, prometheus: prometheus.pinned, alertmanager: { image: alertmanager.pinned, version }, exporters },
    archives: [operator, reloader, prometheus, alertmanager, app, ...Object.values(exporters)].map(({ archive }) => archive),
  };
}

/** What is in a namespace comes after it, and what the operator reads after the rest. */
function ordered(objects: readonly KubeObject[]): KubeObject[] {
  const rank = ({ apiVersion, kind }: KubeObject): number => (kind === "Namespace" ? 0 : apiVersion.startsWith("monitoring.coreos.com/") ? 2 : 1);
  return objects.toSorted((a, b) => rank(a) - rank(b));
}

/** What the engine's state would say of database and cache. */
function storesState(): unknown {
  const resources = [
    { type: "aws:rds/instance:Instance", outputs: { address: STORES.database, dbName: STORES.name, username: STORES.master } },
    { type: "aws:elasticache/replicationGroup:ReplicationGroup", outputs: { primaryEndpointAddress: STORES.cache, readerEndpointAddress: "" } },
  ];
  return { checkpoint: { latest: { resources } } };
}

function namespace(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

/** What External Secrets would bring the application. */
function secret(): KubeObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "app-secrets", namespace: APP }, stringData: { JWT_SECRET: "for nobody" } };
}

/** Starts a program of ours in the cluster's network; its first line. */
async function started(cluster: Cluster, children: ChildProcess[], script: string, args: readonly string[], say: (line: string) => void): Promise<string> {
  const [program = "", ...before] = cluster.inside;
  const child = spawn(program, [...before, process.execPath, script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const first = Promise.withResolvers<string>();
  let isFirst = true;
  child.once("error", first.reject);
  child.once("close", (code) => { first.reject(new Error(`${script} ended with ${code ?? "a signal"}`)); });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (isFirst) first.resolve(line);
    else say(line);
    isFirst = false;
  });
  return first.promise;
}

async function nodeAddress({ client }: Cluster): Promise<string> {
  const { body } = await client.get("/api/v1/nodes/node-1");
  return (body as { status: { addresses: { type: string; address: string }[] } }).status.addresses.find(({ type }) => type === "InternalIP")?.address ?? "";
}

/** By the API server, as pods can not be reached from outside. */
async function get<T>({ client }: Cluster, of: "prometheus" | "alertmanager", at: string): Promise<T> {
  const service = of === "prometheus" ? "prometheus:web" : "alertmanager-operated:web";
  const { status, body } = await client.get(`/api/v1/namespaces/${MONITORING}/services/${service}/proxy${at}`);
  if (status !== 200) throw new Error(`${of} answers ${at} with ${status}: ${JSON.stringify(body).slice(0, 300)}`);
  return body as T;
}

/** Asks until the answer is neither nothing nor an error. @throws with the last error */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, ms: number = READY_MS, pollMs: number = POLL_MS): Promise<T> {
  const last = Date.now() + ms;
  let why: unknown;
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      why = error;
      return undefined;
    });
    if (answer !== undefined) return answer;
    if (Date.now() > last) throw new Error(`waited in vain for ${what} (${ms / 1000} s): ${why instanceof Error ? why.message : String(why)}`);
    await delay(pollMs);
  }
}
