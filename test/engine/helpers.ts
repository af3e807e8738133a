/** What the engine tests share. */
import { PlanCollector } from "../../operations/plan/plan.ts";
import type { OperationOptions } from "../../sandbox/workspace/operation.ts";
import type { Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { resourcesOf, type StateResource } from "../../sandbox/workspace/state.ts";

/** What a preview would do beside leaving things alone: "update postgres-primary", sorted. */
export function changes(sandbox: Sandbox): Promise<string[]> {
  return observed((options) => sandbox.preview(options));
}

/** Applies, and gives what that did beside leaving things alone. */
export function applied(sandbox: Sandbox): Promise<string[]> {
  return observed((options) => sandbox.up(options));
}

async function observed(run: (options: OperationOptions) => Promise<unknown>): Promise<string[]> {
  const collector = new PlanCollector();
  await run({ onEvent: (event) => collector.add(event) });
  return collector.plan().changes.map((r) => `${r.operation} ${r.name}`).sort();
}

/** Everything in state, the stack and its providers included. */
export async function inState(sandbox: Sandbox): Promise<StateResource[]> {
  return resourcesOf(await sandbox.exportState());
}

/** Resources in state, without the stack and its providers, and operations whose end the engine did not see. */
export async function stateOf(sandbox: Sandbox): Promise<{ resources: StateResource[]; pending: unknown[] }> {
  const state = await sandbox.exportState();
  const { pending_operations: pending } = state.deployment as { pending_operations?: unknown[] };
  return { resources: resourcesOf(state).filter((r) => !r.type.startsWith("pulumi:")), pending: pending ?? [] };
}

/** How many resources are in state. */
export async function resourceCount(sandbox: Sandbox): Promise<number> {
  return (await stateOf(sandbox)).resources.length;
}
