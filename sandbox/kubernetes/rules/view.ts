/** Reading parts of an object of which some may be unknown, missing or of the wrong type: those read as nothing. */
import { Asset, Secret, UNKNOWN, isObject, isUnknown, type Plain, type PlainObject, type Value } from "../../aws/values.ts";
import type { Report } from "../schema/check.ts";

/** The object with every secret shown as unknown, so that no rule can quote one. */
export function veiled(value: Value): Plain {
  if (value instanceof Secret) return UNKNOWN;
  if (Array.isArray(value)) return value.map(veiled);
  if (value === null || typeof value !== "object" || isUnknown(value) || value instanceof Asset) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, veiled(item)]));
}

export function record(value: Plain | undefined): PlainObject {
  return isObject(value) ? (value) : {};
}

/** The object at a path of plain keys. */
export function at(value: Plain | undefined, ...keys: string[]): PlainObject {
  return keys.reduce<PlainObject>((parent, key) => record(parent[key]), record(value));
}

/** The value at a path of plain keys; unknown when anything on the way is. */
export function reach(value: Plain | undefined, ...keys: string[]): Plain | undefined {
  let here = value;
  for (const key of keys) {
    if (isUnknown(here)) return here;
    here = record(here)[key];
  }
  return here;
}

export function list(value: Plain | undefined): PlainObject[] {
  return Array.isArray(value) ? value.map(record) : [];
}

export function text(value: Plain | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function number(value: Plain | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function absent(value: Plain | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** Reports a text that breaks its syntax. */
export function syntax(value: Plain | undefined, path: string, check: (text: string) => string | undefined, report: Report): void {
  const given = text(value);
  const wrong = given === undefined ? undefined : check(given);
  if (wrong !== undefined) report(path, wrong);
}

/** Reports a text that is none of those that the API server takes. */
export function oneOf(value: Plain | undefined, path: string, allowed: readonly string[], report: Report): void {
  const given = text(value);
  if (given !== undefined && !allowed.includes(given)) report(path, `"${given}" is none of ${allowed.join(", ")}`);
}

/** Reports the second and later items with the same key. */
export function unique(keys: readonly (string | undefined)[], path: (index: number) => string, what: string, report: Report): void {
  const seen = new Set<string>();
  keys.forEach((key, i) => {
    if (key === undefined) return;
    if (seen.has(key)) report(path(i), `${what} "${key}" is given twice`);
    seen.add(key);
  });
}
