/** The gate: previews of stacks with the policy pack, and of what a change does to what exists. */
import { refused, type Results } from "../../policies/judge.ts";
import { judgePlan, type PlanResults } from "../../policies/plan.ts";
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
  /** These are all stacks: one that the base has besides is gone, and told so. */
  every?: boolean;
  /** Revision that is applied first. */
  base?: string;
  progress: (text: string) => void;
  signal?: AbortSignal;
}

/** Judges each stack; a refusal is part of a report. @throws UserError when a stack could not be judged */
export async function gate({ stacks, every, base: ref, progress, signal }: GateRequest): Promise<GateReport[]> {
  const exemptions = exceptions();
  await using base = ref === undefined ? undefined : await BaseRevision.open(ref);
  const reports: GateReport[] = [];
  for (const stack of stacks) {
    const against = base?.stacks.includes(stack) === true ? base : undefined;
    await against?.apply(stack, { progress, signal });
    const { plan: collector, results, seconds } = await judgedPreview({ stack, stateDir: against?.stateDir(stack), progress: (text) => progress(`${stack}: ${text}`), signal });
    const { charts } = collector.plan();
    reports.push({ stack, results, charts, seconds, ...(against === undefined ? {} : changed(against, results, judgePlan(collector.resources, stack, exemptions))) });
  }
  const gone = every === true && base !== undefined ? base.stacks.filter((stack) => !stacks.includes(stack)).map((stack) => goneSince(base, stack)) : [];
  return [...reports, ...gone];
}

function changed({ revision }: BaseRevision, results: Results, onPlan: PlanResults): Pick<GateReport, "base" | "results"> {
  return { base: revision, results: { ...results, notes: [...results.notes, ...onPlan.notes], rules: [...results.rules, ...onPlan.rules] } };
}

/** Nothing is refused: a stack may end. But nobody looks at it any more, and what it declared is still there unless it was destroyed. */
function goneSince({ revision }: BaseRevision, stack: string): GateReport {
  const note = `Pulumi.${stack}.yaml is gone since ${revision.slice(0, 9)}: no rule looks at this stack any more, and what it declared stays until somebody destroys it`;
  return { stack, results: { stack, problems: [], notes: [note], passedOver: [], rules: [] }, charts: [], seconds: 0, base: revision };
}

/** Whether any stack is refused. */
export function anyRefused(reports: readonly GateReport[]): boolean {
  return reports.some((report) => refused(report.results));
}
