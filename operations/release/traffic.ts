/** The live Service: where traffic goes, and sending it elsewhere at once, past the engine. */
import type { Api, KubeObject } from "../cluster/api.ts";
import { ownedBy } from "../cluster/owned.ts";
import { UserError } from "../../sandbox/errors.ts";
import { type Color, isColor, LIVE_SERVICE, MANAGER, SERIAL_ANNOTATION } from "./names.ts";
import type { Stage } from "./stage.ts";

export interface Live {
  color: Color;
  /** Number of the release that moved it last; 0 where it says none. */
  serial: number;
  service: KubeObject;
}

/** @throws UserError when there is no live Service, or it names no color */
export async function readLive(api: Api, namespace: string): Promise<Live> {
  const service = await api.get(pathOf(namespace));
  if (service === undefined) throw new UserError(`There is no Service ${LIVE_SERVICE} in namespace ${namespace} of ${api.name}.`, "The stack has not been applied to this cluster, or this is another cluster: look at the context, and run `pulumi up` first.");
  const { color } = selectorOf(service);
  if (!isColor(color)) throw new UserError(`Service ${namespace}/${LIVE_SERVICE} names ${color === undefined ? "no color" : `the color ${JSON.stringify(color)}`}.`, "Somebody has changed it past the program. `pulumi up --refresh` puts it back.");
  return { color, serial: Number(service.metadata.annotations?.[SERIAL_ANNOTATION] ?? 0), service };
}

/** @throws UserError when configuration and cluster do not name the same color: then nobody knows which one is idle */
export function demandAgreement({ stack, config }: Stage, live: Live): void {
  if (live.color === config.activeColor) return;
  throw new UserError(`Pulumi.${stack}.yaml says that ${config.activeColor} is live, and traffic goes to ${live.color}.`, `A flip or rollback has not come to its end, or this checkout is stale. Bring the checkout up to date (git pull), or end it: ./golive flip ${stack} ${live.color}`);
}

/** Number of a release that comes after all that configuration and cluster know. */
export function nextSerial({ config }: Stage, live: Live): number {
  return Math.max(config.release.serial, live.serial) + 1;
}

/**
 * Sends traffic to a color, in one request: kube-proxy follows within a fraction of a second. Applies all that the
 * provider has applied of the Service, under the provider's own name, so that a later update meets no conflict.
 */
export async function moveTraffic(api: Api, namespace: string, live: Live, to: { color: Color; serial: number }): Promise<Live> {
  const target = await api.get(`${pathOf(namespace)}-${to.color}`);
  if (target === undefined) throw new UserError(`There is no Service ${LIVE_SERVICE}-${to.color} in namespace ${namespace}, so nobody knows which pods are ${to.color}.`, "Run `pulumi up`, which makes it.");
  const own = ownedBy(live.service, MANAGER) ?? declared(live.service);
  const metadata = own["metadata"] as Partial<KubeObject["metadata"]> | undefined;
  const service = await api.apply(pathOf(namespace), {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: LIVE_SERVICE, namespace, ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }), annotations: { ...metadata?.annotations, [SERIAL_ANNOTATION]: String(to.serial) } },
    // The color's own Service knows its pods by more than the color.
    spec: { ...(own["spec"] as object), selector: selectorOf(target) },
  }, MANAGER);
  return { color: to.color, serial: to.serial, service };
}

function pathOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/services/${LIVE_SERVICE}`;
}

/** What a person would have written of a Service that our manager has not applied. */
function declared({ metadata, spec }: KubeObject): Record<string, unknown> {
  const { type, ports } = spec as { type?: string; ports?: unknown };
  return { metadata: { labels: metadata.labels, annotations: metadata.annotations }, spec: { type, ports } };
}

function selectorOf({ spec }: KubeObject): Record<string, string> {
  return (spec as { selector?: Record<string, string> }).selector ?? {};
}
