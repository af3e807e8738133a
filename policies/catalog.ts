/** Every rule, area by area. */
import { rules as encryption } from "./areas/encryption.ts";
import { rules as keys } from "./areas/keys.ts";
import { rules as database } from "./areas/database.ts";
import { rules as cache } from "./areas/cache.ts";
import { rules as storage } from "./areas/storage.ts";
import { rules as retention } from "./areas/retention.ts";
import { rules as iam } from "./areas/iam.ts";
import { rules as network } from "./areas/network.ts";
import { rules as edge } from "./areas/edge.ts";
import { rules as audit } from "./areas/audit.ts";
import { rules as cluster } from "./areas/cluster.ts";
import { rules as podSecurity } from "./areas/podSecurity.ts";
import { rules as workload } from "./areas/workload.ts";
import { rules as images } from "./areas/images.ts";
import { rules as networkPolicy } from "./areas/networkPolicy.ts";
import { rules as ingress } from "./areas/ingress.ts";
import { rules as secrets } from "./areas/secrets.ts";
import { rules as rbac } from "./areas/rbac.ts";
import { rules as tagging } from "./areas/tagging.ts";
import { rules as protection } from "./areas/protection.ts";
import { rules as monitoring } from "./areas/monitoring.ts";
import { rules as release } from "./areas/release.ts";
import { Rules } from "./evaluate.ts";
import { PLAN_RULES } from "./plan.ts";
import type { RuleText } from "./rule.ts";

/** All rules of the checklist. */
export const CATALOG = new Rules([
  ...encryption,
  ...keys,
  ...database,
  ...cache,
  ...storage,
  ...retention,
  ...iam,
  ...network,
  ...edge,
  ...audit,
  ...cluster,
  ...podSecurity,
  ...workload,
  ...images,
  ...networkPolicy,
  ...ingress,
  ...secrets,
  ...rbac,
  ...tagging,
  ...protection,
  ...monitoring,
  ...release,
]);

/** What people read of every rule, those on plans included. */
export const RULE_TEXTS: readonly RuleText[] = [...CATALOG.all, ...PLAN_RULES];
