import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { generate } from "../../../sandbox/kubernetes/schema/generate.ts";
import { fieldsOf, knownTokens } from "../../../sandbox/kubernetes/schema/data.ts";

it("has a table of kinds that fits the installed @pulumi/kubernetes", () => {
  const committed = readFileSync(path.join(import.meta.dirname, "../../../sandbox/kubernetes/schema/types.json"), "utf8");
  // On failure: node sandbox/kubernetes/schema/generate.ts
  expect(committed === generate()).toBe(true);
}, 30_000);

it("knows every nested type that a kind leads to", () => {
  const missing = new Set<string>();
  const visit = (name: string, seen: Set<string>): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const fields = fieldsOf(name);
    if (fields === undefined) missing.add(name);
    for (const { shape } of fields?.values() ?? []) {
      let inner = shape;
      while (inner.is === "list" || inner.is === "map") inner = inner.of;
      if (inner.is === "object") visit(inner.type, seen);
    }
  };
  const seen = new Set<string>();
  for (const token of knownTokens()) visit(token, seen);
  expect([...missing]).toEqual([]);
  expect(knownTokens()).toContain("kubernetes:networking.k8s.io/v1:NetworkPolicy");
});
