/**
 * Named sets of defaults. `standard` is production as the requirements describe it; `mvp` is the least that is still
 * secure and survives the loss of a zone; `enterprise` is more of everything that buys safety.
 *
 * What a stack file sets wins over its profile, key by key. Lists and entries by name (`nodes`, `extraBuckets`,
 * `alertRules`, `tags`, `settings`) are taken whole: a stack file that sets `nodes` replaces the profile's.
 * Keys that are in no profile have no sensible default and must be set.
 */
import type { z } from "zod";
import type { configSchema } from "./schema.ts";

type Partially<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Partially<T[K]> } : T;

/** Defaults of a profile: any part of a configuration. */
export type Defaults = Partially<z.input<typeof configSchema>>;

const standard = {
  profile: "standard",
  region: "us-east-1",
  zones: ["a", "b", "c"],
  tags: {},
  protect: true,
  retainOnDelete: true,
  activeColor: "blue",
  images: {},
  app: {
    port: 8080,
    health: { ready: "/health/ready", live: "/health/live", deep: "/health" },
    metricsPath: "/metrics",
    replicas: { min: 3, max: 10 },
    autoscaling: { cpuPercent: 70, requestsPerSecond: 50 },
    requests: { cpu: "200m", memory: "512Mi" },
    migrations: { enabled: true },
    drain: { preStopSeconds: 15, gracePeriodSeconds: 60 },
    security: {
      accessTokenSeconds: 3600,
      refreshTokenSeconds: 604_800,
      sessionSeconds: 28_800,
      requestsPerMinute: 100,
      requestsPerHour: 1000,
      burst: 50,
      uploadMaxMb: 50,
      uploadTypes: [".svg", ".xml", ".json"],
      mfaRequired: true,
    },
    settings: {},
    businessMetrics: [],
  },
  release: {
    strategy: "blueGreen",
    healthChecks: { attempts: 10, intervalSeconds: 30 },
    verifySeconds: 30,
    budgetSeconds: 600,
    rollbackWindowSeconds: 3600,
    drainIdle: false,
    rolling: { maxUnavailable: 1, maxSurge: 2 },
    canary: { weights: [5, 25, 50, 100], stepSeconds: 60 },
    serial: 1,
  },
  network: {
    cidr: "10.20.0.0/16",
    natGateways: "perZone",
    interfaceEndpoints: ["ecr.api", "ecr.dkr", "sts", "logs", "secretsmanager", "kms", "ec2", "eks", "eks-auth", "sns", "monitoring", "elasticloadbalancing", "autoscaling"],
    flowLogRetentionDays: 365,
    vpn: { enabled: false, clientCidr: "10.99.0.0/22" },
  },
  cluster: {
    version: "1.35",
    access: { publicCidrs: [] },
    logRetentionDays: 365,
    services: {
      "vpc-cni": { source: "eksAddon", version: "v1.22.4-eksbuild.3" },
      coredns: { source: "eksAddon", version: "v1.13.2-eksbuild.11" },
      "kube-proxy": { source: "eksAddon", version: "v1.35.3-eksbuild.18" },
      "aws-ebs-csi-driver": { source: "eksAddon", version: "v1.63.0-eksbuild.1" },
      "eks-pod-identity-agent": { source: "eksAddon", version: "v1.3.10-eksbuild.3" },
      "metrics-server": { source: "eksAddon", version: "v0.9.0-eksbuild.6" },
      "cert-manager": { source: "eksAddon", version: "v1.19.3-eksbuild.2" },
      "cluster-autoscaler": { source: "chart", version: "9.57.0" },
      "external-secrets": { source: "chart", version: "1.0.0" },
      "prometheus-adapter": { source: "chart", version: "5.1.0" },
    },
  },
  nodes: { general: { instanceType: "t3.large", min: 3, desired: 3, max: 10, diskGib: 50, capacityType: "ON_DEMAND", labels: {} } },
  postgres: {
    instanceClass: "db.r5.large",
    majorVersion: "16",
    multiAz: true,
    replicas: 2,
    storageGib: 100,
    maxStorageGib: 500,
    databaseName: "app",
    masterUsername: "golive_master",
    applicationUser: "app",
    backupRetentionDays: 35,
    backupWindow: "02:00-03:00",
    maintenanceWindow: "sun:04:00-sun:05:00",
    performanceInsightsDays: 7,
    monitoringSeconds: 30,
    blueGreenUpdate: false,
    masterPasswordVersion: 1,
    partitionedTables: [],
  },
  redis: {
    nodeType: "cache.t3.micro",
    nodes: 3,
    version: "7.1",
    sessions: "shared",
    snapshotRetentionDays: 7,
    snapshotWindow: "03:00-04:00",
    maintenanceWindow: "sun:05:00-sun:06:00",
  },
  storage: {
    backupRetentionDays: 90,
    auditRetentionDays: 2555,
    lockMode: "COMPLIANCE",
    irrevocable: false,
    corsOrigins: [],
    archiveAfterDays: 30,
    extraBuckets: {},
  },
  keys: { rotationDays: 90, deletionWindowDays: 30 },
  secrets: { rotationDays: 30, recoveryWindowDays: 30, app: [], version: 1,
    refreshMinutes: 15 },
  backups: {
    dumpSchedule: "0 1 * * *",
    drillSchedule: "0 5 * * 1",
    drillMaxAgeHours: 192,
    copyRegion: "us-west-2",
    retentionDays: 90,
    stateSchedule: "30 0 * * *",
    rpoMinutes: 5,
    rtoMinutes: 30,
  },
  edge: {
    staticPaths: ["/static/*"],
    filesPath: "/files/*",
    uploadPath: "/api/upload",
    rateLimitPer5Minutes: 2000,
    priceClass: "PriceClass_100",
    blockedCountries: [],
    shieldAdvanced: false,
    logRetentionDays: 365,
  },
  ingress: {
    replicas: 3,
    requests: { cpu: "100m", memory: "256Mi" },
    chartVersion: "2.3.1",
    nodePort: 30_443,
    requestsPerSecond: 10,
    burst: 20,
    bodyLimitMb: 50,
    hstsSeconds: 31_536_000,
    contentSecurityPolicy: "default-src 'self'",
  },
  access: {
    sessionHours: 8,
    ci: { issuer: "token.actions.githubusercontent.com", provider: "create" },
  },
  audit: {
    logRetentionDays: 2557,
    cloudTrail: "create",
    guardDuty: "create",
    securityHub: "create",
    config: "create",
    configRole: "create",
    inspector: "create",
    accessAnalyzer: "create",
    accountDefaults: "create",
  },
  notifications: { pager: true },
  maintenance: {
    vacuumSchedule: "0 4 * * 0",
    partitionSchedule: "0 3 1 * *",
    cacheSchedule: "30 4 * * *",
    cachePrefixes: ["cache:"],
    scanSchedule: "0 6 * * 1",
    dastSchedule: "0 2 1 * *",
    expirySchedule: "0 7 * * *",
    expiryWarningDays: 30,
    logRotationMb: 100,
    logRotationFiles: 5,
    patchSchedule: "0 3 * * 3",
  },
  monitoring: { requests: { cpu: "1000m", memory: "4Gi" }, retentionDays: 15, traceSamplingRate: 1, alertRules: {} },
  cost: { anomalyUsd: 100, anomalyMonitor: "services", activateTag: false },
  privacy: { erasureDays: 30 },
} satisfies Defaults;

/** Small and cheap, still encrypted, locked, watched and in two zones. */
const mvp = {
  profile: "mvp",
  zones: ["a", "b"],
  app: { replicas: { min: 2, max: 4 } },
  release: { rollbackWindowSeconds: 1800 },
  network: { natGateways: "single", interfaceEndpoints: ["ecr.api", "ecr.dkr", "secretsmanager", "kms"], flowLogRetentionDays: 90 },
  cluster: { logRetentionDays: 90 },
  nodes: { general: { instanceType: "t3.large", min: 4, desired: 4, max: 6, diskGib: 50, capacityType: "ON_DEMAND", labels: {} } },
  postgres: { instanceClass: "db.t4g.medium", replicas: 0, storageGib: 50, maxStorageGib: 200, backupRetentionDays: 14, monitoringSeconds: 60 },
  redis: { nodes: 2, snapshotRetentionDays: 3 },
  storage: { lockMode: "GOVERNANCE" },
  edge: { logRetentionDays: 90 },
  ingress: { replicas: 2 },
  notifications: { pager: false },
  monitoring: { requests: { cpu: "800m", memory: "3Gi" }, retentionDays: 7 },
} satisfies Defaults;

/** Larger machines, longer memory, Shield Advanced, sessions in a cache of their own. */
const enterprise = {
  profile: "enterprise",
  app: { replicas: { min: 6, max: 30 }, requests: { cpu: "500m", memory: "1Gi" } },
  network: {
    flowLogRetentionDays: 731,
    interfaceEndpoints: ["ecr.api", "ecr.dkr", "sts", "logs", "secretsmanager", "kms", "ssm", "ssmmessages", "ec2messages", "ec2", "eks", "eks-auth", "sns", "monitoring", "elasticloadbalancing", "autoscaling"],
  },
  cluster: { logRetentionDays: 731 },
  nodes: { general: { instanceType: "m6i.xlarge", min: 6, desired: 6, max: 30, diskGib: 100, capacityType: "ON_DEMAND", labels: {} } },
  postgres: { instanceClass: "db.r6g.xlarge", storageGib: 500, maxStorageGib: 5000, monitoringSeconds: 15 },
  redis: { nodeType: "cache.m7g.large", sessions: "separate", snapshotRetentionDays: 35 },
  storage: { backupRetentionDays: 365 },
  backups: { drillSchedule: "0 5 * * *", drillMaxAgeHours: 48, retentionDays: 365 },
  edge: { priceClass: "PriceClass_All", shieldAdvanced: true, logRetentionDays: 731 },
  ingress: { replicas: 6, requests: { cpu: "250m", memory: "512Mi" } },
  monitoring: { requests: { cpu: "4000m", memory: "16Gi" }, retentionDays: 45 },
} satisfies Defaults;

/** Profiles by name; `mvp` and `enterprise` say only where they differ from `standard`. */
export const profiles = { standard, mvp, enterprise } as const satisfies Record<string, Defaults>;
export type ProfileName = keyof typeof profiles;
