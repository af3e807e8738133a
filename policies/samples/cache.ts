/** Samples of areas/cache.ts. */
import { MEMORY_METRICS } from "../areas/cache.ts";
import type { Samples } from "./sample.ts";

/** In samples: a cache beside the first, with parameters of its own. */
function secondCache() {
  return {
    type: "aws:elasticache/replicationGroup:ReplicationGroup", name: "second", protect: true,
    props: {
      tags: { "data-class": "cache" }, replicationGroupId: "second", description: "Sessions", numCacheClusters: 3, automaticFailoverEnabled: true, multiAzEnabled: true, parameterGroupName: "parameters",
      subnetGroupName: "data", atRestEncryptionEnabled: true, kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666",
      transitEncryptionEnabled: true, userGroupIds: ["applications"], snapshotRetentionLimit: 7,
    },
  };
}

/** In samples: the alarm of that cache. */
function secondAlarm() {
  return {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm", name: "second-alarm",
    props: {
      name: "second-memory", alarmDescription: "Sessions: more than 80 % of memory used", namespace: "AWS/ElastiCache", metricName: "DatabaseMemoryUsagePercentage", dimensions: { CacheClusterId: "second-001" }, comparisonOperator: "GreaterThanThreshold",
      threshold: 80, statistic: "Maximum", period: 60, evaluationPeriods: 5, treatMissingData: "breaching", alarmActions: ["arn:aws:sns:us-east-1:123456789012:alarms"],
    },
  };
}

export const samples: Samples = {
  "cache/in-transit": {
    scene: "cache",
    good: [{ set: { "cache:transitEncryptionMode": undefined } }],
    bad: [
      { set: { "cache:transitEncryptionEnabled": false } },
      { set: { "cache:transitEncryptionEnabled": undefined } },
      { set: { "cache:transitEncryptionMode": "preferred" } },
      { set: { "memcached:transitEncryptionEnabled": undefined } },
      { set: { "memory:tlsEnabled": false } },
    ],
  },
  "cache/at-rest": {
    scene: "cache",
    bad: [
      { set: { "cache:atRestEncryptionEnabled": false } },
      { set: { "cache:atRestEncryptionEnabled": undefined } },
      { set: { "cache:kmsKeyId": undefined } },
      { set: { "serverless:kmsKeyId": undefined } },
      { set: { "memory:kmsKeyArn": undefined } },
    ],
  },
  "cache/authentication": {
    scene: "cache",
    good: [
      { set: { "cache:authToken": undefined, "cache:authTokenWo": "0123456789abcdef0123456789abcdef" } },
      { set: { "cache:authToken": undefined, "cache:userGroupIds": ["applications"] } },
      { set: { "user:authenticationMode": undefined, "user:noPasswordRequired": true, "user:accessString": "off ~* -@all" } },
      { set: { "user:authenticationMode": undefined, "user:noPasswordRequired": true, "user:accessString": "on ~* -@all off" } },
      { set: { "user:authenticationMode": undefined, "user:noPasswordRequired": false } },
    ],
    bad: [
      { set: { "cache:authToken": undefined } },
      { set: { "cache:authToken": "" } },
      { set: { "cache:authToken": undefined, "cache:userGroupIds": [] } },
      { set: { "serverless:userGroupId": undefined } },
      { set: { "memory:aclName": "open-access" } },
      { set: { "user:authenticationMode": undefined, "user:noPasswordRequired": true }, at: "user:noPasswordRequired" },
      { set: { "user:authenticationMode": undefined, "user:noPasswordRequired": "true", "user:accessString": "on ~off:* +@all" }, at: "user:noPasswordRequired" },
      { set: { "user:authenticationMode.type": "no-password-required" } },
    ],
  },
  "cache/failover": {
    scene: "cache",
    good: [{ set: { "memory:numReplicasPerShard": undefined } }],
    bad: [
      { set: { "cache:automaticFailoverEnabled": false } },
      { set: { "cache:automaticFailoverEnabled": undefined } },
      { set: { "cache:multiAzEnabled": undefined } },
      { set: { "memory:numReplicasPerShard": 0 } },
    ],
  },
  "cache/three-nodes": {
    scene: "cache",
    good: [{ set: { "cache:numCacheClusters": undefined, "cache:replicasPerNodeGroup": 2 } }, { set: { "cache:preferredCacheClusterAzs": undefined } }],
    bad: [
      { set: { "cache:numCacheClusters": 2 } },
      { set: { "cache:numCacheClusters": undefined } },
      { set: { "cache:numCacheClusters": undefined, "cache:replicasPerNodeGroup": 1 }, at: "cache:replicasPerNodeGroup" },
      { set: { "cache:preferredCacheClusterAzs": ["us-east-1a", "us-east-1b", "us-east-1b"] } },
    ],
  },
  "cache/not-alone": {
    scene: "cache",
    good: [{ set: { "memcached:engine": "redis", "memcached:replicationGroupId": "cache", "memcached:transitEncryptionEnabled": undefined } }],
    bad: [{ set: { "memcached:engine": "redis" }, at: "memcached:replicationGroupId" }, { set: { "memcached:engine": "valkey" }, at: "memcached:replicationGroupId" }],
  },
  "cache/snapshots": {
    scene: "cache",
    good: [{ set: { "cache:snapshotRetentionLimit": 1 } }],
    bad: [
      { set: { "cache:snapshotRetentionLimit": 0 } },
      { set: { "cache:snapshotRetentionLimit": undefined } },
      { set: { "serverless:snapshotRetentionLimit": undefined } },
      { set: { "memory:snapshotRetentionLimit": undefined } },
    ],
  },
  "cache/noeviction": {
    scene: "cache",
    good: [{ set: { "cache:parameterGroupName": "default.redis7" }, add: [secondCache(), secondAlarm()] }],
    bad: [
      { set: { "parameters:parameters[0].value": "allkeys-lru" }, at: "cache:parameterGroupName" },
      { set: { "parameters:parameters[0].name": "maxmemory-samples" }, at: "cache:parameterGroupName" },
      { set: { "parameters:parameters": undefined }, at: "cache:parameterGroupName" },
      { set: { "cache:parameterGroupName": undefined } },
      { set: { "cache:parameterGroupName": "default.redis7" } },
      { remove: ["parameters"], at: "cache:parameterGroupName" },
    ],
  },
  "cache/memory-alarm": {
    scene: "cache",
    good: [
      ...MEMORY_METRICS.slice(1).map((metricName) => ({ set: { "alarm:metricName": metricName } })),
      { set: { "alarm:dimensions": { ReplicationGroupId: "cache" } } },
      { set: { "alarm:dimensions.CacheClusterId": "cache-0001-001" } },
      { set: { "cache:parameterGroupName": "default.redis7" }, add: [secondCache(), secondAlarm()], remove: ["alarm"] },
    ],
    bad: [
      { remove: ["alarm"], at: "cache:" },
      { set: { "alarm:metricName": "EngineCPUUtilization" }, at: "cache:" },
      { set: { "alarm:dimensions.CacheClusterId": "cached-001" }, at: "cache:" },
      { set: { "alarm:dimensions": undefined }, at: "cache:" },
    ],
  },
  "cache/subnet-group": {
    scene: "cache",
    good: [{ set: { "memcached:replicationGroupId": "cache", "memcached:subnetGroupName": undefined } }],
    bad: [
      { set: { "cache:subnetGroupName": undefined } },
      { set: { "cache:subnetGroupName": "default" } },
      { set: { "memcached:subnetGroupName": undefined } },
      { set: { "memory:subnetGroupName": undefined } },
      { set: { "serverless:subnetIds": undefined } },
    ],
  },
};
