/** Relational databases. */
import type { Rule } from "../rule.ts";
import { rules as availability } from "./databaseAvailability.ts";
import { rules as access } from "./databaseAccess.ts";

export const rules: Rule[] = [...availability, ...access];
