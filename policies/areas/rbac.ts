/** RBAC and service-account tokens. */
import type { Rule } from "../rule.ts";
import { bindings } from "./rbacBindings.ts";
import { roles } from "./rbacRoles.ts";
import { tokens } from "./rbacTokens.ts";

export const rules: Rule[] = [...roles, ...bindings, ...tokens];
