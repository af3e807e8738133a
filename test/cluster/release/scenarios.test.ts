/**
 * What the end-to-end suites of the well-known blue/green controllers go through (parity.ts), by the commands that
 * operators type, on a real cluster. Each goes on where the one before has left the cluster; where users could notice
 * something, some are there, and notice nothing.
 */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Status } from "../../../operations/release/status.ts";
import { done, refused, Releases, served, SOME_USERS } from "./releases.ts";
import { openReleaseStage, type ReleaseStage } from "./stage.ts";

/** Building the cluster's programs, when the cache is empty; then a minute. */
const BUILD_MS = 1_800_000;
const TEST_MS = 600_000;
/** The autoscaler looks every 15 s, the kubelet at a new pod every 3 s. */
const SETTLED_MS = 60_000;
const SHOP = "/api/v1/namespaces/shop";

let stage: ReleaseStage;
let releases: Releases;
beforeAll(async () => {
  stage = await openReleaseStage({ version: "1.0.0" });
  releases = new Releases(stage, SOME_USERS);
}, BUILD_MS);
afterAll(async () => { await stage?.[Symbol.asyncDispose](); }, 60_000);
// Whatever a scenario does: a color with two pods at least has the traffic, and nothing disagrees.
afterEach(async () => {
  const { live, drift } = await status();
  expect([live.color, live.ready >= 2, drift]).toEqual([releases.live, true, []]);
}, SETTLED_MS);

const image = (version: string, behavior?: string): Promise<string> => stage.image({ version, ...(behavior === undefined ? {} : { behavior }) });
const deployed = async (version: string): Promise<string> => done(await releases.deploy(await image(version))).output;

async function status(): Promise<Status> {
  return JSON.parse(done(await stage.golive("status", "sandbox", "--json")).output) as Status;
}

const get = async <T>(address: string): Promise<T> => (await stage.cluster.client.get(address)).body as T;

/** Version that a Service answers with, asked by the API server. */
const versionOf = async (service: string): Promise<string> => (await get<{ version: string }>(`${SHOP}/services/${service}:80/proxy/api/version`)).version;

/** Pods of a color that are not on their way out: who they are, and whether they were started again. */
async function pods(color: string): Promise<string[]> {
  const { items } = await get<{ items: { metadata: { uid: string; deletionTimestamp?: string }; status: { containerStatuses?: { restartCount: number }[] } }[] }>(`${SHOP}/pods?labelSelector=color%3D${color}`);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata, status: { containerStatuses = [] } }) => `${metadata.uid} started ${containerStatuses[0]?.restartCount === 0 ? "once" : "again"}`).sort();
}

async function bounds(color: string): Promise<[number, number]> {
  const { spec } = await get<{ spec: { minReplicas: number; maxReplicas: number } }>(`/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/app-${color}`);
  return [spec.minReplicas, spec.maxReplicas];
}

async function untilColor(color: string, isSo: (found: Status["colors"][number]) => boolean): Promise<void> {
  const until = Date.now() + SETTLED_MS;
  for (;;) {
    const found = (await status()).colors.find((one) => one.color === color);
    if (found !== undefined && isSo(found)) return;
    if (Date.now() > until) throw new Error(`${color} does not get there: ${JSON.stringify(found)}`);
    await delay(250);
  }
}

const hasAll = (count: number) => ({ desired, available, ready }: Status["colors"][number]): boolean => desired === count && available === count && ready === count;

/** As its autoscaler does when the metrics, which this cluster has none of, are low. */
async function shrunk(color: string): Promise<void> {
  await stage.cluster.client.merge(`/apis/apps/v1/namespaces/shop/deployments/app-${color}/scale`, { spec: { replicas: 1 } });
  await untilColor(color, hasAll(1));
}

/** Some users are there, as many as one pod can serve, and see nothing of it. */
async function unnoticed(act: () => Promise<void>): Promise<void> {
  const load = await stage.load({ connectionSeconds: 0.5, plan: { keepAlive: 50, new: 50, long: 1 } });
  try {
    await act();
  } finally {
    await load.stop();
  }
  served(await load.ended);
}

describe("a release", () => {
  it("waits where its own Service shows it, and has users only when somebody says so", { timeout: TEST_MS }, async () => {
    await deployed("2.0.0");
    expect([await versionOf("app"), await versionOf("app-blue"), await versionOf("app-green")]).toEqual(["1.0.0", "1.0.0", "2.0.0"]);
    await releases.flip();
    expect([await versionOf("app"), await versionOf("app-blue"), await versionOf("app-green")]).toEqual(["2.0.0", "1.0.0", "2.0.0"]);
  });

  it("goes back within the window to the very pods that had the traffic before, and is not let forth again", { timeout: TEST_MS }, async () => {
    const [before, after] = [await pods(releases.idle), await pods(releases.live)];
    await unnoticed(async () => { await releases.rollback(); });
    expect([await pods(releases.live), await pods(releases.idle)]).toEqual([before, after]);
    expect(before.map((pod) => pod.replace(/^\S+ /, ""))).toEqual(["started once", "started once"]);
    refused(await stage.golive("flip", "sandbox", releases.idle, "--yes"), "was rejected");
  });

  it("of the same image twice replaces no pod, and of an older image is a release as any other", { timeout: TEST_MS }, async () => {
    await deployed("3.0.0");
    const first = await pods(releases.idle);
    await deployed("3.0.0");
    expect(await pods(releases.idle)).toEqual(first);
    await releases.flip();
    await deployed("1.0.0");
    await releases.flip();
    expect(await versionOf("app")).toBe("1.0.0");
    const given = await image("3.0.0");
    expect((await status()).rejected.filter(({ digest }) => given.endsWith(digest))).toEqual([]);
  });
});

describe("the color that was left", () => {
  it("stays at full size while the window is open, and shrinks within it only when told to", { timeout: TEST_MS }, async () => {
    stage.set(["golive:release", "rollbackWindowSeconds"], 600);
    refused(await stage.golive("drain", "sandbox", "--yes"), "the rollback window is open", `${releases.idle} is what a rollback goes to`);
    expect(await bounds(releases.idle)).toEqual([2, 4]);
    done(await stage.golive("drain", "sandbox", "--now", "--yes"));
    expect([await bounds(releases.live), await bounds(releases.idle)]).toEqual([[2, 4], [1, 2]]);
    expect(done(await stage.golive("drain", "sandbox", "--yes")).output).toContain("drained already");
  });

  it("gets no users by a flip while it is drained", { timeout: TEST_MS }, async () => {
    await shrunk(releases.idle);
    refused(await stage.golive("flip", "sandbox", releases.idle, "--yes"), `${releases.idle} is drained`);
  });

  it("gets them by a rollback all the same, and its pods back; the next update has nothing against it", { timeout: TEST_MS }, async () => {
    const version = await versionOf(`app-${releases.idle}`);
    await unnoticed(async () => { await releases.rollback(); });
    await untilColor(releases.live, hasAll(2));
    expect([await bounds(releases.live), await bounds(releases.idle)]).toEqual([[2, 4], [2, 4]]);
    done(await stage.update());
    expect([await versionOf("app"), await bounds(releases.live)]).toEqual([version, [2, 4]]);
  });

  it("shrinks without a word when the window is over, and the next release brings it back to full size before it is called ready", { timeout: TEST_MS }, async () => {
    stage.set(["golive:release", "rollbackWindowSeconds"], 0);
    done(await stage.golive("drain", "sandbox", "--yes"));
    await shrunk(releases.idle);
    expect(await deployed("4.0.0")).toContain("2 ready pods");
    expect(await bounds(releases.idle)).toEqual([2, 4]);
    await releases.flip();
    expect(await versionOf("app")).toBe("4.0.0");
  });
});

describe("an image that does not do", () => {
  it("is given up when its time is over, for good; after another bad one a good one is let in, and goes live", { timeout: TEST_MS }, async () => {
    const bad = await image("5.0.0", "unready");
    stage.set(["golive:release", "budgetSeconds"], 30);
    await unnoticed(async () => refused(await releases.deploy(bad), "did not pass", "release.budgetSeconds (30 s)", `Traffic stays on ${releases.live}`));
    stage.set(["golive:release", "budgetSeconds"], 300);
    refused(await releases.deploy(bad), "was rejected");
    const live = await versionOf("app");
    refused(await releases.deploy(await image("6.0.0", "crash-at-start")), "exit code 1", "the image is rejected");
    await deployed("6.2.0");
    expect([await versionOf("app"), await versionOf(`app-${releases.idle}`)]).toEqual([live, "6.2.0"]);
    await releases.flip();
    expect(await versionOf("app")).toBe("6.2.0");
  });
});

describe("changes of other kinds", () => {
  it("a restart of the live color's pods costs no request, and is nothing that disagrees", { timeout: TEST_MS }, async () => {
    const before = await pods(releases.live);
    await unnoticed(async () => {
      await stage.cluster.client.merge(`/apis/apps/v1/namespaces/shop/deployments/app-${releases.live}`, { spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() } } } } });
      // Available says nothing of pods of before that are there as well.
      await expect.poll(async () => (await pods(releases.live)).filter((pod) => before.includes(pod)), { timeout: SETTLED_MS }).toEqual([]);
      await untilColor(releases.live, hasAll(2));
    });
    done(await stage.update());
  });

  it("a stack file that is wrong stops a release before it begins", { timeout: TEST_MS }, async () => {
    const before = await pods(releases.idle);
    const right = stage.set(["golive:app", "replicas"], { min: 5, max: 2 });
    refused(await releases.deploy(await image("8.0.0")), "app.replicas");
    stage.write(right);
    expect(await pods(releases.idle)).toEqual(before);
  });

  it("a live color that has grown under load: a flip gives the other one as many pods before, and lets them go afterwards", { timeout: TEST_MS }, async () => {
    await deployed("7.1.0");
    // As its autoscaler does when the metrics, which this cluster has none of, are high.
    await stage.cluster.client.merge(`/apis/apps/v1/namespaces/shop/deployments/app-${releases.live}/scale`, { spec: { replicas: 3 } });
    await untilColor(releases.live, hasAll(3));
    await unnoticed(async () => { expect((await releases.flip()).output).toContain(`${releases.live} gets 3 pods`); });
    expect(await bounds(releases.live)).toEqual([2, 4]);
    expect((await status()).live).toMatchObject({ ready: 3 });
  });

  it("an image and the number of replicas at once: no release, because of the live color; an update does both", { timeout: TEST_MS }, async () => {
    const [next, live] = [await image("8.0.0"), await versionOf("app")];
    stage.set(["golive:app", "replicas"], { min: 3, max: 5 });
    refused(await releases.deploy(next), "would change more than the release", `-${releases.live}-autoscaler`);
    stage.set(["golive:images", releases.idle], next);
    await unnoticed(async () => {
      done(await stage.update());
      for (const color of [releases.live, releases.idle]) await untilColor(color, hasAll(3));
    });
    expect([await versionOf("app"), await versionOf(`app-${releases.idle}`)]).toEqual([live, "8.0.0"]);
  });
});
