/** Production and staging on the real engine, applied to the simulated cloud: first time, again, removed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PlanCollector } from "../../operations/plan/plan.ts";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { openSandbox, type Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { resourceCount } from "./helpers.ts";

describe.each(["production", "staging"])("%s", (stack) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ stack });
  });
  afterAll(() => sandbox.close());

  test("is planned, applied as planned, and then at rest", async () => {
    const planned = new PlanCollector();
    await sandbox.preview({ onEvent: (event) => planned.add(event) });
    const applied = new PlanCollector();
    await sandbox.up({ onEvent: (event) => applied.add(event) });
    const plan = planned.plan();
    expect(plan.resources.create).toBe(plan.resources.total);
    expect(applied.plan().resources).toEqual(plan.resources);
    const again = await sandbox.up({ expectNoChanges: true });
    expect(Object.keys(again.changes)).toEqual(["same"]);
  });

  test("refuses to be destroyed while protected, keeps all data, and goes away whole once unprotected", async () => {
    const before = await dataResources(sandbox);
    expect(before.length).toBeGreaterThan(10);
    const refused = await sandbox.destroy().then(() => undefined, (error: unknown) => error);
    expect(refused).toBeInstanceOf(OperationError);
    expect((refused as OperationError).hint).toMatch(/protect/);
    expect(await dataResources(sandbox)).toEqual(before);

    await sandbox.setConfig("golive:protect", false);
    await sandbox.setConfig("golive:retainOnDelete", false);
    await sandbox.up();
    await sandbox.destroy();
    expect(await resourceCount(sandbox)).toBe(0);
  });
});

/** Names of what is protected in state. */
async function dataResources(sandbox: Sandbox): Promise<string[]> {
  const state = (await sandbox.exportState()).deployment as { resources?: { urn: string; protect?: boolean }[] };
  return (state.resources ?? []).filter((r) => r.protect === true).map((r) => r.urn).sort();
}
