/** What people look at, and what is collected for them. */
import * as pulumi from "@pulumi/pulumi";
import { clientSecretName } from "../../components/monitoring/grafana/credentials.ts";
import { Grafana } from "../../components/monitoring/grafana/index.ts";
import type { Links } from "../../components/monitoring/alerts/index.ts";
import type { Monitoring } from "../../components/monitoring/index.ts";
import type { Config } from "../config.ts";
import type { Base } from "./base.ts";
import { shared, type Context } from "./context.ts";

export interface ObservabilityParts {
  monitoring: Monitoring;
  monitoringNamespace: string;
  /** Something of External Secrets that works: after it, its kinds are there. */
  externalSecret: pulumi.Resource;
  opts: pulumi.ComponentResourceOptions;
}

/** Each part where the configuration has its image; a rule of it wants what belongs to an image together. */
export function declareObservability(context: Context, base: Base, { monitoring, monitoringNamespace, externalSecret, opts }: ObservabilityParts): void {
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
      namespaceName: monitoringNamespace,
      externalSecrets: [externalSecret],
      certManager: certManager === undefined ? [] : [certManager],
      after: [monitoring],
    }, opts);
  }
}

/** Addresses to which alerts and panels lead. */
export function linksOf({ monitoring: { links } }: Config): Links {
  return { ...(links?.runbooks === undefined ? {} : { runbooks: links.runbooks }), ...(links?.grafana === undefined ? {} : { grafana: links.grafana }) };
}

/** Names of secrets that the controller of External Secrets reads for these parts. */
export function observabilitySecrets(config: Config, prefix: string): string[] {
  return config.images.grafana === undefined ? [] : [clientSecretName(prefix)];
}
