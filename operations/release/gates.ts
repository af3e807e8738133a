/** What a color must pass before it gets traffic, and how it is watched when it has. */
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../sandbox/errors.ts";
import { colorState, readyPods } from "./colors.ts";
import type { Forward } from "./forward.ts";
import { type Color, LIVE_SERVICE } from "./names.ts";
import { Pages } from "./pages.ts";
import { SignalWatch, signalsPass } from "./signals.ts";
import { type Assertion, deepCheck, failing, standardAssertions } from "./smoke.ts";
import type { Stage } from "./stage.ts";
import { startTrouble } from "./startup.ts";

const WATCH_PAUSE_MS = 1000;
const READY_PAUSE_MS = 500;
/** After the time is up a bad look is confirmed or not for this long. */
const LOOK_MS = 5000;
/** Looks in a row that must fail: one may meet a pod that has just been replaced. */
const BAD_LOOKS = 2;

export interface GateOptions {
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/** The time that all gates of one deployment share, from the start of the engine on (`release.budgetSeconds`). */
export interface Budget {
  seconds: number;
  /** Aborted when it is used up. */
  signal: AbortSignal;
}

export function budgetOf({ config }: Stage): Budget {
  const seconds = config.release.budgetSeconds;
  return { seconds, signal: AbortSignal.timeout(seconds * 1000) };
}

/**
 * Readiness, health checks, smoke tests and signals of an idle color.
 *
 * @param smoke the smoke tests
 * @returns what it failed, or nothing
 * @throws UserError when nobody could look, or no signals came: that is not the image's fault
 */
export async function gates(stage: Stage, color: Color, smoke: readonly Assertion[], budget: Budget, options: GateOptions): Promise<string | undefined> {
  const signal = options.signal === undefined ? budget.signal : AbortSignal.any([budget.signal, options.signal]);
  const began = performance.now();
  try {
    await untilReady(stage, color, { ...options, signal });
    const trouble = (await healthy(stage, color, { ...options, signal })) ?? (await smoked(stage, color, smoke, { ...options, signal }));
    if (trouble !== undefined) return trouble;
  } catch (error) {
    if (!budget.signal.aborted || options.signal?.aborted === true) throw error;
    const { image = "" } = await colorState(stage.api, stage.namespace, color);
    const said = await startTrouble(stage.api, stage.namespace, color, image).catch(() => undefined);
    return `${overBudget(budget)}${said === undefined ? "" : `: ${said.text}`}`;
  }
  return signalsPass(stage, color, budget, options, began);
}

export function overBudget({ seconds }: Budget): string {
  return `it did not pass its gates within release.budgetSeconds (${seconds} s)`;
}

async function untilReady(stage: Stage, color: Color, { progress, say, signal }: GateOptions): Promise<void> {
  for (;;) {
    const state = await colorState(stage.api, stage.namespace, color);
    const wanted = Math.max(state.desired, stage.config.app.replicas.min);
    if (state.available >= wanted && state.ready >= wanted) {
      say(`ready: ${state.ready} of ${state.desired} pods`);
      return;
    }
    progress(`waiting for ${color}: ${state.ready} of ${wanted} pods are ready`);
    await delay(READY_PAUSE_MS, undefined, { signal });
  }
}

/** Tries until every pod passes the deep check, as often as the configuration says. */
async function healthy(stage: Stage, color: Color, { progress, say, signal }: GateOptions): Promise<string | undefined> {
  const { attempts, intervalSeconds } = stage.config.release.healthChecks;
  let trouble: string | undefined;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    progress(`health check ${attempt} of ${attempts}`);
    trouble = await firstTrouble(stage, color, [deepCheck(stage.config)], signal);
    if (trouble === undefined) {
      say(`healthy: every pod passed the deep check${attempt === 1 ? "" : ` at try ${attempt}`}`);
      return undefined;
    }
    if (attempt < attempts) await delay(intervalSeconds * 1000, undefined, { signal });
  }
  return `not healthy after ${attempts} checks: ${trouble ?? ""}`;
}

async function smoked(stage: Stage, color: Color, assertions: readonly Assertion[], { progress, say, signal }: GateOptions): Promise<string | undefined> {
  progress(`${assertions.length} smoke tests`);
  const trouble = await firstTrouble(stage, color, assertions, signal);
  if (trouble === undefined) say(`smoke tests: ${assertions.length} passed on every pod`);
  return trouble === undefined ? undefined : `smoke test failed: ${trouble}`;
}

/**
 * Watches a live color for some seconds, and for longer while nobody can say that its users are served well: until the
 * budget is used up, which is one of its own unless it is given.
 *
 * @returns what went wrong, or nothing
 */
export async function verify(stage: Stage, color: Color, seconds: number, options: GateOptions & { budget?: Budget }): Promise<string | undefined> {
  const { progress, say, signal, budget = budgetOf(stage) } = options;
  const signals = SignalWatch.of(stage, color, "users", options);
  const until = Date.now() + seconds * 1000;
  let [bad, isHeld] = [0, false];
  for (;;) {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0 && bad === 0 && signals?.held === undefined) {
      if (signals !== undefined) say(`signals of ${color}: ${signals.seen}`);
      return undefined;
    }
    if (left <= 0 && bad === 0 && signals !== undefined && !signals.isDoubted) {
      if (budget.signal.aborted) return `its signals did not come to be well within release.budgetSeconds (${budget.seconds} s): ${signals.held ?? ""}`;
      if (!isHeld) say(`${color} is held: ${signals.held ?? ""}`);
      isHeld = true;
    }
    progress(left > 0 ? `watching ${color}: ${left} s to go` : `${color} is held: ${signals?.held ?? "its last look was bad"}`);
    const [trouble, judgement] = await Promise.all([firstTrouble(stage, color, standardAssertions(stage.config), signal), signals?.look()]);
    bad = trouble === undefined ? 0 : bad + 1;
    if (trouble !== undefined && (bad >= BAD_LOOKS || Date.now() >= until + LOOK_MS)) return trouble;
    if (judgement !== undefined) return judgement;
    const rest = until - Date.now();
    // After the time is up a bad look of pods is confirmed at once; signals that hold are asked again in a second.
    await delay(rest > 0 ? Math.min(WATCH_PAUSE_MS, rest) : bad === 0 && signals?.held !== undefined ? WATCH_PAUSE_MS : 0, undefined, { signal });
  }
}

/** Puts every ready pod of a color's own Service through the assertions. */
async function firstTrouble(stage: Stage, color: Color, assertions: readonly Assertion[], signal?: AbortSignal): Promise<string | undefined> {
  const pods = await readyPods(stage.api, stage.namespace, `${LIVE_SERVICE}-${color}`);
  if (pods.length === 0) return `${color} has no ready pod`;
  await using browser = new Pages();
  const results = await Promise.all(pods.map(async (pod) => {
    await using way: Forward = await stage.forwards.open(stage.namespace, pod, stage.config.app.port);
    for (const assertion of assertions) {
      const trouble = await failing(way.url, assertion, browser, signal);
      // A pod that is gone is no answer of the application's, and none of the way's either: it is looked for anew.
      if (way.trouble !== undefined && !/\b404\b/.test(way.trouble)) throw new UserError(`Nobody could look at pod ${pod}: ${way.trouble}.`, "See that you may forward to pods of this namespace: kubectl auth can-i create pods/portforward.");
      if (trouble !== undefined) return `${trouble} (pod ${pod})`;
    }
    return undefined;
  }));
  return results.find((trouble) => trouble !== undefined);
}
