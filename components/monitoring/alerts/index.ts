/** The alert rules of a stack. */
import { type Links, rendered, type RuleGroup } from "./alert.ts";
import { applicationGroup } from "./application.ts";
import { cacheGroup } from "./cache.ts";
import { certificatesGroup } from "./certificates.ts";
import { databaseGroup } from "./database.ts";
import { ingressGroup } from "./ingress.ts";
import { jobsGroup } from "./jobs.ts";
import { nodesGroup } from "./nodes.ts";
import { podsGroup } from "./pods.ts";
import type { Scope } from "./scope.ts";
import { securityGroup } from "./security.ts";
import { selfGroup } from "./self.ts";
import { sloGroups } from "./slo.ts";
import { DEFAULTS, type Thresholds } from "./thresholds.ts";

export { type Alert, type Links, type RuleGroup } from "./alert.ts";
export type { Exporter } from "./metrics.ts";
export type { Scope } from "./scope.ts";
export type { Thresholds } from "./thresholds.ts";

/** Every group, recordings before the alerts that read them. */
export function alertGroups(scope: Scope, limits: Thresholds = DEFAULTS): RuleGroup[] {
  return [
    ...sloGroups(scope, limits), applicationGroup(scope, limits), nodesGroup(limits), podsGroup(scope, limits), databaseGroup(scope, limits), cacheGroup(scope, limits),
    ingressGroup(scope, limits), certificatesGroup(scope, limits), jobsGroup(scope, limits), securityGroup(scope, limits), selfGroup(scope, limits),
  ];
}

/** Names of all alerts, for whoever brings further ones. */
export function alertNames(groups: readonly RuleGroup[]): Set<string> {
  return new Set(groups.flatMap((group) => group.alerts.map((alert) => alert.name)));
}

/** The groups as the Prometheus Operator takes them. */
export function renderedGroups(groups: readonly RuleGroup[], links: Links = {}): Record<string, unknown>[] {
  return groups.map((group) => rendered(group, links));
}

