/** Whether an image may come into pods that have traffic, or are to have it by the same update. */
import type { Color } from "../application/labels.ts";
import { served } from "./left.ts";
import { backReason, rejectedReasons, staleReasons } from "./reasons.ts";
import type { ClusterReader, LiveService, Pods } from "./seen.ts";

export interface WantedPods {
  color: Color;
  /** Image by digest. */
  image: string;
  serial: number;
  /** The configuration sends traffic to this color, all or a canary's share. */
  hasTraffic: boolean;
}

/**
 * Reasons against a change of a color's Deployment; none for a color without traffic, which a deployment is for. Where
 * the traffic is, configuration and cluster may disagree: either counts. An image that the pods run already is no
 * reason, whatever became of it: other changes of the color must come through.
 */
export async function podsGuard(cluster: ClusterReader, wanted: WantedPods): Promise<string[]> {
  const { color, image, serial } = wanted;
  const live = await cluster.liveService();
  if (!wanted.hasTraffic && !serves(live, color)) return [];
  const [pods, records] = await Promise.all([cluster.pods(color), cluster.records()]);
  const isOlder = live?.serial !== undefined && serial < live.serial ? staleReasons(live, wanted) : [];
  if (pods?.image === image) return isOlder;
  const isBack = live?.left?.includes(served(serial, color, image)) === true ? [backReason(serial)] : [];
  return [...isOlder, ...isBack, ...rejectedReasons(image, records)];
}

/** What is left when pods that all users meet get this image, under the number that the live Service has (left.ts). */
export function replaced(live: LiveService | undefined, pods: Pods | undefined, { color, image, serial }: WantedPods): string[] {
  if (live?.color !== color || live.serial !== serial || pods?.image === undefined || pods.image === image) return [];
  return [served(serial, color, pods.image)];
}

function serves(live: LiveService | undefined, color: Color): boolean {
  return live?.color === color || live?.canary?.color === color;
}
