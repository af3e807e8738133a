/** A list of objects that is kept current: listed, watched, and listed again when the watch breaks off. */
import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../api.ts";
import { ApiError, messageOf } from "../errors.ts";
import { textAt, type KubeObject } from "../json.ts";
import type { Found, Related } from "./readiness.ts";

const RELIST_MS = 200;
const LONGEST_RELIST_MS = 2_000;

export class Followed implements Found {
  readonly #items = new Map<string, KubeObject>();
  readonly #changed: () => void;
  changedAt = performance.now();
  /** True once the objects were listed. */
  listed = false;
  /** The problem of the last attempt, while there is one. */
  problem = "";

  /** @param changed told after every change */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get items(): readonly KubeObject[] {
    return [...this.#items.values()];
  }

  /** Goes on until the signal; a server that restarts is waited for. */
  async run(api: Api, related: Related, signal: AbortSignal): Promise<void> {
    for (let pause = RELIST_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_RELIST_MS)) {
      try {
        const version = await this.#list(api, related, signal);
        pause = RELIST_MS;
        await this.#watch(api, related, version, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.problem = messageOf(error);
        // An old version is no problem: what is there now is listed next.
        if (!(error instanceof ApiError && error.code === 410)) await delay(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #list(api: Api, related: Related, signal: AbortSignal): Promise<string> {
    const { items, version } = await api.list(related.kind, related.namespace, related.query, signal);
    const before = JSON.stringify(this.items.map(identity));
    this.#items.clear();
    for (const item of items) this.#items.set(textAt(item, "metadata", "uid"), item);
    this.problem = "";
    if (!this.listed || before !== JSON.stringify(this.items.map(identity))) this.#note();
    return version;
  }

  async #watch(api: Api, related: Related, from: string, signal: AbortSignal): Promise<void> {
    const resource = await api.resource(related.kind, signal);
    const path = api.pathOf(resource, related.namespace);
    let version = from;
    while (!signal.aborted) {
      const started = performance.now();
      for await (const { type, object } of api.connection.watch(path, { ...related.query, resourceVersion: version }, signal)) {
        version = textAt(object, "metadata", "resourceVersion");
        if (type === "BOOKMARK") continue;
        const uid = textAt(object, "metadata", "uid");
        if (type === "DELETED") this.#items.delete(uid);
        else this.#items.set(uid, object);
        this.#note();
      }
      // A server that hangs up at once is about to go.
      if (performance.now() - started < RELIST_MS) await delay(RELIST_MS, undefined, { signal });
    }
  }

  #note(): void {
    this.listed = true;
    this.changedAt = performance.now();
    this.#changed();
  }
}

function identity(object: KubeObject): string {
  return `${textAt(object, "metadata", "uid")}/${textAt(object, "metadata", "resourceVersion")}`;
}
