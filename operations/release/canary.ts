/**
 * A canary that is under way: the idle color has a share of the traffic, by NGINX's route past the live Service, or by
 * the live Service itself, which is open to both colors then (traffic.ts).
 */
import { ApiRefusal, type KubeObject } from "../cluster/api.ts";
import { ownedBy } from "../cluster/owned.ts";
import { UserError } from "../../sandbox/errors.ts";
import { type Color, LIVE_SERVICE, otherColor } from "./names.ts";
import type { Place } from "./stage.ts";
import type { Live } from "./traffic.ts";

export interface Canary {
  /** Share of the idle color, in percent, as NGINX's route says. */
  weight: number;
  route: KubeObject;
}

interface Split {
  weight: number;
  action?: { pass?: string; proxy?: { upstream?: string } };
}

interface Route {
  splits?: Split[];
}

/** The canary by which a route gives this color a share; nothing where it does not split, or there is none. */
export function canaryOf(route: KubeObject | undefined, idle: Color): Canary | undefined {
  if (route === undefined) return undefined;
  const weights = routesOf(route).flatMap(({ splits = [] }) => splits.filter((split) => upstreamOf(split) === `${LIVE_SERVICE}-${idle}`).map(({ weight }) => weight));
  const weight = Math.max(0, ...weights);
  return weight === 0 ? undefined : { weight, route };
}

/** @throws UserError while a canary is under way: what would change has users */
export async function demandNoCanary(place: Pick<Place, "api" | "namespace" | "stack" | "brief">, live: Live, what: string): Promise<void> {
  const idle = otherColor(live.color);
  const weight = live.canary?.weight ?? canaryOf(await routeOf(place), idle)?.weight ?? place.brief().canaryWeight;
  if (weight === undefined) return;
  const { stack } = place;
  throw new UserError(`${what} of stack "${stack}" has to wait: a canary gives ${weight} % of the traffic to ${idle}.`, `End it: ./golive flip ${stack} ${idle} makes ${idle} live, ./golive rollback ${stack} takes its share away.`);
}

/**
 * Takes the share away: all of it goes to the other color at once, by one request. Under the name of who has applied
 * the route, so that the next update, which takes the splits out of it, meets no conflict.
 */
export async function endCanary({ api, namespace }: Pick<Place, "api" | "namespace">, { route }: Canary, idle: Color): Promise<void> {
  const spec = { ...(route["spec"] as object), routes: routesOf(route).map((one) => withoutShare(one, idle)) };
  const manager = route.metadata.managedFields?.find(({ operation, fieldsV1 }) => operation === "Apply" && "f:routes" in Object(fieldsV1?.["f:spec"]))?.manager;
  const own = (manager === undefined ? undefined : ownedBy(route, manager)) as { metadata?: object; spec?: object } | undefined;
  const { resourceVersion } = route.metadata;
  if (manager === undefined || own === undefined) {
    await api.patch(placeOf(namespace), { metadata: { resourceVersion }, spec });
    return;
  }
  const metadata = { ...own.metadata, name: route.metadata.name, namespace, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  await api.apply(placeOf(namespace), { apiVersion: "k8s.nginx.org/v1", kind: "VirtualServer", metadata, spec: { ...own.spec, routes: spec.routes } }, manager);
}

function withoutShare(route: Route, idle: Color): Route {
  if (route.splits === undefined) return route;
  // Two splits, of which the weights sum to 100 (NGINX Ingress Controller, VirtualServer, "Split").
  return { ...route, splits: route.splits.map((split) => ({ ...split, weight: upstreamOf(split) === `${LIVE_SERVICE}-${idle}` ? 0 : 100 })) };
}

/**
 * NGINX's route to the application; nothing where there is no NGINX.
 *
 * @throws UserError when it may not be looked at, and the stack file says that it divides traffic
 */
export async function routeOf({ api, namespace, brief }: Pick<Place, "api" | "namespace" | "brief">): Promise<KubeObject | undefined> {
  try {
    return await api.get(placeOf(namespace));
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    const weight = brief().canaryWeight;
    if (weight === undefined) return undefined;
    throw new UserError(`A canary of ${weight} % is configured, and NGINX's route does not show what it does: ${error.message}`, "Ask for the right to get and patch virtualservers.k8s.nginx.org in this namespace, or end the canary by configuration: pulumi config rm --path golive:release.canary.weight && pulumi up", 1, { cause: error });
  }
}

function placeOf(namespace: string): string {
  return `/apis/k8s.nginx.org/v1/namespaces/${namespace}/virtualservers/${LIVE_SERVICE}`;
}

function routesOf(route: KubeObject): Route[] {
  return (route["spec"] as { routes?: Route[] } | undefined)?.routes ?? [];
}

function upstreamOf({ action }: Split): string | undefined {
  return action?.pass ?? action?.proxy?.upstream;
}
