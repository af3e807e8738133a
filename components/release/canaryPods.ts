/**
 * A canary by replicas: the live Service is open to both colors, and as many pods of each divide its traffic. For where
 * no NGINX splits it. kube-proxy chooses an endpoint for each connection, so the share is one of connections.
 */
import { type Color, COLORS, otherColor } from "../application/labels.ts";

/** Pods of the live color and of the canary's. */
export interface CanaryPods {
  live: number;
  canary: number;
}

export interface ReplicaCanary {
  /** The color that gets a share. */
  color: Color;
  /** Its share of the traffic, percent. */
  weight: number;
  pods: CanaryPods;
}

/**
 * Numbers of pods that divide traffic by exactly this weight; undefined when there are none: no color has more than
 * `max`, and the live one keeps `min`, which is what a way back needs. The autoscalers stand still meanwhile, so the
 * colors together have at least the `max` pods that one could have been scaled to, where that can be had.
 *
 * @param weight percent, 1 to 99
 */
export function canaryPods(weight: number, { min, max }: { min: number; max: number }): CanaryPods | undefined {
  const divisor = greatestDivisor(weight, 100);
  const [canary, live] = [weight / divisor, (100 - weight) / divisor];
  const most = Math.floor(max / Math.max(canary, live));
  const fewest = Math.ceil(min / live);
  if (most < fewest) return undefined;
  const times = Math.min(most, Math.max(fewest, Math.ceil(max / (canary + live))));
  return { live: times * live, canary: times * canary };
}

/** The next lower and the next higher weight that can be had; fewer at the ends. */
export function nearestWeights(weight: number, bounds: { min: number; max: number }): number[] {
  const all = Array.from({ length: 99 }, (_, index) => index + 1).filter((one) => canaryPods(one, bounds) !== undefined);
  return [all.findLast((one) => one < weight), all.find((one) => one > weight)].filter((one) => one !== undefined);
}

/** The canary of a release; undefined while there is none, NGINX divides its traffic, or its weight can not be had. */
export function replicaCanary(args: { activeColor: Color; canaryBy?: "splits" | "replicas"; canaryWeight?: number; replicas: { min: number; max: number } }): ReplicaCanary | undefined {
  const { activeColor, canaryBy, canaryWeight: weight, replicas } = args;
  const pods = weight === undefined || canaryBy !== "replicas" ? undefined : canaryPods(weight, replicas);
  return weight === undefined || pods === undefined ? undefined : { color: otherColor(activeColor), weight, pods };
}

/** Text of the live Service's annotation: `green 25`. */
export function canaryText({ color, weight }: Pick<ReplicaCanary, "color" | "weight">): string {
  return `${color} ${weight}`;
}

/** The canary of such a text; undefined when it is none. */
export function canaryOf(text: string | undefined): Pick<ReplicaCanary, "color" | "weight"> | undefined {
  const [, name, weight] = /^(\w+) (\d+)$/.exec(text ?? "") ?? [];
  const color = COLORS.find((one) => one === name);
  return color === undefined ? undefined : { color, weight: Number(weight) };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
