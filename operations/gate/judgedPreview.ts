/** A preview with the policy pack: what would change, and what the checklist says of it. */
import type { Results } from "../../policies/judge.ts";
import { PlanCollector } from "../plan/plan.ts";
import { JudgedSandbox } from "./judgedSandbox.ts";

export interface JudgedPreview {
  plan: PlanCollector;
  results: Results;
  /** Time of the engine, without building or installing anything. */
  seconds: number;
}

export interface PreviewRequest {
  stack: string;
  /** Plans against the state kept here; against nothing otherwise. */
  stateDir?: string;
  /** Told what is going on. */
  progress: (text: string) => void;
  signal?: AbortSignal;
}

/**
 * Plans a stack in the sandbox with the pack mandatory.
 *
 * @throws OperationError when the engine, the program or the pack itself failed; a refusal by the pack is a result
 */
export async function judgedPreview({ stack, stateDir, progress, signal }: PreviewRequest): Promise<JudgedPreview> {
  progress("starting the engine");
  await using sandbox = await JudgedSandbox.open({ stack, stateDir, progress, signal });
  const plan = new PlanCollector();
  const started = performance.now();
  const { results } = await sandbox.preview({
    signal,
    onEvent: (event) => {
      plan.add(event);
      progress(`${plan.size} resources planned`);
    },
  });
  return { plan, results, seconds: (performance.now() - started) / 1000 };
}
