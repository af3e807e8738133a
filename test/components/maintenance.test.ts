import { beforeAll, expect, it } from "vitest";
import { Maintenance, type MaintenanceArgs } from "../../components/maintenance/index.ts";
import { cronJob, cronJobNames, IMAGE, jobs, only, openPorts, PLACE, postgres, statements, unlimitedSids, wildcardActions } from "./dataFixtures.ts";
import { declared, type Declared } from "./mocks.ts";

const SCANNER = `123456789012.dkr.ecr.us-east-1.amazonaws.com/zaproxy@sha256:${"3".repeat(64)}`;
const args = (): MaintenanceArgs => ({
  ...PLACE, vacuumSchedule: "0 4 * * 0", partitionSchedule: "0 3 1 * *", cacheSchedule: "30 4 * * *", scanSchedule: "0 6 * * 1", dastSchedule: "0 2 1 * *", expirySchedule: "0 7 * * *", patchSchedule: "0 3 * * 3",
  cachePrefixes: ["cache:"], dastTarget: "staging.shop.example.com", tlsHosts: ["shop.example.com"], expiryWarningDays: 30, keyRotationDays: 90, secretRotationDays: 30, partitionedTables: ["app.events"],
  images: [IMAGE, SCANNER], scannerImage: SCANNER, jobs: jobs(), postgres: postgres(), applicationUser: "shop_app",
  redis: { primaryHost: "cache.example.internal", port: 6379, authSecretArn: "arn:secret:redis" }, secretsKeyArn: "arn:key:secrets", secretNames: ["shop-production/app/JWT_SECRET"], keyArns: ["arn:key:database", "arn:key:files"],
  backupsBucket: { name: "b", arn: "arn:aws:s3:::b" }, backupsKeyArn: "arn:key:backups", nodes: { clusterName: "shop-production", groups: ["general"] }, watched: [{ name: "database-dump", maxAgeHours: 29 }],
});
const SCHEDULES: Record<string, string> = {
  "database-roles": "10 * * * *", vacuum: "0 4 * * 0", partitions: "0 3 1 * *", "cache-cleanup": "30 4 * * *", "image-scan": "0 6 * * 1", dast: "0 2 1 * *", "expiry-check": "0 7 * * *", "node-patch": "0 3 * * 3", "job-watch": "40 * * * *",
};
const policyOf = (job: string) => statements(only(found, ":RolePolicy", `${job}-policy`)["policy"]);

let found: Declared[];

/** Arguments with the jobs and the database of the first declaration, which the later ones share. */
let base: MaintenanceArgs;

beforeAll(async () => {
  found = await declared(() => {
    base = args();
    new Maintenance("maintenance", base);
  });
});

it("declares every job of the requirements on its schedule, from images by digest", () => {
  expect(cronJobNames(found)).toEqual(Object.keys(SCHEDULES).sort());
  for (const [name, schedule] of Object.entries(SCHEDULES)) {
    expect(cronJob(found, name).schedule, name).toBe(schedule);
    expect(cronJob(found, name).pod.containers.map((container) => container.image), name).toEqual([IMAGE]);
  }
});

/** `name=hours` of the watch: the longest gap of the schedule, the deadline rounded up, one hour. */
const WATCHED: Record<string, number> = {
  "database-dump": 29, "database-roles": 3, vacuum: 173, partitions: 746, "cache-cleanup": 26, "image-scan": 170, dast: 747, "expiry-check": 26, "node-patch": 173, "job-watch": 4,
};

it("watches every job, its own and those of other components, for as long as each may take", () => {
  const watched = Object.fromEntries(String(cronJob(found, "job-watch").env["WATCHED"]).split(" ").map((entry) => entry.split("=")).map(([name = "", hours]): [string, number] => [name, Number(hours)]));
  expect(watched).toEqual(WATCHED);
  expect(cronJobNames(found).filter((name) => watched[name] === undefined)).toEqual([]);
});

it.each(Object.keys(SCHEDULES))("alarms when %s fails or is missed", (name) => {
  const shared = { namespace: "Golive/shop-production", dimensions: { Job: name }, threshold: 1, comparisonOperator: "GreaterThanOrEqualToThreshold", alarmActions: ["arn:topic:alarms"], okActions: ["arn:topic:alarms"] };
  expect(only(found, ":MetricAlarm", `${name}-failed`)).toMatchObject({ ...shared, metricName: "JobFailed", period: 300, treatMissingData: "notBreaching" });
  expect(only(found, ":MetricAlarm", `${name}-overdue`)).toMatchObject({ ...shared, metricName: "JobOverdue", period: 3600, treatMissingData: "breaching" });
  // The name in the metrics is the name that the alarms look for.
  expect(cronJob(found, name).env).toMatchObject({ JOB_NAME: name, METRIC_NAMESPACE: "Golive/shop-production" });
});

it("attacks the target in the scanner's image, then judges in the jobs' image", () => {
  const { pod } = cronJob(found, "dast");
  expect((pod.initContainers ?? []).map((container) => [container.image, container.command])).toEqual([[SCANNER, ["bash", "/scripts/dast.sh"]]]);
  expect(pod.containers.map((container) => container.command)).toEqual([["bash", "/scripts/dast-report.sh"]]);
  expect(cronJob(found, "dast").env).toMatchObject({ TARGET: "https://staging.shop.example.com", BUCKET: "b", KMS_KEY_ID: "arn:key:backups" });
  expect(policyOf("dast")["WriteReports"]).toMatchObject({ Action: "s3:PutObject", Resource: "arn:aws:s3:::b/dast/*" });
});

it("scans every deployed image once", () => {
  expect(cronJob(found, "image-scan").env).toMatchObject({ IMAGES: `${IMAGE} ${SCANNER}`, MAX_CRITICAL: "0" });
  expect(policyOf("image-scan")["ReadFindings"]).toMatchObject({ Action: ["ecr:DescribeImageScanFindings", "ecr:StartImageScan"], Resource: ["arn:aws:ecr:us-east-1:123456789012:repository/golive-jobs", "arn:aws:ecr:us-east-1:123456789012:repository/zaproxy"] });
});

it("checks certificates, keys and secrets against their limits", () => {
  expect(cronJob(found, "expiry-check").env).toMatchObject({ TLS_HOSTS: "shop.example.com", WARN_DAYS: "30", KEY_IDS: "arn:key:database arn:key:files", MAX_ROTATION_DAYS: "90", SECRETS: "shop-production/app/JWT_SECRET", MAX_SECRET_DAYS: "30" });
  expect(policyOf("expiry-check")["ReadKeyRotation"]).toMatchObject({ Action: "kms:GetKeyRotationStatus", Resource: ["arn:key:database", "arn:key:files"] });
});

it("maintains the database as a user that logs in with IAM, and makes users from the rotated secret", () => {
  for (const name of ["vacuum", "partitions"]) {
    expect(cronJob(found, name).env).toMatchObject({ PGUSER: "golive_maintenance", PGSSLMODE: "verify-full", PGDATABASE: "app" });
    expect(String(policyOf(name)["LogIn"]?.["Resource"])).toMatch(/^arn:aws:rds-db:us-east-1:123456789012:dbuser:.*\/golive_maintenance$/);
  }
  expect(cronJob(found, "partitions").env).toMatchObject({ TABLES: "app.events", MONTHS_AHEAD: "3" });
  expect(cronJob(found, "database-roles").env).toMatchObject({ APPLICATION_USER: "shop_app", BACKUP_USER: "golive_backup", MAINTENANCE_USER: "golive_maintenance", MONITORING_USER: "golive_monitoring" });
  expect(policyOf("database-roles")["DecryptSecret"]).toMatchObject({ Resource: "arn:key:secrets", Condition: { StringEquals: { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" } } });
});

it("cleans the cache over TLS and never the sessions", () => {
  expect(cronJob(found, "cache-cleanup").env).toMatchObject({ REDIS_HOST: "cache.example.internal", REDIS_PORT: "6379", REDIS_TLS: "yes", REDIS_SECRET_ARN: "arn:secret:redis", PREFIXES: "cache:", SESSION_PREFIXES: "session: sessions: sess:" });
  expect(policyOf("cache-cleanup")["ReadCacheSecret"]).toMatchObject({ Action: "secretsmanager:GetSecretValue", Resource: "arn:secret:redis" });
});

it("patches the groups of its cluster alone", () => {
  expect(cronJob(found, "node-patch").env).toMatchObject({ CLUSTER: "shop-production", NODE_GROUPS: "general" });
  expect(policyOf("node-patch")["UpdateNodeGroups"]?.["Resource"]).toEqual(["arn:aws:eks:us-east-1:123456789012:cluster/shop-production", "arn:aws:eks:us-east-1:123456789012:nodegroup/shop-production/general/*"]);
});

it("lets each job out only to what it uses", () => {
  const reach = Object.fromEntries(cronJobNames(found).map((name) => [name, openPorts(found, name).filter((port) => ![80, 443].includes(port))]));
  expect(reach).toEqual({ "database-roles": [5432], vacuum: [5432], partitions: [5432], "cache-cleanup": [6379], "image-scan": [], dast: [], "expiry-check": [], "node-patch": [], "job-watch": [] });
});

it("gives every job a role without wildcard actions; everything as a resource only where AWS knows none", () => {
  expect(wildcardActions(found)).toEqual([]);
  expect(unlimitedSids(found)).toEqual(["ListCertificates", "ReadInspectorFindings", "ReadMetrics", "WriteOwnMetrics"]);
});

it("leaves node patches out on a cluster of somebody else, and partitions without tables", async () => {
  const less = await declared(() => { new Maintenance("maintenance", { ...base, nodes: undefined, partitionedTables: [] }); });
  expect(cronJobNames(less)).toEqual(Object.keys(SCHEDULES).filter((name) => !["node-patch", "partitions"].includes(name)).sort());
  expect(String(cronJob(less, "job-watch").env["WATCHED"])).not.toMatch(/node-patch|partitions/);
});

it("has no scan when no image is in ECR, and does not watch for one", async () => {
  const less = await declared(() => { new Maintenance("maintenance", { ...base, images: [`ghcr.io/team/shop@sha256:${"4".repeat(64)}`] }); });
  expect(cronJobNames(less)).toEqual(Object.keys(SCHEDULES).filter((name) => name !== "image-scan").sort());
  expect(String(cronJob(less, "job-watch").env["WATCHED"])).not.toContain("image-scan");
});

it.each([
  [{ cachePrefixes: ["se"] }, "reaches sessions"],
  [{ images: ["shop:latest"] }, "is not named by digest"],
])("refuses %j", async (change, message) => {
  await expect(declared(() => { new Maintenance("maintenance", { ...base, ...change }); })).rejects.toThrow(message);
});
