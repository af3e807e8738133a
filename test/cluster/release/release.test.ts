/**
 * Releases on a real cluster, by the commands that operators type, with users all the while: 300 requests a second on
 * kept connections, as many on new ones, and some that take 5 s. None of them may fail, and none may be answered by a
 * color that has lost the traffic.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadResult } from "../../../sandbox/demo/load/records.ts";
import { summarize } from "../../../sandbox/demo/load/summary.ts";
import { type Answer, openReleaseStage, type ReleaseStage } from "./stage.ts";

/** Building the cluster's programs, when the cache is empty; then a minute. */
const BUILD_MS = 1_800_000;
const TEST_MS = 420_000;
const ROUNDS = 3;

let stage: ReleaseStage;
/** Where traffic goes, as the tests have moved it. */
let live: "blue" | "green" = "blue";
const idle = () => (live === "blue" ? "green" : "blue");

beforeAll(async () => { stage = await openReleaseStage({ version: "1.0.0" }); }, BUILD_MS);
afterAll(async () => { await stage[Symbol.asyncDispose](); }, 60_000);

function done(answer: Answer): Answer {
  expect(answer.code, answer.output).toBe(0);
  return answer;
}

function refused(answer: Answer, ...texts: string[]): void {
  expect(answer.code, answer.output).toBe(1);
  for (const text of texts) expect(answer.output).toContain(text);
}

interface Found {
  live: { color: string; serial: number; ready: number };
  drift: string[];
}

async function status(): Promise<Found> {
  return JSON.parse(done(await stage.golive("status", "sandbox", "--json")).output) as Found;
}

/** Configuration, cluster and state say the same, and a healthy color has the traffic. */
async function sound(): Promise<void> {
  const found = await status();
  expect(found.drift).toEqual([]);
  expect(found.live).toMatchObject({ color: live, ready: 2 });
}

/** Sets how many seconds a color is watched after a flip. */
function watchFor(seconds: number): void {
  const file = path.join(stage.folder, "Pulumi.sandbox.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/verifySeconds: \d+/, `verifySeconds: ${seconds}`));
}

/** Users see what happens meanwhile. Old connections are theirs to close: half a second at most. */
async function underLoad(act: (load: Awaited<ReturnType<ReleaseStage["load"]>>) => Promise<void>): Promise<LoadResult> {
  const load = await stage.load({ connectionSeconds: 0.5 });
  try {
    await act(load);
  } finally {
    await load.stop();
  }
  return load.ended;
}

function served(result: LoadResult): ReturnType<typeof summarize> {
  const summary = summarize(result);
  expect({ failed: summary.failed, misrouted: summary.misrouted, failures: summary.failures }).toEqual({ failed: 0, misrouted: 0, failures: {} });
  expect(summary.total).toBeGreaterThan(1000);
  return summary;
}

describe("blue/green under load", () => {
  it(`${ROUNDS} times: deploy, flip, roll back; no request fails or is answered by the wrong color`, { timeout: ROUNDS * TEST_MS }, async () => {
    const times: Record<string, number[]> = { deploy: [], flip: [], rollback: [] };
    const result = await underLoad(async (load) => {
      for (let round = 1; round <= ROUNDS; round++) {
        const image = await stage.image({ version: `2.${round}.0` });
        times["deploy"]?.push(done(await stage.golive("deploy", "sandbox", "--image", image, "--yes")).seconds);
        for (const command of ["flip", "rollback"] as const) {
          const to = idle();
          load.mark({ name: `${command} begins`, colors: ["blue", "green"] });
          times[command]?.push(done(await stage.golive(command, "sandbox", ...(command === "flip" ? [to] : []), "--yes")).seconds);
          load.mark({ name: `${command} completed`, colors: [to], olderConnections: true });
          live = to;
        }
        await sound();
      }
    });
    const summary = served(result);
    expect(Object.keys(summary.byColor).sort()).toEqual(["blue", "green"]);
    process.stderr.write(`releases: ${summary.total} requests, ${summary.failed} failed, ${summary.misrouted} misrouted; seconds ${Object.entries(times).map(([what, all]) => `${what} ${all.map((one) => one.toFixed(1)).join(" ")}`).join("; ")}\n`);
  });
});

describe("what is refused, with traffic as it was", () => {
  it("an image that was rejected, by deploy and by flip", { timeout: TEST_MS }, async () => {
    const image = await stage.image({ version: `2.${ROUNDS}.0` });
    refused(await stage.golive("deploy", "sandbox", "--image", image, "--yes"), "was rejected", "rolled back by hand");
    refused(await stage.golive("flip", "sandbox", idle(), "--yes"), "was rejected");
    await sound();
  });

  it("a tag, an unknown color, an unknown stack", async () => {
    const tag = await stage.golive("deploy", "sandbox", "--image", "sandbox.local/shop:2.0.0", "--yes");
    expect([tag.code, tag.output]).toEqual([2, expect.stringContaining("does not name an image by digest")]);
    const color = await stage.golive("flip", "sandbox", "gren", "--yes");
    expect([color.code, color.output]).toEqual([2, expect.stringContaining("Did you mean green?")]);
    refused(await stage.golive("status", "sandbax"), "There is no stack");
  });

  it("a checkout that says something else than the cluster", { timeout: TEST_MS }, async () => {
    const file = path.join(stage.folder, "Pulumi.sandbox.yaml");
    const now = readFileSync(file, "utf8");
    writeFileSync(file, now.replace(/serial: \d+/, "serial: 1"));
    expect((await status()).drift).toEqual([expect.stringContaining("this checkout is stale")]);
    refused(await stage.update(), "this checkout is stale", "Traffic is unchanged");
    writeFileSync(file, now);
    await sound();
  });
});

describe("faults, with users all the while", () => {
  it.each([
    ["fails its smoke tests", "fail-smoke", "smoke test failed"],
    ["turns bad seconds after it is live", "turn-bad:5", ""],
  ])("an image that %s never costs a request of the good color", { timeout: TEST_MS }, async (_, behavior, reason) => {
    const image = await stage.image({ version: `3.0.0-${behavior.replace(":", "-")}`, behavior });
    const smoke = path.join(stage.folder, "smoke.yaml");
    writeFileSync(smoke, JSON.stringify([{ name: "version", path: "/api/version", expect: { contains: "3.0.0" } }]));
    watchFor(12);
    const result = await underLoad(async () => {
      const deployed = await stage.golive("deploy", "sandbox", "--image", image, "--smoke", smoke, "--yes");
      if (reason !== "") {
        refused(deployed, reason, `Traffic stays on ${live}`);
        return;
      }
      done(deployed);
      refused(await stage.golive("flip", "sandbox", idle(), "--yes"), "turned bad after the flip", `Traffic is back on ${live}`);
    });
    watchFor(3);
    await sound();
    const summary = summarize(result);
    // What the bad color answered badly is its own; the good one lost nothing.
    const lost = result.records.filter((record) => record.color === live && (record.status >= 500 || record.error !== ""));
    expect(lost).toEqual([]);
    if (reason !== "") expect(summary.failed).toBe(0);
  });

  it("a command that is killed in the middle leaves something that the next one finishes", { timeout: TEST_MS }, async () => {
    const image = await stage.image({ version: "4.0.0" });
    done(await stage.golive("deploy", "sandbox", "--image", image, "--yes"));
    const result = await underLoad(async () => {
      const to = idle();
      for (const afterMs of [300, 2_000, 6_000]) await stage.killed(afterMs, "flip", "sandbox", to, "--yes");
      const { live: now } = await status();
      // Wherever it was killed, one command leads to where it was to lead, and one back.
      if (now.color !== to) done(await stage.golive("flip", "sandbox", to, "--yes"));
      done(await stage.golive("rollback", "sandbox", "--to", live, "--yes"));
    });
    served(result);
    await sound();
  });

  it("the API server restarts while traffic goes back", { timeout: TEST_MS }, async () => {
    const image = await stage.image({ version: "5.0.0" });
    done(await stage.golive("deploy", "sandbox", "--image", image, "--yes"));
    done(await stage.golive("flip", "sandbox", idle(), "--yes"));
    live = idle();
    const result = await underLoad(async () => {
      const restarted = stage.cluster.restartApiServer();
      done(await stage.golive("rollback", "sandbox", "--yes"));
      await restarted;
    });
    live = idle();
    served(result);
    await sound();
  });
});
