/** The report for a terminal: what is wrong by checklist item, worst first, and at the end what was looked at. */
import pc from "picocolors";
import type { Issue } from "../../policies/judge.ts";
import { passedOverText } from "../../policies/passedOver.ts";
import { checks, counted, type ItemView, lateText, nameOf, placeText, type RenderOptions, type RuleView, type StackReport, type View, viewOf } from "./report.ts";

const WIDTH = 100;
type Colors = ReturnType<typeof pc.createColors>;

export function textReport(reports: readonly StackReport[], options: RenderOptions): string {
  const colors = pc.createColors(options.color === true);
  const views = reports.map((report) => viewOf(report, options.rules));
  const parts = options.summary === true ? [] : views.flatMap((view) => [
    ...(views.length > 1 ? [colors.bold(colors.underline(view.report.stack))] : []),
    ...problems(view, colors),
    ...view.items.flatMap((item) => itemLines(item, options, colors)),
    cleanLine(view),
  ]);
  return `${[...parts, totals(views, colors), ...views.map((view) => footer(view, views.length > 1, colors))].join("\n\n")}\n`;
}

function problems({ report }: View, colors: Colors): string[] {
  const { problems: all } = report.results;
  return all.length === 0 ? [] : [[colors.red("The policy pack can not be relied on:"), ...all.flatMap((problem) => wrapped(problem, 2))].join("\n")];
}

/** What an item has to tell; nothing for a clean one. */
function itemLines(item: ItemView, options: RenderOptions, colors: Colors): string[] {
  const lines = [
    ...item.told.filter((view) => view.refused.length > 0).flatMap((view) => findings(colors.red("refused"), view, view.refused, options, colors)),
    ...item.told.filter((view) => view.advisory.length > 0).flatMap((view) => findings(colors.yellow("advisory"), view, view.advisory, options, colors)),
    ...item.told.filter((view) => view.exempted.length > 0).flatMap((view) => exemptions(view, colors)),
    ...item.told.filter((view) => view.undecided.length > 0).map((view) => undecided(view, colors)),
    ...item.told.filter((view) => view.verdict === "disabled").flatMap((view) => wrapped(`${colors.dim("disabled")} ${view.rule.id}: ${view.result.reason ?? "no reason given"}`, 2)),
  ];
  return lines.length === 0 ? [] : [[colors.bold(item.phrase), ...lines].join("\n")];
}

function findings(word: string, { rule, result }: RuleView, issues: readonly Issue[], options: RenderOptions, colors: Colors): string[] {
  return [
    `  ${word} ${colors.bold(rule.id)} ${colors.dim(`(${rule.severity})`)}`,
    ...wrapped(`${rule.title}.`, 4),
    ...issues.flatMap((issue) => {
      const place = options.place?.(issue);
      const start = `${place === undefined ? "" : `${placeText(place)}  `}${nameOf(issue)}`;
      const closed = issue.outcome === "undecided" ? "; this rule refuses what it can not check" : "";
      const fits = 4 + start.length + 2 + issue.path.length <= WIDTH;
      const path = issue.path === "" ? [] : [fits ? `${colors.cyan(visible(start))}  ${visible(issue.path)}` : visible(issue.path)];
      const where = fits && path.length > 0 ? [`    ${path.join("")}`] : [`    ${colors.cyan(visible(start))}`, ...path.map((one) => `      ${one}`)];
      return [...where, ...wrapped(`${issue.message}${closed}`, 6)];
    }),
    ...wrapped(`Mend: ${rule.mend}`, 4),
    ...(result.reason === undefined ? [] : wrapped(`In this stack it is ${result.level}: ${result.reason}.`, 4)),
  ];
}

function exemptions({ rule, exempted }: RuleView, colors: Colors): string[] {
  const names = new Map(exempted.map((issue) => [nameOf(issue), issue.exempted]));
  return [
    `  ${colors.cyan("exempted")} ${colors.bold(rule.id)}`,
    ...[...names].flatMap(([name, by]) => [`    ${name}`, ...wrapped(by === undefined ? "" : `${by.kind} by ${by.owner} until ${by.until} (${by.place}): ${by.reason}`, 6)]),
  ];
}

function undecided({ rule, result, undecided: issues }: RuleView, colors: Colors): string {
  return `  ${colors.dim("not decided")} ${rule.id}: ${counted(checks(issues), "resource")}${result.relation === true ? ", until an update is over" : ""}`;
}

function cleanLine({ items }: View): string {
  const count = (verdict: ItemView["verdict"]): number => items.filter((item) => item.verdict === verdict).length;
  const unused = count("unused");
  return `${count("satisfied")} of the checklist's ${counted(items.length, "item")} are clean${unused === 0 ? "" : `, ${unused} found no resource to look at`}.`;
}

const COLUMNS = ["rules", "resources", "satisfied", "refused", "advisory", "exempted", "undecided", "charts"] as const;

function totals(views: readonly View[], colors: Colors): string {
  const head = ["", "rules", "resources", "satisfied", "refused", "advisory", "exempted", "not decided", "charts unseen"];
  const rows = views.map((view) => [view.report.stack, ...COLUMNS.map((column) => String(view.totals[column]))]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)));
  const line = (row: string[]): string => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return [colors.bold(line(head)), ...rows.map(line)].join("\n");
}

function footer(view: View, several: boolean, colors: Colors): string {
  const { report: { stack, charts, base, seconds, results: { notes, passedOver } }, totals: { refused, nextExpiry } } = view;
  const late = lateText(view.totals);
  const unjudged = passedOverText(passedOver);
  const took = `${base === undefined ? "" : ` compared with ${base}`} in ${seconds.toFixed(1)} s`;
  const verdict = refused === 0 ? colors.green(`Nothing is refused${took}.`) : colors.red(`${counted(refused, "finding")} refused${took}.`);
  const lines = [
    ...notes.flatMap((note) => wrapped(`Note: ${note}.`, 0)),
    ...(late === undefined ? [] : wrapped(late, 0)),
    ...(nextExpiry === undefined ? [] : [`The first exemption ends on ${nextExpiry}.`]),
    ...(charts.length === 0 ? [] : wrapped(`${counted(charts.length, "chart")} declared, not looked into: ${charts.join(", ")}.`, 0)),
    ...(unjudged === undefined ? [] : wrapped(`${unjudged}.`, 0)),
    verdict,
  ];
  return lines.map((line) => (several ? `${stack}: ${line}` : line)).join("\n");
}

/** What others wrote must not move the cursor; our own colors may stay. */
function visible(text: string): string {
  return text.replace(/(?!\u001b\[\d+m)[\p{Cc}\p{Cf}]/gu, (character) => (/\s/.test(character) ? " " : "\ufffd"));
}

/** Lines of at most 100 columns where words allow it. */
function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of visible(text).split(/\s+/)) {
    if (line !== "" && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${" ".repeat(indent)}${one}`);
}
