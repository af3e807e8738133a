import type { SampleResource } from "../../../policies/samples/sample.ts";
import { audit } from "./audit.ts";
import { bucketParts } from "./bucket.ts";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666";

/** A bucket that ends objects after some days, and its encryption and access logs. */
function store(name: string, dataClass: string, days: number): SampleResource[] {
  const bucket = `shop-${name}-123456789012`;
  return [
    ...bucketParts(name, dataClass, [], [{ id: "expire", status: "Enabled", filter: {}, expiration: { days } }]),
    {
      type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", name: `${name}-encryption`,
      props: { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY }, bucketKeyEnabled: true }] },
    },
    { type: "aws:s3/bucketLogging:BucketLogging", name: `${name}-logging`, props: { bucket, targetBucket: "shop-logs-123456789012", targetPrefix: `s3/${name}/` } },
  ];
}

function lock(name: string, mode: string, days: number): SampleResource {
  return {
    type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", name: `${name}-lock`,
    props: { bucket: `shop-${name}-123456789012`, objectLockEnabled: "Enabled", rule: { defaultRetention: { mode, days } } },
  };
}

/** What must be kept: a trail with its bucket and logs, dumps, the history of Config, a store of events. */
export const records: readonly SampleResource[] = [
  ...store("dumps", "backups", 90),
  lock("dumps", "GOVERNANCE", 90),
  ...store("audit", "audit", 2555),
  lock("audit", "COMPLIANCE", 2555),
  ...store("config", "audit", 2555),
  // The trail delivers into the bucket "audit" and the log group "trail".
  ...audit.filter(({ type }) => /:(Trail|LogMetricFilter|MetricAlarm)$/.test(type)),
  { type: "aws:cloudwatch/logGroup:LogGroup", name: "trail-logs", protect: true, props: { name: "trail", kmsKeyId: KEY, retentionInDays: 2557, tags: { "data-class": "audit" } } },
  { type: "aws:cloudwatch/logGroup:LogGroup", name: "other-logs", protect: true, props: { name: "/shop/other", kmsKeyId: KEY, retentionInDays: 365, tags: { "data-class": "logs" } } },
  { type: "aws:cfg/retentionConfiguration:RetentionConfiguration", name: "config-retention", props: { retentionPeriodInDays: 2557 } },
  {
    type: "aws:cloudtrail/eventDataStore:EventDataStore", name: "events", protect: true,
    props: { name: "events", kmsKeyId: KEY, retentionPeriod: 2555, multiRegionEnabled: true, terminationProtectionEnabled: true, tags: { "data-class": "audit" } },
  },
];
