/** Requirements, section 1, row "privacy". */
import { expect } from "vitest";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { kept } from "../facts.ts";

const row = "privacy";

/** Types that hold data of people or about them. */
const STORES = ["aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup", "aws:s3/bucket:Bucket", "aws:secretsmanager/secret:Secret", "aws:backup/vault:Vault", "aws:cloudwatch/logGroup:LogGroup", "aws:kms/key:Key", "aws:sns/topic:Topic"];

interface Register {
  basis: string;
  controller: string;
  contact: string;
  locations: string[];
  erasure: string;
  stores: { name: string; dataClass: string; retention: string; erasure: string; erasureDays?: number; purpose: string; personalData: string; dataSubjects: string }[];
}

const register = (p: Rendered) => p.outputs["processingRegister"] as Register;

/** Where each line of the register is declared, so that a line without a store, or a store without a line, is seen. */
const DECLARED: Record<string, readonly [type: string, name: string, property: string]> = {
  "/aws/cloudtrail/shop-production": ["aws:cloudwatch/logGroup:LogGroup", "audit-trail-logs", "name"],
  "/aws/route53/shop.example.com": ["aws:cloudwatch/logGroup:LogGroup", "edge-query-log-group", "name"],
  ...Object.fromEntries(["application", "audit", "ingress", "system"].map((logClass) => [`/golive/shop-production/${logClass}`, ["aws:cloudwatch/logGroup:LogGroup", `logs-${logClass}`, "name"] as const])),
  "aws-waf-logs-shop-production-edge": ["aws:cloudwatch/logGroup:LogGroup", "edge-waf-log-group", "name"],
  "shop-production-archive-123456789012": ["aws:s3/bucket:Bucket", "storage-archive", "bucket"],
  "shop-production-audit-123456789012": ["aws:s3/bucket:Bucket", "storage-audit", "bucket"],
  "shop-production-backup": ["aws:backup/vault:Vault", "backups-vault", "name"],
  "shop-production-backup-copy": ["aws:backup/vault:Vault", "backups-copy-vault", "name"],
  "shop-production-backups-123456789012": ["aws:s3/bucket:Bucket", "storage-backups", "bucket"],
  "shop-production-cache": ["aws:elasticache/replicationGroup:ReplicationGroup", "redis-cache", "replicationGroupId"],
  "shop-production-config-123456789012": ["aws:s3/bucket:Bucket", "storage-config", "bucket"],
  "shop-production-files-123456789012": ["aws:s3/bucket:Bucket", "storage-files", "bucket"],
  "shop-production-logs-123456789012": ["aws:s3/bucket:Bucket", "storage-logs", "bucket"],
  "shop-production-postgres": ["aws:rds/instance:Instance", "postgres-primary", "identifier"],
};

/** Every period that is declared for a store, in the unit that the register says it in. */
function periods(p: Rendered, name: string): number[] {
  const [type, logical] = DECLARED[name] ?? [];
  if (type === undefined || logical === undefined) throw new Error(`${name} is in the register and nowhere declared`);
  const { props } = p.one(type, logical);
  switch (type) {
    case "aws:cloudwatch/logGroup:LogGroup": return [Number(props["retentionInDays"])];
    case "aws:rds/instance:Instance": return [Number(props["backupRetentionPeriod"])];
    case "aws:elasticache/replicationGroup:ReplicationGroup": return [Number(props["snapshotRetentionLimit"]), Number(at(p.one("ConfigMap", "release-blue-config").props, "data.SESSION_SECONDS")) / 3600];
    case "aws:backup/vault:Vault": return [Number(p.one("aws:backup/vaultLockConfiguration:VaultLockConfiguration", `${logical}-lock`).props["maxRetentionDays"])];
    default: {
      const rules = p.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", `${logical}-lifecycle`).props["rules"] as { expiration?: { days?: number }; noncurrentVersionExpiration?: { noncurrentDays: number }; transitions?: { days: number }[] }[];
      return rules.flatMap((rule) => [rule.expiration?.days, rule.noncurrentVersionExpiration?.noncurrentDays, ...(rule.transitions ?? []).map(({ days }) => days)]).filter((days) => days !== undefined);
    }
  }
}

export const privacy: Requirement[] = [
  {
    row,
    phrase: "data classes tagged",
    resources: (p) => STORES.flatMap((type) => p.all(type)),
    check: (p) => {
      const classes = STORES.flatMap((type) => p.all(type)).map((r) => [r.name, (r.props["tags"] as Record<string, string> | undefined)?.["data-class"]] as const);
      expect(classes.filter(([, dataClass]) => dataClass === undefined).map(([name]) => name)).toEqual([]);
      expect([...new Set(classes.map(([, dataClass]) => dataClass))].sort()).toEqual(["archive", "audit", "backups", "cache", "cluster", "database", "files", "logs", "messages", "secrets", "volumes"]);
      expect(Object.fromEntries(classes)).toMatchObject({ "postgres-primary": "database", "redis-cache": "cache", "storage-files": "files", "storage-audit": "audit", "secrets-jwt-secret": "secrets", "notifications-pages": "messages" });
    },
  },
  kept(row, "retention and erasure paths documented", [
    ["aws:rds/instance:Instance", "postgres-primary", { backupRetentionPeriod: 35 }],
    ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "storage-files-lifecycle", { "rules[1].noncurrentVersionExpiration": { noncurrentDays: 90 } }],
    ["aws:elasticache/replicationGroup:ReplicationGroup", "redis-cache", { snapshotRetentionLimit: 7 }],
  ], (p) => {
    const { erasure, stores } = register(p);
    expect(erasure).toMatch(/^Requests are carried out in live stores within 30 days;/);
    expect(stores.filter((s) => s.erasureDays === 30).map((s) => s.dataClass).sort()).toEqual(["cache", "database", "files"]);
    const said = Object.fromEntries(stores.map((s) => [s.name, s.retention]));
    // Every number that the register says is the one that is declared for that very store.
    for (const { name, retention } of stores.filter((s) => s.name !== "shop-production/app")) {
      const numbers = [...retention.matchAll(/\d+/g)].map(Number);
      expect(numbers.length, name).toBeGreaterThan(0);
      expect(periods(p, name), `${name}: ${retention}`).toEqual(expect.arrayContaining(numbers));
    }
    expect(said).toMatchObject({
      "shop-production-postgres": expect.stringContaining("35 days") as unknown,
      "shop-production-files-123456789012": expect.stringContaining("90 days") as unknown,
      "shop-production-cache": expect.stringContaining("snapshots 7 days") as unknown,
      "shop-production-audit-123456789012": expect.stringContaining("2555 days") as unknown,
    });
    expect(stores.filter((s) => s.retention === "" || s.erasure === "").map((s) => s.name)).toEqual([]);
  }),
  kept(row, "logs redacted (password, token, key fields)", [
    ["ConfigMap", "release-blue-config", { "data.LOG_REDACTED_FIELDS": "password,token,key,secret,authorization,cookie,session" }],
    ["aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "edge-waf-logging", { redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }, { singleHeader: { name: "x-api-key" } }, { queryString: {} }] }],
    ["ConfigMap", "nginx-config", { "data.log-format-escaping": "json" }],
  ], (p) => {
    const format = String(at(p.one("ConfigMap", "nginx-config").props, "data.log-format"));
    expect(format, "paths without their query").toContain("$request_uri_no_args");
    expect(format).not.toMatch(/\$(request|request_uri|args|query_string|http_authorization|http_cookie|request_body)\b(?!_)/);
  }),
  {
    row,
    phrase: "processing register generated from the declared stores",
    resources: (p) => Object.values(DECLARED).map(([type, name]) => p.one(type, name)),
    check: (p) => {
      const lines = register(p).stores.map((s) => s.name).filter((name) => name !== "shop-production/app");
      expect(lines).toEqual(Object.keys(DECLARED));
      expect(Object.entries(DECLARED).map(([, [type, name, property]]) => p.one(type, name).props[property])).toEqual(lines);
      // The application's secrets share one line.
      expect(p.all("aws:secretsmanager/secret:Secret", /^secrets-/).map((r) => String(r.props["name"]).startsWith("shop-production/app/"))).toEqual([true, true]);
      // Every bucket, database and cache is in it.
      const stored = ["aws:s3/bucket:Bucket", "aws:elasticache/replicationGroup:ReplicationGroup", "aws:backup/vault:Vault"].flatMap((type) => p.all(type)).map((r) => String(r.props["bucket"] ?? r.props["replicationGroupId"] ?? r.props["name"]));
      expect(stored.filter((name) => !lines.includes(name))).toEqual([]);
    },
  },
  {
    row,
    phrase: "GDPR (document 004)",
    resources: (p) => [p.one("aws:rds/instance:Instance", "postgres-primary"), p.one("aws:backup/plan:Plan")],
    check: (p) => {
      // The locations are those of the declared copies, not a sentence.
      const copy = String(at(p.one("aws:backup/plan:Plan").props, "rules[0].copyActions[0].destinationVaultArn")).split(":")[3];
      expect(register(p).locations).toEqual(["us-east-1", copy]);
      const { basis, controller, contact, locations, stores } = register(p);
      expect({ basis, controller, contact, locations }).toEqual({ basis: "GDPR article 30(1)", controller: "Example Ltd", contact: "privacy@example.com", locations: ["us-east-1", "us-west-2"] });
      expect(stores.filter((s) => s.purpose === "" || s.personalData === "" || s.dataSubjects === "").map((s) => s.name)).toEqual([]);
      expect(stores.find((s) => s.name === p.one("aws:rds/instance:Instance", "postgres-primary").props["identifier"])).toMatchObject({
        dataClass: "database", personalData: "accounts, contact data, content entered by users", dataSubjects: "users of the application", purpose: "providing the application", erasureDays: 30,
      });
    },
  },
];
