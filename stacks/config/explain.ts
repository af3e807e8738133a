/** Documentation of one key or section, as text for a terminal and as data. */
import { profileDefault } from "../config.ts";
import { allowed, childNames, described, parsePath, pathText, schemaAt } from "./describe.ts";
import { isSecretKey } from "./input.ts";
import { exampleText, nearest } from "./mistakes.ts";
import { type ProfileName, profiles } from "./profiles.ts";
import { rules } from "./rules/index.ts";
import { configSchema } from "./schema.ts";

/** What is known of one key. */
export interface Explanation {
  key: string;
  description?: string;
  takes: string;
  unit?: string;
  required: boolean;
  secret: boolean;
  /** Default by profile; a profile without one is left out. */
  defaults: Partial<Record<ProfileName, unknown>>;
  example?: unknown;
  source?: string;
  /** Keys directly below, with their descriptions. */
  keys: { key: string; description?: string }[];
  /** Rules that look at this key. */
  rules: { title: string; reason: string }[];
}

/** No such key; `nearest` is what was probably meant. */
export interface NotFound {
  key: string;
  nearest?: string;
  /** Keys of the deepest section that the path reached. */
  there: string[];
}

/** Looks up a key path such as `golive:postgres.storageGib`; names inside `nodes` and the like may be anything. */
export function explain(text: string): Explanation | NotFound {
  const path = parsePath(text.replace(/^golive:/, ""));
  const here = path.length === 0 ? undefined : schemaAt(configSchema, path);
  if (here === undefined) return notFound(path);
  const key = pathText(path);
  const names = path.map(String);
  const defaults: Explanation["defaults"] = {};
  for (const profile of Object.keys(profiles) as ProfileName[]) {
    const value = profileDefault(profile, names) ?? here.fallback;
    if (value !== undefined) defaults[profile] = value;
  }
  const inside = here.schema._zod.def.type === "record" ? described(schemaAt(here.schema, ["name"])?.schema ?? here.schema).schema : here.schema;
  return {
    key,
    description: here.meta.description,
    takes: allowed(here.schema),
    unit: here.meta.unit,
    required: !here.optional && defaults.standard === undefined,
    secret: isSecretKey(names[0] ?? ""),
    defaults,
    example: here.meta.example,
    source: here.meta.source,
    keys: childNames(inside).map((name) => {
      const between = inside === here.schema ? [] : ["name"];
      return { key: [key, ...between.map(() => "<name>"), name].join("."), description: schemaAt(here.schema, [...between, name])?.meta.description };
    }),
    rules: rules.filter((rule) => rule.reads.some((read) => read === key || read.startsWith(`${key}.`) || key.startsWith(`${read}.`))).map(({ title, reason }) => ({ title, reason })),
  };
}

function notFound(path: readonly (string | number)[]): NotFound {
  for (let length = path.length - 1; length >= 0; length--) {
    const section = length === 0 ? { schema: described(configSchema).schema } : schemaAt(configSchema, path.slice(0, length));
    const names = section === undefined ? [] : childNames(section.schema);
    if (names.length === 0) continue;
    const wanted = String(path[length] ?? "");
    const near = names.includes(wanted) ? undefined : nearest(wanted, names);
    const before = path.slice(0, length);
    return { key: pathText(path), ...(near === undefined ? {} : { nearest: pathText([...before, near]) }), there: names.map((name) => pathText([...before, name])) };
  }
  return { key: pathText(path), there: childNames(described(configSchema).schema) };
}

/** An explanation as lines for a terminal. */
export function explanationText(explanation: Explanation): string {
  const { key, description, takes, unit, required, secret, defaults, example, source, keys, rules: related } = explanation;
  const lines = [key];
  if (description !== undefined) lines.push(`  ${description}`);
  lines.push("", `  takes     ${keys.length > 0 ? "a section" : takes}`);
  if (unit !== undefined) lines.push(`  unit      ${unit}`);
  if (keys.length === 0) lines.push(...defaultLines(defaults, required));
  if (secret) lines.push(`  set it by ${String(example)}`);
  else if (example !== undefined) lines.push(`  example   ${exampleText(example) ?? ""}`);
  if (source !== undefined) lines.push(`  source    ${source}`);
  if (keys.length > 0) {
    const width = Math.max(...keys.map((child) => child.key.length));
    lines.push("", "  keys", ...keys.map((child) => `    ${child.key.padEnd(width)}  ${child.description ?? "a section"}`));
  }
  if (related.length > 0) lines.push("", "  rules", ...related.map((rule) => `    ${rule.title} (${rule.reason})`));
  return lines.join("\n");
}

function defaultLines(defaults: Explanation["defaults"], required: boolean): string[] {
  const entries = Object.entries(defaults).map(([profile, value]) => [profile, JSON.stringify(value)] as const);
  if (entries.length === 0) return [`  default   none: ${required ? "must be set" : "may be left out"}`];
  if (entries.length === Object.keys(profiles).length && new Set(entries.map(([, value]) => value)).size === 1) return [`  default   ${entries[0]?.[1] ?? ""}`];
  return [`  default   ${entries.map(([profile, value]) => `${value} (${profile})`).join(", ")}`];
}
