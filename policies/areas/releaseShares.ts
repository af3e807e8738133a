/** Releases: canaries by replicas, where both colors are behind one Service and their numbers of pods divide its traffic. */
import type { Resource, Stack } from "../resource.ts";
import type { Report } from "../rule.ts";
import { autoscalerOf } from "./workloadParts.ts";
import { type OpenCanary, podColor } from "./releaseParts.ts";

/** The number at which an autoscaler holds a color. @throws Undecided */
function heldAt(deployment: Resource, stack: Stack): number | undefined {
  const autoscaler = autoscalerOf(deployment, stack);
  const [least, most] = [autoscaler?.at("spec.minReplicas").number, autoscaler?.at("spec.maxReplicas").number];
  return least === most ? least : undefined;
}

/** Both colors are there, each held at a number, and the canary's is its percent of all. */
export function relateShares(service: Resource, canary: OpenCanary, taken: readonly Resource[], stack: Stack, report: Report): void {
  const selector = service.at("spec.selector");
  const loose = taken.filter((one) => heldAt(one, stack) === undefined);
  const pods = (list: readonly Resource[]): number => list.reduce((sum, one) => sum + (heldAt(one, stack) ?? 0), 0);
  const [share, all] = [pods(taken.filter((one) => podColor(one).text === canary.color)), pods(taken)];
  if (loose.length > 0) report(selector, `names no color, and no autoscaler holds ${loose.map((one) => one.objectName).join(" and ")} at one number, so nobody knows the share of ${canary.color}`);
  else if (share * 100 !== canary.weight * all) report(selector, `names no color, and gives ${canary.color} ${share} of ${all} pods, which is not ${canary.weight} %`);
}
