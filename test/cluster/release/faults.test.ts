/**
 * What goes wrong in releases, with users all the while. Each ends with traffic at a healthy color, none of whose requests
 * was lost, and with configuration and cluster that say the same.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, golive } from "../../../operations/demo/stage.ts";
import { FOLLOWED_MS, movedTo } from "../../../operations/demo/story.ts";
import { openLocalStack } from "../../../operations/release/stage.ts";
import { otherColor } from "../../../operations/release/names.ts";
import { done, refused, Releases, served, servedButBy, SOME_USERS } from "./releases.ts";
import { openReleaseStage, type ReleaseStage } from "./stage.ts";

const BUILD_MS = 1_800_000;
const TEST_MS = 420_000;
/**
 * After a restart of the API server all that watch it have found it again by then: they ask again after 0.8 to 1.6 s, and
 * then after twice as long each time, up to 30 s (client-go, tools/cache/reflector.go). On a busy machine that takes more
 * than 10 s.
 */
const RETURN_MS = 30_000;
/** In the middle of a flip's update, on an idle machine and on a busy one; earlier it is in its plan. */
const IN_UPDATE_MS = 6_000;
/** Long enough for another flip on a busy machine: about 10 s on an idle one. */
const WATCH_SECONDS = 40;

let stage: ReleaseStage;
let releases: Releases;
beforeAll(async () => {
  stage = await openReleaseStage({ version: "1.0.0" });
  releases = new Releases(stage, SOME_USERS);
}, BUILD_MS);
afterAll(async () => { await stage?.[Symbol.asyncDispose](); }, 60_000);

let releaseNumber = 1;
/** A good image that nobody has seen before. */
const fresh = (): Promise<string> => stage.image({ version: `${++releaseNumber}.0.0` });

describe("an image", () => {
  it.each([
    ["never becomes ready", "unready", "did not pass"],
    ["crashes at its start", "crash-at-start", "did not pass"],
    ["fails its smoke tests", "fail-smoke", "smoke test failed"],
  ])("that %s is rejected, and no user meets it", { timeout: TEST_MS }, async (_, behavior, reason) => {
    const image = await stage.image({ version: `9.0.0-${behavior}`, behavior });
    const smoke = path.join(stage.folder, "smoke.yaml");
    writeFileSync(smoke, JSON.stringify([{ name: "version", path: "/api/version", expect: { contains: "9.0.0" } }]));
    // Long enough for a good image on a busy machine, far below the engine's own ten minutes.
    const before = stage.set(["golive:release", "budgetSeconds"], 60);
    const started = performance.now();
    const summary = served(await releases.underLoad(async () => {
      refused(await releases.deploy(image, "--smoke", smoke), reason, `Traffic stays on ${releases.live}`);
    }));
    expect((performance.now() - started) / 1000).toBeLessThan(180);
    expect(Object.keys(summary.byColor)).toEqual([releases.live]);
    stage.set(["golive:release", "budgetSeconds"], Number(/budgetSeconds: (\d+)/.exec(before)?.[1]));
    refused(await releases.deploy(image), "was rejected");
    // And what comes after it is not held up by it.
    done(await releases.deploy(await fresh()));
    await releases.sound();
  });

  it("that turns bad seconds after it is live loses the traffic again, by itself", { timeout: TEST_MS }, async () => {
    const bad = releases.idle;
    done(await releases.deploy(await stage.image({ version: "9.1.0", behavior: "turn-bad:5" })));
    stage.set(["golive:release", "verifySeconds"], 15);
    const result = await releases.underLoad(async (load) => {
      refused(await releases.move(load, "flip", "sandbox", bad), "turned bad after the flip", `Traffic is back on ${releases.live}`);
    });
    stage.set(["golive:release", "verifySeconds"], 3);
    servedButBy(bad, result);
    await releases.sound();
  });
});

describe("a command", () => {
  // Moments of a deployment (25 s), a flip (20 s with its watch) and a rollback (3 s), as measured on two idle cores.
  it.each([
    ["deploy", [500, 4_000, 9_000, 15_000]],
    ["flip", [500, 4_000, 8_000, 12_000]],
    ["rollback", [400, 900, 1_600]],
  ])("%s that is killed leaves something that it finishes when it is run again", { timeout: 2 * TEST_MS }, async (command, moments) => {
    const image = await fresh();
    if (command !== "deploy") done(await releases.deploy(image));
    if (command === "rollback") await releases.flip();
    const to = command === "deploy" ? releases.live : releases.idle;
    const args = { deploy: ["deploy", "sandbox", "--image", image, "--yes"], flip: ["flip", "sandbox", to, "--yes"], rollback: ["rollback", "sandbox", "--yes"] }[command] ?? [];
    let killed = 0;
    served(await releases.underLoad(async (load) => {
      load.mark({ name: "kills begin", colors: ["blue", "green"] });
      for (const afterMs of moments) if ((await stage.killed(afterMs, ...args)).code === null) killed++;
      done(await stage.golive(...args));
    }));
    // All but one at most must have been in the middle, or little is shown.
    expect(killed).toBeGreaterThanOrEqual(moments.length - 1);
    releases.live = to;
    await releases.sound();
  });

  it("that is killed without its engine: when that has ended by itself, the same command finishes", { timeout: TEST_MS }, async () => {
    done(await releases.deploy(await fresh()));
    const to = releases.idle;
    served(await releases.underLoad(async (load) => {
      load.mark({ name: "the kill", colors: ["blue", "green"] });
      const { code } = await stage.orphaned(IN_UPDATE_MS, "flip", "sandbox", to, "--yes");
      expect(code).toBeNull();
      for (;;) {
        const again = await stage.golive("flip", "sandbox", to, "--yes");
        if (again.code === 0) break;
        refused(again, "is working on the same state");
        await delay(500);
      }
    }));
    releases.live = to;
    await releases.sound();
  });

  it("that goes back does not wait for the lock of an update", { timeout: TEST_MS }, async () => {
    done(await releases.deploy(await fresh()));
    await releases.flip();
    await using engine = await openLocalStack("sandbox", stage.folder, { progress: () => undefined });
    // An update of somebody else, which ends long after the traffic has moved.
    const end = new AbortController();
    const update = engine.sandbox.up({ signal: end.signal, onEvent: () => undefined }).catch(() => undefined);
    await delay(1500);
    const result = await releases.underLoad(async (load) => {
      const answer = await releases.move(load, "rollback", "sandbox");
      done(answer);
      releases.live = releases.idle;
    });
    end.abort();
    await update;
    served(result);
    done(await stage.golive("rollback", "sandbox", "--to", releases.live, "--yes"));
    await releases.sound();
  });

  it("of two operators who flip opposite ways at once: whoever knows less is refused, whoever moves last is followed", { timeout: TEST_MS }, async () => {
    done(await releases.deploy(await fresh()));
    const [before, to] = [releases.live, releases.idle];
    stage.set(["golive:release", "verifySeconds"], WATCH_SECONDS);
    // A checkout of their own, with the same state and cluster: nothing on this machine keeps the two commands apart.
    const other = colleague(stage.folder);
    const pulled = (): void => { writeFileSync(stackFile(other), readFileSync(stackFile(stage.folder), "utf8").replace(`verifySeconds: ${WATCH_SECONDS}`, "verifySeconds: 3")); };
    let second: Promise<{ stale: Answer; back: Answer }> | undefined;
    try {
      served(await releases.underLoad(async (load) => {
        load.mark({ name: "both begin", colors: ["blue", "green"] });
        const first = stage.watched((line) => {
          if (movedTo(line) !== to || second !== undefined) return;
          second = (async () => {
            const stale = await golive(other, ["flip", "sandbox", before, "--yes"]);
            pulled();
            return { stale, back: await golive(other, ["flip", "sandbox", before, "--yes"]) };
          })();
        }, "flip", "sandbox", to, "--yes");
        refused(await first, `Traffic went back to ${before} while ${to} was watched`);
        const { stale, back } = await (second ?? Promise.reject(new Error("the first flip has moved nothing")));
        refused(stale, "this checkout is stale");
        done(back);
      }));
      // The first one pulls what the second one has committed.
      writeFileSync(stackFile(stage.folder), readFileSync(stackFile(other)));
    } finally {
      await second?.catch(() => undefined);
      rmSync(other, { recursive: true, force: true });
      stage.set(["golive:release", "verifySeconds"], 3);
    }
    await releases.sound();
  });
});

/** Files of a stage as another checkout has them. */
function colleague(folder: string): string {
  const other = mkdtempSync(path.join(tmpdir(), "golive-colleague-"));
  for (const file of readdirSync(folder)) {
    if (file === "state") symlinkSync(path.join(folder, file), path.join(other, file));
    else cpSync(path.join(folder, file), path.join(other, file));
  }
  return other;
}

function stackFile(folder: string): string {
  return path.join(folder, "Pulumi.sandbox.yaml");
}

describe("the cluster", () => {
  it.each(["flip", "rollback"])("whose API server restarts during a %s does not stop it", { timeout: TEST_MS }, async (command) => {
    done(await releases.deploy(await fresh()));
    if (command === "rollback") await releases.flip();
    let down = 0;
    // Controllers and nodes lose their connections with it, and come back to it one after the other.
    releases.followedMs = RETURN_MS;
    served(await releases.underLoad(async (load) => {
      const moving = command === "flip" ? releases.move(load, "flip", "sandbox", releases.idle) : releases.move(load, "rollback", "sandbox");
      // When the command has begun to ask.
      await delay(500);
      const restarted = stage.cluster.restartApiServer();
      for (const until = Date.now() + 1000; Date.now() < until; await delay(50)) if (!(await answers())) down++;
      await restarted;
      const answer = await moving;
      // A flip may end without having moved anything; a rollback may not.
      if (command === "rollback") done(answer);
      releases.live = (await releases.status()).live.color;
      await delay(RETURN_MS + 2000);
      if (command === "rollback") return;
      done(await stage.golive("flip", "sandbox", answer.code === 0 ? releases.live : otherColor(releases.live), "--yes"));
      if (answer.code !== 0) releases.live = releases.idle;
    }));
    releases.followedMs = FOLLOWED_MS;
    expect(down).toBeGreaterThan(0);
    await releases.sound();
  });

  it("that has no room for the new pods keeps the old ones in the traffic", { timeout: TEST_MS }, async () => {
    const nodes = (await stage.cluster.client.get("/api/v1/nodes")).body as { items: { metadata: { name: string } }[] };
    const cordon = (unschedulable: true | null) => Promise.all(nodes.items.map(({ metadata: { name } }) => stage.cluster.client.merge(`/api/v1/nodes/${name}`, { spec: { unschedulable } })));
    await cordon(true);
    const before = stage.set(["golive:release", "budgetSeconds"], 45);
    const image = await fresh();
    served(await releases.underLoad(async () => {
      refused(await releases.deploy(image), "did not pass", `Traffic stays on ${releases.live}`);
    }));
    await cordon(null);
    stage.set(["golive:release", "budgetSeconds"], Number(/budgetSeconds: (\d+)/.exec(before)?.[1]));
    done(await releases.deploy(await fresh()));
    await releases.sound();
  });
});

// The last, because whoever wrote there owns the field from then on, and no update takes it back unasked.
describe("an image", () => {
  it("that was exchanged behind the configuration's back gets no traffic", { timeout: TEST_MS }, async () => {
    done(await releases.deploy(await fresh()));
    const other = await stage.image({ version: "9.2.0" });
    const at = `/apis/apps/v1/namespaces/shop/deployments/app-${releases.idle}`;
    const { body } = await stage.cluster.client.get(at);
    const { name } = (body as { spec: { template: { spec: { containers: { name: string }[] } } } }).spec.template.spec.containers[0] ?? { name: "" };
    const swap = (to: string) => stage.cluster.client.apply(`${at}?fieldManager=somebody&force=true`, { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: `app-${releases.idle}`, namespace: "shop" }, spec: { template: { spec: { containers: [{ name, image: to }] } } } });
    expect((await swap(other)).status).toBe(200);
    served(await releases.underLoad(async (load) => {
      const flip = await releases.move(load, "flip", "sandbox", releases.idle);
      expect([flip.code, flip.output]).toEqual([1, expect.stringMatching(/runs .* is |more than the release/)]);
    }));
  });
});

async function answers(): Promise<boolean> {
  return stage.cluster.client.get("/readyz").then(({ status }) => status === 200, () => false);
}
