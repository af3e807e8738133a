import type { SampleResource } from "../../../policies/samples/sample.ts";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666";

/** A cache that holds sessions, with its parameters and its alarm; one of each other kind of cache. */
export const cache: readonly SampleResource[] = [
  {
    type: "aws:elasticache/replicationGroup:ReplicationGroup", name: "cache", protect: true,
    props: {
      tags: { "data-class": "cache" },
      replicationGroupId: "cache", description: "Cache and sessions", engine: "redis", engineVersion: "7.1", nodeType: "cache.t3.micro",
      numCacheClusters: 3, preferredCacheClusterAzs: ["us-east-1a", "us-east-1b", "us-east-1c"], automaticFailoverEnabled: true, multiAzEnabled: true,
      parameterGroupName: "parameters", subnetGroupName: "data", securityGroupIds: ["sg-0123456789abcdef0"],
      atRestEncryptionEnabled: true, kmsKeyId: KEY, transitEncryptionEnabled: true, transitEncryptionMode: "required",
      authToken: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "0123456789abcdef0123456789abcdef" },
      autoMinorVersionUpgrade: true, snapshotRetentionLimit: 7, finalSnapshotIdentifier: "cache-final",
    },
  },
  {
    type: "aws:elasticache/parameterGroup:ParameterGroup", name: "parameters",
    props: { name: "parameters", family: "redis7", parameters: [{ name: "maxmemory-policy", value: "noeviction" }, { name: "tcp-keepalive", value: "60" }] },
  },
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm", name: "alarm",
    props: {
      name: "cache-memory", alarmDescription: "Cache: more than 80 % of memory used", namespace: "AWS/ElastiCache", metricName: "DatabaseMemoryUsagePercentage",
      dimensions: { CacheClusterId: "cache-001" }, comparisonOperator: "GreaterThanThreshold", threshold: 80, statistic: "Maximum", period: 60, evaluationPeriods: 5,
      treatMissingData: "breaching", alarmActions: ["arn:aws:sns:us-east-1:123456789012:alarms"],
    },
  },
  {
    type: "aws:elasticache/serverlessCache:ServerlessCache", name: "serverless", protect: true,
    props: {
      tags: { "data-class": "cache" },
      name: "serverless", engine: "valkey", kmsKeyId: KEY, userGroupId: "applications", snapshotRetentionLimit: 7,
      subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"], securityGroupIds: ["sg-0123456789abcdef0"],
    },
  },
  { type: "aws:elasticache/user:User", name: "user", props: { userId: "app", userName: "app", engine: "redis", accessString: "on ~app:* -@all +@read +@write", authenticationMode: { type: "iam" } } },
  {
    type: "aws:memorydb/cluster:Cluster", name: "memory", protect: true,
    props: {
      tags: { "data-class": "cache" },
      name: "memory", nodeType: "db.t4g.small", aclName: "applications", tlsEnabled: true, kmsKeyArn: KEY, numReplicasPerShard: 1, snapshotRetentionLimit: 7,
      subnetGroupName: "data", securityGroupIds: ["sg-0123456789abcdef0"],
    },
  },
  {
    type: "aws:elasticache/cluster:Cluster", name: "memcached", protect: true,
    props: {
      tags: { "data-class": "cache" },
      clusterId: "memcached", engine: "memcached", nodeType: "cache.t3.micro", numCacheNodes: 2, azMode: "cross-az", transitEncryptionEnabled: true,
      subnetGroupName: "data", securityGroupIds: ["sg-0123456789abcdef0"],
    },
  },
];
