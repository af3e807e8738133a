/** The gate: previews of stacks with the policy pack, and of what a change does to what exists. */
import { refused, type Results } from "../../policies/judge.ts";
import { judgePlan } from "../../policies/plan.ts";
import { BaseRevision } from "./base.ts";
import { judgedPreview } from "./judgedPreview.ts";
import { exceptions } from "./pack.ts";

/** What the gate found in one stack. */
export interface GateReport {
  stack: string;
  results: Results;
  /** Charts that were declared but not looked into. */
  charts: string[];
  seconds: number;
  /** Commit against which the change was judged. */
  base?: string;
}

export interface GateRequest {
  stacks: readonly string[];
  /** Revision that is applied first. */
  base?: string;
  progress: (text: string) => void;
  signal?: AbortSignal;
}

/** Judges each stack; a refusal is part of a report. @throws UserError when a stack could not be judged */
export async function gate({ stacks, base: ref, progress, signal }: GateRequest): Promise<GateReport[]> {
  const exemptions = exceptions();
  await using base = ref === undefined ? undefined : await BaseRevision.open(ref);
  const reports: GateReport[] = [];
  for (const stack of stacks) {
    const against = base?.has(stack) === true ? base : undefined;
    await against?.apply(stack, { progress, signal });
    const { plan: collector, results, seconds } = await judgedPreview({ stack, stateDir: against?.stateDir(stack), progress: (text) => progress(`${stack}: ${text}`), signal });
    const plan = collector.plan();
    const onPlan = against === undefined ? [] : judgePlan(collector.resources, stack, exemptions);
    reports.push({ stack, results: { ...results, rules: [...results.rules, ...onPlan] }, charts: plan.charts, seconds, ...(against === undefined ? {} : { base: against.revision }) });
  }
  return reports;
}

/** Whether any stack is refused. */
export function anyRefused(reports: readonly GateReport[]): boolean {
  return reports.some((report) => refused(report.results));
}
