/** A changed value touches exactly the resources it should, and nothing beside them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type Sandbox } from "../../sandbox/workspace/sandbox.ts";
import type { ConfigValue } from "../../sandbox/workspace/stackFile.ts";
import { changes } from "./helpers.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ stack: "production" });
  await sandbox.up();
});
afterAll(() => sandbox.close());

const instances = ["postgres-primary", "postgres-replica-1", "postgres-replica-2"];

/** Key, another value, the value it had (undefined: the profile's), and what must change; each line is previewed by itself. */
const CASES: [key: string, value: ConfigValue, before: ConfigValue | undefined, expected: string[]][] = [
  // An alarm's threshold is a share of the instance's memory, so it follows the class.
  ["postgres.instanceClass", "db.r5.xlarge", undefined, instances.flatMap((name) => [`update ${name}`, `update ${name}-FreeableMemory`])],
  ["ingress.requestsPerSecond", 20, undefined, ["update ingress-rate-limit"]],
  ["ingress.contentSecurityPolicy", "default-src 'none'", undefined, ["update edge-page-headers", "update edge-web-acl", "update ingress-virtual-server"]],
  ["edge.rateLimitPer5Minutes", 3000, undefined, ["update edge-web-acl"]],
  ["maintenance.vacuumSchedule", "0 5 * * 0", undefined, ["update vacuum"]],
  ["storage.backupRetentionDays", 120, undefined, ["update storage-backups-lifecycle", "update storage-backups-lock"]],
  // A launch template fixes the instance type of its group: new nodes come before the old ones go.
  ["nodes", { general: { instanceType: "t3.xlarge", min: 3, desired: 3, max: 10, diskGib: 50 } }, undefined,
    ["replace cluster-nodes-general", "replace edge-attachment-general", "update cluster-nodes-general-cpu-alarm", "update cluster-nodes-general-status-alarm"]],
];

test.each(CASES)("%s → %j", async (key, value, before, expected) => {
  await sandbox.setConfig(`golive:${key}`, value);
  try {
    expect(await changes(sandbox)).toEqual(expected.toSorted());
  } finally {
    await sandbox.setConfig(`golive:${key}`, before);
  }
});

test("the new database password is written once, by its version, and shows in no plan", async () => {
  await sandbox.setConfig("golive:postgresMasterPassword", { secure: "another-password-of-32-characters" });
  const withoutVersion = await changes(sandbox);
  expect(withoutVersion.filter((change) => change.startsWith("replace"))).toEqual([]);
  await sandbox.setConfig("golive:postgres.masterPasswordVersion", 2);
  expect(await changes(sandbox)).toContain("update postgres-primary");
});
