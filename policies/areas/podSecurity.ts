/** The Pod Security Standard "restricted". */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
