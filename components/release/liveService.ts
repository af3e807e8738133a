/** The live Service: what NGINX sends traffic to, and what a flip changes. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { colorSelector, podLabels } from "../application/labels.ts";
import type { ReleaseArgs } from "./index.ts";
import { canaryText, replicaCanary } from "./canaryPods.ts";
import { guardingLive } from "./liveHook.ts";
import { CANARY_ANNOTATION, MANAGER, SERIAL_ANNOTATION } from "./names.ts";
import { bothColors, PORTS } from "./services.ts";

/** How its releases go, for commands and policies. */
export const STRATEGY_ANNOTATION = "golive.dev/strategy";

/**
 * Both are the official provider's (annotations reference): it does not wait 10 s for endpoints that the guard has
 * counted already, and it owns the fields under a name that a rollback in a hurry uses as well, so that neither meets a
 * conflict later.
 */
const APPLIED = { "pulumi.com/skipAwait": "true", "pulumi.com/patchFieldManager": MANAGER };

/**
 * While a canary by replicas lasts it takes the pods of both colors, and says so.
 *
 * @param ready what makes what it goes to ready; it waits for that, and never for the color that it leaves
 */
export function liveService(name: string, args: ReleaseArgs, ready: pulumi.Resource[], parent: pulumi.Resource): k8s.core.v1.Service {
  const canary = replicaCanary(args);
  const open: Record<string, string> = canary === undefined ? {} : { [CANARY_ANNOTATION]: canaryText(canary) };
  return new k8s.core.v1.Service(`${name}-live-service`, {
    metadata: {
      name: "app",
      namespace: args.application.namespace.name,
      labels: { ...podLabels(args), "app.kubernetes.io/instance": "app" },
      annotations: { ...APPLIED, [STRATEGY_ANNOTATION]: args.strategy, [SERIAL_ANNOTATION]: String(args.serial), ...open },
    },
    spec: { type: "ClusterIP", selector: canary === undefined ? colorSelector(args, args.activeColor) : bothColors(args), ports: PORTS },
  }, { parent, dependsOn: ready, hooks: guardingLive(name, args) });
}
