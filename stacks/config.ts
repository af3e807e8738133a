/**
 * Configuration: from what a stack sets to a complete, checked `Config`, or to one error with every mistake.
 *
 * The schema (config/schema.ts) says what a key takes, the profiles (config/profiles.ts) what it is when the stack
 * says nothing, the rules (config/rules/) what must hold between keys. Nothing else in the program reads configuration.
 */
import { findExamples } from "./config/examples.ts";
import { allowed, described, pathText, schemaAt } from "./config/describe.ts";
import { ConfigError, type Mistake } from "./config/errors.ts";
import { type Hazard, MAX_LONG_TEXT, fromText, isSecret, isSecretKey, merge, ownValues, sanitize, secretPlaceholder, setAt, splitKey, valueAt } from "./config/input.ts";
import { mistakesOf, unknownKey } from "./config/mistakes.ts";
import { profiles } from "./config/profiles.ts";
import { rules } from "./config/rules/index.ts";
import { type Config, configSchema } from "./config/schema.ts";

export { ConfigError } from "./config/errors.ts";
export type { Mistake } from "./config/errors.ts";
export { secretPlaceholder } from "./config/input.ts";
export type { Config } from "./config/schema.ts";

/** What is to be parsed, from the engine or from a stack file. */
export interface ConfigInput {
  /**
   * Values by key: `golive:region` or `region`. Text is read as the key's type asks; values may also be plain data,
   * and `{secure: …}` (an encrypted value of a stack file) stands for a secret that is set.
   */
  values: Record<string, unknown>;
  /** Keys whose values are Pulumi secrets; their values appear in no message. */
  secretKeys?: ReadonlySet<string>;
  /** Name of the stack, for messages. */
  stack: string;
  /** Where the values come from, for messages; usually the stack file's name. */
  source?: string;
}

type Path = (string | number)[];

/** The state of one parse: values so far, mistakes so far, and the paths whose value is already known to be bad. */
interface Parse {
  stack: string;
  values: Record<string, unknown>;
  secret: ReadonlySet<string>;
  mistakes: Mistake[];
  broken: Path[];
}

/**
 * Checks and completes a configuration.
 *
 * @throws ConfigError listing every mistake: key path, what was given (never a secret's value), what is allowed
 */
export function parseConfig(input: ConfigInput): Config {
  const parse: Parse = { stack: input.stack, values: {}, secret: secretNames(input), mistakes: [], broken: [] };
  readValues(parse, input.values);
  checkSecrets(parse);
  checkProviderRegion(parse, input.values);
  const complete = merge(defaultsFor(parse.values.profile), parse.values, described(configSchema));
  const result = configSchema.safeParse(complete);
  if (!result.success) {
    for (const found of mistakesOf(result.error, complete, (name) => parse.secret.has(name) || isSecretKey(name))) {
      if (!isBroken(parse, found.at)) {
        parse.mistakes.push(found.mistake);
        parse.broken.push(found.at);
      }
    }
  }
  const checkable = result.success ? result.data : repaired(complete, parse.broken);
  if (checkable !== undefined) checkRules(parse, checkable);
  if (parse.mistakes.length > 0 || !result.success) throw new ConfigError(inSchemaOrder(parse.mistakes), input.stack, input.source);
  return result.data;
}

/** Names (without namespace) of everything that came as a secret. */
function secretNames(input: ConfigInput): Set<string> {
  const names = [...(input.secretKeys ?? [])].map((name) => splitKey(name).name);
  for (const [name, value] of ownValues(input.values)) if (isSecret(value)) names.push(name);
  return new Set(names);
}

/** Unknown keys and impossible values become mistakes; everything else becomes plain data of the right type. */
function readValues(parse: Parse, values: Record<string, unknown>): void {
  for (const [name, raw] of ownValues(values)) {
    const here = schemaAt(configSchema, [name]);
    if (here === undefined) {
      parse.mistakes.push(unknownKey([name], described(configSchema).schema));
      continue;
    }
    const hazards: Hazard[] = [];
    const text = typeof raw === "string" ? fromText(raw, here) : { value: raw };
    if ("problem" in text) {
      hazards.push({ path: [name], given: parse.secret.has(name) ? "text that is no JSON" : text.problem, allowed: allowed(here.schema) });
    } else {
      const clean = sanitize(text.value, [name], hazards, standIn, isSecretKey(name) ? MAX_LONG_TEXT : undefined);
      if (clean !== undefined && clean !== null) parse.values[name] = clean;
    }
    for (const hazard of hazards) {
      parse.mistakes.push({ path: pathText(hazard.path), given: hazard.given, allowed: hazard.allowed });
      parse.broken.push(hazard.path);
    }
  }
}

/** A valid value where the real one is encrypted or broken: a placeholder for a secret, the example for anything else. */
function standIn(path: Path): unknown {
  const [name] = path;
  if (typeof name === "string" && isSecretKey(name)) return secretPlaceholder(name);
  return findExamples(path);
}

function isBroken(parse: Parse, path: Path): boolean {
  return parse.broken.some((broken) => broken.every((segment, index) => path[index] === segment));
}

/** Secrets must be there and must be Pulumi secrets; a plain value is never looked at further. */
function checkSecrets(parse: Parse): void {
  for (const name of Object.keys(configSchema.shape).filter(isSecretKey)) {
    const value = parse.values[name];
    const command = secretCommand(name, parse.stack);
    if (value !== undefined && !parse.secret.has(name)) {
      parse.mistakes.push({
        path: name, given: "plain text (not shown)", allowed: "a Pulumi secret",
        mend: `pulumi config rm ${name} --stack ${parse.stack} && ${command}; whoever could read the old value may have it, so use a new one`,
      });
      parse.broken.push([name]);
    } else if (value === undefined && !isBroken(parse, [name]) && schemaAt(configSchema, [name])?.optional === false) {
      parse.mistakes.push({ path: name, given: "nothing", allowed: "a Pulumi secret", mend: command });
      parse.broken.push([name]);
    }
  }
}

/** The command that sets a secret of a stack. */
export function secretCommand(name: string, stack: string): string {
  const example = schemaAt(configSchema, [name])?.meta.example;
  return String(example).replace(new RegExp(`--secret ${name}\\S*`), (found) => `${found} --stack ${stack}`);
}

/** The AWS provider is explicit; a leftover `aws:region` that says otherwise would only mislead people. */
function checkProviderRegion(parse: Parse, values: Record<string, unknown>): void {
  const other = values["aws:region"] ?? values["aws:config:region"];
  const region = parse.values.region ?? profiles.standard.region;
  if (typeof other !== "string" || other === region) return;
  parse.mistakes.push({
    path: "aws:region", given: other.length > 40 ? "another region" : JSON.stringify(other), allowed: `the same as region, ${JSON.stringify(region)}`,
    mend: `pulumi config rm aws:region --stack ${parse.stack}; the program's provider takes region`,
  });
}

function defaultsFor(profile: unknown): unknown {
  const schema = described(configSchema);
  if (profile === "mvp" || profile === "enterprise") return merge(profiles.standard, profiles[profile], schema);
  return profiles.standard;
}

/** The configuration with every broken value replaced by a valid one, so that rules about the rest can be checked. */
function repaired(complete: unknown, broken: readonly Path[]): Config | undefined {
  const copy = structuredClone(complete);
  for (const path of broken) {
    for (let length = path.length; length > 0; length--) {
      const at = path.slice(0, length);
      const optional = schemaAt(configSchema, at)?.optional === true;
      const fallback = optional ? undefined : standIn(at);
      setAt(copy, at, fallback);
      if (fallback !== undefined || optional) break;
    }
  }
  const result = configSchema.safeParse(copy);
  return result.success ? result.data : undefined;
}

/** Runs every rule whose keys are all sound. */
function checkRules(parse: Parse, config: Config): void {
  const broken = parse.broken.map(pathText);
  const touches = (key: string) => broken.some((path) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`) || key.startsWith(`${path}.`));
  for (const rule of rules) {
    if (rule.reads.some(touches)) continue;
    for (const finding of rule.check(config, parse.stack)) {
      parse.mistakes.push({ ...finding, reason: rule.reason, mend: finding.mend.replaceAll("<stack>", parse.stack) });
    }
  }
}

function inSchemaOrder(mistakes: readonly Mistake[]): Mistake[] {
  const order = Object.keys(configSchema.shape);
  const position = (mistake: Mistake) => {
    const index = order.indexOf(mistake.path.split(/[.[]/)[0] ?? "");
    return index < 0 ? -1 : index;
  };
  return mistakes.toSorted((one, other) => position(one) - position(other));
}

/** The defaults of a profile, complete as far as the profile goes: for the reference and for `config explain`. */
export function profileDefault(profile: keyof typeof profiles, path: readonly string[]): unknown {
  return valueAt(defaultsFor(profile), path);
}
