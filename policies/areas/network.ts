/** Networks and what they let in. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
