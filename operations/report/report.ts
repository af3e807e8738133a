/** What the reports are made of: results of the pack, sorted by checklist item and by what became of each rule. */
import { CHECKLIST, type ChecklistItem } from "../../policies/checklist.ts";
import type { Issue, Results, RuleResult } from "../../policies/judge.ts";
import type { RuleText } from "../../policies/rule.ts";

/** One stack, or the files that were checked together. */
export interface StackReport {
  /** Name of the stack, or `files`. */
  stack: string;
  results: Results;
  /** Charts declared but not looked into; their objects are in no count. */
  charts: readonly string[];
  /** How long it took, preview or reading included. */
  seconds: number;
  /** Git revision that was applied before, so that the change was judged. */
  base?: string;
  /** What could not be read, of the files that were given. */
  unread?: readonly Unread[];
}

/** A file, or a part of it, that could not be checked. */
export interface Unread {
  file: string;
  line?: number;
  column?: number;
  message: string;
}

/** Where something stands, counted from 1. */
export interface Place {
  file: string;
  line: number;
  column?: number;
}

export interface RenderOptions {
  /** The rules that the results name; others do not matter. */
  rules: readonly RuleText[];
  /** Version of the `golive` command. */
  version: string;
  /** Terminal colors; only in the format `text`. */
  color?: boolean;
  /** Only the totals, for a terminal beside a file with the whole report; only in the format `text`. */
  summary?: boolean;
  /** Where an issue stands in a file. Without it, a stack's issues stand in its stack file, line 1. */
  place?: (issue: Issue) => Place | undefined;
  /** URL below which code hosts show this checkout's files, without a slash at its end: for links to the reference. */
  home?: string;
  /** Root of the checkout, against which code hosts read paths. */
  root?: string;
}

/** What became of a rule, worst first; `unused` looked at no resource. */
export const VERDICTS = ["refused", "advisory", "undecided", "exempted", "satisfied", "disabled", "unused"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One rule in one stack. Every issue is in exactly one of the four lists. */
export interface RuleView {
  rule: RuleText;
  result: RuleResult;
  verdict: Verdict;
  refused: Issue[];
  advisory: Issue[];
  exempted: Issue[];
  /** Not decided, and refused neither. */
  undecided: Issue[];
}

export interface ItemView {
  item: ChecklistItem;
  phrase: string;
  /** The worst of its rules; `unused` where no rule looked at anything. */
  verdict: Verdict;
  /** All rules that answer it. */
  rules: RuleView[];
  /** Those of them that are told here: a rule that answers several items is told at its first. */
  told: RuleView[];
}

export interface Totals {
  /** Rules that were run. */
  rules: number;
  /** Resources that at least one rule looked at. */
  resources: number;
  /** Checks, one rule on one resource, that were kept. */
  satisfied: number;
  /** Findings that refuse, problems of settings and exceptions included. */
  refused: number;
  advisory: number;
  /** Checks that an exemption covers. */
  exempted: number;
  /** Last day of the exemption that ends first. */
  nextExpiry?: string;
  /** Checks that were not decided and do not refuse. */
  undecided: number;
  /** Those of them that look at several resources together, which an update decides only when everything is applied. */
  undecidedRelations: number;
  charts: number;
}

export interface View {
  report: StackReport;
  /** In the checklist's order, those without rules included. */
  items: ItemView[];
  rules: RuleView[];
  totals: Totals;
}

/** Sorts a report's results. */
export function viewOf(report: StackReport, rules: readonly RuleText[]): View {
  const known = new Map<string, RuleText>(rules.map((rule) => [rule.id, rule]));
  const views = report.results.rules.flatMap((result) => {
    const rule = known.get(result.rule);
    return rule === undefined ? [] : [ruleView(rule, result)];
  });
  const items = (Object.keys(CHECKLIST) as ChecklistItem[]).map((item): ItemView => {
    const answering = views.filter((view) => view.rule.items.includes(item));
    return { item, phrase: CHECKLIST[item], verdict: worst(answering.map((view) => view.verdict)), rules: answering, told: answering.filter((view) => view.rule.items[0] === item) };
  });
  return { report, items, rules: views, totals: totalsOf(report, views) };
}

function ruleView(rule: RuleText, result: RuleResult): RuleView {
  const { issues } = result;
  const refused = issues.filter((issue) => issue.refuses);
  const exempted = issues.filter((issue) => issue.exempted !== undefined);
  const rest = issues.filter((issue) => !issue.refuses && issue.exempted === undefined);
  const advisory = rest.filter((issue) => issue.outcome === "violated");
  const undecided = rest.filter((issue) => issue.outcome === "undecided");
  const verdict = result.level === "disabled" ? "disabled"
    : refused.length > 0 ? "refused"
    : advisory.length > 0 ? "advisory"
    : undecided.length > 0 ? "undecided"
    : exempted.length > 0 ? "exempted"
    : result.satisfied.length > 0 ? "satisfied" : "unused";
  return { rule, result, verdict, refused, advisory, exempted, undecided };
}

function worst(verdicts: Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? "unused";
}

function totalsOf(report: StackReport, views: RuleView[]): Totals {
  const sum = (count: (view: RuleView) => number): number => views.reduce((total, view) => total + count(view), 0);
  const resources = new Set<string>();
  for (const { result } of views) {
    for (const name of result.satisfied) resources.add(name);
    for (const issue of result.issues) resources.add(nameOf(issue));
  }
  const nextExpiry = views.flatMap((view) => view.exempted.map((issue) => issue.exempted?.until ?? "")).sort()[0];
  return {
    rules: views.filter((view) => view.verdict !== "disabled").length,
    resources: resources.size,
    satisfied: sum((view) => view.result.satisfied.length),
    refused: report.results.problems.length + sum((view) => view.refused.length),
    advisory: sum((view) => view.advisory.length),
    exempted: sum((view) => checks(view.exempted)),
    ...(nextExpiry === undefined ? {} : { nextExpiry }),
    undecided: sum((view) => checks(view.undecided)),
    undecidedRelations: sum((view) => (view.result.relation === true ? checks(view.undecided) : 0)),
    charts: report.charts.length,
  };
}

/** Number of resources: one rule on one resource is one check, however many places it names. */
export function checks(issues: readonly Issue[]): number {
  return new Set(issues.map((issue) => issue.urn)).size;
}

/** `type::name`, by which exceptions name a resource. */
export function nameOf(issue: Pick<Issue, "type" | "resource">): string {
  return `${issue.type}::${issue.resource}`;
}

/** `1 rule`, `2 rules`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What an update can not stop any more; nothing where there is nothing. */
export function lateText({ undecided, undecidedRelations: late }: Totals): string | undefined {
  if (late === 0) return undefined;
  return `${late} of the ${counted(undecided, "check")} not decided ${late === 1 ? "looks" : "look"} at several resources together: an update judges that only when everything is applied.`;
}

/** `a.yaml:3:5`. */
export function placeText(place: { file: string; line?: number | undefined; column?: number | undefined }): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
}
