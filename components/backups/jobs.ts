/** The three jobs of the backups: dump, drill, state export. */
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../access/policyDocument.ts";
import { ScheduledJob } from "../jobs/index.ts";
import { readScripts } from "../jobs/scripts.ts";
import { BACKUP_USER, RDS_CERTIFICATES } from "../jobs/users.ts";
import type { BackupsArgs } from "./index.ts";

const FOLDER = new URL("./scripts/", import.meta.url);

/** Nightly logical dump, streamed into the bucket; nothing of it touches a disk. */
export function dumpJob(args: BackupsArgs, parent: pulumi.Resource): ScheduledJob {
  return new ScheduledJob("database-dump", {
    jobs: args.jobs,
    schedule: args.dumpSchedule,
    description: "Logical dump of the database to the backups bucket, checksummed, verified.",
    scripts: readScripts(FOLDER, ["fingerprint.sql", "database-dump.sh"]),
    entry: "database-dump.sh",
    env: { ...database(args), ...bucket(args), PGUSER: BACKUP_USER },
    statements: [
      { Sid: "LogIn", Effect: "Allow", Action: "rds-db:connect", Resource: args.postgres.connectArn(BACKUP_USER) },
      ...writes(args, "dumps", ["s3:GetObject", "s3:PutObject", "s3:PutObjectTagging", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]),
      { Sid: "FindInterruptedUploads", Effect: "Allow", Action: ["s3:ListBucket", "s3:ListBucketMultipartUploads"], Resource: args.backupsBucket.arn },
    ],
    reach: ["postgres"],
    deadlineSeconds: 4 * 3600,
    requests: { cpu: "250m", memory: "512Mi" },
  }, { parent });
}

/** Restores for real: the database by PITR into a scratch instance, the newest dump into an empty database on it. */
export function drillJob(args: BackupsArgs, parent: pulumi.Resource): ScheduledJob {
  const scratch = `${args.prefix}-drill`;
  const { region, accountId } = args;
  const scratchArn = `arn:aws:rds:${region}:${accountId}:db:${scratch}`;
  return new ScheduledJob("restore-drill", {
    jobs: args.jobs,
    schedule: args.drillSchedule,
    description: "Restores the database by PITR and from the newest dump, verifies both, measures RPO and RTO, drops everything.",
    scripts: readScripts(FOLDER, ["fingerprint.sql", "scratch-instance.sh", "restore-drill.sh"]),
    entry: "restore-drill.sh",
    env: {
      ...database(args), ...bucket(args),
      PGUSER: args.masterUsername,
      DB_INSTANCE: args.postgres.identifier,
      DRILL_INSTANCE: scratch,
      DRILL_SUBNET_GROUP: args.postgres.subnetGroupName,
      DRILL_PARAMETER_GROUP: args.postgres.parameterGroupName,
      DRILL_SECURITY_GROUP: args.postgres.securityGroupId,
      RPO_MINUTES: String(args.rpoMinutes),
      RTO_MINUTES: String(args.rtoMinutes),
    },
    statements: [
      { Sid: "DescribeInstances", Effect: "Allow", Action: "rds:DescribeDBInstances", Resource: [args.postgres.arn, scratchArn] },
      {
        Sid: "RestoreScratch", Effect: "Allow", Action: ["rds:RestoreDBInstanceToPointInTime", "rds:AddTagsToResource"],
        Resource: [
          args.postgres.arn, scratchArn,
          `arn:aws:rds:${region}:${accountId}:subgrp:${args.postgres.subnetGroupName}`,
          `arn:aws:rds:${region}:${accountId}:pg:${args.postgres.parameterGroupName}`,
          // The service's own option group of the major version, which every instance has that names none.
          `arn:aws:rds:${region}:${accountId}:og:default:postgres-${args.postgres.majorVersion}`,
        ],
      },
      { Sid: "DropScratch", Effect: "Allow", Action: ["rds:ModifyDBInstance", "rds:DeleteDBInstance"], Resource: scratchArn },
      {
        Sid: "EncryptScratch", Effect: "Allow", Action: ["kms:CreateGrant", "kms:DescribeKey"], Resource: args.databaseKeyArn,
        Condition: { StringEquals: { "kms:ViaService": `rds.${region}.amazonaws.com` } },
      },
      ...reads(args, "dumps"),
      ...writes(args, "drills", ["s3:PutObject"]),
    ],
    reach: ["postgres"],
    deadlineSeconds: 4 * 3600,
    // The dump is read from a file, because a parallel restore seeks in it.
    scratchGib: 20,
    requests: { cpu: "250m", memory: "512Mi" },
    maxAgeHours: args.drillMaxAgeHours,
  }, { parent });
}

/**
 * Configuration backup. The job has no Pulumi login and needs none: with a bucket as backend the state is an object of
 * it, secrets in it encrypted by the stack's own secrets provider. The job copies that object as it is, after checking
 * that it is complete, into the locked bucket, and can read nothing of what is encrypted in it.
 */
export function stateJob(args: BackupsArgs, parent: pulumi.Resource): ScheduledJob {
  const object = `.pulumi/stacks/${args.projectName}/${args.stackName}.json`;
  return new ScheduledJob("state-export", {
    jobs: args.jobs,
    schedule: args.stateSchedule,
    description: "Copies the stack's state into the backups bucket.",
    scripts: readScripts(FOLDER, ["state-export.sh"]),
    entry: "state-export.sh",
    env: { ...bucket(args), STATE_BUCKET: args.stateBucket, STATE_OBJECT: object, STACK: args.stackName },
    statements: [
      { Sid: "ReadState", Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${args.stateBucket}/${object}` },
      ...(args.stateKeyArn === undefined ? [] : [decrypts(args, "DecryptState", args.stateKeyArn)]),
      ...writes(args, "state", ["s3:GetObject", "s3:PutObject"]),
    ],
    reach: [],
    deadlineSeconds: 900,
  }, { parent });
}

function database(args: BackupsArgs): Record<string, pulumi.Input<string>> {
  return {
    PGHOST: args.postgres.endpoint,
    PGPORT: String(args.postgres.port),
    PGDATABASE: args.postgres.databaseName,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: RDS_CERTIFICATES,
  };
}

function bucket(args: BackupsArgs): Record<string, pulumi.Input<string>> {
  return { BUCKET: args.backupsBucket.name, KMS_KEY_ID: args.backupsKeyArn };
}

function writes(args: BackupsArgs, folder: string, actions: string[]): Statement[] {
  return [
    { Sid: "WriteBackups", Effect: "Allow", Action: actions, Resource: `${args.backupsBucket.arn}/${folder}/*` },
    {
      Sid: "EncryptBackups", Effect: "Allow", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: args.backupsKeyArn,
      Condition: { StringEquals: { "kms:ViaService": `s3.${args.region}.amazonaws.com` } },
    },
  ];
}

function reads(args: BackupsArgs, folder: string): Statement[] {
  return [
    { Sid: "ReadBackups", Effect: "Allow", Action: "s3:GetObject", Resource: `${args.backupsBucket.arn}/${folder}/*` },
    { Sid: "FindBackups", Effect: "Allow", Action: "s3:ListBucket", Resource: args.backupsBucket.arn, Condition: { StringLike: { "s3:prefix": `${folder}/*` } } },
  ];
}

function decrypts(args: BackupsArgs, sid: string, keyArn: pulumi.Input<string>): Statement {
  return { Sid: sid, Effect: "Allow", Action: "kms:Decrypt", Resource: keyArn, Condition: { StringEquals: { "kms:ViaService": `s3.${args.region}.amazonaws.com` } } };
}
