/** Customer keys: one KMS key for each class of data. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./access/policyDocument.ts";
import { policyDocument } from "./access/policyDocument.ts";
import type { DataClass, Protection, Transform } from "./component.ts";
import { DATA_CLASSES, dataTags, guarded, kept, transformed } from "./component.ts";

export interface KeysArgs {
  /** `<app>-<stack>`; aliases are `alias/<prefix>-<class>`. */
  prefix: string;
  accountId: string;
  region: string;
  /** Days between two rotations of the key material; KMS takes 90 to 2560. */
  rotationDays: number;
  /** Days that a deleted key can still be saved; KMS takes 7 to 30. */
  deletionWindowDays: number;
  protection: Protection;
  transform?: { key?: Transform<aws.kms.KeyArgs> };
}

/** Everything one key is for; statements are added to those that every key has. */
interface Purpose {
  description: string;
  /** Services through which people and roles of this account may use the key, by IAM. */
  via: string[];
  /** Services that use the key by themselves, under conditions. */
  services: (scope: Scope) => Statement[];
}
interface Scope {
  accountId: string;
  region: string;
  prefix: string;
}

const USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"];
const ENCRYPT_AND_READ = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"];

const PURPOSES: Record<DataClass, Purpose> = {
  database: { description: "database, its snapshots and Performance Insights", via: ["rds", "backup"], services: () => [] },
  cache: { description: "cache and its snapshots", via: ["elasticache"], services: () => [] },
  files: { description: "files of the application", via: ["s3"], services: (scope) => [contentDelivery(scope)] },
  backups: { description: "dumps and recovery points", via: ["s3", "backup", "rds"], services: () => [] },
  archive: { description: "archived objects", via: ["s3"], services: () => [] },
  audit: { description: "audit trail and configuration history", via: ["s3", "cloudtrail"], services: (scope) => [trail(scope), configuration(scope)] },
  logs: { description: "log groups", via: ["logs"], services: (scope) => [logGroups(scope)] },
  secrets: { description: "secrets", via: ["secretsmanager"], services: () => [] },
  cluster: { description: "Kubernetes secrets (envelope encryption)", via: ["eks"], services: (scope) => [clusterRole(scope), clusterGrant(scope)] },
  volumes: { description: "disks of nodes and persistent volumes", via: ["ec2", "backup"], services: (scope) => autoscaling(scope) },
  messages: { description: "topics and queues", via: ["sns", "sqs"], services: (scope) => [publishers(scope), eventRules(scope)] },
};

/** Classes whose buckets and vaults outlive the stack. */
const STAYING: readonly DataClass[] = ["files", "backups", "archive", "audit"];

/**
 * A customer key for each class of data, so that access, deletion and cost can be told apart by class.
 *
 * The key policies name no person. The account's administrators may manage keys but not read with them:
 * data is decrypted only through the service that holds it, and only for principals that IAM allows to.
 * Cost: one customer key each (11), plus the first two rotations of each, plus requests.
 *
 * @example
 * const keys = new Keys("keys", { prefix: "shop-production", accountId, region, rotationDays: 90, deletionWindowDays: 30, protection });
 * new aws.s3.BucketServerSideEncryptionConfiguration("files", { …, kmsMasterKeyId: keys.arn("files") });
 */
export class Keys extends pulumi.ComponentResource {
  private readonly keys: Map<DataClass, aws.kms.Key>;

  constructor(name: string, args: KeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:keys:Keys", name, {}, opts);
    check(args);
    this.keys = new Map(DATA_CLASSES.map((dataClass) => [dataClass, this.key(name, dataClass, args)]));
    this.registerOutputs(Object.fromEntries([...this.keys].map(([dataClass, key]) => [dataClass, key.arn])));
  }

  /** ARN of the key of a class; known after the key is created. */
  arn(dataClass: DataClass): pulumi.Output<string> {
    return this.of(dataClass).arn;
  }

  /** Id of the key of a class. */
  keyId(dataClass: DataClass): pulumi.Output<string> {
    return this.of(dataClass).keyId;
  }

  private of(dataClass: DataClass): aws.kms.Key {
    const key = this.keys.get(dataClass);
    if (key === undefined) throw new Error(`Keys: there is no key for the data class ${dataClass}; add it to DATA_CLASSES.`);
    return key;
  }

  private key(name: string, dataClass: DataClass, args: KeysArgs): aws.kms.Key {
    const key = new aws.kms.Key(`${name}-${dataClass}`, ...transformed(args.transform?.key, {
      description: `${args.prefix}: ${PURPOSES[dataClass].description}`,
      enableKeyRotation: true,
      rotationPeriodInDays: args.rotationDays,
      deletionWindowInDays: args.deletionWindowDays,
      policy: keyPolicy(dataClass, args),
      tags: dataTags(dataClass),
    }, (STAYING.includes(dataClass) ? kept : guarded)(this, args.protection)));
    new aws.kms.Alias(`${name}-${dataClass}-alias`, { name: `alias/${args.prefix}-${dataClass}`, targetKeyId: key.keyId }, { parent: this });
    return key;
  }
}

function check(args: KeysArgs): void {
  if (args.rotationDays < 90 || args.rotationDays > 2560) {
    throw new Error(`Keys: rotationDays is ${args.rotationDays}; KMS takes 90 to 2560.`);
  }
  if (args.deletionWindowDays < 7 || args.deletionWindowDays > 30) {
    throw new Error(`Keys: deletionWindowDays is ${args.deletionWindowDays}; KMS takes 7 to 30.`);
  }
}

/** Policy of a further key for log groups, in a region where the stack has no keys of its own. */
export function logsKeyPolicy(scope: Scope): pulumi.Output<string> {
  return keyPolicy("logs", scope);
}

/** In a key policy, Resource "*" means this key and nothing else (KMS developer guide, "Key policies"). */
function keyPolicy(dataClass: DataClass, scope: Scope): pulumi.Output<string> {
  const { via, services } = PURPOSES[dataClass];
  return policyDocument([administration(scope), throughServices(via, scope), grantsForServices(via, scope), ...services(scope)]);
}

const account = (scope: Pick<Scope, "accountId">): Record<string, string> => ({ AWS: `arn:aws:iam::${scope.accountId}:root` });

/**
 * Whom IAM allows may manage the key. No action here reads or writes data; PutKeyPolicy is what KMS asks of somebody before
 * it takes a policy at all (KMS API reference, CreateKey, "BypassPolicyLockoutSafetyCheck").
 */
export function administration(scope: Pick<Scope, "accountId">): Statement {
  return {
    Sid: "AdministrationByIam",
    Effect: "Allow",
    Principal: account(scope),
    Action: [
      "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations", "kms:ListResourceTags",
      "kms:PutKeyPolicy", "kms:UpdateKeyDescription", "kms:EnableKey", "kms:DisableKey", "kms:EnableKeyRotation", "kms:RotateKeyOnDemand",
      "kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias", "kms:TagResource", "kms:UntagResource",
      "kms:RevokeGrant", "kms:RetireGrant", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion",
    ],
    Resource: "*",
  };
}

function throughServices(via: string[], scope: Scope): Statement {
  return {
    Sid: "UseThroughServiceByIam",
    Effect: "Allow",
    Principal: account(scope),
    Action: USE,
    Resource: "*",
    Condition: { StringEquals: { "kms:CallerAccount": scope.accountId, "kms:ViaService": via.map((service) => `${service}.${scope.region}.amazonaws.com`) } },
  };
}

/** Services such as RDS and EBS keep using the key by a grant, which only they may ask for. */
function grantsForServices(via: string[], scope: Scope): Statement {
  return {
    Sid: "GrantToServiceByIam",
    Effect: "Allow",
    Principal: account(scope),
    Action: "kms:CreateGrant",
    Resource: "*",
    Condition: {
      Bool: { "kms:GrantIsForAWSResource": "true" },
      StringEquals: { "kms:CallerAccount": scope.accountId, "kms:ViaService": via.map((service) => `${service}.${scope.region}.amazonaws.com`) },
    },
  };
}

/** Origin access control signs for the distribution, so the source is one of this account's (CloudFront developer guide, "SSE-KMS"). */
function contentDelivery(scope: Scope): Statement {
  return {
    Sid: "CloudFrontReadsFiles",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "kms:Decrypt",
    Resource: "*",
    Condition: { ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${scope.accountId}:distribution/*` } },
  };
}

/** CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail". */
function trail(scope: Scope): Statement {
  return {
    Sid: "CloudTrailEncrypts",
    Effect: "Allow",
    Principal: { Service: "cloudtrail.amazonaws.com" },
    Action: ["kms:GenerateDataKey", "kms:DescribeKey"],
    Resource: "*",
    Condition: {
      StringEquals: { "aws:SourceAccount": scope.accountId },
      ArnLike: { "aws:SourceArn": `arn:aws:cloudtrail:${scope.region}:${scope.accountId}:trail/${scope.prefix}` },
    },
  };
}

function configuration(scope: Scope): Statement {
  return {
    Sid: "ConfigDelivers",
    Effect: "Allow",
    Principal: { Service: "config.amazonaws.com" },
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": scope.accountId } },
  };
}

/** The encryption context that CloudWatch Logs sends is the log group's ARN (CloudWatch Logs user guide, "Encrypt log data"). */
function logGroups(scope: Scope): Statement {
  return {
    Sid: "LogGroupsOfThisAccount",
    Effect: "Allow",
    Principal: { Service: `logs.${scope.region}.amazonaws.com` },
    Action: USE,
    Resource: "*",
    Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${scope.region}:${scope.accountId}:log-group:*` } },
  };
}

/**
 * Named by condition and not as principal, because a key policy refuses a principal that does not exist yet. The account
 * as principal only lets IAM decide: the role has the same actions in a policy of its own (cluster component).
 */
function clusterRole(scope: Scope): Statement {
  return {
    Sid: "ControlPlaneEncryptsSecrets",
    Effect: "Allow",
    Principal: account(scope),
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"],
    Resource: "*",
    Condition: { ArnEquals: { "aws:PrincipalArn": `arn:aws:iam::${scope.accountId}:role/${scope.prefix}-cluster` } },
  };
}

/** Who creates the cluster needs CreateGrant by IAM (EKS user guide, "Encrypt Kubernetes secrets"); EKS asks on their behalf. */
function clusterGrant(scope: Scope): Statement {
  return {
    Sid: "ClusterCreatorGrantsToEks",
    Effect: "Allow",
    Principal: account(scope),
    Action: "kms:CreateGrant",
    Resource: "*",
    Condition: { StringEquals: { "kms:CallerAccount": scope.accountId }, Bool: { "kms:GrantIsForAWSResource": "true" } },
  };
}

/**
 * EC2 Auto Scaling user guide, "Required KMS key policy": nodes with encrypted disks fail to start without it.
 *
 * The service-linked role has no KMS action in IAM and nobody can give it one, so the account as principal would allow
 * nothing. As principal itself it would be refused in an account that never had a scaling group: AWS makes the role with
 * the first one. So everybody is named, and the conditions leave that one role of this account.
 */
function autoscaling(scope: Scope): Statement[] {
  const linkedRole = `arn:aws:iam::${scope.accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
  const role = { StringEquals: { "kms:CallerAccount": scope.accountId }, ArnEquals: { "aws:PrincipalArn": linkedRole } };
  return [
    {
      Sid: "AutoScalingStartsNodes",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: USE,
      Resource: "*",
      Condition: role,
    },
    {
      Sid: "AutoScalingGrantsToEc2",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: { ...role, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

/** Who publishes to encrypted topics: alarms, budgets, anomalies, backup jobs, database events, dead letters of SNS itself. */
function publishers(scope: Scope): Statement {
  return {
    Sid: "ServicesPublish",
    Effect: "Allow",
    Principal: {
      Service: [
        "cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com",
        "backup.amazonaws.com", "events.rds.amazonaws.com", "sns.amazonaws.com",
      ],
    },
    Action: ENCRYPT_AND_READ,
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": scope.accountId } },
  };
}

/**
 * EventBridge publishes findings and pages. It does not say for whom it asks: with aws:SourceAccount or aws:SourceArn
 * nothing is delivered and nothing is reported (SNS developer guide, "Key management"). What SNS encrypts for it names
 * the topic, so the stack's own topics are the limit.
 */
function eventRules(scope: Scope): Statement {
  return {
    Sid: "EventRulesPublish",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: "*",
    Condition: { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": `arn:aws:sns:${scope.region}:${scope.accountId}:${scope.prefix}-*` } },
  };
}
