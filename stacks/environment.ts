/** The composition: every component with the slice of configuration and the upstream outputs it needs, in the order data flows. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Access } from "../components/access/index.ts";
import { Application } from "../components/application/index.ts";
import { Audit } from "../components/audit/index.ts";
import { Backups } from "../components/backups/index.ts";
import { Cluster } from "../components/cluster/index.ts";
import { DATA_CLASSES, type NetworkClient, type Protection } from "../components/component.ts";
import { Cost } from "../components/cost.ts";
import { Edge } from "../components/edge/index.ts";
import { Ingress } from "../components/ingress/index.ts";
import { Jobs } from "../components/jobs/index.ts";
import { Keys } from "../components/keys.ts";
import { Maintenance } from "../components/maintenance/index.ts";
import { Monitoring } from "../components/monitoring/index.ts";
import { Network } from "../components/network/index.ts";
import { Notifications } from "../components/notifications.ts";
import { Postgres } from "../components/postgres/index.ts";
import { processingRegister } from "../components/privacy.ts";
import { Redis } from "../components/redis.ts";
import { Secrets } from "../components/secrets.ts";
import { Storage } from "../components/storage/index.ts";
import type { Config } from "./config.ts";

/** CloudFront's certificates and web ACL live in this region, wherever the rest is (CloudFront developer guide). */
const CLOUDFRONT_REGION = "us-east-1";

/** What the components share: names, place, protection. */
interface Context {
  prefix: string;
  accountId: string;
  region: string;
  zones: string[];
  protection: Protection;
}

type AwsProviders = Record<"home" | "cloudFront", aws.Provider>;

export function declareEnvironment(config: Config, stack: string) {
  const context: Context = {
    prefix: `${config.app.name}-${stack}`,
    accountId: config.accountId,
    region: config.region,
    zones: config.zones.map((letter) => config.region + letter),
    protection: { protect: config.protect, retainOnDelete: config.retainOnDelete },
  };
  const providers = awsProviders(config, context);
  const base = declareBase(config, context, providers);
  const data = declareData(config, context, providers, base);
  const workloads = declareWorkloads(config, context, providers, base, data);
  const { audit, edge } = declareEdgeAndAudit(config, context, providers, base, data);

  return {
    url: `https://${config.edge.domain}`,
    nameServers: edge.nameServers,
    kubeconfigCommand: config.cluster.existing === undefined
      ? `aws eks update-kubeconfig --region ${config.region} --name ${base.cluster.clusterName} --role-arn ${base.access.operatorRoleArn}`
      : `the cluster ${config.cluster.existing.name} is managed elsewhere`,
    activeColor: config.activeColor,
    databaseWriter: data.postgres.writerHost,
    databaseReader: data.postgres.readerHost,
    buckets: bucketNames(data.storage),
    roles: { operator: base.access.operatorRoleArn, readonly: base.access.readonlyRoleArn, deploy: base.access.deployRoleArn, preview: base.access.previewRoleArn, breakGlass: base.access.breakGlassRoleArn },
    clusterServices: Object.fromEntries(Object.entries(config.cluster.services).map(([name, s]) => [name, `${s.source} ${s.version}`])),
    processingRegister: processingRegister({
      ...config.privacy,
      prefix: context.prefix,
      region: config.region,
      copyRegion: config.backups.copyRegion,
      stores: [...data.postgres.stores, ...data.redis.stores, ...data.storage.stores, ...workloads.secrets.stores, ...audit.stores],
    }),
  };
}

/** Tags of every AWS resource: who owns it, what for, who pays, which stack. */
function defaultTags(config: Config, { prefix }: Context): Record<string, string> {
  return {
    ...config.tags,
    application: config.app.name,
    environment: config.environment,
    owner: config.owner,
    "cost-center": config.costCenter,
    "managed-by": "pulumi",
    stack: prefix,
  };
}

function awsProviders(config: Config, context: Context): AwsProviders {
  const provider = (name: string, region: string) =>
    new aws.Provider(name, {
      region: region as aws.Region,
      // A wrong profile or role can not change another account.
      allowedAccountIds: [config.accountId],
      defaultTags: { tags: defaultTags(config, context) },
    });
  return { home: provider("aws", config.region), cloudFront: provider("aws-cloudfront", CLOUDFRONT_REGION) };
}

/** Keys, network, people and cluster: what everything else stands on. */
function declareBase(config: Config, context: Context, { home }: AwsProviders) {
  const opts = { providers: [home] };
  const keys = new Keys("keys", { ...context, ...config.keys }, opts);
  const network = new Network("network", {
    ...context,
    ...config.network,
    logsKeyArn: keys.arn("logs"),
    dataClientCidrs: config.cluster.existing?.workloadCidrs,
  }, opts);
  const notifications = new Notifications("notifications", {
    ...context,
    emails: config.notifications.emails,
    slack: config.notifications.slack,
    pagerUrl: config.pagerUrl === undefined ? undefined : pulumi.secret(config.pagerUrl),
    messagesKeyArn: keys.arn("messages"),
  }, opts);
  const access = new Access("access", {
    ...context,
    ...config.access,
    copyRegion: config.backups.copyRegion,
    clusterName: config.cluster.existing?.name ?? context.prefix,
    alarmTopicArn: notifications.alarmTopicArn,
    pageTopicArn: notifications.pageTopicArn,
  }, opts);
  const cluster = new Cluster("cluster", {
    ...context,
    ...config.cluster,
    ciRepository: config.access.ci.repository,
    nodes: config.nodes,
    logRotationMb: config.maintenance.logRotationMb,
    logRotationFiles: config.maintenance.logRotationFiles,
    network,
    vpnSecurityGroupId: network.vpnSecurityGroupId,
    keys: { cluster: keys.arn("cluster"), volumes: keys.arn("volumes"), logs: keys.arn("logs") },
    operators: [
      { name: "operator", roleArn: access.operatorRoleArn, policy: "AmazonEKSAdminPolicy" },
      { name: "readonly", roleArn: access.readonlyRoleArn, policy: "AmazonEKSViewPolicy" },
      { name: "break-glass", roleArn: access.breakGlassRoleArn, policy: "AmazonEKSClusterAdminPolicy" },
    ],
    deployRoleArn: access.deployRoleArn,
    alarmTopicArn: notifications.alarmTopicArn,
    kubeconfig: config.kubeconfig === undefined ? undefined : pulumi.secret(config.kubeconfig),
  }, { ...opts, dependsOn: access.ready });
  new Cost("cost", {
    ...context,
    ...config.cost,
    emails: config.notifications.emails,
    alarmTopicArn: notifications.alarmTopicArn,
    tag: { key: "stack", value: context.prefix },
  }, opts);
  return { keys, network, notifications, access, cluster };
}

type Base = ReturnType<typeof declareBase>;

/** Everything that holds data. */
function declareData(config: Config, context: Context, { home }: AwsProviders, base: Base) {
  const { keys, network, notifications } = base;
  const opts = { providers: [home] };
  const shared = {
    ...context,
    vpcId: network.vpcId,
    subnetIds: network.dataSubnetIds,
    clients: dataClients(config, base),
    secretsKeyArn: keys.arn("secrets"),
    logsKeyArn: keys.arn("logs"),
    recoveryWindowDays: config.secrets.recoveryWindowDays,
    alarmTopicArn: notifications.alarmTopicArn,
  };
  const storage = new Storage("storage", {
    ...context,
    ...config.storage,
    corsOrigins: config.storage.corsOrigins.length > 0 ? config.storage.corsOrigins : [`https://${config.edge.domain}`],
    uploadTypes: config.app.security.uploadTypes,
    keys: { files: keys.arn("files"), backups: keys.arn("backups"), archive: keys.arn("archive"), audit: keys.arn("audit") },
  }, opts);
  const postgres = new Postgres("postgres", {
    ...shared,
    ...config.postgres,
    vpcCidr: network.cidr,
    privateSubnetIds: network.privateSubnetIds,
    privateZoneId: network.privateZoneId,
    privateZoneName: network.privateZoneName,
    keyArn: keys.arn("database"),
    masterPassword: pulumi.secret(config.postgresMasterPassword),
    rotationDays: config.secrets.rotationDays,
  }, opts);
  const redis = new Redis("redis", { ...shared, ...config.redis, keyArn: keys.arn("cache"), authToken: pulumi.secret(config.redisAuthToken) }, opts);
  return { storage, postgres, redis };
}

type Data = ReturnType<typeof declareData>;

/** Application, ingress, jobs and monitoring in the cluster. */
function declareWorkloads(config: Config, context: Context, { home }: AwsProviders, base: Base, data: Data) {
  const { keys, network, notifications, cluster } = base;
  const { storage, postgres, redis } = data;
  const opts = { providers: [home, cluster.provider] };
  const namespaces = { app: config.app.name, ingress: "ingress", monitoring: "monitoring" };
  const image = config.images[config.activeColor];
  if (image === undefined) throw new Error(`images.${config.activeColor} is missing`);

  const monitoring = new Monitoring("monitoring", {
    ...context,
    ...config.monitoring,
    namespace: namespaces.monitoring,
    vpcCidr: network.cidr,
    app: { name: config.app.name, namespace: namespaces.app, port: config.app.port, metricsPath: config.app.metricsPath },
    ingressNamespace: namespaces.ingress,
  }, opts);
  const application = new Application("application", {
    ...context,
    ...config.app,
    environment: config.environment,
    color: config.activeColor,
    image,
    host: config.edge.domain,
    namespace: namespaces.app,
    ingressNamespace: namespaces.ingress,
    monitoringNamespace: namespaces.monitoring,
    vpcCidr: network.cidr,
    postgres: {
      writerHost: postgres.writerHost,
      readerHost: postgres.readerHost,
      port: postgres.port,
      databaseName: postgres.databaseName,
      user: config.postgres.applicationUser,
      endpoint: postgres.endpoint,
      connectArn: postgres.connectArn(config.postgres.applicationUser),
    },
    redis: { host: redis.primaryHost, readerHost: redis.readerHost, sessionsHost: redis.sessionsHost, port: redis.port },
    filesBucket: { name: storage.files.name, arn: storage.files.arn, keyArn: keys.arn("files") },
    secretName: "app-secrets",
    identity: cluster.identity,
    traceSamplingRate: config.monitoring.traceSamplingRate,
  }, opts);
  const secrets = new Secrets("secrets", {
    ...context,
    ...config.secrets,
    secretsKeyArn: keys.arn("secrets"),
    namespace: application.namespace,
    namespaceName: namespaces.app,
    identity: cluster.identity,
    externalSecrets: cluster.service("external-secrets"),
    redis,
  }, opts);
  new Ingress("ingress", {
    ...context,
    ...config.ingress,
    namespace: namespaces.ingress,
    appService: application.service,
    appPods: { port: config.app.port, labels: application.podLabels },
    host: config.edge.domain,
    vpcCidr: network.cidr,
    monitoringNamespace: namespaces.monitoring,
    certManager: cluster.service("cert-manager"),
  }, opts);
  const jobs = new Jobs("jobs", { ...context, app: config.app.name, image: config.images.jobs, identity: cluster.identity, vpcCidr: network.cidr, alarmTopicArn: notifications.alarmTopicArn }, opts);
  const backups = new Backups("backups", {
    ...context,
    ...config.backups,
    jobs,
    postgres,
    databaseKeyArn: keys.arn("database"),
    masterUsername: config.postgres.masterUsername,
    backupsBucket: storage.backups,
    buckets: [storage.files, storage.archive],
    backupsKeyArn: keys.arn("backups"),
    projectName: pulumi.getProject(),
    stackName: pulumi.getStack(),
    alarmTopicArn: notifications.alarmTopicArn,
    defaultTags: defaultTags(config, context),
  }, opts);
  new Maintenance("maintenance", {
    ...context,
    ...config.maintenance,
    dastTarget: config.maintenance.dastTarget ?? config.edge.domain,
    tlsHosts: [config.edge.domain],
    keyRotationDays: config.keys.rotationDays,
    secretRotationDays: config.secrets.rotationDays,
    partitionedTables: config.postgres.partitionedTables,
    images: Object.values(config.images).filter((digest) => digest !== undefined),
    scannerImage: config.images.scanner,
    jobs,
    postgres,
    applicationUser: config.postgres.applicationUser,
    redis,
    secretsKeyArn: keys.arn("secrets"),
    secretNames: [...secrets.secretNames, redis.authSecretName],
    keyArns: DATA_CLASSES.map((dataClass) => keys.arn(dataClass)),
    backupsBucket: storage.backups,
    backupsKeyArn: keys.arn("backups"),
    nodes: config.cluster.existing === undefined ? { clusterName: cluster.clusterName, groups: Object.keys(config.nodes) } : undefined,
    watched: backups.watched,
  }, opts);
  return { application, secrets, backups, monitoring };
}

/** What the world sees, and what is seen of the world. */
function declareEdgeAndAudit(config: Config, context: Context, { home, cloudFront }: AwsProviders, base: Base, data: Data) {
  const { keys, network, notifications, cluster } = base;
  const { storage } = data;
  const edge = new Edge("edge", {
    ...context,
    ...config.edge,
    hstsSeconds: config.ingress.hstsSeconds,
    contentSecurityPolicy: config.ingress.contentSecurityPolicy,
    vpcId: network.vpcId,
    vpcCidr: network.cidr,
    privateSubnetIds: network.privateSubnetIds,
    autoscalingGroups: cluster.autoscalingGroups,
    nodeSecurityGroupId: cluster.nodeSecurityGroupId,
    nodeCidrs: config.cluster.existing?.workloadCidrs,
    nodePort: config.ingress.nodePort,
    filesBucket: storage.files,
    logBucket: storage.logs,
    logsKeyArn: keys.arn("logs"),
    usEast1Provider: cloudFront,
    alarmTopicArn: notifications.alarmTopicArn,
  }, { providers: [home] });
  storage.allowCdn(edge.distributionArn);
  const audit = new Audit("audit", {
    ...context,
    ...config.audit,
    auditBucket: storage.audit,
    configBucket: storage.config,
    dataEventBucketArns: [storage.files.arn, storage.backups.arn, storage.archive.arn],
    keys: { audit: keys.arn("audit"), logs: keys.arn("logs"), volumes: keys.arn("volumes") },
    findingTopicArn: notifications.findingTopicArn,
    pageTopicArn: notifications.pageTopicArn,
    after: [storage],
  }, { providers: [home] });
  return { edge, audit };
}

/** Who may connect to database and cache: the nodes, or the addresses of a cluster that exists. */
function dataClients(config: Config, { cluster }: Base): NetworkClient[] {
  if (cluster.nodeSecurityGroupId !== undefined) return [{ name: "nodes", securityGroupId: cluster.nodeSecurityGroupId }];
  return (config.cluster.existing?.workloadCidrs ?? []).map((cidr, n) => ({ name: `workload-${n}`, cidr }));
}

function bucketNames(storage: Storage): Record<string, string> {
  const extra = Object.entries(storage.extra).map(([name, bucket]) => [name, bucket.name]);
  return { files: storage.files.name, backups: storage.backups.name, archive: storage.archive.name, audit: storage.audit.name, ...Object.fromEntries(extra) };
}
