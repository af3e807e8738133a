/** RBAC and service-account tokens. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
