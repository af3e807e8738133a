/** Requirements, section 1, row "maintenance". */
import { expect } from "vitest";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { byName, kept, names } from "../facts.ts";

const row = "maintenance";
const JOB = "CronJob";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const JOBS = ["cache-cleanup", "dast", "database-dump", "database-roles", "expiry-check", "image-scan", "job-watch", "node-patch", "partitions", "restore-drill", "state-export", "vacuum"];
const POD = "spec.jobTemplate.spec.template.spec";
const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

function variables(p: Rendered, job: string): Record<string, unknown> {
  return byName(at(p.one(JOB, job).props, `${POD}.containers[0].env`));
}

/** How the node is told to treat container logs: user data of its launch template. */
function nodeConfig(p: Rendered): string {
  return Buffer.from(String(p.one("aws:ec2/launchTemplate:LaunchTemplate", "cluster-nodes-general").props["userData"]), "base64").toString("utf8");
}

export const maintenance: Requirement[] = [
  kept(row, "scheduled jobs", JOBS.map((job) => [JOB, job, { "metadata.namespace": "shop-jobs", "spec.timeZone": "Etc/UTC", "spec.concurrencyPolicy": "Forbid", [`${POD}.restartPolicy`]: "Never" }] as const), (p) => {
    expect(names(p, JOB)).toEqual(JOBS);
  }),
  kept(row, "VACUUM/ANALYZE and partition creation", [
    [JOB, "vacuum", { "spec.schedule": "0 4 * * 0" }],
    [JOB, "partitions", { "spec.schedule": "0 3 1 * *" }],
    ["ConfigMap", "vacuum-scripts", {}],
  ], (p) => {
    expect((p.one("ConfigMap", "vacuum-scripts").props["data"] as Record<string, string>)["vacuum.sh"]).toMatch(/vacuum.*analyze/i);
    expect(variables(p, "vacuum")).toMatchObject({ PGUSER: "golive_maintenance", PGDATABASE: "app" });
    expect(variables(p, "partitions")).toMatchObject({ TABLES: "app.events", MONTHS_AHEAD: "3" });
  }),
  kept(row, "cache cleanup", [[JOB, "cache-cleanup", { "spec.schedule": "30 4 * * *" }]], (p) => {
    expect(variables(p, "cache-cleanup")).toMatchObject({ PREFIXES: "cache:", SESSION_PREFIXES: "session: sessions: sess:", REDIS_TLS: "yes" });
  }),
  // By the kubelet of every node, for every container.
  kept(row, "log rotation", [["aws:ec2/launchTemplate:LaunchTemplate", "cluster-nodes-general", {}]], (p) => {
    expect(nodeConfig(p)).toMatch(/^ +containerLogMaxSize: 100Mi?$/m);
    expect(nodeConfig(p)).toMatch(/^ +containerLogMaxFiles: 5$/m);
  }),
  kept(row, "weekly image vulnerability scan", [[JOB, "image-scan", { "spec.schedule": "0 6 * * 1" }]], (p) => {
    const scanned = String(variables(p, "image-scan")["IMAGES"]).split(" ");
    expect(scanned.map((image) => image.replace(/@sha256:[0-9a-f]{64}$/, ""))).toEqual([`${IMAGE}/shop`, `${IMAGE}/shop`, `${IMAGE}/golive-jobs`, `${IMAGE}/zaproxy`, `${IMAGE}/prometheus-operator`, `${IMAGE}/prometheus-config-reloader`, `${IMAGE}/prometheus`, `${IMAGE}/alertmanager`,
      ...["kube-state-metrics", "node-exporter", "blackbox-exporter", "postgres-exporter", "redis-exporter", "yet-another-cloudwatch-exporter", "fluent-bit", "otel-collector", "grafana"].map((name) => `${IMAGE}/${name}`),
    ]);
    expect(variables(p, "image-scan")["MAX_CRITICAL"]).toBe("0");
  }),
  kept(row, "monthly penetration-test run (DAST)", [
    [JOB, "dast", { "spec.schedule": "0 2 1 * *", [`${POD}.initContainers[0].image`]: `${IMAGE}/zaproxy@sha256:146770e685bc0c2eb405b20893f377c79d9cc59eee2067f375202ff94607f3b0` }],
    ["NetworkPolicy", "dast", { "spec.policyTypes": ["Egress"] }],
  ], (p) => expect(variables(p, "dast")["TARGET"]).toBe("https://staging.shop.example.com")),
  kept(row, "certificate and key expiry checks", [
    [JOB, "expiry-check", { "spec.schedule": "0 7 * * *" }],
    ["aws:cloudwatch/eventRule:EventRule", "audit-routes-certificates", { state: "ENABLED" }],
    [ALARM, "edge-alarm-certificate-expiry", {}],
  ], (p) => {
    expect(variables(p, "expiry-check")).toMatchObject({ TLS_HOSTS: "shop.example.com", WARN_DAYS: "30", MAX_ROTATION_DAYS: "90", MAX_SECRET_DAYS: "30" });
    expect(String(variables(p, "expiry-check")["KEY_IDS"]).split(" "), "one key a data class").toHaveLength(11);
  }),
  kept(row, "patch windows", [
    [JOB, "node-patch", { "spec.schedule": "0 3 * * 3" }],
    ["aws:rds/instance:Instance", "postgres-primary", { maintenanceWindow: "sun:04:00-sun:05:00", autoMinorVersionUpgrade: true, applyImmediately: false }],
    ["aws:elasticache/replicationGroup:ReplicationGroup", "redis-cache", { maintenanceWindow: "sun:05:00-sun:06:00" }],
  ], (p) => expect(variables(p, "node-patch")).toMatchObject({ CLUSTER: "shop-production", NODE_GROUPS: "general" })),
  kept(row, "all visible as metrics and alerted when missed", [
    ...JOBS.map((job) => [ALARM, `${job}-overdue`, {
      namespace: "Golive/shop-production", metricName: "JobOverdue", dimensions: { Job: job }, threshold: 1, treatMissingData: "breaching", alarmActions: ["arn:aws:sns:us-east-1:123456789012:shop-production-alarms"],
    }] as const),
    ...JOBS.map((job) => [ALARM, `${job}-failed`, { namespace: "Golive/shop-production", metricName: "JobFailed", dimensions: { Job: job }, threshold: 1 }] as const),
  ], (p) => {
    expect(JOBS.map((job) => variables(p, job)["METRIC_NAMESPACE"])).toEqual(JOBS.map(() => "Golive/shop-production"));
    const watched = String(variables(p, "job-watch")["WATCHED"]).split(" ").map((entry) => entry.split("=")[0]).sort();
    expect(watched).toEqual(JOBS);
  }),
];
