/** Each default of the standard profile arrives in the declared resources, and a change of each is noticed by a test of its own. */
import { beforeAll, describe, expect, test } from "vitest";
import { profiles } from "../../stacks/config/profiles.ts";
import { expectRefused } from "./refused.ts";
import { allChanged, BATCHES, DEFAULTS, NO_RESOURCE_EFFECT, ONLY_DEFAULTS } from "./defaults.ts";
import type { Rendered } from "./rendered.ts";
import { RENDERINGS } from "./renderings.ts";
import { RENDER_TIMEOUT_MS, renderOnce } from "./renderOnce.ts";

/** Keys of a profile: a list or an empty record is one value. */
function leaves(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
}

/** The value of a default in the profile. */
function standard(key: string): unknown {
  return key.split(".").reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], profiles.standard);
}

describe("the list of defaults", () => {
  test("holds every default of the standard profile once, or says why no resource shows it", () => {
    const listed = [...DEFAULTS.map((effect) => effect.key), ...Object.keys(NO_RESOURCE_EFFECT)];
    expect(listed.toSorted()).toEqual(leaves(profiles.standard, "").toSorted());
  });

  test("changes every default to another value", () => {
    expect(DEFAULTS.filter((effect) => JSON.stringify(effect.changed) === JSON.stringify(standard(effect.key))).map((effect) => effect.key)).toEqual([]);
  });

  test("the one default without another value has none", () => {
    expectRefused({ keys: { rotationDays: 89 } }, "keys.rotationDays", "90");
    expectRefused({ keys: { rotationDays: 91 } }, "keys.rotationDays", "90");
  });
});

describe("a stack that says nothing", () => {
  const rendered = new Map<string, Rendered>();
  const shown = (name: string) => {
    const found = rendered.get(name);
    if (found === undefined) throw new Error(`${name} was not rendered`);
    return found;
  };
  beforeAll(async () => {
    rendered.set("defaults", await renderOnce({ stack: "production", variant: "defaults", configOverrides: ONLY_DEFAULTS }));
    for (const [name, batch] of Object.entries(BATCHES)) {
      rendered.set(name, await renderOnce({ stack: "production", variant: `changed-${name}`, configOverrides: allChanged(batch) }));
    }
    for (const name of new Set(DEFAULTS.flatMap((effect) => effect.rendering ?? []))) rendered.set(name, await renderOnce(RENDERINGS[name]));
  }, 5 * RENDER_TIMEOUT_MS);

  test.each(DEFAULTS)("shows the default of $key", ({ read, expected, rendering = "defaults" }) => {
    expect(read(shown(rendering))).toEqual(expected);
  });

  describe.each(Object.entries(BATCHES))("with other %s", (name, batch) => {
    test.each(batch)("fails the assertion of $key", ({ read, expected, changed, becomes = changed }) => {
      const found = read(shown(name));
      expect(found).not.toEqual(expected);
      // And by this very change, not by that of another key.
      expect(found).toEqual(becomes);
    });
  });
});
