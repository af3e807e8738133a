/**
 * Alerts that planned work causes are silenced while a command does it: those of its own color, none of severity 1. What
 * can not be silenced is said, and the work goes on; a silence that nobody lifts ends by itself.
 */
import { z } from "zod";
import { ALERTMANAGER_WAY, expectedAlerts, type Matcher, MONITORING_NAMESPACE, type Work } from "../../stacks/config/releaseSignals.ts";
import type { Color } from "./names.ts";
import { operator } from "./operator.ts";
import type { Place, Stage } from "./stage.ts";

const API = `/api/v1/namespaces/${MONITORING_NAMESPACE}/services/${ALERTMANAGER_WAY}/proxy/api/v2`;
/** Of a stack file that does not say it. */
const BUDGET_SECONDS = 600;
/** Another copy of Alertmanager may not have heard of a young silence yet (its gossip comes five times a second). */
const LIFT_ATTEMPTS = 5;
const LIFT_PAUSE_MS = 300;
const MADE = z.object({ silenceID: z.string().min(1) });

export interface SilencesOptions {
  /** The command as it was typed. */
  command: string;
  say: (line: string) => void;
}

/** The silences of one command. It waits for them at its end only. */
export class Silences {
  readonly #place: Place | Stage;
  readonly #options: SilencesOptions;
  readonly #covered = new Set<string>();
  #making: Promise<string[]>[] = [];

  constructor(place: Place | Stage, options: SilencesOptions) {
    this.#place = place;
    this.#options = options;
  }

  /** Begins to silence what this work causes on a color; a second time nothing. Where the stack has no Alertmanager of its own it does nothing. */
  cover(work: Work, color: Color): void {
    const key = `${work} ${color}`;
    if (this.#covered.has(key)) return;
    this.#covered.add(key);
    const { isThere, budgetSeconds } = alertmanagerOf(this.#place);
    if (!isThere) return;
    const { namespace, stack } = this.#place;
    this.#making.push(this.#make(expectedAlerts(work, { prefix: `${namespace}-${stack}`, namespace, color }), budgetSeconds));
  }

  /** Ends them. Never throws: what is left ends by itself. */
  async lift(): Promise<void> {
    const made = (await Promise.all(this.#making)).flat();
    this.#making = [];
    const left = (await Promise.all(made.map(async (id) => ((await this.#lifted(id)) ? [] : [id])))).flat();
    if (left.length > 0) this.#options.say(`Silences ${left.join(", ")} could not be lifted, and end by themselves.`);
  }

  /** @returns ids of what was made */
  async #make(silences: readonly Matcher[][], seconds: number): Promise<string[]> {
    const now = Date.now();
    const [startsAt, endsAt] = [new Date(now).toISOString(), new Date(now + seconds * 1000).toISOString()];
    const by = operator();
    const made = await Promise.allSettled(silences.map(async (matchers) => {
      const { status, body } = await this.#place.api.once({
        method: "POST", path: `${API}/silences`, type: "application/json",
        body: { matchers, startsAt, endsAt, createdBy: by, comment: `${this.#options.command} (${by}): planned work, lifted at its end` },
      });
      const answer = MADE.safeParse(body);
      if (status !== 200 || !answer.success) throw new Error(`Alertmanager answers ${status}: ${textOf(body)}`);
      return answer.data.silenceID;
    }));
    const failed = made.find((one) => one.status === "rejected");
    if (failed === undefined) this.#options.say(`Alerts that this causes are silenced while it lasts, until ${endsAt} at the latest.`);
    else this.#options.say(`Alerts of this work are not all silenced: ${reasonOf(failed.reason)}. It goes on.`);
    return made.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }

  async #lifted(id: string): Promise<boolean> {
    for (let attempt = 1; attempt <= LIFT_ATTEMPTS; attempt++) {
      const status = await this.#place.api.once({ method: "DELETE", path: `${API}/silence/${id}` }).then((answer) => answer.status, () => 0);
      if (status === 200) return true;
      if (status !== 404) return false;
      if (attempt < LIFT_ATTEMPTS) await new Promise((resolve) => setTimeout(resolve, LIFT_PAUSE_MS));
    }
    return false;
  }
}

/** Whether the stack has one of its own, and how long work may take. A configuration that is read already is not read again. */
function alertmanagerOf(place: Place | Stage): { isThere: boolean; budgetSeconds: number } {
  if ("config" in place) return { isThere: place.config.images.alertmanager !== undefined, budgetSeconds: place.config.release.budgetSeconds };
  const { servers, budgetSeconds = BUDGET_SECONDS } = place.brief();
  return { isThere: servers.alertmanager, budgetSeconds };
}

/** What an answer that is no success says: Alertmanager's own text, or the API server's Status. */
function textOf(body: unknown): string {
  if (typeof body === "object" && body !== null && "message" in body) return String(body.message);
  return (typeof body === "string" ? body : JSON.stringify(body)).trim().slice(0, 200);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
