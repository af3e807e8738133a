import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runbooks, stacks } from "../../policies/checkout.ts";

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), "golive-checkout-"));
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

it("has runbooks, which are pages", async () => {
  await mkdir(path.join(checkout, "docs", "runbooks"), { recursive: true });
  for (const file of ["errors.md", "disk.md", "notes.txt"]) await writeFile(path.join(checkout, "docs", "runbooks", file), "");
  expect(runbooks(checkout)).toEqual(["docs/runbooks/disk.md", "docs/runbooks/errors.md"]);
});

it("has stacks, which are files", async () => {
  for (const file of ["Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.production.yaml", "Pulumi.old.yaml.bak", "xPulumi.a.yaml"]) await writeFile(path.join(checkout, file), "");
  expect(stacks(checkout)).toEqual(["production", "staging"]);
});

it("may have neither", async () => {
  expect(stacks(checkout)).toEqual([]);
  await mkdir(path.join(checkout, "docs"));
  expect(runbooks(checkout)).toEqual([]);
});

it("says nothing of runbooks where there are no documents: a pack that was copied away refuses no alert for that", () => {
  expect(runbooks(checkout)).toBeUndefined();
});

it("is the one that the pack lies in", () => {
  expect(stacks()).toContain("production");
});
