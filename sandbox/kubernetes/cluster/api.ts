/** Objects of a cluster by kind and name: what is where in the API, and the calls on it. */
import { setTimeout as delay } from "node:timers/promises";
import { APPLY_TYPE, JSON_PATCH_TYPE, type Connection, type Query, type Send } from "./connection.ts";
import { ApiError, NoKindError, isNotFound } from "./errors.ts";
import { isKubeObject, isRecord, listAt, textAt, type Json, type JsonObject, type KubeObject } from "./json.ts";

export interface Kind {
  apiVersion: string;
  kind: string;
}

/** Where objects of a kind are in the API. */
export interface Resource extends Kind {
  plural: string;
  namespaced: boolean;
}

export interface WriteOptions {
  manager: string;
  dryRun: boolean;
  signal?: AbortSignal;
}

export class Api {
  readonly connection: Connection;
  readonly #known = new Map<string, Resource>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** @throws NoKindError when the server serves no such kind now */
  async resource(kind: Kind, signal?: AbortSignal): Promise<Resource> {
    const key = `${kind.apiVersion}/${kind.kind}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let served: JsonObject[] = [];
    try {
      served = listAt(await this.connection.send("GET", groupPath(kind.apiVersion), { signal }), "resources");
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    for (const item of served) {
      const name = textAt(item, "name");
      // `deployments/status` and its like are no kinds of their own.
      if (name.includes("/")) continue;
      const resource = { apiVersion: kind.apiVersion, kind: textAt(item, "kind"), plural: name, namespaced: item["namespaced"] === true };
      this.#known.set(`${kind.apiVersion}/${resource.kind}`, resource);
    }
    const found = this.#known.get(key);
    if (found === undefined) throw new NoKindError(kind.apiVersion, kind.kind);
    return found;
  }

  /** Path of one object; of all of the kind in its namespace where no name is given. */
  pathOf(resource: Resource, namespace: string, name = ""): string {
    const place = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace === "" ? "default" : namespace)}` : "";
    return `${groupPath(resource.apiVersion)}${place}/${resource.plural}${name === "" ? "" : `/${encodeURIComponent(name)}`}`;
  }

  async path(object: KubeObject, signal?: AbortSignal): Promise<string> {
    return this.pathOf(await this.resource(object, signal), textAt(object, "metadata", "namespace"), object.metadata.name);
  }

  async get(object: KubeObject, options: Send = {}): Promise<KubeObject> {
    return whole(await this.connection.send("GET", await this.path(object, options.signal), options), object);
  }

  /** Objects of a kind in a namespace ("" for those without one), narrowed by selectors. */
  async list(kind: Kind, namespace: string, selectors: Query = {}, signal?: AbortSignal): Promise<{ items: KubeObject[]; version: string }> {
    const answer = await this.connection.send("GET", this.pathOf(await this.resource(kind, signal), namespace), { query: selectors, signal });
    // Items of a list come without their kind.
    const items = listAt(answer, "items").map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind })).filter(isKubeObject);
    return { items, version: textAt(answer, "metadata", "resourceVersion") };
  }

  async create(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const resource = await this.resource(object, options.signal);
    const path = this.pathOf(resource, textAt(object, "metadata", "namespace"));
    return whole(await this.connection.send("POST", path, { query: query(options), body: placed(object, resource), signal: options.signal }), object);
  }

  async apply(object: KubeObject, force: boolean, options: WriteOptions): Promise<KubeObject> {
    const resource = await this.resource(object, options.signal);
    const path = this.pathOf(resource, textAt(object, "metadata", "namespace"), object.metadata.name);
    return whole(await this.connection.send("PATCH", path, { query: { ...query(options), force: String(force) }, body: placed(object, resource), type: APPLY_TYPE, signal: options.signal }), object);
  }

  async replace(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    return whole(await this.connection.send("PUT", await this.path(object, options.signal), { query: query(options), body: object, signal: options.signal }), object);
  }

  async jsonPatch(object: KubeObject, patch: Json[], signal?: AbortSignal): Promise<KubeObject> {
    return whole(await this.connection.send("PATCH", await this.path(object, signal), { body: patch, type: JSON_PATCH_TYPE, signal }), object);
  }

  async delete(object: KubeObject, propagationPolicy: string, signal?: AbortSignal): Promise<void> {
    await this.connection.send("DELETE", await this.path(object, signal), { body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy }, signal });
  }
}

/** Tries again where something that others are still making may be missing: 5 times, from 1 s on doubling (await.go, `Creation`). */
export async function tolerant<T>(attempt: () => Promise<T>, firstPauseMs: number, signal: AbortSignal): Promise<T> {
  for (let tries = 0, pause = firstPauseMs; ; tries++, pause *= 2) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= 5 || !(error instanceof NoKindError || isNotFound(error))) throw error;
    }
    await delay(pause, undefined, { signal });
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function query(options: WriteOptions): Query {
  return { fieldManager: options.manager, fieldValidation: "Warn", ...(options.dryRun ? { dryRun: "All" } : {}) };
}

/** An object of a kind without namespaces must not name one; a kind with namespaces has `default` where none is named. */
function placed(object: KubeObject, resource: Resource): KubeObject {
  const { namespace, ...metadata } = object.metadata;
  return { ...object, metadata: resource.namespaced ? { ...metadata, name: object.metadata.name, namespace: namespace ?? "default" } : { ...metadata, name: object.metadata.name } };
}

function whole(answer: Json, asked: KubeObject): KubeObject {
  if (isKubeObject(answer)) return answer;
  if (isRecord(answer)) throw new ApiError(500, answer);
  throw new Error(`the API server answered with no object for ${asked.kind} ${asked.metadata.name}`);
}
