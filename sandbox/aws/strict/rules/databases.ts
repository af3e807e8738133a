/** RDS, ElastiCache, AWS Backup. */
import { isUnknown } from "../../values.ts";
import { absent, block, blocks, number, oneOf, range, text, type Rule, type Rules } from "./rule.ts";

/** RDS API, CreateDBInstance PerformanceInsightsRetentionPeriod: 7, month × 31 (1 to 23 months), 731. */
const insightsRetention: Rule = (props, fail) => {
  const days = number(props.performanceInsightsRetentionPeriod);
  if (days === undefined || days === 0 || days === 7 || days === 731 || (days % 31 === 0 && days >= 31 && days <= 23 * 31)) return;
  fail("performanceInsightsRetentionPeriod", `${days} days is not accepted; use 7, 731, or a number of months (1 to 23) times 31.`);
};

/** RDS API, CreateDBInstance MonitoringRoleArn: required when MonitoringInterval is not 0, and the other way round. */
const monitoringRole: Rule = (props, fail) => {
  const interval = number(props.monitoringInterval);
  if (interval !== undefined && interval > 0 && absent(props.monitoringRoleArn)) fail("monitoringRoleArn", `Needed because monitoringInterval is ${interval}.`);
};

/** RDS API, CreateDBInstance: what a new instance needs; a replica, a restore or an import brings it along. */
const newInstance: Rule = (props, fail) => {
  if (["replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime", "s3Import"].some((source) => !absent(props[source]))) return;
  for (const property of ["engine", "allocatedStorage", "username"]) if (absent(props[property])) fail(property, "Needed for an instance that is neither a replica nor restored.");
  if (props.manageMasterUserPassword === true) {
    if (!absent(props.password) || !absent(props.passwordWo)) fail("password", "Must not be given when manageMasterUserPassword is true.");
  } else if (absent(props.password) && absent(props.passwordWo)) {
    fail("password", "Needed, or set manageMasterUserPassword.");
  }
};

/** RDS API, CreateDBInstanceReadReplica: a replica in the source's region has its key; one that is named by its ARN is elsewhere. */
const replicaKey: Rule = (props, fail) => {
  const source = text(props.replicateSourceDb);
  if (source !== undefined && !source.startsWith("arn:") && !absent(props.kmsKeyId)) fail("kmsKeyId", "Must not be given for a replica in the region of its source, whose key it has.");
};

/** RDS API, CreateDBInstance MasterUserPassword: printable ASCII except / " @ and space; 8 to 128 (PostgreSQL). */
const password: Rule = (props, fail) => {
  for (const property of ["password", "passwordWo"]) {
    const value = text(props[property]);
    if (value === undefined) continue;
    if (value.length < 8 || value.length > 128) fail(property, "The master password must have 8 to 128 characters.");
    if (!/^[\x21-\x7e]*$/.test(value) || /[/"@]/.test(value)) fail(property, 'The master password may hold printable characters except /, ", @ and space.');
  }
};

/** RDS API, DBInstanceIdentifier: begins with a letter, hyphens single and not at the end, at most 63 characters. */
const identifier: Rule = (props, fail) => {
  const value = text(props.identifier);
  if (value !== undefined && (!/^[a-z](-?[a-z0-9])*$/.test(value) || value.length > 63)) {
    fail("identifier", `${value}: lower-case letters, digits and single hyphens, beginning with a letter, at most 63 characters.`);
  }
};

/** RDS API, FinalDBSnapshotIdentifier: required at deletion unless SkipFinalSnapshot; the provider asks at once. */
const finalSnapshot: Rule = (props, fail) => {
  const value = text(props.finalSnapshotIdentifier);
  if (value !== undefined && (!/^[A-Za-z](-?[A-Za-z0-9])*$/.test(value) || value.length > 255)) fail("finalSnapshotIdentifier", `${value}: letters, digits and single hyphens, beginning with a letter.`);
};

/** RDS and ElastiCache APIs: daily windows `hh24:mi-hh24:mi`, weekly ones `ddd:hh24:mi-ddd:hh24:mi`, in UTC. */
function window(property: string, weekly: boolean): Rule {
  const time = "([01]\\d|2[0-3]):[0-5]\\d";
  const day = weekly ? "(mon|tue|wed|thu|fri|sat|sun):" : "";
  const shape = new RegExp(`^${day}${time}-${day}${time}$`, "i");
  return (props, fail) => {
    const value = text(props[property]);
    if (value !== undefined && !shape.test(value)) fail(property, `${value} is no window; they look like ${weekly ? "sun:04:00-sun:05:00" : "02:00-03:00"} (UTC).`);
  };
}

/** ElastiCache API, CreateReplicationGroup AuthToken: 16 to 128 printable characters; of the others only ! & # $ ^ < > -. */
const authToken: Rule = (props, fail) => {
  for (const property of ["authToken", "authTokenWo"]) {
    const value = text(props[property]);
    if (value === undefined) continue;
    if (value.length < 16 || value.length > 128) fail(property, "The token must have 16 to 128 characters.");
    if (!/^[\x21-\x7e]*$/.test(value) || /[/"@]/.test(value)) fail(property, 'The token may hold printable characters except /, " and @.');
    if (props.transitEncryptionEnabled === false || absent(props.transitEncryptionEnabled)) fail(property, "A token needs transitEncryptionEnabled.");
  }
};

/** ElastiCache API, AutomaticFailoverEnabled: at least two nodes; MultiAZEnabled: only with automatic failover. */
const failover: Rule = (props, fail) => {
  const nodes = number(props.numCacheClusters);
  if (props.automaticFailoverEnabled === true && nodes !== undefined && nodes < 2) fail("automaticFailoverEnabled", `Automatic failover needs at least 2 nodes; numCacheClusters is ${nodes}.`);
  const automatic = props.automaticFailoverEnabled;
  if (props.multiAzEnabled === true && automatic !== true && !isUnknown(automatic)) fail("multiAzEnabled", "Needs automaticFailoverEnabled.");
};

/** ElastiCache API, ReplicationGroupId: 1 to 40 characters, begins with a letter, single hyphens. */
const groupId: Rule = (props, fail) => {
  const value = text(props.replicationGroupId);
  if (value !== undefined && (!/^[a-zA-Z](-?[a-zA-Z0-9])*$/.test(value) || value.length > 40)) {
    fail("replicationGroupId", `${value}: letters, digits and single hyphens, beginning with a letter, at most 40 characters.`);
  }
};

/** AWS Backup API, Lifecycle: DeleteAfterDays at least 90 days after MoveToColdStorageAfterDays. */
const coldStorage: Rule = (props, fail) => {
  for (const [index, rule] of blocks(props.rules)) {
    const copies = blocks(rule.copyActions).map(([at, copy]) => [`rules[${index}].copyActions[${at}].lifecycle`, copy.lifecycle] as const);
    for (const [path, value] of [[`rules[${index}].lifecycle`, rule.lifecycle] as const, ...copies]) {
      const { coldStorageAfter, deleteAfter } = block(value);
      const [cold, deleted] = [number(coldStorageAfter), number(deleteAfter)];
      if (cold !== undefined && cold > 0 && deleted !== undefined && deleted < cold + 90) fail(`${path}.deleteAfter`, `${deleted} days: cold storage keeps backups 90 days at least, so ${cold + 90} or more.`);
    }
  }
};

export const databaseRules: Rules = {
  "aws:rds/instance:Instance": [
    // RDS API, CreateDBInstance BackupRetentionPeriod: 0 to 35; MonitoringInterval: these seconds.
    range("backupRetentionPeriod", 0, 35, "days"),
    oneOf("monitoringInterval", [0, 1, 5, 10, 15, 30, 60]),
    // RDS API, Port: 1150 to 65535.
    range("port", 1150, 65535, ""),
    insightsRetention, monitoringRole, newInstance, replicaKey, password, identifier, finalSnapshot,
    window("backupWindow", false), window("maintenanceWindow", true),
  ],
  // RDS API, StartDBInstanceAutomatedBackupsReplication BackupRetentionPeriod.
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": [range("retentionPeriod", 0, 35, "days")],
  "aws:elasticache/replicationGroup:ReplicationGroup": [
    // ElastiCache User Guide, "Scheduling automatic backups": retention of at most 35 days, 0 turns them off.
    range("snapshotRetentionLimit", 0, 35, "days"),
    authToken, failover, groupId, window("snapshotWindow", false), window("maintenanceWindow", true),
  ],
  "aws:backup/plan:Plan": [coldStorage],
};
