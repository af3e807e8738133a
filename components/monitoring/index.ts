/** The monitoring namespace: who may run there, what it may reach, and the rules and monitors of the application. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../component.ts";
import type { ApiServerAddresses } from "../networkRules.ts";
import type { WatchedJob } from "../jobs/index.ts";
import { alertRules } from "./alertRules.ts";
import type { Exporter, Links, Scope, Thresholds } from "./alerts/index.ts";
import { grafanaDashboards } from "./grafana.ts";
import { monitoringNamespace } from "./namespace.ts";
import { networkPolicies } from "./networkPolicies.ts";
import { prometheusAccess } from "./rbac.ts";
import { applicationMonitor, ingressMonitor } from "./serviceMonitors.ts";

/** One alert rule of the team; field names are those of the stack file. */
export interface TeamAlertRule {
  expr: string;
  /** How long it must hold, such as `5m`. */
  for: string;
  /** 1 pages at once, 4 waits for the next business day. */
  severity: number;
  team: string;
  summary: string;
  runbook: string;
}

export interface MonitoringArgs {
  prefix: string;
  namespace: string;
  /** Sum of requests of the whole stack; becomes the namespace's quota. */
  requests: { cpu: string; memory: string };
  /** Days that Prometheus keeps metrics; 1 to 400. */
  retentionDays: number;
  /** The team's own rules, beside the product's; names of the product's are refused. */
  alertRules: Record<string, TeamAlertRule>;
  /** Metrics of the application on the dashboard of the business. Default: none. */
  businessMetrics?: readonly string[];
  /** Scheduled jobs, and how long each may go without success. */
  jobs: { namespace: pulumi.Input<string>; watched: WatchedJob[] };
  /** Exceptions of the policies that end; their end is told ahead. Default: none. */
  exceptions?: Scope["exceptions"];
  /** Exporters that are there; an alert tells when one falls silent. Default: all. */
  exporters?: readonly Exporter[];
  /** Limits that differ from alerts/thresholds.ts. */
  thresholds?: Partial<Thresholds>;
  /** Addresses of runbooks and Grafana. Default: paths. */
  links?: Links;
  vpcCidr: string;
  /** Addresses of nodes; the VPC's by default, others where the cluster is not ours. */
  clusterCidrs?: string[] | undefined;
  /** Where the API server is; EKS in the VPC by default. */
  apiServer?: ApiServerAddresses;
  app: { name: string; namespace: pulumi.Input<string>; port: number; metricsPath: string };
  ingressNamespace: pulumi.Input<string>;
  /** Version of the chart with the Prometheus Operator's resource definitions. */
  operatorCrdsVersion?: string;
  transform?: { crds?: Transform<k8s.helm.v4.ChartArgs> };
}

/** App version 0.85 of the operator (chart repository prometheus-community, prometheus-operator-crds). */
const OPERATOR_CRDS_VERSION = "23.0.0";

/**
 * Namespace with pod security, quota, limits and closed network; the Prometheus Operator's definitions; the
 * product's alert rules and the team's; dashboards; monitors of application and NGINX; and rights to read what is scraped, without
 * wildcards.
 *
 * Costs nothing itself; the quota is the monitoring stack's share of the nodes.
 */
export class Monitoring extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  readonly serviceAccountName: string;
  /** Definitions of PrometheusRule, ServiceMonitor and the others; wait for it before declaring any. */
  readonly definitions: pulumi.Resource;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:monitoring:Monitoring", name, {}, opts);
    this.serviceAccountName = "prometheus";

    const namespace = monitoringNamespace(name, args, this);
    networkPolicies(name, args, namespace, this);
    prometheusAccess(name, args, namespace, this);
    const definitions = this.operatorDefinitions(name, args, namespace);
    alertRules(name, args, namespace, definitions, this);
    grafanaDashboards(name, args, namespace, this);
    applicationMonitor(name, args, namespace, definitions, this);
    ingressMonitor(name, args, namespace, definitions, this);

    this.namespace = namespace.metadata.name;
    this.definitions = definitions;
    this.registerOutputs({ namespace: this.namespace });
  }

  private operatorDefinitions(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace): k8s.helm.v4.Chart {
    const chart: k8s.helm.v4.ChartArgs = {
      name: "prometheus-operator-crds",
      namespace: args.namespace,
      chart: "oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds",
      version: args.operatorCrdsVersion ?? OPERATOR_CRDS_VERSION,
    };
    const opts: pulumi.CustomResourceOptions = { parent: this, dependsOn: [namespace] };
    args.transform?.crds?.(chart, opts);
    return new k8s.helm.v4.Chart(`${name}-definitions`, chart, opts);
  }
}
