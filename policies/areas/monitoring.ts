/** Monitoring: alarms that reach somebody, and nothing that runs unwatched. */
import { picks, selects } from "../labels.ts";
import { podSpec } from "../pods.ts";
import { refersTo } from "../references.ts";
import type { Resource, Stack } from "../resource.ts";
import { is, present, type Report, type Rule, where } from "../rule.ts";
import { any } from "../search.ts";
import type { Value } from "../value.ts";
import { alarmsOf, METRIC_ALARM, metricsOf } from "./alarms.ts";
import { CLUSTER, CLUSTER_INSTANCE, DOCUMENTS, GRAPH, INSTANCE, STORES } from "./databaseKinds.ts";
import { alertRules } from "./monitoringAlerts.ts";
import { alertsOf, deliveryRules } from "./monitoringDelivery.ts";
import { podLabels, REPLICATED } from "./workloadParts.ts";

const COMPOSITE = "aws:cloudwatch:CompositeAlarm";
const TOPIC = "aws:sns:Topic";
const SERVICE = "k8s:core:Service";
const SERVICE_MONITOR = "k8s:monitoring.coreos.com:ServiceMonitor";
const POD_MONITOR = "k8s:monitoring.coreos.com:PodMonitor";

/** Only a whole stack shows what watches a resource; a file may hold a part. */
function isWhole(_: Resource, stack: Stack): boolean {
  return stack.of("pulumi:pulumi:Stack").length > 0;
}

/** Values of an alarm's dimensions, and what they depend on. */
function aboutOf(alarm: Resource): string[] {
  return [...metricsOf(alarm).flatMap((metric) => metric.at("dimensions").entries.map(([, value]) => value.text ?? "")), ...Object.values(alarm.declared.references ?? {}).flat()];
}

/** Alarms that may have one of these among their dimensions. */
function alarmsOn(stack: Stack, ...names: string[]): Resource[] {
  return stack.having(METRIC_ALARM, "dimensions", aboutOf, names);
}

/** Whether one of the alarms watches one of these metrics of a resource. @throws Undecided */
function isWatched(alarms: readonly Resource[], names: readonly string[], dimension: string, test: (alarm: Resource, place: Value) => boolean): boolean {
  return any(alarms, (alarm) => any(metricsOf(alarm), (metric) => names.includes(metric.at("metricName").text ?? "") && test(alarm, metric.at("dimensions").key(dimension))));
}

const DATABASE_METRICS = ["CPUUtilization", "FreeStorageSpace", "FreeableMemory"];

function relateDatabase(instance: Resource, stack: Stack, report: Report): void {
  const wanted = instance.at("replicateSourceDb").exists ? [...DATABASE_METRICS, "ReplicaLag"] : DATABASE_METRICS;
  for (const name of wanted) {
    instance.try(() => {
      const found = isWatched(alarmsOn(stack, instance.urn, ...instance.identifiers), [name], "DBInstanceIdentifier", (alarm, place) => refersTo(alarm, place.path, instance));
      if (!found) report(instance, `has no alarm on ${name}`);
    });
  }
}

/** The storage of clusters grows by itself. */
const CLUSTER_METRICS = ["CPUUtilization", "FreeableMemory"];

/** Clusters, and the kind of the instances that join them. */
const CLUSTERS: Readonly<Record<string, string>> = { [CLUSTER]: CLUSTER_INSTANCE, [DOCUMENTS]: "aws:docdb:ClusterInstance", [GRAPH]: "aws:neptune:ClusterInstance" };

/** An alarm names the cluster, or one of its instances: declared, or made by the service under the cluster's name. */
function relateCluster(cluster: Resource, stack: Stack, report: Report): void {
  const id = cluster.at("clusterIdentifier").text ?? cluster.name;
  const instances = stack.of(CLUSTERS[cluster.kind.kind] ?? "");
  for (const name of CLUSTER_METRICS) {
    cluster.try(() => {
      const alarms = alarmsOf(stack, [name]);
      const found = isWatched(alarms, [name], "DBClusterIdentifier", (alarm, place) => refersTo(alarm, place.path, cluster))
        || isWatched(alarms, [name], "DBInstanceIdentifier", (alarm, place) => any(instances, (one) => refersTo(alarm, place.path, one) && refersTo(one, "clusterIdentifier", cluster)) || place.text?.startsWith(`${id}-instance-`) === true);
      if (!found) report(cluster, `has no alarm on ${name}`);
    });
  }
}

/** Metrics of a cache come by node, `<group>-001`; each entry is one thing to watch under the names that it has. */
const CACHE_METRICS = [["Evictions"], ["EngineCPUUtilization", "CPUUtilization"]];

function relateCache(group: Resource, stack: Stack, report: Report): void {
  const id = group.at("replicationGroupId").text ?? group.name;
  for (const names of CACHE_METRICS) {
    group.try(() => {
      const alarms = alarmsOf(stack, names);
      const found = isWatched(alarms, names, "CacheClusterId", (_, place) => place.text?.startsWith(`${id}-`) === true)
        || isWatched(alarms, names, "ReplicationGroupId", (_, place) => place.text === id);
      if (!found) report(group, `has no alarm on ${names.join(" or ")}`);
    });
  }
}

/** A job is watched by an alarm with its name among the dimensions, or by an alert on the metrics of kube-state-metrics. */
function relateJob(job: Resource, stack: Stack, report: Report): void {
  const name = job.objectName;
  const alarmed = any(alarmsOn(stack, name), (alarm) => any(metricsOf(alarm), (metric) => any(metric.at("dimensions").entries, ([, value]) => value.text === name)));
  if (!alarmed && !any(alertsOf(stack), (alert) => /\bkube_(cron)?job_/.test(alert.at("expr").text ?? ""))) report(job, "has no alarm that names it, so nobody hears when it fails or does not run");
}

/** Pods that say they have metrics, and those of an application's colors. */
function hasMetrics(workload: Resource): boolean {
  const ports = podSpec(workload).at("containers").items.flatMap((container) => container.at("ports").items);
  return podLabels(workload).key("color").exists || ports.some((port) => /metrics|prometheus/.test(port.at("name").text ?? ""));
}

/** Whether a monitor looks into a namespace; its own unless it says others. */
function looksInto(monitor: Resource, namespace: string): boolean {
  const names = monitor.at("spec.namespaceSelector.matchNames").texts.map((name) => name.text);
  if (monitor.at("spec.namespaceSelector.any").flag === true) return true;
  return names.length === 0 ? monitor.namespace === namespace : names.includes(namespace);
}

function relateScraped(workload: Resource, stack: Stack, report: Report): void {
  const labels = podLabels(workload);
  const services = stack.inNamespace(workload.namespace, SERVICE).filter((service) => picks(service.at("spec.selector"), labels));
  const byPods = any(stack.of(POD_MONITOR), (monitor) => looksInto(monitor, workload.namespace) && selects(monitor.at("spec.selector"), labels));
  const byService = (): boolean => any(stack.of(SERVICE_MONITOR), (monitor) => looksInto(monitor, workload.namespace)
    && any(services, (service) => selects(monitor.at("spec.selector"), service.at("metadata.labels"))));
  if (!byPods && !byService()) report(workload, "has metrics, and no ServiceMonitor or PodMonitor that selects it");
}

/** Whether events about an alarm's state are carried on by a rule of EventBridge. */
function isForwarded(alarm: Resource, stack: Stack): boolean {
  const name = alarm.at("name").text ?? "";
  return any(stack.of("aws:cloudwatch:EventRule"), (rule) => {
    const pattern = rule.at("eventPattern").json;
    if (!pattern.at("source").texts.some((source) => source.text === "aws.cloudwatch")) return false;
    const names = pattern.at("detail.alarmName");
    if (!names.exists) return true;
    return Array.from({ length: names.texts.length }, (_, index) => names.key(index)).some((one) => one.text === name || (one.at("prefix").exists && name.startsWith(one.at("prefix").text ?? "")));
  });
}

function relateActions(alarm: Resource, stack: Stack, report: Report): void {
  const actions = alarm.at("alarmActions");
  const enabled = alarm.at("actionsEnabled");
  if (enabled.flag === false) return report(enabled, "is false: the alarm tells nobody");
  if (actions.texts.length > 0 || isForwarded(alarm, stack)) return;
  const name = alarm.at("name").text ?? alarm.name;
  if (!any(stack.of(COMPOSITE), (one) => one.at("alarmRule").text?.includes(name) === true)) report(actions, "is empty, must name a topic");
}

/** Metrics that end with what they measure: no data is the worst value. */
export const LIFE = ["HealthyHostCount", "HealthCheckStatus", "NumberOfBackupJobsCompleted", "JobOverdue"];

/** Services that a topic's ARN is handed on by: who subscribes to what the policy returns subscribes to the topic. */
function relateTopic(topic: Resource, stack: Stack, report: Report): void {
  const names = [topic, ...stack.pointing("aws:sns:TopicPolicy", "arn", topic)];
  const heard = any(names, (one) => stack.pointing("aws:sns:TopicSubscription", "topic", one).length > 0 || stack.pointing("aws:chatbot:SlackChannelConfiguration", "snsTopicArns", one).length > 0);
  if (!heard) report(topic, "has no subscription");
}

const alarmRules: Rule[] = [
  {
    id: "monitoring/alarm-actions",
    title: "Every alarm tells somebody",
    items: ["monitoring-coverage"],
    severity: "high",
    frameworks: [],
    why: "An alarm without an action turns red on a page that nobody has open.",
    mend: "Set `alarmActions` to the alarm topic, or let a composite alarm or an EventBridge rule carry its state on.",
    kinds: [METRIC_ALARM, COMPOSITE],
    relate: relateActions,
  },
  {
    id: "monitoring/alarm-silence",
    title: "An alarm on a sign of life takes silence for the worst",
    items: ["monitoring-coverage"],
    severity: "high",
    frameworks: [],
    why: "Metrics such as HealthyHostCount stop when what they measure is gone; by default an alarm without data stays as it was, which is green.",
    mend: "Set `treatMissingData: \"breaching\"`.",
    kinds: [METRIC_ALARM],
    applies: (alarm) => LIFE.includes(alarm.at("metricName").text ?? ""),
    check: where({ treatMissingData: is("breaching") }),
  },
  {
    id: "monitoring/alarm-description",
    title: "Every alarm says what it means",
    items: ["monitoring-coverage"],
    severity: "low",
    frameworks: [],
    why: "The description is the text of the mail and of the page; without it there is a metric and a number.",
    mend: "Set `alarmDescription` to what is wrong and what to look at.",
    kinds: [METRIC_ALARM, COMPOSITE],
    check: where({ alarmDescription: present() }),
  },
  {
    id: "monitoring/database-alarms",
    title: "Every database has alarms on CPU and memory, an instance of its own on storage, every replica on its lag",
    items: ["monitoring-coverage"],
    severity: "high",
    frameworks: [],
    why: "A full disk stops PostgreSQL at once, and it announces itself for days to whoever listens; a replica that lags serves yesterday.",
    mend: "Declare MetricAlarms of AWS/RDS with `dimensions.DBInstanceIdentifier` for CPUUtilization, FreeStorageSpace, FreeableMemory, and ReplicaLag of replicas; of clusters (AWS/RDS, AWS/DocDB, AWS/Neptune) with `dimensions.DBClusterIdentifier` for CPUUtilization and FreeableMemory.",
    kinds: STORES,
    applies: isWhole,
    relate: (store, stack, report) => (store.is(INSTANCE) ? relateDatabase : relateCluster)(store, stack, report),
  },
  {
    id: "monitoring/cache-alarms",
    title: "Every cache has alarms on evictions and CPU",
    items: ["monitoring-coverage"],
    severity: "medium",
    frameworks: [],
    why: "A cache that evicts throws sessions away: users are logged out, and nothing else looks wrong. One engine thread at its limit slows every request.",
    mend: "Declare MetricAlarms of AWS/ElastiCache for Evictions and EngineCPUUtilization with `dimensions.CacheClusterId` of its nodes.",
    kinds: ["aws:elasticache:ReplicationGroup"],
    applies: isWhole,
    relate: relateCache,
  },
  {
    id: "monitoring/job-alarms",
    title: "Somebody hears when a scheduled job fails or does not run",
    items: ["monitoring-coverage"],
    severity: "high",
    frameworks: [],
    why: "A backup that has not run for three months is found out on the day it is needed.",
    mend: "Declare a MetricAlarm with the job's name among its dimensions, or alerts on kube_job_… and kube_cronjob_… metrics.",
    kinds: ["k8s:batch:CronJob"],
    applies: isWhole,
    relate: relateJob,
  },
  {
    id: "monitoring/scraped",
    title: "Every workload with metrics is scraped",
    items: ["monitoring-coverage"],
    severity: "medium",
    frameworks: [],
    why: "Alerts and autoscaling on metrics that nobody collects see nothing, and nothing looks like no errors.",
    mend: "Declare a ServiceMonitor that selects the labels of its Service (in `namespaceSelector.matchNames` its namespace), or a PodMonitor.",
    kinds: REPLICATED,
    applies: (workload, stack) => isWhole(workload, stack) && hasMetrics(workload),
    relate: relateScraped,
  },
  {
    id: "monitoring/topic-subscribed",
    title: "Somebody listens to every topic",
    items: ["monitoring-coverage"],
    severity: "high",
    frameworks: [],
    why: "Alarms that are sent to a topic without subscribers count as sent.",
    mend: "Declare a TopicSubscription or a chat configuration for it.",
    kinds: [TOPIC],
    applies: isWhole,
    relate: relateTopic,
  },
];

export const rules: Rule[] = [...alertRules, ...deliveryRules, ...alarmRules];
