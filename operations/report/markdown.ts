/** The checklist as a page: per item what satisfies it, and what does not. */
import { CHECKLIST } from "../../policies/checklist.ts";
import type { Issue } from "../../policies/judge.ts";
import { checks, counted, type ItemView, lateText, nameOf, placeText, type RenderOptions, type RuleView, type StackReport, type Verdict, type View, viewOf } from "./report.ts";

/** Names that are shown without folding. */
const UNFOLDED = 5;

const STATES: Readonly<Record<Verdict, string>> = { refused: "refused", advisory: "advice", undecided: "not decided", exempted: "exempted", satisfied: "satisfied", disabled: "disabled", unused: "nothing to look at" };

export function markdownReport(reports: readonly StackReport[], options: RenderOptions): string {
  return `${reports.map((report, index) => page(viewOf(report, options.rules), options, index)).join("\n\n")}\n`;
}

function page(view: View, options: RenderOptions, index: number): string {
  const { report } = view;
  // The same heading a second time gets a number from code hosts.
  const link = (phrase: string): string => `[${plain(phrase)}](#${anchor(phrase)}${index === 0 ? "" : `-${index}`})`;
  return [
    `# Security checklist: ${plain(report.stack)}`,
    opening(view),
    ...list("The policy pack can not be relied on", report.results.problems.map(plain)),
    ...list("Not read, and so not checked", (report.unread ?? []).map((one) => `${code(placeText(one))}: ${plain(one.message)}`)),
    ...list("To know besides", report.results.notes.map(plain)),
    ...list("Charts that were declared, but not looked into", report.charts.map(code)),
    ...list("Of kinds that no rule judges", report.results.passedOver.map(([kind, count]) => `${code(kind)}: ${counted(count, "resource")}`)),
    summary(view, link),
    ...view.items.flatMap((item) => itemPart(item, options, link)),
  ].join("\n\n");
}

function opening({ report, totals }: View): string {
  const verdict = totals.refused === 0 ? "**Nothing is refused.**" : `**${counted(totals.refused, "finding")} refused.**`;
  const base = report.base === undefined ? "" : ` The change was judged against ${code(report.base)}.`;
  const expiry = totals.nextExpiry === undefined ? "" : ` The first exemption ends on ${totals.nextExpiry}.`;
  const late = lateText(totals);
  return `${verdict} ${counted(totals.rules, "rule")} looked at ${counted(totals.resources, "resource")} in ${report.seconds.toFixed(1)} s: ${counted(totals.satisfied, "check")} satisfied, ${totals.advisory} advisory, ${totals.exempted} exempted, ${totals.undecided} not decided.${late === undefined ? "" : ` ${late}`}${base}${expiry}`;
}

type Link = (phrase: string) => string;

function summary({ items }: View, link: Link): string {
  const sum = (item: ItemView, count: (view: RuleView) => number): number => item.rules.reduce((total, view) => total + count(view), 0);
  const rows = items.map((item) => [
    item.rules.length === 0 ? plain(item.phrase) : link(item.phrase),
    STATES[item.verdict],
    item.rules.length,
    sum(item, (view) => view.result.satisfied.length),
    sum(item, (view) => view.refused.length),
    sum(item, (view) => view.advisory.length),
    sum(item, (view) => checks(view.exempted)),
    sum(item, (view) => checks(view.undecided)),
  ]);
  return ["| Item | State | Rules | Satisfied | Refused | Advisory | Exempted | Not decided |", "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
}

/** As code hosts make anchors of headings. */
function anchor(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

function itemPart(item: ItemView, options: RenderOptions, link: Link): string[] {
  if (item.rules.length === 0) return [];
  return [`## ${plain(item.phrase)}`, `State: ${STATES[item.verdict]}.`, ...item.rules.flatMap((view) => (item.told.includes(view) ? rulePart(view, options) : [elsewhere(view, link)]))];
}

/** A rule that answers several items is told in full at its first. */
function elsewhere({ rule, verdict, result }: RuleView, link: Link): string {
  const first = rule.items[0];
  return `${code(rule.id)}: ${STATES[verdict]}, ${counted(result.satisfied.length, "resource satisfies", "resources satisfy")} it; told under ${first === undefined ? "no item" : link(CHECKLIST[first])}.`;
}

function rulePart(view: RuleView, options: RenderOptions): string[] {
  const { rule, result, verdict } = view;
  const frameworks = rule.frameworks.length === 0 ? "" : ` Asked for by ${plain(rule.frameworks.join("; "))}.`;
  const level = result.reason === undefined ? "" : ` ${STATES.disabled === result.level ? "Disabled" : `Made ${result.level}`} in this stack: ${plain(result.reason)}.`;
  return [
    `### ${code(rule.id)}: ${STATES[verdict]}`,
    `${plain(rule.title)} (${rule.severity}).${frameworks}${level}`,
    ...list("Refused", view.refused.map((issue) => finding(issue, options))),
    ...list("Advice", view.advisory.map((issue) => finding(issue, options))),
    ...(view.refused.length + view.advisory.length === 0 ? [] : [`Mend: ${plain(rule.mend)}`]),
    ...list("Exempted", view.exempted.map(exemption)),
    ...list("Not decided", view.undecided.map((issue) => finding(issue, options))),
    ...evidence(result.satisfied),
  ];
}

function finding(issue: Issue, options: RenderOptions): string {
  const place = options.place?.(issue);
  return `${code(nameOf(issue))}${issue.path === "" ? "" : ` at ${code(issue.path)}`}${place === undefined ? "" : ` (${code(placeText(place))})`}: ${plain(issue.message)}`;
}

function exemption(issue: Issue): string {
  const by = issue.exempted;
  const path = issue.path === "" ? "" : ` at ${code(issue.path)}`;
  return `${code(nameOf(issue))}${path}: ${plain(issue.message)}${by === undefined ? "" : `; ${by.kind}, owner ${plain(by.owner)}, until ${plain(by.until)}, ${code(by.place)}: ${plain(by.reason)}`}`;
}

function evidence(names: readonly string[]): string[] {
  const lines = names.map((name) => `- ${code(name)}`).join("\n");
  if (names.length === 0) return [];
  if (names.length <= UNFOLDED) return [`Satisfied by:\n\n${lines}`];
  return [`<details><summary>Satisfied by ${names.length} resources</summary>\n\n${lines}\n\n</details>`];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:\n\n${lines.map((line) => `- ${line}`).join("\n")}`];
}

/** Text in which nothing is markup; one line. */
export function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|!~$&@]/g, "\\$&");
}

/** A code span, whatever backticks are in it; one line. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, " ");
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line === "" ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}
