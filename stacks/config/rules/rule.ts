/** What a rule between keys is, and two helpers that most rules use. */
import type { Config } from "../schema.ts";

/** Something that a rule found wrong, with the numbers that show it. */
export interface Finding {
  /** Key path that has to change. */
  path: string;
  given: string;
  allowed: string;
  /** What to do; `<stack>` stands for the stack's name. */
  mend: string;
}

/** A condition between keys that no single key's type can express. */
export interface Rule {
  id: string;
  /** What must hold, as one sentence of the reference. */
  title: string;
  /** Why it must hold: what goes wrong otherwise, or the document that says so. */
  reason: string;
  /** Every key the check looks at; it is left out while one of them is broken itself. */
  reads: readonly string[];
  /** Findings of one configuration; none when the rule holds. */
  check(config: Config, stack: string): Finding[];
}

/** The finding when something is wrong, else nothing. */
export function when(wrong: boolean, finding: () => Finding): Finding[] {
  return wrong ? [finding()] : [];
}

/** Items that occur more than once. */
export function duplicates(items: readonly string[]): string[] {
  return [...new Set(items.filter((item, index) => items.indexOf(item) !== index))];
}
