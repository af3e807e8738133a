/** One color: pods with configuration, autoscaler, disruption budget, and a Service that always means this color. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Color } from "../application/labels.ts";
import { autoscaler, disruptionBudget } from "./availability.ts";
import { configMap } from "./configMap.ts";
import { deployment } from "./deployment.ts";
import type { ColorRelease, ReleaseArgs } from "./index.ts";
import { colorService } from "./services.ts";

/** The release's arguments as one color sees them. */
export interface ColorArgs extends ReleaseArgs {
  color: Color;
  image: string;
  schema: ColorRelease["schema"];
  /** Kept at one pod. */
  isDrained: boolean;
  /** Kept at a number of pods by a canary, when what is said here is there and the hooks agree. */
  held?: { pods: number; after?: pulumi.Resource[]; hooks?: pulumi.ResourceHookBinding };
  /** Labels of the application's pods without the color. */
  labels: Record<string, string>;
  /** Name of the namespace. */
  namespace: pulumi.Output<string>;
  /** What its pods wait for. */
  after: pulumi.Resource[];
}

export interface DeclaredColor {
  pods: k8s.apps.v1.Deployment;
  /** What traffic to this color waits for. */
  ready: pulumi.Resource[];
}

export function declareColor(name: string, args: ColorArgs, parent: pulumi.Resource): DeclaredColor {
  const config = configMap(name, args, parent);
  const pods = deployment(name, args, config, parent);
  // A color is drained when traffic has left it, so its autoscaler waits for the same as its pods.
  const scaler = autoscaler(name, args, pods, parent);
  disruptionBudget(name, args, parent);
  const service = colorService(name, args, parent);
  return { pods, ready: [pods, scaler, service] };
}
