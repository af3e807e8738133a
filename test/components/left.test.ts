/** A checkout of before a flip, under the same number: refused; going on by plain configuration: not. */
import { describe, expect, it } from "vitest";
import type { Color } from "../../components/application/labels.ts";
import { leaving, leftOf, leftText, served, withLeft } from "../../components/release/left.ts";
import { passLive, passPods } from "../../components/release/liveHook.ts";
import type { WantedPods } from "../../components/release/podsGuard.ts";
import type { Cluster, LiveService } from "../../components/release/seen.ts";
import { cluster } from "./guardScene.ts";
import { image } from "./releaseFixtures.ts";

/** What a checkout says. */
interface Checkout {
  activeColor: Color;
  serial: number;
  images: Record<Color, string>;
}

/** A cluster that does what updates from checkouts tell it, as the hooks and the engine do. */
class World {
  live: LiveService = { color: "blue", serial: 5 };
  readonly runs: Record<Color, string> = { blue: image("0"), green: image("1") };

  get cluster(): Cluster {
    const seen = cluster({ live: this.live, blue: { image: this.runs.blue }, green: { image: this.runs.green } });
    return { ...seen, remember: (left) => {
      this.live = { ...this.live, left: leftOf(leftText(left)) };
      return Promise.resolve();
    } };
  }

  /** The target's pods first, then traffic, then the other color's pods. @throws what refuses it; what came before that has happened */
  async up({ activeColor, serial, images }: Checkout): Promise<void> {
    const idle = activeColor === "blue" ? "green" : "blue";
    await this.pods({ color: activeColor, image: images[activeColor], serial, hasTraffic: true });
    if (this.live.color !== activeColor || this.live.serial !== serial) {
      await passLive(this.cluster, { color: activeColor, image: images[activeColor], serial });
      this.live = { ...this.live, color: activeColor, serial };
    }
    await this.pods({ color: idle, image: images[idle], serial, hasTraffic: false });
  }

  private async pods(wanted: WantedPods): Promise<void> {
    if (this.runs[wanted.color] === wanted.image) return;
    await passPods(this.cluster, wanted);
    this.runs[wanted.color] = wanted.image;
  }
}

const OLD: Checkout = { activeColor: "blue", serial: 5, images: { blue: image("0"), green: image("1") } };
const flipped = (checkout: Checkout): Checkout => ({ ...checkout, activeColor: checkout.activeColor === "blue" ? "green" : "blue" });
const refused = /- Users had this before, under the same release\.serial 5, and were moved on since: this checkout is stale\. Bring it up to date \(git pull\), .*pulumi config set --path golive:release\.serial 6\.(\n|$)/;

describe("a flip by plain configuration", () => {
  it("needs no number; an update from an older checkout is refused then, traffic as it is", async () => {
    const world = new World();
    await world.up(flipped(OLD));
    await expect(world.up(OLD)).rejects.toThrow(refused);
    expect(world.live).toMatchObject({ color: "green", serial: 5 });
  });

  it("goes back under a number of its own, and then no checkout of before comes through, whatever it says", async () => {
    const world = new World();
    await world.up(flipped(OLD));
    await world.up({ ...OLD, serial: 6 });
    expect(world.live).toMatchObject({ color: "blue", serial: 6 });
    for (const stale of [OLD, flipped(OLD)]) await expect(world.up(stale)).rejects.toThrow("is of release 5, and the live Service was moved by release 6");
    // And forth again without one.
    await world.up({ ...flipped(OLD), serial: 6 });
    expect(world.live).toMatchObject({ color: "green", serial: 6 });
    await expect(world.up({ ...OLD, serial: 6 })).rejects.toThrow("under the same release.serial 6");
  });

  it("goes on with new images for as long as one likes, each time leaving all older checkouts behind", async () => {
    const world = new World();
    const checkouts = [OLD];
    const now = (): Checkout => checkouts.at(-1) ?? OLD;
    for (const digit of ["2", "3", "4", "5"]) {
      const idle = flipped(now()).activeColor;
      checkouts.push({ ...now(), images: { ...now().images, [idle]: image(digit) } });
      await world.up(now());
      checkouts.push(flipped(now()));
      await world.up(now());
      const { live, runs } = structuredClone({ live: world.live, runs: world.runs });
      // The one before the last differs in the color alone; those before it in images, too.
      for (const stale of checkouts.slice(0, -1)) await expect(world.up(stale)).rejects.toThrow("this checkout is stale");
      expect({ live: world.live, runs: world.runs }).toEqual({ live, runs });
    }
  });

  it("may be done again after it was done: nothing moves", async () => {
    const world = new World();
    await world.up(flipped(OLD));
    await world.up(flipped(OLD));
    expect(world.live).toMatchObject({ color: "green", left: [served(5, "blue", image("0"))] });
  });

  it("is not held up by a note that nobody takes", async () => {
    const world = new World();
    const deaf: Cluster = { ...world.cluster, remember: () => Promise.reject(new Error("no notes")) };
    await expect(passLive(deaf, { color: "green", image: image("1"), serial: 5 })).resolves.toBeUndefined();
  });
});

describe("a new image of the live color by plain configuration", () => {
  it("is not taken back by an older checkout", async () => {
    const world = new World();
    await world.up({ ...OLD, images: { ...OLD.images, blue: image("2") } });
    await expect(world.up(OLD)).rejects.toThrow(refused);
    expect(world.runs.blue).toBe(image("2"));
    await world.up({ ...OLD, serial: 6 });
    expect(world.runs.blue).toBe(image("0"));
  });
});

describe("what is noted", () => {
  const imageOf = (color: string) => Promise.resolve(color === "blue" ? image("0") : image("1"));
  const canary = { color: "green" as const, weight: 25, pods: { live: 3, canary: 1 }, image: image("1") };

  it("is nothing under a higher number, of a Service that is not there, and of one that stays", async () => {
    expect(await leaving({ color: "blue", serial: 4 }, { color: "green", image: image("1"), serial: 5 }, imageOf)).toEqual([]);
    expect(await leaving(undefined, { color: "green", image: image("1"), serial: 5 }, imageOf)).toEqual([]);
    expect(await leaving({ color: "green", serial: 5 }, { color: "green", image: image("1"), serial: 5 }, imageOf)).toEqual([]);
  });

  it("is a canary that ends or changes, not the live color beside it", async () => {
    const open = { color: "blue", serial: 5, canary: { color: "green" as const, weight: 10 } };
    const entry = served(5, "green", image("1"), 10);
    expect(await leaving(open, { color: "blue", image: image("0"), serial: 5 }, imageOf)).toEqual([entry]);
    expect(await leaving(open, { color: "blue", image: image("0"), serial: 5, canary }, imageOf)).toEqual([entry]);
    expect(await leaving(open, { color: "green", image: image("1"), serial: 5 }, imageOf)).toEqual([served(5, "blue", image("0")), entry]);
    expect(await leaving({ color: "blue", serial: 5 }, { color: "blue", image: image("0"), serial: 5, canary }, imageOf)).toEqual([]);
  });

  it("keeps entries of the same number, each once", () => {
    const live = { color: "blue", serial: 5, left: ["4 green sha256:1", "5 green sha256:1"] };
    expect(withLeft(live, 5, ["5 green sha256:1", "5 blue sha256:0"])).toEqual(["5 green sha256:1", "5 blue sha256:0"]);
  });
});
