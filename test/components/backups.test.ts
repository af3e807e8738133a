import { expect, it } from "vitest";
import { Backups, type BackupsArgs } from "../../components/backups/index.ts";
import { jobs, only, PLACE, postgres, PROTECTED, statements } from "./dataFixtures.ts";
import { declared, type Declared } from "./mocks.ts";

const args = (): BackupsArgs => ({
  ...PLACE, protection: PROTECTED, copyRegion: "us-west-2", dumpSchedule: "0 1 * * *", drillSchedule: "0 5 * * 1", stateSchedule: "30 0 * * *", drillMaxAgeHours: 192,
  retentionDays: 90, rpoMinutes: 5, rtoMinutes: 30, jobs: jobs(), postgres: postgres(), databaseKeyArn: "arn:key:database", masterUsername: "golive_master",
  backupsBucket: { name: "shop-production-backups-123456789012", arn: "arn:aws:s3:::shop-production-backups-123456789012" }, buckets: [{ arn: "arn:aws:s3:::shop-production-files-123456789012" }],
  backupsKeyArn: "arn:key:backups", stateBucket: "shop-state-123456789012", projectName: "golive", stackName: "production", alarmTopicArn: "arn:topic:alarms", defaultTags: {},
});
const build = async () => await declared(() => { new Backups("backups", args()); });
const variables = (found: Declared[], job: string): Record<string, unknown> => {
  const spec = only(found, ":CronJob", job)["spec"] as { jobTemplate: { spec: { template: { spec: { containers: { env: { name: string; value: unknown }[] }[] } } } } };
  return Object.fromEntries((spec.jobTemplate.spec.template.spec.containers[0]?.env ?? []).map((variable) => [variable.name, variable.value]));
};

it("copies daily to a locked vault in another region", async () => {
  const found = await build();
  expect(only(found, ":Plan", "backups-plan")["rules"]).toMatchObject([{ lifecycle: { deleteAfter: 90 }, copyActions: [{ destinationVaultArn: "arn:aws:backup:us-west-2:123456789012:backup-vault:shop-production-backup-copy", lifecycle: { deleteAfter: 90 } }] }]);
  for (const vault of ["backups-vault", "backups-copy-vault"]) {
    expect(only(found, ":VaultLockConfiguration", `${vault}-lock`)).toMatchObject({ minRetentionDays: 7, maxRetentionDays: 90 });
    expect(only(found, ":VaultLockConfiguration", `${vault}-lock`)).not.toHaveProperty("changeableForDays");
  }
  expect(only(found, ":Selection", "backups-selection")["resources"]).toEqual(["arn:aws:rds:us-east-1:123456789012:db:shop-production-postgres", "arn:aws:s3:::shop-production-files-123456789012"]);
  expect(only(found, ":Key", "backups-copy-key")).toMatchObject({ enableKeyRotation: true, rotationPeriodInDays: 90 });
});

it("drills against the targets on a scratch instance that it alone may drop", async () => {
  const found = await build();
  expect(variables(found, "restore-drill")).toMatchObject({ RPO_MINUTES: "5", RTO_MINUTES: "30", DRILL_INSTANCE: "shop-production-drill", DB_INSTANCE: "shop-production-postgres" });
  const policy = statements(only(found, ":RolePolicy", "restore-drill-policy")["policy"]);
  expect(policy["DropScratch"]).toMatchObject({ Action: ["rds:ModifyDBInstance", "rds:DeleteDBInstance"], Resource: "arn:aws:rds:us-east-1:123456789012:db:shop-production-drill" });
  expect(found.filter((r) => r.inputs["metricName"] === "JobOverdue").map((r) => r.inputs["alarmDescription"])).toContainEqual(expect.stringContaining("192 hours"));
});

it("logs the dump in with TLS and IAM as a user that only reads, and writes to its folder alone", async () => {
  const found = await build();
  expect(variables(found, "database-dump")).toMatchObject({ PGUSER: "golive_backup", PGSSLMODE: "verify-full", KMS_KEY_ID: "arn:key:backups" });
  const policy = statements(only(found, ":RolePolicy", "database-dump-policy")["policy"]);
  expect(policy["WriteBackups"]?.["Resource"]).toBe("arn:aws:s3:::shop-production-backups-123456789012/dumps/*");
  expect(String(policy["LogIn"]?.["Resource"])).toMatch(/^arn:aws:rds-db:us-east-1:123456789012:dbuser:.*\/golive_backup$/);
  expect(statements(only(found, ":RolePolicy", "state-export-policy")["policy"])["ReadState"]?.["Resource"]).toBe("arn:aws:s3:::shop-state-123456789012/.pulumi/stacks/golive/production.json");
});

it("refuses a second region that is the first", async () => {
  await expect(declared(() => { new Backups("backups", { ...args(), copyRegion: "us-east-1" }); })).rejects.toThrow("the region itself");
});
