/** The guard of pods that have traffic: which images may not come into them, and what it leaves alone. */
import { describe, expect, it } from "vitest";
import { admitPods } from "../../components/release/liveHook.ts";
import { podsGuard, type WantedPods } from "../../components/release/podsGuard.ts";
import { cluster, type Scene } from "./guardScene.ts";
import { image } from "./releaseFixtures.ts";

const REJECTED = [{ digest: `sha256:${"9".repeat(64)}`, reason: "errors after the flip", at: "2026-01-02" }];
/** The live color, which runs `image("0")`. */
const LIVE: WantedPods = { color: "blue", image: image("9"), serial: 3, hasTraffic: true };
const guard = (scene: Scene, wanted: Partial<WantedPods> = {}) => podsGuard(cluster({ rejected: REJECTED, ...scene }), { ...LIVE, ...wanted });

const was = [expect.stringMatching(/was rejected on 2026-01-02: errors after the flip\. Release another image; if the reason is gone, remove the digest/)];

describe("an image that was rejected", () => {
  it("does not come into the live color, also when that is made anew", async () => {
    expect(await guard({})).toEqual(was);
    expect(await guard({ blue: "absent" })).toEqual(was);
  });

  it("does not come into the color that a flip or a canary of the same update goes to", async () => {
    expect(await guard({}, { color: "green" })).toEqual(was);
  });

  it("does not come into a color that has traffic without the configuration knowing", async () => {
    expect(await guard({ live: { color: "green", serial: 3 } }, { color: "green", hasTraffic: false })).toEqual(was);
    expect(await guard({ live: { color: "blue", serial: 3, canary: { color: "green", weight: 25 } } }, { color: "green", hasTraffic: false })).toEqual(was);
  });

  it("may come into a color without traffic", async () => {
    expect(await guard({}, { color: "green", hasTraffic: false })).toEqual([]);
  });

  it("does not hold up other changes of pods that run it already", async () => {
    expect(await guard({ blue: { image: image("9") } })).toEqual([]);
  });
});

describe("pods that have traffic", () => {
  it("get another image", async () => {
    expect(await guard({}, { image: image("2") })).toEqual([]);
  });

  it("are not changed from a stale checkout, whatever the change is", async () => {
    const stale = [expect.stringMatching(/of release 2, and the live Service was moved by release 3: this checkout is stale/)];
    expect(await guard({}, { image: image("2"), serial: 2 })).toEqual(stale);
    expect(await guard({}, { image: image("0"), serial: 2 })).toEqual(stale);
  });

  it("do not get back what they had under the same number", async () => {
    const live = { color: "blue", serial: 3, left: [`3 blue sha256:${"2".repeat(64)}`] };
    expect(await guard({ live }, { image: image("2") })).toEqual([expect.stringContaining("Users had this before, under the same release.serial 3")]);
    expect(await guard({ live }, { image: image("2"), serial: 4 })).toEqual([]);
    // The color that a stale checkout would go back to, and that has a new image by now.
    expect(await guard({ live: { ...live, color: "green" } }, { image: image("2") })).toEqual([expect.stringContaining("Users had this before")]);
  });
});

describe("a refusal of pods", () => {
  it("says where traffic is, why, and how to put the image back", async () => {
    await expect(admitPods(cluster({ rejected: REJECTED }), LIVE)).rejects.toThrow(
      /^Release: app-blue may not be changed\. Traffic is unchanged, it goes to blue\.\n {2}- Image .* was rejected .*\nOr put the configuration back: pulumi config set --path golive:images\.blue \S+@sha256:0{64}$/,
    );
  });

  it("has no image to put back where there is none, or where it is not the image", async () => {
    await expect(admitPods(cluster({ rejected: REJECTED, blue: "absent" }), LIVE)).rejects.toThrow(/removes? the digest[^\n]*$/);
    await expect(admitPods(cluster({}), { ...LIVE, image: image("0"), serial: 2 })).rejects.toThrow(/this checkout is stale[^\n]*$/);
  });

  it("does not come without a reason", async () => {
    await expect(admitPods(cluster({}), LIVE)).resolves.toBeUndefined();
  });
});
