/** The settings of an S3 bucket, each a resource of its own that is named by its bucket. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, type ResourceType, type TypeTable } from "./define.ts";

const BUCKET = "aws:s3/bucket:Bucket";

function admitBucket(draft: Draft): void {
  const name = draft.text("bucket");
  if (draft.world.isGone(name, BUCKET)) throw new CloudError(`NoSuchBucket: The specified bucket does not exist: ${name}`);
}

/** One setting a bucket: a second one of the same kind would fight the first. */
function part(more: Partial<ResourceType> = {}): ResourceType {
  return { id: (draft) => draft.text("bucket"), admit: admitBucket, replaceOn: ["bucket"], ...more };
}

/** A named setting, of which a bucket has many. */
function namedPart(): ResourceType {
  return {
    name: { property: "name", max: 64 },
    id: (draft) => `${draft.text("bucket")}:${draft.name}`,
    admit: admitBucket,
    replaceOn: ["bucket"],
  };
}

function admitPolicy(draft: Draft): void {
  admitBucket(draft);
  try {
    JSON.parse(draft.text("policy"));
  } catch {
    throw new CloudError(`MalformedPolicy: Policies must be valid JSON and the first byte must be '{' (bucket ${draft.text("bucket")})`);
  }
}

/** Retention by default needs the lock, which only a bucket's creation can switch on without support. */
function admitLock(draft: Draft): void {
  admitBucket(draft);
  const bucket = draft.world.get(BUCKET, draft.text("bucket"));
  if (bucket !== undefined && bucket.state.objectLockEnabled !== true) {
    throw new CloudError(`InvalidRequest: Object Lock can not be enabled on the existing bucket ${bucket.id}: create it with objectLockEnabled`);
  }
}

/** Replication needs versions on both sides (S3 user guide, "Requirements and considerations for replication"). */
function admitReplication(draft: Draft): void {
  admitBucket(draft);
  const source = draft.text("bucket");
  const versioning = draft.world.get("aws:s3/bucketVersioning:BucketVersioning", source);
  const versioned = versioning !== undefined && (versioning.state.versioningConfiguration as { status?: unknown } | undefined)?.status === "Enabled";
  if (draft.world.get(BUCKET, source) !== undefined && !versioned) {
    throw new CloudError(`InvalidRequest: Versioning must be 'Enabled' on the bucket to apply a replication configuration: ${source}`);
  }
}

export const bucketParts: TypeTable = {
  "aws:s3/bucketVersioning:BucketVersioning": part(),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": part(),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": part({
    defaults: { blockPublicAcls: false, blockPublicPolicy: false, ignorePublicAcls: false, restrictPublicBuckets: false },
  }),
  "aws:s3/bucketPolicy:BucketPolicy": part({ admit: admitPolicy }),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": part({
    outputs: { expectedBucketOwner: always(""), transitionDefaultMinimumObjectSize: always("all_storage_classes_128K") },
  }),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": part(),
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": part(),
  "aws:s3/bucketLogging:BucketLogging": part(),
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": part({ admit: admitLock, defaults: { objectLockEnabled: "Enabled" } }),
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": part({ admit: admitReplication }),
  "aws:s3/bucketNotification:BucketNotification": part({ defaults: { eventbridge: false } }),
  "aws:s3/bucketAcl:BucketAcl": part({ id: (draft) => [draft.text("bucket"), draft.text("acl")].filter((text) => text !== "").join(",") }),
  "aws:s3/bucketMetric:BucketMetric": namedPart(),
  "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": {
    ...namedPart(),
    defaults: { status: "Enabled" },
  },
};
