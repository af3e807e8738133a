import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endingExceptions } from "../../stacks/environment/exceptions.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "golive-exceptions-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const at = path.join(folder, "exceptions.yaml");
  writeFileSync(at, text);
  return at;
}

test("waivers end on their day, what is by design a year after its review; those of other stacks are left out", () => {
  const at = file(`
waivers:
  - { rule: network/one, resource: a, stacks: [staging], expires: 2026-12-31 }
  - { rule: network/two, resource: b, stacks: [production], expires: 2026-12-31 }
byDesign:
  - { rule: rbac/three, resource: c, stacks: ["*"], reviewed: 2026-11-22 }
`);
  expect(endingExceptions("staging", at)).toEqual([{ rule: "network/one", resource: "a", expires: "2026-12-31" }, { rule: "rbac/three", resource: "c", expires: "2027-11-22" }]);
  expect(endingExceptions("production", at).map(({ rule }) => rule)).toEqual(["network/two", "rbac/three"]);
});

test("what the pack itself refuses, and a file that is not there, are no mistakes here", () => {
  expect(endingExceptions("staging", file("waivers: [{ rule: one, resource: a, stacks: [staging], expires: soon }, { rule: 1 }, two]"))).toEqual([]);
  expect(endingExceptions("staging", file("waivers: [\n"))).toEqual([]);
  expect(endingExceptions("staging", path.join(folder, "none.yaml"))).toEqual([]);
});

test("the repository's own file is read", () => {
  expect(endingExceptions("production")).toContainEqual(expect.objectContaining({ rule: "rbac/pod-exec", expires: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string }));
});
