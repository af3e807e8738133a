/**
 * What a program's own hooks see of the cluster in plan mode: a small read-only API server over the objects that the
 * provider has met in this run. A Deployment has as many pods as its autoscaler lets it, all ready; a Service has the
 * pods that its selector names as endpoints; a Job has succeeded. What the provider was told to fail is not ready.
 */
import { createServer, type Server } from "node:http";
import { rmSync } from "node:fs";
import { urnParts } from "../aws/urn.ts";
import { isObject, plain, type PlainObject, type ValueObject } from "../aws/values.ts";
import { HOSTS_VARIABLE, planApiSocket } from "../plugin/files.ts";
import { gvkOf } from "./token.ts";

/** Kinds that are served, by the name that they have in a path. */
const KINDS: Readonly<Record<string, string>> = {
  services: "Service", configmaps: "ConfigMap", deployments: "Deployment", horizontalpodautoscalers: "HorizontalPodAutoscaler", jobs: "Job",
};

interface Seen {
  kind: string;
  object: PlainObject;
  isReady: boolean;
}

/** The objects of one run of the engine, as far as it has come. */
export class SeenObjects {
  readonly #objects = new Map<string, Seen>();

  /** An object of which the engine has told what it was before this run; what this run does to it comes later and counts. */
  recall(urn: string, inputs: ValueObject): void {
    if (Object.keys(inputs).length > 0 && !this.#objects.has(urn)) this.put(urn, inputs, true);
  }

  put(urn: string, object: ValueObject, isReady: boolean): void {
    const { type } = urnParts(urn);
    if (type.startsWith("kubernetes:helm.sh/")) return;
    const { kind, patch } = gvkOf(type);
    if (!patch) this.#objects.set(urn, { kind, object: plain(object), isReady });
  }

  remove(urn: string): void {
    this.#objects.delete(urn);
  }

  /** Objects of a kind in a namespace, as the API server would show them. */
  list(kind: string, namespace: string): PlainObject[] {
    if (kind === "EndpointSlice") return this.list("Service", namespace).map((service) => this.#slice(service, namespace));
    return this.#all(kind, namespace).map((seen) => this.#shown(seen, namespace));
  }

  #all(kind: string, namespace: string): Seen[] {
    return [...this.#objects.values()].filter((seen) => seen.kind === kind && text(seen.object, "metadata", "namespace") === namespace);
  }

  #shown({ kind, object, isReady }: Seen, namespace: string): PlainObject {
    if (kind === "Job") return { ...object, status: isReady ? { succeeded: 1 } : {} };
    if (kind !== "Deployment") return object;
    const replicas = this.#replicas(object, namespace);
    const ready = isReady ? replicas : 0;
    return {
      ...object,
      metadata: { ...part(object, "metadata"), generation: 1 },
      spec: { ...part(object, "spec"), replicas },
      status: { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: ready, availableReplicas: ready },
    };
  }

  /** The number that a Deployment was made with, within the bounds of its autoscaler. */
  #replicas(deployment: PlainObject, namespace: string): number {
    const given = Number(part(deployment, "spec")["replicas"] ?? 1);
    const scaler = this.#all("HorizontalPodAutoscaler", namespace).find(({ object }) => text(object, "spec", "scaleTargetRef", "name") === text(deployment, "metadata", "name"));
    if (scaler === undefined || given === 0) return given;
    const { minReplicas = 1, maxReplicas = given } = part(scaler.object, "spec");
    return Math.min(Math.max(given, Number(minReplicas)), Number(maxReplicas));
  }

  #slice(service: PlainObject, namespace: string): PlainObject {
    const name = text(service, "metadata", "name") ?? "";
    const wanted = Object.entries(part(service, "spec", "selector"));
    const chosen = this.list("Deployment", namespace).filter((deployment) => {
      const labels = part(deployment, "spec", "template", "metadata", "labels");
      return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
    });
    const endpoints = chosen.flatMap((deployment) => Array.from({ length: Number(part(deployment, "status")["readyReplicas"]) }, (_, n) => ({
      addresses: [`${text(deployment, "metadata", "name")}-${n}`], conditions: { ready: true },
    })));
    return { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } }, addressType: "IPv4", endpoints };
  }
}

/** Runs whose provider is being served, the newest first. */
const runs: SeenObjects[] = [];
let listener: Server | undefined;

/** Answers for a run until the result is called; for nobody where the sandbox has no folder for it, or a real cluster. */
export function announce(seen: SeenObjects, env: NodeJS.ProcessEnv): () => void {
  const folder = env[HOSTS_VARIABLE] ?? "";
  if (folder === "" || env["GOLIVE_SANDBOX_CLUSTER"] === "1") return () => undefined;
  runs.unshift(seen);
  listener ??= listenAt(planApiSocket(folder));
  return () => {
    runs.splice(runs.indexOf(seen), 1);
  };
}

function listenAt(socket: string): Server {
  // Of a process that was killed.
  rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    const [status, body] = request.method === "GET" ? answer(new URL(request.url ?? "/", "http://cluster")) : failure(405, "only read");
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  // The hook says what it could not reach.
  server.on("error", () => undefined);
  return server.listen(socket).unref();
}

/** `/api/v1/namespaces/NAMESPACE/RESOURCE[/NAME]`, or the same below `/apis/GROUP/VERSION`. */
function answer(url: URL): [number, PlainObject] {
  const [, namespace = "", resource = "", name] = /^\/api(?:s\/[^/]+)?\/[^/]+\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  const kind = resource === "endpointslices" ? "EndpointSlice" : KINDS[resource];
  if (kind === undefined) return failure(404, `the sandbox's plan mode serves no ${url.pathname}`);
  const items = runs.flatMap((run) => run.list(kind, namespace));
  if (name === undefined) return [200, { kind: `${kind}List`, metadata: {}, items: items.filter((item) => matches(item, url.searchParams.get("labelSelector"))) }];
  const found = items.find((item) => text(item, "metadata", "name") === name);
  return found === undefined ? failure(404, `${resource} "${name}" not found`) : [200, found];
}

function failure(code: number, message: string): [number, PlainObject] {
  return [code, { kind: "Status", apiVersion: "v1", status: "Failure", message, code }];
}

/** A selector of equations, `a=b,c=d`. */
function matches(item: PlainObject, selector: string | null): boolean {
  const labels = part(item, "metadata", "labels");
  return (selector ?? "").split(",").filter(Boolean).every((one) => {
    const [key = "", value] = one.split("=");
    return labels[key] === value;
  });
}

function part(object: PlainObject, ...path: string[]): PlainObject {
  let at: unknown = object;
  for (const key of path) at = isObject(at) ? at[key] : undefined;
  return isObject(at) ? at as PlainObject : {};
}

function text(object: PlainObject, ...path: string[]): string | undefined {
  const value = part(object, ...path.slice(0, -1))[path.at(-1) ?? ""];
  return typeof value === "string" ? value : undefined;
}
