/** Names and namespaces that the provider fills in (pulumi-kubernetes, provider/pkg/metadata/naming.go, provider.go `Check`). */
import { createHash, randomBytes } from "node:crypto";
import { Secret, isObject, isUnknown, type Value, type ValueObject } from "../aws/values.ts";
import { isNamespaced, type Gvk } from "./token.ts";

export const AUTONAMED = "pulumi.com/autonamed";

/** What the engine and the resource's history say about its name. */
export interface NamingContext {
  /** Name of the resource in the program. */
  resource: string;
  /** Makes a preview and its update choose the same name; empty when the engine gave none. */
  randomSeed: Uint8Array;
  /** Inputs of the last update; absent for a new object. */
  olds?: ValueObject;
  /** Name that the stack's `pulumi:autonaming` asks for. */
  proposed?: string;
  /** The stack forbids chosen names. */
  disabled?: boolean;
  /** Namespace for objects that name none. */
  namespace: string;
}

/** The metadata of an object; a metadata that is secret as a whole is opened, since names can not be hidden. */
export function metadataOf(object: ValueObject): ValueObject | undefined {
  const given = object["metadata"];
  const opened = given instanceof Secret ? given.value : given;
  return isObject(opened) ? (opened) : isUnknown(opened) ? undefined : {};
}

/** A part of the metadata as text; nothing when it is unknown, absent or secret. */
export function metadataText(object: ValueObject, key: "name" | "namespace" | "generateName" | "uid"): string | undefined {
  const value = metadataOf(object)?.[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function annotation(object: ValueObject, key: string): string | undefined {
  const annotations = metadataOf(object)?.["annotations"];
  const value = isObject(annotations) ? annotations[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

/**
 * The inputs with name and namespace.
 *
 * @throws Error when no name may be chosen, or when the API server would be asked to choose one, which a
 * server-side apply can not do
 */
export function named(gvk: Gvk, inputs: ValueObject, context: NamingContext): ValueObject {
  const given = metadataOf(inputs);
  if (given === undefined) return inputs;
  const metadata: ValueObject = { ...given };
  if (isBlank(metadata["name"])) {
    if (!isBlank(metadata["generateName"])) throw new Error("metadata.generateName is not supported with server-side apply; set metadata.name, or leave both out to have a name chosen");
    if (gvk.patch) throw new Error("a patch needs metadata.name: the name of the object that it changes");
    metadata["name"] = chosenName(context);
    metadata["annotations"] = { ...(isObject(metadata["annotations"]) ? (metadata["annotations"]) : {}), [AUTONAMED]: "true" };
  }
  if (isNamespaced(gvk) && isBlank(metadata["namespace"])) metadata["namespace"] = context.namespace;
  return { ...inputs, metadata };
}

function chosenName(context: NamingContext): string {
  const { olds } = context;
  if (olds !== undefined && annotation(olds, AUTONAMED) === "true") {
    const old = metadataText(olds, "name");
    if (old !== undefined) return old;
  }
  if (context.disabled === true) throw new Error("automatic naming is disabled for this stack (pulumi:autonaming); set metadata.name");
  return context.proposed ?? uniqueName(`${context.resource}-`, context.randomSeed);
}

/** The prefix and eight hex digits (pulumi, sdk/go/common/resource/resource_id.go `NewUniqueName`). */
export function uniqueName(prefix: string, seed: Uint8Array): string {
  const bytes = seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(4);
  return prefix + bytes.toString("hex").slice(0, 8);
}

/** `namespace/name`, or the name alone for a cluster-scoped kind. */
export function objectId(gvk: Gvk, object: ValueObject): string {
  const name = metadataText(object, "name") ?? "";
  return isNamespaced(gvk) ? `${metadataText(object, "namespace") ?? "default"}/${name}` : name;
}

function isBlank(value: Value | undefined): boolean {
  return value === undefined || value === null || value === "";
}
