/**
 * The part of an object that one field manager owns: what a server-side apply under its name must repeat, because it
 * gives up what it leaves out (Kubernetes documentation, "Server-Side Apply"; fieldsV1: structured-merge-diff).
 */
import type { KubeObject } from "./api.ts";

/** Undefined where the manager has applied nothing. */
export function ownedBy(object: KubeObject, manager: string): Record<string, unknown> | undefined {
  const entry = object.metadata.managedFields?.find((one) => one.manager === manager && one.operation === "Apply" && one.subresource === undefined);
  return entry?.fieldsV1 === undefined ? undefined : (pick(object, entry.fieldsV1) as Record<string, unknown>);
}

type Fields = Record<string, unknown>;

function pick(value: unknown, fields: Fields): unknown {
  const inner = Object.entries(fields).filter(([key]) => key !== ".");
  // A leaf, or a map or list that is owned as a whole.
  if (inner.length === 0) return Object.keys(fields).length === 0 ? value : emptyLike(value);
  if (Array.isArray(value)) return inner.flatMap(([key, below]) => itemsOf(value, key).map(({ item, keys }) => withKeys(keys, pick(item, below as Fields))));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(inner.flatMap(([key, below]) => {
    const name = key.slice("f:".length);
    return key.startsWith("f:") && name in value ? [[name, pick(Reflect.get(value, name), below as Fields)]] : [];
  }));
}

/** Owned is that it is there, and nothing in it. */
function emptyLike(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  return typeof value === "object" && value !== null ? {} : value;
}

/** Items by the values of their keys (`k:{"port":80}`), or by being a value of a set (`v:"a"`). */
function itemsOf(list: readonly unknown[], key: string): { item: unknown; keys: object }[] {
  const wanted: unknown = JSON.parse(key.slice(2));
  const keys = typeof wanted === "object" && wanted !== null ? wanted : {};
  const isMeant = key.startsWith("v:")
    ? (item: unknown) => JSON.stringify(item) === JSON.stringify(wanted)
    : (item: unknown) => typeof item === "object" && item !== null && Object.entries(keys).every(([name, value]) => Reflect.get(item, name) === value);
  return list.filter(isMeant).map((item) => ({ item, keys: key.startsWith("v:") ? {} : keys }));
}

/** What tells an item from the others goes with it, whoever owns it. */
function withKeys(keys: object, item: unknown): unknown {
  return typeof item === "object" && item !== null ? { ...keys, ...item } : item;
}
