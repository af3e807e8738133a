/** How long backups and audit records are kept. */
import type { Rule } from "../rule.ts";
import { rules as audit } from "./retentionAudit.ts";
import { rules as backups } from "./retentionBackups.ts";

export const rules: Rule[] = [...backups, ...audit];
