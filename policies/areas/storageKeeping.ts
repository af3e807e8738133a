/** Buckets: how objects are kept, and what is known of who read them. */
import { refersTo } from "../references.ts";
import type { Resource, Stack } from "../resource.ts";
import { type Report, type Rule, shown } from "../rule.ts";
import { any, type Value } from "../value.ts";
import { customerKey } from "./keysTests.ts";
import { ages, below, beside, BUCKET, LOGGING, takesLogs } from "./storageBuckets.ts";

const ENCRYPTION = "aws:s3:BucketServerSideEncryptionConfiguration";
const VERSIONING = "aws:s3:BucketVersioning";
const CUSTOMER_ALGORITHMS = ["aws:kms", "aws:kms:dsse"];

/** Encryption that a bucket says itself. */
function inlineEncryption(bucket: Resource): Value[] {
  const settings = below([bucket], "serverSideEncryptionConfiguration", "serverSideEncryptionConfigurations");
  return below(below(settings, "rule", "rules"), "applyServerSideEncryptionByDefault", "applyServerSideEncryptionByDefaults");
}

function checkEncryption(setting: Value, report: Report): void {
  const algorithm = setting.at("sseAlgorithm");
  if (!CUSTOMER_ALGORITHMS.includes(algorithm.text ?? "")) return report(algorithm, `is ${shown(algorithm)}, must be ${CUSTOMER_ALGORITHMS.join(" or ")} with a customer key`);
  const key = setting.at("kmsMasterKeyId");
  const wrong = customerKey()(key);
  if (wrong !== undefined) report(key, wrong);
}

/** A bucket by its own setting; a separate setting by itself. Where access logs are delivered, nothing but SSE-S3 works. */
function relateEncryption(holder: Resource, stack: Stack, report: Report): void {
  const inline = holder.is(BUCKET) ? inlineEncryption(holder) : holder.at("rules").items.map((rule) => rule.at("applyServerSideEncryptionByDefault"));
  const missing = holder.is(BUCKET) && inline.length === 0 && beside(holder, stack, ENCRYPTION).length === 0;
  const findings: [Value | Resource, string][] = missing ? [[holder, "has no encryption with a customer key"]] : [];
  inline.forEach((setting) => holder.try(() => checkEncryption(setting, (place, message) => findings.push([place, message]))));
  if (findings.length === 0) return;
  const buckets = holder.is(BUCKET) ? [holder] : stack.named(BUCKET, holder, "bucket");
  if (!any(buckets.map((bucket) => () => takesLogs(bucket, stack)))) findings.forEach(([place, message]) => report(place, message));
}

function isVersioned(bucket: Resource, stack: Stack): boolean {
  return any([
    () => below([bucket], "versioning", "versionings").some((versioning) => versioning.at("enabled").flag === true),
    () => beside(bucket, stack, VERSIONING).some((versioning) => versioning.at("versioningConfiguration.status").text === "Enabled"),
  ]);
}

/** Where a bucket's access logs go, by itself or by a separate setting, and who says so. */
function logTargets(bucket: Resource, stack: Stack): { holder: Resource; path: string }[] {
  const plural = bucket.at("loggings").items.map((_, index) => ({ holder: bucket, path: `loggings[${index}].targetBucket` }));
  const inline = bucket.at("logging").exists ? [{ holder: bucket, path: "logging.targetBucket" }] : [];
  return [...inline, ...plural, ...beside(bucket, stack, LOGGING).map((holder) => ({ holder, path: "targetBucket" }))];
}

export const rules: Rule[] = [
  {
    id: "storage/encryption",
    title: "Every bucket encrypts with a customer key",
    items: ["buckets", "encryption-at-rest"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 3.5.1"],
    why: "With SSE-S3 whoever may read the object reads it; with a key of our own a second right is needed, and closing the key closes every copy.",
    mend: "Declare a `BucketServerSideEncryptionConfiguration` with `sseAlgorithm: \"aws:kms\"` and `kmsMasterKeyId`. Buckets that take access logs stay with SSE-S3: their delivery knows nothing else.",
    kinds: [BUCKET, ENCRYPTION],
    relate: relateEncryption,
  },
  {
    id: "storage/versioning",
    title: "Every bucket keeps versions",
    items: ["buckets"],
    severity: "high",
    frameworks: [],
    why: "A wrong sync overwrites or deletes thousands of objects in a minute; without versions that is final.",
    mend: "Declare a `BucketVersioning` with `versioningConfiguration.status: \"Enabled\"`.",
    kinds: [BUCKET],
    relate: (bucket, stack, report) => {
      if (!isVersioned(bucket, stack)) report(bucket, "does not keep versions");
    },
  },
  {
    id: "storage/access-logs",
    title: "Reads and writes of every bucket are logged to another bucket",
    items: ["buckets"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 3.4", "FSBP: S3.9"],
    why: "After a leak the first question is who read what; and a bucket that logs into itself writes a log for every log.",
    mend: "Declare a `BucketLogging` whose `targetBucket` is a log bucket; that one needs none of its own.",
    kinds: [BUCKET],
    relate: (bucket, stack, report) => {
      const targets = logTargets(bucket, stack);
      if (targets.some(({ holder, path }) => refersTo(holder, path, bucket))) report(bucket, "logs into itself");
      else if (targets.length === 0 && !takesLogs(bucket, stack)) report(bucket, "has no access logs");
    },
  },
  {
    id: "storage/incomplete-uploads",
    title: "Every bucket ends interrupted uploads",
    items: ["buckets"],
    severity: "low",
    frameworks: ["FSBP: S3.13"],
    why: "Parts of uploads that never ended are in no listing and on every bill, with the data of their users in them.",
    mend: "Add a rule for the whole bucket with `abortIncompleteMultipartUpload.daysAfterInitiation` to its `BucketLifecycleConfiguration`.",
    kinds: [BUCKET],
    relate: (bucket, stack, report) => {
      if (!ages(bucket, stack, (aging) => aging.abortsUploads())) report(bucket, "never ends interrupted uploads");
    },
  },
  {
    id: "storage/old-versions",
    title: "Every bucket ends old versions",
    items: ["buckets"],
    severity: "medium",
    frameworks: ["FSBP: S3.13"],
    why: "What a user deleted lives on as an old version: the erasure that the law asks for never ends, nor does the bill.",
    mend: "Add a rule for the whole bucket with `noncurrentVersionExpiration.noncurrentDays` to its `BucketLifecycleConfiguration`.",
    kinds: [BUCKET],
    relate: (bucket, stack, report) => {
      if (!ages(bucket, stack, (aging) => aging.oldVersions() !== undefined)) report(bucket, "keeps old versions for ever");
    },
  },
];
