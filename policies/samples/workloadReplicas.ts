/** Samples of areas/workloadReplicas.ts. */
import type { Samples } from "./sample.ts";

const MATCH = { matchLabels: { "app.kubernetes.io/name": "app" } };

const META = { namespace: "shop", labels: { "app.kubernetes.io/name": "app", "app.kubernetes.io/part-of": "shop" } };

const SECOND = { type: "kubernetes:policy/v1:PodDisruptionBudget", name: "second", props: { metadata: { ...META, name: "second" }, spec: { maxUnavailable: 1, selector: MATCH } } };

/** One pod of a color that the Service of the scene makes live, or does not. */
const LIVE_GREEN = { "hpa:spec.minReplicas": 1, "app:spec.minReadySeconds": 10, "app:spec.template.metadata.labels.color": "green" };

export const samples: Samples = {
  "workload/replicas": {
    scene: "workload",
    good: [{ set: { "store:spec.replicas": 0 } }, { set: { "app:spec.replicas": 1 } }, { set: { "app:spec.replicas": undefined } }, { set: { "store:spec.replicas": 2, "store-pdb:spec.minAvailable": 1 } }],
    bad: [
      { set: { ...LIVE_GREEN, "service:spec.selector": { "app.kubernetes.io/name": "app", color: "green" } }, at: "app:spec.replicas" },
      // Of another application.
      { set: { ...LIVE_GREEN, "service:spec.selector": { "app.kubernetes.io/name": "other", color: "blue" } }, at: "app:spec.replicas", also: ["release/live-selector", "release/own-service", "workload/service-selects"] },
      { set: { "store:spec.replicas": 1 } },
      { set: { "store:spec.replicas": undefined } },
      { set: { "store:$type": "kubernetes:argoproj.io/v1alpha1:Rollout", "store:spec.replicas": 1 }, at: "store:spec.replicas" },
      { set: { "hpa:spec.minReplicas": 1 }, at: "app:spec.replicas" },
      { set: { "hpa:spec.minReplicas": undefined }, at: "app:spec.replicas" },
      { set: { "app:spec.replicas": 1 }, remove: ["hpa"] },
      ...[{ "hpa:spec.scaleTargetRef.name": "other" }, { "hpa:spec.scaleTargetRef.kind": "StatefulSet" }, { "hpa:metadata.namespace": "other" }].map((set) => ({ set: { ...set, "app:spec.replicas": 1 }, at: "app:spec.replicas", also: ["workload/autoscaler-target"] })),
    ],
  },
  "workload/live-replicas": {
    scene: "workload",
    good: [{ set: { "hpa:spec.minReplicas": 2 }, remove: ["service"] }, { set: { "app:spec.replicas": 2, "service:spec.selector": undefined }, remove: ["hpa"] }],
    bad: [{ set: { "hpa:spec.minReplicas": 2 }, at: "app:spec.replicas" }, { set: { "app:spec.replicas": 2 }, remove: ["hpa"] }],
  },
  "workload/autoscaler-replicas": {
    scene: "workload",
    good: [{ set: { "app:$ignoreChanges": [], "app:spec.replicas": undefined } }, { set: { "app:$ignoreChanges": [] }, remove: ["hpa"] }],
    bad: [{ set: { "app:$ignoreChanges": [] }, at: "app:spec.replicas" }, { set: { "app:$ignoreChanges": ["metadata.annotations"], "hpa:spec.minReplicas": 4 }, at: "app:spec.replicas" }],
  },
  "workload/autoscaler-range": {
    scene: "workload",
    good: [{ set: { "hpa:spec.maxReplicas": 4 } }],
    bad: [{ set: { "hpa:spec.maxReplicas": 3 } }, { set: { "hpa:spec.maxReplicas": 2 } }, { set: { "hpa:spec.maxReplicas": undefined } }, { set: { "hpa:spec.minReplicas": undefined, "hpa:spec.maxReplicas": 1 }, at: "hpa:spec.maxReplicas", also: ["workload/replicas"] },
      // What its Service says of a canary is not so: it names a color.
      { set: { "service:metadata.annotations": { "golive.dev/strategy": "canary", "golive.dev/canary": "green 25" }, "hpa:spec.maxReplicas": 3 }, at: "hpa:spec.maxReplicas" }],
  },
  "workload/autoscaler-metric": {
    scene: "workload",
    good: [
      { set: { "hpa:spec.metrics": undefined } },
      ...["Resource", "ContainerResource", "Pods"].map((type) => ({ set: { "hpa:spec.metrics": [{ type: "External" }, { type }] } })),
      { set: { "hpa:$type": "kubernetes:autoscaling/v1:HorizontalPodAutoscaler", "hpa:spec.metrics": undefined, "hpa:spec.targetCPUUtilizationPercentage": 70 } },
    ],
    bad: [{ set: { "hpa:spec.metrics": [{ type: "External", external: { metric: { name: "queue" }, target: { type: "Value", value: "10" } } }, { type: "Object" }] } }],
  },
  "workload/autoscaler-target": {
    scene: "workload",
    good: [
      { set: { "hpa:spec.scaleTargetRef.kind": "ModelServer", "hpa:spec.scaleTargetRef.name": "api" } },
      { set: { "hpa:spec.scaleTargetRef": { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "store" }, "store:$ignoreChanges": ["spec.replicas"], "store:$type": "kubernetes:argoproj.io/v1alpha1:Rollout" } },
      { set: { "hpa:spec.scaleTargetRef": { apiVersion: "apps/v1", kind: "StatefulSet", name: "store" }, "store:$ignoreChanges": ["spec.replicas"] } },
    ],
    bad: [
      { set: { "hpa:spec.scaleTargetRef.name": "api" } },
      { set: { "app:metadata.name": "api" }, at: "hpa:spec.scaleTargetRef.name" },
      ...["StatefulSet", "Rollout"].map((kind) => ({ set: { "hpa:spec.scaleTargetRef.kind": kind }, at: "hpa:spec.scaleTargetRef.name" })),
      { set: { "hpa:metadata.namespace": "other" }, at: "hpa:spec.scaleTargetRef.name" },
      { add: [{ type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", name: "again", props: { metadata: { ...META, name: "again" }, spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "app" }, minReplicas: 3, maxReplicas: 5 } } }], at: "hpa:spec.scaleTargetRef.name" },
    ],
  },
  "workload/disruption-budget": {
    scene: "workload",
    good: [
      { set: { "store:spec.replicas": 0 }, remove: ["store-pdb"] },
      { set: { "pdb:spec.selector": { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["app"] }] } } },
    ],
    bad: [
      { remove: ["pdb"], at: "app:" },
      { remove: ["store-pdb"], at: "store:" },
      { set: { "pdb:metadata.namespace": "other" }, at: "app:" },
      { set: { "pdb:spec.selector": undefined }, at: "app:" },
      { set: { "pdb:spec.selector.matchLabels[\"app.kubernetes.io/component\"]": "web" }, at: "app:" },
      { set: { "pdb:spec.selector": { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "NotIn", values: ["app", "store"] }] } }, at: "app:" },
      { add: [SECOND], at: "app:" },
      { set: { "store:spec.replicas": 2, "store-pdb:metadata.namespace": "other" }, at: "store:" },
    ],
  },
  "workload/disruption-budget-evicts": {
    scene: "workload",
    good: [{ set: { "store-pdb:spec.minAvailable": "66%" } }, { set: { "pdb:spec.maxUnavailable": "1%" } }, { set: { "store:spec.replicas": 0 } }, { set: { "store-pdb:spec.minAvailable": undefined, "store-pdb:spec.maxUnavailable": "50%" } }],
    bad: [
      { set: { "pdb:spec.maxUnavailable": 0 } },
      { set: { "pdb:spec.maxUnavailable": "0%" } },
      { set: { "store-pdb:spec.minAvailable": "100%" } },
      { set: { "store-pdb:spec.minAvailable": "67%" } },
      { set: { "store-pdb:spec.minAvailable": 3 } },
      { set: { "store-pdb:spec.minAvailable": 4 } },
      { set: { "store:spec.replicas": 2 }, at: "store-pdb:spec.minAvailable" },
    ],
  },
  "workload/disruption-budget-keeps": {
    scene: "workload",
    good: [{ set: { "pdb:spec.maxUnavailable": "66%" } }, { set: { "pdb:spec.maxUnavailable": 2 } }, { set: { "store-pdb:spec.minAvailable": 1 } }, { set: { "hpa:spec.minReplicas": 4, "pdb:spec.maxUnavailable": 3 } }],
    bad: [
      { set: { "pdb:spec.maxUnavailable": "100%" } },
      { set: { "pdb:spec.maxUnavailable": 3 } },
      { set: { "pdb:spec.maxUnavailable": "67%" } },
      { set: { "pdb:spec.maxUnavailable": undefined }, at: "pdb:spec.minAvailable" },
      { set: { "store-pdb:spec.minAvailable": 0 } },
      { set: { "store-pdb:spec.minAvailable": "0%" } },
      { set: { "hpa:spec.minReplicas": 4, "pdb:spec.maxUnavailable": 4 }, at: "pdb:spec.maxUnavailable" },
    ],
  },
};
