/** What runs in the cluster. */
import * as pulumi from "@pulumi/pulumi";
import { Application } from "../../components/application/index.ts";
import { Migrations } from "../../components/application/migrations.ts";
import { ApplicationNamespace } from "../../components/application/namespace.ts";
import { OperatorAccess } from "../../components/cluster/operatorAccess.ts";
import { Ingress } from "../../components/ingress/index.ts";
import { Jobs } from "../../components/jobs/index.ts";
import { Monitoring } from "../../components/monitoring/index.ts";
import { Secrets } from "../../components/secrets.ts";
import type { Base } from "./base.ts";
import { shared, type Context } from "./context.ts";
import type { Data } from "./data.ts";
import { declareUpkeep } from "./upkeep.ts";

/** Application, ingress, jobs and monitoring in the cluster. */
export function declareWorkloads(context: Context, base: Base, data: Data) {
  const { config, home } = context;
  const { keys, network, notifications, cluster } = base;
  const { storage, postgres, redis } = data;
  const opts = { ...base.opts, providers: [home, cluster.provider] };
  const namespaces = { app: config.app.name, ingress: "ingress", monitoring: "monitoring" };
  const image = config.images[config.activeColor];
  if (image === undefined) throw new Error(`images.${config.activeColor} is missing`);

  const common = { ...shared(context), identity: cluster.identity, vpcCidr: network.cidr };
  const namespace = new ApplicationNamespace("namespace", { ...shared(context), ...config.app, namespace: namespaces.app }, opts);
  const secrets = new Secrets("secrets", {
    ...common,
    ...config.secrets,
    values: pulumi.secret(config.appSecrets ?? {}),
    secretsKeyArn: keys.arn("secrets"),
    namespace: namespace.name,
    namespaceName: namespaces.app,
    externalSecrets: cluster.service("external-secrets"),
    redis,
    after: [redis],
  }, opts);
  const jobs = new Jobs("jobs", { ...common, app: config.app.name, image: config.images.jobs, alarmTopicArn: notifications.alarmTopicArn }, opts);
  const { backups, maintenance } = declareUpkeep(context, base, data, { jobs, secrets, opts });
  const application = new Application("application", {
    ...common,
    ...config.app,
    environment: config.environment,
    color: config.activeColor,
    image,
    host: config.edge.domain,
    namespace,
    ingressNamespace: namespaces.ingress,
    monitoringNamespace: namespaces.monitoring,
    postgres: {
      writerHost: postgres.writerHost,
      readerHost: postgres.readerHost,
      port: postgres.port,
      databaseName: postgres.databaseName,
      user: config.postgres.applicationUser,
      endpoint: postgres.endpoint,
      readerEndpoints: postgres.readerEndpoints,
      connectArns: postgres.connectArns(config.postgres.applicationUser),
    },
    redis: { host: redis.primaryHost, readerHost: redis.readerHost, sessionsHost: redis.sessionsHost, port: redis.port },
    filesBucket: { name: storage.files.name, arn: storage.files.arn, keyArn: keys.arn("files") },
    secretName: secrets.secretName,
    secretsVersion: secrets.contentVersion,
    // The first update comes through in one go: secrets have their values, the database its users and tables.
    after: [secrets.externalSecret, ...maintenance.databaseUsers, ...migrations(context, base, data, { namespace, image, after: maintenance.databaseUsers, opts })],
    traceSamplingRate: config.monitoring.traceSamplingRate,
  }, opts);
  const ingress = new Ingress("ingress", {
    ...common,
    ...config.ingress,
    namespace: namespaces.ingress,
    appService: application.service,
    appPods: { port: config.app.port, labels: application.podLabels },
    host: config.edge.domain,
    trustedProxyCidrs: [network.cidr, ...(config.cluster.existing?.workloadCidrs ?? [])],
    apiServer: cluster.apiServer,
    monitoringNamespace: namespaces.monitoring,
    certManager: cluster.service("cert-manager"),
  }, opts);
  const monitoring = new Monitoring("monitoring", {
    ...common,
    ...config.monitoring,
    namespace: namespaces.monitoring,
    clusterCidrs: config.cluster.existing?.workloadCidrs,
    apiServer: cluster.apiServer,
    app: { name: config.app.name, namespace: application.namespace, port: config.app.port, metricsPath: config.app.metricsPath },
    ingressNamespace: ingress.namespace,
  }, opts);
  new OperatorAccess("operators", {
    prefix: context.prefix,
    namespaces: { app: application.namespace, ingress: ingress.namespace, jobs: jobs.namespace, monitoring: monitoring.namespace },
  }, opts);
  return { secrets, backups };
}

/** The migrations of the live color's image, where the application has any. */
function migrations(context: Context, base: Base, data: Data, parts: { namespace: ApplicationNamespace; image: string; after: pulumi.Resource[]; opts: pulumi.ComponentResourceOptions }): pulumi.Resource[] {
  const { app, environment, postgres } = context.config;
  if (!app.migrations.enabled) return [];
  const { done } = new Migrations("migrations", {
    ...shared(context),
    name: app.name,
    environment,
    image: parts.image,
    command: app.migrations.command,
    requests: app.requests,
    settings: app.settings,
    namespace: parts.namespace,
    vpcCidr: base.network.cidr,
    postgres: data.postgres,
    applicationUser: postgres.applicationUser,
    identity: base.cluster.identity,
    after: parts.after,
  }, parts.opts);
  return [done];
}
