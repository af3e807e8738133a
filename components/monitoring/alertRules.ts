/** Alert rules as PrometheusRules: the product's own, and beside them the team's. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { SERVICES } from "../cluster/serviceTable.ts";
import { alertGroups, renderedGroups, type Scope } from "./alerts/index.ts";
import { ALERT_NAMES } from "./alerts/names.ts";
import { DEFAULTS } from "./alerts/thresholds.ts";
import { declaredExporters } from "./exporters/index.ts";
import type { MonitoringArgs, TeamAlertRule } from "./index.ts";
import { labelsOf } from "./namespace.ts";

/** @throws when a rule of the team has the name of one of ours: Alertmanager would take the two for one. */
export function alertRules(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, definitions: pulumi.Resource, parent: pulumi.Resource): void {
  checkNames(args);
  const declare = (part: string, groups: pulumi.Input<Record<string, unknown>[]>) => new k8s.apiextensions.CustomResource(`${name}-${part}-rules`, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: `${part}-rules`, namespace: namespace.metadata.name, labels: labelsOf(args, `${part}-rules`) },
    spec: { groups },
  }, { parent, dependsOn: [definitions] });
  declare("golive", scopeOf(args).apply((scope) => renderedGroups(alertGroups(scope, { ...DEFAULTS, ...args.thresholds }), args.links)));
  const team = Object.entries(args.alertRules).map(([alert, rule]) => teamRule(alert, rule));
  // Left out when the team has none: an empty group is refused by the operator.
  if (team.length > 0) declare("team", [{ name: "team", interval: "30s", rules: team }]);
}

function checkNames(args: MonitoringArgs): void {
  const taken = Object.keys(args.alertRules).filter((alert) => ALERT_NAMES.has(alert));
  if (taken.length > 0) throw new Error(`Monitoring: monitoring.alertRules has ${taken.join(", ")}, which the product brings itself (docs/runbooks); give the team's rule another name`);
}

/** What rules and dashboards look at. */
export function scopeOf(args: MonitoringArgs): pulumi.Output<Scope> {
  return pulumi.all([args.app.namespace, args.ingressNamespace, args.jobs.namespace]).apply(([app, ingress, jobs]) => ({
    prefix: args.prefix,
    namespace: app,
    ingressNamespace: ingress,
    jobsNamespace: jobs,
    monitoringNamespace: args.namespace,
    serviceNamespaces: [...new Set([...Object.values(SERVICES).map((service) => service.namespace), ...(args.furtherNamespaces ?? [])])],
    retentionDays: args.retentionDays,
    jobs: args.jobs.watched,
    exceptions: args.exceptions ?? [],
    exporters: args.exporters ?? declaredExporters(args),
  }));
}

function teamRule(alert: string, rule: TeamAlertRule): Record<string, unknown> {
  return {
    alert,
    expr: rule.expr,
    for: rule.for,
    labels: { severity: String(rule.severity), team: rule.team },
    annotations: { summary: rule.summary, runbook_url: rule.runbook },
  };
}
