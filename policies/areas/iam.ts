/** Roles, policies and people of AWS. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
