/**
 * What changes between two sets of inputs, as the official provider says it (pulumi-kubernetes, provider.go `Diff`
 * and `addPatchValueToDiff`): one entry for each smallest changed part, maps by key, lists by position.
 */
import { Secret, isObject, isUnknown, type Plain, type Value, type ValueObject } from "../aws/values.ts";
import { plain } from "../aws/values.ts";
import { join } from "./schema/check.ts";

export type Change = "add" | "delete" | "update";

export interface Entry {
  change: Change;
  replace: boolean;
}

/** A part of a path: a key, or a position in a list. */
type Step = string | number;

/** Changed paths with their kind, sorted as found. Null counts as not given. */
export function diffInputs(olds: ValueObject, news: ValueObject, forced: readonly string[]): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  compare([], plain(olds), plain(news), forced.map(parsePattern), entries);
  return entries;
}

function compare(path: Step[], old: Plain | undefined, value: Plain | undefined, forced: Step[][], into: Map<string, Entry>): void {
  const [before, after] = [old ?? undefined, value ?? undefined];
  if (before === undefined && after === undefined) return;
  if (before !== undefined && after !== undefined) {
    if (isObject(before) && isObject(after)) {
      const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
      for (const key of keys) compare([...path, key], before[key], after[key], forced, into);
      return;
    }
    if (Array.isArray(before) && Array.isArray(after)) {
      for (let i = 0; i < Math.max(before.length, after.length); i++) compare([...path, i], before[i], after[i], forced, into);
      return;
    }
    if (!isUnknown(after) && JSON.stringify(before) === JSON.stringify(after)) return;
  }
  const change = before === undefined ? "add" : after === undefined ? "delete" : "update";
  const replace = forced.some((pattern) => touches(pattern, path, after));
  into.set(pathText(path), { change, replace });
}

/** True when the path lies at or below the pattern, or the value put at the path holds what the pattern names. */
function touches(pattern: Step[], path: Step[], value: Plain | undefined): boolean {
  const common = Math.min(pattern.length, path.length);
  for (let i = 0; i < common; i++) {
    if (pattern[i] !== path[i] && !(pattern[i] === "[]" && typeof path[i] === "number")) return false;
  }
  return holds(value, pattern.slice(common));
}

function holds(value: Plain | undefined, rest: Step[]): boolean {
  const [first, ...more] = rest;
  if (first === undefined) return true;
  if (first === "[]") return Array.isArray(value) && value.some((item) => holds(item, more));
  return isObject(value) && Object.hasOwn(value, first) && holds(value[first], more);
}

function parsePattern(text: string): Step[] {
  return text.split(".").flatMap((part) => (part.endsWith("[]") ? [part.slice(0, -2), "[]"] : [part]));
}

function pathText(path: Step[]): string {
  return path.reduce<string>((text, step) => (typeof step === "number" ? `${text}[${step}]` : join(text, step)), "");
}

/** True when the object says of itself that its data never changes. */
export function isImmutable(object: ValueObject): boolean {
  const given: Value | undefined = object["immutable"];
  return (given instanceof Secret ? given.value : given) === true;
}
