/** Resources, probes, replicas, spread, disruption budgets. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
