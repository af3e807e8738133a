/** Primary and replicas of the database. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dataTags, finalSnapshotName, leavesSnapshot, running, type Transform, transformed } from "../component.ts";
import type { PostgresArgs } from "./index.ts";
import { parameters } from "./parameters.ts";

/** Logs that the service exports; each instance writes them to groups of its own. */
const LOG_TYPES = ["postgresql", "upgrade", "iam-db-auth-error"] as const;
/** Database logs are read after incidents; a year like the other operational logs. */
const LOG_DAYS = 365;

export interface Instances {
  primary: aws.rds.Instance;
  replicas: aws.rds.Instance[];
  replicaIdentifiers: string[];
}

export interface InstanceTransforms {
  primary?: Transform<aws.rds.InstanceArgs>;
  replica?: Transform<aws.rds.InstanceArgs>;
  parameterGroup?: Transform<aws.rds.ParameterGroupArgs>;
}

/** Declares subnet group, parameters, monitoring role, log groups, primary and replicas. */
export function instances(name: string, identifier: string, args: PostgresArgs, securityGroupId: pulumi.Input<string>, parent: pulumi.Resource): Instances {
  const shared = {
    parameterGroupName: parameterGroup(name, identifier, args, parent).name,
    monitoringRoleArn: monitoringRole(name, args, parent).arn,
    securityGroupId,
  };
  const replicaIdentifiers = Array.from({ length: args.replicas }, (_, index) => `${identifier}-replica-${index + 1}`);
  const logs = [identifier, ...replicaIdentifiers].flatMap((id) => logGroups(name, identifier, id, args, parent));
  const primary = createPrimary(name, identifier, args, shared, logs, parent);
  const replicas = replicaIdentifiers.map((id, index) => createReplica(name, id, index, primary, args, shared, logs, parent));
  return { primary, replicas, replicaIdentifiers };
}

interface Shared {
  parameterGroupName: pulumi.Input<string>;
  monitoringRoleArn: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
}

function parameterGroup(name: string, identifier: string, args: PostgresArgs, parent: pulumi.Resource): aws.rds.ParameterGroup {
  return new aws.rds.ParameterGroup(`${name}-parameters`, ...transformed<aws.rds.ParameterGroupArgs>(args.transform?.parameterGroup, {
    // The major version is part of the name: a new family is a new group, made before the old one goes.
    name: `${identifier}-${args.majorVersion}`,
    family: `postgres${args.majorVersion}`,
    description: `TLS forced, audit logging, statement statistics for ${identifier}`,
    parameters: parameters(),
  }, { parent }));
}

function monitoringRole(name: string, args: PostgresArgs, parent: pulumi.Resource): aws.iam.Role {
  const role = new aws.iam.Role(`${name}-monitoring-role`, {
    name: `${args.prefix}-postgres-monitoring`,
    description: "Enhanced monitoring of the database writes operating-system metrics to CloudWatch Logs.",
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{
        Sid: "EnhancedMonitoring",
        Effect: "Allow",
        Principal: { Service: "monitoring.rds.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": args.accountId },
          ArnLike: { "aws:SourceArn": `arn:aws:rds:${args.region}:${args.accountId}:db:${args.prefix}-postgres*` },
        },
      }],
    }),
  }, { parent });
  new aws.iam.RolePolicyAttachment(`${name}-monitoring-policy`, {
    role: role.name,
    policyArn: "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
  }, { parent });
  return role;
}

/** Made before the instance, which otherwise makes them itself: never expiring and without our key. */
function logGroups(name: string, identifier: string, id: string, args: PostgresArgs, parent: pulumi.Resource): aws.cloudwatch.LogGroup[] {
  const part = id === identifier ? "primary" : id.slice(identifier.length + 1);
  return LOG_TYPES.map((type) => new aws.cloudwatch.LogGroup(`${name}-${part}-${type}-logs`, {
    name: `/aws/rds/instance/${id}/${type}`,
    kmsKeyId: args.logsKeyArn,
    retentionInDays: LOG_DAYS,
    tags: dataTags("logs"),
  }, { parent }));
}

/** What primary and replicas have in common. */
function common(args: PostgresArgs, shared: Shared): Omit<aws.rds.InstanceArgs, "identifier"> {
  return {
    instanceClass: args.instanceClass,
    parameterGroupName: shared.parameterGroupName,
    vpcSecurityGroupIds: [shared.securityGroupId],
    port: 5432,
    publiclyAccessible: false,
    storageType: "gp3",
    storageEncrypted: true,
    maxAllocatedStorage: args.maxStorageGib,
    caCertIdentifier: "rds-ca-rsa2048-g1",
    iamDatabaseAuthenticationEnabled: true,
    autoMinorVersionUpgrade: true,
    allowMajorVersionUpgrade: false,
    applyImmediately: false,
    maintenanceWindow: args.maintenanceWindow,
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: args.keyArn,
    performanceInsightsRetentionPeriod: args.performanceInsightsDays,
    monitoringInterval: args.monitoringSeconds,
    monitoringRoleArn: shared.monitoringRoleArn,
    enabledCloudwatchLogsExports: [...LOG_TYPES],
    copyTagsToSnapshot: true,
    deletionProtection: args.protection.protect,
    tags: dataTags("database"),
  };
}

function createPrimary(name: string, identifier: string, args: PostgresArgs, shared: Shared, logs: pulumi.Resource[], parent: pulumi.Resource): aws.rds.Instance {
  const subnets = new aws.rds.SubnetGroup(`${name}-subnets`, {
    name: identifier,
    description: `Isolated data subnets of ${identifier}`,
    subnetIds: args.subnetIds,
  }, { parent });
  return new aws.rds.Instance(`${name}-primary`, ...transformed<aws.rds.InstanceArgs>(args.transform?.primary, {
    ...common(args, shared),
    identifier,
    // Replicas in the region have it from here; RDS refuses a call that names it again (CreateDBInstanceReadReplica, KmsKeyId).
    kmsKeyId: args.keyArn,
    engine: "postgres",
    // The major version alone: the service picks and raises the minor one, and the provider does not call that a difference.
    engineVersion: args.majorVersion,
    dbName: args.databaseName,
    username: args.masterUsername,
    passwordWo: pulumi.secret(args.masterPassword),
    passwordWoVersion: args.masterPasswordVersion,
    allocatedStorage: args.storageGib,
    dbSubnetGroupName: subnets.name,
    multiAz: args.multiAz,
    backupRetentionPeriod: args.backupRetentionDays,
    backupWindow: args.backupWindow,
    deleteAutomatedBackups: false,
    skipFinalSnapshot: !leavesSnapshot(args.protection),
    finalSnapshotIdentifier: finalSnapshotName(identifier, shared.securityGroupId),
    ...(args.blueGreenUpdate ? { blueGreenUpdate: { enabled: true } } : {}),
  }, { ...running(parent, args.protection), dependsOn: logs }));
}

/** In the zones after the first, so that one zone's loss leaves a copy; a replica holds nothing that the primary lacks. */
function createReplica(name: string, id: string, index: number, primary: aws.rds.Instance, args: PostgresArgs, shared: Shared, logs: pulumi.Resource[], parent: pulumi.Resource): aws.rds.Instance {
  return new aws.rds.Instance(`${name}-replica-${index + 1}`, ...transformed<aws.rds.InstanceArgs>(args.transform?.replica, {
    ...common(args, shared),
    identifier: id,
    replicateSourceDb: primary.identifier,
    availabilityZone: args.zones[(index + 1) % args.zones.length],
    multiAz: false,
    // RDS takes no final snapshot of a replica.
    skipFinalSnapshot: true,
  }, { ...running(parent, args.protection), dependsOn: logs }));
}
