/** Audit trail, flow logs, threat detection. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
