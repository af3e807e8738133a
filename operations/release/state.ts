/** The engine's state, brought in line with what commands have done past it. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parse } from "yaml";
import { UserError } from "../../sandbox/errors.ts";
import { LIVE_RESOURCE, SERIAL_ANNOTATION } from "./names.ts";
import type { Place } from "./stage.ts";
import { isLocked } from "./turn.ts";

/** How long the lock of another update is waited for before the state is left to a later command. */
const LOCK_MS = 10_000;
const LOCK_PAUSE_MS = 500;

interface Saying {
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * The engine's state follows the cluster: a refresh of single resources, which runs no program and no policy pack.
 * (An update with a target fails: both colors' dependencies have turned round, and the engine registers the Service twice.)
 *
 * @returns whether it does now; when not, it has been said why
 * @throws only when the signal is aborted
 */
export async function stateInLine(place: Place, target: string[], { progress, say, signal }: Saying): Promise<boolean> {
  const until = Date.now() + LOCK_MS;
  for (;;) {
    try {
      await refreshed(place, target, { progress, signal });
      say("The state says the same.");
      return true;
    } catch (error) {
      if (signal?.aborted === true) throw error;
      if (isLocked(error) && Date.now() < until) {
        progress("another update holds the state's lock; waiting");
        await delay(LOCK_PAUSE_MS, undefined, { signal });
        continue;
      }
      const mend = isLocked(error) ? ` If that one was killed: pulumi cancel ${place.stack}.` : "";
      say(`The state could not be brought in line: ${reasonOf(error)}\nTraffic and configuration are; the next update of stack "${place.stack}" does it.${mend}`);
      return false;
    }
  }
}

async function refreshed(place: Place, target: string[], { progress, signal }: Pick<Saying, "progress" | "signal">): Promise<void> {
  const engine = await place.open({ progress, ...(signal === undefined ? {} : { signal }) });
  try {
    progress("bringing the state in line");
    await engine.refresh({ target, ...(signal === undefined ? {} : { signal }) });
  } finally {
    await engine.close();
  }
}

export interface StateOfLive {
  color: string;
  serial: number;
}

interface Resource {
  urn: string;
  outputs?: { metadata?: { annotations?: Record<string, string> }; spec?: { selector?: Record<string, string> } };
}

/**
 * Where the state thinks that traffic goes, for a state that is kept on this machine; undefined where it is kept
 * elsewhere, or nothing has been applied yet.
 */
export async function stateOfLive({ stateFolder, folder, stack }: Place): Promise<StateOfLive | undefined> {
  if (stateFolder === undefined) return undefined;
  try {
    const { name } = parse(await readFile(path.join(folder, "Pulumi.yaml"), "utf8")) as { name: string };
    const { checkpoint } = JSON.parse(await readFile(path.join(stateFolder, ".pulumi", "stacks", name, `${stack}.json`), "utf8")) as { checkpoint?: { latest?: { resources?: Resource[] } } };
    const live = checkpoint?.latest?.resources?.find(({ urn }) => LIVE_RESOURCE.test(urn));
    const color = live?.outputs?.spec?.selector?.["color"];
    return color === undefined ? undefined : { color, serial: Number(live?.outputs?.metadata?.annotations?.[SERIAL_ANNOTATION] ?? 0) };
  } catch {
    return undefined;
  }
}

/** The first line of what happened and of why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const why = error instanceof UserError ? error.hint : "";
  return [error.message, why].map((text) => text.split("\n")[0] ?? "").join(" ").trim();
}
