/** The report for programs. Its shape is stable: fields may be added, what is here keeps its name and meaning. */
import type { Issue } from "../../policies/judge.ts";
import type { Severity } from "../../policies/rule.ts";
import { type Place, type RenderOptions, type StackReport, type Totals, type Unread, type Verdict, type RuleView, viewOf } from "./report.ts";

export interface JsonReport {
  /** Raised when a field changes its meaning or goes away. */
  version: 1;
  tool: { name: "golive"; version: string };
  stacks: JsonStack[];
}

export interface JsonStack {
  stack: string;
  /** Git revision that the change was judged against. */
  base?: string;
  seconds: number;
  /** What is wrong with settings or exceptions; each refuses. */
  problems: string[];
  /** What to know besides; refuses nothing. */
  notes: string[];
  /** Charts declared but not looked into. */
  charts: string[];
  /** Kinds that no rule judges, and how many resources of each there are. */
  passedOver: { kind: string; count: number }[];
  /** Files, or parts of files, that could not be checked. */
  unread: Unread[];
  totals: Totals;
  /** The checklist, in its order; `rules` are ids. */
  items: { item: string; phrase: string; verdict: Verdict; rules: string[] }[];
  rules: JsonRule[];
}

export interface JsonRule {
  id: string;
  title: string;
  severity: Severity;
  /** What the stack makes of it: mandatory, advisory or disabled. */
  level: string;
  /** Why the stack chose a level that is not the rule's own. */
  reason?: string;
  /** Looks at several resources together: an update decides what is not decided when everything is applied. */
  relation?: true;
  verdict: Verdict;
  items: string[];
  frameworks: string[];
  mend: string;
  /** `type::name` of the resources that keep it. */
  satisfied: string[];
  findings: JsonFinding[];
}

export interface JsonFinding {
  /** refused, advisory, exempted, or undecided where that does not refuse. */
  verdict: Verdict;
  /** Whether the value broke the rule, or could not be known. */
  outcome: Issue["outcome"];
  urn: string;
  type: string;
  resource: string;
  /** Property path; empty for the resource as such. */
  path: string;
  message: string;
  exempted?: Issue["exempted"];
  /** Where it stands, for files. */
  place?: Place;
}

export function jsonReport(reports: readonly StackReport[], options: RenderOptions): string {
  const report: JsonReport = { version: 1, tool: { name: "golive", version: options.version }, stacks: reports.map((one) => stackOf(one, options)) };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function stackOf(report: StackReport, options: RenderOptions): JsonStack {
  const { items, rules, totals } = viewOf(report, options.rules);
  return {
    stack: report.stack,
    ...(report.base === undefined ? {} : { base: report.base }),
    seconds: Math.round(report.seconds * 1000) / 1000,
    problems: report.results.problems,
    notes: report.results.notes,
    charts: [...report.charts],
    passedOver: report.results.passedOver.map(([kind, count]) => ({ kind, count })),
    unread: [...(report.unread ?? [])],
    totals,
    items: items.map(({ item, phrase, verdict, rules: answering }) => ({ item, phrase, verdict, rules: answering.map((view) => view.rule.id) })),
    rules: rules.map((view) => ruleOf(view, options)),
  };
}

function ruleOf(view: RuleView, options: RenderOptions): JsonRule {
  const { rule, result, verdict } = view;
  const findings = (kind: "refused" | "advisory" | "exempted" | "undecided"): JsonFinding[] => view[kind].map((issue) => findingOf(kind, issue, options));
  return {
    id: rule.id,
    title: rule.title,
    severity: rule.severity,
    level: result.level,
    ...(result.reason === undefined ? {} : { reason: result.reason }),
    ...(result.relation === true ? { relation: true } : {}),
    verdict,
    items: [...rule.items],
    frameworks: [...rule.frameworks],
    mend: rule.mend,
    satisfied: result.satisfied,
    findings: [...findings("refused"), ...findings("advisory"), ...findings("exempted"), ...findings("undecided")],
  };
}

function findingOf(verdict: Verdict, issue: Issue, options: RenderOptions): JsonFinding {
  const { outcome, urn, type, resource, path, message, exempted } = issue;
  const place = options.place?.(issue);
  return { verdict, outcome, urn, type, resource, path, message, ...(exempted === undefined ? {} : { exempted }), ...(place === undefined ? {} : { place }) };
}
