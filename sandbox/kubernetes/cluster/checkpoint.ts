/** Between the engine's values and the API server's objects: what is sent, and what state keeps of the answer. */
import { Asset, Secret, hasSecret, isObject, isUnknown, plain, type Plain, type Value, type ValueObject } from "../../aws/values.ts";
import { isKubeObject, isRecord, textAt, type Json, type JsonObject, type KubeObject } from "./json.ts";

/** The object of the inputs as it is sent. Throws when it has no name, or holds what is unknown or a file. */
export function objectOf(inputs: ValueObject): KubeObject {
  const object = toJson(plain(inputs));
  if (!isKubeObject(object)) throw new Error("the object has no apiVersion, kind or metadata.name");
  return object;
}

/** An object of state: what the server said last, without what the provider keeps beside it. */
export function liveOf(state: ValueObject): JsonObject {
  const own = Object.entries(state).filter(([key]) => !key.startsWith("__"));
  const object = toJson(plain(Object.fromEntries(own)));
  return isRecord(object) ? object : {};
}

function toJson(value: Plain): Json {
  if (isUnknown(value) || value instanceof Asset) throw new Error("a value of the object is not known, or is a file");
  if (Array.isArray(value)) return value.map(toJson);
  if (value === null || typeof value !== "object") return value;
  // A null says "not given"; the server would take it for a value in some places.
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [dashed(key), toJson(item)]));
}

/** Names such as `x_kubernetes_preserve_unknown_fields`, as the SDK has to write them (provider.go, `mapReplUnderscoreToDash`). */
function dashed(key: string): string {
  return key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key;
}

function underscored(value: Json): Value {
  if (Array.isArray(value)) return value.map(underscored);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.startsWith("x-kubernetes-") ? key.replaceAll("-", "_") : key, underscored(item)]));
}

export interface Checkpoint {
  inputs: ValueObject;
  initialApiVersion: string;
  fieldManager: string;
}

/** What state keeps (provider.go, `checkpointObject`): the live object, the inputs, and who owns the fields. */
export function checkpoint(live: KubeObject, kept: Checkpoint): ValueObject {
  return {
    ...hidden(valuesOf(live), kept.inputs),
    __inputs: kept.inputs,
    __initialApiVersion: kept.initialApiVersion,
    __fieldManager: kept.fieldManager,
  };
}

/** The object as the engine's values, nothing hidden yet. */
export function valuesOf(object: JsonObject): ValueObject {
  const values = underscored(object);
  return isObject(values) ? values : {};
}

/**
 * The values with everything secret that came from a secret input, and all data of a Secret whatever it came from
 * (provider.go, `annotateSecrets`): a list is hidden as a whole when any of its items is.
 */
export function hidden(values: ValueObject, inputs: ValueObject): ValueObject {
  const result: ValueObject = { ...values };
  if (values["kind"] === "Secret") {
    for (const key of ["data", "stringData"]) {
      const value = result[key];
      if (value !== undefined) result[key] = new Secret(value);
    }
    return result;
  }
  for (const [key, input] of Object.entries(inputs)) {
    const value = result[key];
    if (value === undefined || value === null) continue;
    if (isObject(value) && isObject(input)) result[key] = hidden(value, input);
    else if (hasSecret(input)) result[key] = new Secret(value);
  }
  return result;
}

/** The annotations of an object with one that names its field manager, its timeout and so on. */
export function annotationIn(inputs: ValueObject, key: string): string {
  const object = plain(inputs)["metadata"];
  return isObject(object) && isRecord(object["annotations"]) ? textAt(object["annotations"], key) : "";
}
