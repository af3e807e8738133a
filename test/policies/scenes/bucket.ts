import type { SampleResource } from "../../../policies/samples/sample.ts";
import { json } from "./json.ts";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666";
const FLAGS = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };

/** A bucket with all that belongs to one; each resource is `<name>-<part>`. */
export function bucketParts(name: string, dataClass: string, statements: readonly unknown[], rules: readonly unknown[]): SampleResource[] {
  const physical = `shop-${name}-123456789012`;
  const tls = {
    Sid: "DenyPlainHttp", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [`arn:aws:s3:::${physical}`, `arn:aws:s3:::${physical}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  return [
    { type: "aws:s3/bucket:Bucket", name, protect: true, props: { bucket: physical, forceDestroy: false, tags: { "data-class": dataClass } } },
    { type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name: `${name}-block`, props: { bucket: physical, ...FLAGS } },
    { type: "aws:s3/bucketPolicy:BucketPolicy", name: `${name}-policy`, props: { bucket: physical, policy: json({ Version: "2012-10-17", Statement: [tls, ...statements] }) } },
    { type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls", name: `${name}-ownership`, props: { bucket: physical, rule: { objectOwnership: "BucketOwnerEnforced" } } },
    { type: "aws:s3/bucketVersioning:BucketVersioning", name: `${name}-versioning`, props: { bucket: physical, versioningConfiguration: { status: "Enabled" } } },
    {
      type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", name: `${name}-lifecycle`,
      props: {
        bucket: physical,
        rules: [
          { id: "uploads", status: "Enabled", filter: {}, abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
          { id: "versions", status: "Enabled", filter: {}, noncurrentVersionExpiration: { noncurrentDays: 90 } },
          ...rules,
        ],
      },
    },
  ];
}

const READERS = {
  Sid: "AllowDistribution", Effect: "Allow", Principal: { Service: "cloudfront.amazonaws.com" }, Action: "s3:GetObject", Resource: "arn:aws:s3:::shop-files-123456789012/*",
  Condition: { StringEquals: { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E2EXAMPLE" } },
};
const LOG_WRITERS = {
  Sid: "AllowAccessLogs", Effect: "Allow", Principal: { Service: "logging.s3.amazonaws.com" }, Action: "s3:PutObject", Resource: "arn:aws:s3:::shop-logs-123456789012/s3/*",
  Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
};

/** A bucket for files and the bucket of its access logs; the account's block; another door to the first. */
export const bucket: readonly SampleResource[] = [
  ...bucketParts("files", "files", [READERS], []),
  {
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", name: "files-encryption",
    props: { bucket: "shop-files-123456789012", rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY }, bucketKeyEnabled: true }] },
  },
  { type: "aws:s3/bucketLogging:BucketLogging", name: "files-logging", props: { bucket: "shop-files-123456789012", targetBucket: "shop-logs-123456789012", targetPrefix: "s3/files/" } },
  {
    type: "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", name: "files-cors",
    props: { bucket: "shop-files-123456789012", corsRules: [{ allowedMethods: ["GET", "PUT"], allowedOrigins: ["https://shop.example.com"], allowedHeaders: ["content-type"], maxAgeSeconds: 3600 }] },
  },
  {
    type: "aws:s3/bucketAcl:BucketAcl", name: "files-acl",
    props: { bucket: "shop-files-123456789012", accessControlPolicy: { owner: { id: "0123456789abcdef" }, grants: [{ permission: "WRITE", grantee: { type: "Group", uri: "http://acs.amazonaws.com/groups/s3/LogDelivery" } }] } },
  },
  { type: "aws:s3/accessPoint:AccessPoint", name: "files-door", props: { bucket: "shop-files-123456789012", name: "reports", vpcConfiguration: { vpcId: "vpc-0123456789abcdef0" }, publicAccessBlockConfiguration: { ...FLAGS } } },
  { type: "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint", name: "files-everywhere", props: { details: { name: "files", publicAccessBlock: { ...FLAGS }, regions: [{ bucket: "shop-files-123456789012" }] } } },
  ...bucketParts("logs", "logs", [LOG_WRITERS], [{ id: "expire", status: "Enabled", filter: {}, expiration: { days: 365 } }]),
  {
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", name: "logs-encryption",
    props: { bucket: "shop-logs-123456789012", rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
  },
  { type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", name: "account-block", props: { ...FLAGS } },
];
