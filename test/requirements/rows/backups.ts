/** Requirements, section 1, row "backups and recovery". */
import { expect } from "vitest";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { byName, kept, statement } from "../facts.ts";

const row = "backups and recovery";
const JOB = "CronJob";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const PRIMARY: readonly [string, string] = ["aws:rds/instance:Instance", "postgres-primary"];
const BACKUPS = "shop-production-backups-123456789012";
const alarms = ["arn:aws:sns:us-east-1:123456789012:shop-production-alarms"];

function variables(p: Rendered, job: string): Record<string, unknown> {
  return byName(at(p.one(JOB, job).props, "spec.jobTemplate.spec.template.spec.containers[0].env"));
}

/** A script as the pod gets it, from the ConfigMap that the job mounts. */
function script(p: Rendered, job: string, file: string): string {
  const data = p.one("ConfigMap", `${job}-scripts`).props["data"] as Record<string, string>;
  return data[file] ?? "";
}

export const backups: Requirement[] = [
  kept(row, "RDS PITR", [[...PRIMARY, { backupRetentionPeriod: 35, backupWindow: "02:00-03:00", deleteAutomatedBackups: false, copyTagsToSnapshot: true }]]),
  kept(row, "nightly logical dump to the backups bucket", [
    [JOB, "database-dump", { "spec.schedule": "0 1 * * *", "spec.timeZone": "Etc/UTC", "spec.concurrencyPolicy": "Forbid", "spec.jobTemplate.spec.template.spec.containers[0].command": ["bash", "/scripts/database-dump.sh"] }],
    ["ConfigMap", "database-dump-scripts", {}],
  ], (p) => {
    expect(variables(p, "database-dump")).toMatchObject({ BUCKET: BACKUPS, PGDATABASE: "app", PGSSLMODE: "verify-full", PGUSER: "golive_backup" });
    expect(script(p, "database-dump", "database-dump.sh")).toContain("pg_dump");
  }),
  kept(row, "checksummed and encrypted", [
    [JOB, "database-dump", {}],
    ["ConfigMap", "database-dump-scripts", {}],
    ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "storage-backups-encryption", { "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm": "aws:kms" }],
  ], (p) => {
    expect(variables(p, "database-dump")).toMatchObject({ KMS_KEY_ID: expect.stringMatching(/^arn:aws:kms:us-east-1:123456789012:key\//) as unknown });
    expect(script(p, "database-dump", "database-dump.sh")).toContain("sha256sum");
    expect(script(p, "database-dump", "lib.sh")).toContain("--sse aws:kms --sse-kms-key-id");
  }),
  kept(row, "restore drill on a schedule that really restores and verifies", [
    [JOB, "restore-drill", { "spec.schedule": "0 5 * * 1", "spec.jobTemplate.spec.activeDeadlineSeconds": 14_400 }],
    ["ConfigMap", "restore-drill-scripts", {}],
    ["aws:iam/rolePolicy:RolePolicy", "restore-drill-policy", {}],
  ], (p) => {
    expect(variables(p, "restore-drill")).toMatchObject({ DB_INSTANCE: "shop-production-postgres", DRILL_INSTANCE: "shop-production-drill", BUCKET: BACKUPS });
    const drill = `${script(p, "restore-drill", "restore-drill.sh")}${script(p, "restore-drill", "scratch-instance.sh")}`;
    expect(drill).toContain("restore-db-instance-to-point-in-time");
    expect(drill).toContain("pg_restore");
    // Rows of every table and a hash over the schema, compared with what the dump wrote down.
    expect(script(p, "restore-drill", "fingerprint.sql")).toContain("sha256");
    expect(statement(p.one("aws:iam/rolePolicy:RolePolicy", "restore-drill-policy"), "DropScratch").Resource).toBe("arn:aws:rds:us-east-1:123456789012:db:shop-production-drill");
  }),
  kept(row, "and alarms when it has not succeeded", [
    [ALARM, "restore-drill-overdue", { metricName: "JobOverdue", namespace: "Golive/shop-production", dimensions: { Job: "restore-drill" }, threshold: 1, treatMissingData: "breaching", alarmActions: alarms }],
    [ALARM, "restore-drill-failed", { metricName: "JobFailed", dimensions: { Job: "restore-drill" }, threshold: 1, alarmActions: alarms }],
  ], (p) => expect(String(variables(p, "job-watch")["WATCHED"]).split(" ")).toContain("restore-drill=192")),
  kept(row, "AWS Backup plan with cross-region copy", [
    ["aws:backup/plan:Plan", "backups-plan", {
      "rules[0].schedule": "cron(0 6 * * ? *)", "rules[0].targetVaultName": "shop-production-backup", "rules[0].lifecycle": { deleteAfter: 90 },
      "rules[0].copyActions": [{ destinationVaultArn: "arn:aws:backup:us-west-2:123456789012:backup-vault:shop-production-backup-copy", lifecycle: { deleteAfter: 90 } }],
    }],
    ["aws:backup/selection:Selection", "backups-selection", { resources: ["arn:aws:rds:us-east-1:123456789012:db:shop-production-postgres", "arn:aws:s3:::shop-production-files-123456789012", "arn:aws:s3:::shop-production-archive-123456789012"] }],
    ["aws:backup/vault:Vault", "backups-vault", { name: "shop-production-backup" }],
    ["aws:backup/vault:Vault", "backups-copy-vault", { name: "shop-production-backup-copy", kmsKeyArn: expect.stringMatching(/^arn:aws:kms:us-west-2:/) as unknown }],
    ["aws:backup/vaultLockConfiguration:VaultLockConfiguration", "backups-vault-lock", { minRetentionDays: 7 }],
    ["aws:backup/vaultLockConfiguration:VaultLockConfiguration", "backups-copy-vault-lock", { minRetentionDays: 7 }],
    [ALARM, "backups-no-backup", { metricName: "NumberOfBackupJobsCompleted", evaluationPeriods: 26, period: 3600, treatMissingData: "breaching", alarmActions: alarms }],
  ]),
  kept(row, "configuration backup (stack state export)", [[JOB, "state-export", { "spec.schedule": "30 0 * * *" }]], (p) => {
    expect(variables(p, "state-export")).toMatchObject({ STATE_BUCKET: "example-pulumi-state", STATE_OBJECT: ".pulumi/stacks/golive/production.json", STACK: "production", BUCKET: BACKUPS });
  }),
  kept(row, "RPO ≤ 5 min", [[JOB, "restore-drill", {}]], (p) => expect(variables(p, "restore-drill")["RPO_MINUTES"]).toBe("5")),
  kept(row, "RTO ≤ 30 min", [[JOB, "restore-drill", {}]], (p) => expect(variables(p, "restore-drill")["RTO_MINUTES"]).toBe("30")),
  kept(row, "both measured by the drill", [[JOB, "restore-drill", {}], ["ConfigMap", "restore-drill-scripts", {}]], (p) => {
    const published = [...script(p, "restore-drill", "restore-drill.sh").matchAll(/\bmetric (\w+)/g)].map((match) => match[1]);
    expect(published).toEqual(expect.arrayContaining(["RecoveryPointSeconds", "RecoverySeconds"]));
  }),
];
