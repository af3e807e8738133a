/** Everything that is watched, and what watches it. */
import type { SampleResource } from "../../../policies/samples/sample.ts";
import { cache } from "./cache.ts";
import { database } from "./database.ts";
import { json } from "./json.ts";
import { labels, metadata, NAMESPACE } from "./objects.ts";
import { serving } from "./serving.ts";
import { workload } from "./workload.ts";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";

/** Resources of another scene, under other names where two scenes use one. */
function taken(scene: readonly SampleResource[], names: Record<string, string>): SampleResource[] {
  return scene.flatMap((one) => (names[one.name] === undefined ? [] : [{ ...one, name: names[one.name] ?? one.name }]));
}

function alarm(name: string, metricName: string, namespace: string, dimensions: Record<string, string>): SampleResource {
  return {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    name,
    props: {
      name: `db-${name}`, alarmDescription: `${metricName} is out of bounds`, namespace, metricName, dimensions,
      comparisonOperator: "GreaterThanThreshold", threshold: 80, statistic: "Maximum", period: 60, evaluationPeriods: 5, treatMissingData: "breaching", alarmActions: [TOPIC],
    },
  };
}

/** The alarms of one instance. */
function alarms(instance: string, prefix = ""): SampleResource[] {
  const of = { DBInstanceIdentifier: instance };
  return [alarm(`${prefix}cpu`, "CPUUtilization", "AWS/RDS", of), alarm(`${prefix}memory`, "FreeableMemory", "AWS/RDS", of), alarm(`${prefix}storage`, "FreeStorageSpace", "AWS/RDS", of)];
}

function alert(name: string, expr: string, severity: string, duration?: string): Record<string, unknown> {
  return {
    alert: name, expr, ...(duration === undefined ? {} : { for: duration }),
    labels: { severity, team: "shop" },
    annotations: { summary: `${name} fires`, runbook_url: "docs/runbooks/availability.md" },
  };
}

export const monitoring: readonly SampleResource[] = [
  { type: "pulumi:pulumi:Stack", name: "stack", props: {} },
  ...NAMESPACE,
  ...taken(database, { db: "db", replica: "replica", parameters: "parameters", selection: "selection" }),
  ...taken(database, { aurora: "aurora", "aurora-1": "aurora-1", "aurora-2": "aurora-2", "aurora-parameters": "aurora-parameters", documents: "documents", graph: "graph" }),
  alarm("aurora-cpu", "CPUUtilization", "AWS/RDS", { DBClusterIdentifier: "aurora" }),
  alarm("aurora-memory", "FreeableMemory", "AWS/RDS", { DBInstanceIdentifier: "aurora-1" }),
  alarm("documents-cpu", "CPUUtilization", "AWS/DocDB", { DBClusterIdentifier: "documents" }),
  alarm("documents-memory", "FreeableMemory", "AWS/DocDB", { DBInstanceIdentifier: "documents-instance-1" }),
  alarm("graph-cpu", "CPUUtilization", "AWS/Neptune", { DBClusterIdentifier: "graph" }),
  alarm("graph-memory", "FreeableMemory", "AWS/Neptune", { DBClusterIdentifier: "graph" }),
  ...alarms("db"),
  ...alarms("replica", "replica-"),
  alarm("lag", "ReplicaLag", "AWS/RDS", { DBInstanceIdentifier: "replica" }),
  ...taken(cache, { cache: "cache", parameters: "cache-parameters", alarm: "cache-alarm" }),
  alarm("evictions", "Evictions", "AWS/ElastiCache", { CacheClusterId: "cache-001" }),
  alarm("engine", "EngineCPUUtilization", "AWS/ElastiCache", { CacheClusterId: "cache-001" }),
  alarm("life", "HealthyHostCount", "AWS/ApplicationELB", { LoadBalancer: "app/edge/1", TargetGroup: "targetgroup/nginx/1" }),
  alarm("overdue", "JobOverdue", "Shop", { Job: "nightly" }),
  { type: "aws:sns/topic:Topic", name: "topic", props: { name: "alarms", kmsMasterKeyId: "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666" } },
  {
    type: "aws:sns/topicPolicy:TopicPolicy",
    name: "topic-policy",
    props: {
      arn: TOPIC,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Sid: "AlarmsPublish", Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" }, Action: "sns:Publish", Resource: TOPIC, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } },
          { Sid: "OnlyOverTls", Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: TOPIC, Condition: { Bool: { "aws:SecureTransport": "false" } } },
        ],
      }),
    },
  },
  {
    type: "aws:cloudwatch/eventRule:EventRule",
    name: "forward",
    props: { name: "forward", description: "Alarms of the edge", eventPattern: json({ source: ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"], detail: { alarmName: [{ prefix: "edge-" }] } }) },
  },
  { type: "aws:cloudwatch/eventTarget:EventTarget", name: "forward-target", props: { rule: "forward", arn: TOPIC } },
  { type: "aws:sns/topicSubscription:TopicSubscription", name: "subscription", props: { topic: TOPIC, protocol: "email", endpoint: "oncall@example.com" } },
  ...taken(workload, { nightly: "nightly" }),
  ...serving({
    resource: "app",
    name: "app",
    namespace: "shop",
    labels: labels("app"),
    selector: { "app.kubernetes.io/name": "app" },
    container: { ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }, { name: "metrics", containerPort: 9090, protocol: "TCP" }] },
  }),
  { type: "kubernetes:core/v1:Service", name: "service", props: { metadata: metadata("app"), spec: { type: "ClusterIP", selector: { "app.kubernetes.io/name": "app" }, ports: [{ name: "http", port: 80, targetPort: "http" }] } } },
  {
    type: "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
    name: "monitor",
    props: {
      metadata: { ...metadata("app"), namespace: "monitoring" },
      spec: { namespaceSelector: { matchNames: ["shop"] }, selector: { matchLabels: { "app.kubernetes.io/name": "app" } }, endpoints: [{ port: "http", path: "/metrics" }] },
    },
  },
  {
    type: "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
    name: "alerts",
    props: {
      metadata: { ...metadata("alerts"), namespace: "monitoring" },
      spec: {
        groups: [
          { name: "availability", rules: [alert("Down", 'up{job="app"} == 0', "critical", "1m"), alert("Slow", "p95 > 1", "warning", "5m"), alert("Watchdog", "vector(1)", "info")] },
          { name: "budget", rules: [alert("BudgetBurns", "rate(errors[1h]) > 0.0144 and rate(errors[5m]) > 0.0144", "critical")] },
        ],
      },
    },
  },
  {
    type: "kubernetes:monitoring.coreos.com/v1:Prometheus",
    name: "prometheus",
    props: { metadata: { ...metadata("prometheus"), namespace: "monitoring" }, spec: { alerting: { alertmanagers: [{ name: "alertmanager-operated", namespace: "monitoring", port: "web" }] } } },
  },
  {
    type: "kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig",
    name: "receivers",
    props: {
      metadata: { ...metadata("receivers"), namespace: "monitoring" },
      spec: {
        route: {
          receiver: "quiet",
          routes: [
            { receiver: "quiet", matchers: [{ name: "severity", value: "info", matchType: "=" }] },
            { receiver: "pager", matchers: [{ name: "severity", value: "critical", matchType: "=" }] },
          ],
        },
        receivers: [{ name: "quiet" }, { name: "pager", pagerdutyConfigs: [{ routingKey: { name: "pager", key: "routing-key" } }] }],
      },
    },
  },
];
