/**
 * Releases on a real cluster, by the commands that operators type, with users all the while: 300 requests a second on
 * kept connections, as many on new ones, and some that take 5 s. None of them may fail, and none may be answered by a
 * color that has lost the traffic. `ROUNDS` (make soak: 20) says how often.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { done, refused, Releases, served } from "./releases.ts";
import { openReleaseStage, type ReleaseStage } from "./stage.ts";

/** Building the cluster's programs, when the cache is empty; then a minute. */
const BUILD_MS = 1_800_000;
const TEST_MS = 420_000;
const ROUNDS = Number(process.env["ROUNDS"] ?? 3);

let stage: ReleaseStage;
let releases: Releases;
beforeAll(async () => {
  stage = await openReleaseStage({ version: "1.0.0" });
  releases = new Releases(stage);
}, BUILD_MS);
afterAll(async () => { await stage?.[Symbol.asyncDispose](); }, 60_000);

describe("blue/green under load", () => {
  it(`${ROUNDS} times: deploy, flip, roll back; no request fails or is answered by the wrong color`, { timeout: ROUNDS * TEST_MS }, async () => {
    const times: Record<string, number[]> = { deploy: [], flip: [], rollback: [] };
    const result = await releases.underLoad(async (load) => {
      for (let round = 1; round <= ROUNDS; round++) {
        times["deploy"]?.push(done(await releases.deploy(await stage.image({ version: `2.${round}.0` }))).seconds);
        times["flip"]?.push((await releases.flip(load)).seconds);
        times["rollback"]?.push((await releases.rollback(load)).seconds);
        await releases.sound();
      }
    });
    const summary = served(result);
    expect(Object.keys(summary.byColor).sort()).toEqual(["blue", "green"]);
    process.stderr.write(`releases: ${summary.total} requests, ${summary.failed} failed, ${summary.misrouted} misrouted; seconds ${Object.entries(times).map(([what, all]) => `${what} ${all.map((one) => one.toFixed(1)).join(" ")}`).join("; ")}\n`);
  });
});

describe("what is refused, with traffic as it was", () => {
  it("an image that was rejected, by deploy, by flip and by a plain update", { timeout: TEST_MS }, async () => {
    const image = await stage.image({ version: `2.${ROUNDS}.0` });
    refused(await releases.deploy(image), "was rejected", "rolled back by hand");
    refused(await stage.golive("flip", "sandbox", releases.idle, "--yes"), "was rejected");
    const before = stage.set(["golive:activeColor"], releases.idle);
    refused(await stage.update(), "was rejected");
    stage.write(before);
    // Nor into the color that has the traffic.
    stage.set(["golive:images", releases.live], image);
    refused(await stage.update(), "was rejected");
    stage.write(before);
    await releases.sound();
  });

  it("a tag, an unknown color, an unknown stack", async () => {
    const tag = await releases.deploy("sandbox.local/shop:2.0.0");
    expect([tag.code, tag.output]).toEqual([2, expect.stringContaining("does not name an image by digest")]);
    const color = await stage.golive("flip", "sandbox", "gren", "--yes");
    expect([color.code, color.output]).toEqual([2, expect.stringContaining("Did you mean green?")]);
    refused(await stage.golive("status", "sandbax"), "There is no stack");
  });

  it("an impossible color in the stack file", async () => {
    const before = stage.set(["golive:activeColor"], "gren");
    const update = await stage.update();
    expect([update.code, update.output]).toEqual([1, expect.stringContaining('given:   "gren"')]);
    refused(await releases.deploy(await stage.image({ version: "2.9.0" })), 'given:   "gren"');
    stage.write(before);
    await releases.sound();
  });

  it("an update from a checkout that is older than what moved traffic", { timeout: TEST_MS }, async () => {
    const stale = stage.set(["golive:activeColor"], releases.live);
    done(await releases.deploy(await stage.image({ version: "2.10.0" })));
    await releases.flip();
    const now = stage.set(["golive:activeColor"], releases.live);
    stage.write(stale);
    expect((await releases.status()).drift.join("\n")).toContain("this checkout is stale");
    refused(await stage.update(), "this checkout is stale", "Traffic is unchanged");
    stage.write(now);
    await releases.sound();
  });

  it("nothing: after a rollback a plain flip by configuration meets no conflict", { timeout: TEST_MS }, async () => {
    await releases.rollback();
    done(await releases.deploy(await stage.image({ version: "2.11.0" })));
    stage.set(["golive:activeColor"], releases.idle);
    done(await stage.update());
    releases.live = releases.idle;
    await releases.sound();
  });
});
