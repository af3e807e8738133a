/** How long pods of a new image are waited for: as long as it may help. */
import { expect, it } from "vitest";
import { hopeless, type StartTrouble } from "../../../operations/release/startup.ts";

const PULL: StartTrouble = { kind: "image pull", text: "its image can not be pulled", isFinal: false };
const SLOW: StartTrouble = { kind: "not ready", text: "it runs and does not get ready", isFinal: false };

/** Looks that find these one after another, the last one again and again; "away" is an API server that does not answer. */
function waitingFor(found: readonly (StartTrouble | "away" | undefined)[], limitMs = 400): { looks: () => number; said: string[]; ended: Promise<StartTrouble | undefined> } {
  let looks = 0;
  const said: string[] = [];
  const look = () => {
    const now = found[Math.min(looks++, found.length - 1)];
    return now === "away" ? Promise.reject(new Error("away")) : Promise.resolve(now);
  };
  return { looks: () => looks, said, ended: hopeless(look, { signal: AbortSignal.timeout(limitMs), said: (text) => said.push(text), pullMs: 100, lookMs: 10 }) };
}

it("an image that can not be pulled for long enough is given up", async () => {
  const { ended, said, looks } = waitingFor([undefined, PULL]);
  expect(await ended).toBe(PULL);
  expect(looks()).toBeGreaterThan(3);
  expect(said).toContain(PULL.text);
});

it("a registry that answers in between is waited for, and so is an API server", async () => {
  expect(await waitingFor([PULL, PULL, SLOW, PULL, "away", SLOW, "away", undefined]).ended).toBeUndefined();
});

it("what more starts do not help is given up at the first look", async () => {
  const crash: StartTrouble = { kind: "crash", text: "it ends with exit code 1", isFinal: true };
  const { ended, looks } = waitingFor([crash]);
  expect(await ended).toBe(crash);
  expect(looks()).toBe(1);
});

it("pods that run and are not ready have all the time that there is", async () => {
  expect(await waitingFor([SLOW]).ended).toBeUndefined();
});
