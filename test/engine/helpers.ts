/** What the engine tests share. */
import { PlanCollector } from "../../operations/plan/plan.ts";
import type { OperationOptions } from "../../sandbox/workspace/operation.ts";
import type { Sandbox } from "../../sandbox/workspace/sandbox.ts";

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

/** One resource of the exported state. */
export interface StateResource {
  urn: string;
  type: string;
  /** Made by a provider, not a component of the program. */
  custom: boolean;
  protect?: boolean;
  /** Replaced, but the old one is still to be deleted. */
  delete?: boolean;
  /** Made, but not ready. */
  initErrors?: string[];
}

/** Resources in state, without the stack and its providers, and operations whose end the engine did not see. */
export async function stateOf(sandbox: Sandbox): Promise<{ resources: StateResource[]; pending: unknown[] }> {
  const state = (await sandbox.exportState()).deployment as { resources?: StateResource[]; pending_operations?: unknown[] };
  return { resources: (state.resources ?? []).filter((r) => !r.type.startsWith("pulumi:")), pending: state.pending_operations ?? [] };
}

/** How many resources are in state. */
export async function resourceCount(sandbox: Sandbox): Promise<number> {
  return (await stateOf(sandbox)).resources.length;
}
