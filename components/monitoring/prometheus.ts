/** Prometheus itself, as the Prometheus Operator runs it: two copies that scrape the same, each with a volume of its own. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { timesCpu, timesMemory } from "../application/quantities.ts";
import type { ClusterIdentity } from "../cluster/identity.ts";
import type { MonitoringArgs } from "./index.ts";
import { labelsOf } from "./namespace.ts";
import { PROMETHEUS_ACCOUNT } from "./rbac.ts";

export interface PrometheusArgs {
  /** Image of Prometheus by digest, built from {@link PROMETHEUS_VERSION}. */
  image: string;
  /** Volume of each copy, in GiB. */
  storageGib: number;
  /** Storage class of the volumes, encrypted. Default: the cluster's default. */
  storageClass?: string | undefined;
  /** Where every sample is sent besides. Default: nowhere. */
  remoteWrite?: RemoteWrite | undefined;
}

export interface RemoteWrite {
  /** Address that takes Prometheus's remote write, by https. */
  url: string;
  /** Workspace of Amazon Managed Service for Prometheus: requests are signed, and a role of Prometheus's own may write to it. Default: nothing is signed. */
  workspace?: { arn: string; accountId: string; identity: ClusterIdentity } | undefined;
}

/** What the image is built from; the operator chooses flags by it. The newest that operator 0.85 is tested with, and a long-term one. */
export const PROMETHEUS_VERSION = "3.5.0";
const PROMETHEUS = "golive";
/** The operator puts these on the pods (Prometheus Operator, pkg/prometheus). */
export const PROMETHEUS_PODS = { "app.kubernetes.io/name": "prometheus", prometheus: PROMETHEUS };
const REPLICAS = 2;
/** Share of the whole stack's requests that each copy takes; its memory may double while queries run. */
const SHARE = { cpu: 0.15, memory: 0.2 };
/** Blocks are removed before the volume is full: what is compacted needs room beside what it is made of (Prometheus documentation, "Storage"). */
const USED_SHARE = 0.8;

/** Where Prometheus is, its disruption budget and the one Service that keeps a client at one copy, whose samples differ by a scrape. */
export function prometheus(name: string, args: MonitoringArgs & { prometheus: PrometheusArgs }, after: pulumi.Resource[], parent: pulumi.Resource): void {
  const labels = labelsOf(args, "prometheus");
  const metadata = { name: "prometheus", namespace: args.namespace, labels };
  const budget = new k8s.policy.v1.PodDisruptionBudget(`${name}-prometheus-budget`, {
    metadata, spec: { maxUnavailable: 1, selector: { matchLabels: PROMETHEUS_PODS } },
  }, { parent, dependsOn: after });
  new k8s.core.v1.Service(`${name}-prometheus-service`, {
    metadata,
    spec: { selector: PROMETHEUS_PODS, sessionAffinity: "ClientIP", ports: [{ name: "web", port: 9090, targetPort: "web" }] },
  }, { parent, dependsOn: after });
  new k8s.apiextensions.CustomResource(`${name}-prometheus-server`, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Prometheus",
    metadata: { ...metadata, name: PROMETHEUS },
    spec: { ...server(args), ...picked(args), ...storage(args, labels), ...spread(), ...remoteWrite(args) },
  }, { parent, dependsOn: [...after, budget] });
}

function server(args: MonitoringArgs & { prometheus: PrometheusArgs }): Record<string, unknown> {
  const [cpu, memory] = [timesCpu(args.requests.cpu, SHARE.cpu), timesMemory(args.requests.memory, SHARE.memory)];
  return {
    image: args.prometheus.image,
    version: PROMETHEUS_VERSION,
    replicas: REPLICAS,
    serviceAccountName: PROMETHEUS_ACCOUNT,
    // It finds its targets by the API server.
    automountServiceAccountToken: true,
    logFormat: "json",
    scrapeInterval: "15s",
    evaluationInterval: "30s",
    // Tells stacks apart where their series meet; copies are told apart by a label that the operator adds, and takes off alerts.
    externalLabels: { stack: args.prefix },
    alerting: { alertmanagers: [{ namespace: args.namespace, name: "alertmanager-operated", port: "web", apiVersion: "v2" }] },
    resources: { requests: { cpu, memory }, limits: { cpu: timesCpu(cpu, 4), memory: timesMemory(memory, 2) } },
    securityContext: { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 2000, fsGroup: 2000, seccompProfile: { type: "RuntimeDefault" } },
    podMetadata: { labels: { "app.kubernetes.io/component": "prometheus", "app.kubernetes.io/part-of": args.prefix } },
  };
}

/** Rules and monitors of this stack, in this namespace: no other can make Prometheus read or send anything. */
function picked(args: MonitoringArgs): Record<string, unknown> {
  const own = { matchLabels: { "app.kubernetes.io/part-of": args.prefix } };
  return { ruleSelector: own, serviceMonitorSelector: own, podMonitorSelector: own, probeSelector: own, scrapeConfigSelector: own, serviceDiscoveryRole: "EndpointSlice" };
}

function storage(args: MonitoringArgs & { prometheus: PrometheusArgs }, labels: Record<string, string>): Record<string, unknown> {
  const { storageClass, storageGib } = args.prometheus;
  return {
    retention: `${args.retentionDays}d`,
    retentionSize: `${Math.floor(storageGib * 1024 * USED_SHARE)}MiB`,
    storage: {
      volumeClaimTemplate: {
        metadata: { labels },
        spec: { ...(storageClass === undefined ? {} : { storageClassName: storageClass }), accessModes: ["ReadWriteOnce"], resources: { requests: { storage: `${storageGib}Gi` } } },
      },
    },
  };
}

/** Never two on one node, and two zones where there are any. */
function spread(): Record<string, unknown> {
  const labelSelector = { matchLabels: PROMETHEUS_PODS };
  return {
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: "kubernetes.io/hostname" }] } },
    topologySpreadConstraints: [{ labelSelector, topologyKey: "topology.kubernetes.io/zone", maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" }],
  };
}

function remoteWrite(args: MonitoringArgs & { prometheus: PrometheusArgs }): Record<string, unknown> {
  const { url, workspace } = args.prometheus.remoteWrite ?? {};
  if (url === undefined) return {};
  // The fourth part of an ARN is its region.
  return { remoteWrite: [{ name: "remote", url, ...(workspace === undefined ? {} : { sigv4: { region: workspace.arn.split(":")[3] } }) }] };
}
