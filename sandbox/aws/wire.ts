/**
 * Pulumi's wire format: protocol structs in, {@link Value}s out, and back. The sentinels are those that the SDK
 * itself uses (runtime/rpc); the SDK's own deserializer is not used because it lifts secrets to the top level,
 * drops resource references and needs a running program.
 */
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { signatures as rpc } from "./signatures.ts";
import { Asset, Secret, UNKNOWN, Unknown, isObject, type Value, type ValueObject, textOf } from "./values.ts";

/**
 * Typed unknowns that the engine may send besides the general one (pulumi/pulumi, sdk/go/common/resource/plugin,
 * rpc.go: bool, number, array, asset, archive, object).
 */
const UNKNOWNS: ReadonlySet<string> = new Set([
  rpc.unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The properties of a struct; an absent struct has none. */
export function decode(struct: structPb.Struct | undefined): ValueObject {
  return struct === undefined ? {} : decodeObject(struct.toJavaScript());
}

/** The properties as a struct; properties that are `undefined` are left out. */
export function encode(values: ValueObject): structPb.Struct {
  return structPb.Struct.fromJavaScript(encodeObject(values));
}

function decodeObject(object: Readonly<Record<string, unknown>>): ValueObject {
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, decodeValue(item)]));
}

function decodeValue(value: unknown): Value {
  if (typeof value === "string") return UNKNOWNS.has(value) ? UNKNOWN : value;
  if (typeof value === "boolean" || typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(decodeValue);
  if (!isObject(value)) return null;
  switch (value[rpc.specialSigKey]) {
    case undefined:
      return decodeObject(value);
    case rpc.specialSecretSig:
      return new Secret(decodeValue(value.value));
    case rpc.specialAssetSig:
      return new Asset("asset", value);
    case rpc.specialArchiveSig:
      return new Asset("archive", value);
    case rpc.specialOutputValueSig: {
      const inner = "value" in value ? decodeValue(value.value) : UNKNOWN;
      return value.secret === true ? new Secret(inner) : inner;
    }
    case rpc.specialResourceSig:
      // A reference to a resource counts as its id; an empty id is one that is not known yet.
      return value.id === undefined ? textOf(value.urn) : value.id === "" ? UNKNOWN : decodeValue(value.id);
    default:
      throw new Error(`the engine sent a value with the signature ${textOf(value[rpc.specialSigKey])}, which the sandbox does not know`);
  }
}

type Json = null | boolean | number | string | Json[] | JsonObject;
interface JsonObject { [key: string]: Json }

function encodeObject(object: ValueObject): JsonObject {
  const kept = Object.entries(object).filter(([, item]) => item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, encodeValue(item)]));
}

function encodeValue(value: Value): Json {
  if (value instanceof Unknown) return rpc.unknownValue;
  if (value instanceof Secret) return { [rpc.specialSigKey]: rpc.specialSecretSig, value: encodeValue(value.value) };
  if (value instanceof Asset) return value.wire as JsonObject;
  if (Array.isArray(value)) return value.map(encodeValue);
  if (value === null || typeof value !== "object") return value;
  return encodeObject(value);
}
