/** Production and staging on the real engine, applied to the simulated cloud: first time, again, changed, broken, removed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PlanCollector } from "../../operations/plan/plan.ts";
import { openSandbox, type Sandbox, type SandboxOptions } from "../../sandbox/workspace/sandbox.ts";

/** Names of the resources that a preview would touch, with what would happen to each. */
async function changes(sandbox: Sandbox): Promise<string[]> {
  const collector = new PlanCollector();
  await sandbox.preview({ onEvent: (event) => collector.add(event) });
  return collector.plan().changes.map((r) => `${r.operation} ${r.name}`).sort();
}

describe.each(["production", "staging"])("%s", (stack) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ stack });
  });
  afterAll(() => sandbox.close());

  test("is planned, applied, and then at rest", async () => {
    const planned = new PlanCollector();
    await sandbox.preview({ onEvent: (event) => planned.add(event) });
    const { resources } = planned.plan();
    expect(resources.create).toBe(resources.total);
    const applied = await sandbox.up();
    // The engine's own count has the stack and the providers beside what the plan shows.
    expect(applied.changes.create).toBeGreaterThanOrEqual(resources.total);
    const again = await sandbox.up({ expectNoChanges: true });
    expect(Object.keys(again.changes)).toEqual(["same"]);
  });

  test("refuses to be destroyed while protected, and goes away whole once unprotected", async () => {
    await expect(sandbox.destroy()).rejects.toThrow(expect.objectContaining({ diagnostics: expect.arrayContaining([expect.stringContaining("protect")]) as string[] }));
    expect(await resourceCount(sandbox)).toBeGreaterThan(100);
    await sandbox.setConfig("golive:protect", false);
    await sandbox.setConfig("golive:retainOnDelete", false);
    await sandbox.up();
    await sandbox.destroy();
    expect(await resourceCount(sandbox)).toBe(0);
  });
});

async function resourceCount(sandbox: Sandbox): Promise<number> {
  const state = (await sandbox.exportState()).deployment as { resources?: { type: string }[] };
  return (state.resources ?? []).filter((r) => !r.type.startsWith("pulumi:")).length;
}
