/**
 * Gates that read a color's errors, latency and saturation. No data holds a release, and never lets it pass: what nobody
 * sees is not known to be well.
 */
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../sandbox/errors.ts";
import { MONITORING_NAMESPACE, PROMETHEUS_WAY } from "../../stacks/config/releaseSignals.ts";
import type { Api } from "../cluster/api.ts";
import { readFigures } from "./figures.ts";
import type { Budget, GateOptions } from "./gates.ts";
import { type Judgement, judged, shown } from "./judgement.ts";
import type { Color } from "./names.ts";
import type { Stage } from "./stage.ts";

const PAUSE_MS = 1000;
/** Looks in a row that must be bad. */
const BAD_LOOKS = 2;
/** What a color that nobody has watched yet is asked about. */
const SEEN_SECONDS = 60;

/** Why the signals of a stack are not read; nothing when they are. */
export function whyUnread({ images, release: { signals } }: Pick<Stage["config"], "images" | "release">): string | undefined {
  if (signals.use === "off") return "release.signals.use is off";
  return images.prometheus === undefined ? "images.prometheus is not given, so this stack has no Prometheus of its own" : undefined;
}

/** Commands that have said so; an Api is one command's. */
const said = new WeakSet<Api>();

function isRead({ config, api }: Stage, { say }: Pick<GateOptions, "say">): boolean {
  const why = whyUnread(config);
  if (why !== undefined && !said.has(api)) say(`Signals are not read: ${why}. Gates look at pods alone.`);
  said.add(api);
  return why === undefined;
}

/** One color, watched. */
export class SignalWatch {
  /** Why nobody can say yet that it is well; nothing when it is. */
  held: string | undefined = "nobody has looked yet";
  /** What was seen at the last look that was good. */
  seen = "";
  readonly #stage: Stage;
  readonly #color: Color;
  readonly #traffic: "users" | "nobody";
  readonly #began: number;
  #bad = 0;

  private constructor(stage: Stage, color: Color, traffic: "users" | "nobody", began: number) {
    this.#stage = stage;
    this.#color = color;
    this.#traffic = traffic;
    this.#began = began;
  }

  /**
   * Nothing where signals are not read, which is said once a command.
   *
   * @param began by this process's clock: what was before is not looked at
   */
  static of(stage: Stage, color: Color, traffic: "users" | "nobody", options: Pick<GateOptions, "say">, began: number = performance.now()): SignalWatch | undefined {
    return isRead(stage, options) ? new SignalWatch(stage, color, traffic, began) : undefined;
  }

  /** Whether a bad look is still to be confirmed. */
  get isDoubted(): boolean {
    return this.#bad > 0;
  }

  /** @returns why the color must go back, after two bad looks in a row */
  async look(): Promise<string | undefined> {
    const { signals } = this.#stage.config.release;
    // What was before the watch was another's doing.
    const seconds = Math.min(signals.windowSeconds, Math.max(1, Math.floor((performance.now() - this.#began) / 1000)));
    const read = await readFigures(this.#stage, seconds);
    if ("why" in read) return this.#note({ bad: [], held: [read.why] });
    const figures = read.figures[this.#color];
    this.seen = shown(figures, seconds);
    return this.#note(judged(this.#color, figures, seconds, signals, this.#traffic));
  }

  #note({ bad, held }: Judgement): string | undefined {
    this.#bad = bad.length > 0 ? this.#bad + 1 : 0;
    this.held = [...bad, ...held].join("; ") || undefined;
    return this.#bad >= BAD_LOOKS ? bad.join("; ") : undefined;
  }
}

/**
 * The gate before a color has users: it is seen, and is neither full nor, by the requests that it has had, failing or slow.
 *
 * @param began when its gates did: smoke tests are such requests
 * @returns what it failed, or nothing
 * @throws UserError when nobody could say so within the budget: that is not the image's fault
 */
export async function signalsPass(stage: Stage, color: Color, budget: Budget, options: GateOptions, began: number): Promise<string | undefined> {
  const watch = SignalWatch.of(stage, color, "nobody", options, began);
  if (watch === undefined) return undefined;
  for (;;) {
    const trouble = await watch.look();
    if (trouble !== undefined) return `signals: ${trouble}`;
    if (watch.held === undefined) {
      options.say(`signals: ${watch.seen}`);
      return undefined;
    }
    options.progress(`${color} is held: ${watch.held}`);
    await pause(budget, options, () => new UserError(`${color} did not pass: its signals did not come within release.budgetSeconds (${budget.seconds} s): ${watch.held ?? ""}. Traffic is unchanged, and the image is not rejected.`, mend(stage)));
  }
}

/**
 * Before traffic moves to a color: whoever is to watch it must see it.
 *
 * @throws UserError when nobody does within the budget, or may not ask; traffic is unchanged
 */
export async function demandSeen(stage: Stage, color: Color, budget: Budget, options: GateOptions): Promise<void> {
  if (!isRead(stage, options)) return;
  for (;;) {
    const read = await readFigures(stage, SEEN_SECONDS);
    if (!("why" in read) && (read.figures[color].pods ?? 0) > 0) return;
    const why = "why" in read ? read.why : `Prometheus reaches no pod of ${color} (up)`;
    const refusal = () => new UserError(`Nobody could watch ${color}: ${why}. Traffic is unchanged.`, mend(stage));
    if ("why" in read && read.isForbidden) throw refusal();
    options.progress(`${color} is held: ${why}`);
    await pause(budget, options, refusal);
  }
}

/** Until the next look. @throws what the refusal says, when the budget is used up */
async function pause(budget: Budget, { signal }: GateOptions, refusal: () => UserError): Promise<void> {
  try {
    await delay(PAUSE_MS, undefined, { signal: signal === undefined ? budget.signal : AbortSignal.any([budget.signal, signal]) });
  } catch (error) {
    if (signal?.aborted === true || !budget.signal.aborted) throw error;
    throw refusal();
  }
}

function mend({ stack }: Stage): string {
  return `See that Prometheus runs and that you may ask it: kubectl get --raw /api/v1/namespaces/${MONITORING_NAMESPACE}/services/${PROMETHEUS_WAY}/proxy/-/ready. Then the same command again; without signals: pulumi config set --path golive:release.signals.use off --stack ${stack}`;
}
