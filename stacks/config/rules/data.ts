/** Rules about database, cache, buckets and backups. */
import { dailyWindow, longestGapHours, weeklyWindow, windowsMeet } from "../times.ts";
import { type Rule, when } from "./rule.ts";

const blueGreenUpdate: Rule = {
  id: "no-blue-green-update-with-replicas",
  title: "RDS blue/green updates are not used together with read replicas.",
  reason: "the replicas would stay on the old primary",
  reads: ["postgres.blueGreenUpdate", "postgres.replicas"],
  check: ({ postgres }) => when(postgres.blueGreenUpdate && postgres.replicas > 0, () => ({
    path: "postgres.blueGreenUpdate", given: `true, with ${postgres.replicas} replicas`, allowed: "false while there are replicas", mend: "set postgres.blueGreenUpdate: false, or postgres.replicas: 0",
  })),
};

const storageHeadroom: Rule = {
  id: "storage-headroom",
  title: "The database's storage limit is at least 10 % above its storage.",
  reason: "RDS refuses a closer limit (RDS user guide, storage autoscaling)",
  reads: ["postgres.storageGib", "postgres.maxStorageGib"],
  check: ({ postgres: { storageGib, maxStorageGib } }) => {
    const least = Math.ceil((storageGib * 11) / 10);
    return when(maxStorageGib < least, () => ({ path: "postgres.maxStorageGib", given: `${maxStorageGib} GiB, with postgres.storageGib ${storageGib}`, allowed: `${least} GiB or more`, mend: `set postgres.maxStorageGib to ${least} or more` }));
  },
};

const postgresWindows: Rule = {
  id: "postgres-windows",
  title: "The database's backup and maintenance windows are at least 30 minutes and do not overlap.",
  reason: "RDS refuses anything else (CreateDBInstance, PreferredBackupWindow and PreferredMaintenanceWindow)",
  reads: ["postgres.backupWindow", "postgres.maintenanceWindow"],
  check: ({ postgres }) => {
    const [daily, weekly] = [dailyWindow(postgres.backupWindow), weeklyWindow(postgres.maintenanceWindow)];
    return [
      ...when(daily.length < 30, () => ({ path: "postgres.backupWindow", given: `"${postgres.backupWindow}", ${daily.length} minutes`, allowed: "30 minutes or more", mend: "for example 02:00-03:00" })),
      ...when(weekly.length < 30, () => ({ path: "postgres.maintenanceWindow", given: `"${postgres.maintenanceWindow}", ${weekly.length} minutes`, allowed: "30 minutes or more", mend: "for example sun:04:00-sun:05:00" })),
      ...when(windowsMeet(daily, weekly), () => ({ path: "postgres.maintenanceWindow", given: `"${postgres.maintenanceWindow}", which overlaps postgres.backupWindow "${postgres.backupWindow}"`, allowed: "windows apart from each other", mend: "move one of the two" })),
    ];
  },
};

const redisWindows: Rule = {
  id: "redis-windows",
  title: "The cache's snapshot and maintenance windows are at least 60 minutes and do not overlap.",
  reason: "ElastiCache refuses shorter ones (CreateReplicationGroup, SnapshotWindow and PreferredMaintenanceWindow)",
  reads: ["redis.snapshotWindow", "redis.maintenanceWindow"],
  check: ({ redis }) => {
    const [daily, weekly] = [dailyWindow(redis.snapshotWindow), weeklyWindow(redis.maintenanceWindow)];
    return [
      ...when(daily.length < 60, () => ({ path: "redis.snapshotWindow", given: `"${redis.snapshotWindow}", ${daily.length} minutes`, allowed: "60 minutes or more", mend: "for example 03:00-04:00" })),
      ...when(weekly.length < 60, () => ({ path: "redis.maintenanceWindow", given: `"${redis.maintenanceWindow}", ${weekly.length} minutes`, allowed: "60 minutes or more", mend: "for example sun:05:00-sun:06:00" })),
      ...when(windowsMeet(daily, weekly), () => ({ path: "redis.maintenanceWindow", given: `"${redis.maintenanceWindow}", which overlaps redis.snapshotWindow "${redis.snapshotWindow}"`, allowed: "windows apart from each other", mend: "move one of the two" })),
    ];
  },
};

const lockSaid: Rule = {
  id: "compliance-lock-said",
  title: "A compliance lock is said to be irrevocable, and only a compliance lock is.",
  reason: "nobody can undo it before the last object's retention ends, the root user included; a governance lock can be undone, whatever is said",
  reads: ["storage.lockMode", "storage.irrevocable", "storage.auditRetentionDays"],
  check: ({ storage: { lockMode, irrevocable, auditRetentionDays } }) => [
    ...when(lockMode === "COMPLIANCE" && !irrevocable, () => ({ path: "storage.irrevocable", given: "false, with storage.lockMode COMPLIANCE", allowed: `true, said by a person who knows that nothing in the audit bucket can be deleted for ${auditRetentionDays} days`, mend: "set storage.irrevocable: true, or storage.lockMode: GOVERNANCE" })),
    ...when(lockMode === "GOVERNANCE" && irrevocable, () => ({ path: "storage.irrevocable", given: "true, with storage.lockMode GOVERNANCE", allowed: "false", mend: "set storage.lockMode: COMPLIANCE if it is meant, else remove storage.irrevocable" })),
  ],
};

const expiryAfterArchive: Rule = {
  id: "expiry-after-archive",
  title: "A further bucket of the class archive keeps its objects longer than it takes to archive them.",
  reason: "S3 refuses a lifecycle that deletes objects before it moves them",
  reads: ["storage.extraBuckets", "storage.archiveAfterDays"],
  check: ({ storage: { extraBuckets, archiveAfterDays } }) => Object.entries(extraBuckets).flatMap(([name, { dataClass, expireDays }]) =>
    when(dataClass === "archive" && expireDays !== undefined && expireDays <= archiveAfterDays, () => ({
      path: `storage.extraBuckets.${name}.expireDays`, given: `${expireDays} days, with storage.archiveAfterDays ${archiveAfterDays}`, allowed: `more than ${archiveAfterDays} days`, mend: "keep them longer, or set dataClass: files",
    }))),
};

/** Names of the buckets that the program makes for every stack. */
const OWN_BUCKETS = ["files", "backups", "archive", "audit", "logs", "config"];

const extraBucketNames: Rule = {
  id: "extra-bucket-names",
  title: "A further bucket does not take the name of one that the program makes.",
  reason: "two buckets can not have one name",
  reads: ["storage.extraBuckets"],
  check: ({ storage }) => Object.keys(storage.extraBuckets).filter((name) => OWN_BUCKETS.includes(name)).map((name) => ({
    path: `storage.extraBuckets.${name}`, given: `the name "${name}"`, allowed: `any name but ${OWN_BUCKETS.join(", ")}`, mend: "choose another name",
  })),
};

const auditLogsCover: Rule = {
  id: "audit-logs-cover",
  title: "The trail's logs are kept at least as long as its bucket.",
  reason: "2555 days is no period of CloudWatch Logs, so the next longer one must be chosen, not a shorter one",
  reads: ["audit.logRetentionDays", "storage.auditRetentionDays"],
  check: ({ audit, storage }) => when(audit.logRetentionDays < storage.auditRetentionDays, () => ({
    path: "audit.logRetentionDays", given: `${audit.logRetentionDays} days, with storage.auditRetentionDays ${storage.auditRetentionDays}`, allowed: `${storage.auditRetentionDays} days or more`, mend: "choose the first period that covers it, for example 2557",
  })),
};

const copyElsewhere: Rule = {
  id: "copy-elsewhere",
  title: "Backups are copied to another region.",
  reason: "a copy in the same region is lost with it",
  reads: ["backups.copyRegion", "region"],
  check: ({ backups, region }) => when(backups.copyRegion === region, () => ({ path: "backups.copyRegion", given: `"${region}", the stack's own region`, allowed: "another region", mend: "for example us-west-2" })),
};

const drillAlarm: Rule = {
  id: "drill-alarm",
  title: "The restore-drill alarm waits longer than the drill's period, by the recovery time.",
  reason: "it would ring while everything is well, and be switched off",
  reads: ["backups.drillSchedule", "backups.drillMaxAgeHours", "backups.rtoMinutes"],
  check: ({ backups }) => {
    const gap = longestGapHours(backups.drillSchedule);
    if (gap === undefined || gap === Infinity) return [];
    const least = Math.ceil(gap + backups.rtoMinutes / 60);
    return when(backups.drillMaxAgeHours < least, () => ({
      path: "backups.drillMaxAgeHours", given: `${backups.drillMaxAgeHours} h, while drills are up to ${gap} h apart`, allowed: `${least} h or more`, mend: "wait longer, or drill more often",
    }));
  },
};

/** RDS uploads transaction logs every five minutes (RDS user guide, point-in-time recovery). */
const RDS_RPO_MINUTES = 5;

const rpoPossible: Rule = {
  id: "rpo-possible",
  title: "The recovery point objective is one that the database can keep.",
  reason: "RDS saves its transaction logs every 5 minutes",
  reads: ["backups.rpoMinutes"],
  check: ({ backups }) => when(backups.rpoMinutes < RDS_RPO_MINUTES, () => ({
    path: "backups.rpoMinutes", given: `${backups.rpoMinutes} min`, allowed: `${RDS_RPO_MINUTES} min or more`, mend: `set backups.rpoMinutes to ${RDS_RPO_MINUTES}`,
  })),
};

const appSecretsGiven: Rule = {
  id: "app-secrets-given",
  title: "Every secret of the application has a first value, and no value is for a secret that nobody reads.",
  reason: "pods start only when all their secrets are there, so the first update would wait for a value in vain",
  reads: ["secrets.app", "appSecrets"],
  check: ({ secrets, appSecrets = {} }) => [
    ...secrets.app.filter((name) => !Object.hasOwn(appSecrets, name)).map((name) => ({
      path: `appSecrets.${name}`, given: "nothing, while secrets.app names it", allowed: "a Pulumi secret", mend: `pulumi config set --path --secret appSecrets.${name} --stack <stack>, or take it out of secrets.app`,
    })),
    ...Object.keys(appSecrets).filter((name) => !secrets.app.includes(name)).map((name) => ({
      path: `appSecrets.${name}`, given: "a value, while secrets.app does not name it", allowed: "names of secrets.app", mend: `add ${name} to secrets.app, or pulumi config rm --path appSecrets.${name} --stack <stack>`,
    })),
  ],
};

export const dataRules = [
  blueGreenUpdate, storageHeadroom, postgresWindows, redisWindows, lockSaid, expiryAfterArchive, extraBucketNames, auditLogsCover, copyElsewhere, drillAlarm, rpoPossible, appSecretsGiven,
];
