/** Samples of areas/retentionBackups.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "retention/backup-plan": {
    scene: "backup",
    good: [{ set: { "plan:rules[0].lifecycle": undefined } }, { set: { "plan:rules[1].lifecycle.deleteAfter": 7 } }],
    bad: [
      { set: { "plan:rules[0].lifecycle.deleteAfter": 89 } },
      { set: { "plan:rules[1].enableContinuousBackup": false }, at: "plan:rules[1].lifecycle.deleteAfter" },
      { set: { "plan:rules[0].enableContinuousBackup": true }, at: "plan:rules", also: ["retention/backup-copies"] },
    ],
  },
  "retention/backup-copies": {
    scene: "backup",
    good: [{ set: { "plan:rules[0].copyActions[0].lifecycle": undefined } }, { set: { "plan:region": undefined } }],
    bad: [
      { set: { "plan:rules[0].copyActions": undefined }, at: "plan:rules" },
      { set: { "plan:rules[0].copyActions[0].destinationVaultArn": "arn:aws:backup:us-east-1:123456789012:backup-vault:vault-copy" }, at: "plan:rules" },
      { set: { "plan:region": "us-west-2" }, at: "plan:rules" },
      { set: { "plan:rules[0].copyActions[0].lifecycle.deleteAfter": 30 } },
    ],
  },
  "retention/vault-lock": {
    scene: "backup",
    good: [{ set: { "vault-lock:maxRetentionDays": undefined } }, { set: { "vault-lock:maxRetentionDays": 90 } }],
    bad: [
      { remove: ["vault-lock"], at: "vault:" },
      { set: { "vault-lock:backupVaultName": "other" }, at: "vault:" },
      { set: { "vault-lock:maxRetentionDays": 89 }, at: "vault:" },
    ],
  },
  "retention/database-in-plan": {
    scene: "database",
    good: [
      { set: { "selection:resources": ["*"] } },
      { set: { "selection:resources": ["arn:aws:rds:*"] } },
      { set: { "selection:resources": undefined, "selection:selectionTags": [{ type: "STRINGEQUALS", key: "data-class", value: "database" }] } },
    ],
    bad: [
      { remove: ["selection"], at: "db:" },
      { set: { "selection:resources[0]": "arn:aws:rds:us-east-1:123456789012:db:other" }, at: "db:" },
      { set: { "selection:resources[1]": undefined }, at: "aurora:" },
      { set: { "selection:resources": undefined, "selection:selectionTags": [{ type: "STRINGEQUALS", key: "data-class", value: "files" }] }, at: "db:" },
      { set: { "selection:resources": undefined, "selection:selectionTags": [{ type: "STRINGEQUALS", key: "backup", value: "daily" }] }, at: "db:" },
    ],
  },
  "retention/automated-backups": {
    scene: "database",
    bad: [{ set: { "db:deleteAutomatedBackups": undefined } }, { set: { "db:deleteAutomatedBackups": true } }, { set: { "aurora:deleteAutomatedBackups": undefined } }],
  },
  "retention/backups-bucket": {
    scene: "records",
    good: [
      { set: { "dumps:tags.data-class": "files" }, remove: ["dumps-lock"] },
      { set: { "dumps:objectLockConfiguration": { objectLockEnabled: "Enabled", rule: { defaultRetention: { mode: "GOVERNANCE", years: 1 } } } }, remove: ["dumps-lock"] },
      { set: { "dumps:$type": "aws:s3/bucketV2:BucketV2", "dumps:objectLockConfiguration": { objectLockEnabled: "Enabled", rules: [{ defaultRetentions: [{ mode: "GOVERNANCE", days: 90 }] }] } }, remove: ["dumps-lock"] },
    ],
    bad: [
      { remove: ["dumps-lock"], at: "dumps:" },
      { set: { "dumps-lock:rule": undefined }, at: "dumps:" },
      { set: { "dumps-lock:rule.defaultRetention.days": 89 }, at: "dumps:" },
      { set: { "dumps-lock:bucket": "shop-other-123456789012" }, at: "dumps:" },
    ],
  },
};
