/** Whether the live Service may go to a color, by what the cluster says: not the plan, not the state. */
import type { Color } from "../application/labels.ts";
import { digestOf } from "./names.ts";
import { rangeOf } from "./schema.ts";

/** What the live Service is to become. */
export interface Wanted {
  color: Color;
  /** Image of that color, by digest. */
  image: string;
  serial: number;
}

/** The live Service as it is. */
export interface LiveService {
  /** Color of its selector, whatever wrote it there. */
  color: string | undefined;
  serial: number | undefined;
}

/** A color's Deployment as it is. */
export interface Pods {
  /** Image of the application's container. */
  image: string | undefined;
  /** Versions of the schema that it runs on, such as `12-15`. */
  schema: string | undefined;
  /** Pods that are wanted, have the newest template, and are available. */
  desired: number;
  updated: number;
  available: number;
  /** Whether the controller has seen the newest specification; until then the counts are of the one before. */
  isObserved: boolean;
}

/** What releases have left behind: the ConfigMap `app-releases`, which commands write. */
export interface Records {
  rejected: { digest: string; reason: string; at?: string }[];
}

/** Reads the application's namespace; all methods fail when the cluster does not answer. */
export interface ClusterReader {
  /** Undefined when there is none. */
  liveService(): Promise<LiveService | undefined>;
  pods(color: Color): Promise<Pods | undefined>;
  /** Ready endpoints of a Service of the namespace. */
  readyEndpoints(service: string): Promise<number>;
  records(): Promise<Records>;
  /** Version of the database's schema that the migrations have made, as far as the cluster knows. */
  schemaVersion(): Promise<number | undefined>;
}

/**
 * Reasons against it, each with its mend; none when traffic may go there. Where the Service already names the color,
 * nothing moves, and only a stale configuration is refused: the state of a color that has the traffic is no reason
 * against leaving it there, and a rollback that has moved it already must come through.
 */
export async function liveGuard(cluster: ClusterReader, wanted: Wanted): Promise<string[]> {
  const live = await cluster.liveService();
  const stale = staleReasons(live, wanted);
  if (live?.color === wanted.color) return stale;
  const [pods, ready, carried, records, version] = await Promise.all([
    cluster.pods(wanted.color),
    cluster.readyEndpoints(`app-${wanted.color}`),
    live === undefined ? 0 : cluster.readyEndpoints("app"),
    cluster.records(),
    cluster.schemaVersion(),
  ]);
  if (pods === undefined) return [...stale, `There is no Deployment app-${wanted.color}. Update once with activeColor as it was, with --refresh, so that it is made.`];
  return [...stale, ...readinessReasons(wanted, pods, ready, carried), ...imageReasons(wanted, pods, records), ...schemaReasons(wanted, pods, version)];
}

function staleReasons(live: LiveService | undefined, { serial }: Wanted): string[] {
  if (live?.serial === undefined || serial >= live.serial) return [];
  return [`The configuration is of release ${serial}, and the live Service was moved by release ${live.serial}: this checkout is stale. Bring it up to date, or set release.serial to ${live.serial} or more when it is really meant.`];
}

function readinessReasons({ color }: Wanted, pods: Pods, ready: number, carried: number): string[] {
  const name = `app-${color}`;
  if (pods.desired === 0) return [`Deployment ${name} is scaled to no pods at all. Scale it up (kubectl scale deployment ${name} --replicas 3), its autoscaler does the rest.`];
  if (!pods.isObserved || pods.updated < pods.desired || pods.available < pods.desired) {
    return [`Deployment ${name} is not ready: of ${pods.desired} pods ${pods.updated} are of its newest version and ${pods.available} available. Wait (kubectl rollout status deployment ${name}), or see why they do not start (kubectl describe pods -l color=${color}).`];
  }
  if (ready === 0) return [`Service ${name} has no ready endpoint, so nobody would answer. See what its selector and its pods say (kubectl get endpointslices -l kubernetes.io/service-name=${name}).`];
  if (ready < carried) {
    return [`Service ${name} has ${ready} ready endpoint${ready === 1 ? "" : "s"}, and the traffic is now carried by ${carried}. Set release.drainIdle to false, or app.replicas.min to ${carried}, update with activeColor as it was, and flip when they are ready.`];
  }
  return [];
}

function imageReasons({ color, image }: Wanted, pods: Pods, { rejected }: Records): string[] {
  const wrong = pods.image === image ? [] : [`Deployment app-${color} runs ${pods.image ?? "no image"}, and images.${color} is ${image}. Update once with activeColor as it was, with --refresh, so that it gets its image.`];
  const before = rejected.find(({ digest }) => digest === digestOf(image));
  if (before === undefined) return wrong;
  const when = before.at === undefined ? "" : ` on ${before.at}`;
  return [...wrong, `Image ${image} was rejected${when}: ${before.reason}. Release another image; if the reason is gone, remove the digest from data.rejected of ConfigMap app-releases.`];
}

function schemaReasons({ color }: Wanted, pods: Pods, version: number | undefined): string[] {
  const range = rangeOf(pods.schema);
  if (range === undefined || version === undefined || (version >= range.oldest && version <= range.newest)) return [];
  const mend = version > range.newest ? "Release an image that knows this version" : "Let the migrations of its image run (pulumi up with activeColor as it was)";
  return [`Color ${color} runs on versions ${range.oldest} to ${range.newest} of the database's schema, which is at ${version}. ${mend}, or correct release.schema.${color}.`];
}
