/** Blue/green invariants and the bounds of release strategies. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
