import { beforeAll, expect, it } from "vitest";
import { Backups, type BackupsArgs } from "../../components/backups/index.ts";
import type { DataStore } from "../../components/component.ts";
import { processingRegister } from "../../components/privacy.ts";
import { cronJob, cronJobNames, IMAGE, jobs, only, openPorts, PLACE, postgres, PROTECTED, statements, unlimitedSids, wildcardActions } from "./dataFixtures.ts";
import { declared, type Declared } from "./mocks.ts";

const args = (): BackupsArgs => ({
  ...PLACE, protection: PROTECTED, copyRegion: "us-west-2", dumpSchedule: "0 1 * * *", drillSchedule: "0 5 * * 1", stateSchedule: "30 0 * * *", drillMaxAgeHours: 192,
  retentionDays: 90, rpoMinutes: 5, rtoMinutes: 30, jobs: jobs(), postgres: postgres(), databaseKeyArn: "arn:key:database", masterUsername: "golive_master",
  backupsBucket: { name: "shop-production-backups-123456789012", arn: "arn:aws:s3:::shop-production-backups-123456789012" }, buckets: [{ arn: "arn:aws:s3:::shop-production-files-123456789012" }],
  backupsKeyArn: "arn:key:backups", stateBucket: "shop-state-123456789012", projectName: "golive", stackName: "production", alarmTopicArn: "arn:topic:alarms", defaultTags: { app: "shop" },
});
const BUCKET = "arn:aws:s3:::shop-production-backups-123456789012";
const policyOf = (job: string) => statements(only(found, ":RolePolicy", `${job}-policy`)["policy"]);

let found: Declared[];
let stores: DataStore[] = [];
/** Arguments with the jobs and the database of the first declaration, which the later ones share. */
let base: BackupsArgs;

beforeAll(async () => {
  found = await declared(() => {
    base = args();
    stores = new Backups("backups", base).stores;
  });
});

it("copies daily to a vault in another region, both locked for the retention", () => {
  expect(only(found, ":Plan", "backups-plan")["rules"]).toMatchObject([{
    schedule: "cron(0 6 * * ? *)", targetVaultName: "shop-production-backup", lifecycle: { deleteAfter: 90 },
    copyActions: [{ destinationVaultArn: "arn:aws:backup:us-west-2:123456789012:backup-vault:shop-production-backup-copy", lifecycle: { deleteAfter: 90 } }],
  }]);
  for (const vault of ["backups-vault", "backups-copy-vault"]) {
    expect(only(found, ":VaultLockConfiguration", `${vault}-lock`)).toMatchObject({ minRetentionDays: 7, maxRetentionDays: 90 });
    expect(only(found, ":VaultLockConfiguration", `${vault}-lock`)).not.toHaveProperty("changeableForDays");
    expect(found.find((r) => r.name === vault)).toMatchObject({ protect: true, retainOnDelete: true });
    const policy = statements(only(found, ":VaultPolicy", `${vault}-policy`)["policy"]);
    expect(policy["DenyDeletion"]).toMatchObject({ Effect: "Deny", Principal: "*", Action: ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"] });
    // Roles of the stack can not open the vault; an administrator from outside of it can.
    const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
    expect(policy["DenyOpeningByOwnRoles"]).toMatchObject({
      Effect: "Deny", Action: ["backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"],
      Condition: { ArnLike: { "aws:PrincipalArn": role("shop-production-*") }, ArnNotEquals: { "aws:PrincipalArn": [role("shop-production-break-glass"), role("shop-production-deploy")] } },
    });
  }
  expect(only(found, ":Selection", "backups-selection")["resources"]).toEqual(["arn:aws:rds:us-east-1:123456789012:db:shop-production-postgres", "arn:aws:s3:::shop-production-files-123456789012"]);
});

it("leaves vaults with lock, policy and key in the account, whatever the stack keeps of the rest", async () => {
  const resources = await declared(() => { new Backups("backups", { ...base, protection: { protect: false, retainOnDelete: false } }); });
  const stays = resources.filter((r) => r.retainOnDelete).map((r) => r.name).sort();
  expect(stays).toEqual(["backups-copy-key", ...["backups-copy-vault", "backups-vault"].flatMap((vault) => [vault, `${vault}-lock`, `${vault}-policy`])]);
});

it("encrypts both vaults, the copies with a key of the second region that rotates", () => {
  expect(only(found, ":Vault", "backups-vault")["kmsKeyArn"]).toBe("arn:key:backups");
  expect(only(found, ":Vault", "backups-copy-vault")["kmsKeyArn"]).toBe("arn:aws:mock:us-east-1:123456789012:backups-copy-key");
  expect(only(found, ":Key", "backups-copy-key")).toMatchObject({ enableKeyRotation: true, rotationPeriodInDays: 90, deletionWindowInDays: 30 });
  expect(only(found, "pulumi:providers:aws", "backups-copy-region")).toMatchObject({ region: "us-west-2" });
  expect(statements(only(found, ":Key", "backups-copy-key")["policy"])["UseThroughBackup"]).toMatchObject({ Condition: { StringEquals: { "kms:CallerAccount": "123456789012", "kms:ViaService": ["backup.us-west-2.amazonaws.com", "rds.us-west-2.amazonaws.com", "s3.us-west-2.amazonaws.com"] } } });
});

it("tells of failed jobs and of a day without a backup", () => {
  expect(only(found, ":VaultNotifications", "backups-notifications")).toMatchObject({ snsTopicArn: "arn:topic:alarms", backupVaultEvents: ["BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "COPY_JOB_FAILED", "RESTORE_JOB_FAILED"] });
  expect(only(found, ":MetricAlarm", "backups-no-backup")).toMatchObject({ namespace: "AWS/Backup", metricName: "NumberOfBackupJobsCompleted", threshold: 1, period: 3600, evaluationPeriods: 26, treatMissingData: "breaching", alarmActions: ["arn:topic:alarms"] });
});

it("runs dump, drill and state export on their schedules from the image by digest", () => {
  expect(cronJobNames(found)).toEqual(["database-dump", "restore-drill", "state-export"]);
  expect(Object.fromEntries(cronJobNames(found).map((name) => [name, cronJob(found, name).schedule]))).toEqual({ "database-dump": "0 1 * * *", "restore-drill": "0 5 * * 1", "state-export": "30 0 * * *" });
  for (const name of cronJobNames(found)) expect(cronJob(found, name).pod.containers.map((container) => container.image)).toEqual([IMAGE]);
  expect(Object.fromEntries(cronJobNames(found).map((name) => [name, openPorts(found, name)]))).toEqual({ "database-dump": [80, 443, 5432], "restore-drill": [80, 443, 5432], "state-export": [80, 443] });
});

it("drills against the targets on a scratch instance that it alone may drop", () => {
  expect(cronJob(found, "restore-drill").env).toMatchObject({ RPO_MINUTES: "5", RTO_MINUTES: "30", DRILL_INSTANCE: "shop-production-drill", DB_INSTANCE: "shop-production-postgres", DRILL_PARAMETER_GROUP: "shop-production-postgres-16", PGUSER: "golive_master" });
  const policy = policyOf("restore-drill");
  expect(policy["DropScratch"]).toMatchObject({ Action: ["rds:ModifyDBInstance", "rds:DeleteDBInstance"], Resource: "arn:aws:rds:us-east-1:123456789012:db:shop-production-drill" });
  expect(policy["WriteBackups"]).toMatchObject({ Action: ["s3:PutObject"], Resource: `${BUCKET}/drills/*` });
  expect(policy["ReadBackups"]).toMatchObject({ Action: "s3:GetObject", Resource: `${BUCKET}/dumps/*` });
  expect(only(found, ":MetricAlarm", "restore-drill-overdue")["alarmDescription"]).toContain("192 hours");
});

it("logs the dump in with TLS and IAM as a user that only reads, and writes to its folder alone", () => {
  expect(cronJob(found, "database-dump").env).toMatchObject({ PGUSER: "golive_backup", PGSSLMODE: "verify-full", PGSSLROOTCERT: "/etc/ssl/rds/global-bundle.pem", KMS_KEY_ID: "arn:key:backups", BUCKET: "shop-production-backups-123456789012" });
  expect(cronJob(found, "database-dump").env).not.toHaveProperty("PGPASSWORD");
  const policy = policyOf("database-dump");
  expect(policy["WriteBackups"]?.["Resource"]).toBe(`${BUCKET}/dumps/*`);
  expect(policy["EncryptBackups"]).toMatchObject({ Resource: "arn:key:backups", Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } } });
  expect(String(policy["LogIn"]?.["Resource"])).toMatch(/^arn:aws:rds-db:us-east-1:123456789012:dbuser:.*\/golive_backup$/);
});

it("lets the state export read one object, and decrypt only where the state has a key", async () => {
  expect(policyOf("state-export")["ReadState"]).toMatchObject({ Action: "s3:GetObject", Resource: "arn:aws:s3:::shop-state-123456789012/.pulumi/stacks/golive/production.json" });
  expect(policyOf("state-export")).not.toHaveProperty("DecryptState");
  const keyed = await declared(() => { new Backups("backups", { ...base, stateKeyArn: "arn:key:state" }); });
  expect(statements(only(keyed, ":RolePolicy", "state-export-policy")["policy"])["DecryptState"]).toMatchObject({ Action: "kms:Decrypt", Resource: "arn:key:state" });
});

it("gives every job a role without wildcard actions; only metrics know no resource", () => {
  expect(wildcardActions(found)).toEqual([]);
  expect(unlimitedSids(found)).toEqual(["WriteOwnMetrics"]);
  expect(policyOf("database-dump")["WriteOwnMetrics"]).toMatchObject({ Action: "cloudwatch:PutMetricData", Condition: { StringEquals: { "cloudwatch:namespace": "Golive/shop-production" } } });
  expect(statements(only(found, ":Role", "backups-role")["assumeRolePolicy"])["ServiceOfThisAccount"]).toMatchObject({ Principal: { Service: "backup.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } });
});

it("describes both vaults for the processing register", () => {
  const register = processingRegister({ prefix: "shop-production", controller: "Example", contact: "privacy@example.com", erasureDays: 30, region: "us-east-1", stores });
  expect(register.stores.map((store) => [store.name, store.dataClass, store.retention])).toEqual([["shop-production-backup", "backups", "90 days, locked."], ["shop-production-backup-copy", "backups", "90 days, locked."]]);
  expect(stores.map((store) => store.content)).toEqual(["us-east-1", "us-west-2"].map((region) => `Recovery points of the database and of 1 buckets, in ${region}.`));
});

it.each([
  [{ copyRegion: "us-east-1" }, "the region itself"],
  [{ masterUsername: "Robert'); drop" }, "is not a database user"],
])("refuses %j", async (change, message) => {
  await expect(declared(() => { new Backups("backups", { ...base, ...change }); })).rejects.toThrow(message);
});
