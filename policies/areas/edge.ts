/** CDN, WAF, certificates and DNS. */
import type { Rule } from "../rule.ts";

export const rules: Rule[] = [];
