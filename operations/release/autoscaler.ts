/** The numbers between which a color's autoscaler keeps its pods, changed past the engine as the engine would. */
import { ApiRefusal, type KubeObject } from "../cluster/api.ts";
import { ownedBy } from "../cluster/owned.ts";
import type { Color } from "./names.ts";
import type { Place } from "./stage.ts";

type Where = Pick<Place, "api" | "namespace">;

export interface Bounds {
  min: number;
  max: number;
}

/**
 * Lifts the bounds of a color that was drained, and asks for as many pods at once: the autoscaler itself looks every
 * quarter of a minute.
 *
 * @returns the bounds that it had; nothing where they are high enough already, or there is no autoscaler
 */
export async function lifted(where: Where, color: Color, { min, max }: Bounds): Promise<Bounds | undefined> {
  const found = await where.api.get(pathOf(where, color));
  if (found === undefined) return undefined;
  const before = boundsOf(found);
  if (before.min >= min && before.max >= max) return undefined;
  await bounded(where, color, found, { min: Math.max(min, before.min), max: Math.max(max, before.max) });
  await grown(where, color, min);
  return before;
}

/** Lets a color have fewer pods again than {@link lifted} has asked for; its autoscaler takes them away when they are not needed. */
export async function lowered(where: Where, color: Color, bounds: Bounds): Promise<void> {
  const found = await where.api.get(pathOf(where, color));
  if (found !== undefined) await bounded(where, color, found, bounds);
}

/** Nothing where there is no autoscaler. */
export async function boundsNow(where: Where, color: Color): Promise<Bounds | undefined> {
  const found = await where.api.get(pathOf(where, color));
  return found === undefined ? undefined : boundsOf(found);
}

async function bounded({ api, namespace }: Where, color: Color, found: KubeObject, { min, max }: Bounds): Promise<void> {
  const spec = { minReplicas: min, maxReplicas: max };
  const place = pathOf({ namespace }, color);
  const owner = ownerOf(found);
  // Under the name of who has applied it, and all that he has applied: his next update meets no conflict.
  if (owner === undefined) await api.patch(place, { spec });
  else await api.apply(place, { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", ...owner.own, metadata: { ...owner.own.metadata, name: found.metadata.name, namespace }, spec: { ...owner.own.spec, ...spec } }, owner.manager);
}

function boundsOf(found: KubeObject): Bounds {
  const { minReplicas = 1, maxReplicas } = found["spec"] as { minReplicas?: number; maxReplicas: number };
  return { min: minReplicas, max: maxReplicas };
}

function pathOf({ namespace }: Pick<Where, "namespace">, color: Color): string {
  return `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/app-${color}`;
}

/** Asks for as many pods at once. */
export async function grown({ api, namespace }: Where, color: Color, min: number): Promise<void> {
  const place = `/apis/apps/v1/namespaces/${namespace}/deployments/app-${color}/scale`;
  try {
    const { replicas = 0 } = ((await api.get(place))?.["spec"] ?? {}) as { replicas?: number };
    if (replicas < min) await api.patch(place, { spec: { replicas: min } });
  } catch (error) {
    // The autoscaler does it a little later.
    if (!(error instanceof ApiRefusal)) throw error;
  }
}

/** Who has applied the bounds, and what else: the provider's name has letters of its own. */
function ownerOf(object: KubeObject): { manager: string; own: { metadata?: object; spec?: object } } | undefined {
  const manager = object.metadata.managedFields?.find(({ operation, fieldsV1 }) => operation === "Apply" && "f:minReplicas" in Object(fieldsV1?.["f:spec"]))?.manager;
  const own = manager === undefined ? undefined : ownedBy(object, manager);
  return manager === undefined || own === undefined ? undefined : { manager, own };
}
