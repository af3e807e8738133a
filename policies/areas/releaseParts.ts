/** How colors are told: by the label `color` of pods, and by names that end in a color. */
import type { Resource } from "../resource.ts";
import type { Value } from "../value.ts";
import { podLabels } from "./workloadParts.ts";

export const COLORS = ["blue", "green"];
export const DEPLOYMENT = "k8s:apps:Deployment";
export const SERVICE = "k8s:core:Service";
export const HPA = "k8s:autoscaling:HorizontalPodAutoscaler";
export const BUDGET = "k8s:policy:PodDisruptionBudget";

/** The color that an object's name ends with. @throws Undecided */
export function colorOf(object: Resource): string | undefined {
  return /-(blue|green)$/.exec(object.objectName)?.[1];
}

export function podColor(workload: Resource): Value {
  return podLabels(workload).key("color");
}

/** Whether a workload is one of the colors of an application. @throws Undecided */
export function colored(workload: Resource): boolean {
  return podColor(workload).exists;
}
