/** Asks a real API server what it would say of objects: a server-side apply of each, with nothing stored. */
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { UserError } from "../errors.ts";
import { startApiServer, type ApiServer } from "./apiServer.ts";
import type { ApiClient } from "./client.ts";
import { installCrd, whyUnavailable } from "./crds.ts";

/** Owner of the fields in the dry run. */
const FIELD_MANAGER = "golive";
/** A kind shows up in discovery shortly after its definition is established. */
const DISCOVERY_MS = 10_000;
const NOT_CHECKED = "not checked";

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
}

export interface DryRunResult {
  object: KubernetesObject;
  /** The server took it. */
  ok: boolean;
  /** True when the server could not be asked, as the definition of the kind can not be had; then `ok` is false. */
  notChecked: boolean;
  /** What the server said; empty when it took the object. */
  message: string;
  /** What the server took but does not like: deprecated versions, pods below the namespace's security level. */
  warnings: string[];
}

/** What the objects' kinds are called in paths. */
interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
}

/**
 * Results in the order of the objects.
 *
 * Namespaces that objects live in are really created first (with the labels of a Namespace among the objects), with
 * their `default` service account, since no controller would make it. Definitions among the objects are applied
 * really too, as their kinds could not be asked about otherwise.
 */
export async function dryRun(server: Pick<ApiServer, "client">, objects: readonly KubernetesObject[]): Promise<DryRunResult[]> {
  const { client } = server;
  const catalog = new Catalog(client);
  for (const definition of objects.filter((o) => o.kind === "CustomResourceDefinition")) {
    await client.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}?fieldManager=${FIELD_MANAGER}&force=true`, definition);
  }
  const resources = new Map<KubernetesObject, ApiResource | string>();
  for (const object of objects) resources.set(object, await catalog.find(object, objects));
  await createNamespaces(client, objects, resources);
  return Promise.all(objects.map((object) => dryRunOne(client, object, resources.get(object) ?? "unknown")));
}

/** The same for every YAML and JSON file below a folder, with a server of its own. Files may hold several documents. */
export async function dryRunFolder(folder: string): Promise<DryRunResult[]> {
  const objects = await readObjects(folder);
  const server = await startApiServer();
  try {
    return await dryRun(server, objects);
  } finally {
    await server.stop();
  }
}

/** Every object of the folder's files; a list counts as its items. */
export async function readObjects(folder: string): Promise<KubernetesObject[]> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  const perFile = await Promise.all(files.map(async (name) => {
    const documents = parseAllDocuments(await readFile(path.join(folder, name), "utf8"));
    return documents.flatMap((document) => {
      const [problem] = document.errors;
      if (problem !== undefined) throw new UserError(`${path.join(folder, name)} is no YAML: ${problem.message}`);
      const value: unknown = document.toJS();
      return value === null ? [] : items(value, path.join(folder, name));
    });
  }));
  return perFile.flat();
}

function items(value: unknown, file: string): KubernetesObject[] {
  if (isList(value)) return value.items.flatMap((item) => items(item, file));
  if (isObject(value)) return [value];
  throw new UserError(`${file} holds something that is no Kubernetes object.`, "Each document needs apiVersion, kind and metadata.name.");
}

function isList(value: unknown): value is { items: unknown[] } {
  return typeof value === "object" && value !== null && "kind" in value && String(value.kind).endsWith("List") && "items" in value && Array.isArray(value.items);
}

function isObject(value: unknown): value is KubernetesObject {
  return typeof value === "object" && value !== null && "apiVersion" in value && "kind" in value && "metadata" in value
    && typeof value.metadata === "object" && value.metadata !== null && "name" in value.metadata;
}

async function dryRunOne(client: ApiClient, object: KubernetesObject, resource: ApiResource | string): Promise<DryRunResult> {
  if (typeof resource === "string") {
    return { object, ok: false, notChecked: resource.startsWith(NOT_CHECKED), message: resource, warnings: [] };
  }
  const answer = await client.apply(`${pathOf(object, resource)}?dryRun=All&fieldValidation=Strict&force=true&fieldManager=${FIELD_MANAGER}`, object);
  const ok = answer.status < 300;
  return { object, ok, notChecked: false, message: ok ? "" : messageOf(answer.body), warnings: answer.warnings };
}

function pathOf(object: KubernetesObject, resource: ApiResource): string {
  const namespace = resource.namespaced ? `/namespaces/${object.metadata.namespace ?? "default"}` : "";
  return `${groupPath(object.apiVersion)}${namespace}/${resource.name}/${encodeURIComponent(object.metadata.name)}`;
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function messageOf(body: unknown): string {
  return typeof body === "object" && body !== null && "message" in body ? String(body.message) : String(body);
}

/** The group that a definition is for. */
function groupOf(definition: KubernetesObject): unknown {
  const { spec } = definition;
  return typeof spec === "object" && spec !== null && "group" in spec ? spec.group : undefined;
}

/** The kinds that the server serves; installs those of known operators when they are first asked for. */
class Catalog {
  readonly #client: ApiClient;
  readonly #versions = new Map<string, ApiResource[]>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** The resource of the object's kind, or why there is none. */
  async find(object: KubernetesObject, all: readonly KubernetesObject[]): Promise<ApiResource | string> {
    const { apiVersion, kind } = object;
    const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
    const own = await this.#resource(apiVersion, kind);
    if (own !== undefined) return own;
    const declared = all.some((o) => o.kind === "CustomResourceDefinition" && groupOf(o) === group);
    const unavailable = whyUnavailable(group);
    if (declared || (unavailable === undefined && (await installCrd(this.#client, group, kind)))) {
      const appeared = await this.#appears(apiVersion, kind);
      if (appeared !== undefined) return appeared;
    } else if (unavailable !== undefined && group !== "" && (await this.#client.get(`/apis/${group}`)).status === 404) {
      return `${NOT_CHECKED}: ${apiVersion} ${kind}: ${unavailable}`;
    }
    return `the server has no kind ${kind} in ${apiVersion}`;
  }

  async #appears(apiVersion: string, kind: string): Promise<ApiResource | undefined> {
    const until = Date.now() + DISCOVERY_MS;
    for (;;) {
      const found = await this.#resource(apiVersion, kind);
      if (found !== undefined || Date.now() >= until) return found;
      await delay(100);
    }
  }

  async #resource(apiVersion: string, kind: string): Promise<ApiResource | undefined> {
    const known = this.#versions.get(apiVersion)?.find((r) => r.kind === kind);
    if (known !== undefined) return known;
    const { status, body } = await this.#client.get(groupPath(apiVersion));
    const listed = status === 200 ? (body as { resources: ApiResource[] }).resources.filter((r) => !r.name.includes("/")) : [];
    this.#versions.set(apiVersion, listed);
    return listed.find((r) => r.kind === kind);
  }
}

async function createNamespaces(client: ApiClient, objects: readonly KubernetesObject[], resources: ReadonlyMap<KubernetesObject, ApiResource | string>): Promise<void> {
  const names = new Set(["default"]);
  for (const object of objects) {
    const resource = resources.get(object);
    if (typeof resource === "object" && resource.namespaced && object.metadata.namespace !== undefined) names.add(object.metadata.namespace);
  }
  await Promise.all([...names].map(async (name) => {
    const declared = objects.find((o) => o.kind === "Namespace" && o.metadata.name === name);
    const labels = declared?.metadata["labels"];
    await client.apply(`/api/v1/namespaces/${name}?fieldManager=${FIELD_MANAGER}&force=true`, { apiVersion: "v1", kind: "Namespace", metadata: { name, ...(labels === undefined ? {} : { labels }) } });
    await client.apply(`/api/v1/namespaces/${name}/serviceaccounts/default?fieldManager=${FIELD_MANAGER}&force=true`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: name } });
  }));
}
