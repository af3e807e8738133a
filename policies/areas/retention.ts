/** How long backups and audit records are kept. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
