/** How long records of who did what are kept, and that other records end. */
import type { Resource, Stack } from "../resource.ts";
import { atLeast, type Rule, shown, where } from "../rule.ts";
import { demand } from "./keysTests.ts";
import { any, type Value } from "../value.ts";
import { agings, BUCKET, lockDays, locks } from "./storageBuckets.ts";

/** Checklist: backups are kept for 90 days, audit records for 2555, seven years. */
const BACKUP_DAYS = 90;
const AUDIT_DAYS = 2555;
/** CloudWatch Logs takes fixed periods only; this is the first that is long enough. */
const AUDIT_LOG_DAYS = 2557;
const TRAIL = "aws:cloudtrail:Trail";

/** Whether a trail of this stack delivers into the bucket or log group. */
function ofTrail(target: Resource, property: string, stack: Stack): boolean {
  return stack.pointing(TRAIL, property, target).length > 0;
}

/** For how many days a bucket's objects have to stay; none when nobody says what they are. */
function daysOwed(bucket: Resource, stack: Stack): number | undefined {
  const dataClass = bucket.at("tags.data-class").text;
  if (any([() => dataClass === "audit", () => ofTrail(bucket, "s3BucketName", stack)])) return AUDIT_DAYS;
  return dataClass === "backups" ? BACKUP_DAYS : undefined;
}

function atLeastIfSet(days: number): (value: Value) => string | undefined {
  return (value) => (value.exists ? atLeast(days, " days")(value) : undefined);
}

export const rules: Rule[] = [
  {
    id: "retention/audit-bucket",
    title: "The trail's bucket is locked for 2555 days",
    items: ["retention-audit", "buckets"],
    severity: "critical",
    frameworks: ["PCI DSS 4.0.1: 10.3.2"],
    why: "Who breaks in deletes the trail before anybody reads it; seven years is what the checklist owes to auditors.",
    mend: "Give the bucket an object lock with `defaultRetention` of 2555 days or 7 years (`BucketObjectLockConfiguration`).",
    closed: true,
    kinds: [BUCKET],
    applies: (bucket, stack) => ofTrail(bucket, "s3BucketName", stack),
    relate: (bucket, stack, report) => {
      if (!any(locks(bucket, stack).map((lock) => () => lockDays(lock) >= AUDIT_DAYS))) report(bucket, `has no object lock of at least ${AUDIT_DAYS} days`);
    },
  },
  {
    id: "retention/audit-lock-mode",
    title: "The trail's bucket is locked in compliance mode",
    items: ["retention-audit", "buckets"],
    severity: "medium",
    enforcement: "advisory",
    frameworks: [],
    why: "In governance mode whoever has s3:BypassGovernanceRetention deletes the trail; in compliance mode nobody does, the root user included.",
    mend: "Set `defaultRetention.mode: \"COMPLIANCE\"` once the retention is sure: it can not be taken back. Stacks that shall go again, such as staging, stay with governance.",
    kinds: [BUCKET],
    applies: (bucket, stack) => ofTrail(bucket, "s3BucketName", stack),
    relate: (bucket, stack, report) => {
      if (!any(locks(bucket, stack).map((lock) => () => lock.at("mode").text === "COMPLIANCE"))) report(bucket, "has no object lock in compliance mode");
    },
  },
  {
    id: "retention/expiry",
    title: "No lifecycle ends backups or audit records before their time",
    items: ["retention-backups", "retention-audit", "buckets"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 10.5.1"],
    why: "A lifecycle deletes without asking and without a trace in anybody's terminal; the gap is found when the auditor asks.",
    mend: "Set `expiration.days` to at least 90 in buckets of backups (tag `data-class: backups`), 2555 in those of audit records (tag `data-class: audit`, and the trail's).",
    kinds: [BUCKET],
    relate: (bucket, stack, report) => {
      const owed = daysOwed(bucket, stack);
      if (owed === undefined) return;
      agings(bucket, stack).forEach((aging) => bucket.try(() => {
        const days = aging.enabled() ? aging.expiration() : undefined;
        if (days !== undefined && days < owed) report(bucket, `has a lifecycle that ends objects after ${days} days, must be at least ${owed}`);
      }));
    },
  },
  {
    id: "retention/audit-logs",
    title: "The trail's log group keeps 2557 days",
    items: ["retention-audit"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 10.5.1"],
    why: "The log group is where the trail is searched; without its older part every question of last year begins with a restore.",
    mend: "Set `retentionInDays: 2557`, the first period of CloudWatch Logs that is not shorter than 2555 days.",
    kinds: ["aws:cloudwatch:LogGroup"],
    applies: (group, stack) => ofTrail(group, "cloudWatchLogsGroupArn", stack),
    relate: (group, _stack, report) => {
      const days = group.at("retentionInDays");
      // No number and 0 are for ever, which another rule is about.
      if ((days.number ?? 0) > 0 && atLeast(AUDIT_LOG_DAYS)(days) !== undefined) report(days, `is ${shown(days)}, must be at least ${AUDIT_LOG_DAYS} days`);
    },
  },
  {
    id: "retention/log-groups",
    title: "Every log group has an end",
    items: ["retention-audit"],
    severity: "low",
    frameworks: [],
    why: "Logs that never expire keep personal data longer than anybody may, and cost more every month.",
    mend: "Set `retentionInDays`.",
    kinds: ["aws:cloudwatch:LogGroup"],
    check: where({ retentionInDays: atLeast(1, " days") }),
  },
  {
    id: "retention/audit-stores",
    title: "Config and CloudTrail Lake keep their records for 2555 days",
    items: ["retention-audit"],
    severity: "medium",
    frameworks: [],
    why: "These services keep what they record themselves; a shorter period there makes a hole in the years that the bucket keeps.",
    mend: "Set `retentionPeriodInDays` of Config and `retentionPeriod` of event data stores to at least 2555; without a setting both keep seven years.",
    ...demand({
      "aws:cfg:RetentionConfiguration": { retentionPeriodInDays: atLeast(AUDIT_DAYS, " days") },
      "aws:cloudtrail:EventDataStore": { retentionPeriod: atLeastIfSet(AUDIT_DAYS) },
    }),
  },
];
