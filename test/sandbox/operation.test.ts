/** How an interrupt reaches the engine: once. To the engine a second one means that it must not wait for what it is doing. */
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { InterruptedError } from "../../operations/interrupt.ts";
import { runOperation, toldOnce } from "../../sandbox/workspace/operation.ts";

/** @param says what the engine prints when the operator has interrupted. @returns whether it was told by us as well, and how the operation ended */
async function interrupted(says: string): Promise<{ told: boolean; failure: unknown }> {
  const stop = new AbortController();
  let told = false;
  const failure: unknown = await runOperation("update", { signal: stop.signal }, async ({ signal, onOutput }) => {
    signal?.addEventListener("abort", () => { told = true; });
    stop.abort(new InterruptedError());
    onOutput(says);
    await delay(1500);
    throw new Error("update cancelled");
  }).catch((error: unknown) => error);
  return { told, failure };
}

describe("an interrupt", () => {
  it.each([
    ["that the engine has had from the terminal is not sent to it again", "\n^C received; cancelling. If you would like to terminate immediately, press ^C again.\n", false],
    ["that the engine has not heard of is sent to it", "Updating (sandbox):\n", true],
  ])("%s", async (_, says, isTold) => {
    expect(await interrupted(says)).toEqual({ told: isTold, failure: expect.any(InterruptedError) as unknown });
  });

  it("of an operation that has ended is nobody's any more", async () => {
    const stop = new AbortController();
    const { signal, close } = toldOnce(stop.signal, () => false, 20);
    stop.abort(new InterruptedError());
    close();
    await delay(60);
    expect(signal.aborted).toBe(false);
  });

  it("comes with its reason", async () => {
    const stop = new AbortController();
    const { signal } = toldOnce(stop.signal, () => false, 10);
    const reason = new InterruptedError();
    stop.abort(reason);
    await expect.poll(() => signal.aborted).toBe(true);
    expect(signal.reason).toBe(reason);
  });
});
