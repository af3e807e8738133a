/** Encryption at rest and in transit, where no other area has it. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
