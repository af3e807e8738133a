/** Samples of areas/databaseAccess.ts. */
import type { Samples } from "./sample.ts";

/** Parameters of DocumentDB. */
function documentParameters(...parameters: object[]) {
  return { type: "aws:docdb/clusterParameterGroup:ClusterParameterGroup", name: "document-parameters", props: { family: "docdb5.0", parameters } };
}

export const samples: Samples = {
  "database/private": {
    scene: "database",
    good: [{ set: { "db:publiclyAccessible": undefined } }],
    bad: [{ set: { "db:publiclyAccessible": true } }, { set: { "replica:publiclyAccessible": true } }, { set: { "aurora-1:publiclyAccessible": true } }],
  },
  "database/subnet-group": {
    scene: "database",
    bad: [
      { set: { "db:dbSubnetGroupName": undefined } },
      { set: { "db:dbSubnetGroupName": "default" } },
      { set: { "aurora:dbSubnetGroupName": undefined } },
      { set: { "documents:dbSubnetGroupName": undefined } },
      { set: { "graph:neptuneSubnetGroupName": undefined } },
    ],
  },
  "database/snapshots-private": {
    scene: "database",
    good: [{ set: { "snapshot-copy:sharedAccounts": ["210987654321"] } }],
    bad: [
      { set: { "snapshot-copy:sharedAccounts": ["210987654321", "all"] } },
      { set: { "snapshot-copy:$type": "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy", "snapshot-copy:sharedAccounts": ["all"] }, at: "snapshot-copy:sharedAccounts" },
      { set: { "snapshot-copy:$type": "aws:rds/snapshot:Snapshot", "snapshot-copy:sharedAccounts": ["all"] }, at: "snapshot-copy:sharedAccounts" },
      { set: { "snapshot-copy:$type": "aws:rds/clusterSnapshot:ClusterSnapshot", "snapshot-copy:sharedAccounts": ["all"] }, at: "snapshot-copy:sharedAccounts" },
    ],
  },
  "database/iam-authentication": {
    scene: "database",
    bad: [
      { set: { "db:iamDatabaseAuthenticationEnabled": false } },
      { set: { "replica:iamDatabaseAuthenticationEnabled": undefined } },
      { set: { "aurora:iamDatabaseAuthenticationEnabled": undefined } },
      { set: { "graph:iamDatabaseAuthenticationEnabled": undefined } },
    ],
  },
  "database/managed-password-with-replicas": {
    scene: "database",
    good: [{ set: { "db:manageMasterUserPassword": true }, remove: ["replica"] }, { set: { "db:manageMasterUserPassword": false } }],
    bad: [{ set: { "db:manageMasterUserPassword": true } }, { set: { "db:identifier": "main", "db:manageMasterUserPassword": true, "replica:replicateSourceDb": "main" }, at: "db:manageMasterUserPassword" }],
  },
  "database/tls-parameter": {
    scene: "database",
    good: [
      { set: { "replica:parameterGroupName": undefined } },
      { set: { "db:engine": "oracle-ee", "db:parameterGroupName": undefined, "db:enabledCloudwatchLogsExports": ["alert"] } },
      { set: { "db:engine": "db2-ae", "db:parameterGroupName": undefined, "db:enabledCloudwatchLogsExports": ["diag.log"] } },
      { set: { "parameters:family": "sqlserver-se-16.0", "db:engine": "sqlserver-se", "db:enabledCloudwatchLogsExports": ["error"] } },
      ...["mysql8.4", "mariadb11.4"].map((family) => ({ set: { "parameters:family": family, "parameters:parameters": [{ name: "require_secure_transport", value: "1" }], "db:engine": "mysql", "db:enabledCloudwatchLogsExports": ["error"] } })),
      { set: { "aurora-parameters:family": "aurora-mysql8.0", "aurora-parameters:parameters": [{ name: "require_secure_transport", value: "ON" }], "aurora:engine": "aurora-mysql", "aurora:enabledCloudwatchLogsExports": ["error"] } },
      { set: { "parameters:family": "custom-oracle-ee-19", "parameters:parameters": [] } },
      { add: [documentParameters({ name: "audit_logs", value: "disabled" }, { name: "tls", value: "tls1.2+" })] },
    ],
    bad: [
      { set: { "parameters:parameters[0].value": "0" }, at: "db:parameterGroupName" },
      { set: { "parameters:parameters[0].name": "log_connections" }, at: "db:parameterGroupName" },
      { set: { "parameters:parameters": undefined }, at: "db:parameterGroupName" },
      { set: { "parameters:family": "sqlserver-se-16.0", "parameters:parameters": undefined }, at: "db:parameterGroupName" },
      { set: { "parameters:family": "mysql8.4" }, at: "db:parameterGroupName" },
      { set: { "parameters:family": "mariadb11.4" }, at: "db:parameterGroupName" },
      { set: { "proxy:requireTls": false } },
      { set: { "proxy:requireTls": undefined } },
      { set: { "db:parameterGroupName": undefined } },
      { set: { "db:parameterGroupName": "default.postgres16" } },
      { set: { "replica:parameterGroupName": "default.postgres16" } },
      { set: { "aurora-parameters:parameters[0].value": "0" }, at: "aurora:dbClusterParameterGroupName" },
      { set: { "aurora-parameters:family": "aurora-mysql8.0" }, at: "aurora:dbClusterParameterGroupName" },
      { set: { "aurora:dbClusterParameterGroupName": undefined } },
      { remove: ["parameters"], at: "db:parameterGroupName" },
      { add: [documentParameters({ name: "audit_logs", value: "enabled" }, { name: "tls", value: "disabled" })], at: "document-parameters:parameters[1].value" },
    ],
  },
  "database/ca-certificate": {
    scene: "database",
    good: [{ set: { "db:caCertIdentifier": undefined } }, { set: { "db:caCertIdentifier": "rds-ca-rsa4096-g1" } }, { set: { "db:caCertIdentifier": "rds-ca-ecc384-g1" } }],
    bad: [{ set: { "db:caCertIdentifier": "rds-ca-2019" } }, { set: { "aurora-1:caCertIdentifier": "rds-ca-2019" } }, { set: { "aurora:caCertificateIdentifier": "rds-ca-2019" } }],
  },
  "database/performance-insights": {
    scene: "database",
    bad: [
      { set: { "db:performanceInsightsEnabled": false } },
      { set: { "db:performanceInsightsEnabled": undefined } },
      { set: { "db:performanceInsightsKmsKeyId": undefined } },
      { set: { "replica:performanceInsightsKmsKeyId": undefined } },
      { set: { "aurora-1:performanceInsightsEnabled": undefined } },
      { set: { "aurora:dbClusterInstanceClass": "db.m6gd.large", "aurora:performanceInsightsEnabled": true, "aurora:monitoringInterval": 60, "aurora:monitoringRoleArn": "arn:aws:iam::123456789012:role/monitoring" }, at: "aurora:performanceInsightsKmsKeyId" },
    ],
  },
  "database/logs-exported": {
    scene: "database",
    good: [
      { set: { "replica:enabledCloudwatchLogsExports": ["upgrade"] } },
      { set: { "db:engine": "mariadb", "db:enabledCloudwatchLogsExports": ["error"], "parameters:family": "mariadb11.4", "parameters:parameters[0]": { name: "require_secure_transport", value: "1" } } },
    ],
    bad: [
      { set: { "db:enabledCloudwatchLogsExports": undefined } },
      { set: { "db:enabledCloudwatchLogsExports": ["upgrade"] } },
      { set: { "db:engine": "mysql" }, at: "db:enabledCloudwatchLogsExports" },
      { set: { "db:engine": "mariadb" }, at: "db:enabledCloudwatchLogsExports" },
      { set: { "db:engine": "sqlserver-se" }, at: "db:enabledCloudwatchLogsExports" },
      { set: { "replica:enabledCloudwatchLogsExports": [] } },
      { set: { "aurora:enabledCloudwatchLogsExports": ["instance"] } },
      { set: { "documents:enabledCloudwatchLogsExports": ["profiler"] } },
      { set: { "graph:enableCloudwatchLogsExports": ["slowquery"] } },
    ],
  },
};
