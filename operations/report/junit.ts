/**
 * The report as JUnit XML, as CI systems show tests: a suite for each stack and checklist item, a case for each rule.
 * Advice does not fail a case, for no test system knows a failure that lets the build pass; it is in the case's output.
 */
import { checks, counted, type ItemView, nameOf, placeText, type RenderOptions, type RuleView, type StackReport, viewOf } from "./report.ts";
import type { Issue } from "../../policies/judge.ts";

interface Case { name: string; classname: string; failure?: { message: string; type: string; text: string }; error?: { message: string; text: string }; skipped?: string; output?: string }
interface Suite { name: string; cases: Case[]; seconds?: number }

export function junitReport(reports: readonly StackReport[], options: RenderOptions): string {
  const suites = reports.flatMap((report) => suitesOf(report, options));
  const all = suites.flatMap((suite) => suite.cases);
  const seconds = reports.reduce((sum, report) => sum + report.seconds, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "golive", ...countsOf(all), time: seconds.toFixed(3) })}>`,
    ...suites.flatMap(suiteLines),
    "</testsuites>",
    "",
  ].join("\n");
}

function suitesOf(report: StackReport, options: RenderOptions): Suite[] {
  const { stack, results, unread = [], seconds } = report;
  const items = viewOf(report, options.rules).items.filter((item) => item.told.length > 0).map((item) => ({ name: `${stack}: ${item.phrase}`, cases: item.told.map((view) => caseOf(stack, item, view, options)) }));
  const own = [
    ...results.problems.map((problem): Case => ({ name: problem, classname: `${stack}.settings-and-exceptions`, error: { message: "The policy pack can not be relied on", text: problem } })),
    ...unread.map((one): Case => ({ name: placeText(one), classname: `${stack}.input`, error: { message: one.message, text: `${placeText(one)}: ${one.message}` } })),
  ];
  return [...(own.length === 0 ? [] : [{ name: `${stack}: settings, exceptions and input`, cases: own }]), ...items].map((suite, index) => (index === 0 ? { ...suite, seconds } : suite));
}

function caseOf(stack: string, item: ItemView, view: RuleView, options: RenderOptions): Case {
  const { rule, verdict, result } = view;
  const base = { name: `${rule.id}: ${rule.title}`, classname: `${stack}.${item.item}` };
  const line = (issue: Issue): string => {
    const place = options.place?.(issue);
    const by = issue.exempted;
    return `${place === undefined ? "" : `${placeText(place)} `}${nameOf(issue)}${issue.path === "" ? "" : ` at ${issue.path}`}: ${issue.message}${by === undefined ? "" : ` (${by.kind} by ${by.owner} until ${by.until}: ${by.reason})`}`;
  };
  const output = [
    ...view.advisory.map((issue) => `advisory: ${line(issue)}`),
    ...view.exempted.map((issue) => `exempted: ${line(issue)}`),
    ...view.undecided.map((issue) => `not decided: ${line(issue)}`),
    ...result.satisfied.map((name) => `satisfied: ${name}`),
  ].join("\n");
  const told: Case = output === "" ? base : { ...base, output };
  switch (verdict) {
    case "refused":
      return { ...told, failure: { message: counted(view.refused.length, "finding"), type: rule.severity, text: [...view.refused.map(line), `Mend: ${rule.mend}`].join("\n") } };
    case "disabled":
      return { ...told, skipped: `disabled in this stack: ${result.reason ?? "no reason given"}` };
    case "exempted":
      return result.satisfied.length > 0 ? told : { ...told, skipped: `exempted: ${counted(checks(view.exempted), "resource")}` };
    case "undecided":
      return { ...told, skipped: `not decided on ${counted(checks(view.undecided), "resource")}${result.relation === true ? " until an update is over" : ""}` };
    case "unused":
      return { ...told, skipped: "no resource to look at" };
    case "advisory":
    case "satisfied":
      return told;
  }
}

function countsOf(cases: readonly Case[]): Record<string, number> {
  const count = (key: "failure" | "error" | "skipped"): number => cases.filter((one) => one[key] !== undefined).length;
  return { tests: cases.length, failures: count("failure"), errors: count("error"), skipped: count("skipped") };
}

function suiteLines(suite: Suite): string[] {
  return [`  <testsuite${attributes({ name: suite.name, ...countsOf(suite.cases), time: (suite.seconds ?? 0).toFixed(3) })}>`, ...suite.cases.flatMap(caseLines), "  </testsuite>"];
}

function caseLines({ name, classname, failure, error, skipped, output }: Case): string[] {
  return [
    `    <testcase${attributes({ classname, name, time: "0" })}>`,
    ...(failure === undefined ? [] : [`      <failure${attributes({ message: failure.message, type: failure.type })}>${escaped(failure.text)}</failure>`]),
    ...(error === undefined ? [] : [`      <error${attributes({ message: error.message, type: "input" })}>${escaped(error.text)}</error>`]),
    ...(skipped === undefined ? [] : [`      <skipped${attributes({ message: skipped })}/>`]),
    ...(output === undefined ? [] : [`      <system-out>${escaped(output)}</system-out>`]),
    "    </testcase>",
  ];
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values).map(([key, value]) => ` ${key}="${escaped(String(value)).replace(/[\n\t\r]/g, " ")}"`).join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** XML 1.0 has no way to write most control characters, nor half of a surrogate pair: they become U+FFFD. */
export function escaped(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, "\ufffd").replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
