/**
 * From what Pulumi or a stack file hands over to plain values, without ever guessing: the schema says what a text is.
 *
 * Pulumi passes every value to the program as text, with sections, lists, numbers and booleans as JSON, while a stack
 * file holds the values themselves, and `{secure: …}` where one is encrypted.
 */
import { z } from "zod";
import { type Described, clip, schemaAt } from "./describe.ts";
import { secretKeys } from "./schema.ts";

/** Deepest nesting of a value; the schema itself goes five deep. */
const MAX_DEPTH = 12;
/** Longest text of one value. Patterns are only ever run on text of this length, which bounds their time. */
const MAX_TEXT = 4096;
/** Longest text of a secret (a kubeconfig) or of a section given as JSON; an environment variable holds 128 KiB. */
export const MAX_LONG_TEXT = 131_072;

const NAMESPACE = "golive";

/** Splits a configuration key; Pulumi's environment writes `golive:config:region`, its files `golive:region`. */
export function splitKey(key: string): { namespace: string; name: string } {
  const parts = key.split(":");
  if (parts.length === 1) return { namespace: NAMESPACE, name: key };
  const [namespace = "", ...rest] = parts;
  const name = (rest.length > 1 && rest[0] === "config" ? rest.slice(1) : rest).join(":");
  return { namespace, name };
}

/** Only the keys of this project, without the namespace. */
export function ownValues(values: Record<string, unknown>): Map<string, unknown> {
  const own = new Map<string, unknown>();
  for (const [key, value] of Object.entries(values)) {
    const { namespace, name } = splitKey(key);
    if (namespace === NAMESPACE) own.set(name, value);
  }
  return own;
}

/** A secret of a stack file: an encrypted value, or a section of nothing else. */
export function isSecret(value: unknown): boolean {
  return isEncrypted(value) || (isPlainObject(value) && Object.values(value).every(isEncrypted));
}

/** An encrypted value of a stack file: `{secure: "v1:…"}` and nothing else. */
export function isEncrypted(value: unknown): boolean {
  return isPlainObject(value) && Object.keys(value).length === 1 && typeof value.secure === "string";
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value that passes the schema and says what it is, for a secret whose real value is not known here. */
export function secretPlaceholder(name: string): string {
  const placeholders: Record<string, string> = {
    pagerUrl: "https://pager.invalid/not-a-secret-placeholder",
    deadMansSwitchUrl: "https://switch.invalid/not-a-secret-placeholder",
    kubeconfig: 'apiVersion: v1\nkind: Config\nclusters: [{name: placeholder, cluster: {server: "https://cluster.invalid"}}]\nusers: [{name: placeholder, user: {}}]\ncontexts: [{name: placeholder, context: {cluster: placeholder, user: placeholder}}]\ncurrent-context: placeholder\n',
  };
  return placeholders[name] ?? "not-a-secret-placeholder";
}

/** Whether the key must be a Pulumi secret. */
export function isSecretKey(name: string): boolean {
  return Object.hasOwn(secretKeys.shape, name);
}

/** Turns the text of a top-level key into the value its type asks for, or says why that is not possible. */
export function fromText(text: string, here: Described): { value: unknown } | { problem: string } {
  const { type } = here.schema._zod.def;
  if (type === "string" || type === "enum") return { value: text };
  if (type === "boolean") return text === "true" || text === "false" ? { value: text === "true" } : { value: text };
  if (text.length > MAX_LONG_TEXT) return { problem: `text of ${text.length} characters` };
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return { problem: `text that is no JSON: ${JSON.stringify(clip(text, 60))}` };
  }
}

/** A value that could never be configuration: where, and what it is. */
export interface Hazard {
  path: (string | number)[];
  given: string;
  allowed: string;
}

/**
 * Copies a value into plain objects and lists, leaving out what no configuration can hold: other kinds of objects,
 * functions, numbers that are none, keys that would reach an object's prototype, endless nesting, endless text.
 * Encrypted values become `encrypted(path)`.
 */
export function sanitize(
  value: unknown, path: (string | number)[], hazards: Hazard[], encrypted: (path: (string | number)[]) => unknown, maxText = MAX_TEXT,
): unknown {
  if (path.length > MAX_DEPTH) {
    hazards.push({ path, given: "a value nested too deeply", allowed: `at most ${MAX_DEPTH} levels` });
    return undefined;
  }
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (value.length <= maxText) return value;
    hazards.push({ path, given: `text of ${value.length} characters`, allowed: `text of at most ${maxText} characters` });
    return undefined;
  }
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    hazards.push({ path, given: String(value), allowed: "a finite number" });
    return undefined;
  }
  if (isEncrypted(value)) return encrypted(path);
  if (Array.isArray(value)) return value.map((element, index) => sanitize(element, [...path, index], hazards, encrypted, maxText));
  if (isPlainObject(value)) return sanitizeObject(value, path, hazards, encrypted, maxText);
  hazards.push({ path, given: `a ${typeof value} that is no configuration value`, allowed: "text, number, true or false, list or section" });
  return undefined;
}

function sanitizeObject(
  value: Record<string, unknown>, path: (string | number)[], hazards: Hazard[], encrypted: (path: (string | number)[]) => unknown, maxText: number,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    if (name === "__proto__" || name === "constructor" || name === "prototype") {
      hazards.push({ path: [...path, name], given: "an unknown key", allowed: "no key of this name" });
      continue;
    }
    // A section that YAML writes with nothing after the colon is null; it means "not set", as with Pulumi.
    const clean = sanitize(child, [...path, name], hazards, encrypted, maxText);
    if (clean !== undefined) copy[name] = clean;
  }
  return copy;
}

/**
 * Lays the given values over the defaults: sections key by key, everything else whole. Works on what `sanitize`
 * returned, so no key can reach a prototype.
 */
export function merge(defaults: unknown, given: unknown, schema: Described | undefined): unknown {
  if (given === undefined) return structuredClone(defaults);
  if (!(schema?.schema instanceof z.ZodObject) || !isPlainObject(given) || !isPlainObject(defaults)) return given;
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(defaults), ...Object.keys(given)])) {
    merged[name] = merge(defaults[name], given[name], schemaAt(schema.schema, [name]));
  }
  return merged;
}

/** The value at a path, following own keys only. */
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let here = root;
  for (const segment of path) {
    if (Array.isArray(here) && typeof segment === "number") here = here[segment];
    else if (isPlainObject(here) && Object.hasOwn(here, segment)) here = here[segment];
    else return undefined;
  }
  return here;
}

/** Sets (or with undefined removes) the value at a path whose parent exists; does nothing where it does not. */
export function setAt(root: unknown, path: readonly (string | number)[], value: unknown): void {
  const parent = valueAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (Array.isArray(parent) && typeof last === "number") parent[last] = value;
  else if (isPlainObject(parent) && last !== undefined) {
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
}
