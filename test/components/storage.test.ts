import { beforeAll, expect, it } from "vitest";
import { Storage, type StorageArgs } from "../../components/storage/index.ts";
import { only, PLACE, PROTECTED, statements } from "./dataFixtures.ts";
import { declared, type Declared } from "./mocks.ts";

const ARGS: StorageArgs = {
  ...PLACE, protection: PROTECTED, keys: { files: "arn:key:files", backups: "arn:key:backups", archive: "arn:key:archive", audit: "arn:key:audit" },
  backupRetentionDays: 90, auditRetentionDays: 2555, lockMode: "COMPLIANCE", irrevocable: true, corsOrigins: ["https://shop.example.com"], archiveAfterDays: 30,
  extraBuckets: { exports: { dataClass: "files", expireDays: 30 } },
};

let found: Declared[];
let storage: Storage;

beforeAll(async () => {
  found = await declared(() => {
    storage = new Storage("storage", ARGS);
    storage.allowCdn("arn:aws:cloudfront::123456789012:distribution/E1");
  });
});

it("locks backups for 90 days and the audit trail for 2555 in compliance mode, the log bucket not at all", () => {
  expect(only(found, ":BucketObjectLockConfiguration", "storage-backups-lock")["rule"]).toEqual({ defaultRetention: { mode: "GOVERNANCE", days: 90 } });
  expect(only(found, ":BucketObjectLockConfiguration", "storage-audit-lock")["rule"]).toEqual({ defaultRetention: { mode: "COMPLIANCE", days: 2555 } });
  expect(found.filter((r) => r.type.endsWith(":BucketObjectLockConfiguration"))).toHaveLength(2);
  expect(only(found, ":Bucket", "storage-audit")).toMatchObject({ bucket: "shop-production-audit-123456789012", objectLockEnabled: true, tags: { "data-class": "audit" } });
});

it("blocks, versions, encrypts and protects every bucket; only the log bucket uses SSE-S3", () => {
  const buckets = found.filter((r) => r.type === "aws:s3/bucket:Bucket");
  expect(buckets.map((r) => r.name).sort()).toEqual(["archive", "audit", "backups", "config", "exports", "files", "logs"].map((kind) => `storage-${kind}`));
  for (const bucket of buckets) {
    expect(bucket).toMatchObject({ protect: true, retainOnDelete: true });
    expect(only(found, ":BucketPublicAccessBlock", `${bucket.name}-public-access`)).toMatchObject({ blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true });
    expect(only(found, ":BucketOwnershipControls", `${bucket.name}-ownership`)["rule"]).toEqual({ objectOwnership: "BucketOwnerEnforced" });
    expect(only(found, ":BucketVersioning", `${bucket.name}-versioning`)["versioningConfiguration"]).toEqual({ status: "Enabled" });
    const policy = statements(only(found, ":BucketPolicy", `${bucket.name}-policy`)["policy"]);
    expect(policy["DenyPlainHttp"]).toMatchObject({ Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } });
    const rules = only(found, ":BucketServerSideEncryptionConfiguration", `${bucket.name}-encryption`)["rules"];
    expect(rules).toMatchObject([{ applyServerSideEncryptionByDefault: { sseAlgorithm: bucket.name === "storage-logs" ? "AES256" : "aws:kms" } }]);
  }
  expect(found.filter((r) => r.type.endsWith(":BucketLogging")).map((r) => r.name)).not.toContain("storage-logs-logging");
});

it("leaves every bucket and its settings in the account, whatever the stack keeps of the rest", async () => {
  const resources = await declared(() => {
    new Storage("storage", { ...ARGS, protection: { protect: false, retainOnDelete: false } }).allowCdn("arn:aws:cloudfront::123456789012:distribution/E1");
  });
  expect(resources.filter((r) => r.type.startsWith("aws:") && (r.protect || !r.retainOnDelete)).map((r) => r.name)).toEqual([]);
  expect(resources.filter((r) => r.type === "aws:s3/bucket:Bucket").map((r) => r.inputs["forceDestroy"])).toEqual(Array.from({ length: 7 }, () => false));
});

it("lets the distribution, the trail and log delivery in, each from this account alone", () => {
  const files = statements(only(found, ":BucketPolicy", "storage-files-policy")["policy"]);
  expect(files["AllowDistribution"]).toMatchObject({ Action: "s3:GetObject", Condition: { StringEquals: { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1" } } });
  expect(files["DenyOtherFileTypes"]?.["NotResource"]).toEqual([".svg", ".xml", ".json"].map((type) => `arn:aws:s3:::shop-production-files-123456789012/*${type}`));
  const audit = statements(only(found, ":BucketPolicy", "storage-audit-policy")["policy"]);
  expect(audit["AllowTrailWrite"]).toMatchObject({ Condition: { StringEquals: { "aws:SourceAccount": "123456789012" }, ArnLike: { "aws:SourceArn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/shop-production" } } });
  const logs = statements(only(found, ":BucketPolicy", "storage-logs-policy")["policy"]);
  expect(logs["AllowLoadBalancerLogs"]).toMatchObject({ Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" } });
  expect(only(found, ":BucketCorsConfiguration", "storage-files-cors")["corsRules"]).toMatchObject([{ allowedOrigins: ["https://shop.example.com"], maxAgeSeconds: 3600 }]);
});

it("encrypts each bucket with the key of its class, in one key for many objects", () => {
  const keys = Object.fromEntries(["files", "backups", "archive", "audit", "config", "exports"].map((kind) => {
    const rules = only(found, ":BucketServerSideEncryptionConfiguration", `storage-${kind}-encryption`)["rules"] as { bucketKeyEnabled: boolean; applyServerSideEncryptionByDefault: { kmsMasterKeyId: string } }[];
    return [kind, [rules[0]?.applyServerSideEncryptionByDefault.kmsMasterKeyId, rules[0]?.bucketKeyEnabled]];
  }));
  expect(keys).toEqual({ files: ["arn:key:files", true], backups: ["arn:key:backups", true], archive: ["arn:key:archive", true], audit: ["arn:key:audit", true], config: ["arn:key:audit", true], exports: ["arn:key:files", true] });
});

it("ends what the retention ends", () => {
  const rules = (kind: string) => only(found, ":BucketLifecycleConfiguration", `storage-${kind}-lifecycle`)["rules"] as { expiration?: { days?: number }; transitions?: { days: number; storageClass: string }[]; abortIncompleteMultipartUpload?: { daysAfterInitiation: number } }[];
  const ends = (kind: string) => rules(kind).map((rule) => rule.expiration?.days).filter((days) => days !== undefined);
  expect({ backups: ends("backups"), audit: ends("audit"), exports: ends("exports") }).toEqual({ backups: [90], audit: [2555], exports: [30] });
  expect(rules("archive").flatMap((rule) => rule.transitions ?? [])[0]).toMatchObject({ days: 30, storageClass: "DEEP_ARCHIVE" });
  for (const kind of ["files", "backups", "archive", "audit", "logs", "config", "exports"]) expect(rules(kind).map((rule) => rule.abortIncompleteMultipartUpload?.daysAfterInitiation)).toContain(7);
});

it("describes every bucket for the processing register", () => {
  expect(storage.stores.map((store) => [store.name.replace(/^shop-production-(.*)-123456789012$/, "$1"), store.dataClass])).toEqual([["files", "files"], ["backups", "backups"], ["archive", "archive"], ["audit", "audit"], ["logs", "logs"], ["config", "audit"], ["exports", "files"]]);
});

it("refuses compliance mode that nobody has called irrevocable", async () => {
  await expect(declared(() => { new Storage("storage", { ...ARGS, irrevocable: false }); })).rejects.toThrow("set irrevocable: true");
});
