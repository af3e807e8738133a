/** What people look at, and what is collected for them. */
import * as pulumi from "@pulumi/pulumi";
import { clientSecretName } from "../../components/monitoring/grafana/credentials.ts";
import { Grafana } from "../../components/monitoring/grafana/index.ts";
import type { LogClass } from "../../components/monitoring/logs/fluentBit.ts";
import { LogCollection } from "../../components/monitoring/logs/index.ts";
import type { DataStore } from "../../components/component.ts";
import type { Links } from "../../components/monitoring/alerts/index.ts";
import type { Monitoring } from "../../components/monitoring/index.ts";
import { Traces, traceEndpoint } from "../../components/monitoring/traces/index.ts";
import { COLLECTOR_PODS } from "../../components/monitoring/traces/server.ts";
import type { Config } from "../config.ts";
import type { Base } from "./base.ts";
import { shared, type Context } from "./context.ts";

export interface ObservabilityParts {
  monitoring: Monitoring;
  namespaces: { app: string; ingress: string; monitoring: string };
  /** Labels of the application's pods. */
  podLabels: Record<string, string>;
  appNamespace: pulumi.Input<string>;
  /** Something of External Secrets that works: after it, its kinds are there. */
  externalSecret: pulumi.Resource;
  opts: pulumi.ComponentResourceOptions;
}

/** Of the node agents, which no restricted namespace may have. */
const LOGS_NAMESPACE = "logging";
/** Bound of the agents where the program does not know it. */
const MOST_NODES = 100;

/** Each part where the configuration has its image; a rule of it wants what belongs to an image together. */
export function declareObservability(context: Context, base: Base, { monitoring, namespaces, podLabels, appNamespace, externalSecret, opts }: ObservabilityParts): { stores: DataStore[] } {
  const { config } = context;
  const { images } = config;
  const common = { ...shared(context), identity: base.cluster.identity, vpcCidr: base.network.cidr };
  const { grafana: signOn, links } = config.monitoring;
  if (images.grafana !== undefined && signOn !== undefined && links?.grafana !== undefined && config.grafanaClientSecret !== undefined) {
    const certManager = base.cluster.service("cert-manager");
    new Grafana("grafana", {
      ...common,
      ...config.secrets,
      image: images.grafana,
      url: links.grafana,
      signOn,
      clientSecret: pulumi.secret(config.grafanaClientSecret),
      secretsKeyArn: base.keys.arn("secrets"),
      namespace: monitoring.namespace,
      namespaceName: namespaces.monitoring,
      externalSecrets: [externalSecret],
      certManager: certManager === undefined ? [] : [certManager],
      after: [monitoring],
    }, opts);
  }
  if (images.otelCollector !== undefined) {
    const endpoint = config.monitoring.traces?.endpoint;
    new Traces("traces", {
      ...common,
      image: images.otelCollector,
      destination: endpoint === undefined ? { kind: "xray", region: config.region } : { kind: "otlp", endpoint },
      namespace: monitoring.namespace,
      namespaceName: namespaces.monitoring,
      app: { namespace: appNamespace, podLabels },
    }, opts);
  }
  if (images.fluentBit === undefined) return { stores: [] };
  return new LogCollection("logs", {
    ...common,
    image: images.fluentBit,
    namespace: LOGS_NAMESPACE,
    appNamespace: namespaces.app,
    ingressNamespace: namespaces.ingress,
    retentionDays: retention(config),
    logsKeyArn: base.keys.arn("logs"),
    maxNodes: mostNodes(config),
    scrapedBy: images.prometheus === undefined ? undefined : { namespace: monitoring.namespace, namespaceName: namespaces.monitoring, definitions: monitoring.definitions },
  }, opts);
}

function retention({ monitoring: { logs } }: Config): Record<LogClass, number> {
  return { application: logs.applicationDays, ingress: logs.ingressDays, system: logs.systemDays, audit: logs.auditDays };
}

/** A cluster of somebody else's has as many nodes as its owner likes. */
function mostNodes({ cluster, nodes }: Config): number {
  return cluster.existing === undefined ? Object.values(nodes).reduce((sum, group) => sum + group.max, 0) : MOST_NODES;
}

/** Namespaces of these parts beside that of monitoring, for alerts about pods. */
export function furtherNamespaces({ images }: Config): string[] {
  return images.fluentBit === undefined ? [] : [LOGS_NAMESPACE];
}

/** Addresses to which alerts and panels lead. */
export function linksOf({ monitoring: { links } }: Config): Links {
  return { ...(links?.runbooks === undefined ? {} : { runbooks: links.runbooks }), ...(links?.grafana === undefined ? {} : { grafana: links.grafana }) };
}

/** What the application is told of traces: where to send them, and which pods take them. */
export function tracesOf({ images }: Config, namespace: string): { traceEndpoint?: string; traceCollector?: Record<string, string> } {
  return images.otelCollector === undefined ? {} : { traceEndpoint: traceEndpoint(namespace), traceCollector: COLLECTOR_PODS };
}

/** Names of secrets that the controller of External Secrets reads for these parts. */
export function observabilitySecrets(config: Config, prefix: string): string[] {
  return config.images.grafana === undefined ? [] : [clientSecretName(prefix)];
}
