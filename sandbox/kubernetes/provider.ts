/**
 * The kubernetes provider of the sandbox. Without a cluster (plan mode) it says of each object what the official
 * provider and an API server would say from its declaration alone, and keeps nothing between runs: the engine's state
 * is all. With one, the objects that pass are made in it.
 */
import type { Faults, Operation as Step } from "../aws/faults.ts";
import { urnParts } from "../aws/urn.ts";
import { isUnknown, type ValueObject } from "../aws/values.ts";
import type { ClusterObjects } from "./cluster/objects.ts";
import type { Operation } from "./cluster/session.ts";
import { RELEASE, chartFindings } from "./chart.ts";
import { DEFAULT_CONFIG, type ProviderConfig } from "./config.ts";
import { diffInputs, isImmutable, type Entry } from "./diff.ts";
import { AUTONAMED, annotation, metadataText, named, objectId, type NamingContext } from "./naming.ts";
import { created, updated } from "./outputs.ts";
import { RELEASE_IDENTITY, releaseId, releaseInputs, releaseState } from "./release.ts";
import { forceNew } from "./replacement.ts";
import { findings } from "./rules/index.ts";
import type { Finding } from "./schema/check.ts";
import { gvkOf, type Gvk } from "./token.ts";

export interface Diff {
  entries: Map<string, Entry>;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** An operation's result; with reasons when the object is there but did not become ready. */
export interface Applied {
  id: string;
  outputs: ValueObject;
  notReady?: string[];
}

/** One request of the engine beside its values. */
export interface Request {
  signal: AbortSignal;
  preview?: boolean;
  /** Of the resource option `customTimeouts`. */
  seconds?: number;
  ignoreChanges?: readonly string[];
}

export class KubernetesProvider {
  config: ProviderConfig = DEFAULT_CONFIG;
  /** Set in cluster mode. */
  cluster: ClusterObjects | undefined;
  readonly #faults: Faults;
  /** Objects declared in this run, to find two resources that stand for the same object. */
  readonly #owners = new Map<string, string>();

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  check(urn: string, news: ValueObject, context: Omit<NamingContext, "resource" | "namespace">): { inputs: ValueObject; failures: Finding[] } {
    const { type, name } = urnParts(urn);
    if (type === RELEASE) {
      return { inputs: releaseInputs(news, context.olds, name, context.randomSeed), failures: chartFindings(type, news) };
    }
    if (/(?<!\.)List$/.test(type) && gvkOf(type).custom && !gvkOf(type.slice(0, -"List".length)).custom) {
      throw new Error(`${type} can not be created: a list is no object of its own. Declare its items instead`);
    }
    const gvk = gvkOf(type);
    const failures = identityFindings(gvk, news);
    const object: ValueObject = { ...news, apiVersion: gvk.apiVersion, kind: gvk.kind };
    const inputs = named(gvk, object, { ...context, resource: name, namespace: this.config.namespace });
    return { inputs, failures: failures.length > 0 ? failures : findings(gvk, inputs) };
  }

  /** @param olds the state, which holds the inputs of the last update under `__inputs` */
  async diff(urn: string, olds: ValueObject, oldInputs: ValueObject, news: ValueObject, request: Request): Promise<Diff> {
    const { type } = urnParts(urn);
    if (type === RELEASE) return summary(diffInputs(oldInputs, news, RELEASE_IDENTITY), false);
    const gvk = gvkOf(type);
    const entries = this.cluster === undefined ? diffInputs(oldInputs, news, forceNew(gvk, isImmutable(news), this.config))
      : await this.cluster.diff(gvk, olds, oldInputs, news, operation(urn, request));
    // provider.go, `Diff`: delete first when the new object must have the old one's name and place.
    const samePlace = metadataText(news, "name") === metadataText(olds, "name") && (metadataText(news, "namespace") ?? "default") === (metadataText(olds, "namespace") ?? "default");
    return summary(entries, samePlace && annotation(news, AUTONAMED) !== "true");
  }

  async create(urn: string, inputs: ValueObject, request: Request): Promise<Applied> {
    const { type } = urnParts(urn);
    const { preview = false, signal } = request;
    if (type === RELEASE) {
      const partial = preview ? undefined : await this.#strike("create", urn, signal);
      return { id: releaseId(inputs), outputs: preview ? inputs : releaseState(inputs), notReady: partial };
    }
    const gvk = gvkOf(type);
    this.#claim(gvk, inputs, urn);
    const notReady = preview ? undefined : await this.#strike("create", urn, signal);
    if (this.cluster !== undefined) return faulted(await this.cluster.create(gvk, inputs, operation(urn, request)), notReady);
    // Like the official provider without a reachable cluster: what the server adds stays out of a preview.
    if (preview) return { id: "", outputs: inputs };
    const outputs = created(gvk, inputs, new Date());
    return { id: objectId(gvk, outputs), outputs, notReady };
  }

  async update(urn: string, id: string, olds: ValueObject, news: ValueObject, request: Request): Promise<Applied> {
    const { type } = urnParts(urn);
    const notReady = request.preview === true ? undefined : await this.#strike("update", urn, request.signal);
    if (type === RELEASE) return { id, outputs: releaseState(news, olds), notReady };
    this.#claim(gvkOf(type), news, urn);
    if (this.cluster !== undefined) return faulted(await this.cluster.update(gvkOf(type), id, olds, news, operation(urn, request)), notReady);
    return { id, outputs: updated(gvkOf(type), olds, news), notReady };
  }

  /** Nothing when the object is known to be gone. */
  async read(urn: string, id: string, state: ValueObject, inputs: ValueObject, request: Request): Promise<Applied & { inputs: ValueObject } | undefined> {
    await this.#strike("read", urn, request.signal);
    if (this.cluster !== undefined && urnParts(urn).type !== RELEASE) return this.cluster.read(gvkOf(urnParts(urn).type), id, state, inputs, operation(urn, request));
    if (Object.keys(state).length === 0) {
      throw new Error(`${urnParts(urn).type} ${id} can not be read: the sandbox's plan mode has no cluster. Only objects that this program declared are known`);
    }
    return { id, outputs: state, inputs };
  }

  async delete(urn: string, id: string, olds: ValueObject, request: Request): Promise<void> {
    await this.#strike("delete", urn, request.signal);
    if (urnParts(urn).type === RELEASE) return;
    const gvk = gvkOf(urnParts(urn).type);
    await this.cluster?.delete(gvk, id, olds, operation(urn, request));
    const key = ownerKey(gvk, olds);
    if (key !== undefined && this.#owners.get(key) === urn) this.#owners.delete(key);
  }

  async #strike(step: Step, urn: string, signal: AbortSignal): Promise<string[] | undefined> {
    return (await this.#faults.strike(step, urn, signal))?.reasons;
  }

  #claim(gvk: Gvk, object: ValueObject, urn: string): void {
    const key = gvk.patch ? undefined : ownerKey(gvk, object);
    if (key === undefined) return;
    const owner = this.#owners.get(key);
    if (owner !== undefined && owner !== urn) {
      throw new Error(`${gvk.kind} ${objectId(gvk, object)} already exists: the resource "${urnParts(owner).name}" declares it too. Give one of them another name or namespace`);
    }
    this.#owners.set(key, urn);
  }
}

function operation(urn: string, { signal, preview = false, seconds = 0, ignoreChanges = [] }: Request): Operation {
  return { urn, signal, preview, seconds, ignoreChanges };
}

/** What was carried out, with the reasons of a fault that was asked for. */
function faulted(applied: Applied, reasons: string[] | undefined): Applied {
  return reasons === undefined ? applied : { ...applied, notReady: [...(applied.notReady ?? []), ...reasons] };
}

function ownerKey(gvk: Gvk, object: ValueObject): string | undefined {
  return metadataText(object, "name") === undefined ? undefined : `${gvk.group}/${gvk.kind}/${objectId(gvk, object)}`;
}

/** kind and apiVersion follow from the type; given ones must say the same. */
function identityFindings(gvk: Gvk, object: ValueObject): Finding[] {
  return (["apiVersion", "kind"] as const).flatMap((key) => {
    const given = object[key];
    if (given === undefined || given === null || isUnknown(given) || given === gvk[key]) return [];
    return [{ path: key, reason: `is not the resource's own: this type is ${gvk.apiVersion} ${gvk.kind}` }];
  });
}

function summary(entries: Map<string, Entry>, sameName: boolean): Diff {
  const replaces = [...entries].filter(([path, entry]) => entry.replace || (path === "metadata" && entry.change === "delete")).map(([path]) => path);
  return { entries, replaces, deleteBeforeReplace: replaces.length > 0 && sameName };
}
