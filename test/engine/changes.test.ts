/** A changed value touches exactly the resources it should, and nothing beside them: applied, on both stacks. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSandbox, type Sandbox } from "../../sandbox/workspace/sandbox.ts";
import type { ConfigValue } from "../../sandbox/workspace/stackFile.ts";
import { applied } from "./helpers.ts";

/** What is set, and all that the update does. */
type Case = [values: Record<string, ConfigValue>, expected: string[]];

const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:${"1".repeat(64)}`;
/** The live color's image in Pulumi.staging.yaml. */
const STAGED = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:a847ec44f69d76eb00582d18450f285225ed503814b6b6e0e8734048b6f99c24";
/** Name of the job that runs an image's migrations: by content of image and command. */
const migrationsOf = (image: string) => `migrations-${createHash("sha256").update(JSON.stringify([image, ["node", "dist/migrate.js"]])).digest("hex").slice(0, 10)}`;
/** What belongs to a bucket beside the bucket. */
const BUCKET_PARTS = ["encryption", "lifecycle", "logging", "ownership", "policy", "public-access", "versioning"];

/** An alarm's threshold is a share of the instance's memory, so it follows the class. */
const resized = (...instances: string[]) => instances.flatMap((name) => [`update ${name}`, `update ${name}-FreeableMemory`]);

/** Each line stays in force when the next one is applied; the two stacks differ in what is changed, since each update takes seconds. */
const CASES: Record<string, Case[]> = {
  production: [
    [{ "postgres.instanceClass": "db.r5.xlarge" }, resized("postgres-primary", "postgres-replica-1", "postgres-replica-2")],
    [{ "ingress.requestsPerSecond": 20 }, ["update ingress-rate-limit"]],
    [{ "ingress.contentSecurityPolicy": "default-src 'none'" }, ["update edge-page-headers", "update edge-web-acl", "update ingress-virtual-server"]],
    [{ "edge.rateLimitPer5Minutes": 3000 }, ["update edge-web-acl"]],
    [{ "maintenance.vacuumSchedule": "0 5 * * 0" }, ["update vacuum"]],
    [{ "storage.backupRetentionDays": 120 }, ["update storage-backups-lifecycle", "update storage-backups-lock"]],
    // A launch template fixes the instance type of its group: new nodes come before the old ones go.
    [{ nodes: { general: { instanceType: "t3.xlarge", min: 3, desired: 3, max: 10, diskGib: 50 } } },
      ["replace cluster-nodes-general", "replace edge-attachment-general", "update cluster-nodes-general-cpu-alarm", "update cluster-nodes-general-status-alarm"]],
    // RDS takes the password only with a new version, and its secret gets it in the same update.
    [{ postgresMasterPassword: { secure: "another-password-of-32-characters" }, "postgres.masterPasswordVersion": 2 },
      ["replace postgres-master-secret-value", "update postgres-primary"]],
  ],
  staging: [
    [{ "postgres.instanceClass": "db.t4g.large" }, resized("postgres-primary", "postgres-replica-1")],
    [{ "network.natGateways": "perZone" }, ["create network-vpc-nat-b", "create network-vpc-nat-b-address", "update network-vpc-private-b-default"]],
    [{ "redis.nodeType": "cache.t4g.small" }, ["update redis-cache"]],
    // Migrations of the new image run before its pods come, and those of the image that no color has any more go.
    [{ "images.blue": IMAGE }, [`create ${migrationsOf(IMAGE)}`, `delete ${migrationsOf(STAGED)}`, "update image-scan", "update release-blue"]],
    [{ "storage.extraBuckets": { exports: { dataClass: "files" } } }, ["create storage-exports", ...BUCKET_PARTS.map((part) => `create storage-exports-${part}`)]],
    // Of one name are the group and its launch template, which gets a new version: disks belong to it, counts to the group. The
    // quota of the agents of logs holds one for each node.
    [{ nodes: { general: { instanceType: "t3.large", min: 4, desired: 4, max: 10, diskGib: 60 } } }, ["update cluster-nodes-general", "update cluster-nodes-general", "update logs-quota"]],
  ],
};

describe.each(Object.entries(CASES))("%s", (stack, cases) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ stack });
    await sandbox.up();
  });
  afterAll(() => sandbox.close());

  test.each(cases)("%j", async (values, expected) => {
    for (const [key, value] of Object.entries(values)) await sandbox.setConfig(`golive:${key}`, value);
    expect(await applied(sandbox)).toEqual(expected.toSorted());
  });

  test("after all of them nothing is left to do", async () => {
    const again = await sandbox.up({ expectNoChanges: true });
    expect(Object.keys(again.changes)).toEqual(["same"]);
  });
});
