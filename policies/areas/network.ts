/** The network: what may come in, what may go out, and by which way. */
import type { Rule } from "../rule.ts";
import { balancers } from "./networkBalancers.ts";
import { firewall } from "./networkFirewall.ts";
import { reach } from "./networkReach.ts";
import { routes, vpn } from "./networkRoutes.ts";

export const rules: Rule[] = [...firewall, ...reach, ...balancers, ...routes, ...vpn];
