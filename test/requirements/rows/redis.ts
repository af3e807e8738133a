/** Requirements, section 1, row "Redis". */
import { expect } from "vitest";
import { byName, kept } from "../facts.ts";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";

const row = "Redis";
const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const NODES = ["shop-production-cache-001", "shop-production-cache-002", "shop-production-cache-003"];

function policyOf(rendered: Rendered, name: string): unknown {
  return byName(rendered.one(PARAMETERS, name).props["parameters"])["maxmemory-policy"];
}

function memoryAlarms(rendered: Rendered): Record<string, unknown>[] {
  return rendered.all(ALARM, /^redis-.*-DatabaseMemoryUsagePercentage$/).map(({ props }) => props);
}

export const redis: Requirement[] = [
  kept(row, "ElastiCache replication group", [[GROUP, "redis-cache", { replicationGroupId: "shop-production-cache", engine: "redis", engineVersion: "7.1", port: 6379, subnetGroupName: "shop-production-cache", finalSnapshotIdentifier: expect.stringMatching(/^shop-production-cache-final-[0-9a-f]{17}$/) as unknown }]], (p) => {
    const data = p.all("aws:ec2/routeTableAssociation:RouteTableAssociation", /^network-vpc-data-/).map(({ props }) => props["subnetId"]);
    expect((p.one("aws:elasticache/subnetGroup:SubnetGroup", "redis-subnets").props["subnetIds"] as string[]).toSorted()).toEqual(data.toSorted());
    expect(p.one(GROUP, "redis-cache").protect).toBe(true);
  }),
  kept(row, "cache.t3.micro", [[GROUP, "redis-cache", { nodeType: "cache.t3.micro" }]]),
  kept(row, "3 nodes over 3 zones", [[GROUP, "redis-cache", { numCacheClusters: 3, preferredCacheClusterAzs: ["us-east-1a", "us-east-1b", "us-east-1c"] }]]),
  kept(row, "Multi-AZ failover", [[GROUP, "redis-cache", { multiAzEnabled: true, automaticFailoverEnabled: true }]]),
  kept(row, "TLS", [[GROUP, "redis-cache", { transitEncryptionEnabled: true, transitEncryptionMode: "required" }]]),
  kept(row, "auth token", [
    [GROUP, "redis-cache", { authToken: "[secret]", authTokenUpdateStrategy: "ROTATE" }],
    ["aws:secretsmanager/secret:Secret", "redis-auth-secret", { name: "shop-production/redis/auth-token" }],
    ["aws:secretsmanager/secretVersion:SecretVersion", "redis-auth-secret-value", { secretString: "[secret]" }],
  ]),
  kept(row, "encrypted", [[GROUP, "redis-cache", { atRestEncryptionEnabled: true }]], (p) =>
    expect(p.one(GROUP, "redis-cache").props["kmsKeyId"]).toBe(`arn:aws:kms:us-east-1:123456789012:key/${String(p.one("aws:kms/alias:Alias", "keys-cache-alias").props["targetKeyId"])}`)),
  kept(row, "daily snapshots", [[GROUP, "redis-cache", { snapshotRetentionLimit: 7, snapshotWindow: "03:00-04:00" }]]),
  {
    row,
    phrase: "also the session store",
    resources: (p) => [p.one(GROUP, "redis-cache"), p.one("ConfigMap", "release-blue-config")],
    check: (p) => {
      const settings = p.one("ConfigMap", "release-blue-config").props["data"] as Record<string, string>;
      expect(p.all(GROUP).map(({ name }) => name)).toEqual(["redis-cache"]);
      expect(settings["REDIS_HOST"]).toMatch(/shop-production-cache/);
      expect(settings["SESSION_REDIS_HOST"]).toBe(settings["REDIS_HOST"]);
      expect([settings["REDIS_PORT"], settings["REDIS_TLS"]]).toEqual(["6379", "true"]);
    },
  },
  {
    row,
    phrase: "`noeviction` and a memory alert",
    resources: (p) => [p.one(PARAMETERS, "redis-cache-parameters"), ...p.all(ALARM, /^redis-.*-DatabaseMemoryUsagePercentage$/)],
    check: (p) => {
      expect(policyOf(p, "redis-cache-parameters")).toBe("noeviction");
      expect(p.one(GROUP, "redis-cache").props["parameterGroupName"]).toBe("shop-production-cache-redis7");
      const alarms = memoryAlarms(p);
      expect(alarms.map((alarm) => at(alarm, "dimensions.CacheClusterId")).sort()).toEqual(NODES);
      for (const alarm of alarms) {
        expect(alarm).toMatchObject({ namespace: "AWS/ElastiCache", comparisonOperator: "GreaterThanThreshold", threshold: 80, statistic: "Maximum", period: 60, evaluationPeriods: 5, actionsEnabled: true, alarmActions: ["arn:aws:sns:us-east-1:123456789012:shop-production-alarms"] });
      }
    },
  },
  {
    row,
    phrase: "or a second cache for sessions",
    rendering: "choices",
    resources: (p) => [p.one(GROUP, "redis-sessions"), p.one(PARAMETERS, "redis-sessions-parameters"), p.one(PARAMETERS, "redis-cache-parameters")],
    check: (p) => {
      expect(p.one(GROUP, "redis-sessions").props).toMatchObject({
        replicationGroupId: "shop-production-sessions", numCacheClusters: 3, multiAzEnabled: true, automaticFailoverEnabled: true, transitEncryptionMode: "required", atRestEncryptionEnabled: true, snapshotRetentionLimit: 7,
      });
      expect(policyOf(p, "redis-sessions-parameters")).toBe("noeviction");
      expect(policyOf(p, "redis-cache-parameters")).toBe("allkeys-lru");
      const settings = p.one("ConfigMap", "release-blue-config").props["data"] as Record<string, string>;
      expect(settings["SESSION_REDIS_HOST"]).toMatch(/shop-production-sessions/);
      expect(settings["REDIS_HOST"]).toMatch(/shop-production-cache/);
      expect(memoryAlarms(p)).toHaveLength(6);
    },
  },
];
