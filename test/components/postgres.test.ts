import { expect, it } from "vitest";
import { Postgres } from "../../components/postgres/index.ts";
import { only, POSTGRES, postgres } from "./dataFixtures.ts";
import { declared } from "./mocks.ts";

const build = async () => await declared(() => { postgres(); });

it("declares an encrypted Multi-AZ primary with IAM login, PITR and deletion protection", async () => {
  const found = await build();
  expect(only(found, ":Instance", "postgres-primary")).toMatchObject({
    identifier: "shop-production-postgres", instanceClass: "db.r5.large", engine: "postgres", engineVersion: "16", multiAz: true, publiclyAccessible: false,
    storageEncrypted: true, kmsKeyId: "arn:key:database", backupRetentionPeriod: 35, deletionProtection: true, skipFinalSnapshot: false, finalSnapshotIdentifier: "shop-production-postgres-final",
    iamDatabaseAuthenticationEnabled: true, performanceInsightsEnabled: true, monitoringInterval: 30, autoMinorVersionUpgrade: true, passwordWoVersion: 1, maxAllocatedStorage: 500,
  });
  expect(only(found, ":Instance", "postgres-primary")).not.toHaveProperty("password");
  expect(found.find((r) => r.name === "postgres-primary")).toMatchObject({ protect: true });
});

it("spreads two replicas over the other zones, protected, encrypted", async () => {
  const found = await build();
  expect([1, 2].map((n) => only(found, ":Instance", `postgres-replica-${n}`))).toMatchObject([
    { availabilityZone: "us-east-1b", deletionProtection: true, storageEncrypted: true, replicateSourceDb: "shop-production-postgres" }, { availabilityZone: "us-east-1c" },
  ]);
  expect(found.filter((r) => r.name.startsWith("postgres-reader-name")).map((r) => r.inputs["name"])).toEqual(["postgres-ro.shop-production.internal", "postgres-ro.shop-production.internal"]);
});

it("forces TLS, keeps bound values out of logs, rotates its own master secret", async () => {
  const found = await build();
  const parameters = only(found, ":ParameterGroup", "postgres-parameters")["parameters"];
  expect(parameters).toEqual(expect.arrayContaining([{ name: "rds.force_ssl", value: "1" }, { name: "log_parameter_max_length", value: "0" }]));
  expect(only(found, ":SecretRotation", "postgres-rotation")).toMatchObject({ rotationRules: { automaticallyAfterDays: 30 }, rotationLambdaArn: "arn:aws:lambda:us-east-1:123456789012:function:shop-production-postgres-rotation" });
  expect(only(found, ":Secret", "postgres-master-secret")).toMatchObject({ kmsKeyId: "arn:key:secrets", recoveryWindowInDays: 30 });
});

it("lets named clients and the rotation in, on the port alone", async () => {
  const rules = (await build()).filter((r) => r.type.endsWith(":SecurityGroupIngressRule"));
  expect(rules.map((r) => r.inputs["fromPort"])).toEqual([5432, 5432]);
  expect(rules.map((r) => r.inputs["referencedSecurityGroupId"])).toContain("sg-nodes");
  expect(rules.every((r) => r.inputs["cidrIpv4"] === undefined && String(r.inputs["description"]).length > 0)).toBe(true);
});

it("refuses the blue/green update together with replicas", async () => {
  await expect(declared(() => { new Postgres("postgres", { ...POSTGRES, blueGreenUpdate: true }); })).rejects.toThrow("leaves the 2 replicas on the old primary");
});
