/** Samples of areas/networkPolicyCoverage.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "network-policy/default-deny": {
    scene: "namespace",
    good: [
      { set: { "deny:spec.ingress": [], "deny:spec.egress": [] } },
      { set: { "deny:spec.policyTypes": ["Ingress"] }, add: [{ type: "kubernetes:networking.k8s.io/v1:NetworkPolicyPatch", name: "deny-out", props: { metadata: { name: "deny-out", namespace: "shop", labels: { "app.kubernetes.io/name": "deny-out", "app.kubernetes.io/part-of": "shop" } }, spec: { podSelector: { matchLabels: {}, matchExpressions: [] }, policyTypes: ["Egress"], egress: [] } } }] },
      { set: { "ns:$type": "kubernetes:core/v1:NamespacePatch" }, remove: ["deny"] },
    ],
    bad: [
      { remove: ["deny"], at: "ns:" },
      { set: { "deny:spec.policyTypes": ["Ingress"] }, at: "ns:" },
      { set: { "deny:spec.policyTypes": ["Egress"] }, at: "ns:" },
      { set: { "deny:spec.podSelector.matchLabels": { "app.kubernetes.io/name": "app" } }, at: "ns:" },
      { set: { "deny:spec.podSelector.matchExpressions": [{ key: "app.kubernetes.io/name", operator: "Exists" }] }, at: "ns:" },
      { set: { "deny:spec.egress": [{ to: [{ podSelector: {} }], ports: [{ port: 8080 }] }] }, at: "ns:" },
      { set: { "deny:metadata.namespace": "other" }, at: "ns:" },
    ],
  },
  "network-policy/declared-namespace": {
    scene: "monitoring",
    good: [
      { set: { "ns:$type": "kubernetes:core/v1:NamespacePatch" } },
      { set: { "nightly:metadata.namespace": "batch", "nightly:$references": { metadata: ["urn:pulumi:production::golive::kubernetes:core/v1:Namespace::ns"] } } },
    ],
    bad: [
      { set: { "nightly:metadata.namespace": "batch" } },
      { remove: ["ns"], at: "app:metadata.namespace" },
      { set: { "nightly:metadata.namespace": "batch", "nightly:$references": { metadata: ["urn:pulumi:production::golive::pulumi:pulumi:StackReference::shared"] } } },
    ],
  },
  "network-policy/workload-allowed": {
    scene: "workload",
    good: [{ set: { "migrate:metadata.namespace": "other" } }, { set: { "dns:spec.policyTypes": ["Ingress"], "dns:spec.egress": [], "dns:spec.ingress": [{ from: [{ podSelector: {} }], ports: [{ port: 8080 }] }] }, remove: ["web"] }],
    bad: [
      { remove: ["dns", "web"], at: "app:" },
      ...["store:", "migrate:", "nightly:"].map((at) => ({ remove: ["dns", "web"], at })),
      { set: { "store:$type": "kubernetes:argoproj.io/v1alpha1:Rollout" }, remove: ["dns", "web"], at: "store:" },
      { set: { "store:$type": "kubernetes:apps/v1:DaemonSet" }, remove: ["dns", "web"], at: "store:" },
      { set: { "dns:spec.podSelector.matchLabels": { "app.kubernetes.io/name": "other" }, "web:spec.podSelector.matchLabels": { "app.kubernetes.io/name": "other" } }, at: "nightly:" },
    ],
  },
  "network-policy/dns": {
    scene: "workload",
    good: [
      { set: { "dns:spec.egress[0].ports": [{ port: "dns", protocol: "UDP" }, { port: "dns-tcp", protocol: "TCP" }] } },
      { set: { "dns:spec.egress[0].ports": [{ port: 50, endPort: 53, protocol: "UDP" }, { port: 53 }] } },
    ],
    bad: [
      { remove: ["dns"], at: "app:", also: ["network-policy/workload-allowed"] },
      { set: { "dns:spec.egress[0].ports": [{ port: 8053, protocol: "UDP" }, { port: 8053, protocol: "TCP" }] }, at: "nightly:" },
      { set: { "dns:spec.egress[0].ports": [{ port: 53, protocol: "UDP" }] }, at: "app:" },
      { set: { "dns:spec.egress[0].ports": [{ port: 53 }] }, at: "app:" },
      { set: { "dns:spec.egress[0].ports": [{ port: 54, endPort: 60, protocol: "UDP" }, { port: 53 }] }, at: "nightly:" },
      { set: { "dns:spec.egress[0].ports": [{ port: 40, endPort: 52, protocol: "UDP" }, { port: 53 }] }, at: "nightly:" },
      { set: { "dns:metadata.namespace": "other" }, at: "app:", also: ["network-policy/workload-allowed"] },
    ],
  },
};
