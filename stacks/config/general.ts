/** Keys that concern the whole stack: what it is, where it runs, what runs on it. */
import { z } from "zod";
import * as f from "./fields.ts";
import { key } from "./fields.ts";

export const environment = key(z.enum(["production", "staging", "development"]), {
  description: "What the stack is for. Decides how many zones and replicas are the least (production 3 zones and one replica for each, others 2) and the tag `environment`; no resource depends on it.",
  example: "production",
});
export const profile = key(z.enum(["mvp", "standard", "enterprise"]), {
  description: "Named set of defaults. Any value that the stack file sets wins over the profile.",
  example: "standard",
});
export const accountId = key(f.accountId, {
  description: "AWS account that the stack belongs to. The provider refuses to touch any other account, and names that must be unique in the world contain it.",
  example: "123456789012",
});
export const region = key(f.region, { description: "AWS region of everything that is not global.", example: "us-east-1" });
export const zones = key(z.array(z.string().regex(/^[a-f]$/, "a zone letter, a to f")).min(2).max(4), {
  description: "Letters of the availability zones, appended to the region.", example: ["a", "b", "c"],
});
export const owner = key(f.email, { description: "Who answers for the stack; becomes the tag `owner`.", example: "platform@example.com" });
export const costCenter = key(z.string().min(1).max(64), { description: "Where the bill goes; becomes the tag `cost-center`.", example: "platform" });
export const tags = key(z.record(z.string().regex(/^(?!aws:)[\w.:/=+@ -]{1,128}$/, "a tag key that does not start with aws:"), z.string().max(256)), {
  description: "Further tags on every AWS resource.", example: { team: "checkout" },
});

export const protect = key(z.boolean(), {
  description: "Everything that holds data can not be deleted: Pulumi's protect and the service's own deletion protection. To take a stack down: set it to false, update, then destroy.", example: true,
});
export const retainOnDelete = key(z.boolean(), {
  description: "What a stack leaves in the account when it gives it up or is destroyed: keys, secrets and hosted zone, and a final snapshot of database and cache. Buckets and backup vaults with their keys stay in any case, for AWS deletes none that holds anything.", example: true,
});

const probe = (description: string, example: string) => key(f.urlPath, { description, example });

export const app = z.strictObject({
  name: key(f.name, { description: "Name of the application; the prefix of every resource name and the namespace in the cluster.", example: "shop" }),
  port: key(z.int().min(1024).max(65535), { description: "Port on which the container listens; unprivileged, because the pod runs as non-root.", example: 8080 }),
  health: z.strictObject({
    ready: probe("Readiness and startup probe.", "/health/ready"),
    live: probe("Liveness probe.", "/health/live"),
    deep: probe("Deep check of database, cache, file storage, security and export; used by release gates, never by probes.", "/health"),
  }),
  metricsPath: key(f.urlPath, { description: "Where Prometheus scrapes the application.", example: "/metrics" }),
  replicas: z.strictObject({
    min: key(z.int().min(2).max(100), { description: "Fewest replicas of the live color.", example: 3 }),
    max: key(z.int().min(2).max(200), { description: "Most replicas of the live color.", example: 10 }),
  }),
  autoscaling: z.strictObject({
    cpuPercent: key(z.int().min(10).max(95), { description: "Average CPU use, of the request, that the autoscaler aims for.", unit: "%", example: 70 }),
    requestsPerSecond: key(z.int().min(1).max(10_000), { description: "Requests a second and replica that the autoscaler aims for; served by the metrics adapter.", unit: "requests/s", example: 50 }),
  }),
  requests: f.requests,
  migrations: z.strictObject({
    enabled: key(z.boolean(), { description: "Run the migrations as a job before the application's pods, once for each image.", example: true }),
    command: key(z.array(z.string()).min(1), { description: "Command of the migration job, run in the application's own image as the database user golive_migration, who makes schemas and tables; must do nothing when all is up to date.", example: ["node", "migrate.js"] }),
  }),
  minReadySeconds: key(z.int().min(0).max(300), { description: "How long a new pod must have been ready before it counts as available and the next one is replaced; catches those that break at their first requests.", unit: "s", example: 10 }),
  drain: z.strictObject({
    preStopSeconds: key(z.int().min(1).max(120), { description: "How long a stopping pod goes on serving while load balancers forget it.", unit: "s", example: 15 }),
    gracePeriodSeconds: key(z.int().min(10).max(600), { description: "Time between stop signal and kill; must exceed preStopSeconds by at least 10 s for requests under way.", unit: "s", example: 60 }),
  }),
  security: z.strictObject({
    accessTokenSeconds: key(z.int().min(60).max(86_400), { description: "Life of an access token.", unit: "s", example: 3600 }),
    refreshTokenSeconds: key(z.int().min(3600).max(2_592_000), { description: "Life of a refresh token.", unit: "s", example: 604_800 }),
    sessionSeconds: key(z.int().min(300).max(28_800), { description: "Life of a session; 8 h at most.", unit: "s", example: 28_800 }),
    requestsPerMinute: key(z.int().min(1), { description: "Requests a minute that one user may make.", unit: "requests/min", example: 100 }),
    requestsPerHour: key(z.int().min(1), { description: "Requests an hour that one user may make.", unit: "requests/h", example: 1000 }),
    burst: key(z.int().min(0), { description: "Requests above the rate that are still served.", example: 50 }),
    uploadMaxMb: key(z.int().min(1).max(500), { description: "Largest file that may be uploaded; the ingress body limit must not be smaller.", unit: "MB", example: 50 }),
    uploadTypes: key(z.array(z.string().regex(/^\.[a-z0-9]+$/, "a file extension such as .svg")).min(1), { description: "File extensions that may be uploaded.", example: [".svg", ".xml", ".json"] }),
    mfaRequired: key(z.boolean(), { description: "Users must have a second factor.", example: true }),
  }),
  settings: key(z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "an environment variable name"), z.string()), {
    description: "Further environment variables that are no secrets; a change of any rolls the pods.", example: { FEATURE_EXPORT: "on" },
  }),
  businessMetrics: key(z.array(z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "a Prometheus metric name")), {
    description: "Metrics of the application that the business dashboard shows: counters, which end in `_total`, as a number an hour, others as a level.", example: ["orders_total"],
  }),
});

export const activeColor = key(z.enum(["blue", "green"]), { description: "Color that the live Service sends traffic to. Changing it is the release.", example: "blue" });
export const images = z.strictObject({
  blue: key(f.imageDigest.optional(), { description: "Image of the blue color, by digest.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:${"0".repeat(64)}` }),
  green: key(f.imageDigest.optional(), { description: "Image of the green color, by digest.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:${"1".repeat(64)}` }),
  jobs: key(f.imageDigest, { description: "Image of the backup, drill and maintenance jobs: bash, PostgreSQL client of the server's major version, AWS CLI 2, redis-cli, jq, openssl, and the certificate authorities of RDS at /etc/ssl/rds/global-bundle.pem; components/jobs/image/Containerfile builds it.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/golive-jobs@sha256:${"2".repeat(64)}` }),
  scanner: key(f.imageDigest, { description: "Image of the monthly penetration-test run (OWASP ZAP).", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/zaproxy@sha256:${"3".repeat(64)}` }),
  prometheusOperator: key(f.imageDigest.optional(), { description: "Image of the Prometheus Operator 0.85; without it the cluster has an operator already, and only the objects that it reads are declared.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/prometheus-operator@sha256:${"5".repeat(64)}` }),
  configReloader: key(f.imageDigest.optional(), { description: "Image of the operator's prometheus-config-reloader, of the same version; given with images.prometheusOperator.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/prometheus-config-reloader@sha256:${"6".repeat(64)}` }),
  prometheus: key(f.imageDigest.optional(), { description: "Image of Prometheus 3.5; without it the cluster has a Prometheus already, and only its rules and monitors are declared.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/prometheus@sha256:${"7".repeat(64)}` }),
  alertmanager: key(f.imageDigest.optional(), { description: "Image of Alertmanager 0.26 or later; without it only its configuration is declared, for one that runs already.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/alertmanager@sha256:${"4".repeat(64)}` }),
  kubeStateMetrics: key(f.imageDigest.optional(), { description: "Image of kube-state-metrics 2.15; without it none is declared, and its alerts wait for one that the cluster has.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/kube-state-metrics@sha256:${"8".repeat(64)}` }),
  nodeExporter: key(f.imageDigest.optional(), { description: "Image of the node exporter, 1.5 or later; without it none is declared, and its alerts wait for one that the cluster has.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/node-exporter@sha256:${"9".repeat(64)}` }),
  blackboxExporter: key(f.imageDigest.optional(), { description: "Image of the blackbox exporter, 0.23 or later, which probes the public routes and both colors; without it none is declared, and its alerts wait for one that the cluster has.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/blackbox-exporter@sha256:${"a".repeat(64)}` }),
  postgresExporter: key(f.imageDigest.optional(), { description: "Image of the exporter of PostgreSQL, 0.15 or later; without it none is declared, and its alerts wait for one that the cluster has.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/postgres-exporter@sha256:${"b".repeat(64)}` }),
  redisExporter: key(f.imageDigest.optional(), { description: "Image of the exporter of Redis, 1.45 or later; without it none is declared, and its alerts wait for one that the cluster has.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/redis-exporter@sha256:${"c".repeat(64)}` }),
  cloudWatchExporter: key(f.imageDigest.optional(), { description: "Image of YACE, the exporter of CloudWatch, 0.62 or later; without it none is declared, and its alerts wait for one that the cluster has.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/yet-another-cloudwatch-exporter@sha256:${"d".repeat(64)}` }),
  fluentBit: key(f.imageDigest.optional(), { description: "Image of Fluent Bit 4, which collects the logs of every node; without it logs are collected by somebody else, or not at all.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/fluent-bit@sha256:${"9".repeat(64)}` }),
  otelCollector: key(f.imageDigest.optional(), { description: "Image of the OpenTelemetry collector 0.155 or later with sigv4auth, redaction and health_check, such as the contrib distribution; without it no traces are made.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/otel-collector@sha256:${"a".repeat(64)}` }),
  grafana: key(f.imageDigest.optional(), { description: "Image of Grafana 12; without it only the dashboards are declared, for a Grafana that is there already. Needs monitoring.grafana, monitoring.links.grafana and grafanaClientSecret.", example: `123456789012.dkr.ecr.us-east-1.amazonaws.com/grafana@sha256:${"8".repeat(64)}` }),
});

const schemaVersion = (description: string, example: number) => key(z.int().min(0).max(1_000_000_000), { description, example });

const schemaOf = (color: string) => key(z.strictObject({
  version: schemaVersion("Version to which the image's own migrations bring the schema.", 14),
  oldest: schemaVersion("Oldest version on which the image runs.", 13),
  newest: schemaVersion("Newest version on which the image runs.", 15),
}).optional(), { description: `Versions of the database's schema for images.${color}; without them its range is not checked.`, example: { version: 14, oldest: 13, newest: 15 } });

export const release = z.strictObject({
  strategy: key(z.enum(["blueGreen", "rolling", "canary"]), { description: "How a new image takes over.", example: "blueGreen" }),
  healthChecks: z.strictObject({
    attempts: key(z.int().min(1).max(100), { description: "Health checks of the idle color before a flip.", example: 10 }),
    intervalSeconds: key(z.int().min(1).max(300), { description: "Pause between two health checks.", unit: "s", example: 30 }),
  }),
  verifySeconds: key(z.int().min(1).max(600), { description: "Watch after the flip, in which any failure flips back.", unit: "s", example: 30 }),
  budgetSeconds: key(z.int().min(30).max(3600), { description: "Time that all gates of one deployment share.", unit: "s", example: 600 }),
  rollbackWindowSeconds: key(z.int().min(0).max(86_400), { description: "How long the old color stays warm after a flip.", unit: "s", example: 3600 }),
  drainIdle: key(z.boolean(), { description: "Shrink the idle color to one pod. Off by default: rollback needs it at full size, and a flip to it is refused.", example: false }),
  rolling: z.strictObject({
    maxUnavailable: key(z.int().min(0), { description: "Replicas that may be missing during a rolling update.", example: 1 }),
    maxSurge: key(z.int().min(0), { description: "Replicas above the wanted number during a rolling update.", example: 2 }),
  }),
  canary: z.strictObject({
    by: key(z.enum(["splits", "replicas"]), { description: "What divides the traffic: splits of NGINX; or the colors' numbers of pods behind the live Service, where there is no NGINX. By replicas a weight is possible that whole pods make exactly, with app.replicas.max of a color at most and app.replicas.min of the live one at least; the autoscalers stand still meanwhile.", example: "splits" }),
    weight: key(z.int().min(1).max(99).optional(), { description: "Share of traffic that the idle color has now, one of the steps; absent while no canary is under way. A canary ends by a flip, with this taken away.", unit: "%", example: 25 }),
    weights: key(z.array(z.int().min(1).max(100)).min(1), { description: "Share of traffic at each step; rising, the last is 100.", unit: "%", example: [5, 25, 50, 100] }),
    stepSeconds: key(z.int().min(1).max(3600), { description: "Watch at each step.", unit: "s", example: 60 }),
  }),
  signals: z.strictObject({
    use: key(z.enum(["required", "whenPresent", "off"]), { description: "Whether gates judge a color by its errors, latency and saturation in Prometheus, too, and what no answer means there: a release holds, and goes back when its budget is used up. `whenPresent`: where images.prometheus is given; `required`: the same, and images.prometheus must be given; `off`: gates look at pods alone.", example: "whenPresent" }),
    errorRate: key(z.number().gt(0).max(1), { description: "Share of users' requests that may end in a 5xx; a color with more goes back.", example: 0.01, source: "requirements, monitoring: critical above 1 %" }),
    p95Seconds: key(z.number().gt(0).max(60), { description: "95th percentile of the duration of users' requests; a color that is slower goes back.", unit: "s", example: 2, source: "requirements, monitoring: critical above 2 s" }),
    cpu: key(z.number().gt(0).max(1), { description: "Share of its CPU limit that a color may use on average; a release holds while it uses more.", example: 0.9, source: "requirements, monitoring: critical above 90 %" }),
    memory: key(z.number().gt(0).max(1), { description: "Share of its memory limit that the fullest pod of a color may use; a release holds while it uses more.", example: 0.95, source: "requirements, monitoring: critical above 95 %" }),
    leastRequests: key(z.int().min(0).max(100_000), { description: "Requests of users that a color must have had before its errors and latency count; until then a watch of live traffic holds. With 100 one failed request is not more than 1 %. 0 for a stack that may have no users: then nothing is waited for, and one failure of few decides.", unit: "requests", example: 100 }),
    windowSeconds: key(z.int().min(30).max(3600), { description: "Longest window of a judgement; a younger watch judges what it has seen.", unit: "s", example: 300, source: "requirements, monitoring: for 5 min" }),
  }),
  schema: key(z.strictObject({ blue: schemaOf("blue"), green: schemaOf("green") }).optional(), {
    description: "On which versions of the database's schema the colors run; a flip to one that does not run on the present version is refused.",
    example: { green: { version: 14, oldest: 13, newest: 15 } },
  }),
  serial: key(z.int().min(0), { description: "Number of the release; the live Service records it, and a smaller one moves nothing. A flip by activeColor needs no new one; going back to what was live under the same number does, because an old checkout would do just that.", example: 1 }),
  cluster: key(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "the uid of a namespace").optional(), { description: "Cluster that the stack is released in: uid of its namespace kube-system. Release commands write it with the first release, and refuse another cluster from then on; removed by hand where a new cluster takes the place of the old one.", example: "0b7c2f4e-6a5d-4c1f-9d0e-3f2a1b4c5d6e" }),
});
