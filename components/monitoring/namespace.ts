/** The namespace with its quota and defaults. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { RESTRICTED_NAMESPACE, standardLabels } from "../application/labels.ts";
import { timesCpu, timesMemory } from "../application/quantities.ts";
import type { MonitoringArgs } from "./index.ts";

/** Labels of what belongs to monitoring. */
export function labelsOf(args: MonitoringArgs, instance: string): Record<string, string> {
  return standardLabels("monitoring", instance, "monitoring", args.prefix);
}

export function monitoringNamespace(name: string, args: MonitoringArgs, parent: pulumi.Resource): k8s.core.v1.Namespace {
  const labels = labelsOf(args, args.namespace);
  const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, {
    metadata: { name: args.namespace, labels: { ...labels, ...RESTRICTED_NAMESPACE } },
  }, { parent });
  const metadata = (part: string) => ({ name: part, namespace: namespace.metadata.name, labels });
  new k8s.core.v1.ResourceQuota(`${name}-quota`, { metadata: metadata("quota"), spec: { hard: quotaOf(args) } }, { parent });
  new k8s.core.v1.LimitRange(`${name}-limits`, {
    metadata: metadata("limits"),
    spec: { limits: [{ type: "Container", default: { cpu: "500m", memory: "256Mi" }, defaultRequest: { cpu: "50m", memory: "64Mi" } }] },
  }, { parent });
  return namespace;
}

/** The sum that the capacity check has counted; limits may be twice as much memory and four times as much CPU. */
export function quotaOf(args: Pick<MonitoringArgs, "requests">): Record<string, string> {
  return {
    "requests.cpu": args.requests.cpu,
    "requests.memory": args.requests.memory,
    "limits.cpu": timesCpu(args.requests.cpu, 4),
    "limits.memory": timesMemory(args.requests.memory, 2),
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}
