/**
 * The ways in which the application can be told to misbehave, as text: `failing:0.3` or `slow:2,unready`. What each
 * does is in FAULTS.
 */

/** Every fault: what its number means and what is taken without one; `undefined` where it has none. */
export const FAULTS = {
  slow: { number: "seconds by which every answer is late", without: 2 },
  failing: { number: "share of requests that get a 500, from 0 to 1", without: 1 },
  crash: { number: "seconds until the process ends with exit code 1", without: 0 },
  "crash-at-start": { number: undefined, without: 0 },
  unready: { number: undefined, without: 0 },
  unhealthy: { number: undefined, without: 0 },
  "slow-start": { number: "seconds until it becomes ready", without: 30 },
  "fail-smoke": { number: undefined, without: 0 },
  "turn-bad": { number: "seconds from the first live traffic until every request gets a 500", without: 5 },
  busy: { number: "share of a processor that is used up beside the work, from 0 to 1", without: 1 },
  full: { number: "share of the container's memory limit that is used up, from 0 to 1", without: 0.9 },
  "fail-migration": { number: "number of the migration that fails", without: 1 },
} as const;

export type FaultName = keyof typeof FAULTS;

const SHARES: readonly string[] = ["failing", "busy", "full"];

/** A check or a smoke test sends a few requests; what sends more than this in one second is live traffic. */
const LIVE_REQUESTS_A_SECOND = 20;

/** @throws Error with what is allowed */
export function parseFaults(text: string): Map<FaultName, number> {
  const faults = new Map<FaultName, number>();
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "" || part === "none") continue;
    const [name = "", value] = part.split(":");
    if (!isFault(name)) throw new Error(`There is no fault "${name}". Faults: none, ${Object.keys(FAULTS).join(", ")}.`);
    const amount = value === undefined ? FAULTS[name].without : Number(value);
    if (!Number.isFinite(amount) || amount < 0 || value === "") throw new Error(`"${part}" has no number that makes sense. Example: ${name}:${FAULTS[name].without}`);
    if (SHARES.includes(name) && amount > 1) throw new Error(`"${part}": the share is from 0 to 1.`);
    faults.set(name, amount);
  }
  return faults;
}

/** The faults of a running application. Times are milliseconds of a clock that never goes back. */
export class Faults {
  #active: Map<FaultName, number>;
  readonly #started: number;
  readonly #now: () => number;
  readonly #crash: () => void;
  #second = 0;
  #requests = 0;
  #liveSince: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param crash ends the process */
  constructor(text: string, crash: () => void, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#crash = crash;
    this.#started = now();
    this.#active = new Map();
    this.set(text);
  }

  /** Replaces what was active. @throws Error when the text makes no sense; nothing has changed then */
  set(text: string): void {
    this.#active = parseFaults(text);
    this.#liveSince = undefined;
    clearTimeout(this.#timer);
    const crashAfter = this.#active.get("crash");
    if (crashAfter !== undefined) this.#timer = setTimeout(this.#crash, crashAfter * 1000).unref();
  }

  /** As it was given: `failing:0.3`, or `none`. */
  get text(): string {
    const parts = [...this.#active].map(([name, value]) => (FAULTS[name].number === undefined ? name : `${name}:${value}`));
    return parts.length === 0 ? "none" : parts.join(",");
  }

  get crashesAtStart(): boolean {
    return this.#active.has("crash-at-start");
  }

  /** Users are served, and the deep check says that something behind the application is gone. */
  get unhealthy(): boolean {
    return this.#active.has("unhealthy");
  }

  get failsSmoke(): boolean {
    return this.#active.has("fail-smoke");
  }

  get ready(): boolean {
    const slowStart = this.#active.get("slow-start") ?? 0;
    return !this.#active.has("unready") && this.#now() - this.#started >= slowStart * 1000;
  }

  get delaySeconds(): number {
    return this.#active.get("slow") ?? 0;
  }

  /** Share of a processor to use up. */
  get busy(): number {
    return this.#active.get("busy") ?? 0;
  }

  /** Share of the memory limit to use up. */
  get full(): number {
    return this.#active.get("full") ?? 0;
  }

  /** Notes a request of a user, and says whether it is to fail. @param chance from 0 to 1 */
  failsRequest(chance: number): boolean {
    this.#note();
    if (chance < (this.#active.get("failing") ?? 0)) return true;
    const turnsBad = this.#active.get("turn-bad");
    return turnsBad !== undefined && this.#liveSince !== undefined && this.#now() - this.#liveSince >= turnsBad * 1000;
  }

  #note(): void {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) this.#requests = 0;
    this.#second = second;
    this.#requests++;
    if (this.#requests > LIVE_REQUESTS_A_SECOND) this.#liveSince ??= this.#now();
  }
}

function isFault(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}
