/** The application's namespace: restricted pods, a quota, defaults for what says nothing. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationArgs } from "./index.ts";
import { RESTRICTED_NAMESPACE, podLabels } from "./labels.ts";
import { timesCpu, timesMemory } from "./quantities.ts";

export interface GuardedNamespace {
  namespace: k8s.core.v1.Namespace;
  /** What must be there before the first pod. */
  guards: pulumi.Resource[];
}

/** CPU limits are this many requests: room for starts and garbage collection, and no neighbor takes a whole node. */
export const CPU_LIMIT_FACTOR = 4;

export function applicationNamespace(name: string, args: ApplicationArgs, parent: pulumi.Resource): GuardedNamespace {
  const labels = { ...podLabels(args), "app.kubernetes.io/instance": args.namespace };
  const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, {
    metadata: { name: args.namespace, labels: { ...labels, ...RESTRICTED_NAMESPACE } },
  }, { parent });
  const metadata = (part: string) => ({ name: part, namespace: namespace.metadata.name, labels });
  const quota = new k8s.core.v1.ResourceQuota(`${name}-quota`, { metadata: metadata("quota"), spec: { hard: quotaOf(args) } }, { parent });
  const limits = new k8s.core.v1.LimitRange(`${name}-limits`, {
    metadata: metadata("limits"),
    spec: { limits: [{ type: "Container", default: { cpu: "500m", memory: "256Mi" }, defaultRequest: { cpu: "100m", memory: "128Mi" } }] },
  }, { parent });
  return { namespace, guards: [quota, limits] };
}

/** Both colors at their most, the surge of one rolling update, and a migration: `2 × max + 3` pods. No load balancers and node ports of its own. */
export function quotaOf(args: Pick<ApplicationArgs, "replicas" | "requests">): Record<string, string> {
  const pods = 2 * args.replicas.max + 3;
  return {
    pods: String(pods),
    "requests.cpu": timesCpu(args.requests.cpu, pods),
    "requests.memory": timesMemory(args.requests.memory, pods),
    "limits.cpu": timesCpu(args.requests.cpu, pods * CPU_LIMIT_FACTOR),
    "limits.memory": timesMemory(args.requests.memory, pods),
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}
