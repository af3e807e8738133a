/** Encryption at rest and in transit, where no other area has it. */
import type { Rule } from "../rule.ts";
import { rules as atRest } from "./encryptionAtRest.ts";
import { rules as disks } from "./encryptionDisks.ts";
import { rules as inTransit } from "./encryptionInTransit.ts";

export const rules: Rule[] = [...disks, ...atRest, ...inTransit];
