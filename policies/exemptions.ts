/**
 * Exceptions in the open: policies/exceptions.yaml, two kinds. A `waiver` buys time (at most 90 days) for one rule on
 * few resources; `byDesign` says that one exact resource can never comply and what protects it instead, and is looked
 * at again every year. What is expired, unused, too broad or misspelled is an error itself, and refuses.
 */
import { type Document, LineCounter, parseDocument, type YAMLMap } from "yaml";
import { closest } from "./closest.ts";
import { isObject } from "./value.ts";

/** Days ahead that a waiver may end at most. */
const MAX_WAIVER_DAYS = 90;
/** Days after which a `byDesign` must have been looked at again. */
const REVIEW_DAYS = 365;
/** Resources that one waiver may cover; more are a rule to be loosened in the stack's configuration, or mended. */
const MAX_RESOURCES = 5;
/** Instead of names: whatever stack this program is given, for what it declares in each of them. */
const EVERY_STACK = "*";
/** Characters that the name must have before a `*` at its end. */
const LEAST_PREFIX = 4;

/** What {@link age} says of entries that were right once. */
const OVERDUE = /: (the waiver expired on|was last reviewed on) /;

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export interface Exemption {
  kind: "waiver" | "byDesign";
  rule: string;
  /**
   * `type::name`, as a finding shows it; a waiver's may end in `*`. Where two have that name below different parents,
   * the end of the URN: `parent's type$type::name`.
   */
  resource: string;
  /** Names; a `byDesign` may have `["*"]` instead. */
  stacks: readonly string[];
  /** A waiver's reason, or the control that compensates. */
  reason: string;
  owner: string;
  /** Last day on which it holds. */
  until: string;
  /** Where it is written: `exceptions.yaml:12`. */
  place: string;
}

export interface Exemptions {
  all: readonly Exemption[];
  /** Everything that is wrong; each refuses. */
  problems: string[];
  /** Those of them that are mistakes in the file, as opposed to entries whose time is over. */
  mistakes: string[];
}

const FIELDS = {
  waivers: ["rule", "resource", "stacks", "reason", "owner", "expires"],
  byDesign: ["rule", "resource", "stacks", "control", "owner", "reviewed"],
} as const;

/** A rule, as far as exceptions ask. */
export interface Exemptible {
  id: string;
  /** Exceptions must name one resource, without `*`. */
  exact?: boolean;
}

/** What entries are held against. */
interface Known {
  rules: readonly Exemptible[];
  stacks: readonly string[];
  today: string;
}

/**
 * Reads the exceptions file.
 *
 * @param today a date as `2026-01-31`; whoever calls looks at the clock
 * @param stacks names of all stacks; none where they can not be listed, and then any may be named
 */
export function readExemptions(text: string, rules: readonly Exemptible[], today: string, stacks: readonly string[] = []): Exemptions {
  const file = "exceptions.yaml";
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems = document.errors.map((error) => `${file}:${error.linePos?.[0].line ?? 1}: ${error.message.split("\n")[0] ?? ""}`);
  if (problems.length > 0) return { all: [], problems, mistakes: problems };
  const data = plain(document);
  if (data === null || data === undefined) return { all: [], problems, mistakes: [] };
  if (!isObject(data)) {
    const wrong = [`${file}:1: must hold the lists waivers and byDesign, without aliases`];
    return { all: [], problems: wrong, mistakes: wrong };
  }
  const all: Exemption[] = [];
  for (const [list, entries] of Object.entries(data)) {
    if (list !== "waivers" && list !== "byDesign") {
      problems.push(`${file}: "${list}" is not known${closest(list, Object.keys(FIELDS))}`);
      continue;
    }
    if (entries !== null && !Array.isArray(entries)) problems.push(`${file}: ${list} must be a list`);
    for (const [index, entry] of (Array.isArray(entries) ? (entries as unknown[]) : []).entries()) {
      const node = document.getIn([list, index]) as YAMLMap | undefined;
      const place = `${file}:${lines.linePos(node?.range?.[0] ?? 0).line}`;
      const mistakes = mistakesOf(list, entry, { rules, stacks, today });
      if (mistakes.length > 0) problems.push(...mistakes.map((mistake) => `${place}: ${mistake}`));
      else all.push(exemption(list, entry as Record<string, string | string[]>, place));
    }
  }
  return { all, problems, mistakes: problems.filter((problem) => !OVERDUE.test(problem)) };
}

/** The file as data; whatever uses aliases, which one could hide an entry behind, is no data. */
function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof ReferenceError) return "aliases";
    throw error;
  }
}

function mistakesOf(list: keyof typeof FIELDS, entry: unknown, known: Known): string[] {
  const fields: readonly string[] = FIELDS[list];
  if (!isObject(entry)) return [`must be an object with ${fields.join(", ")}`];
  const mistakes = Object.keys(entry).filter((key) => !fields.includes(key)).map((key) => `"${key}" is not known${closest(key, fields)}`);
  for (const field of fields) {
    const value = entry[field];
    const right = field === "stacks" ? isTexts(value) : typeof value === "string" && value.trim() !== "";
    if (!right) mistakes.push(`${field} must be ${field === "stacks" ? "a list of stacks" : "a text"}`);
  }
  if (mistakes.length > 0) return mistakes;
  const { rule, resource, stacks } = entry as { rule: string; resource: string; stacks: string[] };
  const excepted = known.rules.find((one) => one.id === rule);
  if (excepted === undefined) mistakes.push(`there is no rule "${rule}"${closest(rule, known.rules.map((one) => one.id))}`);
  if (stacks.includes(EVERY_STACK)) {
    if (list === "waivers" || stacks.length > 1) mistakes.push(`stacks "*" is every stack: only a byDesign may have it, and nothing beside it`);
  } else if (known.stacks.length > 0) {
    for (const stack of stacks.filter((one) => !known.stacks.includes(one))) mistakes.push(`there is no stack "${stack}"${closest(stack, known.stacks)}`);
  }
  return [...mistakes, ...breadth(resource, list === "byDesign" || excepted?.exact === true), ...age(list, entry, known.today)];
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string" && one !== "");
}

function breadth(resource: string, exact: boolean): string[] {
  const [type = "", name = ""] = resource.split("::");
  if (type === "" || name === "" || type.includes("*")) return [`resource "${resource}" must be one type and name, such as aws:s3/bucket:Bucket::storage-files`];
  const star = name.indexOf("*");
  if (star === -1) return [];
  if (exact) return [`resource "${resource}" must be one exact resource, without *`];
  return star === name.length - 1 && star >= LEAST_PREFIX ? [] : [`resource "${resource}" is too broad: a * may only end the name, after at least ${LEAST_PREFIX} characters`];
}

function age(list: keyof typeof FIELDS, entry: Record<string, unknown>, today: string): string[] {
  const field = list === "waivers" ? "expires" : "reviewed";
  const date = String(entry[field]);
  if (!isDay(date)) return [`${field} must be a date such as ${today}`];
  const ahead = daysBetween(today, date);
  if (list === "waivers") {
    if (ahead < 0) return [`the waiver expired on ${date}: mend the resource, or agree on a new one with its owner`];
    return ahead > MAX_WAIVER_DAYS ? [`expires ${date} is ${ahead} days ahead, at most ${MAX_WAIVER_DAYS} are allowed`] : [];
  }
  if (ahead > 0) return [`reviewed ${date} is in the future`];
  return -ahead > REVIEW_DAYS ? [`was last reviewed on ${date}, more than a year ago: check that the control still works, then set the date`] : [];
}

/** A day of the calendar; `2027-02-30` is read as the second of March by the clock. */
function isDay(date: string): boolean {
  const time = Date.parse(date);
  return DATE.test(date) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

function exemption(list: keyof typeof FIELDS, entry: Record<string, string | string[]>, place: string): Exemption {
  const text = (field: string): string => String(entry[field] ?? "").trim();
  const waiver = list === "waivers";
  return {
    kind: waiver ? "waiver" : "byDesign",
    rule: text("rule"),
    resource: text("resource"),
    stacks: entry["stacks"] as string[],
    reason: waiver ? text("reason") : text("control"),
    owner: text("owner"),
    until: waiver ? text("expires") : new Date(Date.parse(text("reviewed")) + REVIEW_DAYS * DAY_MS).toISOString().slice(0, 10),
    place,
  };
}

/** What an issue says of the exemption that covers it. */
export type Exempted = Pick<Exemption, "place" | "kind" | "reason" | "owner" | "until">;

/** The part of an issue that names its exemption; nothing where there is none. */
export function exempted(by: Exemption | undefined): { exempted?: Exempted } {
  if (by === undefined) return {};
  const { place, kind, reason, owner, until } = by;
  return { exempted: { place, kind, reason, owner, until } };
}

/** A resource, as exemptions name it. */
export type Named = { urn: string; type: string; name: string };

/** Finds the exemption for a rule on a resource, and remembers which were of use. */
export class ExemptionBook {
  readonly #all: readonly Exemption[];
  readonly #used = new Map<Exemption, Set<string>>();

  constructor(exemptions: Exemptions, stack: string) {
    this.#all = exemptions.all.filter((one) => one.stacks.includes(stack) || one.stacks.includes(EVERY_STACK));
  }

  find(rule: string, resource: Named): Exemption | undefined {
    const found = this.#all.find((one) => one.rule === rule && covers(one.resource, resource));
    if (found === undefined) return undefined;
    const used = this.#used.get(found) ?? new Set();
    this.#used.set(found, used.add(`${resource.urn} ${resource.name}`));
    return found;
  }

  /** Exemptions of the rules in question that nothing needed; one for every stack may be of no use in some. */
  unused(concerns: (rule: string) => boolean): Exemption[] {
    return this.#all.filter((one) => concerns(one.rule) && !this.#used.has(one) && !one.stacks.includes(EVERY_STACK));
  }

  /** Exemptions that cover more than they may. */
  tooBroad(): string[] {
    return this.#all.flatMap((one) => {
      const covered = this.#used.get(one)?.size ?? 0;
      const several = one.resource.endsWith("*");
      if (covered <= (several ? MAX_RESOURCES : 1)) return [];
      return several
        ? [`${one.place}: this waiver covers ${covered} resources, at most ${MAX_RESOURCES} are allowed: name them one by one, or loosen the rule in the stack's configuration`]
        : [`${one.place}: ${covered} resources are called ${one.resource}: name the one by the end of its URN, with its parent's type: parent:module:Type$${one.resource}`];
    });
  }
}

function covers(pattern: string, { urn, type, name }: Named): boolean {
  const resource = `${type}::${name}`;
  if (pattern.endsWith("*")) return resource.startsWith(pattern.slice(0, -1));
  return pattern === resource || (pattern.includes("$") && urn.endsWith(`::${pattern}`));
}
