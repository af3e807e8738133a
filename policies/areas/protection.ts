/** `protect` on everything that holds data. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
