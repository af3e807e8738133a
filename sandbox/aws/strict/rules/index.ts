/** All documented rules, by type token. */
import { databaseRules } from "./databases.ts";
import { edgeRules } from "./edge.ts";
import { eventRules } from "./events.ts";
import { networkRules } from "./network.ts";
import { operationsRules } from "./operations.ts";
import { policyRules } from "./policies.ts";
import type { Rule } from "./rule.ts";
import { storageRules } from "./storage.ts";

const TABLES = [databaseRules, edgeRules, eventRules, networkRules, operationsRules, policyRules, storageRules];

const known = new Map<string, readonly Rule[]>();

/** Rules of one type; none for types without. */
export function rulesOf(type: string): readonly Rule[] {
  const cached = known.get(type);
  if (cached !== undefined) return cached;
  const rules = TABLES.flatMap((table) => table[type] ?? []);
  known.set(type, rules);
  return rules;
}

/** Type tokens that have rules. */
export function typesWithRules(): string[] {
  return [...new Set(TABLES.flatMap((table) => Object.keys(table)))].sort();
}
