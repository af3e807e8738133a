/** A real API server, with what the tests play of the controllers that it lacks. */
import { createHash } from "node:crypto";
import { Api } from "../../../../../sandbox/kubernetes/cluster/api.ts";
import { Connection } from "../../../../../sandbox/kubernetes/cluster/connection.ts";
import { annotationOf, at, countAt, isRecord, textAt, type Json, type JsonObject, type KubeObject } from "../../../../../sandbox/kubernetes/cluster/json.ts";
import { targetOf } from "../../../../../sandbox/kubernetes/cluster/kubeconfig.ts";
import { startApiServer, type ApiServer } from "../../../../../sandbox/cluster/apiServer.ts";

/** Room for building the server, when the cache is empty, on a machine that does other work too. */
export const BUILD_MS = 1_800_000;

const REVISION = "deployment.kubernetes.io/revision";
const MERGE = "application/merge-patch+json";

/** Paths of kinds whose deletion somebody has to finish: the garbage collector takes this finalizer away. */
const COLLECTED = ["/api/v1/configmaps", "/api/v1/secrets", "/api/v1/services", "/api/v1/namespaces", "/apis/apps/v1/deployments", "/apis/batch/v1/jobs"];

export class World {
  readonly server: ApiServer;
  readonly api: Api;
  /** Names of objects that were deleted in the foreground. */
  readonly collected = new Set<string>();
  readonly #stop = new AbortController();

  private constructor(server: ApiServer) {
    this.server = server;
    this.api = new Api(new Connection(targetOf({ kubeconfig: server.kubeconfig })));
  }

  static async start(): Promise<World> {
    const world = new World(await startApiServer());
    await world.namespace("shop");
    for (const path of COLLECTED) void world.react(path, (found) => world.#collect(found));
    return world;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.api.connection.close();
    await this.server.stop();
  }

  async namespace(name: string): Promise<void> {
    await this.api.apply(object("v1", "Namespace", { name }), true, { manager: "test", dryRun: false });
    await this.api.apply(object("v1", "ServiceAccount", { name: "default", namespace: name }), true, { manager: "test", dryRun: false });
  }

  get(apiVersion: string, kind: string, name: string, namespace = "shop"): Promise<KubeObject> {
    return this.api.get(object(apiVersion, kind, { name, namespace }));
  }

  /** As a controller writes a status. */
  async status(of: KubeObject, status: JsonObject): Promise<void> {
    await this.api.connection.send("PATCH", `${await this.api.path(of)}/status`, { body: { status }, type: MERGE });
  }

  async change(of: KubeObject, patch: Json, manager = "somebody"): Promise<void> {
    await this.api.connection.send("PATCH", await this.api.path(of), { body: patch, type: MERGE, query: { fieldManager: manager } });
  }

  async make(apiVersion: string, kind: string, metadata: KubeObject["metadata"], rest: JsonObject = {}): Promise<KubeObject> {
    return this.api.create(object(apiVersion, kind, metadata, rest), { manager: "controller", dryRun: false });
  }

  /** Plays a controller: told of every object of a kind, as it is and as it changes. */
  async react(path: string, act: (found: KubeObject) => Promise<void>): Promise<void> {
    const signal = this.#stop.signal;
    for (;;) {
      try {
        const list = await this.api.connection.send("GET", path, { signal });
        const items = at(list, "items");
        const kind = textAt(list, "kind").replace(/List$/, "");
        for (const item of Array.isArray(items) ? items.filter(isRecord) : []) {
          await act({ ...item, apiVersion: textAt(list, "apiVersion"), kind, metadata: item["metadata"] as KubeObject["metadata"] }).catch(() => undefined);
        }
        for await (const event of this.api.connection.watch(path, { resourceVersion: textAt(list, "metadata", "resourceVersion") }, signal)) {
          if (event.type === "ADDED" || event.type === "MODIFIED") await act(event.object).catch(() => undefined);
        }
      } catch {
        if (signal.aborted) return;
      }
    }
  }

  async #collect(of: KubeObject): Promise<void> {
    if (textAt(of, "metadata", "deletionTimestamp") === "") return;
    const finalizers = at(of, "metadata", "finalizers");
    const others = Array.isArray(finalizers) ? finalizers.filter((f) => f !== "foregroundDeletion") : [];
    if (Array.isArray(finalizers) && others.length < finalizers.length) this.collected.add(of.metadata.name);
    if (this.collected.has(of.metadata.name)) await this.change(of, { metadata: { finalizers: others } }, "garbage-collector");
    if (of.kind === "Namespace") await this.api.connection.send("PUT", `/api/v1/namespaces/${of.metadata.name}/finalize`, { body: { ...of, spec: { finalizers: [] } } });
  }
}

/**
 * Plays the controllers of Deployments, Jobs and Services: pods are ready, and Jobs done, as soon as they are
 * declared; where an image is named `broken`, never.
 */
export function playControllers(world: World): void {
  void world.react("/apis/apps/v1/deployments", (deployment) => rollOut(world, deployment));
  void world.react("/apis/batch/v1/jobs", async (job) => {
    if (textAt(job, "status", "startTime") !== "") return;
    const broken = JSON.stringify(at(job, "spec")).includes('"broken"');
    const [time, end] = ["2026-01-01T00:00:00Z", broken ? "Failed" : "Complete"];
    const condition = { status: "True", reason: broken ? "BackoffLimitExceeded" : "CompletionsReached", message: broken ? "Job has reached the specified backoff limit" : "" };
    await world.status(job, {
      startTime: time, ...(broken ? { failed: 1 } : { succeeded: 1, completionTime: time }),
      conditions: [{ ...condition, type: broken ? "FailureTarget" : "SuccessCriteriaMet" }, { ...condition, type: end }],
    });
  });
  void world.react("/api/v1/services", async ({ metadata }) => {
    const { name, namespace = "default" } = metadata;
    await world.make("discovery.k8s.io/v1", "EndpointSlice", { name: `${name}-1`, namespace, labels: { "kubernetes.io/service-name": name } }, { addressType: "IPv4", endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true } }] });
  });
}

/** A new revision and ReplicaSet for each new template; a status for every generation, which a new annotation makes too. */
async function rollOut(world: World, told: KubeObject): Promise<void> {
  const deployment = await world.api.get(told);
  const { name, namespace = "default" } = deployment.metadata;
  const template = at(deployment, "spec", "template") ?? {};
  const hash = createHash("sha256").update(JSON.stringify(template)).digest("hex").slice(0, 10);
  const ready = !JSON.stringify(template).includes('"broken"');
  if (annotationOf(deployment, "test/template") !== hash) {
    const revision = String(Number(annotationOf(deployment, REVISION) || "0") + 1);
    const set = await world.make("apps/v1", "ReplicaSet", {
      name: `${name}-${revision}`, namespace, labels: at(template, "metadata", "labels") ?? {}, annotations: { [REVISION]: revision },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name, uid: textAt(deployment, "metadata", "uid") }],
    }, { spec: { replicas: 1, selector: at(deployment, "spec", "selector") ?? {}, template } });
    await world.status(set, { replicas: 1, readyReplicas: ready ? 1 : 0, observedGeneration: 1 });
    await world.change(deployment, { metadata: { annotations: { [REVISION]: revision, "test/template": hash } } }, "controller");
    return;
  }
  if (countAt(deployment, "status", "observedGeneration") === countAt(deployment, "metadata", "generation")) return;
  const conditions = [
    { type: "Available", status: ready ? "True" : "False", reason: "MinimumReplicas", message: "" },
    { type: "Progressing", status: "True", reason: ready ? "NewReplicaSetAvailable" : "ReplicaSetUpdated", message: "" },
  ];
  await world.status(deployment, { observedGeneration: countAt(deployment, "metadata", "generation"), conditions });
}

export function object(apiVersion: string, kind: string, metadata: KubeObject["metadata"], rest: JsonObject = {}): KubeObject {
  return { ...rest, apiVersion, kind, metadata };
}
