/** What `make demo` shows: a release that goes well, one that turns bad and goes back by itself, and what users saw of both. */
import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { resultPage } from "../../sandbox/demo/page.ts";
import { now } from "../../sandbox/demo/load/request.ts";
import { type Summary, summarize } from "../../sandbox/demo/load/summary.ts";
import { UserError } from "../../sandbox/errors.ts";
import { writeOutput } from "../output.ts";
import { type Color, isColor, otherColor } from "../release/names.ts";
import { type Answer, type DemoStage, openDemoStage, STACK } from "./stage.ts";

export interface StoryOptions {
  /** Requests a second: half of them on kept connections, half on new ones. */
  rate: number;
  /** File for the page with the chart. */
  output: string;
  progress: (line: string) => void;
  say: (line: string) => void;
  signal: AbortSignal;
  /** Told everything when the story is over, with the stage still there. */
  after?: (stage: DemoStage) => Promise<void>;
}

/** Users' connections end after half a second at the latest: a browser's live longer, an ingress controller's not. */
const CONNECTION_SECONDS = 0.5;
/** Before the first release and after the last. */
const QUIET_MS = 3000;
/** After the flip users have the new color for so long before it breaks. */
const BREAK_AFTER_MS = 2000;
/** A rollback says where traffic goes when the API server has taken it, and nodes follow: within 0.2 s on an idle machine; ten times that for a busy one. */
export const FOLLOWED_MS = 2000;
/** Port of the demo application's switch for faults (sandbox/images/demo.ts). */
const SWITCH_PORT = 9901;

type Load = Awaited<ReturnType<DemoStage["load"]>>;

/** @throws UserError when a step does not go as the story says, or users noticed anything */
export async function story(options: StoryOptions): Promise<Summary> {
  const { say, progress, signal } = options;
  const began = performance.now();
  const tell = (text: string): void => say(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  await using stage = await openDemoStage({ first: { version: "1.0.0" }, progress, signal });
  tell(`stack "${STACK}" is applied with the policy pack: blue and green run 1.0.0, blue has the traffic`);
  const load = await stage.load({ plan: { keepAlive: options.rate / 2, new: options.rate / 2, long: 1 }, connectionSeconds: CONNECTION_SECONDS });
  const acts = new Acts(stage, load, tell, signal);
  try {
    load.mark({ name: "load begins", colors: ["blue"] });
    tell(`users come: ${options.rate} requests a second, some of which take 5 s`);
    await delay(QUIET_MS, undefined, { signal });
    await acts.deploy(await stage.image({ version: "2.0.0" }), "green");
    await acts.flip("green");
    await acts.deploy(await stage.image({ version: "3.0.0" }), "blue");
    await acts.flipThatBreaks("blue");
    await acts.refused("blue");
    await delay(QUIET_MS, undefined, { signal });
  } finally {
    await load.stop();
  }
  const result = await load.ended;
  const summary = summarize(result);
  writeOutput(resultPage(result, { title: "Two releases, one of which turned bad", figures: acts.figures }), options.output, "The page");
  tell(`users sent ${summary.total} requests: ${summary.failed} failed, ${summary.misrouted} were answered by the wrong color`);
  tell(`chart: ${options.output}`);
  await options.after?.(stage);
  if (summary.failed + summary.misrouted > 0) throw new UserError(`Users noticed: ${JSON.stringify(summary.failures)} failed, ${summary.misrouted} misrouted.`, `See when in ${options.output}.`);
  return summary;
}

class Acts {
  readonly figures: { label: string; value: string }[] = [];
  readonly #stage: DemoStage;
  readonly #load: Load;
  readonly #tell: (text: string) => void;
  readonly #signal: AbortSignal;

  constructor(stage: DemoStage, load: Load, tell: (text: string) => void, signal: AbortSignal) {
    this.#stage = stage;
    this.#load = load;
    this.#tell = tell;
    this.#signal = signal;
  }

  async deploy(image: string, to: Color): Promise<void> {
    this.#load.mark({ name: `deploy to ${to}` });
    const answer = expected(await this.#golive(["deploy", STACK, "--image", image, "--yes"]), 0);
    this.#figure(`Deploy to ${to}`, answer);
  }

  async flip(to: Color): Promise<void> {
    this.#load.mark({ name: `flip to ${to}`, colors: ["blue", "green"] });
    const answer = expected(await this.#golive(["flip", STACK, to, "--yes"], () => this.#moved(to)), 0);
    this.#figure(`Flip to ${to}, watched`, answer);
  }

  /** Something behind the application breaks while the flip is watched: the deep check sees it before any user does. */
  async flipThatBreaks(to: Color): Promise<void> {
    const from = otherColor(to);
    this.#load.mark({ name: `flip to ${to}`, colors: ["blue", "green"] });
    let broken: Promise<void> | undefined;
    let at = 0;
    const answer = expected(await this.#golive(["flip", STACK, to, "--yes"], (color) => {
      this.#moved(color);
      if (color === from) this.figures.push({ label: "From breaking to traffic back", value: `${((performance.now() - at) / 1000).toFixed(1)} s` });
      else broken = delay(BREAK_AFTER_MS, undefined, { signal: this.#signal }).then(() => this.#break(to)).then(() => { at = performance.now(); });
    }), 1, "turned bad");
    await broken;
    this.#figure("Flip that went back", answer);
  }

  /** What was rejected does not come back. */
  async refused(to: Color): Promise<void> {
    expected(await this.#golive(["flip", STACK, to, "--yes"]), 1, "was rejected");
    this.#tell(`${to} can not come back: its image is rejected`);
  }

  #moved(to: Color): void {
    this.#load.mark({ name: `only ${to} may answer`, colors: [to], olderConnections: true, at: now() + FOLLOWED_MS });
  }

  #golive(args: string[], moved: (to: Color) => void = () => undefined): Promise<Answer> {
    this.#signal.throwIfAborted();
    this.#tell(`$ ./golive ${args.map((arg) => arg.replace(/(@sha256:.{8}).*/, "$1…")).join(" ")}`);
    return this.#stage.golive(args, {
      signal: this.#signal,
      say: (line) => {
        const to = movedTo(line);
        // From before it goes back until all nodes have followed, both may answer.
        if (line.endsWith("Rolling back.")) this.#load.mark({ name: "goes back by itself", colors: ["blue", "green"] });
        if (to !== undefined) moved(to);
        this.#tell(`    ${line}`);
      },
    });
  }

  async #break(color: Color): Promise<void> {
    const { cluster } = this.#stage;
    const { body } = await cluster.client.get(`/api/v1/namespaces/shop/pods?labelSelector=color%3D${color}`);
    const addresses = (body as { items: { status: { podIP?: string } }[] }).items.flatMap(({ status }) => status.podIP ?? []);
    const [program = process.execPath, ...before] = cluster.inside;
    const script = `for (const address of ${JSON.stringify(addresses)}) await fetch("http://" + address + ":${SWITCH_PORT}/fault", { method: "POST", body: JSON.stringify({ fault: "unhealthy" }) })`;
    await promisify(execFile)(program, [...before, process.execPath, "--input-type=module", "--eval", script]);
    this.#load.mark({ name: `${color} breaks` });
    this.#tell(`    ${color} breaks: it loses what is behind it`);
  }

  #figure(label: string, { seconds }: Answer): void {
    this.figures.push({ label, value: `${seconds.toFixed(1)} s` });
  }
}

/** The color that a line of a command says traffic goes to. */
export function movedTo(line: string): Color | undefined {
  const to = /^Traffic goes to (\w+)\.$/.exec(line)?.[1];
  return to !== undefined && isColor(to) ? to : undefined;
}

function expected(answer: Answer, code: number, text = ""): Answer {
  if (answer.code === code && answer.output.includes(text)) return answer;
  throw new UserError(`The demo did not go as it should: a command ended with exit code ${answer.code ?? "none"}.`, answer.output.split("\n").slice(-8).join("\n"));
}
