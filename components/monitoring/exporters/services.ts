/** cert-manager and External Secrets, which tell of certificates and synced secrets themselves: found in their own namespaces. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { SERVICES } from "../../cluster/serviceTable.ts";
import { podsOf, tcp } from "../../networkRules.ts";
import { type Exporter, seriesOf } from "../alerts/metrics.ts";
import { labelsOf } from "../namespace.ts";
import { PROMETHEUS_PODS } from "../prometheus.ts";
import { podTargets } from "../rbac.ts";
import { EVERY } from "./monitors.ts";
import type { Place } from "./server.ts";

/** Labels of the controller's pods and the name of its port, as chart and add-on have them. */
const WATCHED = {
  "cert-manager": { exporter: "certManager", pods: { "app.kubernetes.io/name": "cert-manager", "app.kubernetes.io/component": "controller" }, port: "http-metrics", number: 9402 },
  "external-secrets": { exporter: "externalSecrets", pods: { "app.kubernetes.io/name": "external-secrets" }, port: "metrics", number: 8080 },
} as const satisfies Record<string, { exporter: Exporter; pods: Record<string, string>; port: string; number: number }>;

export type WatchedService = keyof typeof WATCHED;

/** Services of the cluster that this program has installed, and so knows where they are, with what installs them. */
export type ServicesArgs = Partial<Record<WatchedService, pulumi.Resource>>;

export function exportersOfServices(args: ServicesArgs): Exporter[] {
  return installed(args).map(([service]) => WATCHED[service].exporter);
}

/** Prometheus may find the pods in the service's namespace, reach their port, and keeps of their series those that are used. */
export function services(place: Place, args: ServicesArgs): void {
  for (const [service, after] of installed(args)) {
    const { exporter, pods, port, number } = WATCHED[service];
    const namespace = namespaceOf(service);
    podTargets(`${place.name}-${service}`, { name: `${place.args.prefix}-prometheus-targets`, namespace, labels: labelsOf(place.args, "prometheus") }, place.namespace.metadata.name, { parent: place.parent, dependsOn: [after] });
    way(place, service, namespace, number);
    new k8s.apiextensions.CustomResource(`${place.name}-${service}-monitor`, {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: { name: service, namespace: place.namespace.metadata.name, labels: labelsOf(place.args, service) },
      spec: {
        jobLabel: "app.kubernetes.io/name",
        namespaceSelector: { matchNames: [namespace] },
        selector: { matchLabels: pods },
        // A certificate's and a secret's own namespace and name.
        podMetricsEndpoints: [{ port, ...EVERY, honorLabels: true, metricRelabelings: [{ sourceLabels: ["__name__"], regex: seriesOf(exporter).join("|"), action: "keep" }] }],
        sampleLimit: 20_000,
      },
    }, { parent: place.parent, dependsOn: [place.definitions] });
  }
}

function installed(args: ServicesArgs): [WatchedService, pulumi.Resource][] {
  return (Object.keys(WATCHED) as WatchedService[]).flatMap((service) => (args[service] === undefined ? [] : [[service, args[service]]]));
}

function namespaceOf(service: WatchedService): string {
  const found = SERVICES[service];
  if (found === undefined) throw new Error(`Monitoring: the table of cluster services has no ${service}, whose metrics are scraped; put it back (components/cluster/serviceTable.ts).`);
  return found.namespace;
}

function way({ name, args, namespace: own, parent }: Place, service: WatchedService, namespace: string, port: number): void {
  new k8s.networking.v1.NetworkPolicy(`${name}-${service}-scraping`, {
    metadata: { name: `allow-scraping-${service}`, namespace: own.metadata.name, labels: labelsOf(args, service) },
    spec: { podSelector: { matchLabels: PROMETHEUS_PODS }, policyTypes: ["Egress"], egress: [{ to: [podsOf(namespace)], ports: tcp(port) }] },
  }, { parent });
}
