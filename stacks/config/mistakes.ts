/** From zod's issues to mistakes that a person can mend. */
import { distance } from "fastest-levenshtein";
import type { z } from "zod";
import { type Path, allowed, childNames, clip, described, pathText, schemaAt } from "./describe.ts";
import { valueAt } from "./input.ts";
import { type Mistake } from "./errors.ts";
import { configSchema } from "./schema.ts";

/** A mistake and the path it is about, as segments. */
export interface Located {
  at: (string | number)[];
  mistake: Mistake;
}

/** Every issue as a mistake; several issues at one path make one mistake. */
export function mistakesOf(error: z.ZodError, root: unknown, hidden: (topLevelKey: string) => boolean): Located[] {
  const found = new Map<string, Located>();
  for (const issue of error.issues) {
    for (const located of fromIssue(issue, root, hidden)) {
      if (!found.has(located.mistake.path)) found.set(located.mistake.path, located);
    }
  }
  return [...found.values()];
}

function fromIssue(issue: z.core.$ZodIssue, root: unknown, hidden: (topLevelKey: string) => boolean): Located[] {
  const at = issue.path.filter((segment) => typeof segment !== "symbol");
  if (issue.code === "unrecognized_keys") {
    const section = schemaAt(configSchema, at)?.schema ?? configSchema;
    return issue.keys.map((name) => ({ at: [...at, name], mistake: unknownKey([...at, name], section) }));
  }
  if (issue.code === "invalid_key") return [{ at, mistake: badName(at) }];
  const here = schemaAt(configSchema, at);
  const schema = here?.schema ?? configSchema;
  const secret = hidden(String(at[0]));
  const value = valueAt(root, at);
  const mistake: Mistake = {
    path: pathText(at),
    given: secret && value !== undefined ? "a secret (not shown)" : show(value, issue.code === "invalid_type"),
    allowed: here?.meta.unit === undefined ? allowed(schema) : `${allowed(schema)} (${here.meta.unit})`,
    example: exampleText(here?.meta.example),
  };
  if (typeof value === "number" && wantsText(schema)) mistake.mend = `put it in quotes: "${value}"`;
  return [{ at, mistake }];
}

function wantsText(schema: z.core.$ZodType): boolean {
  const { type } = described(schema).schema._zod.def;
  return type === "string" || type === "enum";
}

function badName(at: Path): Mistake {
  const record = schemaAt(configSchema, at.slice(0, -1))?.schema;
  const keyType = record !== undefined && "keyType" in record ? (record as z.ZodRecord).keyType : undefined;
  return {
    path: pathText(at),
    given: `the name ${JSON.stringify(clip(String(at.at(-1)), 80))}`,
    allowed: keyType === undefined ? "another name" : allowed(keyType),
  };
}

/** A key that the schema does not have, with the nearest one that it has. */
export function unknownKey(path: Path, section: z.core.$ZodType): Mistake {
  const names = childNames(section);
  const near = nearest(String(path.at(-1)), names);
  return {
    path: pathText(path),
    given: "an unknown key",
    allowed: near === undefined ? `one of: ${names.join(", ")}` : `did you mean ${pathText([...path.slice(0, -1), near])}?`,
  };
}

/** The name that a mistyped or shortened one most probably meant: at most a third of its letters differ, or it begins the name. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    const far = distance(name.toLowerCase(), candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return best ?? begunBy(name.toLowerCase(), names);
}

/** The shortest name that begins with these letters, two at least: `prod` for `production`. */
function begunBy(letters: string, names: readonly string[]): string | undefined {
  if (letters.length < 2) return undefined;
  return names.filter((name) => name.toLowerCase().startsWith(letters)).toSorted((one, other) => one.length - other.length)[0];
}

/** A value as a message shows it: short, on one line, with its kind where the kind is the mistake. */
export function show(value: unknown, kind = false): string {
  if (value === undefined) return "nothing";
  if (value === null) return "nothing (null)";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "a section";
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return `a ${typeof value}`;
  const text = typeof value === "string" ? JSON.stringify(clip(value, 80)) : String(value);
  const kinds: Record<string, string> = { string: "text", number: "a number", boolean: "true or false" };
  return kind ? `${text} (${kinds[typeof value] ?? typeof value})` : text;
}

/** An example on one line. */
export function exampleText(example: unknown): string | undefined {
  if (example === undefined) return undefined;
  return JSON.stringify(example);
}
