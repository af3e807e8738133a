/** Moves traffic to a color through configuration and engine, past every guard; watches it; moves it back when it turns bad. */
import { UserError } from "../../sandbox/errors.ts";
import { judgedUp } from "../gate/gatedUp.ts";
import { confirmed } from "./ask.ts";
import { canaryOf, routeOf } from "./canary.ts";
import { canarySteps } from "./canarySteps.ts";
import { colorState } from "./colors.ts";
import { changeConfig, type Changes } from "./configFile.ts";
import { budgetOf, verify } from "./gates.ts";
import { clusterChange } from "./identity.ts";
import { AUTOSCALER_RESOURCE, type Color, digestOf, LIVE_RESOURCE, LIVE_TARGET, otherColor, ROUTE_RESOURCE } from "./names.ts";
import { releasePlan } from "./plan.ts";
import { changeRecords, eventOf, isProven, lastMove, readRecords, type Records, type ReleaseEvent, withEvent } from "./records.ts";
import { rollback } from "./rollback.ts";
import { Room } from "./room.ts";
import { demandSeen } from "./signals.ts";
import type { Silences } from "./silences.ts";
import { openJudged, type Stage } from "./stage.ts";
import { stateInLine } from "./state.ts";
import { demandAsSeen, demandNewest, type Live, nextSerial, readLive } from "./traffic.ts";
import { inTurn } from "./turn.ts";

export interface FlipOptions {
  yes: boolean;
  /** Made when traffic is about to move. */
  silences?: Silences;
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Run again after a kill it does what was left: it moves traffic, or only records and watches.
 *
 * @throws UserError when it is refused, by plan, policies or guard: traffic is as it was, and so is the configuration;
 * or when the color turned bad afterwards: traffic is back by then
 */
export function flip(stage: Stage, to: Color, options: FlipOptions): Promise<void> {
  return inTurn(stage, (now) => flipped(now, to, options));
}

async function flipped(stage: Stage, to: Color, options: FlipOptions): Promise<void> {
  const { config, api, namespace } = stage;
  const [live, records] = await Promise.all([readLive(api, namespace), readRecords(api, namespace)]);
  if (live.color === to && config.activeColor === to) return finished(stage, to, live, records, options);
  if (live.color === to) return moved(stage, to, live, options);
  demandNewest(stage, live);
  demandNotRejected(stage, to, records);
  demandFullSize(stage, to);
  demandPassed(stage, to, records);
  await demandSeen(stage, to, budgetOf(stage), options);
  if (config.release.strategy !== "canary") return moved(stage, to, live, options);
  const stepped = await canarySteps(stage, to, options);
  // Who has agreed to the steps has agreed to their end.
  return moved(stepped, to, await readLive(api, namespace), { ...options, yes: true });
}

/** Configuration and cluster say that it is live. */
async function finished(stage: Stage, to: Color, live: Live, records: Records, options: FlipOptions): Promise<void> {
  if (isFinished(records, to)) {
    options.say(`Traffic of stack "${stage.stack}" goes to ${to} already; nothing to do.`);
    return;
  }
  options.say(`Traffic goes to ${to} already, by a flip that nobody has watched to its end.`);
  await stateInLine(stage, [LIVE_TARGET], options);
  await recordedAndWatched(stage, to, live.serial, options);
}

/** A command that was killed may have left configuration and traffic apart: this one brings both to where it is told. */
async function moved(stage: Stage, to: Color, live: Live, options: FlipOptions): Promise<void> {
  const serial = nextSerial(stage.config.release.serial, live);
  await using room = new Room(stage, options);
  const late = await applied(stage, to, serial, live, room, options);
  options.say(`Traffic goes to ${to}.`);
  await recordedAndWatched(stage, to, serial, options);
  if (late !== undefined) throw late;
}

async function recordedAndWatched(stage: Stage, to: Color, serial: number, options: FlipOptions): Promise<void> {
  const { image } = await colorState(stage.api, stage.namespace, to);
  const event = eventOf({ action: "flip", color: to, ...(image === undefined ? {} : { image }), serial });
  await noted(stage, (all) => withEvent(all, event), options);
  await watched(stage, to, event, options);
}

/** Whether the color is live by a flip that was watched to its end, or by a rollback; or has always been. */
function isFinished(records: Records, color: Color): boolean {
  const last = records.history.findLast((event) => event.color === color && event.action !== "drain");
  return last === undefined || last.action === "rollback" || last.verified === true;
}

/** @throws UserError when nobody has put the color's image through its gates: a deployment that was killed, or one by configuration alone */
function demandPassed({ stack, config: { images } }: Stage, to: Color, records: Records): void {
  const image = images[to];
  if (image === undefined || image === images[otherColor(to)]) return;
  if (isProven(records, image)) return;
  throw new UserError(`${image}, the image of ${to}, has never passed its gates.`, `Put it through them: ./golive deploy ${stack} --image ${image}`);
}

/** @throws UserError when the color was drained: one pod has no room for all users */
function demandFullSize({ stack, config }: Stage, to: Color): void {
  if (!config.release.drainIdle) return;
  throw new UserError(`${to} is drained: release.drainIdle is true.`, `Bring it back to full size, with its image: ./golive deploy ${stack} --image ${config.images[to] ?? config.images[otherColor(to)] ?? "…"}`);
}

/** The guard says the same, at the end of a whole plan. @throws UserError when the color's image was rejected */
function demandNotRejected({ stack, config: { images } }: Stage, to: Color, { rejected }: Records): void {
  const image = images[to];
  const before = image === undefined ? undefined : rejected.find(({ digest }) => digest === digestOf(image));
  if (before === undefined) return;
  throw new UserError(`${image ?? ""}, the image of ${to}, was rejected${before.at === undefined ? "" : ` on ${before.at}`}: ${before.reason}`, `Release another one: ./golive deploy ${stack} --image … If the reason is gone, remove the digest from data.rejected of ConfigMap app-releases.`);
}

/** What can not be written down must be watched all the same. */
async function noted({ api, namespace, labels }: Stage, change: (records: Records) => Records, { say }: FlipOptions): Promise<void> {
  await changeRecords(api, namespace, labels, change).catch((error: unknown) => say(`The flip could not be recorded: ${error instanceof Error ? error.message : String(error)}`));
}

async function watched(stage: Stage, to: Color, event: ReleaseEvent, options: FlipOptions): Promise<void> {
  const { stack, config, api, namespace } = stage;
  const trouble = await verify(stage, to, config.release.verifySeconds, options).catch((error: unknown) => {
    options.say(`Traffic goes to ${to}, and nobody watches it. To watch it: ./golive flip ${stack} ${to}. Back: ./golive rollback ${stack}`);
    throw error;
  });
  const now = await readLive(api, namespace).catch(() => undefined);
  if (now !== undefined && now.color !== to) {
    const last = await readRecords(api, namespace).then(lastMove, () => undefined);
    throw new UserError(`Traffic went back to ${now.color} while ${to} was watched${last?.action === "rollback" ? `: ${last.reason ?? "rolled back"} (${last.by})` : ""}.`, `Look: ./golive status ${stack}`);
  }
  if (trouble === undefined) {
    await noted(stage, (all) => ({ ...withEvent(all, event), history: withEvent(all, event).history.map((one) => (one.id === event.id ? { ...one, verified: true } : one)) }), options);
    options.say(`${to} is well. The other color stays warm for ${config.release.rollbackWindowSeconds} s at least: ./golive rollback ${stack}. Commit Pulumi.${stack}.yaml.`);
    return;
  }
  options.say(`${to} turned bad: ${trouble}. Rolling back.`);
  await rollback(stage, { to: otherColor(to), reason: trouble, yes: true, progress: options.progress, say: options.say });
  throw new UserError(`${to} turned bad after the flip: ${trouble}. Traffic is back on ${otherColor(to)}, and the image is rejected.`, `Look at what it logged: kubectl logs -n ${namespace} -l color=${to} --tail 100`);
}

/** @returns what went wrong after traffic had moved; then it must be watched all the same */
async function applied(stage: Stage, to: Color, serial: number, live: Live, room: Room, options: FlipOptions): Promise<Error | undefined> {
  const { stack, api, namespace, folder } = stage;
  // The end of a canary is a flip with its share taken away; by replicas, autoscalers move freely again.
  const isCanary = live.color !== to && (live.canary !== undefined || stage.config.release.canary.weight !== undefined || canaryOf(await routeOf(stage), to) !== undefined);
  const changes: Changes = [
    { path: ["golive:activeColor"], value: to },
    { path: ["golive:release", "serial"], value: serial },
    ...(await clusterChange(api)),
    ...(isCanary ? [{ path: ["golive:release", "canary", "weight"], value: undefined }] : []),
  ];
  await using engine = await openJudged(stage, { progress: options.progress, signal: options.signal, changes });
  const plan = () => releasePlan(engine, `A flip to ${to}`, { ...options, live, allowed: (name) => LIVE_RESOURCE.test(name) || (live.canary !== undefined && AUTOSCALER_RESOURCE.test(name)), ...(isCanary ? { following: ROUTE_RESOURCE } : {}) });
  let planned = await plan();
  if (planned.length === 0) {
    // The state is of before a rollback that could not bring it in line: the cluster is right.
    await engine.sandbox.refresh({ target: [LIVE_TARGET], signal: options.signal });
    planned = await plan();
  }
  if (planned.length === 0 && live.color !== to) throw new UserError(`The plan of a flip to ${to} is empty: the state says that the live Service names it already.`, `Look: ./golive status ${stack}`);
  for (const change of planned) options.say(change);
  await confirmed(`Send the traffic of stack "${stack}" to ${to}?`, options);
  options.silences?.cover("flip", to);
  if (live.color !== to && live.canary === undefined) await room.make(to);
  await demandAsSeen(stage, live);
  const restore = await changeConfig(folder, stack, changes);
  try {
    options.progress("moving traffic");
    await judgedUp(engine, { signal: options.signal });
    return undefined;
  } catch (error) {
    // When the engine was killed or failed late, traffic may have moved all the same: the cluster is asked.
    const now = await readLive(api, namespace).catch(() => undefined);
    if (now?.color === to && options.signal?.aborted !== true) {
      const late = error instanceof Error ? error : new Error(String(error));
      options.say(`The update has failed after traffic had moved: ${late.message}`);
      return late;
    }
    if (now?.color === to) options.say(`Traffic goes to ${to}, and nobody watches it. To watch it: ./golive flip ${stack} ${to}. Back: ./golive rollback ${stack}`);
    else if ((await restore()) === "changed by somebody else") options.say(`Pulumi.${stack}.yaml was changed by somebody else meanwhile and is left as it is: see that activeColor is ${now?.color ?? "what is live"}.`);
    if (now === undefined) options.say(`Nobody could see where traffic goes now. When the cluster answers again: ./golive status ${stack}`);
    throw error;
  }
}
