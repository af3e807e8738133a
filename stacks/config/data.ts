/** Keys of everything that holds data: database, cache, buckets, keys, secrets, backups. */
import { z } from "zod";
import * as f from "./fields.ts";
import { key } from "./fields.ts";

export const postgres = z.strictObject({
  instanceClass: key(z.string().regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, "a DB instance class such as db.r5.large"), { description: "Instance class of primary and replicas.", example: "db.r5.large" }),
  majorVersion: key(z.enum(["15", "16", "17"]), { description: "Major version; minor versions are the service's affair and ignored.", example: "16" }),
  multiAz: key(z.boolean(), { description: "Standby in a second zone.", example: true }),
  replicas: key(z.int().min(0).max(5), { description: "Read replicas, spread over the zones.", example: 2 }),
  storageGib: key(z.int().min(20).max(65_536), { description: "Allocated storage.", unit: "GiB", example: 100 }),
  maxStorageGib: key(z.int().min(20).max(65_536), { description: "Storage autoscaling limit; at least 10 % above storageGib.", unit: "GiB", example: 500, source: "RDS user guide, storage autoscaling" }),
  databaseName: key(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "letters, digits and underscores, starting with a letter"), { description: "Name of the database.", example: "app" }),
  masterUsername: key(z.string().regex(/^[a-z][a-z0-9_]{0,15}$/, "1 to 16 letters, digits and underscores").refine((v) => !["admin", "postgres", "rdsadmin", "root"].includes(v), "not a name that the service reserves or attackers try first"), { description: "Master user; used by rotation and the job database-roles only.", example: "golive_master" }),
  applicationUser: key(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "letters, digits and underscores, starting with a letter"), { description: "User by which application and jobs log in, with IAM authentication; made by the job database-roles before the first migration; it reads and writes what the migrations make.", example: "app" }),
  backupRetentionDays: key(z.int().min(1).max(35), { description: "Point-in-time recovery window.", unit: "days", example: 35, source: "RDS: 0 to 35 days" }),
  backupWindow: key(f.dailyWindow, { description: "Daily window of automated backups.", example: "02:00-03:00" }),
  maintenanceWindow: key(f.maintenanceWindow, { description: "Weekly window of the service's own maintenance; must not overlap the backup window.", example: "sun:04:00-sun:05:00" }),
  performanceInsightsDays: key(z.union([z.literal(7), z.literal(93), z.literal(186), z.literal(372), z.literal(731)]), { description: "How long Performance Insights keeps data.", unit: "days", example: 7, source: "RDS: 7 is included and always valid; longer ones are months of 31 days, or 731" }),
  monitoringSeconds: key(z.union([1, 5, 10, 15, 30, 60].map((n) => z.literal(n))), { description: "Interval of enhanced monitoring.", unit: "s", example: 30 }),
  blueGreenUpdate: key(z.boolean(), { description: "Let RDS update through a blue/green copy. Refused together with replicas: they would stay on the old primary.", example: false }),
  masterPasswordVersion: key(z.int().min(1), { description: "Raise by one to make the next update set the master password again from its secret.", example: 1 }),
  partitionedTables: key(z.array(z.string().regex(/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/, "schema.table")), { description: "Range-partitioned tables for which the monthly job makes future partitions.", example: ["app.events"] }),
});

export const redis = z.strictObject({
  nodeType: key(z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "a cache node type such as cache.t3.micro"), { description: "Node type.", example: "cache.t3.micro" }),
  nodes: key(z.int().min(2).max(6), { description: "One primary and replicas, spread over the zones.", example: 3 }),
  version: key(z.enum(["7.0", "7.1"]), { description: "Engine version.", example: "7.1" }),
  sessions: key(z.enum(["shared", "separate"]), { description: "Sessions live in the one cache, which then never evicts; or in a second cache, and the first evicts the least recently used.", example: "shared" }),
  snapshotRetentionDays: key(z.int().min(1).max(35), { description: "Daily snapshots kept.", unit: "days", example: 7 }),
  snapshotWindow: key(f.dailyWindow, { description: "Daily window of snapshots, at least 60 minutes.", example: "03:00-04:00" }),
  maintenanceWindow: key(f.maintenanceWindow, { description: "Weekly window of the service's own maintenance.", example: "sun:05:00-sun:06:00" }),
});

export const storage = z.strictObject({
  backupRetentionDays: key(z.int().min(30).max(3650), { description: "How long backups are kept and locked.", unit: "days", example: 90 }),
  auditRetentionDays: key(z.int().min(365).max(3653), { description: "How long the audit trail is kept and locked: seven years.", unit: "days", example: 2555 }),
  lockMode: key(z.enum(["GOVERNANCE", "COMPLIANCE"]), { description: "Object lock of the audit bucket. COMPLIANCE can be undone by nobody, the root user included, and needs irrevocable: true.", example: "GOVERNANCE" }),
  irrevocable: key(z.boolean(), { description: "Said by a person who knows that a compliance lock can not be taken back and the account not be closed cleanly before it ends.", example: false }),
  corsOrigins: key(z.array(z.string().regex(/^https:\/\/[a-z0-9.-]+$/, "an https origin")), { description: "Origins that may upload to the files bucket; empty means the application's own host.", example: ["https://shop.example.com"] }),
  archiveAfterDays: key(z.int().min(30).max(3650), { description: "Age at which archived objects move to the cold tier.", unit: "days", example: 30 }),
  extraBuckets: key(z.record(f.resourceKey, z.strictObject({
    dataClass: key(z.enum(["files", "archive"]), { description: "Which key encrypts it and how it is tagged.", example: "files" }),
    expireDays: key(z.int().min(1).max(3650).optional(), { description: "Objects are deleted at this age.", unit: "days", example: 365 }),
  })), { description: "Further buckets of the application, by name, with the same protection.", example: { exports: { dataClass: "files", expireDays: 30 } } }),
});

export const keys = z.strictObject({
  rotationDays: key(z.int().min(90).max(90), { description: "Rotation period of every customer key; 90 is the least KMS takes and the most the checklist allows.", unit: "days", example: 90, source: "KMS EnableKeyRotation: 90 to 2560 days" }),
  deletionWindowDays: key(z.int().min(7).max(30), { description: "Waiting time before a deleted key is gone.", unit: "days", example: 30 }),
});

export const secrets = z.strictObject({
  rotationDays: key(z.int().min(1).max(90), { description: "How often secrets are rotated.", unit: "days", example: 30 }),
  recoveryWindowDays: key(z.int().min(7).max(30), { description: "Waiting time before a deleted secret is gone.", unit: "days", example: 30 }),
  app: key(z.array(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "an environment variable name")), { description: "Secrets of the application by the name of the variable it reads; the first value of each is the Pulumi secret appSecrets.<NAME>, later ones are put into Secrets Manager.", example: ["JWT_SECRET"] }),
  version: key(z.int().min(1), { description: "Raise by one after a new value of a secret of the application was put into Secrets Manager: it is synced at once, and the pods roll and read it. Values that the program itself writes (redisAuthToken, a new name in app) roll them without.", example: 1 }),
  refreshMinutes: key(z.int().min(1).max(1440), { description: "How often External Secrets looks for new values.", unit: "min", example: 15 }),
});

export const backups = z.strictObject({
  dumpSchedule: key(f.cron, { description: "Logical dump of the database to the backups bucket.", example: "0 1 * * *" }),
  drillSchedule: key(f.cron, { description: "Restore drill: restores the newest dump into an empty database, verifies and measures it.", example: "0 5 * * 1" }),
  drillMaxAgeHours: key(z.int().min(24).max(2208), { description: "Alarm when no drill has succeeded for this long; must exceed the drill's period.", unit: "h", example: 192 }),
  copyRegion: key(f.region, { description: "Second region that AWS Backup copies to.", example: "us-west-2" }),
  retentionDays: key(z.int().min(7).max(3650), { description: "How long AWS Backup keeps recovery points.", unit: "days", example: 90 }),
  stateSchedule: key(f.cron, { description: "Export of the stack's configuration state to the backups bucket.", example: "30 0 * * *" }),
  stateBucket: key(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket name"), { description: "Bucket in which Pulumi keeps its state (`pulumi login s3://…`); the state export copies from it, and the deploy role reads and writes this stack's state and locks in it.", example: "example-pulumi-state" }),
  stateKeyArn: key(f.arn.optional(), { description: "KMS key that encrypts that bucket and is the stack's secrets provider (`awskms://…`); the key itself, not its alias. The deploy role may use it, without it only keys of AWS and passphrases would do.", example: "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000" }),
  rpoMinutes: key(z.int().min(1).max(1440), { description: "Most data that may be lost; measured by the drill.", unit: "min", example: 5 }),
  rtoMinutes: key(z.int().min(1).max(1440), { description: "Longest time to be back; measured by the drill.", unit: "min", example: 30 }),
});
