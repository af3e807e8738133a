/** What Prometheus scrapes of the application and of NGINX. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { MonitoringArgs } from "./index.ts";
import { labelsOf } from "./namespace.ts";

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

function monitor(name: string, of: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, spec: Record<string, unknown>, definitions: pulumi.Resource, parent: pulumi.Resource): void {
  new k8s.apiextensions.CustomResource(name, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name: of, namespace: namespace.metadata.name, labels: labelsOf(args, of) },
    spec: { ...spec, sampleLimit: 20_000 },
  }, { parent, dependsOn: [definitions] });
}
