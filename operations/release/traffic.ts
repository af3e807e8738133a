/** The live Service: where traffic goes, and sending it elsewhere at once, past the engine. */
import { type Api, ApiRefusal, type KubeObject } from "../cluster/api.ts";
import { ownedBy } from "../cluster/owned.ts";
import { UserError } from "../../sandbox/errors.ts";
import { CANARY_ANNOTATION, type Color, isColor, LIVE_SERVICE, MANAGER, otherColor, replicaCanaryOf, SERIAL_ANNOTATION } from "./names.ts";
import type { Stage } from "./stage.ts";

export interface Live {
  color: Color;
  /** A canary by replicas: the Service is open to this color as well, which gets this share, in percent. */
  canary?: { color: Color; weight: number };
  /** Number of the release that moved it last; 0 where it says none. */
  serial: number;
  service: KubeObject;
}

/** @throws UserError when there is no live Service, or it names no color */
export async function readLive(api: Api, namespace: string): Promise<Live> {
  const service = await api.get(pathOf(namespace));
  if (service === undefined) throw new UserError(`There is no Service ${LIVE_SERVICE} in namespace ${namespace} of ${api.name}.`, "The stack has not been applied to this cluster, or this is another cluster: look at the context, and run `pulumi up` first.");
  const { annotations = {} } = service.metadata;
  const serial = Number(annotations[SERIAL_ANNOTATION] ?? 0);
  const { color } = selectorOf(service);
  // A selector of one color is no canary, whatever an annotation has been left to say.
  const canary = color === undefined ? replicaCanaryOf(annotations[CANARY_ANNOTATION]) : undefined;
  if (canary !== undefined) return { color: otherColor(canary.color), canary, serial, service };
  if (!isColor(color)) throw new UserError(`Service ${namespace}/${LIVE_SERVICE} names ${color === undefined ? "no color" : `the color ${JSON.stringify(color)}`}.`, "Somebody has changed it past the program. `pulumi up --refresh` puts it back.");
  return { color, serial, service };
}

/** @throws UserError when configuration and cluster do not name the same color: then nobody knows which one is idle */
export function demandAgreement({ stack, config }: Stage, live: Live): void {
  if (live.color === config.activeColor) return;
  throw new UserError(`Pulumi.${stack}.yaml says that ${config.activeColor} is live, and traffic goes to ${live.color}.`, `A flip or rollback has not come to its end, or this checkout is stale. Bring the checkout up to date (git pull), or end it: ./golive flip ${stack} ${live.color}`);
}

/** @throws UserError when the cluster has seen a later release than this checkout: what it would apply is of before */
export function demandNewest({ stack, config }: Stage, live: Live): void {
  if (config.release.serial >= live.serial) return;
  throw new UserError(`Pulumi.${stack}.yaml is of release ${config.release.serial}, and the live Service was moved by release ${live.serial}: this checkout is stale.`, `Bring it up to date (git pull). When it is really meant: pulumi config set --path golive:release.serial ${live.serial} --stack ${stack}`);
}

/** A question may have been open for long. @throws UserError when what was planned is no answer to what is now */
export async function demandAsSeen({ api, namespace, stack }: Stage, seen: Live): Promise<void> {
  const now = await readLive(api, namespace);
  if (now.color === seen.color && now.serial === seen.serial) return;
  throw new UserError(`Traffic goes to ${now.color} by release ${now.serial} now: somebody else has released meanwhile, and nothing was changed.`, `Bring the checkout up to date, and look: ./golive status ${stack}`);
}

/** Number of a release that comes after all that configuration and cluster know. */
export function nextSerial(serial: number, live: Live): number {
  return Math.max(serial, live.serial) + 1;
}

/** Others change the Service too, one at a time. */
const ATTEMPTS = 20;

/**
 * Sends traffic to a color, in one request: kube-proxy follows within a fraction of a second. Applies all that the
 * provider has applied of the Service, under the provider's own name, so that a later update meets no conflict. A canary
 * by replicas ends by it, also where the color is the live one. The
 * Service must be as it was seen: its number never falls, and nobody's move is undone unseen.
 *
 * @throws UserError when somebody else has moved traffic since it was read; then it is where he sent it
 */
export async function moveTraffic(api: Api, namespace: string, live: Live, to: { color: Color; serial: number }): Promise<Live> {
  const target = await api.get(`${pathOf(namespace)}-${to.color}`);
  if (target === undefined) throw new UserError(`There is no Service ${LIVE_SERVICE}-${to.color} in namespace ${namespace}, so nobody knows which pods are ${to.color}.`, "Run `pulumi up`, which makes it.");
  // The color's own Service knows its pods by more than the color.
  const selector = selectorOf(target);
  let [seen, { serial }] = [live, to];
  for (let attempt = 1; ; attempt++) {
    try {
      const service = await api.apply(pathOf(namespace), moved(seen.service, namespace, selector, serial), MANAGER);
      return { color: to.color, serial, service };
    } catch (error) {
      if (!(error instanceof ApiRefusal && error.status === 409) || attempt === ATTEMPTS) throw error;
      const now = await readLive(api, namespace);
      // Our own request, of which only the answer was lost.
      if (now.color === to.color && now.canary === undefined && now.serial >= serial) return now;
      if (now.color !== live.color) throw new UserError(`Traffic goes to ${now.color} since release ${now.serial}: somebody else has moved it meanwhile.`, "See what is meant, then run the command again.", 1, { cause: error });
      seen = now;
      serial = nextSerial(serial - 1, now);
    }
  }
}

function moved(service: KubeObject, namespace: string, selector: Record<string, string>, serial: number): KubeObject {
  const own = ownedBy(service, MANAGER) ?? declared(service);
  const metadata = own["metadata"] as Partial<KubeObject["metadata"]> | undefined;
  const { resourceVersion } = service.metadata;
  // A Service of one color is open to no canary.
  const { [CANARY_ANNOTATION]: _, ...annotations } = metadata?.annotations ?? {};
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: LIVE_SERVICE, namespace,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      annotations: { ...annotations, [SERIAL_ANNOTATION]: String(serial) },
    },
    spec: { ...(own["spec"] as object), selector },
  };
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
