/** The team's own alert rules as one PrometheusRule. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { MonitoringArgs, TeamAlertRule } from "./index.ts";
import { labelsOf } from "./namespace.ts";

/** Left out when the team has none: an empty group is refused by the operator. */
export function alertRules(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, definitions: pulumi.Resource, parent: pulumi.Resource): void {
  const rules = Object.entries(args.alertRules).map(([alert, rule]) => alertRule(alert, rule));
  if (rules.length === 0) return;
  new k8s.apiextensions.CustomResource(`${name}-team-rules`, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "team-rules", namespace: namespace.metadata.name, labels: labelsOf(args, "team-rules") },
    spec: { groups: [{ name: "team", interval: "30s", rules }] },
  }, { parent, dependsOn: [definitions] });
}

function alertRule(alert: string, rule: TeamAlertRule): Record<string, unknown> {
  return {
    alert,
    expr: rule.expr,
    for: rule.for,
    labels: { severity: String(rule.severity), team: rule.team },
    annotations: { summary: rule.summary, runbook_url: rule.runbook },
  };
}
