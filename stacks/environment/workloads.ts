/** What runs in the cluster. */
import * as pulumi from "@pulumi/pulumi";
import { Application } from "../../components/application/index.ts";
import { ApplicationNamespace } from "../../components/application/namespace.ts";
import { OperatorAccess } from "../../components/cluster/operatorAccess.ts";
import { Ingress } from "../../components/ingress/index.ts";
import { Jobs } from "../../components/jobs/index.ts";
import { Monitoring, type MonitoringArgs } from "../../components/monitoring/index.ts";
import { MONITORING_NAMESPACE } from "../../components/monitoring/releaseSignals.ts";
import { AlertRouting } from "../../components/monitoring/routing/index.ts";
import { credentialSecrets } from "../../components/monitoring/routing/notifications.ts";
import { Release } from "../../components/release/index.ts";
import { Secrets } from "../../components/secrets.ts";
import type { Base } from "./base.ts";
import { declareColors } from "./colors.ts";
import { shared, type Context } from "./context.ts";
import type { Data } from "./data.ts";
import { endingExceptions } from "./exceptions.ts";
import { exporting } from "./exporting.ts";
import { declareObservability, furtherNamespaces, linksOf, observabilitySecrets, tracesOf } from "./observability.ts";
import { declareUpkeep } from "./upkeep.ts";

/** Application, ingress, jobs and monitoring in the cluster. */
export function declareWorkloads(context: Context, base: Base, data: Data) {
  const { config, home } = context;
  const { keys, network, notifications, cluster } = base;
  const { storage, postgres, redis } = data;
  const opts = { ...base.opts, providers: [home, cluster.provider] };
  const namespaces = { app: config.app.name, ingress: "ingress", monitoring: MONITORING_NAMESPACE };

  const common = { ...shared(context), identity: cluster.identity, vpcCidr: network.cidr };
  const namespace = new ApplicationNamespace("namespace", {
    ...shared(context),
    ...config.app,
    namespace: namespaces.app,
    maxSurge: config.release.strategy === "rolling" ? config.release.rolling.maxSurge : undefined,
  }, opts);
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
    alsoRead: [...credentialSecrets(context.prefix, config.monitoring.notifications), ...observabilitySecrets(config, context.prefix)],
  }, opts);
  const jobs = new Jobs("jobs", { ...common, app: config.app.name, image: config.images.jobs, alarmTopicArn: notifications.alarmTopicArn }, opts);
  const { backups, maintenance } = declareUpkeep(context, base, data, { jobs, secrets, opts });
  const application = new Application("application", {
    ...common,
    ...config.app,
    namespace,
    ingressNamespace: namespaces.ingress,
    monitoringNamespace: namespaces.monitoring,
    traceCollector: tracesOf(config, namespaces.monitoring).traceCollector,
    postgres: { port: postgres.port, connectArns: postgres.connectArns(config.postgres.applicationUser) },
    redis,
    filesBucket: { arn: storage.files.arn, keyArn: keys.arn("files") },
  }, opts);
  const release = new Release("release", {
    ...common,
    ...config.app,
    ...config.release,
    canaryBy: config.release.canary.by,
    canaryWeight: config.release.canary.weight,
    environment: config.environment,
    host: config.edge.domain,
    application,
    traceEndpoint: tracesOf(config, namespaces.monitoring).traceEndpoint,
    activeColor: config.activeColor,
    // The first update comes through in one go: secrets have their values, the database its users and tables.
    colors: declareColors(context, base, data, { namespace, after: maintenance.databaseUsers, opts }),
    after: [secrets.externalSecret, ...maintenance.databaseUsers],
    kubeconfig: cluster.kubeconfig,
    postgres: {
      writerHost: postgres.writerHost,
      readerHost: postgres.readerHost,
      port: postgres.port,
      databaseName: postgres.databaseName,
      user: config.postgres.applicationUser,
      endpoint: postgres.endpoint,
      readerEndpoints: postgres.readerEndpoints,
    },
    redis: { host: redis.primaryHost, readerHost: redis.readerHost, sessionsHost: redis.sessionsHost, port: redis.port },
    filesBucket: { name: storage.files.name },
    secretName: secrets.secretName,
    secretsVersion: secrets.contentVersion,
    errorTracking: config.monitoring.errorTracking !== undefined,
    traceSamplingRate: config.monitoring.traceSamplingRate,
  }, opts);
  const ingress = new Ingress("ingress", {
    ...common,
    ...config.ingress,
    namespace: namespaces.ingress,
    appService: release.service,
    canary: release.canary,
    routeAfter: release.routable,
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
    businessMetrics: config.app.businessMetrics,
    links: linksOf(config),
    furtherNamespaces: furtherNamespaces(config),
    namespace: namespaces.monitoring,
    jobs: { namespace: jobs.namespace, watched: maintenance.watched },
    exceptions: endingExceptions(pulumi.getStack()),
    clusterCidrs: config.cluster.existing?.workloadCidrs,
    apiServer: cluster.apiServer,
    app: { name: config.app.name, namespace: namespace.name, port: config.app.port, metricsPath: config.app.metricsPath },
    ingressNamespace: ingress.namespace,
    ...monitoringServers(context, base),
    alertmanager: config.images.alertmanager !== undefined,
    logAgents: config.images.fluentBit !== undefined,
    exporting: exporting(context, base, data, { externalSecrets: [secrets.externalSecret], databaseUsers: maintenance.databaseUsers }),
  }, opts);
  new AlertRouting("alerts", {
    ...common,
    ...config.secrets,
    notifications: config.monitoring.notifications,
    values: pulumi.secret(config.notificationSecrets ?? {}),
    secretsKeyArn: keys.arn("secrets"),
    namespace: monitoring.namespace,
    namespaceName: namespaces.monitoring,
    image: config.images.alertmanager,
    apiServer: cluster.apiServer,
    storageClass: cluster.storageClass,
    externalSecrets: [secrets.externalSecret],
    definitions: monitoring.ready,
  }, opts);
  const observed = declareObservability(context, base, { monitoring, namespaces, appNamespace: namespace.name, podLabels: application.podLabels, externalSecret: secrets.externalSecret, opts });
  new OperatorAccess("operators", {
    prefix: context.prefix,
    namespaces: { app: namespace.name, ingress: ingress.namespace, jobs: jobs.namespace, monitoring: monitoring.namespace },
    releases: namespace.name,
    signals: { namespace: monitoring.namespace, prometheus: config.images.prometheus !== undefined, alertmanager: config.images.alertmanager !== undefined },
  }, opts);
  return { secrets, backups, observed };
}

/** The operator and Prometheus, where the configuration has their images; a rule of it wants the operator's two together. */
function monitoringServers({ config: { images, monitoring }, accountId }: Context, { cluster }: Base): Pick<MonitoringArgs, "operator" | "prometheus"> {
  const { prometheusOperator, configReloader, prometheus } = images;
  const { storageGib, remoteWrite } = monitoring;
  const arn = remoteWrite?.workspaceArn;
  return {
    operator: prometheusOperator === undefined || configReloader === undefined ? undefined : { image: prometheusOperator, reloaderImage: configReloader },
    prometheus: prometheus === undefined ? undefined : {
      image: prometheus, storageGib, storageClass: cluster.storageClass,
      remoteWrite: remoteWrite === undefined ? undefined : { url: remoteWrite.url, workspace: arn === undefined ? undefined : { arn, accountId, identity: cluster.identity } },
    },
  };
}
