/** Autoscaler and disruption budget of one color. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { colorSelector } from "../application/labels.ts";
import { transformed } from "../component.ts";
import type { ColorArgs } from "./color.ts";

/** Metric of the adapter: requests a second of one pod. */
export const REQUEST_METRIC = "http_requests_per_second";

/** A drained color keeps a pod: its image stays proven to start, and an autoscaler can not go below one without a feature gate. */
const DRAINED = { min: 1, max: 2 };

/** The numbers between which the autoscaler keeps a color; the Deployment's own number is its fewest at creation. */
export function replicasOf(args: Pick<ColorArgs, "held" | "isDrained" | "replicas">): { min: number; max: number } {
  if (args.held !== undefined) return { min: args.held.pods, max: args.held.pods };
  return args.isDrained ? DRAINED : args.replicas;
}

/** Up at once, by half or by two pods; down by a pod a minute, and only when five minutes have been calm. */
export function autoscaler(name: string, args: ColorArgs, pods: k8s.apps.v1.Deployment, parent: pulumi.Resource): k8s.autoscaling.v2.HorizontalPodAutoscaler {
  const { min, max } = replicasOf(args);
  return new k8s.autoscaling.v2.HorizontalPodAutoscaler(`${name}-${args.color}-autoscaler`, ...transformed<k8s.autoscaling.v2.HorizontalPodAutoscalerArgs>(args.transform?.autoscaler, {
    metadata: { name: `app-${args.color}`, namespace: pods.metadata.namespace, labels: { ...args.labels, ...colorSelector(args, args.color) } },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: pods.metadata.name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: args.autoscaling.cpuPercent } } },
        { type: "Pods", pods: { metric: { name: REQUEST_METRIC }, target: { type: "AverageValue", averageValue: String(args.autoscaling.requestsPerSecond) } } },
      ],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: "Max", policies: [{ type: "Percent", value: 50, periodSeconds: 30 }, { type: "Pods", value: 2, periodSeconds: 30 }] },
        scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] },
      },
    },
  }, { parent, dependsOn: [...args.after, ...(args.held?.after ?? [])], hooks: args.held?.hooks }));
}

/** Nodes are drained one pod at a time; a pod that does not even get ready holds up nothing. */
export function disruptionBudget(name: string, args: ColorArgs, parent: pulumi.Resource): void {
  new k8s.policy.v1.PodDisruptionBudget(`${name}-${args.color}-disruption-budget`, {
    metadata: { name: `app-${args.color}`, namespace: args.namespace, labels: { ...args.labels, ...colorSelector(args, args.color) } },
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: colorSelector(args, args.color) } },
  }, { parent });
}
