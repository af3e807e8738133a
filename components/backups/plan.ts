/** AWS Backup: locked vaults in two regions, daily plan with copy, selection, notifications. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { policyDocument, serviceTrust, type Statement } from "../access/policyDocument.ts";
import { dataTags, kept } from "../component.ts";
import { administration } from "../keys.ts";
import type { BackupsArgs } from "./index.ts";

export interface Plan {
  vaultName: string;
  /** Vault in the second region. */
  copyVaultName: string;
  copyVaultArn: string;
}

/** Declares everything of AWS Backup under `parent`. */
export function backupPlan(name: string, args: BackupsArgs, copyProvider: aws.Provider, parent: pulumi.Resource): Plan {
  const vaultName = `${args.prefix}-backup`;
  const copyVaultName = `${args.prefix}-backup-copy`;
  const copyVaultArn = `arn:aws:backup:${args.copyRegion}:${args.accountId}:backup-vault:${copyVaultName}`;
  const vault = lockedVault(`${name}-vault`, vaultName, args.backupsKeyArn, args, kept(parent, args.protection));
  const copyKey = copyRegionKey(name, args, { ...kept(parent, args.protection), provider: copyProvider });
  const copyVault = lockedVault(`${name}-copy-vault`, copyVaultName, copyKey.arn, args, { ...kept(parent, args.protection), provider: copyProvider });
  notify(name, vault, args, parent);
  const plan = dailyPlan(name, vault, copyVaultArn, args, { parent, dependsOn: [copyVault] });
  select(name, plan, args, parent);
  return { vaultName, copyVaultName, copyVaultArn };
}

/**
 * Governance mode: without `changeableForDays` the lock holds against everybody who may not change the lock itself;
 * with it, it would become final after those days (AWS Backup, PutBackupVaultLockConfiguration).
 */
function lockedVault(name: string, vaultName: string, keyArn: pulumi.Input<string>, args: BackupsArgs, opts: pulumi.CustomResourceOptions): aws.backup.Vault {
  const vault = new aws.backup.Vault(name, { name: vaultName, kmsKeyArn: keyArn, forceDestroy: false, tags: dataTags("backups") }, opts);
  const inherit: pulumi.CustomResourceOptions = { parent: vault, retainOnDelete: true, ...(opts.provider === undefined ? {} : { provider: opts.provider }) };
  new aws.backup.VaultLockConfiguration(`${name}-lock`, {
    backupVaultName: vault.name,
    minRetentionDays: 7,
    maxRetentionDays: args.retentionDays,
  }, inherit);
  new aws.backup.VaultPolicy(`${name}-policy`, {
    backupVaultName: vault.name,
    policy: policyDocument(denials(args)),
  }, inherit);
  return vault;
}

/**
 * Recovery points go by their lifecycle and by nobody's hand, and no role of the stack but deploy and break-glass may change
 * this. An administrator from outside of the stack may: somebody must be able to clear up a vault that outlived its stack.
 */
function denials(args: BackupsArgs): Statement[] {
  const role = (name: string) => `arn:aws:iam::${args.accountId}:role/${name}`;
  const trusted = [role(`${args.prefix}-break-glass`), role(`${args.prefix}-deploy`)];
  return [
    {
      Sid: "DenyDeletion",
      Effect: "Deny",
      Principal: "*",
      Action: ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
      Resource: "*",
      Condition: { ArnNotEquals: { "aws:PrincipalArn": [...trusted, role("aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup")] } },
    },
    {
      Sid: "DenyOpeningByOwnRoles",
      Effect: "Deny",
      Principal: "*",
      Action: ["backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"],
      Resource: "*",
      Condition: { ArnLike: { "aws:PrincipalArn": role(`${args.prefix}-*`) }, ArnNotEquals: { "aws:PrincipalArn": trusted } },
    },
  ];
}

/** A key of its own in the second region: the first region's can not be used there, nor when that region is lost. */
function copyRegionKey(name: string, args: BackupsArgs, opts: pulumi.CustomResourceOptions): aws.kms.Key {
  const key = new aws.kms.Key(`${name}-copy-key`, {
    description: `${args.prefix}: copies of backups in ${args.copyRegion}`,
    enableKeyRotation: true,
    rotationPeriodInDays: 90,
    deletionWindowInDays: 30,
    policy: policyDocument([
      administration(args),
      {
        Sid: "UseThroughBackup", Effect: "Allow", Principal: { AWS: `arn:aws:iam::${args.accountId}:root` },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"],
        Resource: "*",
        Condition: { StringEquals: { "kms:CallerAccount": args.accountId, "kms:ViaService": ["backup", "rds", "s3"].map((service) => `${service}.${args.copyRegion}.amazonaws.com`) } },
      },
      {
        Sid: "GrantToBackup", Effect: "Allow", Principal: { AWS: `arn:aws:iam::${args.accountId}:root` },
        Action: "kms:CreateGrant", Resource: "*",
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" }, StringEquals: { "kms:CallerAccount": args.accountId } },
      },
    ]),
    tags: dataTags("backups"),
  }, opts);
  new aws.kms.Alias(`${name}-copy-key-alias`, { name: `alias/${args.prefix}-backups-copy`, targetKeyId: key.keyId }, { parent: opts.parent, ...(opts.provider === undefined ? {} : { provider: opts.provider }) });
  return key;
}

function notify(name: string, vault: aws.backup.Vault, args: BackupsArgs, parent: pulumi.Resource): void {
  new aws.backup.VaultNotifications(`${name}-notifications`, {
    backupVaultName: vault.name,
    snsTopicArn: args.alarmTopicArn,
    backupVaultEvents: ["BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "COPY_JOB_FAILED", "RESTORE_JOB_FAILED"],
  }, { parent });
  // Silence is a failure, too: a day without a finished job.
  new aws.cloudwatch.MetricAlarm(`${name}-no-backup`, {
    name: `${args.prefix}-backup-missing`,
    alarmDescription: "AWS Backup has finished no job for 26 hours.",
    namespace: "AWS/Backup",
    metricName: "NumberOfBackupJobsCompleted",
    dimensions: { BackupVaultName: vault.name },
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    statistic: "Sum",
    period: 3600,
    evaluationPeriods: 26,
    datapointsToAlarm: 26,
    treatMissingData: "breaching",
    alarmActions: [args.alarmTopicArn],
    okActions: [args.alarmTopicArn],
  }, { parent });
}

function dailyPlan(name: string, vault: aws.backup.Vault, copyVaultArn: string, args: BackupsArgs, opts: pulumi.CustomResourceOptions): aws.backup.Plan {
  return new aws.backup.Plan(`${name}-plan`, {
    name: `${args.prefix}-daily`,
    rules: [{
      ruleName: "daily",
      targetVaultName: vault.name,
      // After the database's own backup window, so that the two do not meet.
      schedule: "cron(0 6 * * ? *)",
      startWindow: 60,
      completionWindow: 360,
      lifecycle: { deleteAfter: args.retentionDays },
      copyActions: [{ destinationVaultArn: copyVaultArn, lifecycle: { deleteAfter: args.retentionDays } }],
      recoveryPointTags: dataTags("backups"),
    }],
  }, opts);
}

function select(name: string, plan: aws.backup.Plan, args: BackupsArgs, parent: pulumi.Resource): void {
  const role = new aws.iam.Role(`${name}-role`, {
    name: `${args.prefix}-backup`,
    description: "AWS Backup takes, copies and restores the recovery points of this stack.",
    assumeRolePolicy: serviceTrust("backup.amazonaws.com", args.accountId),
  }, { parent });
  const managed = {
    backup: "service-role/AWSBackupServiceRolePolicyForBackup",
    restore: "service-role/AWSBackupServiceRolePolicyForRestores",
    "s3-backup": "AWSBackupServiceRolePolicyForS3Backup",
    "s3-restore": "AWSBackupServiceRolePolicyForS3Restore",
  };
  const attached = Object.entries(managed).map(([part, policy]) => new aws.iam.RolePolicyAttachment(`${name}-role-${part}`, {
    role: role.name, policyArn: `arn:aws:iam::aws:policy/${policy}`,
  }, { parent }));
  new aws.backup.Selection(`${name}-selection`, {
    name: `${args.prefix}-data`,
    planId: plan.id,
    iamRoleArn: role.arn,
    resources: [args.postgres.arn, ...args.buckets.map((bucket) => bucket.arn)],
  }, { parent, dependsOn: attached });
}
