/** Whether the live Service may go to a color, by what the cluster says: not the plan, not the state. */
import { canaryReasons, type Wait } from "./canaryGuard.ts";
import { imageReasons, schemaReasons, staleReasons } from "./reasons.ts";
import type { ClusterReader, LiveService, Pods, Wanted } from "./seen.ts";

/**
 * Reasons against it, each with its mend; none when traffic may go there. Where the Service already names the color,
 * nothing moves, and only a stale configuration is refused: the state of a color that has the traffic is no reason
 * against leaving it there, and a rollback that has moved it already must come through. So must the end of a canary
 * that leaves all traffic with the live color.
 *
 * @param wait waits for pods of a canary that its autoscaler is about to make; without it they must be there
 */
export async function liveGuard(cluster: ClusterReader, wanted: Wanted, wait?: Wait): Promise<string[]> {
  const live = await cluster.liveService();
  const stale = staleReasons(live, wanted);
  const moved = live?.color === wanted.color ? [] : await flipReasons(cluster, live, wanted);
  const reasons = [...stale, ...moved];
  return [...reasons, ...await canaryReasons(cluster, live, wanted, reasons.length === 0 ? wait : undefined)];
}

async function flipReasons(cluster: ClusterReader, live: LiveService | undefined, wanted: Wanted): Promise<string[]> {
  const [pods, ready, carried, records, version] = await Promise.all([
    cluster.pods(wanted.color),
    cluster.readyEndpoints(`app-${wanted.color}`),
    // In a canary by replicas the pods of both are more than the traffic needs.
    live === undefined ? 0 : cluster.readyEndpoints(live.canary === undefined ? "app" : `app-${live.color}`),
    cluster.records(),
    cluster.schemaVersion(),
  ]);
  if (pods === undefined) return [`There is no Deployment app-${wanted.color}. Update once with activeColor as it was, with --refresh, so that it is made.`];
  return [...readinessReasons(wanted, live, pods, ready, carried), ...imageReasons(wanted, pods, records), ...schemaReasons(wanted, pods, version)];
}

function readinessReasons({ color }: Wanted, live: LiveService | undefined, pods: Pods, ready: number, carried: number): string[] {
  const name = `app-${color}`;
  if (pods.desired === 0) return [`Deployment ${name} is scaled to no pods at all. Scale it up (kubectl scale deployment ${name} --replicas 3), its autoscaler does the rest.`];
  if (!pods.isObserved || pods.updated < pods.desired || pods.available < pods.desired) {
    return [`Deployment ${name} is not ready: of ${pods.desired} pods ${pods.updated} are of its newest version and ${pods.available} available. Wait (kubectl rollout status deployment ${name}), or see why they do not start (kubectl describe pods -l color=${color}).`];
  }
  if (ready === 0) return [`Service ${name} has no ready endpoint, so nobody would answer. See what its selector and its pods say (kubectl get endpointslices -l kubernetes.io/service-name=${name}).`];
  if (ready < carried) {
    const found = `Service ${name} has ${ready} ready endpoint${ready === 1 ? "" : "s"}, and the traffic is now carried by ${carried}.`;
    if (live?.canary !== undefined) return [`${found} Go through a canary of 50 % before, or run the update again when its autoscaler has made more (kubectl get hpa ${name}).`];
    return [`${found} Set release.drainIdle to false, or app.replicas.min to ${carried}, update with activeColor as it was, and flip when they are ready.`];
  }
  return [];
}
