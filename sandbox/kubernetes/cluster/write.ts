/** Makes and changes objects (pulumi-kubernetes, await/await.go, `Creation` and `updateResource`). */
import type { Gvk } from "../token.ts";
import { tolerant } from "./api.ts";
import { ApiError, isAlreadyThere } from "./errors.ts";
import { leftAlone } from "./ignore.ts";
import { listAt, textAt, type KubeObject } from "./json.ts";
import { CREATOR, adopted, hasClientSideOwner } from "./managedFields.ts";
import type { Operation, Session } from "./session.ts";

const RETRY_MS = 1_000;
/** Kubernetes writes whole seconds, by a clock of its own. */
const CLOCKS_MS = 5_000;
/** Controllers write the status of a busy object several times a second. */
const ADOPT_TRIES = 10;

/**
 * Makes the object: by POST, which refuses one that is there; by server-side apply where it may be there (a `…Patch`,
 * or the provider's `upsertExistingObjects`).
 */
export async function makeObject(session: Session, object: KubeObject, patch: boolean, manager: string, { preview, signal }: Operation): Promise<KubeObject> {
  const { api } = session;
  const attempt = (): Promise<KubeObject> => (patch || session.config.upsertExistingObjects
    ? api.apply(object, preview || session.isForced(object), { manager, dryRun: preview, signal })
    : api.create(object, { manager: CREATOR, dryRun: preview, signal }));
  if (preview) return attempt();
  const started = Date.now() - CLOCKS_MS;
  try {
    return await tolerant(attempt, RETRY_MS, signal);
  } catch (error) {
    // The server may have made it and gone away before it could say so.
    if (!isAlreadyThere(error) || !(error instanceof ApiError && error.uncertain)) throw error;
    const there = await api.get(object, { signal });
    const byUs = listAt(there, "metadata", "managedFields").some((e) => textAt(e, "manager") === CREATOR && textAt(e, "operation") === "Update");
    if (!byUs || Date.parse(textAt(there, "metadata", "creationTimestamp")) < started) throw error;
    return there;
  }
}

/** Changes the object by server-side apply; a CustomResourceDefinition is replaced as a whole, so that old versions of its schema go. */
export async function changeObject(session: Session, object: KubeObject, before: KubeObject, gvk: Gvk, manager: string, operation: Operation): Promise<KubeObject> {
  const { preview, signal, ignoreChanges } = operation;
  const options = { manager, dryRun: preview, signal };
  if (gvk.kind === "CustomResourceDefinition" && gvk.group === "apiextensions.k8s.io") {
    return session.api.replace({ ...object, metadata: { ...object.metadata, resourceVersion: textAt(before, "metadata", "resourceVersion") } }, options);
  }
  const live = preview || gvk.patch ? before : await adopt(session, before, manager, signal);
  // What was made before managers were noted belongs to nobody; what a create of ours owns is taken over by the update itself.
  const ownerless = listAt(live, "metadata", "managedFields").length === 0;
  const force = session.isForced(object) || ownerless || (preview && hasClientSideOwner(live));
  return session.api.apply(leftAlone(object, live, manager, ignoreChanges), force, options);
}

/** Takes over what a create, or a person's kubectl, owns; again when the object has changed meanwhile. */
async function adopt(session: Session, live: KubeObject, manager: string, signal: AbortSignal): Promise<KubeObject> {
  let current = live;
  for (let tries = 1; ; tries++) {
    const entries = adopted(current, manager);
    if (entries === undefined) return current;
    try {
      return await session.api.jsonPatch(current, [
        { op: "replace", path: "/metadata/managedFields", value: entries },
        { op: "replace", path: "/metadata/resourceVersion", value: textAt(current, "metadata", "resourceVersion") },
      ], signal);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 409) || tries === ADOPT_TRIES) throw error;
      current = await session.api.get(current, { signal });
    }
  }
}

/** An apply of nothing: fields that nobody else owns go with it. */
export async function relinquish(session: Session, object: KubeObject, manager: string, signal: AbortSignal): Promise<void> {
  const { name, namespace } = object.metadata;
  const bare: KubeObject = { apiVersion: object.apiVersion, kind: object.kind, metadata: namespace === undefined ? { name } : { name, namespace } };
  await session.api.apply(bare, false, { manager, dryRun: false, signal });
}
