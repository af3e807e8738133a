import type { SampleResource } from "../../../policies/samples/sample.ts";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666";
const COPY_KEY = "arn:aws:kms:us-west-2:123456789012:key/1a2b3c4d-5555-4666-8777-888899990000";
const MONITORING = { monitoringInterval: 30, monitoringRoleArn: "arn:aws:iam::123456789012:role/monitoring" };
const INSIGHTS = { performanceInsightsEnabled: true, performanceInsightsKmsKeyId: KEY };
const INSTANCE = {
  instanceClass: "db.r5.large", parameterGroupName: "parameters", vpcSecurityGroupIds: ["sg-0123456789abcdef0"], publiclyAccessible: false, storageEncrypted: true,
  caCertIdentifier: "rds-ca-rsa2048-g1", iamDatabaseAuthenticationEnabled: true, autoMinorVersionUpgrade: true, copyTagsToSnapshot: true,
  deletionProtection: true, ...MONITORING, ...INSIGHTS,
};
const STORE = {
  storageEncrypted: true, kmsKeyId: KEY, backupRetentionPeriod: 35, deletionProtection: true, skipFinalSnapshot: false,
  dbSubnetGroupName: "data", vpcSecurityGroupIds: ["sg-0123456789abcdef0"],
};
const AURORA_INSTANCE = {
  clusterIdentifier: "aurora", engine: "aurora-postgresql", instanceClass: "db.r6g.large", publiclyAccessible: false, caCertIdentifier: "rds-ca-rsa2048-g1",
  autoMinorVersionUpgrade: true, ...MONITORING, ...INSIGHTS,
};

/** Every kind of database, with what belongs to it. */
export const database: readonly SampleResource[] = [
  {
    type: "aws:rds/instance:Instance", name: "db", protect: true,
    props: {
      tags: { "data-class": "database" },
      ...INSTANCE, ...STORE, identifier: "db", engine: "postgres", engineVersion: "16", allocatedStorage: 100, multiAz: true, username: "app_master",
      deleteAutomatedBackups: false, finalSnapshotIdentifier: "db-final", enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    },
  },
  {
    type: "aws:rds/instance:Instance", name: "replica", protect: true,
    props: { tags: { "data-class": "database" }, ...INSTANCE, identifier: "replica", replicateSourceDb: "db", skipFinalSnapshot: true, enabledCloudwatchLogsExports: ["postgresql", "upgrade"] },
  },
  {
    type: "aws:rds/parameterGroup:ParameterGroup", name: "parameters",
    props: { name: "parameters", family: "postgres16", parameters: [{ name: "rds.force_ssl", value: "1" }, { name: "log_connections", value: "1" }] },
  },
  {
    type: "aws:rds/cluster:Cluster", name: "aurora", protect: true,
    props: {
      tags: { "data-class": "database" },
      ...STORE, clusterIdentifier: "aurora", engine: "aurora-postgresql", engineVersion: "16.6", masterUsername: "app_master", finalSnapshotIdentifier: "aurora-final",
      deleteAutomatedBackups: false, iamDatabaseAuthenticationEnabled: true, dbClusterParameterGroupName: "aurora-parameters", enabledCloudwatchLogsExports: ["postgresql"],
      copyTagsToSnapshot: true,
    },
  },
  { type: "aws:rds/clusterInstance:ClusterInstance", name: "aurora-1", protect: true, props: { tags: { "data-class": "database" }, ...AURORA_INSTANCE, identifier: "aurora-1" } },
  { type: "aws:rds/clusterInstance:ClusterInstance", name: "aurora-2", protect: true, props: { tags: { "data-class": "database" }, ...AURORA_INSTANCE, identifier: "aurora-2" } },
  {
    type: "aws:rds/clusterParameterGroup:ClusterParameterGroup", name: "aurora-parameters",
    props: { name: "aurora-parameters", family: "aurora-postgresql16", parameters: [{ name: "rds.force_ssl", value: "1" }] },
  },
  { type: "aws:rds/globalCluster:GlobalCluster", name: "global", protect: true, props: { tags: { "data-class": "database" }, globalClusterIdentifier: "global", engine: "aurora-postgresql", storageEncrypted: true, deletionProtection: true } },
  {
    type: "aws:rds/snapshotCopy:SnapshotCopy", name: "snapshot-copy", protect: true,
    props: { tags: { "data-class": "database" }, sourceDbSnapshotIdentifier: "arn:aws:rds:us-east-1:123456789012:snapshot:db-1", targetDbSnapshotIdentifier: "db-1", kmsKeyId: COPY_KEY },
  },
  {
    type: "aws:docdb/cluster:Cluster", name: "documents", protect: true,
    props: { tags: { "data-class": "database" }, ...STORE, clusterIdentifier: "documents", engine: "docdb", engineVersion: "5.0.0", masterUsername: "app_master", finalSnapshotIdentifier: "documents-final", enabledCloudwatchLogsExports: ["audit"] },
  },
  {
    type: "aws:neptune/cluster:Cluster", name: "graph", protect: true,
    props: {
      tags: { "data-class": "database" },
      clusterIdentifier: "graph", engine: "neptune", engineVersion: "1.4.5.0", storageEncrypted: true, kmsKeyArn: KEY, backupRetentionPeriod: 35, deletionProtection: true,
      skipFinalSnapshot: false, finalSnapshotIdentifier: "graph-final", neptuneSubnetGroupName: "data", vpcSecurityGroupIds: ["sg-0123456789abcdef0"],
      iamDatabaseAuthenticationEnabled: true, enableCloudwatchLogsExports: ["audit"],
    },
  },
  {
    type: "aws:redshift/cluster:Cluster", name: "warehouse", protect: true,
    props: {
      tags: { "data-class": "database" },
      clusterIdentifier: "warehouse", nodeType: "ra3.large", numberOfNodes: 2, clusterType: "multi-node", publiclyAccessible: false, encrypted: "true", kmsKeyId: KEY,
      clusterSubnetGroupName: "data", enhancedVpcRouting: true, skipFinalSnapshot: false, finalSnapshotIdentifier: "warehouse-final", automatedSnapshotRetentionPeriod: 35,
    },
  },
  {
    type: "aws:dynamodb/table:Table", name: "table", protect: true,
    props: {
      tags: { "data-class": "database" },
      name: "table", hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST", deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true }, serverSideEncryption: { enabled: true, kmsKeyArn: KEY },
      replicas: [{ regionName: "us-west-2", kmsKeyArn: COPY_KEY, pointInTimeRecovery: true, deletionProtectionEnabled: true }],
    },
  },
  {
    type: "aws:rds/proxy:Proxy", name: "proxy",
    props: {
      name: "proxy", engineFamily: "POSTGRESQL", requireTls: true, roleArn: "arn:aws:iam::123456789012:role/proxy", vpcSubnetIds: ["subnet-0123456789abcdef0"],
      auths: [{ authScheme: "SECRETS", iamAuth: "REQUIRED", secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf" }],
    },
  },
  {
    type: "aws:backup/selection:Selection", name: "selection",
    props: {
      name: "data", planId: "aebdf147-95de-4522-a628-f3a53e18f177", iamRoleArn: "arn:aws:iam::123456789012:role/backup",
      resources: ["arn:aws:rds:us-east-1:123456789012:db:db", "arn:aws:rds:us-east-1:123456789012:cluster:*"],
    },
  },
];
