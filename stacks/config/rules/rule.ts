/** What a rule between keys is. */
import type { Config } from "../schema.ts";

/** Something that a rule found wrong, with the numbers that show it. */
export interface Finding {
  /** Key path that has to change. */
  path: string;
  given: string;
  allowed: string;
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
  check(config: Config): Finding[];
}
