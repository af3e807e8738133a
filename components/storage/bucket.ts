/** One bucket with everything that every bucket of the product has: no public way in, owner enforced, encrypted, versioned. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type DataClass, dataTags, kept, type Protection, type Transform, transformed } from "../component.ts";

type LifecycleRule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/** What may be changed on any bucket before it is created; the policy pack judges the result. */
export interface BucketTransform {
  bucket?: Transform<aws.s3.BucketArgs>;
  lifecycle?: Transform<aws.s3.BucketLifecycleConfigurationArgs>;
}

export interface SecureBucketArgs {
  /** Physical name; plain text, because bucket and role policies name it. */
  bucketName: string;
  dataClass: DataClass;
  /** Customer key; left out only for the log bucket, into which log delivery can write with SSE-S3 alone. */
  keyArn?: pulumi.Input<string>;
  /** Default retention; the bucket gets object lock at creation, which can not be switched off later. */
  lock?: { mode: "GOVERNANCE" | "COMPLIANCE"; days: number };
  /** What happens to objects with age, beside the clean-up of interrupted uploads that every bucket has. */
  lifecycle: LifecycleRule[];
  /** Bucket that takes the server access logs; the log bucket itself has none, it would log its own logging. */
  accessLogs?: { bucketName: string; resource: aws.s3.Bucket };
  protection: Protection;
  transform?: BucketTransform;
}

/** What other components need of a bucket. */
export interface BucketInfo {
  name: string;
  arn: string;
  resource: aws.s3.Bucket;
  /** Regional host name, the origin of a distribution. */
  domainName: pulumi.Output<string>;
  /** What to wait for before a service delivers into the bucket: without its policy the service is refused. */
  ready: pulumi.Resource[];
}

/** Interrupted multipart uploads are billed but invisible; a week is more than any upload of ours takes. */
const ABORT_UPLOADS: LifecycleRule = {
  id: "abort-interrupted-uploads",
  status: "Enabled",
  filter: {},
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};

/** Declares the bucket and its settings under `parent`; its policy is the caller's, for each bucket has other writers. */
export function secureBucket(name: string, args: SecureBucketArgs, parent: pulumi.Resource): BucketInfo {
  const bucket = createBucket(name, args, parent);
  // A bucket that stays keeps its settings: it must not be open, or its objects without end, once the stack is gone.
  const opts: pulumi.CustomResourceOptions = { parent, retainOnDelete: true };
  const versioning = enableVersioning(name, bucket, opts);
  blockPublicAccess(name, bucket, opts);
  enforceOwner(name, bucket, opts);
  encrypt(name, args, bucket, opts);
  lock(name, args, bucket, { ...opts, dependsOn: [versioning] });
  expire(name, args, bucket, { ...opts, dependsOn: [versioning] });
  logAccess(name, args, bucket, opts);
  return { name: args.bucketName, arn: `arn:aws:s3:::${args.bucketName}`, resource: bucket, domainName: bucket.bucketRegionalDomainName, ready: [] };
}

function createBucket(name: string, args: SecureBucketArgs, parent: pulumi.Resource): aws.s3.Bucket {
  return new aws.s3.Bucket(name, ...transformed<aws.s3.BucketArgs>(args.transform?.bucket, {
    bucket: args.bucketName,
    objectLockEnabled: args.lock !== undefined,
    forceDestroy: false,
    tags: dataTags(args.dataClass),
  }, kept(parent, args.protection)));
}

function enableVersioning(name: string, bucket: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): aws.s3.BucketVersioning {
  return new aws.s3.BucketVersioning(`${name}-versioning`, {
    bucket: bucket.bucket,
    versioningConfiguration: { status: "Enabled" },
  }, opts);
}

function blockPublicAccess(name: string, bucket: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): void {
  new aws.s3.BucketPublicAccessBlock(`${name}-public-access`, {
    bucket: bucket.bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  }, opts);
}

function enforceOwner(name: string, bucket: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): void {
  new aws.s3.BucketOwnershipControls(`${name}-ownership`, {
    bucket: bucket.bucket,
    rule: { objectOwnership: "BucketOwnerEnforced" },
  }, opts);
}

function encrypt(name: string, args: SecureBucketArgs, bucket: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): void {
  new aws.s3.BucketServerSideEncryptionConfiguration(`${name}-encryption`, {
    bucket: bucket.bucket,
    rules: [args.keyArn === undefined
      ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
      // A bucket key asks KMS once for many objects: the same protection for a fraction of the requests.
      : { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn }, bucketKeyEnabled: true }],
  }, opts);
}

function lock(name: string, args: SecureBucketArgs, bucket: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): void {
  if (args.lock === undefined) return;
  new aws.s3.BucketObjectLockConfiguration(`${name}-lock`, {
    bucket: bucket.bucket,
    objectLockEnabled: "Enabled",
    rule: { defaultRetention: { mode: args.lock.mode, days: args.lock.days } },
  }, opts);
}

function expire(name: string, args: SecureBucketArgs, bucket: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): void {
  new aws.s3.BucketLifecycleConfiguration(`${name}-lifecycle`, ...transformed<aws.s3.BucketLifecycleConfigurationArgs>(
    args.transform?.lifecycle, { bucket: bucket.bucket, rules: [ABORT_UPLOADS, ...args.lifecycle] }, opts,
  ));
}

function logAccess(name: string, args: SecureBucketArgs, bucket: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): void {
  if (args.accessLogs === undefined) return;
  new aws.s3.BucketLogging(`${name}-logging`, {
    bucket: bucket.bucket,
    targetBucket: args.accessLogs.resource.bucket,
    targetPrefix: `s3/${args.bucketName}/`,
    targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
  }, opts);
}
