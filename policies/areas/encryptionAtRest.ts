/** Encryption at rest of services, with a key of our own wherever the service takes one. */
import type { Resource } from "../resource.ts";
import { is, oneOf, type Report, type Rule, where } from "../rule.ts";
import { customerKey, demand, isNot, parts } from "./keysTests.ts";

const PARAMETER = "aws:ssm:Parameter";
const PROJECT = "aws:codebuild:Project";
const PIPELINE = "aws:codepipeline:Pipeline";
const TABLE = "aws:dynamodb:Table";
const INSTANCE = "aws:rds:Instance";

const KEY = { kmsKeyId: customerKey() };
const SEARCH = { "encryptAtRest.enabled": is(true), "encryptAtRest.kmsKeyId": customerKey() };
const CLUSTER = { storageEncrypted: is(true), kmsKeyId: customerKey() };

function checkBuild(project: Resource, report: Report): void {
  const artifacts = [...project.at("artifacts").items, ...project.at("secondaryArtifacts").items].filter((one) => one.at("type").text === "S3");
  const logs = project.at("logsConfig.s3Logs").items.filter((one) => one.at("status").text === "ENABLED");
  parts([...artifacts, ...logs], { encryptionDisabled: isNot(true) }, report);
  const keeps = artifacts.length > 0 || logs.length > 0 || project.at("cache.type").text === "S3";
  if (keeps) where({ encryptionKey: customerKey() })(project, report);
}

export const rules: Rule[] = [
  {
    id: "encryption/messages",
    title: "Queues, topics and brokers are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "medium",
    frameworks: ["FSBP: SQS.1"],
    why: "Alarms and events name hosts, users and findings; a topic that nobody told to encrypt keeps them readable.",
    mend: "Set `kmsMasterKeyId` of queues and topics to a customer key, `encryptionOptions` of brokers to `{useAwsOwnedKey: false, kmsKeyId}`.",
    ...demand({
      "aws:sqs:Queue": { kmsMasterKeyId: customerKey() },
      "aws:sns:Topic": { kmsMasterKeyId: customerKey() },
      "aws:mq:Broker": { "encryptionOptions.useAwsOwnedKey": is(false), "encryptionOptions.kmsKeyId": customerKey() },
    }),
  },
  {
    id: "encryption/streams",
    title: "Streams are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "medium",
    frameworks: ["FSBP: Kinesis.1", "FSBP: DataFirehose.1"],
    why: "A stream holds days of records; without encryption, or with a key that AWS shares out, nobody can take the reading of them away.",
    mend: "Kinesis: `encryptionType: \"KMS\"` and `kmsKeyId`; Firehose: `serverSideEncryption` enabled with `keyType: \"CUSTOMER_MANAGED_CMK\"` and `keyArn`; MSK: `encryptionInfo.encryptionAtRestKmsKeyArn`.",
    ...demand({
      "aws:kinesis:Stream": { encryptionType: is("KMS"), kmsKeyId: customerKey() },
      "aws:kinesis:FirehoseDeliveryStream": {
        "serverSideEncryption.enabled": is(true), "serverSideEncryption.keyType": is("CUSTOMER_MANAGED_CMK"), "serverSideEncryption.keyArn": customerKey(),
      },
      "aws:msk:Cluster": { "encryptionInfo.encryptionAtRestKmsKeyArn": customerKey() },
    }),
    // Firehose takes no encryption of its own where its source is a stream that has one.
    applies: (stream) => !stream.at("kinesisSourceConfiguration").exists && !stream.at("mskSourceConfiguration").exists,
  },
  {
    id: "encryption/log-groups",
    title: "Log groups are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "medium",
    frameworks: [],
    why: "Logs repeat what passes by: addresses, user names, statements. With a key of our own, reading them needs a second right that shows in the trail.",
    mend: "Set `kmsKeyId` to a customer key whose policy lets CloudWatch Logs use it for this group.",
    ...demand({ "aws:cloudwatch:LogGroup": KEY }),
  },
  {
    id: "encryption/secrets",
    title: "Secrets are encrypted with a customer key, each copy as well",
    items: ["encryption-at-rest"],
    severity: "high",
    frameworks: [],
    why: "Under the key `aws/secretsmanager` whoever may read secrets in the account may decrypt them; a key of our own asks again, and can be closed in an incident.",
    mend: "Set `kmsKeyId` of secrets and of each of their `replicas`, `keyId` of parameters of type SecureString.",
    kinds: ["aws:secretsmanager:Secret", PARAMETER],
    applies: (secret) => !secret.is(PARAMETER) || secret.at("type").text === "SecureString",
    check: (secret, report) => {
      where({ [secret.is(PARAMETER) ? "keyId" : "kmsKeyId"]: customerKey() })(secret, report);
      parts(secret.at("replicas").items, KEY, report);
    },
  },
  {
    id: "encryption/tables",
    title: "Tables are encrypted with a customer key, each copy as well",
    items: ["encryption-at-rest"],
    severity: "medium",
    frameworks: ["FSBP: DynamoDB.3"],
    why: "DynamoDB encrypts with a key of its own by default, over which no policy of ours has a say.",
    mend: "Set `serverSideEncryption: {enabled: true, kmsKeyArn}` and `kmsKeyArn` of each replica; of DAX, `serverSideEncryption.enabled`.",
    kinds: [TABLE, "aws:dynamodb:TableReplica", "aws:dax:Cluster"],
    check: (table, report) => {
      if (table.is("aws:dynamodb:TableReplica")) where({ kmsKeyArn: customerKey() })(table, report);
      else where({ "serverSideEncryption.enabled": is(true) })(table, report);
      if (table.is(TABLE)) where({ "serverSideEncryption.kmsKeyArn": customerKey() })(table, report);
      parts(table.at("replicas").items, { kmsKeyArn: customerKey() }, report);
    },
  },
  {
    id: "encryption/search",
    title: "Search domains are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "high",
    frameworks: ["FSBP: Opensearch.1", "FSBP: ES.1"],
    why: "An index is a copy of the records it finds, and its snapshots are copies of the index.",
    mend: "Set `encryptAtRest: {enabled: true, kmsKeyId}`.",
    ...demand({ "aws:opensearch:Domain": SEARCH, "aws:elasticsearch:Domain": SEARCH }),
  },
  {
    id: "encryption/databases",
    title: "Databases and their copies are encrypted with a customer key",
    items: ["encryption-at-rest", "database"],
    severity: "critical",
    frameworks: ["CIS AWS 3.0: 2.3.1", "FSBP: RDS.3", "FSBP: RDS.27"],
    why: "A database can not be encrypted later: it takes a snapshot, an encrypted copy and a restore, with the application down meanwhile.",
    mend: "Set `storageEncrypted: true` and `kmsKeyId` (`kmsKeyArn` of Neptune, `encrypted` of Redshift) to a customer key, of copies in another region to one of that region.",
    ...demand({
      [INSTANCE]: CLUSTER,
      "aws:rds:Cluster": CLUSTER,
      "aws:rds:SnapshotCopy": KEY,
      "aws:rds:ClusterSnapshotCopy": KEY,
      "aws:docdb:Cluster": CLUSTER,
      "aws:neptune:Cluster": { storageEncrypted: is(true), kmsKeyArn: customerKey() },
      "aws:redshift:Cluster": { encrypted: isNot(false), kmsKeyId: customerKey() },
    }),
    // A replica in the region of its source has the source's storage and key, and RDS refuses to hear them again.
    applies: (store) => !store.is(INSTANCE) || (store.at("replicateSourceDb").text ?? "arn:").startsWith("arn:"),
  },
  {
    id: "encryption/builds",
    title: "What builds leave behind is encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "medium",
    frameworks: ["FSBP: CodeBuild.3"],
    why: "Artifacts, caches and logs of a build hold sources and, with one careless echo, credentials of the pipeline.",
    mend: "Set `encryptionKey` of the project, `artifactStores[].encryptionKey` of the pipeline, and leave `encryptionDisabled` out.",
    kinds: [PROJECT, PIPELINE],
    check: (build, report) => {
      if (build.is(PROJECT)) checkBuild(build, report);
      else parts(build.at("artifactStores").items, { "encryptionKey.id": customerKey() }, report);
    },
  },
  {
    id: "encryption/vaults",
    title: "Backup vaults are encrypted with a customer key",
    items: ["encryption-at-rest", "retention-backups"],
    severity: "high",
    frameworks: ["FSBP: Backup.1"],
    why: "A recovery point is the whole database in one piece, and the default key of the vault can not be shared with the account that would restore it.",
    mend: "Set `kmsKeyArn` of the vault, `encryptionKeyArn` of an air-gapped one, to a customer key of its region.",
    ...demand({ "aws:backup:Vault": { kmsKeyArn: customerKey() }, "aws:backup:LogicallyAirGappedVault": { encryptionKeyArn: customerKey() } }),
  },
  {
    id: "encryption/registries",
    title: "Image registries are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "low",
    frameworks: [],
    why: "Images carry the application's code; and the encryption of a repository can not be changed once it is there.",
    mend: "Set `encryptionConfigurations: [{encryptionType: \"KMS\", kmsKey}]`.",
    kinds: ["aws:ecr:Repository"],
    check: (repository, report) => {
      const settings = repository.at("encryptionConfigurations");
      if (settings.items.length === 0) report(settings, "is not set, which means AES256 with a key of AWS, must be KMS with a customer key");
      parts(settings.items, { encryptionType: oneOf("KMS", "KMS_DSSE"), kmsKey: customerKey() }, report);
    },
  },
];
