/**
 * The other strategies under load. Canaries by replicas: the live Service is open to both colors, and as many pods of each
 * divide its traffic. Rolling releases: the live color changes pod by pod, the other one keeps what users had, and a bad
 * one goes back to it.
 */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { otherColor } from "../../../operations/release/names.ts";
import type { Status } from "../../../operations/release/status.ts";
import { now } from "../../../sandbox/demo/load/request.ts";
import { done, refused, Releases, served, servedButBy } from "./releases.ts";
import { openReleaseStage, type ReleaseStage } from "./stage.ts";

const BUILD_MS = 1_800_000;
const TEST_MS = 420_000;
const ROUNDS = Number(process.env["ROUNDS"] ?? 3);
/** Of some hundred connections, at half for each color: far beyond chance. */
const HALF = { least: 0.3, most: 0.7 };

let stage: ReleaseStage;
let releases: Releases;
beforeAll(async () => {
  stage = await openReleaseStage({ version: "1.0.0" });
  releases = new Releases(stage);
}, BUILD_MS);
afterAll(async () => { await stage?.[Symbol.asyncDispose](); }, 60_000);

async function images(): Promise<Record<string, string | undefined>> {
  const { colors } = JSON.parse(done(await stage.golive("status", "sandbox", "--json")).output) as Status;
  return Object.fromEntries(colors.map(({ color, image }) => [color, image]));
}

describe("a canary", () => {
  beforeAll(async () => {
    stage.set(["golive:release", "strategy"], "canary");
    stage.set(["golive:release", "canary"], { by: "replicas", weights: [50, 100], stepSeconds: 4 });
    done(await stage.update());
  }, TEST_MS);

  it(`${ROUNDS} times: deploy, flip by half of the traffic, roll back; no request fails`, { timeout: ROUNDS * TEST_MS }, async () => {
    const steps: { from: number; to: number; color: string }[] = [];
    const result = await releases.underLoad(async (load) => {
      for (let round = 1; round <= ROUNDS; round++) {
        const color = releases.idle;
        done(await releases.deploy(await stage.image({ version: `2.${round}.0` })));
        let from = 0;
        load.mark({ name: "canary begins", colors: ["blue", "green"] });
        done(await stage.watched((line) => {
          if (line === `${color} has 50 % of the traffic.`) from = now();
          // The end of the step is watched for four seconds.
          if (from > 0 && steps.length < round) steps.push({ from: from + 500, to: from + 3500, color });
        }, "flip", "sandbox", color, "--yes"));
        releases.live = color;
        await releases.rollback(load);
        await releases.sound();
      }
    });
    served(result);
    expect(steps).toHaveLength(ROUNDS);
    for (const step of steps) {
      const connections = new Map(result.records.filter(({ kind, sent }) => kind === "new" && sent >= step.from && sent < step.to).map((record) => [record.sent, record.color]));
      const share = [...connections.values()].filter((color) => color === step.color).length / connections.size;
      expect(share).toBeGreaterThan(HALF.least);
      expect(share).toBeLessThan(HALF.most);
    }
  });

  it("one that turns bad with its share loses it by itself, and is rejected", { timeout: TEST_MS }, async () => {
    const bad = releases.idle;
    stage.set(["golive:release", "canary", "stepSeconds"], 15);
    const image = await stage.image({ version: "9.0.0", behavior: "turn-bad:5" });
    done(await releases.deploy(image));
    const result = await releases.underLoad(async (load) => {
      load.mark({ name: "canary begins", colors: ["blue", "green"] });
      refused(await stage.golive("flip", "sandbox", bad, "--yes"), `${bad} turned bad with 50 % of the traffic`, `All of it is back on ${releases.live}`);
    });
    expect(result.records.filter((record) => record.color === releases.live && (record.status >= 500 || record.error !== ""))).toEqual([]);
    refused(await releases.deploy(image), "was rejected");
    await releases.sound();
  });

  it("a weight that pods can not make is refused by the configuration, with those that they can", async () => {
    const before = stage.set(["golive:release", "canary", "weights"], [7, 100]);
    refused(await stage.golive("flip", "sandbox", releases.idle, "--yes"), "release.canary.weights[0]");
    stage.write(before);
  });
});

/** Resolves when the Deployment of a color has been told an image. */
async function changing(color: string, image: string): Promise<void> {
  for (const until = Date.now() + TEST_MS; Date.now() < until; await delay(100)) {
    const { body } = await stage.cluster.client.get(`/apis/apps/v1/namespaces/shop/deployments/app-${color}`);
    const { spec } = body as { spec: { template: { spec: { containers: { image: string }[] } } } };
    if (spec.template.spec.containers.some((container) => container.image === image)) return;
  }
}

describe("a rolling release", () => {
  beforeAll(async () => {
    stage.set(["golive:release", "strategy"], "rolling");
    stage.set(["golive:release", "canary"], undefined);
    done(await stage.update());
  }, TEST_MS);

  it(`${ROUNDS} times: roll out, roll back; no request fails, and what users had is kept`, { timeout: ROUNDS * TEST_MS }, async () => {
    const had = (await images())[releases.live];
    const result = await releases.underLoad(async (load) => {
      for (let round = 1; round <= ROUNDS; round++) {
        const image = await stage.image({ version: `4.${round}.0` });
        const { live, idle } = releases;
        expect(done(await releases.deploy(image)).output).toContain(`${live} runs ${image} with 2 ready pods, and is well.`);
        expect(await images()).toEqual({ [live]: image, [idle]: had });
        await releases.sound();
        await releases.rollback(load);
        await releases.sound();
      }
    });
    served(result);
  });

  it("one that turns bad while it is watched goes back by itself, and is rejected", { timeout: TEST_MS }, async () => {
    const bad = releases.live;
    const image = await stage.image({ version: "9.0.0", behavior: "turn-bad:12" });
    stage.set(["golive:release", "verifySeconds"], 30);
    const result = await releases.underLoad(async (load) => {
      refused(await releases.move(load, "deploy", "sandbox", "--image", image), `${bad} did not pass: `, `Traffic is on ${otherColor(bad)}, which kept what users had`);
      releases.live = otherColor(bad);
    });
    servedButBy(bad, result);
    refused(await releases.deploy(image), "was rejected");
    stage.set(["golive:release", "verifySeconds"], 3);
    await releases.sound();
  });

  it("one that does not start meets no user, and is rejected", { timeout: TEST_MS }, async () => {
    const bad = releases.live;
    const image = await stage.image({ version: "9.1.0", behavior: "crash-at-start" });
    const result = await releases.underLoad(async (load) => {
      refused(await releases.move(load, "deploy", "sandbox", "--image", image), `${bad} did not pass`, "the image is rejected");
      releases.live = otherColor(bad);
    });
    served(result);
    // What does not start is what disagrees, until the next release.
    expect(await releases.status()).toMatchObject({ live: { color: releases.live, ready: 2 }, drift: [`${bad} has 0 of 2 pods available.`] });
  });

  it("one whose command was killed halfway is finished by the same command, and what was kept stays kept", { timeout: TEST_MS }, async () => {
    const image = await stage.image({ version: "5.0.0" });
    const { live, idle } = releases;
    const had = (await images())[live];
    const result = await releases.underLoad(async () => {
      // When the users' color has begun to change, and has not ended.
      const killed = await stage.killed(changing(live, image), "deploy", "sandbox", "--image", image, "--yes");
      expect(killed.code, killed.output).toBe(null);
      done(await releases.deploy(image));
    });
    served(result);
    expect(await images()).toEqual({ [live]: image, [idle]: had });
    await releases.sound();
  });
});
