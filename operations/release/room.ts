/**
 * Room for all users before they come: the idle color has no traffic, so its autoscaler keeps it small, however many
 * pods the live one has grown to; the guard refuses to send all users to fewer pods than carry them now.
 */
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../sandbox/errors.ts";
import { type Bounds, grown, lifted, lowered } from "./autoscaler.ts";
import { colorState, readyEndpoints } from "./colors.ts";
import { type Color, LIVE_SERVICE } from "./names.ts";
import type { Stage } from "./stage.ts";

const PAUSE_MS = 500;

export interface RoomOptions {
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/** Disposed of when traffic has been there for a while: from then on the autoscaler knows how many pods it takes. */
export class Room implements AsyncDisposable {
  readonly #stage: Stage;
  readonly #options: RoomOptions;
  #lifted: { color: Color; before: Bounds } | undefined;

  constructor(stage: Stage, options: RoomOptions) {
    this.#stage = stage;
    this.#options = options;
  }

  /**
   * Gives a color as many ready pods as carry the traffic now.
   *
   * @throws UserError when they are not ready within `release.budgetSeconds`, or are more than `app.replicas.max`
   */
  async make(to: Color): Promise<void> {
    const { api, namespace, config, stack } = this.#stage;
    const { progress, say, signal } = this.#options;
    const { replicas } = config.app;
    const carried = await readyEndpoints(api, namespace, LIVE_SERVICE);
    if ((await colorState(api, namespace, to)).ready >= carried) return;
    if (carried > replicas.max) throw new UserError(`The traffic is carried by ${carried} pods, and app.replicas.max lets ${to} have ${replicas.max}.`, "Raise app.replicas.max first (pulumi up), or see who has scaled the live color past its autoscaler.");
    const before = await lifted(this.#stage, to, { min: carried, max: replicas.max });
    if (before !== undefined) this.#lifted = { color: to, before };
    // There is no autoscaler, or one that asks for as many and has been overruled.
    else await grown(this.#stage, to, carried);
    say(`${to} gets ${carried} pods, as many as carry the traffic now.`);
    const until = Date.now() + config.release.budgetSeconds * 1000;
    for (;;) {
      const { ready, available, desired } = await colorState(api, namespace, to);
      if (ready >= carried && available >= desired) return;
      if (Date.now() > until) throw new UserError(`${to} has ${ready} ready pods after release.budgetSeconds (${config.release.budgetSeconds} s), and the traffic needs ${carried}. Traffic is unchanged.`, `See why they do not start (kubectl describe pods -n ${namespace} -l color=${to}); nodes may be missing. Then: ./golive flip ${stack} ${to}`);
      progress(`waiting for ${to}: ${ready} of ${carried} pods are ready`);
      await delay(PAUSE_MS, undefined, { signal });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lifted === undefined) return;
    const { color, before } = this.#lifted;
    await lowered(this.#stage, color, before).catch((error: unknown) => {
      this.#options.say(`Autoscaler app-${color} still keeps more than ${before.min} pods: ${error instanceof Error ? error.message : String(error)}. pulumi up --refresh puts it back.`);
    });
  }
}
