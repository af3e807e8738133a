/** Compares inputs with the data: names, types, required properties, enums, patterns, lengths, ranges, sizes. */
import { closest } from "fastest-levenshtein";
import { Asset, Secret, isObject, isUnknown } from "../values.ts";
import type { Bounds, Node } from "./data.ts";

/** Reports a wrong input. */
type Fail = (property: string, reason: string) => void;

/** Properties whose values never appear in a message. */
const SENSITIVE = /password|secret|token|credential|privatekey|passphrase|variables|content/i;

/** Longest enum that a message lists in full. */
const LISTED = 12;

/** Checks a value against a node. Unknown values, absent ones and assets pass. */
export function checkNode(nodes: readonly Node[], index: number, given: unknown, path: string, fail: Fail): void {
  const node = nodes[index];
  const value = given instanceof Secret ? given.value : given;
  if (node === undefined || value === undefined || value === null || isUnknown(value)) return;
  switch (node.k) {
    case "x":
      return;
    case "s":
      if (typeof value !== "string") return wrongType("a text", value, path, fail);
      return checkText(node, value, path, fail);
    case "n":
      if (typeof value !== "number") return wrongType("a number", value, path, fail);
      if (outside(node, value)) fail(path, `${value} is outside ${span(node)}.`);
      return;
    case "b":
      if (typeof value !== "boolean") wrongType("true or false", value, path, fail);
      return;
    case "l":
      if (!Array.isArray(value)) return wrongType("a list", value, path, fail);
      // An empty list counts as not given: the provider leaves it out.
      if (value.length > 0 && outside(node, value.length)) fail(path, `${value.length} elements; ${span(node)} are accepted.`);
      value.forEach((item, at) => checkNode(nodes, node.of, item, `${path}[${at}]`, fail));
      return;
    case "m":
      if (!isObject(value)) return wrongType("a map", value, path, fail);
      if (outside(node, Object.keys(value).length) && Object.keys(value).length > 0) fail(path, `${Object.keys(value).length} entries; ${span(node)} are accepted.`);
      for (const [key, item] of Object.entries(value)) checkNode(nodes, node.of, item, `${path}[${JSON.stringify(key)}]`, fail);
      return;
    case "u":
      return checkAny(nodes, node.of, value, path, fail);
    case "o":
      if (!isObject(value)) return wrongType("an object", value, path, fail);
      return checkObject(nodes, node, value, path, fail);
  }
}

function checkObject(nodes: readonly Node[], node: Node & { k: "o" }, value: Record<string, unknown>, path: string, fail: Fail): void {
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const [name, item] of Object.entries(value)) {
    // Names that begin so are the engine's own notes (`__defaults`).
    if (name.startsWith("__")) continue;
    const field = Object.hasOwn(node.f, name) ? node.f[name] : undefined;
    if (field === undefined) {
      const known = Object.keys(node.f);
      fail(at(name), known.length === 0 ? "There is no such property; this block has none." : `There is no such property; did you mean ${closest(name, known)}?`);
      continue;
    }
    // An empty text counts as not given unless the property is required: the provider leaves it out.
    if (item === "" && node.r?.includes(name) !== true) continue;
    checkNode(nodes, field, item, at(name), fail);
  }
  for (const name of node.r ?? []) {
    if (value[name] === undefined || value[name] === null) fail(at(name), "Required, and not given.");
  }
}

/** Fits when one alternative does; otherwise the first alternative's complaints are reported. */
function checkAny(nodes: readonly Node[], alternatives: readonly number[], value: unknown, path: string, fail: Fail): void {
  const complaints: [string, string][] = [];
  for (const alternative of alternatives) {
    const found: [string, string][] = [];
    checkNode(nodes, alternative, value, path, (property, reason) => found.push([property, reason]));
    if (found.length === 0) return;
    if (complaints.length === 0) complaints.push(...found);
  }
  for (const [property, reason] of complaints) fail(property, reason);
}

function checkText(node: Node & { k: "s" }, value: string, path: string, fail: Fail): void {
  const shown = SENSITIVE.test(path) ? "The value" : JSON.stringify(value);
  if (node.e !== undefined && !node.e.includes(value)) {
    const choice = node.e.length <= LISTED ? `use one of ${node.e.join(", ")}` : `did you mean ${closest(value, [...node.e])}?`;
    return fail(path, `${shown} is not one of the service's ${node.e.length} values; ${choice}${choice.endsWith("?") ? "" : "."}`);
  }
  if (outside(node, value.length)) fail(path, `${value.length} characters; ${span(node)} are accepted.`);
  if (node.p !== undefined && !pattern(node.p).test(value)) fail(path, `${shown} does not have the service's form ${node.p}.`);
}

const patterns = new Map<string, RegExp>();

/** A pattern in the data's notation `/source/flags`. */
function pattern(notation: string): RegExp {
  const known = patterns.get(notation);
  if (known !== undefined) return known;
  const end = notation.lastIndexOf("/");
  const made = new RegExp(notation.slice(1, end), notation.slice(end + 1));
  patterns.set(notation, made);
  return made;
}

function outside(bounds: Bounds, value: number): boolean {
  return (bounds.min !== undefined && value < bounds.min) || (bounds.max !== undefined && value > bounds.max);
}

function span({ min, max }: Bounds): string {
  if (max === undefined) return `${min ?? 0} or more`;
  return min === undefined ? `at most ${max}` : `${min} to ${max}`;
}

function wrongType(expected: string, value: unknown, path: string, fail: Fail): void {
  fail(path, `Must be ${expected}, but is ${kindOf(value)}.`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value instanceof Asset) return "a file";
  switch (typeof value) {
    case "string":
      return "a text";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return "an object";
  }
}
