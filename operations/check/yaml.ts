/**
 * YAML as kubectl reads it: documents apart at each `---`, plain words typed as YAML 1.1 does (`yes` is true, `0644`
 * is octal), merge keys followed, a key that is there twice refused. Positions are read only when one is asked for.
 */
import {
  type Event, EVENT_ID, NOT_RESOLVED, SCALAR_STYLE, Schema, YAMLException, binaryTag, boolYaml11Tag, constructFromEvents, defineScalarTag, floatCoreTag, getScalarValue, intCoreTag, intYaml11Tag, mapTag, mergeTag,
  nullYaml11Tag, parseEvents, seqTag, strTag, timestampTag,
} from "js-yaml";
import { isObject, steps } from "../../policies/value.ts";
import { InputMistake, MAX_DEPTH } from "./mistake.ts";

/** Aliases in one document; a manifest has a handful. */
const MAX_ALIASES = 1000;
/** Values that aliases may add to what is written. */
const MAX_UNFOLDED = 100_000;

/** Unlike YAML 1.1, kubectl takes `12:30` for a text, and knows `0o17`. */
const integer = defineScalarTag("tag:yaml.org,2002:int", {
  ...intYaml11Tag,
  resolve: (source, explicit, name) => (source.includes(":") ? NOT_RESOLVED : (source.startsWith("0o") ? intCoreTag : intYaml11Tag).resolve(source, explicit, name)),
});
/** JSON, to which kubectl turns everything, has neither bytes nor dates. */
const asText = (tag: { tagName: string }) => defineScalarTag(tag.tagName, { resolve: (source) => source, identify: () => false });

const SCHEMA = new Schema([strTag, nullYaml11Tag, boolYaml11Tag, integer, floatCoreTag, mergeTag, asText(binaryTag), asText(timestampTag), seqTag, mapTag]);

/** A part of a text that stands by itself, and what it holds. */
export interface Part {
  text: string;
  /** Where it begins in the whole text. */
  offset: number;
  documents: unknown[];
}

/** The documents of a stream. What is broken is left out and told; the rest is read. */
export function readYaml(text: string): { parts: Part[]; mistakes: InputMistake[] } {
  const parts: Part[] = [];
  const mistakes: InputMistake[] = [];
  let end = 0;
  for (let offset = 0; offset !== -1; offset = end) {
    end = markerAfter(text, offset);
    const part = text.slice(offset, end === -1 ? text.length : end);
    try {
      parts.push({ text: part, offset, documents: documentsOf(part) });
    } catch (error) {
      const mistake = mistakeOf(error);
      mistakes.push(new InputMistake(mistake.message, offset + (mistake.offset ?? 0)));
    }
  }
  return { parts, mistakes };
}

/** Where the next document begins, or -1. `---` at the start of a line is a marker wherever it stands, block texts included. */
function markerAfter(text: string, offset: number): number {
  for (let at = text.indexOf("\n---", offset); at !== -1; at = text.indexOf("\n---", at + 1)) {
    const next = text[at + 4];
    if (next === undefined || next === " " || next === "\t" || next === "\n" || next === "\r") return at + 1;
  }
  return -1;
}

/** What comes before the first marker may be directives and nothing else, which are about the parser and no document. */
function documentsOf(part: string): unknown[] {
  if (part.startsWith("%") && part.split("\n").every((line) => /^[%#]|^\s*$/.test(line))) return [];
  const events = parseEvents(part, { maxDepth: MAX_DEPTH });
  const key = complexKey(events);
  if (key !== undefined) throw new InputMistake("this is not YAML that Kubernetes knows: a key is a map or a list; a template must be rendered first", key);
  const documents = constructFromEvents(events, { source: part, schema: SCHEMA, maxAliases: MAX_ALIASES });
  if (events.some((event) => event.type === EVENT_ID.ALIAS)) for (const document of documents) refuseBombs(document, events.length + MAX_UNFOLDED);
  return documents;
}

/** Where a key is no plain value, as `{{ .Values.name }}` reads; the parser tells of it only at the start of the whole document. */
function complexKey(events: readonly Event[]): number | undefined {
  const open: { isMapping: boolean; isKey: boolean }[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const above = open.at(-1);
    const isCollection = event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE;
    if (above?.isMapping === true) {
      above.isKey = !above.isKey;
      if (above.isKey && isCollection) return event.start;
    }
    if (isCollection || event.type === EVENT_ID.DOCUMENT) open.push({ isMapping: event.type === EVENT_ID.MAPPING, isKey: false });
  }
  return undefined;
}

/** Counts what a document holds once its aliases are followed, each shared part only once. */
function refuseBombs(document: unknown, most: number): void {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const sizeOf = (value: unknown): number => {
    if (typeof value !== "object" || value === null) return 1;
    if (open.has(value)) throw new InputMistake("an alias leads back into its own anchor: write the values out");
    const known = sizes.get(value);
    if (known !== undefined) return known;
    open.add(value);
    const size = Object.values(value).reduce((sum: number, inner) => sum + sizeOf(inner), 1);
    open.delete(value);
    sizes.set(value, size);
    return size;
  };
  if (sizeOf(document) > most) throw new InputMistake("its aliases unfold to far more than is written: write the values out");
}

/** Reasons of the parser, without the text around, which may be a secret. */
function mistakeOf(error: unknown): InputMistake {
  if (error instanceof InputMistake) return error;
  if (!(error instanceof YAMLException)) return new InputMistake("this can not be read as YAML");
  const reason = error.reason === "duplicated mapping key" ? "a key is there twice" : error.reason.replace(/ "[^"]*"/g, "").replaceAll("!<", "<");
  return new InputMistake(`this is not YAML: ${reason}`, error.mark?.position);
}

/**
 * Offsets of property paths in a document of a part; of a path that is not there, the deepest part that is.
 *
 * @param document which of the part's documents
 */
export function locate(text: string, document: number, paths: readonly string[]): number[] {
  const events = parsed(text);
  let root = -1;
  for (let index = 0, nth = -1; index < events.length && root === -1; index += 1) {
    if (events[index]?.type === EVENT_ID.DOCUMENT) nth += 1;
    if (nth === document) root = index + 1;
  }
  return paths.map((path) => (root === -1 ? 0 : offsetOf(text, events, root, steps(path))));
}

function parsed(text: string): Event[] {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch {
    // JSON allows some characters in texts that YAML does not.
    return [];
  }
}

function offsetOf(text: string, events: readonly Event[], root: number, path: readonly (string | number)[]): number {
  let node = root;
  let offset = startOf(events[root]) ?? 0;
  for (const step of path) {
    const found = child(text, events, node, step);
    if (found === undefined) return offset;
    ({ node, offset } = found);
  }
  return offset;
}

/** The node below, and where its key or, in a list, it itself begins. */
function child(text: string, events: readonly Event[], node: number, step: string | number): { node: number; offset: number } | undefined {
  const type = events[node]?.type;
  if (type !== EVENT_ID.MAPPING && type !== EVENT_ID.SEQUENCE) return undefined;
  let at = node + 1;
  for (let index = 0; events[at] !== undefined && events[at]?.type !== EVENT_ID.POP; index += 1) {
    const event = events[at];
    const offset = startOf(event) ?? 0;
    if (type === EVENT_ID.SEQUENCE) {
      if (index === step) return { node: at, offset };
    } else {
      const value = after(events, at);
      if (event?.type === EVENT_ID.SCALAR && getScalarValue(text, event) === String(step)) return { node: value, offset };
      at = value;
    }
    at = after(events, at);
  }
  return undefined;
}

/** Index of the event behind a node. */
function after(events: readonly Event[], node: number): number {
  let depth = 0;
  for (let at = node; at < events.length; at += 1) {
    const type = events[at]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth += 1;
    else if (type === EVENT_ID.POP) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return events.length;
}

function startOf(event: Event | undefined): number | undefined {
  if (!isObject(event)) return undefined;
  if (event.type === EVENT_ID.SCALAR) return event.valueStart - (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0);
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? event.start : undefined;
}
