/** NGINX: TLS, headers, rate limits. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
