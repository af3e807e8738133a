/** Redis. */
import type { Resource, Stack } from "../resource.ts";
import { atLeast, is, present, type Report, type Rule, shown, where } from "../rule.ts";
import { matching } from "../search.ts";
import { any, type Value } from "../value.ts";
import { alarmsOf } from "./alarms.ts";
import { customerKey, demand, isNot } from "./keysTests.ts";

const GROUP = "aws:elasticache:ReplicationGroup";
const SINGLE = "aws:elasticache:Cluster";
const SERVERLESS = "aws:elasticache:ServerlessCache";
const USER = "aws:elasticache:User";
const MEMORY_DB = "aws:memorydb:Cluster";
const PARAMETERS = "aws:elasticache:ParameterGroup";

/** Metrics of CloudWatch that tell of a full cache before it is one. */
export const MEMORY_METRICS = ["DatabaseMemoryUsagePercentage", "DatabaseMemoryUsageCountedForEvictPercentage", "BytesUsedForCache", "FreeableMemory"];

/** Whether a cache keeps what it holds when it is full. A group of parameters that says nothing evicts keys with an expiry, as sessions are. */
function keepsAll(group: Resource, stack: Stack): boolean {
  const parameters = stack.named(PARAMETERS, group, "parameterGroupName").flatMap((one) => one.at("parameters").items);
  return any(parameters.map((one) => () => one.at("name").text === "maxmemory-policy" && one.at("value").text === "noeviction"));
}

/** Nodes of one shard, the primary included; one when nothing is said. */
function checkNodes(group: Resource, report: Report): void {
  const shard = group.at("replicasPerNodeGroup");
  const nodes = shard.exists ? shard : group.at("numCacheClusters");
  const count = shard.exists ? (shard.number ?? 0) + 1 : (nodes.number ?? 1);
  if (count < 3) report(nodes, `makes ${count} nodes, must be at least 3`);
  group.try(() => {
    const zones = group.at("preferredCacheClusterAzs");
    if (zones.exists && new Set(zones.items.map((zone) => zone.text)).size < 3) report(zones, "spreads the nodes over fewer than 3 zones");
  });
}

/** An alarm on a node (`cache-001`) or on a shard of the group. */
function watches(alarm: Resource, id: string): boolean {
  const dimensions = alarm.at("dimensions");
  const node = dimensions.at("CacheClusterId").text ?? dimensions.at("ReplicationGroupId").text ?? "";
  return MEMORY_METRICS.includes(alarm.at("metricName").text ?? "") && (node === id || node.startsWith(`${id}-`));
}

function required(value: Value): string | undefined {
  return ["required", undefined].includes(value.text) ? undefined : `is ${shown(value)}, must be required, or clients may go on without TLS`;
}

/** A user without a password is whoever comes; one that is switched off lets nobody in. */
function checkUser(user: Resource, report: Report): void {
  if (/(^|\s)off(\s|$)/.test(user.at("accessString").text ?? "")) return;
  for (const [place, open] of [["noPasswordRequired", "true"], ["authenticationMode.type", "no-password-required"]] as const) {
    user.try(() => {
      const value = user.at(place);
      if (String(value.raw) === open) report(value, `is ${shown(value)}, so whoever comes is this user, must be a password or iam`);
    });
  }
}

export const rules: Rule[] = [
  {
    id: "cache/in-transit",
    title: "Redis takes connections over TLS only",
    items: ["redis", "encryption-in-transit"],
    severity: "high",
    frameworks: ["FSBP: ElastiCache.5", "PCI DSS 4.0.1: 4.2.1"],
    why: "Sessions and the auth token itself pass by readable; mode \"preferred\", made for a migration, lets them do so for ever.",
    mend: "Set `transitEncryptionEnabled: true` and `transitEncryptionMode: \"required\"`; of MemoryDB leave `tlsEnabled` at true.",
    ...demand({
      [GROUP]: { transitEncryptionEnabled: is(true), transitEncryptionMode: required },
      [SINGLE]: { transitEncryptionEnabled: is(true) },
      [MEMORY_DB]: { tlsEnabled: isNot(false) },
    }),
    // A member of a group is as the group is.
    applies: (cache) => !cache.is(SINGLE) || !cache.at("replicationGroupId").exists,
  },
  {
    id: "cache/at-rest",
    title: "Redis and its snapshots are encrypted with a customer key",
    items: ["redis", "encryption-at-rest"],
    severity: "high",
    frameworks: ["FSBP: ElastiCache.4"],
    why: "A snapshot holds every session that was open; encryption can be chosen at creation only.",
    mend: "Set `atRestEncryptionEnabled: true` and `kmsKeyId` (`kmsKeyArn` of MemoryDB).",
    ...demand({
      [GROUP]: { atRestEncryptionEnabled: is(true), kmsKeyId: customerKey() },
      [SERVERLESS]: { kmsKeyId: customerKey() },
      [MEMORY_DB]: { kmsKeyArn: customerKey() },
    }),
  },
  {
    id: "cache/authentication",
    title: "Redis asks who is there",
    items: ["redis"],
    severity: "high",
    frameworks: ["FSBP: ElastiCache.6"],
    why: "Without a token every pod that reaches the port reads and writes every session, and one command empties the cache.",
    mend: "Set `authToken` or `authTokenWo`, or `userGroupIds` (`userGroupId` of serverless caches, an `aclName` other than open-access of MemoryDB); give each user of such a group a password or `authenticationMode.type: iam`, and switch off (`off`) those that have none.",
    kinds: [GROUP, SERVERLESS, MEMORY_DB, USER],
    check: (cache, report) => {
      if (cache.is(USER)) return checkUser(cache, report);
      if (cache.is(MEMORY_DB)) return where({ aclName: isNot("open-access") })(cache, report);
      if (cache.is(SERVERLESS)) return where({ userGroupId: present() })(cache, report);
      const ways = [cache.at("authToken"), cache.at("authTokenWo"), cache.at("userGroupIds")];
      if (!any(ways.map((way) => () => present()(way) === undefined))) report(cache.at("authToken"), "is not set, nor is a user group");
    },
  },
  {
    id: "cache/failover",
    title: "Redis fails over to another zone by itself",
    items: ["redis"],
    severity: "high",
    frameworks: ["FSBP: ElastiCache.3"],
    why: "When the primary goes, replicas go on answering reads only: nobody logs in until a person promotes one.",
    mend: "Set `automaticFailoverEnabled: true` and `multiAzEnabled: true`; of MemoryDB `numReplicasPerShard` to at least 1.",
    ...demand({
      [GROUP]: { automaticFailoverEnabled: is(true), multiAzEnabled: is(true) },
      // One replica is what MemoryDB makes when nothing is said.
      [MEMORY_DB]: { numReplicasPerShard: (value) => (value.exists ? atLeast(1)(value) : undefined) },
    }),
  },
  {
    id: "cache/three-nodes",
    title: "Redis has three nodes over three zones",
    items: ["redis"],
    severity: "medium",
    enforcement: "advisory",
    frameworks: [],
    why: "With two nodes the loss of one leaves the sessions in a single place until a new node has copied them.",
    mend: "Set `numCacheClusters: 3` (`replicasPerNodeGroup: 2`) and three zones in `preferredCacheClusterAzs`.",
    kinds: [GROUP],
    check: checkNodes,
  },
  {
    id: "cache/not-alone",
    title: "No Redis stands outside of a replication group",
    items: ["redis"],
    severity: "high",
    frameworks: [],
    why: "A single cluster has no replica to fail over to, no encryption at rest and no password: it is a cache for a test.",
    mend: "Declare a `ReplicationGroup` instead; a `Cluster` is right for members of a group (`replicationGroupId`) and for memcached.",
    kinds: [SINGLE],
    check: (cluster, report) => {
      if (!cluster.at("replicationGroupId").exists && cluster.at("engine").text !== "memcached") report(cluster.at("replicationGroupId"), "is not set, must be the group that the node belongs to");
    },
  },
  {
    id: "cache/snapshots",
    title: "Redis is saved every day",
    items: ["redis", "retention-backups"],
    severity: "medium",
    frameworks: ["FSBP: ElastiCache.1"],
    why: "Replicas copy a flush within a millisecond; without a snapshot every user is thrown out and nothing brings the sessions back.",
    mend: "Set `snapshotRetentionLimit` to at least 1, the number of daily snapshots that are kept.",
    ...demand({
      [GROUP]: { snapshotRetentionLimit: atLeast(1, " days") },
      [SERVERLESS]: { snapshotRetentionLimit: atLeast(1, " days") },
      [MEMORY_DB]: { snapshotRetentionLimit: atLeast(1, " days") },
    }),
  },
  {
    id: "cache/noeviction",
    title: "The Redis that holds sessions never evicts them",
    items: ["redis"],
    severity: "high",
    frameworks: [],
    why: "Any other policy throws users out, silently, when the cache is full; sessions have an expiry, so they are the first to go.",
    mend: "Declare a parameter group with `maxmemory-policy = noeviction` and name it in `parameterGroupName`, or keep sessions in a second cache that has one.",
    kinds: [GROUP],
    // Which cache holds sessions is not declared: with several, one that keeps all is enough.
    relate: (group, stack, report) => {
      if (!any(stack.of(GROUP).map((one) => () => keepsAll(one, stack)))) report(group.at("parameterGroupName"), "is a group without maxmemory-policy = noeviction, and no other cache has one");
    },
  },
  {
    id: "cache/memory-alarm",
    title: "An alarm comes before the Redis that never evicts is full",
    items: ["redis", "monitoring-coverage"],
    severity: "high",
    frameworks: [],
    why: "When such a cache is full it refuses every write: logins stop for all at once, and the first to tell is a customer.",
    mend: "Declare a `MetricAlarm` on DatabaseMemoryUsagePercentage with the dimension `CacheClusterId` of each node.",
    kinds: [GROUP],
    applies: keepsAll,
    relate: (group, stack, report) => {
      const id = group.at("replicationGroupId").text ?? group.name;
      if (matching(alarmsOf(stack, MEMORY_METRICS), (alarm) => watches(alarm, id)).length === 0) report(group, `has no alarm on ${MEMORY_METRICS.join(" or ")}`);
    },
  },
  {
    id: "cache/subnet-group",
    title: "Redis lies in subnets that were chosen for it",
    items: ["redis", "network-exposure"],
    severity: "medium",
    frameworks: ["FSBP: ElastiCache.7"],
    why: "Without a subnet group it lands in the account's default network, beside whatever else was made in a hurry.",
    mend: "Set `subnetGroupName` (`subnetIds` of serverless caches) to isolated data subnets.",
    kinds: [GROUP, SINGLE, SERVERLESS, MEMORY_DB],
    applies: (cache) => !cache.is(SINGLE) || !cache.at("replicationGroupId").exists,
    check: (cache, report) => {
      if (cache.is(SERVERLESS)) where({ subnetIds: present() })(cache, report);
      else where({ subnetGroupName: (group) => (["default", undefined].includes(group.text) ? `is ${shown(group)}, must be a group of data subnets` : undefined) })(cache, report);
    },
  },
];
