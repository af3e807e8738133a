/** One preview or update, measured from outside. */
import path from "node:path";
import type { Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { probeProgram } from "./programProbe.ts";

export interface Run {
  /** Wall time of the engine's run, seconds. */
  seconds: number;
  /** Declared, without stack and providers. */
  resources: number;
  /** From the start of the program's process to its first resource, seconds; undefined where the system has no /proc. */
  startSeconds: number | undefined;
  /** Most memory that the program's process had resident, in MB (10⁶ bytes); undefined where the system has no /proc. */
  memoryMb: number | undefined;
}

export async function measure(sandbox: Sandbox, operation: "preview" | "up"): Promise<Run> {
  const probe = probeProgram(path.basename(path.dirname(sandbox.workDir)));
  let firstResourceAt: number | undefined;
  const urns = new Set<string>();
  const result = await sandbox[operation]({
    onEvent: (event) => {
      const step = event.resourcePreEvent?.metadata;
      if (step === undefined || step.type === "pulumi:pulumi:Stack") return;
      firstResourceAt ??= Date.now();
      if (!step.type.startsWith("pulumi:providers:")) urns.add(step.urn);
    },
  }).finally(() => probe.stop());
  const { startedAt, peakMemoryMb } = probe.stop();
  return {
    seconds: result.seconds,
    resources: urns.size,
    startSeconds: startedAt === undefined || firstResourceAt === undefined ? undefined : (firstResourceAt - startedAt) / 1000,
    memoryMb: peakMemoryMb,
  };
}

/** The median of each figure by itself. @param runs of one and the same thing, at least one */
export function medianRun(runs: readonly Run[]): Run {
  return {
    seconds: median(runs.map((r) => r.seconds)) ?? 0,
    resources: runs[0]?.resources ?? 0,
    startSeconds: median(runs.flatMap((r) => r.startSeconds ?? [])),
    memoryMb: median(runs.flatMap((r) => r.memoryMb ?? [])),
  };
}

function median(values: number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}
