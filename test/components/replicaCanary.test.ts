/** Canaries by replicas: which weights pods can make, what is declared for them, what the guards look at before. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heldReasons } from "../../components/release/canaryGuard.ts";
import { canaryOf, canaryPods, canaryText, nearestWeights } from "../../components/release/canaryPods.ts";
import { liveGuard } from "../../components/release/guard.ts";
import { admit } from "../../components/release/liveHook.ts";
import type { Release, ReleaseArgs } from "../../components/release/index.ts";
import type { Wanted } from "../../components/release/seen.ts";
import { cluster, type Scene } from "./guardScene.ts";
import { type Declared, only } from "./mocks.ts";
import { image, release } from "./releaseFixtures.ts";

const BOUNDS = { min: 3, max: 10 };

describe("a weight", () => {
  it.each([[10, 9, 1], [20, 8, 2], [25, 9, 3], [30, 7, 3], [40, 6, 4], [50, 5, 5], [60, 4, 6], [70, 3, 7], [75, 3, 9]])("of %i %% is %i pods and %i", (weight, live, canary) => {
    expect(canaryPods(weight, BOUNDS)).toEqual({ live, canary });
  });

  it("is refused that takes more pods than a color may have, or leaves too few for a way back", () => {
    expect(canaryPods(5, BOUNDS)).toBeUndefined();
    expect(canaryPods(5, { min: 3, max: 19 })).toEqual({ live: 19, canary: 1 });
    expect(canaryPods(90, BOUNDS)).toBeUndefined();
    expect(canaryPods(90, { min: 1, max: 10 })).toEqual({ live: 1, canary: 9 });
    expect([nearestWeights(5, BOUNDS), nearestWeights(33, BOUNDS), nearestWeights(99, BOUNDS), nearestWeights(50, { min: 2, max: 1 })]).toEqual([[10], [30, 40], [75], []]);
  });

  it("is met exactly, within the bounds, with at least the pods of one whole color where that can be had", () => {
    let possible = 0;
    fc.assert(fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 0, max: 40 }), (weight, min, more) => {
      const max = min + more;
      const pods = canaryPods(weight, { min, max });
      if (pods === undefined) return;
      possible += 1;
      const all = pods.live + pods.canary;
      expect(pods.canary * 100).toBe(weight * all);
      expect(Math.max(pods.live, pods.canary)).toBeLessThanOrEqual(max);
      expect(pods.live).toBeGreaterThanOrEqual(min);
      const unit = all / greatestDivisor(pods.live, pods.canary);
      if (all < max) expect(Math.max(pods.live, pods.canary) + (Math.max(pods.live, pods.canary) * unit) / all).toBeGreaterThan(max);
    }));
    expect(possible).toBeGreaterThan(5);
  });

  it("is written and read as color and percent", () => {
    expect(canaryOf(canaryText({ color: "green", weight: 25 }))).toEqual({ color: "green", weight: 25 });
    for (const text of [undefined, "", "red 25", "green", "green 25 %"]) expect(canaryOf(text)).toBeUndefined();
  });
});

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

describe("what is declared", () => {
  const declare = (change: Partial<ReleaseArgs> = {}) => {
    let made: Release | undefined;
    return release({ strategy: "canary", canaryBy: "replicas", canaryWeight: 25, ...change }, (one) => { made = one; }).then((resources) => ({ resources, made }));
  };
  const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
  const LIVE = ["kubernetes:core/v1:Service", "release-live-service"] as const;
  const waits = (resource: Declared) => resource.dependencies.map((urn) => urn.split("::").at(-1));

  it("is a live Service open to both colors, and autoscalers that hold them at exact numbers", async () => {
    const { resources, made } = await declare();
    expect(only(resources, ...LIVE).inputs).toMatchObject({ metadata: { annotations: { "golive.dev/strategy": "canary", "golive.dev/canary": "green 25" } } });
    expect((only(resources, ...LIVE).inputs["spec"] as { selector: object }).selector).toEqual({ "app.kubernetes.io/name": "shop", "app.kubernetes.io/component": "app" });
    expect(only(resources, AUTOSCALER, "release-blue-autoscaler").inputs["spec"]).toMatchObject({ minReplicas: 9, maxReplicas: 9 });
    expect(only(resources, AUTOSCALER, "release-green-autoscaler").inputs["spec"]).toMatchObject({ minReplicas: 3, maxReplicas: 3 });
    // NGINX sends to the live Service as ever.
    expect(made?.canary).toBeUndefined();
  });

  it("comes in order: the canary's pods, then the live color's number, then the Service", async () => {
    const { resources } = await declare();
    const [held, live] = [only(resources, AUTOSCALER, "release-blue-autoscaler"), only(resources, ...LIVE)];
    expect(waits(held)).toEqual(expect.arrayContaining(["release-green", "release-green-autoscaler"]));
    expect(held.hooks).toEqual({ beforeCreate: ["release-held-guard"], beforeUpdate: ["release-held-guard"] });
    expect(only(resources, AUTOSCALER, "release-green-autoscaler").hooks.beforeUpdate).toEqual([]);
    expect(waits(live)).toEqual(expect.arrayContaining(["release-green", "release-green-autoscaler", "release-blue", "release-blue-autoscaler"]));
    expect(waits(only(resources, "kubernetes:apps/v1:Deployment", "release-green"))).not.toContain("release-live-service");
  });

  it("is as ever without a weight: a selector of one color, autoscalers with room, no word of a canary", async () => {
    const inputs = (all: Declared[]) => all.map((r) => [r.name, r.inputs] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    const none = await declare({ canaryWeight: undefined });
    const plain = await release({ strategy: "canary" });
    expect(inputs(none.resources)).toEqual(inputs(plain));
  });

  it("is refused when no pods make the weight", async () => {
    await expect(declare({ canaryWeight: 5 })).rejects.toThrow(/Release release: a canary of 5 % can not be made of 3 to 10 pods of a color; nearest are 10/);
  });
});

describe("the guard of the live Service", () => {
  const PODS = { live: 9, canary: 3 };
  const WANTED: Wanted = { color: "blue", image: image("0"), serial: 3, canary: { color: "green", weight: 25, pods: PODS, image: image("1") } };
  const count = (n: number) => ({ desired: n, updated: n, available: n });
  const READY: Scene = { blue: count(9), green: count(3), endpoints: { "app-blue": 9, "app-green": 3, app: 9 } };
  const OPEN = { color: "blue", serial: 3, canary: { color: "green" as const, weight: 25 } };

  it("opens it to exactly the pods that make the weight", async () => {
    expect(await liveGuard(cluster(READY), WANTED)).toEqual([]);
  });

  it.each<[string, Scene, RegExp]>([
    ["a canary with a pod too many", { ...READY, green: count(4) }, /^For a canary of 25 % app-green must have exactly 3 pods: 4 are wanted/],
    ["a canary that lacks a pod", { ...READY, green: { desired: 3, updated: 3, available: 2 } }, /3 are wanted, 3 of the newest version, 2 available, 3 ready endpoints\. See what its autoscaler/],
    ["a canary that lacks an endpoint", { ...READY, endpoints: { "app-blue": 9, "app-green": 2 } }, /2 ready endpoints/],
    ["a live color of another number", { ...READY, blue: count(3) }, /app-blue must have exactly 9 pods: 3 are wanted/],
    ["counts of a specification before", { ...READY, green: { ...count(3), isObserved: false } }, /app-green must have exactly 3/],
    ["no canary at all", { ...READY, green: "absent" }, /^There is no Deployment app-green\. Update once without release.canary.weight/],
    ["another image", { ...READY, green: { ...count(3), image: image("2") } }, /runs .*2{64}, and images.green is/],
    ["a rejected image", { ...READY, rejected: [{ digest: `sha256:${"1".repeat(64)}`, reason: "smoke" }] }, /was rejected: smoke/],
    ["a schema that it does not know", { ...READY, schemaVersion: 16 }, /Color green runs on versions 13 to 15/],
    ["a stale checkout", { ...READY, live: { color: "blue", serial: 4 } }, /this checkout is stale/],
    ["a share that it had before, under the same number", { ...READY, live: { color: "blue", serial: 3, left: [`3 green+25 sha256:${"1".repeat(64)}`] } }, /Users had this before/],
  ])("refuses %s", async (_, scene, message) => {
    expect(await liveGuard(cluster(scene), WANTED)).toEqual([expect.stringMatching(message)]);
  });

  it("waits for pods that are on their way, and never for what may not have traffic", async () => {
    let green = 1;
    const waited: boolean[] = [];
    const wait = async (isSo: () => Promise<boolean>) => {
      waited.push(await isSo());
      green = 3;
      waited.push(await isSo());
    };
    const growing = { ...cluster(READY), pods: (color: "blue" | "green") => cluster({ ...READY, green: count(green) }).pods(color) };
    expect(await liveGuard(growing, WANTED, wait)).toEqual([]);
    expect(waited).toEqual([false, true]);
    const never = () => Promise.reject(new Error("waited"));
    expect(await liveGuard(cluster({ ...READY, schemaVersion: 16 }), WANTED, never)).toHaveLength(1);
    expect(await liveGuard(cluster({ ...READY, live: { color: "blue", serial: 4 }, green: count(1) }), WANTED, never)).toHaveLength(2);
  });

  it("lets it stay open, and lets it close on the live color, whatever its pods are", async () => {
    const broken: Scene = { live: OPEN, blue: count(1), green: "absent", endpoints: { "app-blue": 1, "app-green": 0 } };
    expect(await liveGuard(cluster(broken), WANTED)).toEqual([]);
    expect(await liveGuard(cluster(broken), { ...WANTED, canary: undefined })).toEqual([]);
  });

  it("looks again when the weight changes", async () => {
    const half: Wanted = { ...WANTED, canary: { color: "green", weight: 50, pods: { live: 5, canary: 5 }, image: image("1") } };
    expect(await liveGuard(cluster({ ...READY, live: OPEN }), half)).toEqual([expect.stringContaining("app-green must have exactly 5"), expect.stringContaining("app-blue must have exactly 5")]);
  });

  it("ends it by a flip when the canary has as many pods as the live color, not before", async () => {
    const flip: Wanted = { color: "green", image: image("1"), serial: 3 };
    const at = (blue: number, green: number): Scene => ({ live: OPEN, blue: count(blue), green: count(green), endpoints: { app: blue + green, "app-blue": blue, "app-green": green } });
    expect(await liveGuard(cluster(at(5, 5)), flip)).toEqual([]);
    expect(await liveGuard(cluster(at(9, 3)), flip)).toEqual([expect.stringMatching(/has 3 ready endpoints, and the traffic is now carried by 9\. Go through a canary of 50 % before, or run the update again when its autoscaler has made more/)]);
  });

  it("says where traffic stays, and how the canary is put off", async () => {
    await expect(admit(cluster({ ...READY, green: count(1) }), WANTED, "pulumi config rm --path golive:release.canary.weight")).rejects.toThrow(/Traffic is unchanged, it goes to blue\.\n[^]*put the configuration back: pulumi config rm --path golive:release\.canary\.weight$/);
  });

  describe("holds the live color at its number", () => {
    it("when the canary's pods are there", async () => {
      expect(await heldReasons(cluster(READY), WANTED)).toEqual([]);
      expect(await heldReasons(cluster({ ...READY, green: count(1) }), WANTED)).toEqual([expect.stringContaining("app-green must have exactly 3")]);
    });

    it("unless more carry all of the traffic now", async () => {
      expect(await heldReasons(cluster({ ...READY, endpoints: { ...READY.endpoints, app: 10 } }), WANTED)).toEqual(["The traffic is now carried by 10 pods, and in a canary of 25 % blue has 9. Begin with a smaller share, at a calmer time, or raise app.replicas.max."]);
      // Once it is open, both carry it.
      expect(await heldReasons(cluster({ ...READY, live: OPEN, endpoints: { ...READY.endpoints, app: 12 } }), WANTED)).toEqual([]);
    });

    it("and says nothing of a release that is made just now", async () => {
      expect(await heldReasons({ ...cluster(READY), liveService: () => Promise.resolve(undefined) }, WANTED)).toEqual([]);
    });
  });
});
