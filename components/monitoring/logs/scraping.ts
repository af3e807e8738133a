/** How Prometheus comes by what the agents tell: of themselves, and of the answers that NGINX's log has. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { podsOf, tcp } from "../../networkRules.ts";
import { seriesOf } from "../alerts/metrics.ts";
import { EVERY } from "../exporters/monitors.ts";
import { PROMETHEUS_PODS } from "../prometheus.ts";
import { podTargets } from "../rbac.ts";
import { METRICS_PORT } from "./fluentBit.ts";

export interface ScrapingArgs {
  /** Namespace of monitoring, where Prometheus and its monitors are. */
  namespace: pulumi.Input<string>;
  namespaceName: string;
  /** Ready when there are monitors. */
  definitions: pulumi.Resource;
}

/** Prometheus may find the agents' pods, both networks let it reach their port, and a monitor says what it keeps. */
export function scraping(name: string, args: ScrapingArgs & { prefix: string }, agents: pulumi.Output<string>, labels: Record<string, string>, parent: pulumi.Resource): void {
  const pods = { "app.kubernetes.io/name": "fluent-bit", "app.kubernetes.io/part-of": args.prefix };
  podTargets(name, { name: "prometheus-targets", namespace: agents, labels }, args.namespace, { parent });
  new k8s.networking.v1.NetworkPolicy(`${name}-scraped`, {
    metadata: { name: "allow-prometheus", namespace: agents, labels },
    spec: { podSelector: { matchLabels: pods }, policyTypes: ["Ingress"], ingress: [{ from: [podsOf(args.namespaceName, PROMETHEUS_PODS)], ports: tcp(METRICS_PORT) }] },
  }, { parent });
  new k8s.networking.v1.NetworkPolicy(`${name}-scraping`, {
    metadata: { name: "allow-scraping-logs", namespace: args.namespace, labels },
    spec: { podSelector: { matchLabels: PROMETHEUS_PODS }, policyTypes: ["Egress"], egress: [{ to: [podsOf(agents, pods)], ports: tcp(METRICS_PORT) }] },
  }, { parent });
  new k8s.apiextensions.CustomResource(`${name}-monitor`, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: { name: "fluent-bit", namespace: args.namespace, labels },
    spec: {
      jobLabel: "app.kubernetes.io/name",
      namespaceSelector: { matchNames: [agents] },
      selector: { matchLabels: pods },
      podMetricsEndpoints: [{ port: "metrics", ...EVERY, metricRelabelings: [{ sourceLabels: ["__name__"], regex: seriesOf("logs").join("|"), action: "keep" }] }],
      sampleLimit: 20_000,
    },
  }, { parent, dependsOn: [args.definitions] });
}
