/** Compares an object with the generated table: unknown fields, missing ones, wrong primitive types. */
import { closest, distance } from "fastest-levenshtein";
import { Asset, Secret, isObject, isUnknown, type Value } from "../../aws/values.ts";
import { tokensOfGroup, type Gvk } from "../token.ts";
import { fieldsOf, type Fields, type Shape } from "./data.ts";

/** One thing that is wrong: where, as a property path (`spec.template.spec`), and what. */
export interface Finding {
  path: string;
  reason: string;
}

export type Report = (path: string, reason: string) => void;

/** Only JSONSchemaProps has fractions (`maximum`, `minimum`, `multipleOf`); every other number is an int32 or int64. */
const FRACTIONS = /^apiextensions\./;

/** Checks every field that is known by now; what is unknown in a preview is checked in the update. */
export function checkSchema(gvk: Gvk, object: Record<string, Value>, report: Report): void {
  if (gvk.custom) {
    checkCustom(gvk, object, report);
    return;
  }
  const fields = fieldsOf(gvk.token);
  if (fields !== undefined) checkFields(fields, `${gvk.apiVersion} ${gvk.kind}`, object, "", !gvk.patch, gvk.token, report);
}

function checkCustom(gvk: Gvk, object: Record<string, Value>, report: Report): void {
  const siblings = tokensOfGroup(gvk.group);
  if (siblings.length > 0) {
    const wanted = `kubernetes:${gvk.group === "" ? "core" : gvk.group}/${gvk.version}:${gvk.kind}`;
    report("kind", `Kubernetes has no kind ${gvk.kind} in ${gvk.apiVersion}; the nearest is ${closest(wanted, siblings).slice("kubernetes:".length).replace("core/", "").replace(":", " ")}`);
    return;
  }
  const metadata = fieldsOf("meta.v1.ObjectMeta");
  const given = object["metadata"];
  if (metadata !== undefined && isObject(given)) {
    checkFields(metadata, "metadata", given, "metadata", false, "meta.v1.ObjectMeta", report);
  }
}

function checkFields(fields: Fields, what: string, object: Record<string, Value>, path: string, strict: boolean, type: string, report: Report): void {
  for (const [name, value] of Object.entries(object)) {
    const field = fields.get(name);
    if (field === undefined) report(join(path, name), unknownField(name, what, fields));
    else if (value !== null) checkShape(field.shape, value, join(path, name), strict, type, report);
  }
  if (!strict) return;
  for (const [name, field] of fields) {
    if (field.required && (object[name] === undefined || object[name] === null)) report(join(path, name), `required by ${what} and not given`);
  }
}

function unknownField(name: string, what: string, fields: Fields): string {
  const near = closest(name, [...fields.keys()]);
  const hint = distance(name, near) <= Math.max(2, name.length / 2) ? `; did you mean "${near}"?` : "";
  return `${what} has no field "${name}"${hint}`;
}

function checkShape(shape: Shape, value: Value, path: string, strict: boolean, type: string, report: Report): void {
  if (value instanceof Secret) {
    checkShape(shape, value.value, path, strict, type, report);
    return;
  }
  if (isUnknown(value) || shape.is === "anything" || value instanceof Asset) return;
  switch (shape.is) {
    case "list":
      if (!Array.isArray(value)) report(path, `must be a list, not ${kindOf(value)}`);
      else value.forEach((item, i) => { if (item !== null) checkShape(shape.of, item, `${path}[${i}]`, strict, type, report); });
      return;
    case "map":
      if (!isObject(value)) report(path, `must be a map, not ${kindOf(value)}`);
      else for (const [key, item] of Object.entries(value)) {
        if (item !== null) checkShape(shape.of, item, join(path, key), strict, type, report);
      }
      return;
    case "object": {
      const fields = fieldsOf(shape.type);
      if (!isObject(value)) report(path, `must be an object, not ${kindOf(value)}`);
      else if (fields !== undefined) checkFields(fields, shape.type.split(".").at(-1) ?? shape.type, value, path, strict, shape.type, report);
      return;
    }
    case "text":
      if (typeof value !== "string") report(path, `must be text, not ${kindOf(value)}`);
      return;
    case "boolean":
      if (typeof value !== "boolean") report(path, `must be true or false, not ${kindOf(value)}`);
      return;
    case "number":
      if (typeof value !== "number") report(path, `must be a number, not ${kindOf(value)}`);
      else if (!Number.isInteger(value) && !FRACTIONS.test(type)) report(path, `must be a whole number, not ${value}`);
      return;
    case "numberOrText":
      if (typeof value !== "string" && !Number.isInteger(value)) report(path, `must be a whole number or text, not ${kindOf(value)}`);
  }
}

/** Appends a key to a property path as the engine writes paths. */
export function join(path: string, key: string): string {
  if (/[."[\]]/.test(key)) return `${path}["${key.replaceAll('"', '\\"')}"]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Never the value itself: it may be a secret. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  return typeof value === "string" ? "text" : `a ${typeof value}`;
}
