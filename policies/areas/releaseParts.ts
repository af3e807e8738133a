/** How colors are told: by the label `color` of pods, and by names that end in a color. */
import type { Resource, Stack } from "../resource.ts";
import { any } from "../search.ts";
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

/** A Service that names a color and is not bound to one by its name, so that a flip moves it. @throws Undecided */
export function isLive(service: Resource): boolean {
  return service.at("spec.selector.color").exists && colorOf(service) === undefined;
}

/** Whether a workload is the color that has no traffic: the live Service would take its pods if it named its color. @throws Undecided */
export function isIdleColor(workload: Resource, stack: Stack): boolean {
  const labels = podLabels(workload);
  if (!colored(workload)) return false;
  return any(stack.inNamespace(workload.namespace, SERVICE), (service) => isLive(service)
    && service.at("spec.selector").entries.every(([key, value]) => (value.text === labels.key(key).text) === (key !== "color")));
}
