/** The application's namespace: restricted pods, no traffic but what is named, a quota, defaults for what says nothing. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PolicySet } from "../networkRules.ts";
import { RESTRICTED_NAMESPACE, podLabels } from "./labels.ts";
import { timesCpu, timesMemory } from "./quantities.ts";

export interface ApplicationNamespaceArgs {
  /** Name of the application, and `<app>-<stack>`; for labels. */
  name: string;
  prefix: string;
  /** Name of the namespace. */
  namespace: string;
  /** Most replicas of a color and requests of one, for the quota. */
  replicas: { max: number };
  requests: { cpu: string; memory: string };
  /** Pods above its number that a color may have while it is updated; {@link SURGE} when it is not said. */
  maxSurge?: number;
}

/** Pods that a color gets beside those that it has while it is updated: two at a time, the most that the pack allows (release/rolling-bounds). */
export const SURGE = 2;

/** CPU limits are this many requests: room for starts and garbage collection, and no neighbor takes a whole node. */
export const CPU_LIMIT_FACTOR = 4;

/**
 * A component of its own, because the application's secrets and migrations live in it and come before the
 * application's pods. Costs nothing.
 */
export class ApplicationNamespace extends pulumi.ComponentResource {
  /** Plain name, for IAM and network policies. */
  readonly plainName: string;
  /** Name as an output of the namespace: what uses it comes after it. */
  readonly name: pulumi.Output<string>;
  readonly resource: k8s.core.v1.Namespace;
  /** Network policies of the namespace; everything is denied that none of them allows. */
  readonly policies: PolicySet;
  /** What must be there before the first pod. */
  readonly guards: pulumi.Resource[];

  constructor(name: string, args: ApplicationNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:application:ApplicationNamespace", name, {}, opts);
    const labels = { ...podLabels(args), "app.kubernetes.io/instance": args.namespace };
    this.plainName = args.namespace;
    this.resource = new k8s.core.v1.Namespace(name, {
      metadata: { name: args.namespace, labels: { ...labels, ...RESTRICTED_NAMESPACE } },
    }, { parent: this });
    this.name = this.resource.metadata.name;
    this.policies = new PolicySet(name, this.name, labels, { parent: this });
    this.guards = this.limits(name, args, labels);
    this.registerOutputs({ name: this.name });
  }

  private limits(name: string, args: ApplicationNamespaceArgs, labels: Record<string, string>): pulumi.Resource[] {
    const metadata = (part: string) => ({ name: part, namespace: this.name, labels });
    const quota = new k8s.core.v1.ResourceQuota(`${name}-quota`, { metadata: metadata("quota"), spec: { hard: quotaOf(args) } }, { parent: this });
    const limits = new k8s.core.v1.LimitRange(`${name}-limits`, {
      metadata: metadata("limits"),
      spec: { limits: [{ type: "Container", default: { cpu: "500m", memory: "256Mi" }, defaultRequest: { cpu: "100m", memory: "128Mi" } }] },
    }, { parent: this });
    return [quota, limits];
  }
}

/** Both colors at their most, the surge of an update in each, and a migration: `2 × (max + surge) + 1` pods. No load balancers and node ports of its own. */
export function quotaOf(args: Pick<ApplicationNamespaceArgs, "replicas" | "requests" | "maxSurge">): Record<string, string> {
  const pods = 2 * (args.replicas.max + (args.maxSurge ?? SURGE)) + 1;
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
