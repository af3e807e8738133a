/**
 * Sends traffic back. Traffic first, by one request to the API server, which needs neither the engine, its lock, a
 * policy pack nor the failing color; then what must agree with it: records, autoscaler, configuration, state.
 */
import { ApiRefusal } from "../cluster/api.ts";
import { UserError } from "../../sandbox/errors.ts";
import { confirmed } from "./ask.ts";
import { lifted } from "./autoscaler.ts";
import { bookkeeping, type Bookkeeping } from "./bookkeeping.ts";
import { canaryOf, endCanary, routeOf } from "./canary.ts";
import { changeConfig } from "./configFile.ts";
import { colorState, type ColorState } from "./colors.ts";
import { autoscalerTarget, type Color, digestOf, LEFT_ANNOTATION, leftOf, LIVE_TARGET, otherColor, ROUTE_TARGET, served } from "./names.ts";
import { changeRecords, eventOf, hadUsers, lastMove, readRecords, type Records, type ReleaseEvent, withEvent, withRejection } from "./records.ts";
import type { Silences } from "./silences.ts";
import type { Place } from "./stage.ts";
import { stateInLine } from "./state.ts";
import { type Live, moveTraffic, nextSerial, readLive } from "./traffic.ts";

export interface RollbackOptions {
  /** Color to go back to; without, the one that was live before the last flip. */
  to?: Color;
  reason: string;
  yes: boolean;
  /** Leave the state to the next update. */
  skipState?: boolean;
  /** Made when traffic has moved, which waits for nothing. */
  silences?: Silences;
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Run twice it goes back once: a second run, after a kill or by a second operator, brings the rest in line. While a
 * canary is under way it is the canary that ends: all traffic goes to the live color.
 *
 * @throws UserError when there is nowhere to go back to; then traffic is as it was. When something that must agree with
 * it could not be done, all the rest is, and the message names it. Of the state alone it says so and does not throw.
 */
export async function rollback(place: Place, options: RollbackOptions): Promise<void> {
  const { api, namespace } = place;
  const [live, records, route] = await Promise.all([readLive(api, namespace), readableRecords(place, options), routeOf(place)]);
  const last = lastMove(records);
  const canary = canaryOf(route, otherColor(live.color));
  if (canary !== undefined || live.canary !== undefined) return withoutCanary(place, live, canary?.weight ?? live.canary?.weight ?? 0, options);
  const to = options.to ?? (await isBack(place, live, last) ? live.color : otherColor(live.color));
  const books = bookkeeping(options);
  let { serial } = live;
  if (to === live.color) options.say(`Traffic goes to ${to} already${last?.action === "rollback" && last.color === to ? `: rolled back at ${last.at} by ${last.by}` : ""}.`);
  else serial = await goBack(place, live, to, records, books, options);
  const isLifted = await books.tried(`autoscaler app-${to}`, () => atFullSize(place, to, options));
  await books.tried(`Pulumi.${place.stack}.yaml (activeColor ${to}, release.serial ${serial})`, () => written(place, to, serial, isLifted === true, options));
  if (options.skipState !== true) await stateInLine(place, isLifted === true ? [LIVE_TARGET, autoscalerTarget(to)] : [LIVE_TARGET], options);
  books.close(`Traffic goes to ${to}`);
}

/** Whether the last that was done was a rollback, with nothing released on its color since: a rolling release changes the live one. */
async function isBack({ api, namespace }: Place, live: Live, last: ReleaseEvent | undefined): Promise<boolean> {
  if (last?.action !== "rollback" || last.color !== live.color) return false;
  const { image } = await colorState(api, namespace, live.color);
  return image === undefined || last.image === undefined || image === last.image;
}

/** Records that nobody can read must not keep traffic where it is. */
async function readableRecords({ api, namespace }: Place, { say }: RollbackOptions): Promise<Records> {
  try {
    return await readRecords(api, namespace);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`${error.message} Rolling back without them.`);
    return { rejected: [], history: [] };
  }
}

/** @returns the number under which traffic went there */
async function goBack(place: Place, seen: Live, to: Color, records: Records, books: Bookkeeping, options: RollbackOptions): Promise<number> {
  const { stack, api, namespace, labels } = place;
  const [target, failing] = await Promise.all([colorState(api, namespace, to), colorState(api, namespace, seen.color)]);
  demandSomewhere(place, seen, target, records);
  await confirmed(`Send the traffic of stack "${stack}" to ${to} (${target.ready} ready, ${target.image ?? "no image"})?`, options);
  // A question may have been open for long: what was seen before it may be over.
  const live = options.yes ? seen : await readLive(api, namespace);
  if (live.color !== seen.color) throw new UserError(`Traffic goes to ${live.color} since release ${live.serial}: somebody else has moved it meanwhile.`, `Look: ./golive status ${stack}`);
  if (!options.yes) demandSomewhere(place, live, await colorState(api, namespace, to), await readableRecords(place, options));
  const serial = nextSerial(place.brief().serial, live);
  const event = eventOf({ action: "rollback", color: to, ...(target.image === undefined ? {} : { image: target.image }), serial, reason: options.reason });
  const record = () => changeRecords(api, namespace, labels, (all) => withEvent(withoutFailing(all, failing, target, options.reason), event));
  // Before traffic, in two short requests: whoever finds this command killed must know that it was one back, and not forth.
  const isNoted = await record().then(() => true, () => false);
  const moved = await moveTraffic(api, namespace, live, { color: to, serial });
  options.silences?.cover("rollback", to);
  options.say(`Traffic goes to ${to}.`);
  if (!isNoted) await books.tried("the record of the rollback", record);
  return moved.serial;
}

/** @throws UserError when nobody would answer there, or it would be a release nobody has looked at */
function demandSomewhere({ stack, namespace }: Place, live: Live, target: ColorState, records: Records): void {
  const to = target.color;
  const elsewhere = `Release an image that works: ./golive deploy ${stack} --image …`;
  const nowhere = (why: string, mend: string): never => {
    throw new UserError(`There is nowhere to go back to: ${to} ${why}, and ${live.color} is left live.`, mend);
  };
  if (target.ready === 0) nowhere("has no ready endpoint", `See why (kubectl describe pods -n ${namespace} -l color=${to}). ${elsewhere}`);
  const before = records.rejected.find(({ digest }) => target.image !== undefined && digest === digestOf(target.image));
  if (before !== undefined) nowhere(`runs an image that was rejected (${before.reason})`, elsewhere);
  if (!hadUsers(records, to) && !isLeft(live, target)) nowhere("has a new image that was never live", `If ${to} is what you want: ./golive flip ${stack} ${to}. Otherwise: ${elsewhere}`);
}

/** Whether the guard has noted that traffic left it: by configuration alone, of which there is no record. */
function isLeft({ serial, service }: Live, { color, image }: ColorState): boolean {
  return image !== undefined && leftOf(service.metadata.annotations?.[LEFT_ANNOTATION]).includes(served(serial, color, image));
}

/** The image that loses the traffic is rejected, unless the other color runs it as well. */
function withoutFailing(all: Records, failing: ColorState, target: ColorState, reason: string): Records {
  if (failing.image === undefined || failing.image === target.image) return all;
  return withRejection(all, { digest: digestOf(failing.image), reason, at: new Date().toISOString() });
}

/** A color that was drained has all users now. @returns whether it was */
async function atFullSize(place: Place, to: Color, { say }: RollbackOptions): Promise<boolean> {
  const { replicas, drainIdle } = place.brief();
  const before = replicas === undefined ? undefined : await lifted(place, to, replicas);
  if (before !== undefined) say(`${to} was drained: its autoscaler keeps ${replicas?.min ?? ""} to ${replicas?.max ?? ""} pods again, not ${before.min} to ${before.max}.`);
  return before !== undefined || drainIdle;
}

async function written(place: Place, to: Color, serial: number, wasDrained: boolean, { say }: RollbackOptions): Promise<void> {
  const { folder, stack } = place;
  const number = Math.max(serial, place.brief().serial);
  await changeConfig(folder, stack, [
    { path: ["golive:activeColor"], value: to },
    { path: ["golive:release", "serial"], value: number },
    // A share that nobody has yet would be the idle color's with the next update.
    { path: ["golive:release", "canary", "weight"], value: undefined },
    ...(wasDrained ? [{ path: ["golive:release", "drainIdle"], value: false }] : []),
  ]);
  say(`Pulumi.${stack}.yaml: activeColor ${to}, release.serial ${number}${wasDrained ? ", release.drainIdle false" : ""}.`);
}

async function withoutCanary(place: Place, live: Live, weight: number, options: RollbackOptions): Promise<void> {
  const { stack, api, namespace, labels } = place;
  const idle = otherColor(live.color);
  if (options.to === idle) throw new UserError(`${idle} is the canary: it has ${weight} % of the traffic, and ${live.color} is left live.`, `To make ${idle} live: ./golive flip ${stack} ${idle}. To take its share away: ./golive rollback ${stack}`);
  const [failing, target] = await Promise.all([colorState(api, namespace, idle), colorState(api, namespace, live.color)]);
  await confirmed(`End the canary of stack "${stack}": send the ${weight} % of ${idle} to ${live.color} (${target.ready} ready)?`, options);
  const books = bookkeeping(options);
  const { serial } = live.canary === undefined ? live : await moveTraffic(api, namespace, live, { color: live.color, serial: nextSerial(place.brief().serial, live) });
  await routeWithout(place, idle);
  options.silences?.cover("rollback", live.color);
  options.say(`The canary has ended: all traffic goes to ${live.color}.`);
  const event = eventOf({ action: "rollback", color: live.color, ...(target.image === undefined ? {} : { image: target.image }), serial, reason: options.reason });
  await books.tried("the record of the rollback", () => changeRecords(api, namespace, labels, (all) => withEvent(withoutFailing(all, failing, target, options.reason), event)));
  await books.tried(`Pulumi.${stack}.yaml (release.canary.weight removed)`, () => written(place, live.color, serial, false, options));
  options.say("The next `pulumi up` takes the rest of the canary away: splits of the route, fixed numbers of pods.");
  if (options.skipState !== true) await stateInLine(place, live.canary === undefined ? [ROUTE_TARGET] : [LIVE_TARGET], options);
  books.close(`All traffic goes to ${live.color}`);
}

/** How often somebody else may change the route while the canary is ended. */
const ATTEMPTS = 20;

async function routeWithout(place: Place, idle: Color): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const canary = canaryOf(await routeOf(place), idle);
    if (canary === undefined) return;
    try {
      return await endCanary(place, canary, idle);
    } catch (error) {
      if (!(error instanceof ApiRefusal && error.status === 409) || attempt === ATTEMPTS) throw error;
    }
  }
}
