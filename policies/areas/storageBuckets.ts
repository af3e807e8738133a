/** What belongs to a bucket: said by the bucket itself, in singular or (as BucketV2) in plural, or by resources beside it. */
import { refersTo } from "../references.ts";
import type { Resource, Stack } from "../resource.ts";
import { any, type Value } from "../value.ts";

export const BUCKET = "aws:s3:Bucket";
export const LOGGING = "aws:s3:BucketLogging";
export const LIFECYCLE = "aws:s3:BucketLifecycleConfiguration";
const LOCK = "aws:s3:BucketObjectLockConfiguration";

/** Values at one of two names below each of some values; items of a list each on its own. */
export function below(values: readonly Value[], singular: string, plural: string): Value[] {
  return values.flatMap((value) => [...value.at(singular).items, ...value.at(plural).items]);
}

/** Resources of a kind that set something of the bucket. */
export function beside(bucket: Resource, stack: Stack, kind: string): Resource[] {
  return stack.pointing(kind, "bucket", bucket);
}

/** Where each kind of load balancer says into which bucket it writes its logs. */
const BALANCER_LOGS: Readonly<Record<string, readonly string[]>> = { "aws:lb:LoadBalancer": ["accessLogs.bucket", "connectionLogs.bucket"], "aws:elb:LoadBalancer": ["accessLogs.bucket"] };

/** Whether services deliver access logs into the bucket, which they can with SSE-S3 only; its own logs do not count. @throws Undecided */
export function takesLogs(bucket: Resource, stack: Stack): boolean {
  return any([
    () => stack.pointing(LOGGING, "targetBucket", bucket, (logging) => !refersTo(logging, "bucket", bucket)).length > 0,
    ...["logging.targetBucket", "loggings[0].targetBucket"].map((path) => () => stack.pointing(BUCKET, path, bucket, (other) => other !== bucket).length > 0),
    ...Object.entries(BALANCER_LOGS).flatMap(([kind, paths]) => paths.map((path) => () => stack.pointing(kind, path, bucket).length > 0)),
  ]);
}

/** What a rule of a lifecycle does with age, in days, whichever resource says it. */
export interface Aging {
  /** The rule is about every object, not about some prefix, tag or size. */
  whole: () => boolean;
  enabled: () => boolean;
  abortsUploads: () => boolean;
  /** Days after which versions that are not the newest go. */
  oldVersions: () => number | undefined;
  /** Days after which objects go. */
  expiration: () => number | undefined;
}

/** Rules of the bucket's lifecycle. @throws Undecided when it is not known whether there are any */
export function agings(bucket: Resource, stack: Stack): Aging[] {
  const inline = bucket.at("lifecycleRules").items.map((rule): Aging => ({
    enabled: () => rule.at("enabled").flag === true,
    whole: () => ["", undefined].includes(rule.at("prefix").text) && rule.at("tags").entries.length === 0,
    abortsUploads: () => (rule.at("abortIncompleteMultipartUploadDays").number ?? 0) > 0,
    oldVersions: () => below([rule], "noncurrentVersionExpiration", "noncurrentVersionExpirations")[0]?.at("days").number,
    expiration: () => below([rule], "expiration", "expirations")[0]?.at("days").number,
  }));
  const separate = beside(bucket, stack, LIFECYCLE).flatMap((lifecycle) => lifecycle.at("rules").items).map((rule): Aging => ({
    enabled: () => rule.at("status").text === "Enabled",
    whole: () => [rule.at("prefix"), rule.at("filter.prefix")].every((prefix) => ["", undefined].includes(prefix.text)) && ["tag", "and", "objectSizeGreaterThan", "objectSizeLessThan"].every((key) => !rule.at("filter").key(key).exists),
    abortsUploads: () => (rule.at("abortIncompleteMultipartUpload.daysAfterInitiation").number ?? 0) > 0,
    oldVersions: () => rule.at("noncurrentVersionExpiration.noncurrentDays").number,
    expiration: () => rule.at("expiration.days").number,
  }));
  return [...inline, ...separate];
}

/** Whether some rule for the whole bucket does what a test asks. @throws Undecided */
export function ages(bucket: Resource, stack: Stack, test: (aging: Aging) => boolean): boolean {
  return any(agings(bucket, stack).map((aging) => () => aging.enabled() && aging.whole() && test(aging)));
}

/** Default retentions of the bucket's object lock. @throws Undecided when it is not known whether there are any */
export function locks(bucket: Resource, stack: Stack): Value[] {
  const inline = below(below([bucket.at("objectLockConfiguration")], "rule", "rules"), "defaultRetention", "defaultRetentions");
  return [...inline, ...beside(bucket, stack, LOCK).flatMap((lock) => lock.at("rule.defaultRetention").items)];
}

/** How long a lock holds, in days. */
export function lockDays(lock: Value): number {
  return lock.at("days").number ?? (lock.at("years").number ?? 0) * 365;
}
