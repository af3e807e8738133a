/** A canary: the idle color has a share of the traffic, by splits of NGINX between the fixed Services of the colors. */
import { otherColor } from "../application/labels.ts";
import type { CanaryRoute } from "../ingress/index.ts";
import type { ReleaseArgs } from "./index.ts";
import { guardingRoute } from "./liveHook.ts";

/**
 * The live Service stays as it is: what goes past NGINX stays with the live color, and the end of a canary is a flip
 * like any other. The guard looks at the idle color before it has its first users, as it does before a flip.
 */
export function canaryRoute(name: string, args: ReleaseArgs): CanaryRoute | undefined {
  const { activeColor, canaryBy, canaryWeight: weight } = args;
  if (weight === undefined || canaryBy === "replicas") return undefined;
  const idle = otherColor(activeColor);
  return {
    shares: [{ service: `app-${activeColor}`, weight: 100 - weight }, { service: `app-${idle}`, weight }],
    hooks: guardingRoute(name, args, idle),
  };
}
