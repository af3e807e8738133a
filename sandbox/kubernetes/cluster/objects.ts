/**
 * Objects of a real cluster, treated as the official provider treats them (pulumi-kubernetes, provider.go): made by
 * POST, changed by server-side apply, waited for until ready, deleted until gone.
 */
import { hasUnknown, isObject, plain, type ValueObject } from "../../aws/values.ts";
import type { ProviderConfig } from "../config.ts";
import { diffInputs, isImmutable, type Entry } from "../diff.ts";
import type { Applied } from "../provider.ts";
import { forceNew } from "../replacement.ts";
import { isNamespaced, type Gvk } from "../token.ts";
import { waitUntilGone } from "./await/gone.ts";
import { readinessOf, timeoutMs, waitsForDeletion } from "./await/index.ts";
import { NotReady, lookOnce, waitFor } from "./await/wait.ts";
import { JOB } from "./await/workloads.ts";
import { baseline } from "./baseline.ts";
import { annotationIn, checkpoint, liveOf, objectOf, valuesOf } from "./checkpoint.ts";
import type { EngineLog } from "./engineLog.ts";
import { ApiError, NoKindError, UnreachableError, explained, isAlreadyThere, isForbidden, isNamespaceMissing, isNotFound, messageOf } from "./errors.ts";
import { isIgnored } from "./ignore.ts";
import { annotationOf, at, idOf, isKubeObject, isRecord, textAt, type JsonObject, type KubeObject } from "./json.ts";
import { readObject, type Read } from "./read.ts";
import { Session, type Operation } from "./session.ts";
import { changeObject, makeObject, relinquish } from "./write.ts";

const PROPAGATION = "pulumi.com/deletionPropagationPolicy";
const REPLACE_UNREADY = "pulumi.com/replaceUnready";

export class ClusterObjects {
  readonly #session: Session;

  constructor(config: ProviderConfig, log: EngineLog) {
    this.#session = new Session(config, log);
  }

  async create(gvk: Gvk, inputs: ValueObject, operation: Operation): Promise<Applied> {
    this.#refuseClientSide();
    const asDeclared: Applied = { id: "", outputs: inputs };
    if (operation.preview && (hasUnknown(inputs) || gvk.patch || !(await this.#canPreview(gvk, operation)))) return asDeclared;
    const object = objectOf(inputs);
    const readiness = readinessOf(object);
    const fieldManager = this.#session.manager(inputs, {});
    let made: KubeObject;
    try {
      made = await makeObject(this.#session, object, gvk.patch, fieldManager, operation);
    } catch (error) {
      // In a preview a namespace may not be there yet, and an object that will be replaced still is.
      if (operation.preview && (isNamespaceMissing(error) || isForbidden(error) || isAlreadyThere(error))) return asDeclared;
      throw creationError(explained(error, fieldManager), operation.urn);
    }
    const state = (live: KubeObject): ValueObject => checkpoint(live, { inputs, initialApiVersion: gvk.apiVersion, fieldManager });
    if (operation.preview) return { id: "", outputs: state(withoutStatus(made)) };
    const id = idOf(made);
    try {
      const live = readiness === undefined ? made : await waitFor(this.#session.api, made, readiness, this.#session.waiting(operation, timeoutMs(made, operation.seconds, readiness)));
      return { id, outputs: state(live) };
    } catch (error) {
      if (!(error instanceof NotReady)) throw error;
      const what = `resource "${operation.urn}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${error.message}`;
      return { id, outputs: state(error.object), notReady: [what, ...error.reasons] };
    }
  }

  async update(gvk: Gvk, id: string, olds: ValueObject, news: ValueObject, operation: Operation): Promise<Applied> {
    this.#refuseClientSide();
    if (operation.preview && (hasUnknown(news) || !(await this.#canPreview(gvk, operation)))) return { id, outputs: news };
    const object = objectOf(news);
    const readiness = readinessOf(object);
    const before = await this.#current(object, gvk, id, operation);
    const fieldManager = this.#session.manager(news, olds);
    const state = (live: KubeObject): ValueObject => checkpoint(live, { inputs: news, initialApiVersion: textAt(liveOf(olds), "apiVersion") || gvk.apiVersion, fieldManager });
    try {
      const changed = await changeObject(this.#session, object, before, gvk, fieldManager, operation);
      if (operation.preview) return { id, outputs: state(changed) };
      const live = readiness === undefined ? changed
        : await waitFor(this.#session.api, changed, readiness, { ...this.#session.waiting(operation, timeoutMs(changed, operation.seconds, readiness)), before });
      // The name under which fields were owned until now must not hold on to them.
      const old = olds["__fieldManager"];
      if (typeof old === "string" && old !== fieldManager) await relinquish(this.#session, live, old, operation.signal);
      return { id, outputs: state(live) };
    } catch (error) {
      const why = explained(error, fieldManager);
      if (operation.preview && isForbidden(error)) return { id, outputs: news };
      if (operation.preview) throw why;
      // State then holds the new declaration beside the object as it is, so that the next update sees the difference.
      const live = error instanceof NotReady ? error.object : await this.#session.api.get(object).catch(() => { throw why; });
      return { id, outputs: state(live), notReady: [`the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${messageOf(why)}`, ...(error instanceof NotReady ? error.reasons : [])] };
    }
  }

  async delete(gvk: Gvk, id: string, state: ValueObject, operation: Operation): Promise<void> {
    const { config, log } = this.#session;
    const object = declared(gvk, id, state);
    const down = config.deleteUnreachable ? await this.#session.unreachable() : undefined;
    if (down !== undefined) {
      log.warn(operation.urn, `${down.message}; deleteUnreachable is set, so the object is only removed from state`);
      return;
    }
    try {
      if (gvk.patch) return await relinquish(this.#session, object, this.#session.manager({}, state), operation.signal);
      await this.#session.api.delete(object, propagation(annotationOf(object, PROPAGATION)), operation.signal);
    } catch (error) {
      if (isNotFound(error) || error instanceof NoKindError) return;
      // A namespace that is on its way out says so, and is waited for.
      if (!(error instanceof ApiError && error.code === 409 && gvk.kind === "Namespace")) throw patchDeletion(gvk, error);
    }
    if (!waitsForDeletion(object)) return;
    try {
      await waitUntilGone(this.#session.api, object, this.#session.waiting(operation, timeoutMs(object, operation.seconds)));
    } catch (error) {
      throw error instanceof NotReady ? new Error([error.message, ...error.reasons].join("; "), { cause: error }) : error;
    }
  }

  /** Nothing when the object is not there any more. */
  async read(gvk: Gvk, id: string, state: ValueObject, inputs: ValueObject, operation: Operation): Promise<Read | undefined> {
    const { config, log } = this.#session;
    const down = config.deleteUnreachable || config.skipUpdateUnreachable ? await this.#session.unreachable() : undefined;
    if (down !== undefined) {
      log.warn(operation.urn, `${down.message}; ${config.deleteUnreachable ? "deleteUnreachable is set, so the object is removed from state" : "skipUpdateUnreachable is set, so state stays as it is"}`);
      return config.deleteUnreachable ? undefined : { id, outputs: state, inputs };
    }
    return readObject(this.#session, gvk, declared(gvk, id, {}), inputs, state, operation);
  }

  /** Changed paths (see `diffInputs`), compared with what the cluster held when state was written. */
  async diff(gvk: Gvk, olds: ValueObject, oldInputs: ValueObject, news: ValueObject, operation: Operation): Promise<Map<string, Entry>> {
    const live = liveOf(olds);
    const entries = diffInputs(baseline(plain(oldInputs), plain(valuesOf(live))), news, forceNew(gvk, isImmutable(news), this.#session.config));
    for (const path of [...entries.keys()]) if (isIgnored(path, operation.ignoreChanges)) entries.delete(path);
    if (gvk.kind === "Job" && annotationIn(news, REPLACE_UNREADY) === "true" && (await this.#isUnready(live, operation))) {
      entries.set(`metadata.annotations["${REPLACE_UNREADY}"]`, { change: "update", replace: true });
    }
    return entries;
  }

  close(): void {
    this.#session.close();
  }

  #canPreview(gvk: Gvk, { signal }: Operation): Promise<boolean> {
    return this.#session.canPreview({ apiVersion: gvk.apiVersion, kind: gvk.kind }, signal);
  }

  async #current(object: KubeObject, gvk: Gvk, id: string, { urn, signal }: Operation): Promise<KubeObject> {
    try {
      return await this.#session.api.get(object, { signal });
    } catch (error) {
      if (error instanceof NoKindError) throw new Error(`update of resource "${urn}" failed: ${error.message}`, { cause: error });
      if (!isNotFound(error)) throw error;
      throw new Error(`update of resource "${urn}" failed: ${gvk.kind} ${id} is not in the cluster any more. Refresh the stack (pulumi refresh), and the next update creates it again`, { cause: error });
    }
  }

  async #isUnready(live: JsonObject, { signal }: Operation): Promise<boolean> {
    if (!isKubeObject(live) || (await this.#session.unreachable()) !== undefined) return false;
    try {
      const { api } = this.#session;
      return (await lookOnce(api, await api.get(live, { signal }), JOB, signal)).is !== "ready";
    } catch {
      // What is wrong with it is said when the object itself is worked on.
      return false;
    }
  }

  #refuseClientSide(): void {
    if (!this.#session.config.enableServerSideApply) throw new Error("the sandbox's kubernetes provider applies server-side only: leave enableServerSideApply of the provider on");
  }
}

/** The object that the id names, with the annotations that it was declared with and the identity that it had. */
function declared(gvk: Gvk, id: string, state: ValueObject): KubeObject {
  const slash = id.indexOf("/");
  const stored = state["__inputs"];
  const annotations = at(isObject(stored) ? liveOf(stored) : {}, "metadata", "annotations");
  const uid = textAt(liveOf(state), "metadata", "uid");
  return {
    apiVersion: gvk.apiVersion,
    kind: gvk.kind,
    metadata: {
      name: id.slice(slash + 1),
      ...(slash > 0 || isNamespaced(gvk) ? { namespace: slash > 0 ? id.slice(0, slash) : "default" } : {}),
      ...(isRecord(annotations) ? { annotations } : {}),
      ...(uid === "" ? {} : { uid }),
    },
  };
}

/** Foreground unless the annotation says otherwise (overrides.go, `DeletionPropagation`). */
function propagation(annotated: string): string {
  return { orphan: "Orphan", background: "Background" }[annotated.toLowerCase()] ?? "Foreground";
}

/** Empty in a dry run, and a program that looks into it would break (provider.go, `Create`). */
function withoutStatus(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object;
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata };
}

function creationError(error: unknown, urn: string): unknown {
  if (error instanceof UnreachableError) return error;
  const what = `resource "${urn}" was not successfully created by the Kubernetes API server: ${messageOf(error)}`;
  if (!isAlreadyThere(error)) return new Error(what, { cause: error });
  return new Error([
    `${what}. The object is in the cluster, but not in this stack's state. Ways out:`,
    "  - it should belong to this stack: import it (pulumi import), or set upsertExistingObjects on the provider",
    "  - it belongs to somebody else: use another name, or a Patch resource to manage single fields of it",
    "  - the resource was renamed in the program: give it an alias of its old name, or deleteBeforeReplace",
  ].join("\n"), { cause: error });
}

function patchDeletion(gvk: Gvk, error: unknown): unknown {
  if (!gvk.patch || !(error instanceof ApiError) || !/Required value/.test(error.message)) return error;
  const fields = error.causes.map((c) => c.field).join(", ");
  return new Error(`this Patch resource is currently managing a required field, so it can't be deleted directly. Either set the resource option retainOnDelete, or transfer ownership of the field before deleting: ${fields}`, { cause: error });
}
