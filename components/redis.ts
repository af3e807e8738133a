/** Redis on ElastiCache: replication group, optionally a second one for sessions, auth token secret, alarms. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type DataStore, dataTags, finalSnapshotName, guarded, leavesSnapshot, type NetworkClient, type Protection, running, type Transform, transformed } from "./component.ts";
import { ownAccountOnly } from "./postgres/secret.ts";
import { dataSecurityGroup } from "./postgres/securityGroup.ts";

export interface RedisArgs {
  /** `${app}-${stack}`; the cache is `${prefix}-cache`, the second one `${prefix}-sessions`. */
  prefix: string;
  accountId: string;
  /** Full zone names; nodes go round them. */
  zones: string[];
  nodeType: string;
  /** One primary and replicas, 2 to 6. */
  nodes: number;
  /** Engine version, "7.0" or "7.1". */
  version: string;
  /** Sessions in the one cache, which then never evicts, or in a second cache. */
  sessions: "shared" | "separate";
  /** Days for which daily snapshots are kept. */
  snapshotRetentionDays: number;
  snapshotWindow: string;
  maintenanceWindow: string;
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<string>[];
  /** Who may connect; at least one. */
  clients: NetworkClient[];
  keyArn: pulumi.Input<string>;
  secretsKeyArn: pulumi.Input<string>;
  logsKeyArn: pulumi.Input<string>;
  /** Auth token; a secret. A new one is added beside the old one, which ends with the next change. */
  authToken: pulumi.Input<string>;
  recoveryWindowDays: number;
  alarmTopicArn: pulumi.Input<string>;
  protection: Protection;
  transform?: { cache?: Transform<aws.elasticache.ReplicationGroupArgs>; sessions?: Transform<aws.elasticache.ReplicationGroupArgs> };
}

const PORT = 6379;
/** Cache logs are read after incidents; a year like the other operational logs. */
const LOG_DAYS = 365;

type Eviction = "noeviction" | "allkeys-lru";
type Purpose = "cache" | "sessions";

/**
 * Cache and session store: TLS and auth token required, encrypted, failover over zones, daily snapshots.
 *
 * A cache that holds sessions never evicts, for an evicted session is a user thrown out: it refuses writes when
 * full, and the memory alarm comes long before. Costs: node hours (twice with separate sessions), snapshots.
 *
 * @throws when fewer than two nodes, no zone or no client is given.
 */
export class Redis extends pulumi.ComponentResource {
  readonly primaryHost: pulumi.Output<string>;
  readonly readerHost: pulumi.Output<string>;
  readonly port = PORT;
  /** Where sessions live: the one cache or the second. */
  readonly sessionsHost: pulumi.Output<string>;
  readonly authSecretArn: pulumi.Output<string>;
  readonly authSecretName: string;
  /** Id of the version of that secret that the program wrote last; another one for each token. */
  readonly authSecretVersion: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** Replication group ids, for alarms, backups and dashboards. */
  readonly groupIds: string[];
  readonly stores: DataStore[];

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:redis:Redis", name, {}, opts);
    check(args);
    const shared = args.sessions === "shared";
    const network = this.network(name, args);
    const cache = this.group(name, "cache", shared ? "noeviction" : "allkeys-lru", args, network);
    const sessions = shared ? cache : this.group(name, "sessions", "noeviction", args, network);
    const { secret, version } = this.secret(name, args, cache);

    this.primaryHost = cache.primaryEndpointAddress;
    this.readerHost = cache.readerEndpointAddress;
    this.sessionsHost = sessions.primaryEndpointAddress;
    this.authSecretArn = secret.arn;
    this.authSecretName = secretName(args);
    this.authSecretVersion = version.versionId;
    this.securityGroupId = network.securityGroupId;
    this.groupIds = shared ? [groupId(args, "cache")] : [groupId(args, "cache"), groupId(args, "sessions")];
    this.stores = describeStores(args, this.groupIds);
    this.registerOutputs({ primaryHost: this.primaryHost, readerHost: this.readerHost, sessionsHost: this.sessionsHost });
  }

  private network(name: string, args: RedisArgs): { subnetGroupName: pulumi.Output<string>; securityGroupId: pulumi.Output<string> } {
    const subnets = new aws.elasticache.SubnetGroup(`${name}-subnets`, {
      name: `${args.prefix}-cache`,
      description: "Isolated data subnets of the cache",
      subnetIds: args.subnetIds,
    }, { parent: this });
    const group = dataSecurityGroup(name, { groupName: `${args.prefix}-cache`, service: "Redis", vpcId: args.vpcId, port: PORT, clients: args.clients }, this);
    return { subnetGroupName: subnets.name, securityGroupId: group.id };
  }

  private group(name: string, purpose: Purpose, eviction: Eviction, args: RedisArgs, network: { subnetGroupName: pulumi.Input<string>; securityGroupId: pulumi.Input<string> }): aws.elasticache.ReplicationGroup {
    const id = groupId(args, purpose);
    const made = new aws.elasticache.ReplicationGroup(`${name}-${purpose}`, ...transformed<aws.elasticache.ReplicationGroupArgs>(args.transform?.[purpose], {
      replicationGroupId: id,
      description: purpose === "cache" ? "Cache of the application" : "Sessions of the application",
      engine: "redis",
      engineVersion: args.version,
      nodeType: args.nodeType,
      numCacheClusters: args.nodes,
      preferredCacheClusterAzs: Array.from({ length: args.nodes }, (_, index) => zone(args, index)),
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      port: PORT,
      parameterGroupName: this.parameters(name, purpose, eviction, args).name,
      subnetGroupName: network.subnetGroupName,
      securityGroupIds: [network.securityGroupId],
      atRestEncryptionEnabled: true,
      kmsKeyId: args.keyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      authToken: pulumi.secret(args.authToken),
      authTokenUpdateStrategy: "ROTATE",
      autoMinorVersionUpgrade: true,
      applyImmediately: false,
      maintenanceWindow: args.maintenanceWindow,
      snapshotRetentionLimit: args.snapshotRetentionDays,
      snapshotWindow: args.snapshotWindow,
      ...(leavesSnapshot(args.protection) ? { finalSnapshotIdentifier: finalSnapshotName(id, network.securityGroupId) } : {}),
      // No notificationTopicArn: ElastiCache publishes to unencrypted topics only and drops an encrypted one without a
      // word (ElastiCache user guide, "Event notifications and Amazon SNS"). A node that goes raises its alarms below.
      logDeliveryConfigurations: (["slow-log", "engine-log"] as const).map((type) => ({
        destination: this.logGroup(name, purpose, type, id, args).name, destinationType: "cloudwatch-logs", logFormat: "json", logType: type,
      })),
      tags: dataTags("cache"),
    }, running(this, args.protection)));
    this.alarms(name, eviction, id, args);
    return made;
  }

  private parameters(name: string, purpose: Purpose, eviction: Eviction, args: RedisArgs): aws.elasticache.ParameterGroup {
    return new aws.elasticache.ParameterGroup(`${name}-${purpose}-parameters`, {
      name: `${groupId(args, purpose)}-redis7`,
      family: "redis7",
      description: `${purpose}: ${eviction}`,
      parameters: [
        { name: "maxmemory-policy", value: eviction },
        // Idle clients are closed by TCP, not by the server: connection pools would see random failures.
        { name: "tcp-keepalive", value: "60" },
      ],
    }, { parent: this });
  }

  private logGroup(name: string, purpose: Purpose, type: string, id: string, args: RedisArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(`${name}-${purpose}-${type}`, {
      // Vended-log names need no resource policy that grows with every group.
      name: `/aws/vendedlogs/elasticache/${id}/${type}`,
      kmsKeyId: args.logsKeyArn,
      retentionInDays: LOG_DAYS,
      tags: dataTags("logs"),
    }, { parent: this });
  }

  private secret(name: string, args: RedisArgs, cache: aws.elasticache.ReplicationGroup): { secret: aws.secretsmanager.Secret; version: aws.secretsmanager.SecretVersion } {
    const secret = new aws.secretsmanager.Secret(`${name}-auth-secret`, {
      name: secretName(args),
      description: "Auth token of the cache, read by the application and the cleanup job.",
      kmsKeyId: args.secretsKeyArn,
      recoveryWindowInDays: args.recoveryWindowDays,
      tags: dataTags("secrets"),
    }, guarded(this, args.protection));
    new aws.secretsmanager.SecretPolicy(`${name}-auth-secret-policy`, { secretArn: secret.arn, blockPublicPolicy: true, policy: ownAccountOnly(args.accountId) }, { parent: this });
    const version = new aws.secretsmanager.SecretVersion(`${name}-auth-secret-value`, {
      secretId: secret.id,
      secretString: pulumi.secret(pulumi.jsonStringify({ host: cache.primaryEndpointAddress, port: PORT, authToken: args.authToken })),
    }, { parent: this });
    return { secret, version };
  }

  private alarms(name: string, eviction: Eviction, id: string, args: RedisArgs): void {
    const nodes = Array.from({ length: args.nodes }, (_, index) => `${id}-${String(index + 1).padStart(3, "0")}`);
    const alarm = (node: string, metricName: string, threshold: number, meaning: string) => new aws.cloudwatch.MetricAlarm(`${name}-${node.slice(args.prefix.length + 1)}-${metricName}`, {
      name: `${node}-${metricName}`,
      alarmDescription: `Cache node ${node}: ${meaning}.`,
      namespace: "AWS/ElastiCache",
      metricName,
      dimensions: { CacheClusterId: node },
      comparisonOperator: "GreaterThanThreshold",
      threshold,
      statistic: "Maximum",
      period: 60,
      evaluationPeriods: 5,
      // A node that reports nothing is down; of lag, the primary never reports any.
      treatMissingData: metricName === "ReplicationLag" ? "notBreaching" : "breaching",
      alarmActions: [args.alarmTopicArn],
      okActions: [args.alarmTopicArn],
    }, { parent: this });
    for (const node of nodes) {
      alarm(node, "DatabaseMemoryUsagePercentage", 80, `more than 80 % of memory used for 5 minutes${eviction === "noeviction" ? "; when full it refuses writes" : ""}`);
      alarm(node, "EngineCPUUtilization", 80, "engine CPU above 80 % for 5 minutes");
      alarm(node, "ReplicationLag", 30, "more than 30 s behind the primary for 5 minutes");
      if (eviction === "noeviction") alarm(node, "Evictions", 0, "a store of sessions evicted keys");
    }
  }
}

function groupId(args: RedisArgs, purpose: Purpose): string {
  return `${args.prefix}-${purpose}`;
}

function secretName(args: RedisArgs): string {
  return `${args.prefix}/redis/auth-token`;
}

function zone(args: RedisArgs, index: number): string {
  const found = args.zones[index % args.zones.length];
  if (found === undefined) throw new Error("Redis: zones is empty; name at least two availability zones");
  return found;
}

function check(args: RedisArgs): void {
  if (args.nodes < 2) throw new Error(`Redis: nodes is ${args.nodes}; failover needs a primary and at least one replica`);
  const id = groupId(args, "sessions");
  // ElastiCache API reference, CreateReplicationGroup: 1 to 40 characters.
  if (id.length > 40) throw new Error(`Redis: replication group id ${id} has ${id.length} characters, ElastiCache takes 40; shorten the application's or the stack's name`);
}

function describeStores(args: RedisArgs, groupIds: string[]): DataStore[] {
  return groupIds.map((name, index) => ({
    name,
    dataClass: "cache",
    content: index === 1 || args.sessions === "shared" ? "Sessions of signed-in users and cached records." : "Cached records.",
    retention: `Until expiry, sessions 8 hours at most; snapshots ${args.snapshotRetentionDays} days.`,
    erasure: "The application deletes the person's keys; signing out ends the session.",
  }));
}
