/** Moves traffic to a color through configuration and engine, past every guard; watches it; moves it back when it turns bad. */
import { UserError } from "../../sandbox/errors.ts";
import { changeConfig, type Restore } from "./configFile.ts";
import { verify } from "./gates.ts";
import { type Color, LIVE_TARGET, otherColor } from "./names.ts";
import { judgedUp } from "../gate/gatedUp.ts";
import { releasePlan } from "./plan.ts";
import { changeRecords, withEvent } from "./records.ts";
import { rollback } from "./rollback.ts";
import { confirmed, type Stage } from "./stage.ts";
import { colorState } from "./colors.ts";
import { nextSerial, readLive } from "./traffic.ts";

export interface FlipOptions {
  yes: boolean;
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/** Logical name of the live Service in the program (components/release). */
const LIVE_RESOURCE = /-live-service$/;

/**
 * @throws UserError when it is refused, by plan, policies or guard: traffic is as it was, and so is the configuration;
 * or when the color turned bad afterwards: traffic is back by then
 */
export async function flip(stage: Stage, to: Color, options: FlipOptions): Promise<void> {
  const { stack, config, api, namespace } = stage;
  const live = await readLive(api, namespace);
  if (live.color === to && config.activeColor === to) {
    options.say(`Traffic of stack "${stack}" goes to ${to} already; nothing to do.`);
    return;
  }
  // A command that was killed may have left configuration and traffic apart: this one brings both to where it is told.
  const serial = nextSerial(stage, live);
  const restore = await changeConfig(stage.folder, stack, [
    { path: ["golive:activeColor"], value: to },
    { path: ["golive:release", "serial"], value: serial },
  ]);
  const { image } = await colorState(api, namespace, to);
  await applied(stage, to, restore, options);
  options.say(`Traffic goes to ${to}.`);
  // What can not be written down must be watched all the same.
  await changeRecords(api, namespace, stage.labels, (records) => withEvent(records, { action: "flip", color: to, ...(image === undefined ? {} : { image }), serial }))
    .catch((error: unknown) => options.say(`The flip could not be recorded: ${error instanceof Error ? error.message : String(error)}`));
  const trouble = await verify(stage, to, config.release.verifySeconds, options).catch((error: unknown) => {
    options.say(`Traffic goes to ${to}, and nobody watches it. Back: ./golive rollback ${stack}`);
    throw error;
  });
  if (trouble === undefined) {
    options.say(`${to} is well. The other color stays warm for ${config.release.rollbackWindowSeconds} s at least: ./golive rollback ${stack}`);
    return;
  }
  options.say(`${to} turned bad: ${trouble}. Rolling back.`);
  await rollback(stage.again(), { to: otherColor(to), reason: trouble, yes: true, progress: options.progress, say: options.say });
  throw new UserError(`${to} turned bad after the flip: ${trouble}. Traffic is back on ${otherColor(to)}, and the image is rejected.`, `Look at what it logged: kubectl logs -n ${namespace} -l color=${to} --tail 100`);
}

async function applied(stage: Stage, to: Color, restore: Restore, options: FlipOptions): Promise<void> {
  try {
    await using engine = await stage.open({ progress: options.progress, signal: options.signal });
    const plan = () => releasePlan(engine, `A flip to ${to}`, (name) => LIVE_RESOURCE.test(name), options);
    let changes = await plan();
    if (changes.length === 0) {
      // The state is of before a rollback that could not bring it in line: the cluster is right.
      await engine.sandbox.refresh({ target: [LIVE_TARGET], signal: options.signal });
      changes = await plan();
    }
    if (changes.length === 0 && (await readLive(stage.api, stage.namespace)).color !== to) throw new UserError(`The plan of a flip to ${to} is empty: the state says that the live Service names it already.`, `Look: ./golive status ${stage.stack}`);
    for (const change of changes) options.say(change);
    await confirmed(`Send the traffic of stack "${stage.stack}" to ${to}?`, options.yes);
    options.progress("moving traffic");
    await judgedUp(engine, { signal: options.signal });
  } catch (error) {
    // When the engine was killed or failed late, traffic may have moved all the same: the cluster is asked.
    const now = await readLive(stage.api, stage.namespace).catch(() => undefined);
    if (now?.color !== to && (await restore()) === "changed by somebody else") options.say(`Pulumi.${stage.stack}.yaml was changed by somebody else meanwhile and is left as it is: see that activeColor is ${now?.color ?? "what is live"}.`);
    throw error;
  }
}

