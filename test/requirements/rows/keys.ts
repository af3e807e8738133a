/** Requirements, section 1, row "keys". */
import { expect } from "vitest";
import { names, statement, statements } from "../facts.ts";
import { expectRefused } from "../refused.ts";
import { at, type Rendered, type RenderedResource } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";

const row = "keys";
const KEY = "aws:kms/key:Key";
const CLASSES = ["archive", "audit", "backups", "cache", "cluster", "database", "files", "logs", "messages", "secrets", "volumes"];

/** Symmetric keys; the one that signs DNS answers can not rotate by itself. */
function encrypting(rendered: Rendered): RenderedResource[] {
  return rendered.all(KEY).filter(({ props }) => props["keyUsage"] === "ENCRYPT_DECRYPT");
}

/** Where data lies, and the class whose key encrypts it. */
const ENCRYPTED: readonly (readonly [type: string, name: string, path: string, dataClass: string])[] = [
  ["aws:rds/instance:Instance", "postgres-primary", "kmsKeyId", "database"],
  ["aws:rds/instance:Instance", "postgres-primary", "performanceInsightsKmsKeyId", "database"],
  ["aws:elasticache/replicationGroup:ReplicationGroup", "redis-cache", "kmsKeyId", "cache"],
  ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "storage-files-encryption", "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", "files"],
  ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "storage-backups-encryption", "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", "backups"],
  ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "storage-archive-encryption", "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", "archive"],
  ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "storage-audit-encryption", "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", "audit"],
  ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "storage-config-encryption", "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", "audit"],
  ["aws:cloudtrail/trail:Trail", "audit-trail", "kmsKeyId", "audit"],
  ["aws:eks/cluster:Cluster", "cluster-control-plane", "encryptionConfig.provider.keyArn", "cluster"],
  ["aws:ec2/launchTemplate:LaunchTemplate", "cluster-nodes-general", "blockDeviceMappings[0].ebs.kmsKeyId", "volumes"],
  ["StorageClass", "gp3", "parameters.kmsKeyId", "volumes"],
];

/** Types whose every resource is encrypted by one class. */
const ALL_OF_TYPE: readonly (readonly [type: string, path: string, classes: string[]])[] = [
  ["aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", ["logs"]],
  ["aws:secretsmanager/secret:Secret", "kmsKeyId", ["secrets"]],
  ["aws:sns/topic:Topic", "kmsMasterKeyId", ["messages"]],
];

/** ARN of a class's key, by the resources that have it: ids are known only after the key is made. */
function keyIdOf(rendered: Rendered, dataClass: string): unknown {
  return rendered.one("aws:kms/alias:Alias", `keys-${dataClass}-alias`).props["targetKeyId"];
}

export const keys: Requirement[] = [
  {
    row,
    phrase: "customer KMS key per data class",
    resources: (p) => [...p.all(KEY, /^keys-/), ...p.all("aws:kms/alias:Alias", /^keys-/)],
    check: (p) => {
      expect(names(p, KEY, /^keys-/)).toEqual(CLASSES.map((dataClass) => `keys-${dataClass}`));
      for (const dataClass of CLASSES) {
        const key = p.one(KEY, `keys-${dataClass}`);
        expect(key.protect, dataClass).toBe(true);
        expect(at(key.props, "tags.data-class")).toBe(dataClass);
        expect(at(key.props, "deletionWindowInDays")).toBe(30);
        expect(p.one("aws:kms/alias:Alias", `keys-${dataClass}-alias`).props["name"]).toBe(`alias/shop-production-${dataClass}`);
        // Nobody reads with a key but through a service and in this account, and its administrators not at all.
        expect(statement(key, "UseThroughServiceByIam").Condition, dataClass).toMatchObject({ StringEquals: { "kms:CallerAccount": "123456789012" } });
        expect([statement(key, "AdministrationByIam").Action].flat().filter((action) => /Decrypt|Encrypt|GenerateDataKey|\*/.test(action)), dataClass).toEqual([]);
        expect(statements(key).filter((s) => s.Sid !== "AdministrationByIam" && s.Condition === undefined), dataClass).toEqual([]);
      }
      expect(new Set(CLASSES.map((dataClass) => keyIdOf(p, dataClass))).size).toBe(11);
      for (const [type, name, path, dataClass] of ENCRYPTED) {
        expect(at(p.one(type, name).props, path), `${name} ${path}`).toBe(`arn:aws:kms:us-east-1:123456789012:key/${String(keyIdOf(p, dataClass))}`);
      }
    },
  },
  {
    row,
    phrase: "rotation every 90 days",
    resources: encrypting,
    check: (p) => {
      expect(encrypting(p).length).toBe(12);
      for (const { name, props } of encrypting(p)) expect([props["enableKeyRotation"], props["rotationPeriodInDays"]], name).toEqual([true, 90]);
      expectRefused({ keys: { rotationDays: 365 } }, "keys.rotationDays", "90");
    },
  },
  {
    row,
    phrase: "AES-256 everywhere",
    resources: (p) => [
      ...encrypting(p), ...ENCRYPTED.map(([type, name]) => p.one(type, name)),
      ...p.all("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"), ...ALL_OF_TYPE.flatMap(([type]) => p.all(type)),
    ],
    check: (p) => {
      // A symmetric KMS key is AES-256-GCM (KMS developer guide); SSE-S3, which the log bucket must use, is AES-256 too.
      for (const { name, props } of encrypting(p)) expect(props["customerMasterKeySpec"], name).toBe("SYMMETRIC_DEFAULT");
      for (const { name, props } of p.all("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")) {
        expect(at(props, "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"), name).toBe(name === "storage-logs-encryption" ? "AES256" : "aws:kms");
      }
      for (const [type, path, classes] of ALL_OF_TYPE) {
        const own = classes.map((dataClass) => `arn:aws:kms:us-east-1:123456789012:key/${String(keyIdOf(p, dataClass))}`);
        expect(p.all(type).length, type).toBeGreaterThan(0);
        for (const { name, props } of p.all(type)) expect(own, `${type} ${name}`).toContain(at(props, path));
      }
      expect(p.all("aws:s3/bucket:Bucket").length).toBe(p.all("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").length);
      expect(p.all("aws:rds/instance:Instance").map(({ props }) => props["storageEncrypted"])).toEqual([true, true, true]);
      expect(at(p.one("aws:elasticache/replicationGroup:ReplicationGroup", "redis-cache").props, "atRestEncryptionEnabled")).toBe(true);
      expect(at(p.one("aws:ec2/launchTemplate:LaunchTemplate", "cluster-nodes-general").props, "blockDeviceMappings[0].ebs.encrypted")).toBe("true");
    },
  },
];
