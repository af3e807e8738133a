import type { SampleResource } from "../../../policies/samples/sample.ts";

/** A locked vault, and a plan that keeps recovery points in it and in a second region. */
export const backup: readonly SampleResource[] = [
  { type: "aws:backup/vault:Vault", name: "vault", protect: true, props: { tags: { "data-class": "backups" }, name: "vault", kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666", forceDestroy: false } },
  { type: "aws:backup/vaultLockConfiguration:VaultLockConfiguration", name: "vault-lock", props: { backupVaultName: "vault", minRetentionDays: 7, maxRetentionDays: 365 } },
  {
    type: "aws:backup/plan:Plan", name: "plan",
    props: {
      name: "daily", region: "us-east-1",
      rules: [
        {
          ruleName: "daily", targetVaultName: "vault", schedule: "cron(0 6 * * ? *)", lifecycle: { deleteAfter: 90 },
          copyActions: [{ destinationVaultArn: "arn:aws:backup:us-west-2:123456789012:backup-vault:vault-copy", lifecycle: { deleteAfter: 90 } }],
        },
        { ruleName: "continuous", targetVaultName: "vault", enableContinuousBackup: true, schedule: "cron(0 7 * * ? *)", lifecycle: { deleteAfter: 35 } },
      ],
    },
  },
];
