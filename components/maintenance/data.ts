/** Maintenance of database and cache. */
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../access/policyDocument.ts";
import { ScheduledJob } from "../jobs/index.ts";
import { readScripts } from "../jobs/scripts.ts";
import { BACKUP_USER, MAINTENANCE_USER, MIGRATION_USER, MONITORING_USER, RDS_CERTIFICATES, SESSION_PREFIXES } from "../jobs/users.ts";
import type { MaintenanceArgs } from "./index.ts";

const FOLDER = new URL("./scripts/", import.meta.url);

/**
 * Users that log in with IAM: the application's, the migrations', the dump's, the maintenance's, the exporter's. Runs in the first update,
 * before anything logs in, and hourly, so that a restored database gets its users back without anybody thinking of it.
 */
export function rolesJob(args: MaintenanceArgs, parent: pulumi.Resource): ScheduledJob {
  return new ScheduledJob("database-roles", {
    jobs: args.jobs,
    schedule: "10 * * * *",
    description: "Creates the database users that log in with IAM and grants what each needs.",
    scripts: readScripts(FOLDER, ["database-roles.sh"]),
    entry: "database-roles.sh",
    env: {
      ...database(args),
      MASTER_SECRET_ARN: args.postgres.masterSecretArn,
      APPLICATION_USER: args.applicationUser,
      MIGRATION_USER,
      BACKUP_USER,
      MAINTENANCE_USER,
      MONITORING_USER,
    },
    statements: [readSecret("ReadMasterSecret", args.postgres.masterSecretArn), decrypt(args)],
    reach: ["postgres"],
    deadlineSeconds: 300,
    atOnce: { after: args.after ?? [] },
  }, { parent });
}

export function vacuumJob(args: MaintenanceArgs, parent: pulumi.Resource): ScheduledJob {
  return new ScheduledJob("vacuum", {
    jobs: args.jobs,
    schedule: args.vacuumSchedule,
    description: "VACUUM and ANALYZE of the whole database; reports dead rows and transaction age.",
    scripts: readScripts(FOLDER, ["vacuum.sh"]),
    entry: "vacuum.sh",
    env: { ...database(args), PGUSER: MAINTENANCE_USER },
    statements: [logIn(args)],
    reach: ["postgres"],
    deadlineSeconds: 4 * 3600,
  }, { parent });
}

export function partitionsJob(args: MaintenanceArgs, parent: pulumi.Resource): ScheduledJob {
  return new ScheduledJob("partitions", {
    jobs: args.jobs,
    schedule: args.partitionSchedule,
    description: "Creates the coming months' partitions of the partitioned tables.",
    scripts: readScripts(FOLDER, ["partitions.sh"]),
    entry: "partitions.sh",
    // Three months ahead: two missed runs do no harm.
    env: { ...database(args), PGUSER: MAINTENANCE_USER, TABLES: args.partitionedTables.join(" "), MONTHS_AHEAD: "3" },
    statements: [logIn(args)],
    reach: ["postgres"],
    deadlineSeconds: 1800,
  }, { parent });
}

export function cacheJob(args: MaintenanceArgs, parent: pulumi.Resource): ScheduledJob {
  return new ScheduledJob("cache-cleanup", {
    jobs: args.jobs,
    schedule: args.cacheSchedule,
    description: "Finds cache keys without expiry, removes those with a configured prefix, never sessions.",
    scripts: readScripts(FOLDER, ["cache-cleanup.sh"]),
    entry: "cache-cleanup.sh",
    env: {
      REDIS_HOST: args.redis.primaryHost,
      REDIS_PORT: String(args.redis.port),
      REDIS_TLS: "yes",
      REDIS_SECRET_ARN: args.redis.authSecretArn,
      PREFIXES: args.cachePrefixes.join(" "),
      SESSION_PREFIXES: SESSION_PREFIXES.join(" "),
    },
    statements: [readSecret("ReadCacheSecret", args.redis.authSecretArn), decrypt(args)],
    reach: ["redis"],
    deadlineSeconds: 3600,
  }, { parent });
}

function database(args: MaintenanceArgs): Record<string, pulumi.Input<string>> {
  return {
    PGHOST: args.postgres.endpoint,
    PGPORT: String(args.postgres.port),
    PGDATABASE: args.postgres.databaseName,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: RDS_CERTIFICATES,
  };
}

function logIn(args: MaintenanceArgs): Statement {
  return { Sid: "LogIn", Effect: "Allow", Action: "rds-db:connect", Resource: args.postgres.connectArn(MAINTENANCE_USER) };
}

function readSecret(sid: string, arn: pulumi.Input<string>): Statement {
  return { Sid: sid, Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn };
}

function decrypt(args: MaintenanceArgs): Statement {
  return {
    Sid: "DecryptSecret", Effect: "Allow", Action: "kms:Decrypt", Resource: args.secretsKeyArn,
    Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${args.region}.amazonaws.com` } },
  };
}
