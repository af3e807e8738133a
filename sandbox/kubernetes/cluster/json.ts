/** Objects as the API server writes them, and safe ways to look into them. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject { [key: string]: Json }

/** An object of a cluster; what it holds beside its identity depends on its kind. */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: JsonObject & { name: string };
}

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True of what has a kind and a name: not of lists, and not of the server's `Status`. */
export function isKubeObject(value: unknown): value is KubeObject {
  return isRecord(value) && typeof value["apiVersion"] === "string" && typeof value["kind"] === "string"
    && isRecord(value["metadata"]) && typeof value["metadata"]["name"] === "string";
}

/** What lies at the path; nothing when something on the way is missing or no object. */
export function at(value: Json | undefined, ...path: string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path) {
    if (!isRecord(here)) return undefined;
    here = Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return here;
}

/** The text at the path, or "". */
export function textAt(value: Json | undefined, ...path: string[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The number at the path, or 0: Kubernetes leaves zeros out. */
export function countAt(value: Json | undefined, ...path: string[]): number {
  const found = at(value, ...path);
  return typeof found === "number" ? found : 0;
}

/** The objects of the list at the path; none when there is no list. */
export function listAt(value: Json | undefined, ...path: string[]): JsonObject[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

export function annotationOf(object: KubeObject | JsonObject, key: string): string {
  return textAt(object, "metadata", "annotations", key);
}

/** `namespace/name`, or the name alone where there is no namespace. */
export function idOf(object: KubeObject): string {
  const namespace = textAt(object, "metadata", "namespace");
  return namespace === "" ? object.metadata.name : `${namespace}/${object.metadata.name}`;
}

/** A condition of the object's status; names are compared without case, as kubectl does. */
export function conditionOf(object: Json, type: string): JsonObject | undefined {
  return listAt(object, "status", "conditions").find((c) => textAt(c, "type").toLowerCase() === type.toLowerCase());
}

/** `[Reason] message` of a condition, or its status where it gives no reason. */
export function because(condition: JsonObject): string {
  const reason = textAt(condition, "reason");
  return `${reason === "" ? "" : `[${reason}] `}${textAt(condition, "message") || `${textAt(condition, "type")} is ${textAt(condition, "status")}`}`;
}
