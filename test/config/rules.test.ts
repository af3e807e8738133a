import { describe, expect, test } from "vitest";
import { allKeys } from "../../stacks/config/describe.ts";
import { rules } from "../../stacks/config/rules/index.ts";
import { configSchema } from "../../stacks/config/schema.ts";
import { bootstrap, existing, kubeconfig, ruleCases as cases } from "./ruleCases.ts";
import { changed, isObject, mistakesIn, parse, validValues } from "./values.ts";

describe("rules between keys", () => {
  for (const [index, { rule, bad, path, says, good, stack }] of cases.entries()) {
    test(`${rule} refuses ${path} (${index})`, () => {
      const found = mistakesIn(changed(bad), stack).filter((mistake) => mistake.path === path);
      expect(found.map((mistake) => `${mistake.given} | ${mistake.allowed}`).join("\n")).toContain(says);
      const reason = rules.find(({ id }) => id === rule)?.reason;
      expect(found.map((mistake) => mistake.reason)).toContain(reason);
      expect(found.every((mistake) => (mistake.mend ?? "").length > 5)).toBe(true);
    });
    test(`${rule} accepts the mended configuration (${index})`, () => {
      expect(mistakesIn(changed(good))).toEqual([]);
    });
  }

  test("an open door for the first up says that it is to be closed again", () => {
    const found = mistakesIn(changed({ cluster: { access: { bootstrap: { ...bootstrap, publicCidrs: ["0.0.0.0/0"] } } } }));
    expect(found.map(({ mend }) => mend)).toEqual(["name only the addresses from which you run the first up, for example [203.0.113.7/32], and remove cluster.access.bootstrap afterwards"]);
  });

  test("a configuration that declares an existing cluster by its groups of another VPC is told both ways out", () => {
    const found = mistakesIn(changed({ cluster: { existing: { ...existing, nodeAddresses: [], autoscalingGroups: ["shared-nodes"] } }, kubeconfig }));
    expect(found.map(({ path, mend }) => [path, mend])).toEqual([["cluster.existing.autoscalingGroups", "set network.existing to the nodes' VPC, or list cluster.existing.nodeAddresses instead"]]);
  });

  test("every rule has a case", () => {
    expect(rules.map(({ id }) => id).filter((id) => !cases.some(({ rule }) => rule === id))).toEqual([]);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(rules.length).toBeGreaterThanOrEqual(40);
  });

  test("a rule looks only at keys that it says it reads, and those exist", () => {
    const known = new Set(allKeys(configSchema).map((key) => key.path.join(".")));
    const config = parse(validValues());
    for (const rule of rules) {
      expect(rule.reads.filter((path) => !known.has(path))).toEqual([]);
      const read = new Set<string>();
      rule.check(recording(config, "", read), "production");
      const strays = [...read].filter((path) => !rule.reads.some((allowed) => path === allowed || path.startsWith(`${allowed}.`) || allowed.startsWith(`${path}.`)));
      expect({ rule: rule.id, strays }).toEqual({ rule: rule.id, strays: [] });
    }
  });
});

/** A configuration that notes which keys are read. */
function recording<T extends object>(target: T, path: string, read: Set<string>): T {
  return new Proxy(target, {
    get: (object, name, receiver) => {
      const value: unknown = Reflect.get(object, name, receiver);
      if (typeof name === "symbol" || Array.isArray(object)) return value;
      const here = path === "" ? name : `${path}.${name}`;
      read.add(here);
      return isObject(value) ? recording(value, here, read) : value;
    },
  });
}
