/** What Prometheus scrapes of the application, of NGINX, of the nodes' kubelets and of monitoring itself. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { seriesOf } from "./alerts/metrics.ts";
import type { MonitoringArgs } from "./index.ts";
import { labelsOf } from "./namespace.ts";
import { KUBELET_SERVICE } from "./operatorAccess.ts";

/** Through the Services of the colors, each pod once: the live Service has the same pods and is left out. */
export function applicationMonitor(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, definitions: pulumi.Resource, parent: pulumi.Resource): void {
  monitor(`${name}-app-monitor`, "app", args, namespace, {
    namespaceSelector: { matchNames: [args.app.namespace] },
    selector: { matchLabels: { "app.kubernetes.io/name": args.app.name, "golive.dev/scrape": "true" } },
    targetLabels: ["color"],
    endpoints: [{ port: "http", path: args.app.metricsPath, interval: "15s", scrapeTimeout: "10s", honorLabels: false }],
  }, definitions, parent);
}

export function ingressMonitor(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, definitions: pulumi.Resource, parent: pulumi.Resource): void {
  monitor(`${name}-ingress-monitor`, "nginx-ingress", args, namespace, {
    namespaceSelector: { matchNames: [args.ingressNamespace] },
    selector: { matchLabels: { service: "nginx-ingress-prometheus-service" } },
    endpoints: [{ port: "prometheus", interval: "15s", scrapeTimeout: "10s" }],
  }, definitions, parent);
}

/** Where a pod has its token, and the authority that signs the kubelets' certificates (EKS signs them by the cluster's). */
const ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Volumes and containers; only what rules and dashboards use, as cAdvisor has some hundred series a container. */
export function kubeletMonitor(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, definitions: pulumi.Resource, parent: pulumi.Resource): void {
  const endpoint = (path: string) => ({
    port: "https-metrics", scheme: "https", path, interval: "15s", scrapeTimeout: "10s",
    bearerTokenFile: `${ACCOUNT_FOLDER}/token`,
    tlsConfig: { caFile: `${ACCOUNT_FOLDER}/ca.crt` },
    // Namespace and pod are those of the container; times are those of the scrape, as cAdvisor's own lag behind.
    honorLabels: true,
    honorTimestamps: false,
    metricRelabelings: [{ sourceLabels: ["__name__"], regex: seriesOf("kubelet").join("|"), action: "keep" }],
  });
  monitor(`${name}-kubelet-monitor`, "kubelet", args, namespace, {
    namespaceSelector: { matchNames: [KUBELET_SERVICE.namespace] },
    selector: { matchLabels: { "app.kubernetes.io/name": "kubelet", "app.kubernetes.io/managed-by": "prometheus-operator" } },
    endpoints: [endpoint("/metrics"), endpoint("/metrics/cadvisor")],
  }, definitions, parent);
}

/** Prometheus, Alertmanager and the operator: pods, as headless Services of the operator have no labels of ours. */
export function ownMonitor(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, definitions: pulumi.Resource, parent: pulumi.Resource): void {
  new k8s.apiextensions.CustomResource(`${name}-own-monitor`, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: { name: "monitoring", namespace: namespace.metadata.name, labels: labelsOf(args, "monitoring") },
    spec: {
      jobLabel: "app.kubernetes.io/name",
      selector: { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["prometheus", "alertmanager", "prometheus-operator"] }] },
      podMetricsEndpoints: ["web", "http"].map((port) => ({ port, interval: "15s", scrapeTimeout: "10s" })),
      sampleLimit: 20_000,
    },
  }, { parent, dependsOn: [definitions] });
}

function monitor(name: string, of: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, spec: Record<string, unknown>, definitions: pulumi.Resource, parent: pulumi.Resource): void {
  new k8s.apiextensions.CustomResource(name, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name: of, namespace: namespace.metadata.name, labels: labelsOf(args, of) },
    spec: { ...spec, sampleLimit: 20_000 },
  }, { parent, dependsOn: [definitions] });
}
