/** The generated table of kinds and fields (`generate.ts`), read when first asked for. */
import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * What a field holds. In the table: `s` text, `n` number, `b` true or false, `i` number or text, `j` anything,
 * `.core.v1.Probe` an object of that type, `[]…` a list, `{}…` a map with free keys.
 */
export type Shape =
  | { is: "text" | "number" | "boolean" | "numberOrText" | "anything" }
  | { is: "list" | "map"; of: Shape }
  | { is: "object"; type: string };

export interface Field {
  required: boolean;
  shape: Shape;
}

export type Fields = ReadonlyMap<string, Field>;

let table: Record<string, string> | undefined;
const parsed = new Map<string, Fields>();

function types(): Record<string, string> {
  table ??= (JSON.parse(readFileSync(path.join(import.meta.dirname, "types.json"), "utf8")) as { types: Record<string, string> }).types;
  return table;
}

/** The fields of a kind (by type token) or of a nested type (`core.v1.Probe`); `undefined` when there is none. */
export function fieldsOf(name: string): Fields | undefined {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const text = Object.hasOwn(types(), name) ? types()[name] : undefined;
  if (text === undefined) return undefined;
  const fields = new Map(text.split(" ").filter((t) => t !== "").map(parseField));
  parsed.set(name, fields);
  return fields;
}

/** Type tokens of all kinds. */
export function knownTokens(): string[] {
  return Object.keys(types()).filter((name) => name.startsWith("kubernetes:"));
}

function parseField(text: string): [string, Field] {
  const at = text.indexOf("=");
  const required = text[at - 1] === "!";
  return [text.slice(0, required ? at - 1 : at), { required, shape: parseShape(text.slice(at + 1)) }];
}

function parseShape(text: string): Shape {
  if (text.startsWith("[]")) return { is: "list", of: parseShape(text.slice(2)) };
  if (text.startsWith("{}")) return { is: "map", of: parseShape(text.slice(2)) };
  if (text.startsWith(".")) return { is: "object", type: text.slice(1) };
  switch (text) {
    case "s": return { is: "text" };
    case "n": return { is: "number" };
    case "b": return { is: "boolean" };
    case "i": return { is: "numberOrText" };
    default: return { is: "anything" };
  }
}
