/** Every rule between keys, in the order of the reference. */
import type { Rule } from "./rule.ts";

export const rules: readonly Rule[] = [];
