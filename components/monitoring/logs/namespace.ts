/** The namespace of the node agents: nothing else runs there, because the API server lets in what no other namespace may have. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { timesCpu, timesMemory } from "../../application/quantities.ts";
import { credentials, DNS, httpsOut, PolicySet } from "../../networkRules.ts";
import type { LogCollectionArgs } from "./index.ts";

/** Of one agent: some thousand lines a second; Fluent Bit's buffers are bounded below it. */
export const RESOURCES = { requests: { cpu: "25m", memory: "64Mi" }, limits: { cpu: "250m", memory: "160Mi", "ephemeral-storage": "64Mi" } };

/** What must be there before the agents, and the name of the namespace. */
export function logsNamespace(name: string, args: LogCollectionArgs, labels: Record<string, string>, parent: pulumi.Resource): { namespace: pulumi.Output<string>; ready: pulumi.Resource[] } {
  const made = new k8s.core.v1.Namespace(`${name}-namespace`, {
    metadata: {
      name: args.namespace,
      // Folders of the node are refused by baseline and restricted; what breaks the latter is still written to the audit log. No
      // warnings: the agent would give one at each update.
      labels: { ...labels, "pod-security.kubernetes.io/enforce": "privileged", "pod-security.kubernetes.io/audit": "restricted" },
    },
  }, { parent });
  const namespace = made.metadata.name;
  const metadata = (part: string) => ({ name: part, namespace, labels });
  // One on every node, and a second while an update replaces it.
  const pods = args.maxNodes + 1;
  const { requests, limits } = RESOURCES;
  const quota = new k8s.core.v1.ResourceQuota(`${name}-quota`, {
    metadata: metadata("quota"),
    spec: {
      hard: {
        pods: String(pods), "requests.cpu": timesCpu(requests.cpu, pods), "requests.memory": timesMemory(requests.memory, pods),
        "limits.cpu": timesCpu(limits.cpu, pods), "limits.memory": timesMemory(limits.memory, pods), "services.loadbalancers": "0", "services.nodeports": "0",
      },
    },
  }, { parent });
  const bounds = new k8s.core.v1.LimitRange(`${name}-limits`, {
    metadata: metadata("limits"), spec: { limits: [{ type: "Container", default: { cpu: limits.cpu, memory: limits.memory }, defaultRequest: requests }] },
  }, { parent });
  const policies = new PolicySet(name, namespace, labels, { parent });
  policies.allowOut("allow-dns", {}, [DNS]);
  policies.allowOut("allow-aws", {}, [httpsOut(args.vpcCidr), credentials(args.identity, args.vpcCidr)]);
  return { namespace, ready: [quota, bounds, ...policies.declared] };
}
