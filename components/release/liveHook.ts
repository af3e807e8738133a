/** Runs the guards before the engine moves traffic or changes pods that have it; previews never run them. */
import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Color } from "../application/labels.ts";
import { heldReasons, type Wait } from "./canaryGuard.ts";
import { replicaCanary } from "./canaryPods.ts";
import { liveGuard } from "./guard.ts";
import type { ReleaseArgs } from "./index.ts";
import { leaving, withLeft } from "./left.ts";
import { podsGuard, replaced, type WantedPods } from "./podsGuard.ts";
import type { Cluster, ClusterReader, Wanted } from "./seen.ts";

/** An autoscaler looks every 15 s (kube-controller-manager, --horizontal-pod-autoscaler-sync-period), then nodes may have to come and pods to start. */
const WAIT_SECONDS = 300;

/** Hooks of the live Service. What is refused stays as it is: the engine never asks the provider. */
export function guardingLive(name: string, args: ReleaseArgs): pulumi.ResourceHookBinding {
  const wanted = wantedLive(args);
  return hooks(`${name}-live-guard`, args, (cluster) => passLive(cluster, wanted, wanted.canary === undefined ? undefined : NO_CANARY, patience));
}

/** Hooks of the route by which NGINX gives a canary its share. */
export function guardingRoute(name: string, args: ReleaseArgs, idle: Color): pulumi.ResourceHookBinding {
  return hooks(`${name}-canary-guard`, args, (cluster) => admit(cluster, wantedOf(args, idle), NO_CANARY));
}

/** Hooks of a color's Deployment. */
export function guardingPods(name: string, args: ReleaseArgs, color: Color): pulumi.ResourceHookBinding {
  const wanted: WantedPods = { ...wantedOf(args, color), hasTraffic: color === args.activeColor || args.canaryWeight !== undefined };
  return hooks(`${name}-${color}-guard`, args, (cluster) => passPods(cluster, wanted));
}

/** Hooks of the live color's autoscaler while a canary by replicas holds it at a number. */
export function guardingScaler(name: string, args: ReleaseArgs): pulumi.ResourceHookBinding | undefined {
  const wanted = wantedLive(args);
  const { color, canary } = wanted;
  if (canary === undefined) return undefined;
  return hooks(`${name}-held-guard`, args, async (cluster) => {
    refuse(`app-${color} may not be held at ${canary.pods.live} pods`, await heldReasons(cluster, wanted, patience), await placeOf(cluster), NO_CANARY);
  });
}

const NO_CANARY = "pulumi config rm --path golive:release.canary.weight";

/** Lets the live Service become what is wanted, and notes what it leaves. @throws what `admit` throws */
export async function passLive(cluster: Cluster, wanted: Wanted, back?: string, wait?: Wait): Promise<void> {
  await admit(cluster, wanted, back, wait);
  await note(cluster, await leaving(await cluster.liveService(), wanted, async (color) => (await cluster.pods(color))?.image), wanted.serial);
}

/** Lets a color's pods get what is wanted, and notes what users had. @throws what `admitPods` throws */
export async function passPods(cluster: Cluster, wanted: WantedPods): Promise<void> {
  await admitPods(cluster, wanted);
  const [live, pods] = await Promise.all([cluster.liveService(), cluster.pods(wanted.color)]);
  await note(cluster, replaced(live, pods, wanted), wanted.serial);
}

/** @throws with all reasons and what to do, when the guard has any */
export async function admit(cluster: ClusterReader, wanted: Wanted, back?: string, wait?: Wait): Promise<void> {
  const reasons = await liveGuard(cluster, wanted, wait);
  const live = reasons.length === 0 ? undefined : (await cluster.liveService())?.color;
  const color = live === undefined || live === wanted.color ? undefined : `pulumi config set activeColor ${live}`;
  refuse(`traffic may not go to ${wanted.color}`, reasons, stays(live), back ?? color);
}

/** @throws with all reasons and what to do, when the guard of the pods has any */
export async function admitPods(cluster: ClusterReader, wanted: WantedPods): Promise<void> {
  const reasons = await podsGuard(cluster, wanted);
  if (reasons.length === 0) return;
  const image = (await cluster.pods(wanted.color))?.image;
  refuse(`app-${wanted.color} may not be changed`, reasons, await placeOf(cluster), image === undefined || image === wanted.image ? undefined : `pulumi config set --path golive:images.${wanted.color} ${image}`);
}

function refuse(what: string, reasons: readonly string[], unchanged: string, back: string | undefined): void {
  if (reasons.length === 0) return;
  throw new Error(`Release: ${what}. ${unchanged}.\n${reasons.map((reason) => `  - ${reason}`).join("\n")}${back === undefined ? "" : `\nOr put the configuration back: ${back}`}`);
}

async function placeOf(cluster: ClusterReader): Promise<string> {
  return stays((await cluster.liveService())?.color);
}

function stays(live: string | undefined): string {
  return live === undefined ? "There is no live Service yet" : `Traffic is unchanged, it goes to ${live}`;
}

/** What is left is noted before it is left; a move that then fails has left nothing that could not be had again. */
async function note(cluster: Cluster, left: readonly string[], serial: number): Promise<void> {
  const live = left.length === 0 ? undefined : await cluster.liveService();
  if (live === undefined) return;
  await cluster.remember(withLeft(live, serial, left)).catch((error: unknown) => {
    // Traffic does not wait for a note: without it a stale checkout of this number is not known as one.
    void pulumi.log.warn(error instanceof Error ? error.message : String(error));
  });
}

/** What the live Service is to be, with a canary by replicas. */
function wantedLive(args: ReleaseArgs): Wanted {
  const canary = replicaCanary(args);
  return { ...wantedOf(args, args.activeColor), ...(canary === undefined ? {} : { canary: { ...canary, image: args.colors[canary.color].image } }) };
}

function wantedOf({ colors, serial }: ReleaseArgs, color: Color): Wanted {
  return { color, image: colors[color].image, serial };
}

async function patience(isSo: () => Promise<boolean>): Promise<void> {
  for (let second = 0; second < WAIT_SECONDS; second++) {
    if (await isSo()) return;
    await delay(1000);
  }
}

function hooks(name: string, args: ReleaseArgs, look: (cluster: Cluster) => Promise<void>): pulumi.ResourceHookBinding {
  const hook = new pulumi.ResourceHook(name, async () => {
    const kubeconfig = await valueOf(args.kubeconfig);
    // Loaded when it is needed: the client's classes of all kinds take a second.
    const { clusterReader } = await import("./clusterReader.ts");
    await look(clusterReader(kubeconfig, args.application.namespace.plainName));
  });
  return { beforeCreate: [hook], beforeUpdate: [hook] };
}

/** In an update all outputs have their values when hooks run. */
function valueOf(output: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
