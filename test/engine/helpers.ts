/** What the engine tests share. */
import { PlanCollector } from "../../operations/plan/plan.ts";
import type { Sandbox } from "../../sandbox/workspace/sandbox.ts";

/** What a preview would do beside leaving things alone: "update postgres-writer", sorted. */
export async function changes(sandbox: Sandbox): Promise<string[]> {
  const collector = new PlanCollector();
  await sandbox.preview({ onEvent: (event) => collector.add(event) });
  return collector.plan().changes.map((r) => `${r.operation} ${r.name}`).sort();
}

/** Resources in state, without the stack and its providers. */
export async function resourceCount(sandbox: Sandbox): Promise<number> {
  const state = (await sandbox.exportState()).deployment as { resources?: { type: string }[] };
  return (state.resources ?? []).filter((r) => !r.type.startsWith("pulumi:")).length;
}
