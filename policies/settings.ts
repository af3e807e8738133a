/**
 * How strict the pack is in one stack, read from the stack's own configuration (`<project>:policies`), which the
 * engine hands to the pack. Loosening a rule is a change to the stack file, reviewed like any other.
 */
import { runbooks } from "./checkout.ts";
import { closest } from "./closest.ts";
import type { Run } from "./engine.ts";
import type { Settings } from "./resource.ts";
import type { Enforcement, Rule } from "./rule.ts";
import { isObject } from "./value.ts";

/** `disabled` rules are not run; the reason is shown with the results. */
export type Level = Enforcement | "disabled";

export interface StackSettings {
  settings: Settings;
  /** Levels that the stack chose, by rule; the rule's own level otherwise. */
  levels: ReadonlyMap<string, { level: Level; reason: string }>;
  /** Lists that the stack chose itself, and why: shown in every report. */
  notes: string[];
  /** What is wrong with the configuration: each refuses every update until it is mended. */
  problems: string[];
}

const LEVELS: readonly string[] = ["mandatory", "advisory", "disabled"];
const LISTS = ["allowedRegistries", "requiredTags", "requiredLabels"] as const;
const KEYS = [...LISTS, "rules"];

/** Where nothing is configured: private registries of ECR, of the stack's own account when that is known. */
function defaults(accountId: string | undefined): { -readonly [key in keyof Settings]: Settings[key] } {
  return {
    allowedRegistries: [`${accountId ?? "*"}.dkr.ecr.*.amazonaws.com`],
    today: new Date().toISOString().slice(0, 10),
    requiredTags: ["environment", "owner", "cost-center"],
    requiredLabels: ["app.kubernetes.io/name", "app.kubernetes.io/part-of"],
    runbooks: runbooks(),
  };
}

/** Reads the settings from what the engine tells of the stack. */
export function settingsOf({ project, config }: Pick<Run, "project" | "config">, rules: readonly Rule[]): StackSettings {
  const at = (key: string): string | undefined => config[`${project}:${key}`] ?? config[`${project}:config:${key}`];
  const given = at("policies");
  return stackSettings(given === undefined ? undefined : parsed(given), at("accountId"), rules);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Completes what a stack sets under `policies`. */
export function stackSettings(given: unknown, accountId: string | undefined, rules: readonly Rule[]): StackSettings {
  const settings = defaults(accountId);
  const problems: string[] = [];
  const notes: string[] = [];
  if (given === undefined) return { settings, levels: new Map(), notes, problems };
  if (!isObject(given)) return { settings, levels: new Map(), notes, problems: [`policies: must be an object with ${KEYS.join(", ")}`] };
  for (const key of Object.keys(given)) {
    if (!KEYS.includes(key)) problems.push(`policies.${key}: is not known${closest(key, KEYS)}`);
  }
  for (const key of LISTS) {
    if (given[key] === undefined) continue;
    const mistake = listMistake(key, given[key]);
    if (mistake !== undefined) {
      problems.push(`policies.${key}${mistake}`);
      continue;
    }
    const { values, reason } = given[key] as { values: string[]; reason: string };
    settings[key] = values;
    notes.push(`policies.${key}: in this stack ${values.join(", ")}: ${reason}`);
  }
  return { settings, levels: levels(given["rules"], rules, problems), notes, problems };
}

/** What is wrong with a list that replaces the default: it must say why, and must not be one that holds for anything. */
function listMistake(key: (typeof LISTS)[number], given: unknown): string | undefined {
  const { values, reason } = isObject(given) ? given : {};
  if (!Array.isArray(values) || values.length === 0 || !values.every((one) => typeof one === "string" && one.trim() !== "")) return ": must be an object with values, a list of texts, and the reason";
  if (typeof reason !== "string" || reason.trim() === "") return ".reason: must say why the default does not fit this stack";
  const open = key === "allowedRegistries" ? (values as string[]).find(isAnybodys) : undefined;
  return open === undefined ? undefined : `: "${open}" leaves it open whose registry it is: the last two parts of the host must be written out`;
}

/** `*.*` is Docker Hub, Quay and every other registry, too. */
function isAnybodys(registry: string): boolean {
  const [host = ""] = registry.split("/");
  return host.split(".").slice(-2).some((part) => part.includes("*"));
}

function levels(given: unknown, rules: readonly Rule[], problems: string[]): StackSettings["levels"] {
  const chosen = new Map<string, { level: Level; reason: string }>();
  if (given === undefined) return chosen;
  if (!isObject(given)) {
    problems.push("policies.rules: must be an object of rules, such as {\"tagging/required-tags\": {\"level\": \"advisory\", \"reason\": \"…\"}}");
    return chosen;
  }
  const ids = rules.map((rule) => rule.id);
  for (const [id, choice] of Object.entries(given)) {
    const place = `policies.rules["${id}"]`;
    if (!ids.some((known) => known === id)) {
      problems.push(`${place}: there is no such rule${closest(id, ids)}`);
      continue;
    }
    const { level, reason } = isObject(choice) ? choice : {};
    if (typeof level !== "string" || !LEVELS.includes(level)) problems.push(`${place}.level: must be ${LEVELS.join(", ")}`);
    else if (typeof reason !== "string" || reason.trim() === "") problems.push(`${place}.reason: must say why the rule is ${level} in this stack`);
    else chosen.set(id, { level: level as Level, reason });
  }
  return chosen;
}
