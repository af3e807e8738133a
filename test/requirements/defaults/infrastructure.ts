/** Defaults of network, cluster, nodes and of everything that holds data. */
import type { DefaultEffect } from "../requirement.ts";
import { addon, chart, count, exists, prop, schedule, jobVariable, setting } from "./read.ts";

const PRIMARY = ["aws:rds/instance:Instance", "postgres-primary"] as const;
const CACHE = ["aws:elasticache/replicationGroup:ReplicationGroup", "redis-cache"] as const;
const NODES = ["aws:eks/nodeGroup:NodeGroup", "cluster-nodes-general"] as const;
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

const version = (service: string, from: string, to: string): DefaultEffect => ({ key: `cluster.services.${service}.version`, changed: to, read: addon(service), expected: from });
const chartVersion = (service: string, from: string, to: string): DefaultEffect => ({ key: `cluster.services.${service}.version`, changed: to, read: chart(`cluster-services-${service}`, "version"), expected: from });

export const infrastructure: DefaultEffect[] = [
  { key: "network.cidr", changed: "10.40.0.0/16", read: prop("aws:ec2/vpc:Vpc", "network-vpc", "cidrBlock"), expected: "10.20.0.0/16" },
  { key: "network.natGateways", changed: "single", becomes: 1, read: count("aws:ec2/natGateway:NatGateway"), expected: 3 },
  {
    key: "network.interfaceEndpoints", changed: ["ecr.api", "ecr.dkr", "sts", "logs", "secretsmanager", "kms", "ssm"],
    becomes: ["ecr-api", "ecr-dkr", "kms", "logs", "secretsmanager", "ssm", "sts"], read: (p) => p.all("aws:ec2/vpcEndpoint:VpcEndpoint").filter((r) => r.props["vpcEndpointType"] === "Interface").map((r) => r.name.replace("network-endpoints-", "")).sort(),
    expected: ["autoscaling", "ec2", "ecr-api", "ecr-dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "monitoring", "secretsmanager", "sns", "sts"],
  },
  { key: "network.flowLogRetentionDays", changed: 90, read: prop(LOG_GROUP, "network-flow-logs-group", "retentionInDays"), expected: 365 },
  {
    key: "network.vpn.enabled", changed: true, read: exists("aws:ec2clientvpn/endpoint:Endpoint"), expected: false,
    with: {
      "network.vpn.serverCertificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
      "network.vpn.samlProviderArn": "arn:aws:iam::123456789012:saml-provider/idp", "network.vpn.allowedGroup": "operators",
    },
  },
  { key: "cluster.version", changed: "1.33", read: prop("aws:eks/cluster:Cluster", "cluster-control-plane", "version"), expected: "1.35" },
  { key: "cluster.access.publicCidrs", changed: ["203.0.113.0/24"], with: { "cluster.access.via": "publicCidrs" }, read: prop("aws:eks/cluster:Cluster", "cluster-control-plane", "vpcConfig.publicAccessCidrs"), expected: undefined },
  { key: "cluster.logRetentionDays", changed: 180, read: prop(LOG_GROUP, "cluster-control-plane-logs", "retentionInDays"), expected: 365 },
  version("vpc-cni", "v1.22.4-eksbuild.3", "v1.23.0-eksbuild.1"),
  version("coredns", "v1.13.2-eksbuild.11", "v1.13.2-eksbuild.24"),
  version("kube-proxy", "v1.35.3-eksbuild.18", "v1.33.3-eksbuild.4"),
  version("aws-ebs-csi-driver", "v1.63.0-eksbuild.1", "v1.64.0-eksbuild.1"),
  version("eks-pod-identity-agent", "v1.3.10-eksbuild.3", "v1.4.0-eksbuild.1"),
  version("metrics-server", "v0.9.0-eksbuild.6", "v0.9.1-eksbuild.1"),
  version("cert-manager", "v1.19.3-eksbuild.2", "v1.20.0-eksbuild.1"),
  chartVersion("cluster-autoscaler", "9.57.0", "9.58.0"),
  chartVersion("external-secrets", "1.0.0", "1.1.0"),
  chartVersion("prometheus-adapter", "5.1.0", "5.2.0"),
  { key: "nodes.general.instanceType", changed: "m6i.xlarge", becomes: ["m6i.xlarge"], read: prop(...NODES, "instanceTypes"), expected: ["t3.large"] },
  { key: "nodes.general.min", changed: 4, read: prop(...NODES, "scalingConfig.minSize"), expected: 3 },
  { key: "nodes.general.desired", changed: 5, read: prop(...NODES, "scalingConfig.desiredSize"), expected: 3 },
  { key: "nodes.general.max", changed: 12, read: prop(...NODES, "scalingConfig.maxSize"), expected: 10 },
  { key: "nodes.general.diskGib", changed: 80, read: prop("aws:ec2/launchTemplate:LaunchTemplate", "cluster-nodes-general", "blockDeviceMappings[0].ebs.volumeSize"), expected: 50 },
  {
    key: "nodes.general.capacityType", changed: "SPOT", read: prop(...NODES, "capacityType"), expected: "ON_DEMAND",
    with: { "nodes.steady": { instanceType: "m6i.xlarge", min: 8, desired: 8, max: 12, diskGib: 50, capacityType: "ON_DEMAND", labels: {} } },
  },
  { key: "nodes.general.labels", changed: { workload: "general" }, read: prop(...NODES, "labels"), expected: {} },
  { key: "postgres.instanceClass", changed: "db.r6g.xlarge", read: prop(...PRIMARY, "instanceClass"), expected: "db.r5.large" },
  { key: "postgres.majorVersion", changed: "17", read: prop(...PRIMARY, "engineVersion"), expected: "16" },
  { key: "postgres.multiAz", changed: false, read: prop(...PRIMARY, "multiAz"), expected: true },
  { key: "postgres.replicas", changed: 0, read: count("aws:rds/instance:Instance", /^postgres-replica-/), expected: 2 },
  { key: "postgres.storageGib", changed: 200, read: prop(...PRIMARY, "allocatedStorage"), expected: 100 },
  { key: "postgres.maxStorageGib", changed: 800, read: prop(...PRIMARY, "maxAllocatedStorage"), expected: 500 },
  { key: "postgres.databaseName", changed: "store", read: prop(...PRIMARY, "dbName"), expected: "app" },
  { key: "postgres.masterUsername", changed: "keeper", read: prop(...PRIMARY, "username"), expected: "golive_master" },
  { key: "postgres.applicationUser", changed: "web", read: setting("DATABASE_USER"), expected: "app" },
  { key: "postgres.backupRetentionDays", changed: 20, read: prop(...PRIMARY, "backupRetentionPeriod"), expected: 35 },
  { key: "postgres.backupWindow", changed: "02:30-03:30", read: prop(...PRIMARY, "backupWindow"), expected: "02:00-03:00" },
  { key: "postgres.maintenanceWindow", changed: "sat:04:00-sat:05:00", read: prop(...PRIMARY, "maintenanceWindow"), expected: "sun:04:00-sun:05:00" },
  { key: "postgres.performanceInsightsDays", changed: 186, read: prop(...PRIMARY, "performanceInsightsRetentionPeriod"), expected: 7 },
  { key: "postgres.monitoringSeconds", changed: 60, read: prop(...PRIMARY, "monitoringInterval"), expected: 30 },
  { key: "postgres.blueGreenUpdate", changed: true, with: { "postgres.replicas": 0 }, read: (p) => prop(...PRIMARY, "blueGreenUpdate.enabled")(p) === true, expected: false },
  { key: "postgres.masterPasswordVersion", changed: 2, read: prop(...PRIMARY, "passwordWoVersion"), expected: 1 },
  { key: "postgres.partitionedTables", changed: ["app.events"], becomes: true, read: exists("CronJob", "partitions"), expected: false },
  { key: "redis.nodeType", changed: "cache.t4g.small", read: prop(...CACHE, "nodeType"), expected: "cache.t3.micro" },
  { key: "redis.nodes", changed: 4, read: prop(...CACHE, "numCacheClusters"), expected: 3 },
  { key: "redis.version", changed: "7.0", read: prop(...CACHE, "engineVersion"), expected: "7.1" },
  { key: "redis.sessions", changed: "separate", becomes: 2, read: count("aws:elasticache/replicationGroup:ReplicationGroup"), expected: 1 },
  { key: "redis.snapshotRetentionDays", changed: 14, read: prop(...CACHE, "snapshotRetentionLimit"), expected: 7 },
  { key: "redis.snapshotWindow", changed: "01:00-02:00", read: prop(...CACHE, "snapshotWindow"), expected: "03:00-04:00" },
  { key: "redis.maintenanceWindow", changed: "sat:05:00-sat:06:00", read: prop(...CACHE, "maintenanceWindow"), expected: "sun:05:00-sun:06:00" },
  { key: "storage.backupRetentionDays", changed: 120, read: prop(LOCK, "storage-backups-lock", "rule.defaultRetention.days"), expected: 90 },
  { key: "storage.auditRetentionDays", changed: 3000, read: prop(LOCK, "storage-audit-lock", "rule.defaultRetention.days"), expected: 2555 },
  { key: "storage.lockMode", changed: "GOVERNANCE", with: { "storage.irrevocable": false }, read: prop(LOCK, "storage-audit-lock", "rule.defaultRetention.mode"), expected: "COMPLIANCE" },
  { key: "storage.corsOrigins", changed: ["https://admin.example.com"], read: prop("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "storage-files-cors", "corsRules[0].allowedOrigins"), expected: ["https://shop.example.com"] },
  { key: "storage.archiveAfterDays", changed: 60, read: prop(LIFECYCLE, "storage-archive-lifecycle", "rules[1].transitions[0].days"), expected: 30 },
  { key: "storage.extraBuckets", changed: { exports: { dataClass: "files", expireDays: 30 } }, becomes: 7, read: count("aws:s3/bucket:Bucket"), expected: 6 },
  { key: "keys.deletionWindowDays", changed: 20, read: prop("aws:kms/key:Key", "keys-database", "deletionWindowInDays"), expected: 30 },
  { key: "secrets.rotationDays", changed: 45, read: prop("aws:secretsmanager/secretRotation:SecretRotation", "postgres-rotation", "rotationRules.automaticallyAfterDays"), expected: 30 },
  { key: "secrets.recoveryWindowDays", changed: 14, read: prop("aws:secretsmanager/secret:Secret", "postgres-master-secret", "recoveryWindowInDays"), expected: 30 },
  { key: "backups.dumpSchedule", changed: "0 2 * * *", read: schedule("database-dump"), expected: "0 1 * * *" },
  { key: "backups.drillSchedule", changed: "0 5 * * 2", read: schedule("restore-drill"), expected: "0 5 * * 1" },
  { key: "backups.drillMaxAgeHours", changed: 240, becomes: "240", read: (p) => /restore-drill=(\d+)/.exec(String(jobVariable("job-watch", "WATCHED")(p)))?.[1], expected: "192" },
  { key: "backups.copyRegion", changed: "eu-central-1", read: (p) => String(prop("aws:backup/plan:Plan", "backups-plan", "rules[0].copyActions[0].destinationVaultArn")(p)).split(":")[3], expected: "us-west-2" },
  { key: "backups.retentionDays", changed: 60, read: prop("aws:backup/plan:Plan", "backups-plan", "rules[0].lifecycle.deleteAfter"), expected: 90 },
  { key: "backups.stateSchedule", changed: "45 0 * * *", read: schedule("state-export"), expected: "30 0 * * *" },
  { key: "backups.rpoMinutes", changed: 10, becomes: "10", read: jobVariable("restore-drill", "RPO_MINUTES"), expected: "5" },
  { key: "backups.rtoMinutes", changed: 45, becomes: "45", read: jobVariable("restore-drill", "RTO_MINUTES"), expected: "30" },
];
