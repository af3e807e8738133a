/** Shrinks the idle color to one pod, when nobody needs it at full size any more. */
import { UserError } from "../../sandbox/errors.ts";
import { judgedUp } from "../gate/gatedUp.ts";
import { confirmed } from "./ask.ts";
import { Begun } from "./begun.ts";
import { demandNoCanary } from "./canary.ts";
import { changeConfig, type Changes } from "./configFile.ts";
import { otherColor } from "./names.ts";
import { releasePlan } from "./plan.ts";
import { changeRecords, eventOf, liveSince, readRecords, withEvent } from "./records.ts";
import { openJudged, type Stage } from "./stage.ts";
import { demandAgreement, demandAsSeen, demandNewest, type Live, readLive } from "./traffic.ts";
import { inTurn } from "./turn.ts";

export interface DrainOptions {
  yes: boolean;
  /** Not to wait for the end of the rollback window. */
  now: boolean;
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/** @throws UserError within the rollback window, and when the plan touches more than the idle color */
export function drain(stage: Stage, options: DrainOptions): Promise<void> {
  return inTurn(stage, (now) => drained(now, options));
}

async function drained(stage: Stage, options: DrainOptions): Promise<void> {
  const { stack, config, api, namespace, labels, folder } = stage;
  const live = await readLive(api, namespace);
  const idle = otherColor(live.color);
  demandAgreement(stage, live);
  demandNewest(stage, live);
  await demandNoCanary(stage, live, "A drain");
  if (config.release.drainIdle) {
    options.say(`${idle} is drained already; nothing to do.`);
    return;
  }
  if (!options.now) await demandWindowClosed(stage, live);
  const changes: Changes = [{ path: ["golive:release", "drainIdle"], value: true }];
  await using engine = await openJudged(stage, { progress: options.progress, signal: options.signal, changes });
  const planned = await releasePlan(engine, `Draining ${idle}`, { ...options, live, allowed: (name) => new RegExp(`-${idle}(-|$)`).test(name) });
  for (const change of planned) options.say(change);
  await confirmed(`Shrink ${idle} of stack "${stack}"?`, options);
  await demandAsSeen(stage, live);
  const restore = await changeConfig(folder, stack, changes);
  const begun = new Begun();
  try {
    await judgedUp(engine, { signal: options.signal, onEvent: begun.onEvent });
  } catch (error) {
    await begun.restore(error, restore, stack, options);
    throw error;
  }
  const event = eventOf({ action: "drain", color: idle, serial: live.serial });
  await changeRecords(api, namespace, labels, (records) => withEvent(records, event));
  options.say(`${idle} shrinks to one pod. The next ./golive deploy ${stack} brings it back to full size.`);
}

/** @throws UserError while a rollback is likely, and when nobody knows since when the color is live */
async function demandWindowClosed({ api, namespace, config }: Stage, live: Live): Promise<void> {
  const idle = otherColor(live.color);
  const since = liveSince(await readRecords(api, namespace), live);
  const hint = "Wait, or drain it all the same with --now.";
  if (since === undefined) throw new UserError(`Nobody knows since when ${live.color} is live, so the rollback window may be open, and ${idle} is what a rollback goes to.`, hint);
  const left = Math.ceil(config.release.rollbackWindowSeconds - (Date.now() - Date.parse(since.at)) / 1000);
  if (left > 0) throw new UserError(`${live.color} is live since ${since.at}: the rollback window is open for another ${left} s, and ${idle} is what a rollback goes to.`, hint);
}
