/** Samples of areas/databaseAvailability.ts. */
import type { Samples } from "./sample.ts";

/** In samples: what a Multi-AZ cluster says itself, and Aurora leaves to its instances. */
const INSIGHTS = { "aurora:performanceInsightsEnabled": true, "aurora:performanceInsightsKmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666" };

const MONITORING = { "aurora:monitoringInterval": 60, "aurora:monitoringRoleArn": "arn:aws:iam::123456789012:role/monitoring" };

export const samples: Samples = {
  "database/multi-az": {
    scene: "database",
    bad: [{ set: { "db:multiAz": false } }, { set: { "db:multiAz": undefined } }],
  },
  "database/aurora-standby": {
    scene: "database",
    good: [{ set: { "aurora:dbClusterInstanceClass": "db.m6gd.large", ...INSIGHTS, ...MONITORING }, remove: ["aurora-1", "aurora-2"] }],
    bad: [{ remove: ["aurora-2"], at: "aurora:" }, { remove: ["aurora-1", "aurora-2"], at: "aurora:" }, { set: { "aurora-2:clusterIdentifier": "other" }, at: "aurora:" }],
  },
  "database/deletion-protection": {
    scene: "database",
    bad: [
      { set: { "db:deletionProtection": false } },
      { set: { "db:deletionProtection": undefined } },
      { set: { "aurora:deletionProtection": undefined } },
      { set: { "documents:deletionProtection": undefined } },
      { set: { "graph:deletionProtection": undefined } },
      { set: { "global:deletionProtection": undefined } },
    ],
  },
  "database/final-snapshot": {
    scene: "database",
    good: [{ set: { "db:skipFinalSnapshot": undefined } }],
    bad: [
      { set: { "db:skipFinalSnapshot": true } },
      { set: { "db:finalSnapshotIdentifier": undefined } },
      { set: { "aurora:skipFinalSnapshot": true } },
      { set: { "documents:skipFinalSnapshot": true } },
      { set: { "graph:skipFinalSnapshot": true } },
      { set: { "warehouse:skipFinalSnapshot": true } },
    ],
  },
  "database/point-in-time-recovery": {
    scene: "database",
    bad: [
      { set: { "db:backupRetentionPeriod": 6 } },
      { set: { "db:backupRetentionPeriod": undefined } },
      { set: { "aurora:backupRetentionPeriod": undefined } },
      { set: { "documents:backupRetentionPeriod": 1 } },
      { set: { "graph:backupRetentionPeriod": 1 } },
      { set: { "table:pointInTimeRecovery.enabled": false } },
      { set: { "table:replicas[0].pointInTimeRecovery": undefined } },
      { set: { "table:$type": "aws:dynamodb/tableReplica:TableReplica", "table:pointInTimeRecovery": undefined, "table:kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666" }, at: "table:pointInTimeRecovery" },
    ],
  },
  "database/blue-green-with-replicas": {
    scene: "database",
    good: [{ set: { "db:blueGreenUpdate": { enabled: true } }, remove: ["replica"] }, { set: { "db:blueGreenUpdate": { enabled: false } } }],
    bad: [
      { set: { "db:blueGreenUpdate": { enabled: true } }, at: "db:blueGreenUpdate.enabled" },
      { set: { "db:blueGreenUpdate": { enabled: true }, "replica:replicateSourceDb": "arn:aws:rds:us-east-1:123456789012:db:db", "replica:kmsKeyId": "arn:aws:kms:us-west-2:123456789012:key/1a2b3c4d-5555-4666-8777-888899990000" }, at: "db:blueGreenUpdate.enabled" },
    ],
  },
  "database/minor-upgrades": {
    scene: "database",
    good: [{ set: { "db:autoMinorVersionUpgrade": undefined } }],
    bad: [
      { set: { "db:autoMinorVersionUpgrade": false } },
      { set: { "aurora:autoMinorVersionUpgrade": false } },
      { set: { "aurora-1:autoMinorVersionUpgrade": false } },
      { set: { "aurora-1:$type": "aws:neptune/clusterInstance:ClusterInstance", "aurora-1:autoMinorVersionUpgrade": false, "aurora:dbClusterInstanceClass": "db.m6gd.large", ...INSIGHTS, ...MONITORING }, at: "aurora-1:autoMinorVersionUpgrade" },
    ],
  },
  "database/major-version": {
    scene: "database",
    bad: [{ set: { "db:engineVersion": undefined } }, { set: { "aurora:engineVersion": undefined } }, { set: { "documents:engineVersion": undefined } }, { set: { "graph:engineVersion": undefined } }],
  },
  "database/enhanced-monitoring": {
    scene: "database",
    bad: [
      { set: { "db:monitoringInterval": 0 } },
      { set: { "db:monitoringInterval": undefined } },
      { set: { "db:monitoringRoleArn": undefined } },
      { set: { "replica:monitoringInterval": 0 } },
      { set: { "aurora-1:monitoringInterval": undefined } },
      { set: { "aurora:dbClusterInstanceClass": "db.m6gd.large", "aurora:monitoringInterval": 60, ...INSIGHTS }, at: "aurora:monitoringRoleArn" },
    ],
  },
};
