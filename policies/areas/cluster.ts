/** Kubernetes clusters of EKS. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
