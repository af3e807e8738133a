/** How workloads, autoscalers, budgets and Services find each other. */
import { selects } from "../labels.ts";
import { podTemplate } from "../pods.ts";
import type { Resource, Stack } from "../resource.ts";
import { matching } from "../search.ts";
import { all, type Value } from "../value.ts";

export const REPLICATED = ["k8s:apps:Deployment", "k8s:apps:StatefulSet", "k8s:argoproj.io:Rollout"];
export const AUTOSCALER = ["k8s:autoscaling:HorizontalPodAutoscaler"];
export const BUDGET = ["k8s:policy:PodDisruptionBudget"];

/** The kind by its Kubernetes name: `Deployment`. */
function kubernetesKind(resource: Resource): string {
  return resource.kind.kind.split(":")[2] ?? "";
}

/** Whether an autoscaler is about a workload. @throws Undecided */
export function scales(autoscaler: Resource, workload: Resource): boolean {
  const target = autoscaler.at("spec.scaleTargetRef");
  return all([
    () => target.at("kind").text === kubernetesKind(workload),
    () => target.at("name").text === workload.objectName,
    () => autoscaler.namespace === workload.namespace,
  ]);
}

/** The autoscaler of a workload. @throws Undecided */
export function autoscalerOf(workload: Resource, stack: Stack): Resource | undefined {
  return matching(stack.near(() => workload.namespace, ...AUTOSCALER), (one) => scales(one, workload))[0];
}

/** The least number of pods of a workload, as its autoscaler has it, or itself; Kubernetes runs one where nothing is said. @throws Undecided */
export function leastPods(workload: Resource, stack: Stack): number {
  return (autoscalerOf(workload, stack)?.at("spec.minReplicas") ?? workload.at("spec.replicas")).number ?? 1;
}

/** The labels of the pods that a resource makes. */
export function podLabels(carrier: Resource): Value {
  return podTemplate(carrier).at("metadata.labels");
}

/** Whether a disruption budget counts the pods of a workload; one without a selector counts none. @throws Undecided */
export function guards(budget: Resource, workload: Resource): boolean {
  const selector = budget.at("spec.selector");
  return all([() => budget.namespace === workload.namespace, () => selector.exists, () => selects(selector, podLabels(workload))]);
}
