/**
 * Who owns which field: the tree that the API server keeps in `metadata.managedFields` (Kubernetes, "Server-Side
 * Apply"; structured-merge-diff, fieldpath). Keys are `f:name` for a field, `k:{…}` and `v:…` for items of lists, and
 * `.` for the thing itself.
 */
import { isRecord, listAt, textAt, type Json, type JsonObject, type KubeObject } from "./json.ts";

/** Names that stand for ourselves or for a person's kubectl: their fields are taken over by an update (await.go, `fixCSAFieldManagers`). */
const OURS: readonly [name: string, operation: string][] = [
  ["kubectl", "Apply"], ["kubectl", "Update"], ["before-first-apply", "Update"],
  ["pulumi-kubernetes", "Update"], ["pulumi-kubernetes.exe", "Update"], ["pulumi-resource-kubernetes", "Update"],
];

/** The manager under which objects are created: by POST, so it owns its fields as "Update" (await.go, `Creation`). */
export const CREATOR = "pulumi-kubernetes";

/**
 * The ownership list after `manager` has taken over what was ours under other names; nothing when there is nothing
 * to take over. A server-side apply would otherwise not remove a field that the create had set.
 */
export function adopted(object: KubeObject, manager: string): JsonObject[] | undefined {
  const entries = listAt(object, "metadata", "managedFields");
  const isOurs = (entry: JsonObject): boolean => textAt(entry, "subresource") === ""
    && OURS.some(([name, operation]) => textAt(entry, "manager") === name && textAt(entry, "operation") === operation)
    && !(textAt(entry, "manager") === manager && textAt(entry, "operation") === "Apply");
  const old = entries.filter(isOurs);
  const [first] = old;
  if (first === undefined) return undefined;
  const isTarget = (entry: JsonObject): boolean => textAt(entry, "manager") === manager && textAt(entry, "operation") === "Apply" && textAt(entry, "subresource") === "";
  const target = entries.find(isTarget);
  const fields = [...old, ...(target === undefined ? [] : [target])].map((entry) => entry["fieldsV1"] ?? {}).reduce(union, {});
  const taken: JsonObject = { ...(target ?? first), manager, operation: "Apply", fieldsV1: fields };
  return [...entries.filter((entry) => !isOurs(entry) && !isTarget(entry)), taken];
}

/** True when an earlier create or a client-side apply of ours still owns fields as "Update". */
export function hasClientSideOwner(object: KubeObject): boolean {
  return listAt(object, "metadata", "managedFields").some((e) => textAt(e, "operation") === "Update" && ["pulumi-resource-kubernetes", "pulumi-kubernetes", "pulumi-kubernetes.exe"].includes(textAt(e, "manager")));
}

/** Whether the manager owns the field, or something in it; and whether somebody else does. */
export function owners(object: KubeObject, manager: string, path: readonly string[]): { ours: boolean; theirs: boolean } {
  const holding = listAt(object, "metadata", "managedFields").filter((entry) => holds(entry["fieldsV1"] ?? null, path));
  return { ours: holding.some((e) => textAt(e, "manager") === manager), theirs: holding.some((e) => textAt(e, "manager") !== manager) };
}

function holds(fields: Json, path: readonly string[]): boolean {
  let here: Json | undefined = fields;
  for (const key of path) {
    if (!isRecord(here)) return false;
    here = here[`f:${key}`];
  }
  return here !== undefined;
}

function union(a: Json, b: Json): Json {
  if (!isRecord(a) || !isRecord(b)) return isRecord(a) ? a : b;
  const result: JsonObject = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const own = result[key];
    result[key] = own === undefined ? value : union(own, value);
  }
  return result;
}
