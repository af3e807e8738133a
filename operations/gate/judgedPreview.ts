/** A preview with the policy pack: what would change, and what the checklist says of it. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { refused, type Results } from "../../policies/judge.ts";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { PlanCollector } from "../plan/plan.ts";
import { POLICY_PACK } from "./pack.ts";

/** Where the pack writes its results, for us alone (policies/index.ts). */
const RESULTS_VARIABLE = "GOLIVE_POLICY_RESULTS";

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
  /** Another checkout of the program. */
  programDir?: string;
  /** Told what is going on. */
  progress: (text: string) => void;
  signal?: AbortSignal;
}

/**
 * Plans a stack in the sandbox with the pack mandatory.
 *
 * @throws OperationError when the engine, the program or the pack itself failed; a refusal by the pack is a result
 */
export async function judgedPreview(request: PreviewRequest): Promise<JudgedPreview> {
  const { stack, stateDir, programDir, progress, signal } = request;
  // The engine's SDK takes a second to load, which a mistake need not wait for.
  const { openSandbox } = await import("../../sandbox/workspace/sandbox.ts");
  const file = path.join(tmpdir(), `golive-results-${process.pid}-${randomBytes(4).toString("hex")}.json`);
  try {
    progress("starting the engine");
    await using sandbox = await openSandbox({ stack, stateDir, programDir, progress, signal, env: { [RESULTS_VARIABLE]: file } });
    const plan = new PlanCollector();
    const started = performance.now();
    const failure = await failureOf(sandbox.preview({
      signal,
      policyPacks: [POLICY_PACK],
      onEvent: (event) => {
        plan.add(event);
        progress(`${plan.size} resources planned`);
      },
    }));
    const seconds = (performance.now() - started) / 1000;
    if (!existsSync(file)) throw failure ?? new Error("the policy pack ended without results");
    const results = JSON.parse(await readFile(file, "utf8")) as Results;
    // What the pack refuses makes the engine's preview fail; anything else that failed is no verdict.
    if (failure !== undefined && !refused(results)) throw failure;
    return { plan, results, seconds };
  } finally {
    await rm(file, { force: true });
  }
}

async function failureOf(run: Promise<unknown>): Promise<OperationError | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (error instanceof OperationError) return error;
    throw error;
  }
}
