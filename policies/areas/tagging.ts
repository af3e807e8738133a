/** Required tags and labels. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
