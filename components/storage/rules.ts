/** Lifecycle rules of each kind of bucket; ages in days. */
import type * as aws from "@pulumi/aws";

type LifecycleRule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/** How long a replaced or deleted version of a file can be brought back. */
export const OLD_VERSION_DAYS = 90;
/** Access logs answer "who read it" for a year, as long as the other short-lived logs. */
export const LOG_DAYS = 365;

/** Current versions stay; what was overwritten or deleted goes after three months. */
export function fileRules(): LifecycleRule[] {
  return [oldVersions(OLD_VERSION_DAYS), orphanedMarkers()];
}

/** Objects go at `days`; the version underneath the delete marker a day later, when its lock is over as well. */
export function expireRules(days: number): LifecycleRule[] {
  return [
    { id: "expire", status: "Enabled", filter: {}, expiration: { days } },
    oldVersions(1),
    orphanedMarkers(),
  ];
}

/** Objects move to the cold tier, where they stay; reading one back takes hours. */
export function archiveRules(afterDays: number): LifecycleRule[] {
  return [
    { id: "cold-tier", status: "Enabled", filter: {}, transitions: [{ days: afterDays, storageClass: "DEEP_ARCHIVE" }] },
    oldVersions(OLD_VERSION_DAYS),
    orphanedMarkers(),
  ];
}

/** The trail is read in its first months, kept for years: colder with age, gone when the retention is over. */
export function auditRules(retentionDays: number): LifecycleRule[] {
  return [
    {
      id: "colder-with-age", status: "Enabled", filter: {},
      transitions: [{ days: 90, storageClass: "GLACIER_IR" }, { days: 365, storageClass: "DEEP_ARCHIVE" }].filter((t) => t.days < retentionDays),
    },
    ...expireRules(retentionDays),
  ];
}

function oldVersions(days: number): LifecycleRule {
  return { id: "old-versions", status: "Enabled", filter: {}, noncurrentVersionExpiration: { noncurrentDays: days } };
}

function orphanedMarkers(): LifecycleRule {
  return { id: "orphaned-delete-markers", status: "Enabled", filter: {}, expiration: { expiredObjectDeleteMarker: true } };
}
