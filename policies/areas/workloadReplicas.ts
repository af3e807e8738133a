/** How many pods there are, and how many may be missing. */
import { picks } from "../labels.ts";
import type { Resource, Stack } from "../resource.ts";
import { type Rule, shown } from "../rule.ts";
import { all, any, type Value } from "../value.ts";
import { AUTOSCALER, autoscalerOf, BUDGET, guards, leastPods, podLabels, REPLICATED, scales } from "./workloadParts.ts";

/** Metrics that an autoscaler reads of the pods themselves. */
const OF_PODS = ["Resource", "ContainerResource", "Pods"];
/** Replicas of the live application (requirements, section 1). */
const LIVE = 3;

/** Whether a Service of its namespace sends traffic to a workload's pods. @throws Undecided */
function isServed(workload: Resource, stack: Stack): boolean {
  return any(stack.of("k8s:core:Service").map((service) => () => all([() => service.namespace === workload.namespace, () => picks(service.at("spec.selector"), podLabels(workload))])));
}

/** Who says the least number of pods, for a message, where it is not the workload itself. */
function sayer(workload: Resource, stack: Stack): string {
  const autoscaler = autoscalerOf(workload, stack);
  return autoscaler === undefined ? "" : ` by minReplicas of ${autoscaler.name}`;
}

/** Pods of a number or of a share of all; Kubernetes rounds shares up. */
function podsOf(value: Value, total: number): number {
  const share = /^(\d+)%$/.exec(value.text ?? "")?.[1];
  return share === undefined ? (value.number ?? 0) : Math.ceil((Number(share) * total) / 100);
}

/** How many of a workload's pods a budget lets go at once, and the place that says so. */
function evictable(budget: Resource, total: number): { place: Value; count: number } {
  const [most, least] = [budget.at("spec.maxUnavailable"), budget.at("spec.minAvailable")];
  return most.exists ? { place: most, count: podsOf(most, total) } : { place: least, count: total - podsOf(least, total) };
}

/** Looks at the workloads of more than one pod that a budget counts. */
function eachGuarded(budget: Resource, stack: Stack, look: (workload: Resource, total: number) => void): void {
  for (const workload of stack.of(...REPLICATED)) {
    budget.try(() => {
      if (!guards(budget, workload)) return;
      const total = leastPods(workload, stack);
      if (total > 1) look(workload, total);
    });
  }
}

const MATCH = { matchLabels: { "app.kubernetes.io/name": "app" } };
const META = { namespace: "shop", labels: { "app.kubernetes.io/name": "app", "app.kubernetes.io/part-of": "shop" } };
const SECOND = { type: "kubernetes:policy/v1:PodDisruptionBudget", name: "second", props: { metadata: { ...META, name: "second" }, spec: { maxUnavailable: 1, selector: MATCH } } };

export const replicaRules: Rule[] = [
  {
    id: "workload/replicas",
    title: "A workload has more than one pod",
    items: ["replicas"],
    severity: "high",
    frameworks: [],
    why: "The only pod is gone with its node, at each rollout and each node drain, for as long as the next one takes to start.",
    mend: "Set `spec.replicas` to 2 or more, and `minReplicas` of its autoscaler; 0 switches a workload off on purpose.",
    kinds: REPLICATED,
    relate: (workload, stack, report) => {
      if (leastPods(workload, stack) === 1) report(workload.at("spec.replicas"), `may come down to one pod${sayer(workload, stack)}`);
    },
    scene: "workload",
    bad: [
      { set: { "store:spec.replicas": 1 } },
      { set: { "store:spec.replicas": undefined } },
      { set: { "hpa:spec.minReplicas": 1 }, at: "app:spec.replicas" },
      { set: { "hpa:spec.minReplicas": undefined }, at: "app:spec.replicas" },
      { set: { "app:spec.replicas": 1 }, remove: ["hpa"] },
      ...[{ "hpa:spec.scaleTargetRef.name": "other" }, { "hpa:spec.scaleTargetRef.kind": "StatefulSet" }, { "hpa:metadata.namespace": "other" }].map((set) => ({ set: { ...set, "app:spec.replicas": 1 }, at: "app:spec.replicas", also: ["workload/autoscaler-target"] })),
    ],
    good: [{ set: { "store:spec.replicas": 0 } }, { set: { "app:spec.replicas": 1 } }, { set: { "app:spec.replicas": undefined } }, { set: { "store:spec.replicas": 2, "store-pdb:spec.minAvailable": 1 } }],
  },
  {
    id: "workload/live-replicas",
    title: "A Deployment behind a Service has three pods",
    items: ["replicas"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "With two pods the loss of one zone during a rollout leaves one, which then has the whole traffic and no stand-in.",
    mend: `Set \`minReplicas\` of its autoscaler, or \`spec.replicas\`, to ${LIVE}: one for each zone.`,
    kinds: ["k8s:apps:Deployment"],
    relate: (workload, stack, report) => {
      const count = leastPods(workload, stack);
      // One pod is refused by another rule, and none is on purpose.
      if (count > 1 && count < LIVE && isServed(workload, stack)) report(workload.at("spec.replicas"), `may come down to ${count} pods${sayer(workload, stack)}, must keep ${LIVE}`);
    },
    scene: "workload",
    bad: [{ set: { "hpa:spec.minReplicas": 2 }, at: "app:spec.replicas" }, { set: { "app:spec.replicas": 2 }, remove: ["hpa"] }],
    good: [{ set: { "hpa:spec.minReplicas": 2 }, remove: ["service"] }, { set: { "app:spec.replicas": 2, "service:spec.selector": undefined }, remove: ["hpa"] }],
  },
  {
    id: "workload/autoscaler-replicas",
    title: "The number of pods is either the autoscaler's or the program's",
    items: ["replicas"],
    severity: "medium",
    frameworks: [],
    why: "Each update sets the number back to the program's while the autoscaler holds another: at the peak of the day most pods are killed at once.",
    mend: "Leave `spec.replicas` out, or add `ignoreChanges: [\"spec.replicas\"]` to the workload's options.",
    kinds: REPLICATED,
    relate: (workload, stack, report) => {
      const replicas = workload.at("spec.replicas");
      if (!replicas.exists || workload.declared.ignoreChanges?.includes("spec.replicas") === true) return;
      if (autoscalerOf(workload, stack) !== undefined) report(replicas, `is ${shown(replicas)}, which each update sets again while an autoscaler sets it too`);
    },
    scene: "workload",
    bad: [{ set: { "app:$ignoreChanges": [] }, at: "app:spec.replicas" }, { set: { "app:$ignoreChanges": ["metadata.annotations"], "hpa:spec.minReplicas": 4 }, at: "app:spec.replicas" }],
    good: [{ set: { "app:$ignoreChanges": [], "app:spec.replicas": undefined } }, { set: { "app:$ignoreChanges": [] }, remove: ["hpa"] }],
  },
  {
    id: "workload/autoscaler-range",
    title: "An autoscaler has room to scale",
    items: ["replicas"],
    severity: "medium",
    frameworks: [],
    why: "With `maxReplicas` at `minReplicas` nothing scales, and nobody notices before the load test of the real world.",
    mend: "Set `maxReplicas` above `minReplicas`, such as 3 to 10.",
    kinds: AUTOSCALER,
    check: (autoscaler, report) => {
      const [least, most] = [autoscaler.at("spec.minReplicas"), autoscaler.at("spec.maxReplicas")];
      if ((most.number ?? 0) <= (least.number ?? 1)) report(most, `is ${shown(most)}, must be more than minReplicas`);
    },
    scene: "workload",
    bad: [{ set: { "hpa:spec.maxReplicas": 3 } }, { set: { "hpa:spec.maxReplicas": 2 } }, { set: { "hpa:spec.maxReplicas": undefined } }, { set: { "hpa:spec.minReplicas": undefined, "hpa:spec.maxReplicas": 1 }, at: "hpa:spec.maxReplicas", also: ["workload/replicas"] }],
    good: [{ set: { "hpa:spec.maxReplicas": 4 } }],
  },
  {
    id: "workload/autoscaler-metric",
    title: "An autoscaler reads a metric of the pods themselves",
    items: ["replicas"],
    severity: "medium",
    frameworks: [],
    why: "Metrics of other systems fail with those systems; with no other to go by the autoscaler stands still just when load grows.",
    mend: "Add a metric of type `Resource` (CPU) or `Pods` (requests of each pod) to `spec.metrics`.",
    kinds: AUTOSCALER,
    check: (autoscaler, report) => {
      const metrics = autoscaler.at("spec.metrics");
      // Where none is given, Kubernetes goes by CPU.
      if (metrics.items.length > 0 && !any(metrics.items.map((metric) => () => OF_PODS.includes(metric.at("type").text ?? "")))) report(metrics, "holds no metric of the pods");
    },
    scene: "workload",
    bad: [{ set: { "hpa:spec.metrics": [{ type: "External", external: { metric: { name: "queue" }, target: { type: "Value", value: "10" } } }, { type: "Object" }] } }],
    good: [
      { set: { "hpa:spec.metrics": undefined } },
      ...["Resource", "ContainerResource", "Pods"].map((type) => ({ set: { "hpa:spec.metrics": [{ type: "External" }, { type }] } })),
      { set: { "hpa:$type": "kubernetes:autoscaling/v1:HorizontalPodAutoscaler", "hpa:spec.metrics": undefined, "hpa:spec.targetCPUUtilizationPercentage": 70 } },
    ],
  },
  {
    id: "workload/autoscaler-target",
    title: "An autoscaler scales a workload that is there, alone",
    items: ["replicas"],
    severity: "medium",
    frameworks: [],
    why: "An autoscaler of a name that does not exist does nothing, and tells it only in its status; two of one workload undo each other.",
    mend: "Name a Deployment or StatefulSet of the same namespace in `scaleTargetRef`, and keep one autoscaler for it.",
    kinds: AUTOSCALER,
    // Of other kinds, such as those of custom resources, nothing is known here.
    applies: (autoscaler) => ["Deployment", "StatefulSet"].includes(autoscaler.at("spec.scaleTargetRef.kind").text ?? ""),
    relate: (autoscaler, stack, report) => {
      const name = autoscaler.at("spec.scaleTargetRef.name");
      const [workload] = stack.which(REPLICATED, (one) => scales(autoscaler, one));
      if (workload === undefined) report(name, `is ${shown(name)}, which is not declared in the namespace`);
      else if (any(stack.of(...AUTOSCALER).filter((one) => one !== autoscaler).map((one) => () => scales(one, workload)))) report(name, `is ${shown(name)}, which another autoscaler scales too`);
    },
    scene: "workload",
    bad: [
      { set: { "hpa:spec.scaleTargetRef.name": "api" } },
      { set: { "app:metadata.name": "api" }, at: "hpa:spec.scaleTargetRef.name" },
      { set: { "hpa:spec.scaleTargetRef.kind": "StatefulSet" }, at: "hpa:spec.scaleTargetRef.name" },
      { set: { "hpa:metadata.namespace": "other" }, at: "hpa:spec.scaleTargetRef.name" },
      { add: [{ type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", name: "again", props: { metadata: { ...META, name: "again" }, spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "app" }, minReplicas: 3, maxReplicas: 5 } } }], at: "hpa:spec.scaleTargetRef.name" },
    ],
    good: [
      { set: { "hpa:spec.scaleTargetRef.kind": "Rollout", "hpa:spec.scaleTargetRef.name": "api" } },
      { set: { "hpa:spec.scaleTargetRef": { apiVersion: "apps/v1", kind: "StatefulSet", name: "store" }, "store:$ignoreChanges": ["spec.replicas"] } },
    ],
  },
  {
    id: "workload/disruption-budget",
    title: "Each replicated workload has one disruption budget",
    items: ["pdb"],
    severity: "high",
    frameworks: [],
    why: "Without a budget a node upgrade drains all pods of a workload at once; with two over the same pods the eviction API refuses every drain.",
    mend: "Declare a PodDisruptionBudget in the namespace whose `selector` matches the labels of the pods, with `maxUnavailable: 1`.",
    kinds: REPLICATED,
    relate: (workload, stack, report) => {
      if (leastPods(workload, stack) < 2) return;
      const found = stack.which(BUDGET, (budget) => guards(budget, workload));
      if (found.length === 0) report(workload, "has no PodDisruptionBudget");
      if (found.length > 1) report(workload, `has ${found.length} PodDisruptionBudgets, and evictions are refused where more than one applies`);
    },
    scene: "workload",
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
    good: [
      { set: { "store:spec.replicas": 0 }, remove: ["store-pdb"] },
      { set: { "pdb:spec.selector": { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["app"] }] } } },
    ],
  },
  {
    id: "workload/disruption-budget-evicts",
    title: "A disruption budget lets one pod go",
    items: ["pdb"],
    severity: "high",
    frameworks: [],
    why: "A budget that allows no eviction stops every node drain: patches and upgrades of nodes hang until somebody deletes it by hand.",
    mend: "Set `maxUnavailable: 1`, or `minAvailable` below the least number of replicas; shares are rounded up.",
    kinds: BUDGET,
    relate: (budget, stack, report) => eachGuarded(budget, stack, (workload, total) => {
      const { place, count } = evictable(budget, total);
      if (count < 1) report(place, `is ${shown(place)}, which lets none of the ${total} pods of ${workload.name} go`);
    }),
    scene: "workload",
    bad: [
      { set: { "pdb:spec.maxUnavailable": 0 } },
      { set: { "pdb:spec.maxUnavailable": "0%" } },
      { set: { "store-pdb:spec.minAvailable": "100%" } },
      { set: { "store-pdb:spec.minAvailable": "67%" } },
      { set: { "store-pdb:spec.minAvailable": 3 } },
      { set: { "store-pdb:spec.minAvailable": 4 } },
      { set: { "store:spec.replicas": 2 }, at: "store-pdb:spec.minAvailable" },
    ],
    good: [{ set: { "store-pdb:spec.minAvailable": "66%" } }, { set: { "pdb:spec.maxUnavailable": "1%" } }, { set: { "store:spec.replicas": 0 } }, { set: { "store-pdb:spec.minAvailable": undefined, "store-pdb:spec.maxUnavailable": "50%" } }],
  },
  {
    id: "workload/disruption-budget-keeps",
    title: "A disruption budget keeps one pod",
    items: ["pdb"],
    severity: "high",
    frameworks: [],
    why: "A budget that lets all pods go at once is none: a node upgrade takes the workload down.",
    mend: "Set `maxUnavailable: 1`, or `minAvailable` to 1 or more.",
    kinds: BUDGET,
    relate: (budget, stack, report) => eachGuarded(budget, stack, (workload, total) => {
      const { place, count } = evictable(budget, total);
      if (count >= total) report(place, `is ${shown(place)}, which lets all ${total} pods of ${workload.name} go at once`);
    }),
    scene: "workload",
    bad: [
      { set: { "pdb:spec.maxUnavailable": "100%" } },
      { set: { "pdb:spec.maxUnavailable": 3 } },
      { set: { "pdb:spec.maxUnavailable": "67%" } },
      { set: { "pdb:spec.maxUnavailable": undefined }, at: "pdb:spec.minAvailable" },
      { set: { "store-pdb:spec.minAvailable": 0 } },
      { set: { "store-pdb:spec.minAvailable": "0%" } },
      { set: { "hpa:spec.minReplicas": 4, "pdb:spec.maxUnavailable": 4 }, at: "pdb:spec.maxUnavailable" },
    ],
    good: [{ set: { "pdb:spec.maxUnavailable": "66%" } }, { set: { "pdb:spec.maxUnavailable": 2 } }, { set: { "store-pdb:spec.minAvailable": 1 } }, { set: { "hpa:spec.minReplicas": 4, "pdb:spec.maxUnavailable": 3 } }],
  },
];
