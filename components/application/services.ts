/** The Services: one for each color, and the live one. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationArgs } from "./index.ts";
import { colorSelector, podLabels } from "./labels.ts";

const PORTS = [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }];

/** `app-<color>`: always that color, whatever is live. Prometheus scrapes through it. */
export function colorService(name: string, args: ApplicationArgs, parent: pulumi.Resource): k8s.core.v1.Service {
  return new k8s.core.v1.Service(`${name}-${args.color}-service`, {
    metadata: {
      name: `app-${args.color}`,
      namespace: args.namespace.name,
      labels: { ...podLabels(args), ...colorSelector(args), "golive.dev/scrape": "true" },
    },
    spec: { type: "ClusterIP", selector: colorSelector(args), ports: PORTS },
  }, { parent });
}

/** `app`: what NGINX sends traffic to. It waits for the pods, so that its first endpoints are ready ones. */
export function liveService(name: string, args: ApplicationArgs, pods: k8s.apps.v1.Deployment, parent: pulumi.Resource): k8s.core.v1.Service {
  return new k8s.core.v1.Service(`${name}-live-service`, {
    metadata: { name: "app", namespace: args.namespace.name, labels: { ...podLabels(args), "app.kubernetes.io/instance": "app" } },
    spec: { type: "ClusterIP", selector: colorSelector(args), ports: PORTS },
  }, { parent, dependsOn: [pods] });
}
