/** What a rule is: data, and one pure function. */
import type { ChecklistItem } from "./checklist.ts";
import { shapeOf } from "./credentials.ts";
import type { Resource, Stack } from "./resource.ts";
import type { Value } from "./value.ts";

/** How bad it is when the rule is broken; order and colors of reports, nothing else. */
export type Severity = "critical" | "high" | "medium" | "low";

/** What a broken rule does: refuse the update, or be shown. A stack's configuration may choose otherwise. */
export type Enforcement = "mandatory" | "advisory";

/** Says that something is wrong at a place, with what is there and what must be, in one sentence without full stop. */
export type Report = (where: Value | Resource, message: string) => void;

/** What people read of a rule. */
export interface RuleText {
  /** `area/name` */
  id: `${string}/${string}`;
  /** What holds when the rule is kept, as a statement. */
  title: string;
  /** The phrases of the checklist that it answers. */
  items: readonly ChecklistItem[];
  severity: Severity;
  /** Where public rule sets say the same: `CIS EKS 1.7: 4.2.6`, `FSBP: RDS.3`, `NSA`, `PCI DSS 4.0.1: 3.5.1`. */
  frameworks: readonly string[];
  /** What happens otherwise, in one or two sentences. */
  why: string;
  /** What to write, in one or two sentences. */
  mend: string;
  /** Default: mandatory. */
  enforcement?: Enforcement;
}

interface RuleData extends RuleText {
  /** What can not be known before the update is refused too. */
  closed?: boolean;
  /** The kinds that it looks at (kinds.ts); `aws:*` and `k8s:*` are all of a provider. */
  kinds: readonly string[];
}

/** Looks at one resource alone: runs before each step of an update. */
export interface ResourceRule extends RuleData {
  /** Of those kinds, only the resources for which this holds. */
  applies?: (resource: Resource) => boolean;
  check: (resource: Resource, report: Report) => void;
  relate?: undefined;
}

/**
 * Looks at one resource together with the others: runs when all are known. That something is there at all is a
 * relation of what needs it, or of the kind `pulumi:pulumi:Stack`, which every stack has once.
 */
export interface RelationRule extends RuleData {
  /** Of those kinds, only the resources for which this holds. */
  applies?: (resource: Resource, stack: Stack) => boolean;
  relate: (resource: Resource, stack: Stack, report: Report) => void;
  check?: undefined;
}

export type Rule = ResourceRule | RelationRule;

export function isRelation(rule: Rule): rule is RelationRule {
  return rule.relate !== undefined;
}

/** Where something is wrong, and what. */
export interface Finding {
  rule: Rule;
  urn: string;
  resource: string;
  type: string;
  /** Property path; empty for the resource as such. */
  path: string;
  message: string;
}

/** A rule on one resource that could not be decided, and why. */
export interface Doubt {
  rule: Rule;
  urn: string;
  resource: string;
  type: string;
  path: string;
  reason: string;
  /** The value can not be known now, as opposed to one that is merely not told: closed rules refuse it. */
  unknown: boolean;
}

/** A check for one property: `undefined` when it is right, else what is wrong with it. */
export type Test = (value: Value) => string | undefined;

/** A rule's check that puts each named property through a test of its own. */
export function where(tests: Readonly<Record<string, Test>>): ResourceRule["check"] {
  const list = Object.entries(tests);
  return (resource, report) => {
    for (const [path, test] of list) {
      resource.try(() => {
        const value = resource.at(path);
        const wrong = test(value);
        if (wrong !== undefined) report(value, wrong);
      });
    }
  };
}

/** The value must be exactly this. */
export function is(expected: string | number | boolean): Test {
  return (value) => {
    const given = typeof expected === "boolean" ? value.flag : typeof expected === "number" ? value.number : value.text;
    return given === expected ? undefined : `is ${shown(value)}, must be ${String(expected)}`;
  };
}

/** The value must be one of these. */
export function oneOf(...allowed: readonly string[]): Test {
  return (value) => (allowed.includes(value.text ?? "") ? undefined : `is ${shown(value)}, must be ${allowed.join(" or ")}`);
}

/** The value must be a number of at least this much. */
export function atLeast(least: number, unit = ""): Test {
  return (value) => ((value.number ?? -Infinity) >= least ? undefined : `is ${shown(value)}, must be at least ${least}${unit}`);
}

/** The value must be a number of at most this much; nothing there is wrong too. */
export function atMost(most: number, unit = ""): Test {
  return (value) => ((value.number ?? Infinity) <= most ? undefined : `is ${shown(value)}, must be at most ${most}${unit}`);
}

/** Something must be there: not nothing, not an empty text, list or map. */
export function present(): Test {
  return (value) => {
    const given = value.raw;
    const empty = given === undefined || given === "" || (typeof given === "object" && given !== null && Object.keys(given).length === 0);
    return empty ? "is not set" : undefined;
  };
}

/** Nothing may be there. */
export function absent(why: string): Test {
  return (value) => (value.exists ? `is set; ${why}` : undefined);
}

/** Longest text of a property that a message repeats, in characters. */
const LONGEST = 60;
/** What of a longer text is looked at, to cut what lies in that part. */
const LOOKED_AT = 1000;

/** Names of properties whose texts no message repeats. */
const SENSITIVE = /pass|secret|token|credential|private|apikey|api_key|authorization|userdata|user_data|connectionstring|(^|\W)(data|binarydata|stringdata|env|value|values)\b/i;

/** `user:password@` of an address. */
const USER_INFO = /:\/\/[^\s"']{0,500}@/g;

/**
 * What is there, for a message: the one way in which a message may repeat a value, or the part of it that matters.
 * Never a secret, nor what looks like one or is called so; never more than a line.
 *
 * @throws Undecided
 */
export function shown(value: Value, part: unknown = value.raw): string {
  return typeof part === "string" && SENSITIVE.test(value.path) && !value.secret ? "a text" : setting(value, part);
}

/** What is there, where the rule itself asks for this setting, so that its place (`data` of a ConfigMap) makes it no secret. @throws Undecided */
export function setting(value: Value, part: unknown = value.raw): string {
  if (part === undefined) return "not set";
  if (value.secret) return "a secret";
  if (typeof part === "number" || typeof part === "boolean") return String(part);
  if (typeof part === "string") return quoted(part);
  return Array.isArray(part) ? `a list of ${part.length}` : "an object";
}

function quoted(text: string): string {
  const safe = text.slice(0, LOOKED_AT).replaceAll(USER_INFO, "://…@").replaceAll(/[\p{Cc}\s]+/gu, " ");
  if (shapeOf(safe) !== undefined) return "a text";
  return `"${safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe}"`;
}
