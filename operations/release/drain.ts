/** Shrinks the idle color to one pod, when nobody needs it at full size any more. */
import { UserError } from "../../sandbox/errors.ts";
import { judgedUp } from "../gate/gatedUp.ts";
import { changeConfig } from "./configFile.ts";
import { otherColor } from "./names.ts";
import { releasePlan } from "./plan.ts";
import { changeRecords, liveSince, readRecords, withEvent } from "./records.ts";
import { confirmed, type Stage } from "./stage.ts";
import { demandAgreement, readLive } from "./traffic.ts";

export interface DrainOptions {
  yes: boolean;
  /** Not to wait for the end of the rollback window. */
  now: boolean;
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/** @throws UserError within the rollback window, and when the plan touches more than the idle color */
export async function drain(stage: Stage, options: DrainOptions): Promise<void> {
  const { stack, config, api, namespace } = stage;
  const live = await readLive(api, namespace);
  const idle = otherColor(live.color);
  demandAgreement(stage, live);
  if (config.release.drainIdle) {
    options.say(`${idle} is drained already; nothing to do.`);
    return;
  }
  const since = liveSince(await readRecords(api, namespace), live.color);
  const left = since === undefined ? 0 : Math.ceil(config.release.rollbackWindowSeconds - (Date.now() - Date.parse(since.at)) / 1000);
  if (left > 0 && !options.now) throw new UserError(`${live.color} is live since ${since?.at ?? ""}: the rollback window is open for another ${left} s, and ${idle} is what a rollback goes to.`, "Wait, or drain it all the same with --now.");
  const restore = await changeConfig(stage.folder, stack, [{ path: ["golive:release", "drainIdle"], value: true }]);
  let isUnderWay = false;
  try {
    await using engine = await stage.open({ progress: options.progress, signal: options.signal });
    const changes = await releasePlan(engine, `Draining ${idle}`, (name) => new RegExp(`-${idle}(-|$)`).test(name), options);
    for (const change of changes) options.say(change);
    await confirmed(`Shrink ${idle} of stack "${stack}"?`, options.yes);
    isUnderWay = true;
    await judgedUp(engine, { signal: options.signal });
  } catch (error) {
    if (!isUnderWay) await restore();
    throw error;
  }
  await changeRecords(api, namespace, stage.labels, (records) => withEvent(records, { action: "drain", color: idle, serial: live.serial }));
  options.say(`${idle} shrinks to one pod. The next ./golive deploy ${stack} brings it back to full size.`);
}
