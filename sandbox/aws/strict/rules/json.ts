/** Texts that must hold JSON. */
import { isObject } from "../../values.ts";
import type { Fail } from "./rule.ts";

/** The object in a JSON text (or the object itself); undefined after a failure or when nothing known is there. */
export function jsonObject(value: unknown, property: string, fail: Fail): Record<string, unknown> | undefined {
  if (isObject(value)) return value;
  if (typeof value !== "string" || value === "") return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    if (isObject(parsed)) return parsed;
    fail(property, "The JSON must be an object.");
  } catch (error) {
    // The parser quotes the text around the mistake; policies and patterns hold no secrets.
    fail(property, `Not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return undefined;
}

/** One value or a list of values, as a list. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
