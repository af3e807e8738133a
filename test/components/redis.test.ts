import { expect, it } from "vitest";
import { Redis, type RedisArgs } from "../../components/redis.ts";
import { only, PLACE, PROTECTED } from "./dataFixtures.ts";
import { declared } from "./mocks.ts";

const ARGS: RedisArgs = {
  prefix: PLACE.prefix, accountId: PLACE.accountId, protection: PROTECTED, zones: ["us-east-1a", "us-east-1b", "us-east-1c"], nodeType: "cache.t3.micro", nodes: 3, version: "7.1",
  sessions: "shared", snapshotRetentionDays: 7, snapshotWindow: "03:00-04:00", maintenanceWindow: "sun:05:00-sun:06:00", vpcId: "vpc-1", subnetIds: ["subnet-1"],
  clients: [{ name: "nodes", securityGroupId: "sg-nodes" }], keyArn: "arn:key:cache", secretsKeyArn: "arn:key:secrets", logsKeyArn: "arn:key:logs", authToken: "a-token-of-16-chars", recoveryWindowDays: 30, alarmTopicArn: "arn:topic:alarms",
};
const eviction = (inputs: Record<string, unknown>) => (inputs["parameters"] as { name: string; value: string }[]).find((p) => p.name === "maxmemory-policy")?.value;

it("declares three encrypted nodes over three zones with failover, token and snapshots", async () => {
  const found = await declared(() => { new Redis("redis", ARGS); });
  expect(only(found, ":ReplicationGroup", "redis-cache")).toMatchObject({
    replicationGroupId: "shop-production-cache", numCacheClusters: 3, preferredCacheClusterAzs: ["us-east-1a", "us-east-1b", "us-east-1c"], multiAzEnabled: true, automaticFailoverEnabled: true,
    transitEncryptionEnabled: true, transitEncryptionMode: "required", atRestEncryptionEnabled: true, kmsKeyId: "arn:key:cache", authToken: "a-token-of-16-chars", snapshotRetentionLimit: 7, finalSnapshotIdentifier: "shop-production-cache-final",
  });
});

it("never evicts where sessions live, and warns at 80 % of memory on every node", async () => {
  const shared = await declared(() => { new Redis("redis", ARGS); });
  expect(eviction(only(shared, ":ParameterGroup", "redis-cache-parameters"))).toBe("noeviction");
  expect(shared.filter((r) => r.inputs["metricName"] === "DatabaseMemoryUsagePercentage").map((r) => r.inputs["threshold"])).toEqual([80, 80, 80]);
  const separate = await declared(() => { new Redis("redis", { ...ARGS, sessions: "separate" }); });
  expect(eviction(only(separate, ":ParameterGroup", "redis-cache-parameters"))).toBe("allkeys-lru");
  expect(eviction(only(separate, ":ParameterGroup", "redis-sessions-parameters"))).toBe("noeviction");
});
