/**
 * What a new declaration is compared with: the last declaration, corrected by what the cluster holds (provider.go,
 * `Diff`: live state pruned to the shape of the old inputs). So what others changed shows up, and what the server
 * only wrote differently does not.
 */
import { isObject, type Plain, type PlainObject } from "../../aws/values.ts";

/** Fields that hold quantities, or maps of them; the server writes `0.1` as `100m` (apimachinery, pkg/api/resource, canonical form). */
const QUANTITIES = new Set(["requests", "limits", "hard", "capacity", "default", "defaultRequest", "max", "min", "maxLimitRequestRatio", "overhead", "podFixed", "sizeLimit", "averageValue", "divisor"]);

/** @param live the object as the cluster holds it, by the names that the inputs use */
export function baseline(inputs: PlainObject, live: PlainObject): PlainObject {
  const merged = mergeObject(inputs, live, false);
  return live["kind"] === "Secret" ? withTexts(merged, inputs, live) : merged;
}

/** `stringData` lives on as `data`, in base64. */
function withTexts(merged: PlainObject, inputs: PlainObject, live: PlainObject): PlainObject {
  const texts = inputs["stringData"];
  const data = isObject(live["data"]) ? live["data"] : {};
  if (!isObject(texts)) return merged;
  const kept = Object.keys(texts).flatMap((key) => {
    const encoded = data[key];
    return typeof encoded === "string" ? [[key, Buffer.from(encoded, "base64").toString("utf8")]] : [];
  });
  return { ...merged, stringData: Object.fromEntries(kept) as PlainObject };
}

function merge(input: Plain, live: Plain | undefined, quantity: boolean): Plain | undefined {
  // The server leaves out what says nothing.
  if (live === undefined || live === null) return isNothing(input) ? input : undefined;
  if (isPlainObject(input) && isPlainObject(live)) return mergeObject(input, live, quantity);
  if (Array.isArray(input) && Array.isArray(live)) {
    return input.flatMap((item, i) => {
      const merged = merge(item, live[i], quantity);
      return merged === undefined ? [] : [merged];
    });
  }
  if (quantity && amount(input) !== undefined && amount(input) === amount(live)) return input;
  return live;
}

function mergeObject(inputs: PlainObject, live: PlainObject, quantity: boolean): PlainObject {
  const result: PlainObject = {};
  for (const [key, input] of Object.entries(inputs)) {
    const merged = merge(input, live[key], quantity || QUANTITIES.has(key));
    if (merged !== undefined) result[key] = merged;
  }
  return result;
}

function isPlainObject(value: Plain): value is PlainObject {
  return isObject(value);
}

/** What Go leaves out of its JSON: `omitempty` (encoding/json). */
function isNothing(value: Plain): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isPlainObject(value) && Object.values(value).every(isNothing);
}

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** A quantity as a number, rounded where binary fractions would differ. */
function amount(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const match = typeof value === "string" ? /^([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(value) : null;
  const factor = SUFFIXES[match?.[2] ?? ""];
  return match === null || factor === undefined ? undefined : Number((Number(match[1]) * factor).toPrecision(12));
}
