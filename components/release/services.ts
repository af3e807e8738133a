/** What Services select, and the fixed one of each color. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { colorSelector } from "../application/labels.ts";
import type { ColorArgs } from "./color.ts";

export const PORTS = [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }];

/** Selects the application's pods of either color. */
export function bothColors(args: { name: string }): Record<string, string> {
  return { "app.kubernetes.io/name": args.name, "app.kubernetes.io/component": "app" };
}

/** `app-<color>`: always that color, whatever is live. Prometheus scrapes through it. */
export function colorService(name: string, args: ColorArgs, parent: pulumi.Resource): k8s.core.v1.Service {
  return new k8s.core.v1.Service(`${name}-${args.color}-service`, {
    metadata: {
      name: `app-${args.color}`,
      namespace: args.namespace,
      labels: { ...args.labels, ...colorSelector(args, args.color), "golive.dev/scrape": "true" },
    },
    spec: { type: "ClusterIP", selector: colorSelector(args, args.color), ports: PORTS },
  }, { parent });
}
