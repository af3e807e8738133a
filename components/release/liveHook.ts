/** Runs the guard before the engine moves traffic, by the live Service or by a canary; previews never run it. */
import * as pulumi from "@pulumi/pulumi";
import type { Color } from "../application/labels.ts";
import { liveGuard, type ClusterReader, type Wanted } from "./guard.ts";
import type { ReleaseArgs } from "./index.ts";

/**
 * Hooks for what sends traffic to a color. What is refused stays as it is: the engine never asks the provider.
 *
 * @param back command that puts the configuration back, where that is not the color
 */
export function guarding(name: string, args: ReleaseArgs, color: Color, back?: string): pulumi.ResourceHookBinding {
  const wanted: Wanted = { color, image: args.colors[color].image, serial: args.serial };
  const hook = new pulumi.ResourceHook(`${name}-guard`, async () => {
    const kubeconfig = await valueOf(args.kubeconfig);
    // Loaded when it is needed: the client's classes of all kinds take a second.
    const { clusterReader } = await import("./clusterReader.ts");
    await admit(clusterReader(kubeconfig, args.application.namespace.plainName), wanted, back);
  });
  return { beforeCreate: [hook], beforeUpdate: [hook] };
}

/** @throws with all reasons and what to do, when the guard has any */
export async function admit(cluster: ClusterReader, wanted: Wanted, back?: string): Promise<void> {
  const reasons = await liveGuard(cluster, wanted);
  if (reasons.length === 0) return;
  const live = (await cluster.liveService())?.color;
  const stays = live === undefined ? "There is no live Service yet" : `Traffic is unchanged, it goes to ${live}`;
  const command = back ?? (live === undefined || live === wanted.color ? undefined : `pulumi config set activeColor ${live}`);
  throw new Error(`Release: traffic may not go to ${wanted.color}. ${stays}.\n${reasons.map((reason) => `  - ${reason}`).join("\n")}${command === undefined ? "" : `\nOr put the configuration back: ${command}`}`);
}

/** In an update all outputs have their values when hooks run. */
function valueOf(output: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
