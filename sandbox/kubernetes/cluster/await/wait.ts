/** Waits until an object is ready, watching it and what belongs to it. */
import type { Api, Kind } from "../api.ts";
import { textAt, type KubeObject } from "../json.ts";
import { Followed } from "./follow.ts";
import { podProblems, warningsOf } from "./problems.ts";
import type { Found, Readiness, Related, Scene, Verdict } from "./readiness.ts";

/** How often problems of pods are told while waiting (deployment.go, `aggregateErrorTicker`). */
const TELL_MS = 10_000;

export interface WaitOptions {
  timeoutMs: number;
  /** Ends the wait as a failure. */
  signal: AbortSignal;
  /** The object before the update. */
  before?: KubeObject;
  /** Told how it goes; the same text is not told twice in a row. */
  say: (text: string, warning: boolean) => void;
}

/** The object is there, but did not become ready: with what is known of why. */
export class NotReady extends Error {
  readonly reasons: string[];
  /** The object as it was seen last. */
  readonly object: KubeObject;

  constructor(message: string, reasons: string[], object: KubeObject) {
    super(message);
    this.name = "NotReady";
    this.reasons = reasons;
    this.object = object;
  }
}

/** @returns the ready object. @throws NotReady when it failed, time is up, or the update was cancelled */
export async function waitFor(api: Api, object: KubeObject, readiness: Readiness, options: WaitOptions): Promise<KubeObject> {
  const stop = new AbortController();
  const watching = new Watching(api, object, readiness, stop.signal);
  try {
    return await watching.outcome(options);
  } finally {
    stop.abort();
  }
}

class Watching {
  readonly #api: Api;
  readonly #readiness: Readiness;
  readonly #own: Followed;
  readonly #found: Record<string, Followed> = {};
  #last: KubeObject;
  #ring: () => void = () => undefined;

  constructor(api: Api, object: KubeObject, readiness: Readiness, signal: AbortSignal) {
    const changed = (): void => this.#ring();
    this.#api = api;
    this.#last = object;
    this.#readiness = readiness;
    this.#own = new Followed(changed);
    void this.#own.run(api, itself(object), signal);
    for (const [name, related] of Object.entries(readiness.related?.(object) ?? {})) {
      const followed = new Followed(changed);
      this.#found[name] = followed;
      void followed.run(api, related, signal);
    }
  }

  async outcome(options: WaitOptions): Promise<KubeObject> {
    const until = performance.now() + options.timeoutMs;
    let [told, tellAt] = ["", performance.now() + TELL_MS];
    for (;;) {
      const rung = new Promise<void>((resolve) => { this.#ring = resolve; });
      const verdict = this.#look(options.before);
      const { name } = this.#last.metadata;
      if (verdict.is === "ready") return this.#last;
      if (verdict.is === "failed") return this.#fail(`Resource '${name}' was created but failed to initialize`, verdict.why);
      if (options.signal.aborted) return this.#fail(`Resource operation was cancelled for "${name}"`, verdict.for);
      const now = performance.now();
      if (now >= until) return this.#fail(`'${name}' timed out waiting to be Ready`, this.#own.problem || verdict.for);
      if (verdict.for !== told) options.say(told = verdict.for, false);
      if (now >= tellAt) {
        tellAt = now + TELL_MS;
        const problem = this.#own.problem === "" ? podProblems(this.#items("pods"))[0] : this.#own.problem;
        if (problem !== undefined) options.say(problem, true);
      }
      await first(rung, Math.min(until - now, tellAt - now, verdict.lookAgainMs ?? Infinity), options.signal);
    }
  }

  #look(before: KubeObject | undefined): Verdict {
    if (!this.#own.listed || Object.values(this.#found).some((f) => !f.listed)) return { is: "waiting", for: "Waiting for the cluster's account of it" };
    const uid = textAt(this.#last, "metadata", "uid");
    const object = this.#own.items.find((o) => textAt(o, "metadata", "uid") === uid);
    if (object === undefined) return { is: "failed", why: "the object was deleted while it was waited for" };
    this.#last = object;
    return this.#readiness.look({ object, before, found: this.#found, now: performance.now() });
  }

  #items(name: string): readonly KubeObject[] {
    return this.#found[name]?.items ?? [];
  }

  async #fail(message: string, why: string): Promise<never> {
    const mine = [this.#last, ...this.#items("replicaSets"), ...this.#items("pods")];
    const reasons = [why, ...podProblems(this.#items("pods")), ...(await warningsOf(this.#api, mine))];
    throw new NotReady(message, [...new Set(reasons)].filter((r) => r !== ""), this.#last);
  }
}

/** A single look, as a refresh takes it. */
export async function lookOnce(api: Api, object: KubeObject, readiness: Readiness, signal: AbortSignal): Promise<Verdict & { problems: string[] }> {
  const found: Record<string, Found> = {};
  for (const [name, related] of Object.entries(readiness.related?.(object) ?? {})) {
    found[name] = { items: (await api.list(related.kind, related.namespace, related.query, signal)).items, changedAt: -Infinity };
  }
  // What was applied last is what is there.
  const scene: Scene = { object, before: object, found, now: performance.now() };
  return { ...readiness.look(scene), problems: podProblems(found["pods"]?.items ?? []) };
}

/** The list that holds the object alone. */
export function itself(object: Kind & KubeObject): Related {
  return { kind: object, namespace: textAt(object, "metadata", "namespace"), query: { fieldSelector: `metadata.name=${object.metadata.name}` } };
}

/** Until something changed, time has passed, or the signal. */
function first(changed: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, ms));
    signal.addEventListener("abort", done, { once: true });
    void changed.then(done);
  });
}
