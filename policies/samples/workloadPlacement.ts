/** Samples of areas/workloadPlacement.ts. */
import { HOST, ZONE } from "../areas/workloadPlacement.ts";
import type { RuleSamples, Samples } from "./sample.ts";

const SPEC = "app:spec.template.spec";

const CONSTRAINTS = `${SPEC}.topologySpreadConstraints`;

const MATCH = { matchLabels: { "app.kubernetes.io/name": "app" } };

/** A bare Pod of the namespace `shop` that keeps every other rule. */
const POD = {
  type: "kubernetes:core/v1:Pod",
  name: "debug",
  props: {
    metadata: { name: "debug", namespace: "shop", labels: { "app.kubernetes.io/name": "debug", "app.kubernetes.io/part-of": "shop" } },
    spec: {
      serviceAccountName: "app",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{
        name: "debug",
        image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:2626fa35271ccabad5a78f5287618e2cf2b7cccb5c69a3253db747206ac045bf",
        resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi", "ephemeral-storage": "64Mi" } },
        securityContext: { allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" } },
      }],
    },
  },
};

function spreadSamples(index: number, topology: string): RuleSamples {
  const term = { topologyKey: topology, labelSelector: MATCH };
  return {
    scene: "workload",
    bad: [
      { set: { [`${CONSTRAINTS}[${index}]`]: undefined }, at: CONSTRAINTS },
      { set: { [`${CONSTRAINTS}[${index}].labelSelector.matchLabels["app.kubernetes.io/name"]`]: "other" }, at: CONSTRAINTS },
      { set: { [`${CONSTRAINTS}[${index}].labelSelector`]: undefined }, at: CONSTRAINTS },
      { set: { [`store:spec.template.spec.topologySpreadConstraints[${index}].topologyKey`]: "example.com/rack" }, at: "store:spec.template.spec.topologySpreadConstraints" },
      { set: { [`${CONSTRAINTS}[${index}]`]: undefined, [`${SPEC}.affinity`]: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }, at: CONSTRAINTS },
    ],
    good: [
      { set: { [`${CONSTRAINTS}[${index}]`]: undefined, [`${SPEC}.affinity`]: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } } },
      { set: { [`${CONSTRAINTS}[${index}]`]: undefined, [`${SPEC}.affinity`]: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } } } },
    ],
  };
}

/** An object that names no namespace. */
function unplaced(type: string) {
  return { type, name: "stray", protect: true, props: { metadata: { name: "stray", labels: { "app.kubernetes.io/name": "stray", "app.kubernetes.io/part-of": "shop" } } } };
}

export const samples: Samples = {
  "workload/zone-spread": spreadSamples(0, ZONE),
  "workload/host-spread": spreadSamples(1, HOST),
  "workload/rolling-update": {
    scene: "workload",
    good: [{ set: { "app:spec.strategy": undefined } }, { set: { "store:spec.updateStrategy": undefined } }],
    bad: [
      { set: { "app:spec.strategy": { type: "Recreate" } }, at: "app:spec.strategy.type" },
      { set: { "store:spec.updateStrategy.type": "OnDelete" } },
      { set: { "store:$type": "kubernetes:apps/v1:DaemonSet", "store:spec.updateStrategy.type": "OnDelete" }, at: "store:spec.updateStrategy.type" },
    ],
  },
  "workload/selector-matches": {
    scene: "workload",
    good: [{ set: { "app:spec.selector": { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["app"] }] } } }],
    bad: [
      { set: { "app:spec.selector.matchLabels.color": "blue" }, at: "app:spec.selector" },
      { set: { "store:spec.selector": { matchExpressions: [{ key: "tier", operator: "Exists" }] } }, at: "store:spec.selector" },
    ],
  },
  "workload/selectors-apart": {
    scene: "workload",
    good: [{ set: { "store:spec.selector.matchLabels": { "app.kubernetes.io/part-of": "shop" }, "store:metadata.namespace": "other", "store-pdb:metadata.namespace": "other" } }],
    bad: [
      { set: { "app:spec.selector.matchLabels": { "app.kubernetes.io/part-of": "shop" } }, at: "app:spec.selector" },
      { set: { "store:spec.selector": { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["store", "app"] }] } }, at: "store:spec.selector" },
      { set: { "store:$type": "kubernetes:apps/v1:DaemonSet", "store:spec.selector.matchLabels": { "app.kubernetes.io/part-of": "shop" } }, at: "store:spec.selector" },
      { set: { "app:spec.selector.matchLabels": { tier: "web" }, "app:spec.template.metadata.labels.tier": "web", "store:spec.template.metadata.labels.tier": "web" }, at: "app:spec.selector" },
    ],
  },
  "workload/service-selects": {
    scene: "workload",
    good: [
      { set: { "service:spec.selector": undefined } },
      { set: { "service:metadata.namespace": "other" } },
      { set: { "service:spec.selector.tier": "web" }, add: [{ type: "kubernetes:helm.sh/v4:Chart", name: "chart", props: { chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.3.1", namespace: "shop" } }] },
    ],
    bad: [
      { set: { "service:spec.selector[\"app.kubernetes.io/name\"]": "api" }, at: "service:spec.selector" },
      { set: { "service:metadata.namespace": "other", "migrate:metadata.namespace": "other" }, at: "service:spec.selector" },
      { set: { "service:spec.selector.tier": "web" }, at: "service:spec.selector", add: [{ type: "kubernetes:helm.sh/v4:Chart", name: "elsewhere", props: { chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.3.1", namespace: "ingress" } }] },
    ],
  },
  "workload/bare-pods": {
    scene: "workload",
    bad: [
      { add: [POD], at: "debug:" },
      ...["kubernetes:apps/v1:ReplicaSet", "kubernetes:extensions/v1beta1:ReplicaSet", "kubernetes:core/v1:ReplicationController"].map((type) => ({ set: { "migrate:$type": type }, at: "migrate:", also: ["workload/liveness-probe", "workload/readiness-probe", "workload/startup-probe"] })),
    ],
  },
  "workload/default-namespace": {
    scene: "workload",
    good: [{ set: { "migrate:metadata.namespace": "defaults" } }],
    bad: [
      { set: { "service:metadata.namespace": undefined, "service:spec.selector": undefined } },
      ...["ConfigMap", "Secret", "PersistentVolumeClaim"].map((kind) => ({ add: [unplaced(`kubernetes:core/v1:${kind}`)], at: "stray:metadata.namespace" })),
      { set: { "service:metadata.namespace": "default", "service:spec.selector": undefined } },
      { set: { "migrate:metadata.namespace": undefined } },
    ],
  },
  "workload/priority-class": {
    scene: "workload",
    bad: [{ set: { [`${SPEC}.priorityClassName`]: undefined } }, { set: { "store:spec.template.spec.priorityClassName": undefined } }],
  },
};
