/**
 * Sends traffic back. Traffic first, by one request to the API server, which needs neither the engine, its lock, a
 * policy pack nor the failing color; then what must agree with it: records, configuration, state.
 */
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../sandbox/errors.ts";
import { changeConfig } from "./configFile.ts";
import { colorState, type ColorState } from "./colors.ts";
import { type Color, digestOf, LIVE_TARGET, otherColor } from "./names.ts";
import { changeRecords, readRecords, type Records, withEvent } from "./records.ts";
import { confirmed, type Stage } from "./stage.ts";
import { type Live, moveTraffic, nextSerial, readLive } from "./traffic.ts";

export interface RollbackOptions {
  /** Color to go back to; without, the one that was live before the last flip. */
  to?: Color;
  reason: string;
  yes: boolean;
  /** Leave the state to the next update. */
  skipState?: boolean;
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/** How long the lock of another update is waited for before the state is left to a later command. */
const LOCK_MS = 10_000;
const LOCK_PAUSE_MS = 500;

/**
 * Run twice it goes back once: a second run, after a kill or by a second operator, brings the rest in line.
 *
 * @throws UserError when there is nowhere to go back to; then traffic is as it was. When only the state could not be
 * brought in line it says so and does not throw: the next `pulumi up` finds nothing else to do.
 */
export async function rollback(stage: Stage, options: RollbackOptions): Promise<void> {
  const { stack, api, namespace, config } = stage;
  const [live, records] = await Promise.all([readLive(api, namespace), readableRecords(stage, options)]);
  const last = records.history.findLast((event) => event.action !== "deploy" && event.action !== "drain");
  const to = options.to ?? (last?.action === "rollback" && last.color === live.color ? live.color : otherColor(live.color));
  let { serial } = live;
  if (to === live.color) {
    options.say(`Traffic goes to ${to} already${last?.action === "rollback" && last.color === to ? `: rolled back at ${last.at} by ${last.by}` : ""}.`);
  } else {
    serial = nextSerial(stage, live);
    await goBack(stage, live, to, serial, records, options);
  }
  await changeConfig(stage.folder, stack, [{ path: ["golive:activeColor"], value: to }, { path: ["golive:release", "serial"], value: Math.max(serial, config.release.serial) }]);
  options.say(`Pulumi.${stack}.yaml: activeColor ${to}, release.serial ${serial}.`);
  if (options.skipState !== true) await stateInLine(stage, options);
}

/** Records that nobody can read must not keep traffic where it is. */
async function readableRecords({ api, namespace }: Stage, { say }: RollbackOptions): Promise<Records> {
  try {
    return await readRecords(api, namespace);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)} Rolling back without them.`);
    return { rejected: [], history: [] };
  }
}

async function goBack(stage: Stage, live: Live, to: Color, serial: number, records: Records, options: RollbackOptions): Promise<void> {
  const { stack, api, namespace } = stage;
  const [target, failing] = await Promise.all([colorState(api, namespace, to), colorState(api, namespace, live.color)]);
  const elsewhere = `Release an image that works: ./golive deploy ${stack} --image …`;
  if (target.ready === 0) throw new UserError(`There is nowhere to go back to: ${to} has no ready endpoint, and ${live.color} is left live.`, `See why (kubectl describe pods -n ${namespace} -l color=${to}). ${elsewhere}`);
  const before = records.rejected.find(({ digest }) => target.image !== undefined && digest === digestOf(target.image));
  if (before !== undefined) throw new UserError(`There is nowhere to go back to: ${to} runs an image that was rejected (${before.reason}), and ${live.color} is left live.`, elsewhere);
  if (records.history.findLast((event) => event.color === to && event.action !== "drain")?.action === "deploy") {
    throw new UserError(`There is nowhere to go back to: ${to} has a new image that was never live, and ${live.color} is left live.`, `If ${to} is what you want: ./golive flip ${stack} ${to}. Otherwise: ${elsewhere}`);
  }
  await confirmed(`Send the traffic of stack "${stack}" to ${to} (${target.ready} ready, ${target.image ?? "no image"})?`, options.yes);
  const record = () => changeRecords(api, namespace, stage.labels, (all) => noted(all, { failing, target, serial, reason: options.reason }));
  // Before traffic, in two short requests: whoever finds this command killed must know that it was one back, and not forth.
  const isNoted = await record().then(() => true, () => false);
  await moveTraffic(api, namespace, live, { color: to, serial });
  options.say(`Traffic goes to ${to}.`);
  if (!isNoted) await record();
}

function noted(all: Records, { failing, target, serial, reason }: { failing: ColorState; target: ColorState; serial: number; reason: string }): Records {
  const rejected = failing.image === undefined || failing.image === target.image ? [] : [{ digest: digestOf(failing.image), reason, at: new Date().toISOString() }];
  return withEvent({
    rejected: [...all.rejected.filter((one) => rejected.every((other) => other.digest !== one.digest)), ...rejected],
    history: all.history,
  }, { action: "rollback", color: target.color, ...(target.image === undefined ? {} : { image: target.image }), serial, reason });
}

/**
 * The engine's state follows the cluster: a refresh of the live Service alone, which runs no program and no policy pack.
 * (An update with a target fails: both colors' dependencies have turned round, and the engine registers the Service twice.)
 */
async function stateInLine(stage: Stage, options: RollbackOptions): Promise<void> {
  const until = Date.now() + LOCK_MS;
  for (;;) {
    try {
      await using engine = await stage.open({ progress: options.progress, signal: options.signal });
      options.progress("bringing the state in line");
      await engine.sandbox.refresh({ target: [LIVE_TARGET], signal: options.signal });
      options.say("The state says the same.");
      return;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (options.signal?.aborted === true) throw error;
      if (/is working on the same state|locked/.test(message) && Date.now() < until) {
        options.progress("another update holds the state's lock; waiting");
        await delay(LOCK_PAUSE_MS, undefined, { signal: options.signal });
        continue;
      }
      options.say(`The state could not be brought in line: ${reasonOf(error)}\nTraffic and configuration are; the next update of stack "${stage.stack}" does it.`);
      return;
    }
  }
}

/** The first line of what happened and of why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const why = error instanceof UserError ? error.hint : "";
  return [error.message, why].map((text) => text.split("\n")[0] ?? "").join(" ").trim();
}
