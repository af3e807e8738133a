/** Reads the schema as data: which key is where, what it takes, how it is documented. No message is written twice. */
import { z } from "zod";
import type { KeyMeta } from "./fields.ts";

/** Segments of a key path; an index of a list is a number. */
export type Path = readonly (string | number)[];

/** A schema stripped of `optional` and `default`, with what those and its documentation said. */
export interface Described {
  schema: z.core.$ZodType;
  meta: Partial<KeyMeta>;
  optional: boolean;
  /** Value that the schema itself fills in, when it does. */
  fallback?: unknown;
}

/** Documentation attached to a schema by `key()`, or nothing. */
function metaOf(schema: z.core.$ZodType): Partial<KeyMeta> {
  return z.globalRegistry.get(schema) ?? {};
}

/** Takes the wrappers off a schema; documentation of the outermost one wins. */
export function described(schema: z.core.$ZodType): Described {
  if (schema instanceof z.ZodOptional) {
    const inner = described(schema.def.innerType);
    return { ...inner, meta: { ...inner.meta, ...metaOf(schema) }, optional: true };
  }
  if (schema instanceof z.ZodDefault) {
    const inner = described(schema.def.innerType);
    return { ...inner, meta: { ...inner.meta, ...metaOf(schema) }, optional: true, fallback: schema.def.defaultValue };
  }
  return { schema, meta: metaOf(schema), optional: false };
}

/** Schema at a path, or undefined where the path leaves the schema. Names inside a record take the record's value. */
export function schemaAt(root: z.core.$ZodType, path: Path): Described | undefined {
  let here: Described | undefined = described(root);
  for (const segment of path) {
    if (here === undefined) return undefined;
    here = childOf(here.schema, segment);
  }
  return here;
}

function childOf(schema: z.core.$ZodType, segment: string | number): Described | undefined {
  if (schema instanceof z.ZodObject) {
    const child = Object.hasOwn(schema.shape, segment) ? shapeOf(schema)[segment] : undefined;
    return child === undefined ? undefined : described(child);
  }
  if (schema instanceof z.ZodRecord) return described(schema.valueType);
  if (schema instanceof z.ZodArray) return described(schema.element);
  return undefined;
}

/** The keys of a section; zod itself types them loosely. */
export function shapeOf(schema: z.ZodObject): Record<string, z.core.$ZodType> {
  return schema.shape;
}

/** Names of the keys directly below a section; empty for anything that is no section. */
export function childNames(schema: z.core.$ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** One key of the configuration as the reference shows it. Names chosen by the user appear as `<name>`. */
export interface KeyEntry extends Described {
  path: string[];
}

/** Every key and section below `root`, in the order of the schema. */
export function allKeys(root: z.core.$ZodType, path: string[] = []): KeyEntry[] {
  const here = described(root);
  const self: KeyEntry[] = path.length > 0 ? [{ ...here, path }] : [];
  if (here.schema instanceof z.ZodObject) {
    return [...self, ...Object.entries(shapeOf(here.schema)).flatMap(([name, child]) => keysBelow(child, [...path, name]))];
  }
  if (here.schema instanceof z.ZodRecord && described(here.schema.valueType).schema instanceof z.ZodObject) {
    return [...self, ...allKeys(here.schema.valueType, [...path, "<name>"]).slice(1)];
  }
  return self;
}

/** `allKeys` of a child, keeping what its own wrappers say of it. */
function keysBelow(child: z.core.$ZodType, path: string[]): KeyEntry[] {
  const [, ...below] = allKeys(child, path);
  return [{ ...described(child), path }, ...below];
}

/** A path as people write it: `release.canary.weights[1]`; segments with other characters are quoted. */
export function pathText(path: Path): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(segment)) text += text === "" ? segment : `.${segment}`;
    else text += `[${JSON.stringify(clip(segment, 80))}]`;
  }
  return text;
}

/** The reverse of `pathText` for what people type: dots, `[0]` and `["quoted"]`. */
export function parsePath(text: string): (string | number)[] {
  const segments: (string | number)[] = [];
  for (const match of text.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)) {
    if (match[1] !== undefined) segments.push(Number(match[1]));
    else segments.push(match[2] ?? match[3] ?? "");
  }
  return segments;
}

/** Shortens a text for display and says that it did. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
}

/** What a key takes, as a phrase: "a whole number from 1 to 35", "one of: blue, green". */
export function allowed(root: z.core.$ZodType): string {
  const { schema } = described(root);
  if (schema instanceof z.ZodBoolean) return "true or false";
  if (schema instanceof z.ZodEnum) return `one of: ${schema.options.map(String).join(", ")}`;
  if (schema instanceof z.ZodLiteral) return String(schema.value);
  if (schema instanceof z.ZodUnion) return `one of: ${schema.options.map(allowed).join(", ")}`;
  if (schema instanceof z.ZodNumber) return allowedNumber(schema);
  if (schema instanceof z.ZodArray) return allowedList(schema);
  if (schema instanceof z.ZodRecord) return `entries by name; each name ${allowed(schema.keyType)}; each value ${allowed(schema.valueType)}`;
  if (schema instanceof z.ZodObject) return `a section with ${childNames(schema).join(", ")}`;
  return allowedText(schema);
}

function allowedNumber(schema: z.ZodNumber): string {
  const kind = schema.isInt ? "a whole number" : "a number";
  const least = Number.isSafeInteger(schema.minValue) && schema.minValue !== Number.MIN_SAFE_INTEGER ? schema.minValue : undefined;
  const most = Number.isFinite(schema.maxValue) && schema.maxValue !== Number.MAX_SAFE_INTEGER ? schema.maxValue : undefined;
  if (least !== undefined && least === most) return `${least}`;
  if (least !== undefined && most !== undefined) return `${kind} from ${least} to ${most}`;
  if (least !== undefined) return `${kind}, ${least} or more`;
  return most === undefined ? kind : `${kind}, ${most} or less`;
}

/** Checks of a schema as plain data; zod has no narrower public type for them. */
function checksOf(schema: z.core.$ZodType): Record<string, unknown>[] {
  const checks = schema._zod.def.checks ?? [];
  return [{ ...schema._zod.def }, ...checks.map((check) => ({ ...check._zod.def }))];
}

function allowedList(schema: z.ZodArray): string {
  const checks = checksOf(schema);
  const least = checks.find((check) => check.check === "min_length")?.minimum;
  const most = checks.find((check) => check.check === "max_length")?.maximum;
  const element = allowed(schema.element);
  if (typeof least === "number" && typeof most === "number") return `a list of ${least} to ${most}: each ${element}`;
  if (typeof least === "number") return `a list of at least ${least}: each ${element}`;
  return `a list: each ${element}`;
}

function allowedText(schema: z.core.$ZodType): string {
  const checks = checksOf(schema);
  const said = checks.map((check) => messageOf(check)).filter((message) => message !== undefined);
  if (checks.some((check) => check.format === "url")) said.push("an https URL");
  if (said.length > 0) return said.join("; ");
  const least = checks.find((check) => check.check === "min_length")?.minimum;
  const most = checks.find((check) => check.check === "max_length")?.maximum;
  if (typeof least === "number" && typeof most === "number") return `text of ${least} to ${most} characters`;
  if (typeof most === "number") return `text of at most ${most} characters`;
  return typeof least === "number" ? "text, not empty" : "text";
}

function messageOf(check: Record<string, unknown>): string | undefined {
  if (typeof check.error !== "function") return undefined;
  const message = (check.error as (issue: object) => unknown)({});
  return typeof message === "string" ? message : undefined;
}
