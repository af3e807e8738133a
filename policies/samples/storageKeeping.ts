/** Samples of areas/storageKeeping.ts. */
import type { Samples } from "./sample.ts";

/** In samples: the log bucket takes those of a load balancer instead of another bucket's. */
function balancerLogs(type: string, logs: Record<string, unknown>) {
  return { set: { "files-logging:targetBucket": "shop-other-123456789012" }, add: [{ type, name: "balancer", props: { ...logs, name: "balancer", internal: true, dropInvalidHeaderFields: true, enableDeletionProtection: true, listeners: [] } }] };
}

export const samples: Samples = {
  "storage/encryption": {
    scene: "bucket",
    good: [
      { set: { "files-encryption:rules[0].applyServerSideEncryptionByDefault.sseAlgorithm": "aws:kms:dsse" } },
      { remove: ["logs-encryption"] },
      { set: { "files:serverSideEncryptionConfiguration": { rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/files" } } } }, remove: ["files-encryption"] },
      { set: { "files:$type": "aws:s3/bucketV2:BucketV2", "files:serverSideEncryptionConfigurations": [{ rules: [{ applyServerSideEncryptionByDefaults: [{ sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/files" }] }] }] }, remove: ["files-encryption"] },
      balancerLogs("aws:lb/loadBalancer:LoadBalancer", { accessLogs: { bucket: "shop-logs-123456789012", enabled: true }, connectionLogs: { bucket: "shop-other-123456789012", enabled: true } }),
      balancerLogs("aws:lb/loadBalancer:LoadBalancer", { accessLogs: { bucket: "shop-other-123456789012", enabled: true }, connectionLogs: { bucket: "shop-logs-123456789012", enabled: true } }),
      balancerLogs("aws:elb/loadBalancer:LoadBalancer", { accessLogs: { bucket: "shop-logs-123456789012", enabled: true } }),
    ],
    bad: [
      { remove: ["files-encryption"], at: "files:" },
      { set: { "files-encryption:bucket": "shop-other-123456789012" }, at: "files:" },
      { set: { "files-encryption:rules[0].applyServerSideEncryptionByDefault.sseAlgorithm": "AES256" } },
      { set: { "files-encryption:rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId": undefined } },
      { set: { "files-encryption:rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId": "alias/aws/s3" } },
      { set: { "files:serverSideEncryptionConfiguration": { rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } } } }, at: "files:serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm" },
      { set: { "files:$type": "aws:s3/bucketV2:BucketV2", "files:serverSideEncryptionConfigurations": [{ rules: [{ applyServerSideEncryptionByDefaults: [{ sseAlgorithm: "aws:kms" }] }] }] }, at: "files:serverSideEncryptionConfigurations[0].rules[0].applyServerSideEncryptionByDefaults[0].kmsMasterKeyId" },
    ],
  },
  "storage/versioning": {
    scene: "bucket",
    good: [
      { set: { "files:versioning": { enabled: true } }, remove: ["files-versioning"] },
      { set: { "files:$type": "aws:s3/bucketV2:BucketV2", "files:versionings": [{ enabled: true }] }, remove: ["files-versioning"] },
    ],
    bad: [
      { remove: ["files-versioning"], at: "files:" },
      { set: { "files-versioning:versioningConfiguration.status": "Suspended" }, at: "files:" },
      { set: { "files-versioning:bucket": "shop-other-123456789012" }, at: "files:" },
      { set: { "files:versioning": { enabled: false } }, remove: ["files-versioning"], at: "files:" },
    ],
  },
  "storage/access-logs": {
    scene: "bucket",
    good: [
      { set: { "files:logging": { targetBucket: "shop-logs-123456789012" } }, remove: ["files-logging"] },
      { set: { "files:$type": "aws:s3/bucketV2:BucketV2", "files:loggings": [{ targetBucket: "shop-logs-123456789012" }] }, remove: ["files-logging"] },
    ],
    bad: [
      { remove: ["files-logging"], at: "files:", also: ["storage/encryption"] },
      { set: { "files-logging:bucket": "shop-other-123456789012" }, at: "files:" },
      { set: { "files-logging:targetBucket": "shop-files-123456789012" }, at: "files:", also: ["storage/encryption"] },
      { set: { "files:logging": { targetBucket: "shop-files-123456789012" } }, at: "files:" },
      { set: { "files:$type": "aws:s3/bucketV2:BucketV2", "files:loggings": [{ targetBucket: "shop-files-123456789012" }] }, at: "files:" },
    ],
  },
  "storage/incomplete-uploads": {
    scene: "bucket",
    good: [
      { set: { "files-lifecycle:rules[0].filter": undefined, "files-lifecycle:rules[0].prefix": "" } },
      { set: { "files:lifecycleRules": [{ enabled: true, prefix: "", abortIncompleteMultipartUploadDays: 7, noncurrentVersionExpiration: { days: 90 } }] }, remove: ["files-lifecycle"] },
    ],
    bad: [
      { set: { "files-lifecycle:rules[0].abortIncompleteMultipartUpload": undefined }, at: "files:" },
      { set: { "files-lifecycle:rules[0].status": "Disabled" }, at: "files:" },
      { set: { "files-lifecycle:rules[0].prefix": "tmp/" }, at: "files:" },
      { set: { "files-lifecycle:rules[0].filter.prefix": "tmp/" }, at: "files:" },
      ...["tag", "and", "objectSizeGreaterThan", "objectSizeLessThan"].map((key) => ({ set: { [`files-lifecycle:rules[0].filter.${key}`]: { key: "temporary", value: "yes" } }, at: "files:" })),
      { set: { "files:lifecycleRules": [{ enabled: true, noncurrentVersionExpiration: { days: 90 } }] }, remove: ["files-lifecycle"], at: "files:" },
      { set: { "files:lifecycleRules": [{ enabled: false, abortIncompleteMultipartUploadDays: 7 }, { enabled: true, noncurrentVersionExpiration: { days: 90 } }] }, remove: ["files-lifecycle"], at: "files:" },
      { set: { "files:lifecycleRules": [{ enabled: true, prefix: "tmp/", abortIncompleteMultipartUploadDays: 7 }, { enabled: true, noncurrentVersionExpiration: { days: 90 } }] }, remove: ["files-lifecycle"], at: "files:" },
      { set: { "files:lifecycleRules": [{ enabled: true, tags: { temporary: "yes" }, abortIncompleteMultipartUploadDays: 7 }, { enabled: true, noncurrentVersionExpiration: { days: 90 } }] }, remove: ["files-lifecycle"], at: "files:" },
    ],
  },
  "storage/old-versions": {
    scene: "bucket",
    good: [{ set: { "files:$type": "aws:s3/bucketV2:BucketV2", "files:lifecycleRules": [{ enabled: true, abortIncompleteMultipartUploadDays: 7, noncurrentVersionExpirations: [{ days: 90 }] }] }, remove: ["files-lifecycle"] }],
    bad: [
      { set: { "files-lifecycle:rules[1].noncurrentVersionExpiration": undefined }, at: "files:" },
      { set: { "files-lifecycle:rules[1].status": "Disabled" }, at: "files:" },
      { set: { "files:lifecycleRules": [{ enabled: true, abortIncompleteMultipartUploadDays: 7 }] }, remove: ["files-lifecycle"], at: "files:" },
    ],
  },
};
