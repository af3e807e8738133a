/** What runs in the cluster. */
import * as pulumi from "@pulumi/pulumi";
import { Application } from "../../components/application/index.ts";
import { Backups } from "../../components/backups/index.ts";
import { DATA_CLASSES } from "../../components/component.ts";
import { Ingress } from "../../components/ingress/index.ts";
import { Jobs } from "../../components/jobs/index.ts";
import { Maintenance } from "../../components/maintenance/index.ts";
import { Monitoring } from "../../components/monitoring/index.ts";
import { Secrets } from "../../components/secrets.ts";
import type { Base } from "./base.ts";
import { shared, type Context } from "./context.ts";
import type { Data } from "./data.ts";

/** Application, ingress, jobs and monitoring in the cluster. */
export function declareWorkloads(context: Context, base: Base, data: Data) {
  const { config, home } = context;
  const { keys, network, notifications, cluster } = base;
  const { storage, postgres, redis } = data;
  const opts = { ...base.opts, providers: [home, cluster.provider] };
  const namespaces = { app: config.app.name, ingress: "ingress", monitoring: "monitoring" };
  const image = config.images[config.activeColor];
  if (image === undefined) throw new Error(`images.${config.activeColor} is missing`);

  const application = new Application("application", {
    ...shared(context),
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
    secretsVersion: String(config.secrets.version),
    identity: cluster.identity,
    traceSamplingRate: config.monitoring.traceSamplingRate,
  }, opts);
  const secrets = new Secrets("secrets", {
    ...shared(context),
    ...config.secrets,
    secretsKeyArn: keys.arn("secrets"),
    namespace: application.namespace,
    namespaceName: namespaces.app,
    identity: cluster.identity,
    externalSecrets: cluster.service("external-secrets"),
    redis,
  }, opts);
  const ingress = new Ingress("ingress", {
    ...shared(context),
    ...config.ingress,
    namespace: namespaces.ingress,
    appService: application.service,
    appPods: { port: config.app.port, labels: application.podLabels },
    host: config.edge.domain,
    vpcCidr: network.cidr,
    trustedProxyCidrs: [network.cidr, ...(config.cluster.existing?.workloadCidrs ?? [])],
    apiServerCidrs: config.cluster.existing?.workloadCidrs,
    monitoringNamespace: namespaces.monitoring,
    certManager: cluster.service("cert-manager"),
  }, opts);
  new Monitoring("monitoring", {
    ...shared(context),
    ...config.monitoring,
    namespace: namespaces.monitoring,
    vpcCidr: network.cidr,
    app: { name: config.app.name, namespace: application.namespace, port: config.app.port, metricsPath: config.app.metricsPath },
    ingressNamespace: ingress.namespace,
  }, opts);
  const jobs = new Jobs("jobs", { ...shared(context), app: config.app.name, image: config.images.jobs, identity: cluster.identity, vpcCidr: network.cidr, alarmTopicArn: notifications.alarmTopicArn }, opts);
  const backups = new Backups("backups", {
    ...shared(context),
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
    defaultTags: context.tags,
  }, opts);
  new Maintenance("maintenance", {
    ...shared(context),
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
  return { secrets, backups };
}
