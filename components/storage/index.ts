/** Object storage: the buckets for files, backups, archive, audit trail, access logs and Config, with their policies. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../access/policyDocument.ts";
import type { DataStore, Protection } from "../component.ts";
import { type BucketInfo, type BucketTransform, secureBucket, type SecureBucketArgs } from "./bucket.ts";
import * as policies from "./policies.ts";
import * as rules from "./rules.ts";

export type { BucketInfo } from "./bucket.ts";

export interface StorageArgs {
  /** `${app}-${stack}`; every bucket is `${prefix}-<kind>-${accountId}`. */
  prefix: string;
  accountId: string;
  region: string;
  protection: Protection;
  /** ARNs of the customer keys. */
  keys: Record<"files" | "backups" | "archive" | "audit", pulumi.Input<string>>;
  /** How long backups are kept and locked, in days (30 to 3650). */
  backupRetentionDays: number;
  /** How long the audit trail is kept and locked, in days (365 to 3653). */
  auditRetentionDays: number;
  /** Object lock of the audit bucket; COMPLIANCE only together with `irrevocable`. */
  lockMode: "GOVERNANCE" | "COMPLIANCE";
  /** Said by a person who knows that nobody, the root user included, can take a compliance lock back. */
  irrevocable: boolean;
  /** Origins that may upload to the files bucket from a browser; at least one. */
  corsOrigins: string[];
  /** File extensions that may be stored in the files bucket. Default: .svg, .xml, .json. */
  uploadTypes?: string[];
  /** Age at which archived objects move to the cold tier, in days. */
  archiveAfterDays: number;
  /** Further buckets of the application by name. */
  extraBuckets: Record<string, { dataClass: "files" | "archive"; expireDays?: number | undefined }>;
  transform?: Partial<Record<"files" | "backups" | "archive" | "audit" | "logs" | "config", BucketTransform>>;
}

/**
 * Buckets of the environment. All: public access blocked, owner enforced, TLS only, versioned, encrypted.
 *
 * Costs: stored gigabytes and requests; the audit bucket grows for seven years but mostly in the coldest tier.
 *
 * ```ts
 * const storage = new Storage("storage", { prefix, accountId, region, protection, keys, ...config.storage });
 * storage.allowCdn(edge.distributionArn);
 * ```
 *
 * @throws when compliance mode is asked for without `irrevocable`, or no origin is given.
 */
export class Storage extends pulumi.ComponentResource {
  readonly files: BucketInfo;
  readonly backups: BucketInfo;
  readonly archive: BucketInfo;
  readonly audit: BucketInfo;
  /** Access logs of buckets, load balancer and distribution. No object lock and SSE-S3: log delivery demands both. */
  readonly logs: BucketInfo;
  /** AWS Config delivers here; no default retention, which Config can not write under. */
  readonly config: BucketInfo;
  readonly extra: Record<string, BucketInfo>;
  readonly stores: DataStore[];
  readonly #args: StorageArgs;
  readonly #name: string;

  constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:storage:Storage", name, {}, opts);
    check(args);
    this.#args = args;
    this.#name = name;
    this.logs = logBucket(name, args, this);
    this.files = filesBucket(name, args, this.logs, this);
    this.backups = backupsBucket(name, args, this.logs, this);
    this.archive = archiveBucket(name, args, this.logs, this);
    this.audit = auditBucket(name, args, this.logs, this);
    this.config = configBucket(name, args, this.logs, this);
    this.extra = extraBuckets(name, args, this.logs, this);
    this.stores = describeStores(args);
    this.registerOutputs({ files: this.files.name, backups: this.backups.name, archive: this.archive.name, audit: this.audit.name, logs: this.logs.name });
  }

  /**
   * Declares the policy of the files bucket, with the distribution as its only reader beside the application.
   * Called once, when the distribution is known; the other buckets have their policies from the start.
   */
  allowCdn(distributionArn: pulumi.Input<string>): aws.s3.BucketPolicy {
    const { arn } = this.files;
    return attach(`${this.#name}-files`, this.files, [
      ...policies.tlsOnly(arn),
      ...policies.kmsOnly(arn),
      ...policies.typesOnly(arn, uploadTypes(this.#args)),
      ...policies.cdnReads(arn, distributionArn),
    ], this);
  }
}

function check(args: StorageArgs): void {
  if (args.lockMode === "COMPLIANCE" && !args.irrevocable) {
    throw new Error("Storage: lockMode COMPLIANCE can be undone by nobody; set irrevocable: true to say that this is known, or use GOVERNANCE");
  }
  if (args.corsOrigins.length === 0) {
    throw new Error("Storage: corsOrigins is empty; name the https origins that may upload, usually the application's own host");
  }
}

function uploadTypes(args: StorageArgs): string[] {
  return args.uploadTypes ?? [".svg", ".xml", ".json"];
}

function bucketName(args: StorageArgs, kind: string): string {
  const full = `${args.prefix}-${kind}-${args.accountId}`;
  if (full.length > 63) {
    throw new Error(`Storage: bucket name ${full} has ${full.length} characters, S3 takes 63; shorten the application's or the stack's name`);
  }
  return full;
}

type Rest = Omit<SecureBucketArgs, "bucketName" | "accessLogs" | "protection" | "transform">;

function bucket(name: string, kind: keyof NonNullable<StorageArgs["transform"]>, args: StorageArgs, logs: BucketInfo | undefined, rest: Rest, parent: pulumi.Resource): BucketInfo {
  const transform = args.transform?.[kind];
  return secureBucket(`${name}-${kind}`, {
    ...rest,
    bucketName: bucketName(args, kind),
    protection: args.protection,
    ...(logs === undefined ? {} : { accessLogs: { bucketName: logs.name, resource: logs.resource } }),
    ...(transform === undefined ? {} : { transform }),
  }, parent);
}

function attach(name: string, info: BucketInfo, statements: Statement[], parent: pulumi.Resource): aws.s3.BucketPolicy {
  return new aws.s3.BucketPolicy(`${name}-policy`, {
    bucket: info.resource.bucket,
    policy: policyDocument(statements),
  }, { parent, retainOnDelete: true });
}

function logBucket(name: string, args: StorageArgs, parent: pulumi.Resource): BucketInfo {
  const info = bucket(name, "logs", args, undefined, { dataClass: "logs", lifecycle: rules.expireRules(rules.LOG_DAYS) }, parent);
  const policy = attach(`${name}-logs`, info, [...policies.tlsOnly(info.arn), ...policies.logWrites(info.arn, args)], parent);
  return { ...info, ready: [policy] };
}

function filesBucket(name: string, args: StorageArgs, logs: BucketInfo, parent: pulumi.Resource): BucketInfo {
  const info = bucket(name, "files", args, logs, { dataClass: "files", keyArn: args.keys.files, lifecycle: rules.fileRules() }, parent);
  new aws.s3.BucketCorsConfiguration(`${name}-files-cors`, {
    bucket: info.resource.bucket,
    corsRules: [{
      allowedOrigins: args.corsOrigins,
      allowedMethods: ["GET", "HEAD", "PUT", "POST"],
      // What a browser sends with a presigned upload; a star would let any header through.
      allowedHeaders: ["content-type", "content-md5", "content-disposition", "x-amz-checksum-sha256", "x-amz-sdk-checksum-algorithm", "x-amz-content-sha256", "x-amz-date", "authorization"],
      exposeHeaders: ["ETag", "x-amz-version-id"],
      maxAgeSeconds: 3600,
    }],
  }, { parent, retainOnDelete: true });
  return info;
}

function backupsBucket(name: string, args: StorageArgs, logs: BucketInfo, parent: pulumi.Resource): BucketInfo {
  const info = bucket(name, "backups", args, logs, {
    dataClass: "backups",
    keyArn: args.keys.backups,
    // Governance: an erasure that a court orders stays possible for the break-glass role, and for nobody else.
    lock: { mode: "GOVERNANCE", days: args.backupRetentionDays },
    lifecycle: rules.expireRules(args.backupRetentionDays),
  }, parent);
  const policy = attach(`${name}-backups`, info, [...policies.tlsOnly(info.arn), ...policies.kmsOnly(info.arn), ...policies.keepLock(info.arn, args)], parent);
  return { ...info, ready: [policy] };
}

function archiveBucket(name: string, args: StorageArgs, logs: BucketInfo, parent: pulumi.Resource): BucketInfo {
  const info = bucket(name, "archive", args, logs, {
    dataClass: "archive", keyArn: args.keys.archive, lifecycle: rules.archiveRules(args.archiveAfterDays),
  }, parent);
  const policy = attach(`${name}-archive`, info, [...policies.tlsOnly(info.arn), ...policies.kmsOnly(info.arn)], parent);
  return { ...info, ready: [policy] };
}

function auditBucket(name: string, args: StorageArgs, logs: BucketInfo, parent: pulumi.Resource): BucketInfo {
  const info = bucket(name, "audit", args, logs, {
    dataClass: "audit",
    keyArn: args.keys.audit,
    lock: { mode: args.lockMode, days: args.auditRetentionDays },
    lifecycle: rules.auditRules(args.auditRetentionDays),
  }, parent);
  const policy = attach(`${name}-audit`, info, [
    ...policies.tlsOnly(info.arn), ...policies.kmsOnly(info.arn), ...policies.keepLock(info.arn, args), ...policies.trailWrites(info.arn, args),
  ], parent);
  return { ...info, ready: [policy] };
}

function configBucket(name: string, args: StorageArgs, logs: BucketInfo, parent: pulumi.Resource): BucketInfo {
  const info = bucket(name, "config", args, logs, {
    dataClass: "audit", keyArn: args.keys.audit, lifecycle: rules.auditRules(args.auditRetentionDays),
  }, parent);
  const policy = attach(`${name}-config`, info, [...policies.tlsOnly(info.arn), ...policies.kmsOnly(info.arn), ...policies.configWrites(info.arn, args)], parent);
  return { ...info, ready: [policy] };
}

function extraBuckets(name: string, args: StorageArgs, logs: BucketInfo, parent: pulumi.Resource): Record<string, BucketInfo> {
  const kinds = new Set(["files", "backups", "archive", "audit", "logs", "config"]);
  return Object.fromEntries(Object.entries(args.extraBuckets).map(([kind, extra]) => {
    if (kinds.has(kind)) throw new Error(`Storage: extraBuckets.${kind} is the name of a bucket that exists anyway; choose another`);
    const base = extra.dataClass === "archive" ? rules.archiveRules(args.archiveAfterDays) : rules.fileRules();
    const info = secureBucket(`${name}-${kind}`, {
      bucketName: bucketName(args, kind),
      dataClass: extra.dataClass,
      keyArn: args.keys[extra.dataClass],
      lifecycle: extra.expireDays === undefined ? base : rules.expireRules(extra.expireDays),
      accessLogs: { bucketName: logs.name, resource: logs.resource },
      protection: args.protection,
    }, parent);
    const policy = attach(`${name}-${kind}`, info, [...policies.tlsOnly(info.arn), ...policies.kmsOnly(info.arn)], parent);
    return [kind, { ...info, ready: [policy] }];
  }));
}

function describeStores(args: StorageArgs): DataStore[] {
  const erasedByKey = "The application deletes the object and its versions by key.";
  const extra = Object.entries(args.extraBuckets).map(([kind, { dataClass, expireDays }]): DataStore => ({
    name: bucketName(args, kind), dataClass, content: `Objects of the application (${kind}).`,
    retention: expireDays === undefined ? `Until deleted; replaced versions ${rules.OLD_VERSION_DAYS} days.` : `${expireDays} days.`,
    erasure: erasedByKey,
  }));
  return [
    { name: bucketName(args, "files"), dataClass: "files", content: "Files that users upload.", retention: `Until deleted; replaced and deleted versions ${rules.OLD_VERSION_DAYS} days.`, erasure: erasedByKey },
    { name: bucketName(args, "backups"), dataClass: "backups", content: "Database dumps, configuration state, reports of drills and scans.", retention: `${args.backupRetentionDays} days, locked.`, erasure: `Goes with the retention, ${args.backupRetentionDays + 1} days at the latest; after a restore the erasures since the dump are repeated.` },
    { name: bucketName(args, "archive"), dataClass: "archive", content: "Records that the application archives.", retention: `Until deleted; cold tier after ${args.archiveAfterDays} days.`, erasure: erasedByKey },
    { name: bucketName(args, "audit"), dataClass: "audit", content: "Audit trail: who called which API from which address.", retention: `${args.auditRetentionDays} days, locked (${args.lockMode.toLowerCase()}).`, erasure: "Not erased before: legal obligation and defense of claims (GDPR article 17(3)(b) and (e))." },
    { name: bucketName(args, "logs"), dataClass: "logs", content: "Access logs with client addresses.", retention: `${rules.LOG_DAYS} days.`, erasure: "Goes with the retention." },
    { name: bucketName(args, "config"), dataClass: "audit", content: "History of the account's configuration; no personal data but role names.", retention: `${args.auditRetentionDays} days.`, erasure: "Goes with the retention." },
    ...extra,
  ];
}
