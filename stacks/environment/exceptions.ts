/** Exceptions of the policy pack that end: monitoring tells their owners ahead. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";

export interface EndingException {
  rule: string;
  resource: string;
  /** The first day on which it no longer holds, such as `2026-12-31`. */
  expires: string;
}

const FILE = path.join(import.meta.dirname, "../../policies/exceptions.yaml");
/** What is by design is looked at again within so many days (policies/exemptions.ts). */
const REVIEW_DAYS = 365;
const DAY_MS = 86_400_000;

/**
 * Those of a stack. What is written wrongly is left out here: the pack itself names it and refuses the update.
 *
 * @param file of the exceptions; none is no mistake, because a pack may come from elsewhere
 */
export function endingExceptions(stack: string, file: string = FILE): EndingException[] {
  if (!existsSync(file)) return [];
  const lists = read(file);
  return [
    ...entries(lists["waivers"]).map((entry) => ({ entry, end: day(entry["expires"], 0) })),
    ...entries(lists["byDesign"]).map((entry) => ({ entry, end: day(entry["reviewed"], REVIEW_DAYS) })),
  ].flatMap(({ entry: { rule, resource, stacks }, end }) => {
    const here = Array.isArray(stacks) && (stacks.includes(stack) || stacks.includes("*"));
    return here && end !== undefined && typeof rule === "string" && typeof resource === "string" ? [{ rule, resource, expires: end }] : [];
  });
}

function read(file: string): Record<string, unknown> {
  const document = parseDocument(readFileSync(file, "utf8"));
  return document.errors.length > 0 ? {} : record(document.toJS());
}

function day(value: unknown, later: number): string | undefined {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at + later * DAY_MS).toISOString().slice(0, 10);
}

function entries(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
