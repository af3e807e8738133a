/** Buckets. */
import type { Rule } from "../rule.ts";
import { rules as access } from "./storageAccess.ts";
import { rules as keeping } from "./storageKeeping.ts";

export const rules: Rule[] = [...access, ...keeping];
