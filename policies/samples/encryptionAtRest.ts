/** Samples of areas/encryptionAtRest.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "encryption/messages": {
    scene: "stores",
    bad: [
      { set: { "queue:kmsMasterKeyId": undefined } },
      { set: { "queue:kmsMasterKeyId": "alias/aws/sqs" } },
      { set: { "topic:kmsMasterKeyId": undefined } },
      { set: { "broker:encryptionOptions.useAwsOwnedKey": true } },
      { set: { "broker:encryptionOptions.kmsKeyId": undefined } },
    ],
  },
  "encryption/streams": {
    scene: "stores",
    good: [
      { set: { "delivery:serverSideEncryption": undefined, "delivery:kinesisSourceConfiguration": { kinesisStreamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/events", roleArn: "arn:aws:iam::123456789012:role/delivery" } } },
      { set: { "delivery:serverSideEncryption": undefined, "delivery:mskSourceConfiguration": { mskClusterArn: "arn:aws:kafka:us-east-1:123456789012:cluster/kafka/1", topicName: "events" } } },
    ],
    bad: [
      { set: { "stream:encryptionType": "NONE" } },
      { set: { "stream:encryptionType": undefined } },
      { set: { "stream:kmsKeyId": "alias/aws/kinesis" } },
      { set: { "delivery:serverSideEncryption.enabled": undefined } },
      { set: { "delivery:serverSideEncryption.keyType": "AWS_OWNED_CMK" } },
      { set: { "delivery:serverSideEncryption.keyArn": undefined } },
      { set: { "kafka:encryptionInfo.encryptionAtRestKmsKeyArn": undefined } },
    ],
  },
  "encryption/log-groups": {
    scene: "stores",
    bad: [{ set: { "logs:kmsKeyId": undefined } }],
  },
  "encryption/secrets": {
    scene: "stores",
    good: [{ set: { "parameter:type": "String", "parameter:keyId": undefined } }],
    bad: [
      { set: { "secret:kmsKeyId": undefined } },
      { set: { "secret:kmsKeyId": "alias/aws/secretsmanager" } },
      { set: { "secret:replicas[0].kmsKeyId": undefined } },
      { set: { "parameter:keyId": undefined } },
    ],
  },
  "encryption/tables": {
    scene: "stores",
    bad: [
      { set: { "table:serverSideEncryption.enabled": false } },
      { set: { "table:serverSideEncryption.kmsKeyArn": undefined } },
      { set: { "table:replicas[0].kmsKeyArn": undefined } },
      { set: { "table-replica:kmsKeyArn": undefined } },
      { set: { "table-cache:serverSideEncryption.enabled": false } },
    ],
  },
  "encryption/search": {
    scene: "stores",
    bad: [
      { set: { "search:encryptAtRest.enabled": false } },
      { set: { "search:encryptAtRest": undefined }, at: "search:encryptAtRest.enabled" },
      { set: { "search:encryptAtRest.kmsKeyId": undefined } },
      { set: { "search:$type": "aws:elasticsearch/domain:Domain", "search:encryptAtRest.enabled": false }, at: "search:encryptAtRest.enabled" },
    ],
  },
  "encryption/databases": {
    scene: "database",
    good: [{ set: { "replica:storageEncrypted": undefined } }],
    bad: [
      { set: { "db:storageEncrypted": false } },
      { set: { "db:storageEncrypted": undefined } },
      { set: { "db:kmsKeyId": undefined } },
      { set: { "db:kmsKeyId": "alias/aws/rds" } },
      { set: { "replica:replicateSourceDb": "arn:aws:rds:us-west-2:123456789012:db:other" }, at: "replica:kmsKeyId" },
      { set: { "aurora:storageEncrypted": undefined } },
      { set: { "aurora:kmsKeyId": undefined } },
      { set: { "snapshot-copy:kmsKeyId": undefined } },
      { set: { "snapshot-copy:$type": "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy", "snapshot-copy:kmsKeyId": undefined }, at: "snapshot-copy:kmsKeyId" },
      { set: { "documents:storageEncrypted": undefined } },
      { set: { "graph:storageEncrypted": undefined } },
      { set: { "graph:kmsKeyArn": undefined } },
      { set: { "warehouse:encrypted": "false" } },
      { set: { "warehouse:kmsKeyId": undefined } },
    ],
  },
  "encryption/builds": {
    scene: "stores",
    good: [
      { set: { "build:encryptionKey": undefined, "build:artifacts.type": "NO_ARTIFACTS", "build:secondaryArtifacts": undefined, "build:cache.type": "LOCAL", "build:logsConfig.s3Logs.status": "DISABLED" } },
      { set: { "build:artifacts.type": "CODEPIPELINE", "build:artifacts.encryptionDisabled": true } },
    ],
    bad: [
      { set: { "build:encryptionKey": undefined } },
      { set: { "build:artifacts.encryptionDisabled": true } },
      { set: { "build:secondaryArtifacts[0].encryptionDisabled": true } },
      { set: { "build:logsConfig.s3Logs.encryptionDisabled": true } },
      { set: { "build:encryptionKey": undefined, "build:artifacts.type": "NO_ARTIFACTS", "build:secondaryArtifacts": undefined, "build:cache.type": "LOCAL" } },
      { set: { "build:encryptionKey": undefined, "build:artifacts.type": "NO_ARTIFACTS", "build:secondaryArtifacts": undefined, "build:logsConfig": undefined } },
      { set: { "build:encryptionKey": undefined, "build:artifacts.type": "NO_ARTIFACTS", "build:cache": undefined, "build:logsConfig": undefined } },
      { set: { "pipeline:artifactStores[0].encryptionKey": undefined }, at: "pipeline:artifactStores[0].encryptionKey.id" },
    ],
  },
  "encryption/vaults": {
    scene: "backup",
    bad: [{ set: { "vault:kmsKeyArn": undefined } }, { set: { "vault:$type": "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault" }, at: "vault:encryptionKeyArn" }],
  },
  "encryption/registries": {
    scene: "stores",
    good: [{ set: { "registry:encryptionConfigurations[0].encryptionType": "KMS_DSSE" } }],
    bad: [
      { set: { "registry:encryptionConfigurations": undefined } },
      { set: { "registry:encryptionConfigurations[0].encryptionType": "AES256" } },
      { set: { "registry:encryptionConfigurations[0].kmsKey": undefined } },
    ],
  },
};
