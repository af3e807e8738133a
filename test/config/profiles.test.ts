import { expect, test } from "vitest";
import { changed, mistakesIn, parse, validValues } from "./values.ts";

// Numbers of the requirements, written out here so that a changed default fails by name.
const config = parse(validValues());

test.each([
  ["region", config.region, "us-east-1"],
  ["zones", config.zones, ["a", "b", "c"]],
  ["NAT gateways", config.network.natGateways, "perZone"],
  ["VPN", config.network.vpn.enabled, false],
  ["nodes", config.nodes, { general: { instanceType: "t3.large", min: 3, desired: 3, max: 10, diskGib: 50, capacityType: "ON_DEMAND", labels: {} } }],
  ["database class", config.postgres.instanceClass, "db.r5.large"],
  ["database Multi-AZ", config.postgres.multiAz, true],
  ["read replicas", config.postgres.replicas, 2],
  ["RDS blue/green update", config.postgres.blueGreenUpdate, false],
  ["point-in-time recovery", config.postgres.backupRetentionDays, 35],
  ["cache node type", config.redis.nodeType, "cache.t3.micro"],
  ["cache nodes", config.redis.nodes, 3],
  ["backup retention", config.storage.backupRetentionDays, 90],
  ["audit retention", config.storage.auditRetentionDays, 2555],
  ["audit lock", config.storage.lockMode, "COMPLIANCE"],
  ["audit log retention", config.audit.logRetentionDays, 2557],
  ["key rotation", config.keys.rotationDays, 90],
  ["ingress rate", config.ingress.requestsPerSecond, 10],
  ["ingress burst", config.ingress.burst, 20],
  ["body limit", config.ingress.bodyLimitMb, 50],
  ["HSTS", config.ingress.hstsSeconds, 31_536_000],
  ["CSP", config.ingress.contentSecurityPolicy, "default-src 'self'"],
  ["application replicas", config.app.replicas, { min: 3, max: 10 }],
  ["health paths", config.app.health, { ready: "/health/ready", live: "/health/live", deep: "/health" }],
  ["application security", config.app.security, {
    accessTokenSeconds: 3600, refreshTokenSeconds: 7 * 86_400, sessionSeconds: 8 * 3600, requestsPerMinute: 100, requestsPerHour: 1000, burst: 50,
    uploadMaxMb: 50, uploadTypes: [".svg", ".xml", ".json"], mfaRequired: true,
  }],
  ["session of roles", config.access.sessionHours, 8],
  ["strategy", config.release.strategy, "blueGreen"],
  ["health checks", config.release.healthChecks, { attempts: 10, intervalSeconds: 30 }],
  ["verification", config.release.verifySeconds, 30],
  ["gate budget", config.release.budgetSeconds, 600],
  ["rollback window", config.release.rollbackWindowSeconds, 3600],
  ["rolling", config.release.rolling, { maxUnavailable: 1, maxSurge: 2 }],
  ["canary weights", config.release.canary.weights, [5, 25, 50, 100]],
  ["signals of releases", config.release.signals, { use: "whenPresent", errorRate: 0.01, p95Seconds: 2, cpu: 0.9, memory: 0.95, leastRequests: 100, windowSeconds: 300 }],
  ["log rotation", [config.maintenance.logRotationMb, config.maintenance.logRotationFiles], [100, 5]],
  ["RPO and RTO", [config.backups.rpoMinutes, config.backups.rtoMinutes], [5, 30]],
  ["protection", [config.protect, config.retainOnDelete], [true, true]],
  ["erasure", config.privacy.erasureDays, 30],
])("standard: %s", (_, actual, expected) => {
  expect(actual).toEqual(expected);
});

test("mvp is smaller and as secure", () => {
  const mvp = parse(changed({ profile: "mvp", environment: "staging", storage: { irrevocable: false }, pagerUrl: undefined, notificationSecrets: { pagerdutyRoutingKey: undefined, deadMansSwitchUrl: undefined } }));
  expect(mvp).toMatchObject({
    zones: ["a", "b"], network: { natGateways: "single" }, postgres: { instanceClass: "db.t4g.medium", replicas: 0, multiAz: true, backupRetentionDays: 14 },
    redis: { nodes: 2 }, app: { replicas: { min: 2, max: 4 } }, ingress: { replicas: 2 }, notifications: { pager: false }, storage: { lockMode: "GOVERNANCE" },
  });
  for (const same of ["keys", "protect", "access", "audit"] as const) expect(mvp[same]).toEqual(config[same]);
  expect(mvp.app.security).toEqual(config.app.security);
  expect(mvp.storage.auditRetentionDays).toBe(2555);
});

test("enterprise is larger", () => {
  const enterprise = parse(changed({ profile: "enterprise" }));
  expect(enterprise).toMatchObject({
    app: { replicas: { min: 6, max: 30 } }, edge: { shieldAdvanced: true, priceClass: "PriceClass_All" }, redis: { sessions: "separate", snapshotRetentionDays: 35 },
    nodes: { general: { instanceType: "m6i.xlarge", min: 6, max: 30 } }, backups: { retentionDays: 365, drillSchedule: "0 5 * * *" }, storage: { backupRetentionDays: 365 },
  });
  expect(mistakesIn(changed({ profile: "enterprise" }))).toEqual([]);
});

test("only what no profile can know must be said", () => {
  const paths = mistakesIn({ environment: "staging", profile: "mvp" }).map(({ path }) => path);
  expect(paths.toSorted()).toEqual([
    "access.breakGlassTrust", "access.ci.environment", "access.ci.repository", "access.peopleTrust", "accountId", "app.migrations.command", "app.name", "backups.stateBucket",
    "cluster.access.via", "cost.monthlyBudgetUsd", "costCenter", "edge.domain", "images.blue", "images.jobs", "images.scanner", "monitoring.notifications", "notifications.emails", "owner",
    "postgresMasterPassword", "privacy.contact", "privacy.controller", "redisAuthToken",
  ]);
});
