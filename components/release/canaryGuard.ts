/** Whether a canary by replicas may begin or change, by what the cluster says. */
import type { Color } from "../application/labels.ts";
import type { ReplicaCanary } from "./canaryPods.ts";
import { isSameCanary } from "./left.ts";
import { imageReasons, schemaReasons } from "./reasons.ts";
import type { ClusterReader, LiveService, Wanted } from "./seen.ts";

/** Waits until something is so, or for as long as one may; then what is so is looked at. */
export type Wait = (isSo: () => Promise<boolean>) => Promise<void>;

/**
 * Reasons against opening the live Service to both colors: the canary's image, its schema, and the pods of each, which
 * must be exactly as many as divide the traffic by the weight. None where it is open like that already, or closes.
 */
export async function canaryReasons(cluster: ClusterReader, live: LiveService | undefined, wanted: Wanted, wait: Wait = () => Promise.resolve()): Promise<string[]> {
  const { color, canary } = wanted;
  if (canary === undefined || isSameCanary(live, wanted)) return [];
  const [pods, records, version] = await Promise.all([cluster.pods(canary.color), cluster.records(), cluster.schemaVersion()]);
  if (pods === undefined) return [`There is no Deployment app-${canary.color}. Update once without release.canary.weight, with --refresh, so that it is made.`];
  const bad = [...imageReasons(canary, pods, records), ...schemaReasons(canary, pods, version)];
  // Pods are not waited for that may not have traffic in any case.
  if (bad.length > 0) return bad;
  const numbers: [Color, number][] = [[canary.color, canary.pods.canary], [color, canary.pods.live]];
  await wait(async () => (await Promise.all(numbers.map(([one, count]) => countReasons(cluster, one, count, canary)))).flat().length === 0);
  return (await Promise.all(numbers.map(([one, count]) => countReasons(cluster, one, count, canary)))).flat();
}

/**
 * Reasons against holding the live color at its number for a canary. It comes after the canary's own pods, so that a
 * share is made by adding before it is made by taking away; and while it has all the traffic, nothing is taken from it.
 */
export async function heldReasons(cluster: ClusterReader, { color, canary }: Wanted, wait: Wait = () => Promise.resolve()): Promise<string[]> {
  const live = await cluster.liveService();
  if (canary === undefined || live === undefined) return [];
  if (live.canary === undefined && live.color === color) {
    const carried = await cluster.readyEndpoints("app");
    if (carried > canary.pods.live) return [`The traffic is now carried by ${carried} pods, and in a canary of ${canary.weight} % ${color} has ${canary.pods.live}. Begin with a smaller share, at a calmer time, or raise app.replicas.max.`];
  }
  await wait(async () => (await countReasons(cluster, canary.color, canary.pods.canary, canary)).length === 0);
  return countReasons(cluster, canary.color, canary.pods.canary, canary);
}

async function countReasons(cluster: ClusterReader, color: Color, count: number, { weight }: Pick<ReplicaCanary, "weight">): Promise<string[]> {
  const name = `app-${color}`;
  const [pods, ready] = await Promise.all([cluster.pods(color), cluster.readyEndpoints(name)]);
  const { isObserved = false, desired = 0, updated = 0, available = 0 } = pods ?? {};
  if (isObserved && [desired, updated, available, ready].every((one) => one === count)) return [];
  return [`For a canary of ${weight} % ${name} must have exactly ${count} pod${count === 1 ? "" : "s"}: ${desired} are wanted, ${updated} of the newest version, ${available} available, ${ready} ready endpoints. See what its autoscaler and its pods say (kubectl describe hpa ${name}; kubectl describe pods -l color=${color}), then run the update again.`];
}
