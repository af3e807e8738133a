/**
 * How strict the pack is in one stack, read from the stack's own configuration (`<project>:policies`), which the
 * engine hands to the pack. Loosening a rule is a change to the stack file, reviewed like any other.
 */
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
  /** What is wrong with the configuration: each refuses every update until it is mended. */
  problems: string[];
}

const LEVELS: readonly string[] = ["mandatory", "advisory", "disabled"];
const KEYS = ["allowedRegistries", "requiredTags", "requiredLabels", "rules"];

/** Where nothing is configured: private registries of ECR, of the stack's own account when that is known. */
function defaults(accountId: string | undefined): Settings {
  return {
    allowedRegistries: [`${accountId ?? "*"}.dkr.ecr.*.amazonaws.com`],
    requiredTags: ["environment", "owner", "cost-center"],
    requiredLabels: ["app.kubernetes.io/name", "app.kubernetes.io/part-of"],
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
  if (given === undefined) return { settings, levels: new Map(), problems };
  if (!isObject(given)) return { settings, levels: new Map(), problems: ["policies: must be an object with allowedRegistries, requiredTags, requiredLabels, rules"] };
  for (const key of Object.keys(given)) {
    if (!KEYS.includes(key)) problems.push(`policies.${key}: is not known${closest(key, KEYS)}`);
  }
  const list = (key: "allowedRegistries" | "requiredTags" | "requiredLabels"): readonly string[] => {
    const value = given[key];
    if (value === undefined) return settings[key];
    if (Array.isArray(value) && value.every((one) => typeof one === "string" && one !== "")) return value as string[];
    problems.push(`policies.${key}: must be a list of texts`);
    return settings[key];
  };
  return {
    settings: { allowedRegistries: list("allowedRegistries"), requiredTags: list("requiredTags"), requiredLabels: list("requiredLabels") },
    levels: levels(given["rules"], rules, problems),
    problems,
  };
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
