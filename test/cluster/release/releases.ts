/** Releases on a stage as operators make them, with users all the while, and what must be true afterwards. */
import { expect } from "vitest";
import type { Answer } from "../../../operations/demo/stage.ts";
import { FOLLOWED_MS, movedTo } from "../../../operations/demo/story.ts";
import { type Color, otherColor } from "../../../operations/release/names.ts";
import type { LoadPlan, LoadResult } from "../../../sandbox/demo/load/records.ts";
import { now } from "../../../sandbox/demo/load/request.ts";
import { type Summary, summarize } from "../../../sandbox/demo/load/summary.ts";
import type { ReleaseStage } from "./stage.ts";

export type Load = Awaited<ReturnType<ReleaseStage["load"]>>;

interface Found {
  live: { color: Color; serial: number; ready: number };
  drift: string[];
  isStateCompared: boolean;
}

/** Old connections are users' own to close; these do it after half a second at most. */
const CONNECTION_SECONDS = 0.5;
/** Enough users to notice whatever is lost, few enough to leave the machine to what goes wrong; the rounds of releases have 600 a second. */
export const SOME_USERS: LoadPlan = { keepAlive: 100, new: 100, long: 1 };
/** A busy machine sends late, and all the same sends nearly all. */
const LEAST_SHARE = 0.9;

export class Releases {
  /** Where traffic goes, as the tests have moved it. */
  live: Color = "blue";
  /** How long nodes may take to follow what the API server has taken, in milliseconds. */
  followedMs = FOLLOWED_MS;
  readonly #stage: ReleaseStage;
  readonly #load: { plan?: LoadPlan };

  /** @param plan requests a second; those of the stage without */
  constructor(stage: ReleaseStage, plan?: LoadPlan) {
    this.#stage = stage;
    this.#load = plan === undefined ? {} : { plan };
  }

  get idle(): Color {
    return otherColor(this.live);
  }

  deploy(image: string, ...more: string[]): Promise<Answer> {
    return this.#stage.golive("deploy", "sandbox", "--image", image, "--yes", ...more);
  }

  /** With marks in the load: from the command's start until nodes have followed where it says that traffic goes, both colors may answer. */
  move(load: Load | undefined, ...command: string[]): Promise<Answer> {
    load?.mark({ name: `${command[0] ?? ""} begins`, colors: ["blue", "green"] });
    return this.#stage.watched((line) => {
      const to = movedTo(line);
      if (to !== undefined) load?.mark({ name: `only ${to} may answer`, colors: [to], olderConnections: true, at: now() + this.followedMs });
    }, ...command, "--yes");
  }

  /** A flip that goes well. */
  async flip(load?: Load): Promise<Answer> {
    const answer = done(await this.move(load, "flip", "sandbox", this.idle));
    this.live = this.idle;
    return answer;
  }

  async rollback(load?: Load): Promise<Answer> {
    const answer = done(await this.move(load, "rollback", "sandbox"));
    this.live = this.idle;
    return answer;
  }

  async status(): Promise<Found> {
    return JSON.parse(done(await this.#stage.golive("status", "sandbox", "--json")).output) as Found;
  }

  /** Configuration, state and cluster say the same, and a healthy color has the traffic. */
  async sound(): Promise<void> {
    const found = await this.status();
    // Without a look at the state its silence says nothing.
    expect({ drift: found.drift, isStateCompared: found.isStateCompared }).toEqual({ drift: [], isStateCompared: true });
    expect(found.live).toMatchObject({ color: this.live, ready: 2 });
  }

  /** What users see while something is done. */
  async underLoad(act: (load: Load) => Promise<void>): Promise<LoadResult> {
    const load = await this.#stage.load({ connectionSeconds: CONNECTION_SECONDS, ...this.#load });
    try {
      await act(load);
    } finally {
      await load.stop();
    }
    return load.ended;
  }
}

export function done(answer: Answer): Answer {
  expect(answer.code, answer.output).toBe(0);
  return answer;
}

export function refused(answer: Answer, ...texts: string[]): void {
  expect(answer.code, answer.output).toBe(1);
  for (const text of texts) expect(answer.output).toContain(text);
}

/** Nobody noticed anything, and there was somebody to notice it. */
export function served(result: LoadResult): Summary {
  const summary = summarize(result);
  const { failed, misrouted, failures } = summary;
  expect({ failed, misrouted, failures }, misrouted > 0 ? whenMisrouted(result, summary) : undefined).toEqual({ failed: 0, misrouted: 0, failures: {} });
  there(summary);
  return summary;
}

/** Seconds since the start of the load. */
function whenMisrouted({ started, marks }: LoadResult, { series }: Summary): string {
  const said = marks.map(({ name, at }) => `${((at - started) / 1000).toFixed(1)} s ${name}`);
  return `${said.join(", ")}; misrouted: ${series.flatMap(({ from, misrouted }) => (misrouted > 0 ? [`${misrouted} at ${from} s`] : [])).join(", ")}`;
}

/** Whatever the bad color answered badly is its own: nobody else's request failed or stayed without an answer. */
export function servedButBy(bad: Color, result: LoadResult): Summary {
  expect(result.records.filter((record) => record.color !== bad && (record.status >= 500 || record.error !== ""))).toEqual([]);
  const summary = summarize(result);
  there(summary);
  return summary;
}

/** All kinds of requests were sent, about as many as they should be. */
function there({ generator, byKind, seconds }: Summary): void {
  expect(generator.sent).toBeGreaterThan(LEAST_SHARE * generator.wanted);
  expect(Object.keys(byKind).sort()).toEqual(["keepAlive", "long", "new"]);
  expect(seconds).toBeGreaterThan(1);
}
