/** Requirements, section 1, row "object storage". */
import { expect } from "vitest";
import { kept, names, statement, statements, type Fact } from "../facts.ts";
import { expectAccepted, expectRefused } from "../refused.ts";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";

const row = "object storage";
const BUCKET = "aws:s3/bucket:Bucket";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const LOGGING = "aws:s3/bucketLogging:BucketLogging";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";

const BUCKETS = ["archive", "audit", "backups", "config", "files", "logs"];
const nameOf = (name: string) => `shop-production-${name}-123456789012`;

/** A bucket that exists under its name, guarded, and tagged with its class. */
function bucket(name: string, objectLockEnabled: boolean, dataClass: string = name): Fact {
  return [BUCKET, `storage-${name}`, { bucket: nameOf(name), forceDestroy: false, objectLockEnabled, "tags.data-class": dataClass }];
}

/** The enabled lifecycle rules of a bucket by id. */
function lifecycle(rendered: Rendered, name: string): Record<string, unknown> {
  const rules = rendered.one(LIFECYCLE, `storage-${name}-lifecycle`).props["rules"] as { id: string; status: string }[];
  return Object.fromEntries(rules.filter((rule) => rule.status === "Enabled").map((rule) => [rule.id, rule]));
}

/** A promise about all buckets: one resource of a type for each. */
function all(phrase: string, type: string, part: string, check: (rendered: Rendered, name: string, props: Record<string, unknown>) => void): Requirement {
  return {
    row,
    phrase,
    resources: (p) => p.all(type, /^storage-/),
    check: (p) => {
      expect(p.all(BUCKET).map(({ props }) => props["bucket"]).sort()).toEqual(BUCKETS.map(nameOf));
      expect(names(p, type, /^storage-/)).toEqual(BUCKETS.map((name) => `storage-${name}-${part}`));
      for (const name of BUCKETS) {
        const { props } = p.one(type, `storage-${name}-${part}`);
        expect(props["bucket"], name).toBe(nameOf(name));
        check(p, name, props);
      }
    },
  };
}

export const storage: Requirement[] = [
  kept(row, "files bucket", [bucket("files", false)], (p) => expect(p.all(BUCKET).map(({ protect }) => protect)).toEqual(BUCKETS.map(() => true))),
  all("versioned", VERSIONING, "versioning", (_p, name, props) => expect(at(props, "versioningConfiguration.status"), name).toBe("Enabled")),
  all("encrypted", ENCRYPTION, "encryption", (p, name, props) => {
    const rule = at(props, "rules[0]");
    if (name === "logs") return expect(at(rule, "applyServerSideEncryptionByDefault")).toEqual({ sseAlgorithm: "AES256" });
    const key = p.one("aws:kms/alias:Alias", `keys-${name === "config" ? "audit" : name}-alias`).props["targetKeyId"];
    expect(at(rule, "applyServerSideEncryptionByDefault"), name).toEqual({ sseAlgorithm: "aws:kms", kmsMasterKeyId: `arn:aws:kms:us-east-1:123456789012:key/${String(key)}` });
    expect(at(rule, "bucketKeyEnabled"), name).toBe(true);
    // Whoever uploads can not choose a weaker one.
    expect(statement(p.one(POLICY, `storage-${name}-policy`), "DenyOtherEncryption").Condition, name).toEqual({ Null: { "s3:x-amz-server-side-encryption": "false" }, StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } });
  }),
  kept(row, "CORS and types limited", [
    ["aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "storage-files-cors", { "corsRules[0].allowedOrigins": ["https://shop.example.com"], "corsRules[0].allowedMethods": ["GET", "HEAD", "PUT", "POST"], "corsRules[1]": undefined }],
    [POLICY, "storage-files-policy", { bucket: nameOf("files") }],
  ], (p) => {
    expect(at(p.one("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration").props, "corsRules[0].allowedHeaders")).not.toContain("*");
    expect(statement(p.one(POLICY, "storage-files-policy"), "DenyOtherFileTypes")).toMatchObject({
      Effect: "Deny", Principal: "*", Action: "s3:PutObject", NotResource: [".svg", ".xml", ".json"].map((type) => `arn:aws:s3:::${nameOf("files")}/*${type}`),
    });
  }),
  kept(row, "backups bucket", [bucket("backups", true)]),
  kept(row, "retention 90 days", [[LIFECYCLE, "storage-backups-lifecycle", { bucket: nameOf("backups") }], [LOCK, "storage-backups-lock", { "rule.defaultRetention.days": 90 }]],
    (p) => expect(lifecycle(p, "backups")).toMatchObject({ expire: { expiration: { days: 90 } }, "old-versions": { noncurrentVersionExpiration: { noncurrentDays: 1 } } })),
  kept(row, "object lock", [[LOCK, "storage-backups-lock", { bucket: nameOf("backups"), objectLockEnabled: "Enabled", "rule.defaultRetention": { mode: "GOVERNANCE", days: 90 } }]], (p) => {
    expect(statement(p.one(POLICY, "storage-backups-policy"), "DenyLockBypass")).toMatchObject({
      Effect: "Deny", Principal: "*", Action: "s3:BypassGovernanceRetention", Condition: { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/shop-production-break-glass" } },
    });
  }),
  kept(row, "archive bucket", [bucket("archive", false)]),
  kept(row, "cold tier", [[LIFECYCLE, "storage-archive-lifecycle", { bucket: nameOf("archive") }]],
    (p) => expect(lifecycle(p, "archive")).toMatchObject({ "cold-tier": { transitions: [{ days: 30, storageClass: "DEEP_ARCHIVE" }] } })),
  kept(row, "audit bucket", [bucket("audit", true), ["aws:cloudtrail/trail:Trail", "audit-trail", { s3BucketName: nameOf("audit") }]], (p) => {
    // The very trail may write, which is what the policy and the trail must agree on.
    const trail = `arn:aws:cloudtrail:us-east-1:123456789012:trail/${String(p.one("aws:cloudtrail/trail:Trail", "audit-trail").props["name"])}`;
    for (const sid of ["AllowTrailAclCheck", "AllowTrailWrite"]) {
      expect(statement(p.one(POLICY, "storage-audit-policy"), sid).Condition, sid).toEqual({ StringEquals: { "aws:SourceAccount": "123456789012" }, ArnLike: { "aws:SourceArn": trail } });
    }
    expect(statement(p.one("aws:kms/key:Key", "keys-audit"), "CloudTrailEncrypts").Condition).toMatchObject({ ArnLike: { "aws:SourceArn": trail } });
  }),
  kept(row, "2555 days", [[LIFECYCLE, "storage-audit-lifecycle", { bucket: nameOf("audit") }], [LOCK, "storage-audit-lock", { "rule.defaultRetention.days": 2555 }]],
    (p) => expect(lifecycle(p, "audit")).toMatchObject({ expire: { expiration: { days: 2555 } } })),
  kept(row, "object lock in compliance mode", [[LOCK, "storage-audit-lock", { bucket: nameOf("audit"), objectLockEnabled: "Enabled", "rule.defaultRetention": { mode: "COMPLIANCE", days: 2555 } }]]),
  all("all: public access blocked", BLOCK, "public-access", (_p, name, props) => {
    expect([props["blockPublicAcls"], props["blockPublicPolicy"], props["ignorePublicAcls"], props["restrictPublicBuckets"]], name).toEqual([true, true, true, true]);
  }),
  kept(row, "public access blocked", [["aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "audit-defaults-buckets", { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true }]]),
  all("TLS-only policy", POLICY, "policy", (p, name) => {
    const policy = p.one(POLICY, `storage-${name}-policy`);
    const whole = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [`arn:aws:s3:::${nameOf(name)}`, `arn:aws:s3:::${nameOf(name)}/*`] };
    expect(statement(policy, "DenyPlainHttp"), name).toMatchObject({ ...whole, Condition: { Bool: { "aws:SecureTransport": "false" } } });
    expect(statement(policy, "DenyOldTls"), name).toMatchObject({ ...whole, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } });
    // Whoever is let in is a service, and under a condition.
    for (const allowed of statements(policy).filter(({ Effect }) => Effect === "Allow")) {
      expect(Object.keys(allowed.Principal as object), `${name} ${String(allowed.Sid)}`).toEqual(["Service"]);
      expect(allowed.Condition, `${name} ${String(allowed.Sid)}`).toBeDefined();
    }
  }),
  all("owner enforced", OWNERSHIP, "ownership", (_p, name, props) => expect(at(props, "rule.objectOwnership"), name).toBe("BucketOwnerEnforced")),
  {
    row,
    phrase: "access logs go to a log bucket of its own (no object lock, SSE-S3: the service demands it)",
    resources: (p) => [...p.all(LOGGING), p.one(BUCKET, "storage-logs"), p.one(ENCRYPTION, "storage-logs-encryption")],
    check: (p) => {
      const logged = BUCKETS.filter((name) => name !== "logs");
      expect(names(p, LOGGING)).toEqual(logged.map((name) => `storage-${name}-logging`));
      for (const name of logged) {
        expect(p.one(LOGGING, `storage-${name}-logging`).props, name).toMatchObject({ bucket: nameOf(name), targetBucket: nameOf("logs"), targetPrefix: `s3/${nameOf(name)}/` });
      }
      expect(p.one(BUCKET, "storage-logs").props["objectLockEnabled"]).toBe(false);
      expect(p.all(LOCK, /logs/)).toEqual([]);
      expect(at(p.one(ENCRYPTION, "storage-logs-encryption").props, "rules[0].applyServerSideEncryptionByDefault")).toEqual({ sseAlgorithm: "AES256" });
      expect(statement(p.one(POLICY, "storage-logs-policy"), "AllowBucketAccessLogs")).toMatchObject({ Principal: { Service: "logging.s3.amazonaws.com" }, Resource: `arn:aws:s3:::${nameOf("logs")}/s3/*`, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } });
      expect(lifecycle(p, "logs")).toMatchObject({ expire: { expiration: { days: 365 } } });
    },
  },
  kept(row, "Config delivers to a bucket without default retention", [bucket("config", false, "audit"), ["aws:cfg/deliveryChannel:DeliveryChannel", /^audit-/, { s3BucketName: nameOf("config") }]], (p) => {
    expect(names(p, LOCK)).toEqual(["storage-audit-lock", "storage-backups-lock"]);
    expect(statement(p.one(POLICY, "storage-config-policy"), "AllowConfigWrite")).toMatchObject({ Principal: { Service: "config.amazonaws.com" }, Resource: `arn:aws:s3:::${nameOf("config")}/AWSLogs/123456789012/Config/*`, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } });
  }),
  {
    row,
    phrase: "Staging locks in governance mode",
    rendering: "staging",
    resources: (s) => s.all(LOCK),
    check: (s) => expect(Object.fromEntries(s.all(LOCK).map(({ name, props }) => [name, at(props, "rule.defaultRetention")]))).toEqual({
      "storage-audit-lock": { mode: "GOVERNANCE", days: 2555 }, "storage-backups-lock": { mode: "GOVERNANCE", days: 90 },
    }),
  },
  {
    row,
    phrase: "compliance mode only with `irrevocable: true` said",
    resources: () => [],
    check: () => {
      expectRefused({ storage: { lockMode: "COMPLIANCE", irrevocable: false } }, "storage.irrevocable", "nothing in the audit bucket can be deleted for 2555 days");
      expectRefused({ storage: { lockMode: "GOVERNANCE", irrevocable: true } }, "storage.irrevocable", "GOVERNANCE");
      expectAccepted({ storage: { lockMode: "GOVERNANCE", irrevocable: false } });
    },
  },
];
