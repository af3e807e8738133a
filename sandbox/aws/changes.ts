/** The differences between two sets of inputs, as the engine wants them told. */
import { Asset, Secret, isObject, isUnknown, type Value, type ValueObject } from "./values.ts";

export interface Change {
  /** Where, in the engine's notation: `tags.Name`, `ingress[0].fromPort`, `tags["a.b"]`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  /** The change can not be made in place. */
  readonly replaces: boolean;
}

interface Difference {
  readonly keys: readonly (string | number)[];
  readonly kind: Change["kind"];
  /** The value that came or went, for looking into what it holds. */
  readonly value: Value | undefined;
}

/** All differences; keys of the bridge's own (`__defaults`) and values of `null` count as absent. */
export function changes(old: ValueObject, next: ValueObject, replaceOn: ReadonlySet<string>): Change[] {
  return objectDifferences([], old, next).map((difference) => ({
    path: pathText(difference.keys),
    kind: difference.kind,
    replaces: isReplacing(difference, replaceOn),
  }));
}

function objectDifferences(keys: readonly (string | number)[], old: ValueObject, next: ValueObject): Difference[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter((name) => !name.startsWith("__")).sort();
  return names.flatMap((name) => differences([...keys, name], old[name], next[name]));
}

function differences(keys: readonly (string | number)[], oldValue: Value | undefined, nextValue: Value | undefined): Difference[] {
  const old = bare(oldValue);
  const next = bare(nextValue);
  if (old === undefined && next === undefined) return [];
  if (old === undefined) return [{ keys, kind: "add", value: next }];
  if (next === undefined) return [{ keys, kind: "delete", value: old }];
  if (isUnknown(next) || isUnknown(old)) return [{ keys, kind: "update", value: next }];
  if (Array.isArray(old) && Array.isArray(next)) {
    const length = Math.max(old.length, next.length);
    return Array.from({ length }, (_, index) => differences([...keys, index], old[index], next[index])).flat();
  }
  if (old instanceof Asset && next instanceof Asset) {
    return old.kind === next.kind && old.hash === next.hash ? [] : [{ keys, kind: "update", value: next }];
  }
  if (isObject(old) && isObject(next)) return objectDifferences(keys, old, next);
  return sameScalar(old, next) ? [] : [{ keys, kind: "update", value: next }];
}

function bare(value: Value | undefined): Value | undefined {
  const inner = value instanceof Secret ? value.value : value;
  return inner === null ? undefined : inner;
}

/** Numbers and flags may come as text; JSON documents count by what they say, as the provider compares policies. */
function sameScalar(old: Value, next: Value): boolean {
  if (old === next) return true;
  if (typeof old === "object" || typeof next === "object") return false;
  if (String(old) === String(next)) return true;
  return typeof old === "string" && typeof next === "string" && sameDocument(old, next);
}

function sameDocument(old: string, next: string): boolean {
  if (!/^\s*[[{]/.test(old) || !/^\s*[[{]/.test(next)) return false;
  try {
    return canonical(JSON.parse(old)) === canonical(JSON.parse(next));
  } catch {
    return false;
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

/** True when the place, something above it, or (for a whole object that came or went) something in it replaces. */
function isReplacing(difference: Difference, replaceOn: ReadonlySet<string>): boolean {
  if (replaceOn.size === 0) return false;
  const names = difference.keys.filter((key) => typeof key === "string");
  if (names.some((_, index) => replaceOn.has(names.slice(0, index + 1).join(".")))) return true;
  return paths(names.join("."), difference.value).some((path) => replaceOn.has(path));
}

function paths(path: string, value: Value | undefined): string[] {
  const inner = bare(value);
  if (Array.isArray(inner)) return inner.flatMap((item) => paths(path, item));
  if (!isObject(inner)) return [path];
  return [path, ...Object.entries(inner).flatMap(([key, item]) => paths(`${path}.${key}`, item))];
}

function pathText(keys: readonly (string | number)[]): string {
  return keys.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
