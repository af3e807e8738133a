/** How many pods there are, and how many may be missing. */
import { picks } from "../labels.ts";
import type { Resource, Stack } from "../resource.ts";
import { type Rule, shown } from "../rule.ts";
import { matching } from "../search.ts";
import { all, any, type Value } from "../value.ts";
import { isCanaryColor, isHeld, isIdleColor } from "./releaseParts.ts";
import { AUTOSCALER, autoscalerOf, BUDGET, guards, leastPods, podLabels, REPLICATED, scales } from "./workloadParts.ts";

/** Metrics that an autoscaler reads of the pods themselves. */
const OF_PODS = ["Resource", "ContainerResource", "Pods"];
/** Replicas of the live application (requirements, section 1). */
const LIVE = 3;

/** Whether a Service of its namespace sends traffic to a workload's pods. @throws Undecided */
function isServed(workload: Resource, stack: Stack): boolean {
  return any(stack.near(() => workload.namespace, "k8s:core:Service").map((service) => () => all([() => service.namespace === workload.namespace, () => picks(service.at("spec.selector"), podLabels(workload))])));
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
  for (const workload of stack.near(() => budget.namespace, ...REPLICATED)) {
    budget.try(() => {
      if (!guards(budget, workload)) return;
      const total = leastPods(workload, stack);
      if (total > 1) look(workload, total);
    });
  }
}

export const replicaRules: Rule[] = [
  {
    id: "workload/replicas",
    title: "A workload has more than one pod",
    items: ["replicas"],
    severity: "high",
    frameworks: [],
    why: "The only pod is gone with its node, at each rollout and each node drain, for as long as the next one takes to start.",
    mend: "Set `spec.replicas` to 2 or more, and `minReplicas` of its autoscaler; 0 switches a workload off on purpose, and a color without traffic may be drained to one.",
    kinds: REPLICATED,
    relate: (workload, stack, report) => {
      if (leastPods(workload, stack) === 1 && !isIdleColor(workload, stack) && !isCanaryColor(workload, stack)) report(workload.at("spec.replicas"), `may come down to one pod${sayer(workload, stack)}`);
    },
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
      if (count > 1 && count < LIVE && isServed(workload, stack) && !isCanaryColor(workload, stack)) report(workload.at("spec.replicas"), `may come down to ${count} pods${sayer(workload, stack)}, must keep ${LIVE}`);
    },
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
  },
  {
    id: "workload/autoscaler-range",
    title: "An autoscaler has room to scale",
    items: ["replicas"],
    severity: "medium",
    frameworks: [],
    why: "With `maxReplicas` at `minReplicas` nothing scales, and nobody notices before the load test of the real world.",
    mend: "Set `maxReplicas` above `minReplicas`, such as 3 to 10; only a canary by replicas holds a color at a number.",
    kinds: AUTOSCALER,
    relate: (autoscaler, stack, report) => {
      const [least, most] = [autoscaler.at("spec.minReplicas"), autoscaler.at("spec.maxReplicas")];
      if ((most.number ?? 0) <= (least.number ?? 1) && !isHeld(autoscaler, stack)) report(most, `is ${shown(most)}, must be more than minReplicas`);
    },
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
    applies: (autoscaler) => ["Deployment", "StatefulSet", "Rollout"].includes(autoscaler.at("spec.scaleTargetRef.kind").text ?? ""),
    relate: (autoscaler, stack, report) => {
      const name = autoscaler.at("spec.scaleTargetRef.name");
      const [workload] = matching(stack.near(() => autoscaler.namespace, ...REPLICATED), (one) => scales(autoscaler, one));
      if (workload === undefined) report(name, `is ${shown(name)}, which is not declared in the namespace`);
      else if (any(stack.besides(autoscaler, ...AUTOSCALER).map((one) => () => scales(one, workload)))) report(name, `is ${shown(name)}, which another autoscaler scales too`);
    },
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
      const found = matching(stack.near(() => workload.namespace, ...BUDGET), (budget) => guards(budget, workload));
      if (found.length === 0) report(workload, "has no PodDisruptionBudget");
      if (found.length > 1) report(workload, `has ${found.length} PodDisruptionBudgets, and evictions are refused where more than one applies`);
    },
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
  },
];
