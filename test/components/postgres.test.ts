import { beforeAll, expect, it } from "vitest";
import { Postgres } from "../../components/postgres/index.ts";
import { only, POSTGRES, secretValue, statements } from "./dataFixtures.ts";
import { declared, type Declared } from "./mocks.ts";

let found: Declared[];
let postgres: Postgres;

beforeAll(async () => { found = await declared(() => { postgres = new Postgres("postgres", POSTGRES); }); });

const INSTANCES = ["shop-production-postgres", "shop-production-postgres-replica-1", "shop-production-postgres-replica-2"];

it("declares an encrypted Multi-AZ primary with IAM login, PITR and deletion protection", () => {
  expect(only(found, ":Instance", "postgres-primary")).toMatchObject({
    identifier: "shop-production-postgres", instanceClass: "db.r5.large", engine: "postgres", engineVersion: "16", multiAz: true, publiclyAccessible: false,
    storageEncrypted: true, kmsKeyId: "arn:key:database", backupRetentionPeriod: 35, deletionProtection: true, skipFinalSnapshot: false, finalSnapshotIdentifier: "shop-production-postgres-final-postgres-security-group-id",
    iamDatabaseAuthenticationEnabled: true, performanceInsightsEnabled: true, performanceInsightsKmsKeyId: "arn:key:database", monitoringInterval: 30, autoMinorVersionUpgrade: true, allowMajorVersionUpgrade: false, maxAllocatedStorage: 500,
  });
  expect(found.find((r) => r.name === "postgres-primary")).toMatchObject({ protect: true });
});

it("goes with the network that it needs, and leaves a snapshot unless nothing is to be kept", async () => {
  const snapshot = async (protection: { protect: boolean; retainOnDelete: boolean }) => {
    const resources = await declared(() => { new Postgres("postgres", { ...POSTGRES, protection }); });
    expect(resources.filter((r) => r.type.endsWith(":Instance")).map((r) => r.retainOnDelete)).toEqual([false, false, false]);
    return [only(resources, ":Instance", "postgres-primary")["skipFinalSnapshot"], only(resources, ":Instance", "postgres-primary")["deletionProtection"]];
  };
  expect(await snapshot({ protect: true, retainOnDelete: true })).toEqual([false, true]);
  expect(await snapshot({ protect: false, retainOnDelete: true })).toEqual([false, false]);
  expect(await snapshot({ protect: false, retainOnDelete: false })).toEqual([true, false]);
});

it("sends the master password once and keeps it out of the state", () => {
  const primary = only(found, ":Instance", "postgres-primary");
  expect(primary).not.toHaveProperty("password");
  expect(secretValue(primary["passwordWo"])).toBe("a-first-password-1");
  expect(primary["passwordWoVersion"]).toBe(1);
  const version = only(found, ":SecretVersion", "postgres-master-secret-value");
  expect(version).not.toHaveProperty("secretString");
  expect(version["secretStringWoVersion"]).toBe(1);
});

it("spreads two replicas over the other zones, protected, encrypted", () => {
  expect([1, 2].map((n) => only(found, ":Instance", `postgres-replica-${n}`))).toMatchObject([
    { availabilityZone: "us-east-1b", deletionProtection: true, storageEncrypted: true, replicateSourceDb: "shop-production-postgres", iamDatabaseAuthenticationEnabled: true }, { availabilityZone: "us-east-1c", multiAz: false },
  ]);
  expect(found.filter((r) => r.name.startsWith("postgres-reader-name")).map((r) => r.inputs["name"])).toEqual(["postgres-ro.shop-production.internal", "postgres-ro.shop-production.internal"]);
});

it("forces TLS, keeps bound values out of logs, and keeps logs for a year with our key", () => {
  const { parameters, family } = only(found, ":ParameterGroup", "postgres-parameters");
  expect(family).toBe("postgres16");
  expect(parameters).toEqual(expect.arrayContaining([
    { name: "rds.force_ssl", value: "1" }, { name: "password_encryption", value: "scram-sha-256" }, { name: "log_parameter_max_length", value: "0" },
    { name: "log_parameter_max_length_on_error", value: "0" }, { name: "pgaudit.log", value: "ddl,role" },
  ]));
  for (const instance of ["primary", "replica-1", "replica-2"]) expect(only(found, ":LogGroup", `postgres-${instance}-postgresql-logs`)).toMatchObject({ kmsKeyId: "arn:key:logs", retentionInDays: 365 });
});

it("rotates its own master secret, which nobody outside the account reads", () => {
  expect(only(found, ":SecretRotation", "postgres-rotation")).toMatchObject({ rotationRules: { automaticallyAfterDays: 30 }, rotateImmediately: true, rotationLambdaArn: "arn:aws:lambda:us-east-1:123456789012:function:shop-production-postgres-rotation" });
  expect(only(found, ":Secret", "postgres-master-secret")).toMatchObject({ name: "shop-production/postgres/master", kmsKeyId: "arn:key:secrets", recoveryWindowInDays: 30 });
  expect(Object.keys(statements(only(found, ":SecretPolicy", "postgres-master-secret-policy")["policy"]))).toEqual(["DenyOtherAccounts", "DenyPlainHttp"]);
  expect(only(found, ":CloudFormationStack", "postgres-rotation-function")["parameters"]).toMatchObject({ kmsKeyArn: "arn:key:secrets", vpcSubnetIds: "subnet-4", endpoint: "https://secretsmanager.us-east-1.amazonaws.com" });
});

it("lets named clients and the rotation in, on the port alone", () => {
  const rules = found.filter((r) => r.type.endsWith(":SecurityGroupIngressRule"));
  expect(rules.map((r) => r.inputs["fromPort"])).toEqual([5432, 5432]);
  expect(rules.map((r) => r.inputs["referencedSecurityGroupId"])).toContain("sg-nodes");
  expect(rules.every((r) => r.inputs["cidrIpv4"] === undefined && String(r.inputs["description"]).length > 0)).toBe(true);
  expect(only(found, ":SecurityGroup", "postgres-security-group")["egress"]).toEqual([]);
});

it.each([
  ["CPUUtilization", "GreaterThanThreshold", 80, INSTANCES],
  // 16 GiB of memory and 100 GiB of storage.
  ["FreeableMemory", "LessThanThreshold", Math.round(1.6 * 1024 ** 3), INSTANCES],
  ["FreeStorageSpace", "LessThanThreshold", 15 * 1024 ** 3, INSTANCES],
  ["ReplicaLag", "GreaterThanThreshold", 60, INSTANCES.slice(1)],
  ["MaximumUsedTransactionIDs", "GreaterThanThreshold", 1_000_000_000, INSTANCES.slice(0, 1)],
])("alarms on %s, also when the instance says nothing", (metricName, comparisonOperator, threshold, instances) => {
  const alarms = found.filter((r) => r.inputs["metricName"] === metricName).map((r) => r.inputs);
  expect(alarms.map((alarm) => (alarm["dimensions"] as Record<string, string>)["DBInstanceIdentifier"])).toEqual(instances);
  for (const alarm of alarms) expect(alarm).toMatchObject({ namespace: "AWS/RDS", comparisonOperator, threshold, treatMissingData: "breaching", alarmActions: ["arn:topic:alarms"] });
});

it("tells of failover, failure and deletion by the service's own events", () => {
  const events = only(found, ":EventSubscription", "postgres-events");
  expect(events).toMatchObject({ snsTopic: "arn:topic:alarms", sourceType: "db-instance", sourceIds: INSTANCES });
  expect(events["eventCategories"]).toEqual(expect.arrayContaining(["availability", "deletion", "failover", "failure", "low storage"]));
});

it("describes its store", () => {
  expect(postgres.stores.map((store) => [store.name, store.dataClass])).toEqual([["shop-production-postgres", "database"]]);
});

it("refuses the blue/green update together with replicas", async () => {
  await expect(declared(() => { new Postgres("postgres", { ...POSTGRES, blueGreenUpdate: true }); })).rejects.toThrow("leaves the 2 replicas on the old primary");
});
