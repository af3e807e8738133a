/** Samples of areas/retentionAudit.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "retention/audit-bucket": {
    scene: "records",
    good: [{ set: { "audit-lock:rule.defaultRetention.days": undefined, "audit-lock:rule.defaultRetention.years": 7 } }],
    bad: [
      { set: { "audit-lock:rule.defaultRetention.days": 2554 }, at: "audit:" },
      { set: { "audit-lock:rule.defaultRetention.days": undefined, "audit-lock:rule.defaultRetention.years": 6 }, at: "audit:" },
      { set: { "audit-lock:rule.defaultRetention.days": undefined }, at: "audit:" },
      { remove: ["audit-lock"], at: "audit:", also: ["retention/audit-lock-mode"] },
      { set: { "trail:s3BucketName": "shop-config-123456789012" }, at: "config:", also: ["retention/audit-lock-mode"] },
    ],
  },
  "retention/audit-lock-mode": {
    scene: "records",
    bad: [{ set: { "audit-lock:rule.defaultRetention.mode": "GOVERNANCE" }, at: "audit:" }, { set: { "audit-lock:rule.defaultRetention.mode": undefined }, at: "audit:" }],
  },
  "retention/expiry": {
    scene: "records",
    good: [
      { set: { "dumps-lifecycle:rules[2].expiration.days": 10, "dumps-lifecycle:rules[2].status": "Disabled" } },
      { set: { "dumps:tags.data-class": "files", "dumps-lifecycle:rules[2].expiration.days": 10 } },
      { set: { "dumps-lifecycle:rules[2].expiration": { expiredObjectDeleteMarker: true } } },
    ],
    bad: [
      { set: { "dumps-lifecycle:rules[2].expiration.days": 89 }, at: "dumps:" },
      { set: { "audit-lifecycle:rules[2].expiration.days": 2554 }, at: "audit:" },
      { set: { "audit:tags.data-class": "logs", "audit-lifecycle:rules[2].expiration.days": 2554 }, at: "audit:" },
      { set: { "config-lifecycle:rules[2].expiration.days": 365 }, at: "config:" },
      { set: { "dumps:lifecycleRules": [{ enabled: true, prefix: "old/", expiration: { days: 30 } }] }, at: "dumps:" },
      { set: { "dumps:$type": "aws:s3/bucketV2:BucketV2", "dumps:lifecycleRules": [{ enabled: true, expirations: [{ days: 30 }] }] }, at: "dumps:" },
    ],
  },
  "retention/audit-logs": {
    scene: "records",
    good: [{ set: { "trail-logs:retentionInDays": 3653 } }, { set: { "trail-logs:name": "/shop/renamed", "trail-logs:retentionInDays": 365 } }],
    bad: [{ set: { "trail-logs:retentionInDays": 2555 } }, { set: { "trail-logs:name": "/shop/renamed", "other-logs:name": "trail" }, at: "other-logs:retentionInDays" }],
  },
  "retention/log-groups": {
    scene: "records",
    bad: [{ set: { "other-logs:retentionInDays": undefined } }, { set: { "other-logs:retentionInDays": 0 } }, { set: { "trail-logs:retentionInDays": 0 } }],
  },
  "retention/audit-stores": {
    scene: "records",
    good: [{ set: { "events:retentionPeriod": undefined } }],
    bad: [{ set: { "config-retention:retentionPeriodInDays": 2554 } }, { set: { "events:retentionPeriod": 365 } }],
  },
};
