/**
 * A rolling release: the live color itself gets the image, pod by pod, within `release.rolling`. Before that the other
 * color gets what users have now, and keeps it: a bad release goes back as fast as a blue/green one does.
 */
import { UserError } from "../../sandbox/errors.ts";
import { colorState, type ColorState } from "./colors.ts";
import { changeConfig } from "./configFile.ts";
import { type Budget, budgetOf, verify } from "./gates.ts";
import { type Failure, hintOf, intoColor, type IntoOptions } from "./intoColor.ts";
import { type Color, digestOf, otherColor } from "./names.ts";
import { changeRecords, eventOf, isProven, readRecords, type Records, type ReleaseEvent, withEvent, withRejection } from "./records.ts";
import { rollback } from "./rollback.ts";
import { demandSeen } from "./signals.ts";
import type { Assertion } from "./smoke.ts";
import type { Stage } from "./stage.ts";
import { type Live, nextSerial, readLive } from "./traffic.ts";

export interface Rolling {
  image: string;
  live: Live;
  smoke: readonly Assertion[];
}

/**
 * Run again after a kill it goes on where it stopped; what has been kept is kept until another image has passed.
 *
 * @returns the color that is live
 * @throws UserError when the image did not start, failed a gate, or turned bad while it was watched: then users have what
 * they had, from the color that kept it if need be, and the image is rejected; or as `intoColor` does
 */
export async function rolled(stage: Stage, rolling: Rolling, options: IntoOptions): Promise<Color> {
  const { api, namespace, stack } = stage;
  const { image, live: { color } } = rolling;
  // One for both parts; nobody's time to answer is in it.
  let begun: Budget | undefined;
  const budget = (): Budget => (begun ??= budgetOf(stage));
  await demandSeen(stage, color, budgetOf(stage), options);
  const users = await colorState(api, namespace, color);
  const keeps = users.image !== undefined && users.image !== image && await kept(stage, rolling, users.image, budget, options);
  // Who has agreed to what is kept has agreed to what it is kept for.
  const now = keeps ? stage.again() : stage;
  const live = await readLive(api, namespace);
  const serial = nextSerial(now.config.release.serial, live);
  const failure = await intoColor(now, { color, image, serial, live, smoke: rolling.smoke, question: question(stage, rolling), budget }, { ...options, yes: options.yes || keeps });
  const reason = failure?.text ?? (await watched(now, color, options));
  await noted(now, eventOf({ action: "deploy", color, image, serial, ...(reason === undefined ? { verified: true } : { reason }) }));
  if (reason !== undefined) return wentBack(now, rolling, { ...failure, text: reason }, users.image, options);
  const { ready } = await colorState(api, namespace, color);
  options.say(`${color} runs ${image} with ${ready} ready pods, and is well. Commit Pulumi.${stack}.yaml. Back: ./golive rollback ${stack}`);
  return color;
}

function question({ stack }: Stage, { image, live: { color } }: Rolling): string {
  return `Roll ${image} out on ${color}, which has the traffic of stack "${stack}"?`;
}

/** Lets the color without traffic keep what users have. @returns whether the engine had to run for it */
async function kept(stage: Stage, rolling: Rolling, image: string, budget: () => Budget, options: IntoOptions): Promise<boolean> {
  const { api, namespace, config } = stage;
  const { live, smoke } = rolling;
  const color = otherColor(live.color);
  const [now, records] = await Promise.all([colorState(api, namespace, color), readRecords(api, namespace)]);
  const isThere = now.image === image && !config.release.drainIdle;
  if (!isThere && !isWorthKeeping(image, now, records)) return false;
  const serial = nextSerial(config.release.serial, live);
  if (!isThere) {
    const failure = await intoColor(stage, { color, image, serial, live, smoke, question: `${question(stage, rolling)} First ${color} gets ${image}, to go back to.`, budget }, options);
    if (failure !== undefined) throw new UserError(`${color} can not keep what users have: ${failure.text}. Nothing has changed for them.`, hintOf(namespace, color, failure));
    options.say(`${color} keeps ${image}, to go back to.`);
  }
  const last = records.history.findLast((event) => event.color === color);
  if (last?.action !== "keep" || last.image !== image) await noted(stage, eventOf({ action: "keep", color, image, serial }));
  return !isThere;
}

/** Users may have what a killed command has left half done: what was kept before that is better. */
function isWorthKeeping(image: string, instead: ColorState, records: Records): boolean {
  if (records.rejected.some(({ digest }) => digest === digestOf(image))) return false;
  return isProven(records, image) || instead.image === undefined || !isProven(records, instead.image);
}

async function watched(stage: Stage, color: Color, options: IntoOptions): Promise<string | undefined> {
  const trouble = await verify(stage, color, stage.config.release.verifySeconds, options).catch((error: unknown) => {
    options.say(`${color} has the new image, and nobody watches it. To watch it, run the same command again. Back: ./golive rollback ${stage.stack}`);
    throw error;
  });
  return trouble === undefined ? undefined : `it turned bad: ${trouble}`;
}

async function noted({ api, namespace, labels }: Stage, event: ReleaseEvent): Promise<void> {
  await changeRecords(api, namespace, labels, (all) => withEvent(all, event));
}

async function wentBack(stage: Stage, { image, live: { color } }: Rolling, failure: Failure, before: string | undefined, options: IntoOptions): Promise<never> {
  const { api, namespace, labels, folder, stack } = stage;
  const other = otherColor(color);
  const reason = failure.text;
  const { image: now } = await colorState(api, namespace, color);
  if (now === image) {
    options.say(`${color} did not pass: ${reason}. Rolling back.`);
    await rollback(stage, { to: other, reason, yes: true, progress: options.progress, say: options.say });
    throw new UserError(`${color} did not pass: ${reason}. Traffic is on ${other}, which kept what users had; the image is rejected.`, hintOf(namespace, color, failure));
  }
  // It failed before any pod had it: nobody has to go anywhere.
  await changeRecords(api, namespace, labels, (all) => withRejection(all, { digest: digestOf(image), reason, at: new Date().toISOString() }));
  if (before !== undefined) await changeConfig(folder, stack, [{ path: ["golive:images", color], value: before }]);
  throw new UserError(`${color} did not pass: ${reason}. No pod has the image; traffic stays on ${color}, and the image is rejected.`, hintOf(namespace, color, failure));
}
