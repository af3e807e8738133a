import { beforeAll, expect, it } from "vitest";
import { Redis, type RedisArgs } from "../../components/redis.ts";
import type { DataStore } from "../../components/component.ts";
import { only, PLACE, PROTECTED, secretValue, statements } from "./dataFixtures.ts";
import { declared, type Declared, valueOf } from "./mocks.ts";

const ARGS: RedisArgs = {
  prefix: PLACE.prefix, accountId: PLACE.accountId, protection: PROTECTED, zones: ["us-east-1a", "us-east-1b", "us-east-1c"], nodeType: "cache.t3.micro", nodes: 3, version: "7.1",
  sessions: "shared", snapshotRetentionDays: 7, snapshotWindow: "03:00-04:00", maintenanceWindow: "sun:05:00-sun:06:00", vpcId: "vpc-1", subnetIds: ["subnet-1"],
  clients: [{ name: "nodes", securityGroupId: "sg-nodes" }], keyArn: "arn:key:cache", secretsKeyArn: "arn:key:secrets", logsKeyArn: "arn:key:logs", authToken: "a-token-of-16-chars", recoveryWindowDays: 30, alarmTopicArn: "arn:topic:alarms",
};
const eviction = (inputs: Record<string, unknown>) => (inputs["parameters"] as { name: string; value: string }[]).find((p) => p.name === "maxmemory-policy")?.value;
const NODES = ["001", "002", "003"].map((number) => `shop-production-cache-${number}`);

let shared: Declared[];
let separate: Declared[];
const stores: DataStore[] = [];

beforeAll(async () => {
  shared = await declared(() => { stores.push(...new Redis("redis", ARGS).stores); });
  separate = await declared(() => { stores.push(...new Redis("redis", { ...ARGS, sessions: "separate" }).stores); });
});

it("declares three encrypted nodes over three zones with failover, token, snapshots and TLS for everybody", () => {
  expect(only(shared, ":ReplicationGroup", "redis-cache")).toMatchObject({
    replicationGroupId: "shop-production-cache", nodeType: "cache.t3.micro", engineVersion: "7.1", numCacheClusters: 3, preferredCacheClusterAzs: ["us-east-1a", "us-east-1b", "us-east-1c"], multiAzEnabled: true, automaticFailoverEnabled: true,
    transitEncryptionEnabled: true, transitEncryptionMode: "required", atRestEncryptionEnabled: true, kmsKeyId: "arn:key:cache", authTokenUpdateStrategy: "ROTATE",
    snapshotRetentionLimit: 7, snapshotWindow: "03:00-04:00", finalSnapshotIdentifier: "shop-production-cache-final-redis-security-group-id", port: 6379, tags: { "data-class": "cache" },
  });
  expect(secretValue(only(shared, ":ReplicationGroup", "redis-cache")["authToken"])).toBe("a-token-of-16-chars");
  expect(shared.find((r) => r.name === "redis-cache")).toMatchObject({ protect: true });
});

it("goes with the network that it needs, and leaves a snapshot unless nothing is to be kept", async () => {
  const cache = async (protection: { protect: boolean; retainOnDelete: boolean }) => (await declared(() => { new Redis("redis", { ...ARGS, protection }); })).find((r) => r.name === "redis-cache");
  expect(await cache({ protect: false, retainOnDelete: true })).toMatchObject({ protect: false, retainOnDelete: false, inputs: { finalSnapshotIdentifier: "shop-production-cache-final-redis-security-group-id" } });
  expect((await cache({ protect: false, retainOnDelete: false }))?.inputs).not.toHaveProperty("finalSnapshotIdentifier");
});

it("tells the version of the token that was written last", async () => {
  await declared(async () => {
    expect(await valueOf(new Redis("redis", ARGS).authSecretVersion)).toBe("version-7");
  }, { outputs: (type) => (type.endsWith(":SecretVersion") ? { versionId: "version-7" } : {}) });
});

it("never evicts where sessions live", () => {
  expect(eviction(only(shared, ":ParameterGroup", "redis-cache-parameters"))).toBe("noeviction");
  expect(eviction(only(separate, ":ParameterGroup", "redis-cache-parameters"))).toBe("allkeys-lru");
  expect(eviction(only(separate, ":ParameterGroup", "redis-sessions-parameters"))).toBe("noeviction");
  expect(only(separate, ":ReplicationGroup", "redis-sessions")).toMatchObject({ replicationGroupId: "shop-production-sessions", numCacheClusters: 3, transitEncryptionMode: "required", kmsKeyId: "arn:key:cache" });
});

it.each([["DatabaseMemoryUsagePercentage", 80, "breaching"], ["EngineCPUUtilization", 80, "breaching"], ["ReplicationLag", 30, "notBreaching"], ["Evictions", 0, "breaching"]])("alarms on %s above %i on every node", (metricName, threshold, treatMissingData) => {
  const alarms = shared.filter((r) => r.inputs["metricName"] === metricName).map((r) => r.inputs);
  expect(alarms.map((alarm) => (alarm["dimensions"] as Record<string, string>)["CacheClusterId"])).toEqual(NODES);
  for (const alarm of alarms) expect(alarm).toMatchObject({ namespace: "AWS/ElastiCache", threshold, comparisonOperator: "GreaterThanThreshold", treatMissingData, alarmActions: ["arn:topic:alarms"], okActions: ["arn:topic:alarms"] });
});

it("counts evictions as an alarm only where sessions live", () => {
  const evictions = separate.filter((r) => r.inputs["metricName"] === "Evictions").map((r) => String(r.inputs["name"]));
  expect(evictions).toEqual(["001", "002", "003"].map((number) => `shop-production-sessions-${number}-Evictions`));
});

// ElastiCache publishes to no encrypted topic; a topic named here would be dropped without a word.
it("names no topic for events, and keeps slow and engine logs encrypted for a year", () => {
  expect(only(shared, ":ReplicationGroup", "redis-cache")).not.toHaveProperty("notificationTopicArn");
  expect(only(shared, ":ReplicationGroup", "redis-cache")["logDeliveryConfigurations"]).toMatchObject(["slow-log", "engine-log"].map((logType) => ({ logType, logFormat: "json", destinationType: "cloudwatch-logs", destination: `/aws/vendedlogs/elasticache/shop-production-cache/${logType}` })));
  for (const type of ["slow-log", "engine-log"]) expect(only(shared, ":LogGroup", `redis-cache-${type}`)).toMatchObject({ kmsKeyId: "arn:key:logs", retentionInDays: 365 });
});

it("keeps the token in a secret with the customer key that nobody outside the account reads", () => {
  expect(only(shared, ":Secret", "redis-auth-secret")).toMatchObject({ name: "shop-production/redis/auth-token", kmsKeyId: "arn:key:secrets", recoveryWindowInDays: 30 });
  expect(JSON.parse(String(secretValue(only(shared, ":SecretVersion", "redis-auth-secret-value")["secretString"])))).toMatchObject({ port: 6379, authToken: "a-token-of-16-chars" });
  const policy = statements(only(shared, ":SecretPolicy", "redis-auth-secret-policy")["policy"]);
  expect(policy["DenyOtherAccounts"]).toMatchObject({ Effect: "Deny", Condition: { StringNotEquals: { "aws:PrincipalAccount": "123456789012" } } });
  expect(policy["DenyPlainHttp"]).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
});

it("lets the named clients in on its port, and itself nowhere", () => {
  const rules = shared.filter((r) => r.type.endsWith(":SecurityGroupIngressRule")).map((r) => r.inputs);
  expect(rules).toMatchObject([{ referencedSecurityGroupId: "sg-nodes", fromPort: 6379, toPort: 6379, ipProtocol: "tcp", description: "nodes to Redis" }]);
  expect(only(shared, ":SecurityGroup", "redis-security-group")["egress"]).toEqual([]);
  expect(shared.filter((r) => r.type.endsWith(":SecurityGroupEgressRule"))).toEqual([]);
});

it("describes every store once", () => {
  expect(stores.map(({ name, dataClass, retention }) => [name, dataClass, retention])).toEqual(["cache", "cache", "sessions"].map((part) => [`shop-production-${part}`, "cache", "Until expiry, sessions 8 hours at most; snapshots 7 days."]));
});

it.each([
  [{ nodes: 1 }, "failover needs a primary and at least one replica"],
  [{ clients: [] }, "nothing could connect"],
  [{ prefix: "a-very-long-application-name-production" }, "ElastiCache takes 40"],
])("refuses %j", async (change, message) => {
  await expect(declared(() => { new Redis("redis", { ...ARGS, ...change }); })).rejects.toThrow(message);
});
