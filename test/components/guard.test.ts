/** The guard of the live Service: what it refuses, what it says then, and what it lets pass. */
import { describe, expect, it } from "vitest";
import { liveGuard } from "../../components/release/guard.ts";
import { admit } from "../../components/release/liveHook.ts";
import { cluster, type Scene, WANTED } from "./guardScene.ts";
import { image } from "./releaseFixtures.ts";

describe("the guard lets pass", () => {
  it.each<[string, Scene]>([
    ["a ready color of the right image", {}],
    ["a color that has more endpoints than the live one", { endpoints: { "app-green": 5 } }],
    ["any color that is ready, when the live one has none left", { endpoints: { app: 0, "app-green": 1 } }],
    ["a newer release", { live: { color: "blue", serial: 2 } }],
    ["a Service that records no release", { live: { color: "blue", serial: undefined } }],
    ["the oldest schema that it runs on", { schemaVersion: 13 }],
    ["the newest schema that it runs on", { schemaVersion: 15 }],
    ["any schema, when it says nothing of it", { green: { schema: undefined }, schemaVersion: 99 }],
    ["rejections of other images", { rejected: [{ digest: `sha256:${"7".repeat(64)}`, reason: "smoke tests failed" }] }],
  ])("%s", async (_, scene) => {
    expect(await liveGuard(cluster(scene), WANTED)).toEqual([]);
  });

  it("a first live Service, whose color is ready", async () => {
    const reader = cluster({ endpoints: { app: 9 } });
    expect(await liveGuard({ ...reader, liveService: () => Promise.resolve(undefined) }, WANTED)).toEqual([]);
  });

  it("whatever moves nothing, without looking at the color: a rollback that is there already comes through", async () => {
    const asked: string[] = [];
    const broken: Scene = { live: { color: "green", serial: 3 }, green: "absent", endpoints: { "app-green": 0 }, rejected: [{ digest: `sha256:${"1".repeat(64)}`, reason: "errors" }], schemaVersion: 99 };
    expect(await liveGuard(cluster(broken, asked), WANTED)).toEqual([]);
    expect(asked).toEqual(["live"]);
  });

  it("a flip without a look at the color that it leaves", async () => {
    const asked: string[] = [];
    await liveGuard(cluster({}, asked), WANTED);
    expect(asked).not.toContain("pods blue");
  });
});

describe("the guard refuses, and says the mend for", () => {
  it.each<[string, Scene, RegExp]>([
    ["an absent color", { green: "absent" }, /^There is no Deployment app-green\. Update once with activeColor as it was/],
    ["an empty color", { green: { desired: 0 } }, /scaled to no pods at all\. Scale it up \(kubectl scale deployment app-green/],
    ["pods that are not available", { green: { available: 2 } }, /not ready: of 3 pods 3 are of its newest version and 2 available\. Wait \(kubectl rollout status/],
    ["pods of the version before", { green: { updated: 1 } }, /of 3 pods 1 are of its newest version/],
    ["a specification that nobody has seen yet", { green: { isObserved: false } }, /not ready/],
    ["a color without endpoints", { endpoints: { app: 0, "app-green": 0 } }, /Service app-green has no ready endpoint.*kubectl get endpointslices/],
    ["a color with fewer endpoints than the live one", { endpoints: { "app-green": 1, app: 3 } }, /has 1 ready endpoint, and the traffic is now carried by 3\. Set release.drainIdle to false, or app.replicas.min to 3/],
    ["another image", { green: { image: image("2") } }, /runs .*@sha256:2{64}, and images.green is .*@sha256:1{64}\. Update once with activeColor as it was/],
    ["no image", { green: { image: undefined } }, /runs no image/],
    ["an image that was rejected", { rejected: [{ digest: `sha256:${"1".repeat(64)}`, reason: "smoke tests failed", at: "2026-01-02" }] }, /was rejected on 2026-01-02: smoke tests failed\. Release another image/],
    ["a schema that is too new", { schemaVersion: 16 }, /runs on versions 13 to 15 of the database's schema, which is at 16\. Release an image that knows/],
    ["a schema that is too old", { schemaVersion: 12 }, /which is at 12\. Let the migrations of its image run/],
    ["an older release", { live: { color: "blue", serial: 4 } }, /is of release 3, and the live Service was moved by release 4: this checkout is stale/],
  ])("%s", async (_, scene, message) => {
    const reasons = await liveGuard(cluster(scene), WANTED);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(message);
  });

  it("an older release that would move nothing: it would let the next stale one through", async () => {
    expect(await liveGuard(cluster({ live: { color: "green", serial: 4 } }), WANTED)).toEqual([expect.stringContaining("this checkout is stale")]);
  });

  it("everything at once", async () => {
    const reasons = await liveGuard(cluster({ live: { color: "blue", serial: 4 }, green: { available: 0, image: image("2") }, rejected: [{ digest: `sha256:${"1".repeat(64)}`, reason: "errors" }], schemaVersion: 99 }), WANTED);
    expect(reasons).toHaveLength(5);
  });
});

describe("a refusal", () => {
  it("says where traffic stays, every reason, and how to put the configuration back", async () => {
    await expect(admit(cluster({ green: { available: 0 }, schemaVersion: 99 }), WANTED)).rejects.toThrow(
      /^Release: traffic may not go to green\. Traffic is unchanged, it goes to blue\.\n {2}- Deployment app-green is not ready.*\n {2}- Color green runs on.*\nOr put the configuration back: pulumi config set activeColor blue$/,
    );
  });

  it("of a canary says how that is put back", async () => {
    await expect(admit(cluster({ green: { available: 0 } }), WANTED, "pulumi config rm --path golive:release.canary.weight")).rejects.toThrow(/put the configuration back: pulumi config rm --path golive:release.canary.weight$/);
  });

  it("of a first live Service has nothing to go back to", async () => {
    const reader = { ...cluster({ green: "absent" }), liveService: () => Promise.resolve(undefined) };
    await expect(admit(reader, WANTED)).rejects.toThrow(/There is no live Service yet\.\n {2}- There is no Deployment app-green[^\n]*$/);
  });

  it("does not come when there is no reason", async () => {
    await expect(admit(cluster({}), WANTED)).resolves.toBeUndefined();
  });
});
