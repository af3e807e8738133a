/** How colors are told: by the label `color` of pods, and by names that end in a color. */
import { picks } from "../labels.ts";
import type { Resource, Stack } from "../resource.ts";
import { any, matching } from "../search.ts";
import type { Value } from "../value.ts";
import { podLabels, scales } from "./workloadParts.ts";

export const COLORS = ["blue", "green"];
export const DEPLOYMENT = "k8s:apps:Deployment";
export const SERVICE = "k8s:core:Service";
export const HPA = "k8s:autoscaling:HorizontalPodAutoscaler";
export const BUDGET = "k8s:policy:PodDisruptionBudget";

/** Annotation of the live Service: how its releases go; `blueGreen` asks for both colors. */
export const STRATEGY = "golive.dev/strategy";
/** Annotation of a live Service that a canary opens to both colors: the color that gets a share, and its percent, `green 25`. */
const CANARY = "golive.dev/canary";

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

/** A canary by numbers of pods. */
export interface OpenCanary {
  color: string;
  /** Percent. */
  weight: number;
}

/** The canary for which a Service without a color says that it is open to both; only its strategy makes it one. @throws Undecided */
export function openFor(service: Resource): OpenCanary | undefined {
  if (service.at("spec.selector.color").exists) return undefined;
  const annotations = service.at("metadata.annotations");
  if (annotations.key(STRATEGY).text !== "canary") return undefined;
  const [, color, weight] = /^(blue|green) ([1-9]\d?)$/.exec(annotations.key(CANARY).text ?? "") ?? [];
  return color === undefined ? undefined : { color, weight: Number(weight) };
}

/** The canary of which a workload is a color. @throws Undecided */
function canaryAround(workload: Resource, stack: Stack): OpenCanary | undefined {
  if (!colored(workload)) return undefined;
  const open = matching(stack.inNamespace(workload.namespace, SERVICE), (service) => openFor(service) !== undefined && picks(service.at("spec.selector"), podLabels(workload)));
  return open[0] === undefined ? undefined : openFor(open[0]);
}

/** Whether a workload is the color that a canary gives its share: as few pods as that takes. @throws Undecided */
export function isCanaryColor(workload: Resource, stack: Stack): boolean {
  return canaryAround(workload, stack)?.color === podColor(workload).text && colored(workload);
}

/** Whether an autoscaler stands still because its color's number of pods makes a share of a canary. @throws Undecided */
export function isHeld(autoscaler: Resource, stack: Stack): boolean {
  return any(stack.inNamespace(autoscaler.namespace, DEPLOYMENT), (workload) => scales(autoscaler, workload) && canaryAround(workload, stack) !== undefined);
}

/** Whether a workload is the color that has no traffic: the live Service would take its pods if it named its color wherever it names one. @throws Undecided */
export function isIdleColor(workload: Resource, stack: Stack): boolean {
  if (!colored(workload)) return false;
  const labels = podLabels(workload);
  const own = podColor(workload).text ?? "";
  return any(stack.inNamespace(workload.namespace, SERVICE), (service) => {
    if (!isLive(service)) return false;
    const selector = service.at("spec.selector");
    const live = selector.key("color").text ?? "";
    return live !== own && selector.entries.every(([key, value]) => recolored(value.text ?? "", live, own) === labels.key(key).text);
  });
}

/** A label's value with one color at its end in the place of another: `blue`, `app-blue`. */
function recolored(text: string, from: string, to: string): string {
  return text === from || text.endsWith(`-${from}`) ? `${text.slice(0, text.length - from.length)}${to}` : text;
}
