/**
 * Sends traffic back. Traffic first, by one request to the API server, which needs neither the engine, its lock, a
 * policy pack nor the failing color; then what must agree with it: records, configuration, state.
 */
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../sandbox/errors.ts";
import { changeConfig } from "./configFile.ts";
import { colorState } from "./colors.ts";
import { type Color, digestOf, LIVE_TARGET, otherColor } from "./names.ts";
import { operator } from "./operator.ts";
import { changeRecords } from "./records.ts";
import { confirmed, type Stage } from "./stage.ts";
import { moveTraffic, readLive } from "./traffic.ts";

export interface RollbackOptions {
  /** Color to go back to; the other one than the live when left out. */
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
 * @throws UserError when there is nowhere to go back to; afterwards traffic is as it was. When only the state could not
 * be brought in line it says so and does not throw: the next `pulumi up` finds nothing else to do.
 */
export async function rollback(stage: Stage, options: RollbackOptions): Promise<void> {
  const { stack, api, namespace, config } = stage;
  const live = await readLive(api, namespace);
  const to = options.to ?? otherColor(live.color);
  const [target, failing] = await Promise.all([colorState(api, namespace, to), colorState(api, namespace, otherColor(to))]);
  if (target.ready === 0) throw new UserError(`There is nowhere to go back to: ${to} has no ready endpoint, and ${live.color} is left live.`, `See why (kubectl describe pods -n ${namespace} -l color=${to}), or release an image that works: ./golive deploy ${stack} --image …`);
  const serial = Math.max(config.release.serial, live.serial) + 1;
  await confirmed(`Send the traffic of stack "${stack}" to ${to} (${target.ready} ready, ${target.image ?? "no image"})?`, options.yes);
  await moveTraffic(api, namespace, live, { color: to, serial });
  options.say(`Traffic goes to ${to}.`);

  const at = new Date().toISOString();
  const rejected = failing.image === undefined || failing.image === target.image ? [] : [{ digest: digestOf(failing.image), reason: options.reason, at }];
  await changeRecords(api, namespace, stage.labels, (records) => ({
    rejected: [...records.rejected.filter((one) => rejected.every((other) => other.digest !== one.digest)), ...rejected],
    history: [...records.history, { action: "rollback", color: to, ...(target.image === undefined ? {} : { image: target.image }), serial, at, by: operator(), reason: options.reason }],
  }));
  await changeConfig(stage.folder, stack, [{ path: ["golive:activeColor"], value: to }, { path: ["golive:release", "serial"], value: serial }]);
  options.say(`Pulumi.${stack}.yaml: activeColor ${to}, release.serial ${serial}${rejected.length > 0 ? `; ${rejected[0]?.digest ?? ""} is rejected` : ""}.`);
  if (options.skipState !== true) await stateInLine(stage, options);
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
