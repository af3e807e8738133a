/** Waits until an object is deleted. */
import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../api.ts";
import { at, because, listAt, textAt, type KubeObject } from "../json.ts";
import { Followed } from "./follow.ts";
import { warningsOf } from "./problems.ts";
import { NotReady, itself, type WaitOptions } from "./wait.ts";

/** @throws NotReady when it is still there after the time, or the update was cancelled: with the finalizers that hold it */
export async function waitUntilGone(api: Api, object: KubeObject, options: WaitOptions): Promise<void> {
  const stop = new AbortController();
  const uid = textAt(object, "metadata", "uid");
  let last = object;
  options.say("Waiting for the object to be deleted", false);
  const timer = delay(options.timeoutMs, undefined, { signal: AbortSignal.any([stop.signal, options.signal]) }).catch(() => undefined);
  const gone = new Promise<true>((resolve) => {
    const own = new Followed(() => {
      const found = own.items.find((o) => uid === "" || textAt(o, "metadata", "uid") === uid);
      if (found === undefined) resolve(true);
      else last = found;
    });
    void own.run(api, itself(object), stop.signal);
  });
  const done = await Promise.race([gone, timer]);
  stop.abort();
  if (done === true) return;
  const { name } = object.metadata;
  const message = options.signal.aborted ? `Resource operation was cancelled for "${name}"` : `'${name}' timed out waiting to be deleted`;
  throw new NotReady(message, [holding(last), ...(await warningsOf(api, [last]))], last);
}

function holding(object: KubeObject): string {
  const finalizers = [at(object, "metadata", "finalizers"), at(object, "spec", "finalizers")].flatMap((list) => (Array.isArray(list) ? list.filter((f) => typeof f === "string") : []));
  const conditions = object.kind === "Namespace" ? listAt(object, "status", "conditions").filter((c) => c["status"] === "True").map(because) : [];
  if (finalizers.length === 0) return "the object is still there";
  return [`finalizers might be preventing deletion (${finalizers.join(", ")})`, ...conditions].join("; ");
}
