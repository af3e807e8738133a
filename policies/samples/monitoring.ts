/** Samples of areas/monitoring.ts. */
import { LIFE } from "../areas/monitoring.ts";
import type { Samples } from "./sample.ts";

function composite(alarmRule: string) {
  return { type: "aws:cloudwatch/compositeAlarm:CompositeAlarm", name: "composite", props: { alarmName: "composite", alarmRule, alarmDescription: "Several at once", alarmActions: ["arn:aws:sns:us-east-1:123456789012:alarms"] } };
}

export const samples: Samples = {
  "monitoring/alarm-actions": {
    scene: "monitoring",
    good: [
      { set: { "cpu:alarmActions": undefined }, add: [composite("ALARM(\"db-cpu\")")] },
      { set: { "cpu:alarmActions": [], "forward:eventPattern.detail": undefined } },
      { set: { "cpu:alarmActions": [], "forward:eventPattern.detail.alarmName": ["x", "db-cpu"] } },
      { set: { "cpu:alarmActions": [], "forward:eventPattern.detail.alarmName[0].prefix": "db-" } },
      { set: { "cpu:actionsEnabled": true } },
    ],
    bad: [
      { set: { "cpu:alarmActions": undefined } },
      { set: { "cpu:alarmActions": [] } },
      { set: { "cpu:actionsEnabled": false } },
      { set: { "cpu:alarmActions": [] }, add: [composite("ALARM(\"other\")")] },
      { set: { "cpu:alarmActions": [], "forward:eventPattern.source": ["aws.ec2"], "forward:eventPattern.detail": undefined } },
      { set: { "cpu:alarmActions": [], "forward:eventPattern.detail.alarmName": ["other", { prefix: "cache-" }, { suffix: "cpu" }] } },
      { set: { "cpu:$type": "aws:cloudwatch/compositeAlarm:CompositeAlarm", "cpu:alarmActions": undefined }, at: "cpu:alarmActions", also: ["monitoring/database-alarms"] },
    ],
  },
  "monitoring/alarm-silence": {
    scene: "monitoring",
    good: [{ set: { "cpu:treatMissingData": undefined } }],
    bad: [
      { set: { "life:treatMissingData": undefined } },
      { set: { "life:treatMissingData": "notBreaching" } },
      ...LIFE.slice(1).map((metricName) => ({ set: { "life:treatMissingData": "missing", "life:metricName": metricName } })),
    ],
  },
  "monitoring/alarm-description": {
    scene: "monitoring",
    bad: [{ set: { "cpu:alarmDescription": undefined } }, { set: { "cpu:alarmDescription": "" } }],
  },
  "monitoring/database-alarms": {
    scene: "monitoring",
    good: [
      { remove: ["stack", "cpu"] },
      { set: { "cpu:metricName": undefined, "cpu:dimensions": undefined, "cpu:metricQueries": [{ id: "m", metric: { metricName: "CPUUtilization", namespace: "AWS/RDS", dimensions: { DBInstanceIdentifier: "db" }, period: 60, stat: "Average" } }] } },
      ...["docdb", "neptune"].map((service, index) => ({
        set: { [`${["documents", "graph"][index] ?? ""}-cpu:dimensions`]: { DBInstanceIdentifier: "one" } },
        add: [{ type: `aws:${service}/clusterInstance:ClusterInstance`, name: "one", protect: true, props: { identifier: "one", clusterIdentifier: ["documents", "graph"][index], instanceClass: "db.r6g.large", tags: { "data-class": "database" } } }],
      })),
    ],
    bad: [
      { remove: ["cpu"], at: "db:" },
      { remove: ["memory"], at: "db:" },
      { remove: ["storage"], at: "db:" },
      { remove: ["lag"], at: "replica:" },
      { set: { "cpu:dimensions.DBInstanceIdentifier": "other" }, at: "db:" },
      { set: { "cpu:metricName": "DatabaseConnections" }, at: "db:" },
      { remove: ["aurora-cpu"], at: "aurora:" },
      { remove: ["aurora-memory"], at: "aurora:" },
      { set: { "aurora-memory:dimensions.DBInstanceIdentifier": "other-1" }, at: "aurora:" },
      { set: { "aurora-1:clusterIdentifier": "other" }, at: "aurora:", also: ["database/aurora-standby"] },
      { remove: ["documents-cpu"], at: "documents:" },
      { set: { "documents-memory:dimensions.DBInstanceIdentifier": "documents2-instance-1" }, at: "documents:" },
      { remove: ["graph-memory"], at: "graph:" },
      { set: { "graph-cpu:dimensions.DBClusterIdentifier": "other" }, at: "graph:" },
    ],
  },
  "monitoring/cache-alarms": {
    scene: "monitoring",
    good: [
      { remove: ["stack", "evictions"] },
      { set: { "evictions:dimensions": { ReplicationGroupId: "cache" } } },
      { set: { "engine:metricName": "CPUUtilization" } },
    ],
    bad: [
      { remove: ["evictions"], at: "cache:" },
      { remove: ["engine"], at: "cache:" },
      { set: { "evictions:dimensions.CacheClusterId": "cache2-001" }, at: "cache:" },
      { set: { "evictions:dimensions": { ReplicationGroupId: "other" } }, at: "cache:" },
    ],
  },
  "monitoring/job-alarms": {
    scene: "monitoring",
    good: [
      { remove: ["stack", "overdue"] },
      { remove: ["overdue"], set: { "alerts:spec.groups[0].rules[1].expr": "kube_job_status_failed > 0" } }, { remove: ["overdue"], set: { "alerts:spec.groups[0].rules[1].expr": "time() - kube_cronjob_status_last_successful_time > 90000" } },
    ],
    bad: [
      { remove: ["overdue"], at: "nightly:" },
      { set: { "overdue:dimensions.Job": "weekly" }, at: "nightly:" },
      { set: { "overdue:dimensions.Job": "weekly", "alerts:spec.groups[0].rules[1].expr": "my_kube_job_failed > 0" }, at: "nightly:" },
    ],
  },
  "monitoring/scraped": {
    scene: "monitoring",
    good: [
      { remove: ["stack", "monitor"] },
      { set: { "monitor:$type": "kubernetes:monitoring.coreos.com/v1:PodMonitor" } },
      { set: { "monitor:spec.namespaceSelector": { any: true } } },
      { set: { "monitor:spec.namespaceSelector": undefined, "monitor:metadata.namespace": "shop" } },
      { remove: ["monitor"], set: { "app:spec.template.spec.containers[0].ports[1].name": "admin" } },
    ],
    bad: [
      { remove: ["monitor"], at: "app:" },
      { remove: ["monitor"], set: { "app:spec.template.spec.containers[0].ports[1].name": "prometheus" }, at: "app:" },
      { remove: ["monitor"], set: { "app:spec.template.spec.containers[0].ports[1].name": "admin", "app:spec.template.metadata.labels.color": "blue" }, at: "app:", also: ["release/own-autoscaler", "release/selector-names-color"] },
      { set: { "monitor:spec.selector.matchLabels": { "app.kubernetes.io/name": "other" } }, at: "app:" },
      { set: { "monitor:spec.namespaceSelector.matchNames": ["other"] }, at: "app:" },
      { set: { "monitor:spec.namespaceSelector": undefined }, at: "app:" },
      { set: { "monitor:$type": "kubernetes:monitoring.coreos.com/v1:PodMonitor", "monitor:spec.selector.matchLabels": { tier: "web" } }, at: "app:" },
      { set: { "service:spec.selector": { "app.kubernetes.io/name": "store" } }, at: "app:", also: ["workload/service-selects"] },
    ],
  },
  "monitoring/topic-subscribed": {
    scene: "monitoring",
    good: [
      { remove: ["stack", "subscription"] },
      { set: { "subscription:topic": "alarms" } },
      { remove: ["subscription"], add: [{ type: "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration", name: "chat", props: { configurationName: "chat", slackTeamId: "T1", slackChannelId: "C1", iamRoleArn: "arn:aws:iam::123456789012:role/chat", snsTopicArns: ["arn:aws:sns:us-east-1:123456789012:alarms"], guardrailPolicyArns: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"] } }] },
    ],
    bad: [{ remove: ["subscription"], at: "topic:" }, { set: { "subscription:topic": "arn:aws:sns:us-east-1:123456789012:other" }, at: "topic:" }],
  },
};
