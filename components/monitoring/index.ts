/** The monitoring namespace: who may run there, what it may reach, and the rules and monitors of the application. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../component.ts";
import type { ApiServerAddresses } from "../networkRules.ts";
import type { WatchedJob } from "../jobs/index.ts";
import { alertRules } from "./alertRules.ts";
import type { Exporter, Links, Scope, Thresholds } from "./alerts/index.ts";
import { exporters, type ExportersArgs } from "./exporters/index.ts";
import { grafanaDashboards } from "./grafana/dashboards.ts";
import { monitoringNamespace } from "./namespace.ts";
import { networkPolicies } from "./networkPolicies.ts";
import { operator, OPERATOR_CRDS_VERSION, type OperatorArgs } from "./operator.ts";
import { prometheus, type PrometheusArgs } from "./prometheus.ts";
import { PROMETHEUS_ACCOUNT, prometheusAccess } from "./rbac.ts";
import { applicationMonitor, ingressMonitor, kubeletMonitor, ownMonitor } from "./serviceMonitors.ts";

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
  /** Exporters and probes of this stack. Default: none. */
  exporting?: ExportersArgs | undefined;
  /** Exporters whose silence is an alert. Default: those that this stack declares. */
  exporters?: readonly Exporter[];
  /** Alertmanager is of this stack, and scraped with Prometheus (AlertRouting declares it). Default: it is not. */
  alertmanager?: boolean | undefined;
  /** Agents of logs are of this stack, and scraped with Prometheus (LogCollection declares them). Default: they are not. */
  logAgents?: boolean | undefined;
  /** Limits that differ from alerts/thresholds.ts. */
  thresholds?: Partial<Thresholds>;
  /** Addresses of runbooks and Grafana. Default: paths. */
  links?: Links;
  /** Namespaces whose pods are watched beside those of the stack and of cluster services. Default: none. */
  furtherNamespaces?: readonly string[];
  vpcCidr: string;
  /** Addresses of nodes; the VPC's by default, others where the cluster is not ours. */
  clusterCidrs?: string[] | undefined;
  /** Where the API server is; EKS in the VPC by default. */
  apiServer?: ApiServerAddresses;
  app: { name: string; namespace: pulumi.Input<string>; port: number; metricsPath: string };
  ingressNamespace: pulumi.Input<string>;
  /** The Prometheus Operator; without it the cluster has one, which also finds the kubelets. */
  operator?: OperatorArgs | undefined;
  /** Prometheus; without it the cluster has one, and only what it reads is declared. */
  prometheus?: PrometheusArgs | undefined;
  /** Version of the chart with the Prometheus Operator's resource definitions. */
  operatorCrdsVersion?: string;
  transform?: { crds?: Transform<k8s.helm.v4.ChartArgs> };
}

/**
 * Namespace with pod security, quota, limits and closed network; the Prometheus Operator with its definitions; Prometheus; the
 * product's alert rules and the team's; dashboards; monitors of application, NGINX, kubelets and monitoring itself; exporters
 * and probes; and rights to read what is scraped, without wildcards.
 *
 * Costs two volumes of `prometheus.storageGib`; the quota is the monitoring stack's share of the nodes. What exporters cost
 * besides is said in their files (exporters/).
 */
export class Monitoring extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  readonly serviceAccountName: string;
  /** Definitions of PrometheusRule, ServiceMonitor and the others; wait for it before declaring any. */
  readonly definitions: pulumi.Resource;
  /** The same and the operator that acts on them, where it is ours. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:monitoring:Monitoring", name, {}, opts);
    this.serviceAccountName = PROMETHEUS_ACCOUNT;

    const namespace = monitoringNamespace(name, args, this);
    networkPolicies(name, args, namespace, this);
    const access = prometheusAccess(name, args, namespace, this);
    const definitions = this.operatorDefinitions(name, args, namespace);
    alertRules(name, args, namespace, definitions, this);
    grafanaDashboards(name, args, namespace, this);
    applicationMonitor(name, args, namespace, definitions, this);
    ingressMonitor(name, args, namespace, definitions, this);
    const operated = this.operated(name, args, namespace, definitions);
    if (args.prometheus !== undefined) {
      prometheus(name, { ...args, prometheus: args.prometheus }, [...access, ...operated], this);
      ownMonitor(name, args, namespace, definitions, this);
    }

    exporters({ name, namespace, definitions, parent: this }, args);

    this.namespace = namespace.metadata.name;
    this.definitions = definitions;
    this.ready = operated;
    this.registerOutputs({ namespace: this.namespace });
  }

  /** Without an operator of ours another is there already. */
  private operated(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, definitions: pulumi.Resource): pulumi.Resource[] {
    if (args.operator === undefined) return [definitions];
    kubeletMonitor(name, args, namespace, definitions, this);
    return [definitions, operator(name, { ...args, operator: args.operator }, namespace, definitions, this)];
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
