/**
 * The report as SARIF 2.1.0, which code hosts show beside the code. Without a place in a file, an issue stands in
 * the stack file, for code hosts drop what stands nowhere. What was not decided is one note a rule, not hundreds.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Issue } from "../../policies/judge.ts";
import type { RuleText, Severity } from "../../policies/rule.ts";
import { placeOf } from "../policies/place.ts";
import { checks, counted, nameOf, type Place, type RenderOptions, type RuleView, type StackReport, type Unread, viewOf } from "./report.ts";

type Json = Record<string, unknown>;

/** The scale of code hosts: over 9 critical, over 7 high, over 4 medium. */
const SCORES: Readonly<Record<Severity, string>> = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };

/** Names that a note on what was not decided mentions. */
const NAMED = 10;

/** The rule under which problems of settings and exceptions are reported. */
const SELF = "policies/settings-and-exceptions";

export function sarifReport(reports: readonly StackReport[], options: RenderOptions): string {
  const log = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: reports.map((report) => runOf(report, options)) };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function runOf(report: StackReport, options: RenderOptions): Json {
  const { rules } = viewOf(report, options.rules);
  const indexes = new Map(rules.map((view, index) => [view.rule.id as string, index]));
  const seen = new Map<string, number>();
  const result = (rule: string, level: string, text: string, place: Place, logical: Json[], identity: string, more: Json = {}): Json => ({
    ruleId: rule,
    ruleIndex: indexes.get(rule) ?? rules.length,
    level,
    message: { text },
    locations: [{ physicalLocation: physical(place, options), ...(logical.length === 0 ? {} : { logicalLocations: logical }) }],
    partialFingerprints: fingerprints(`${report.stack}\n${rule}\n${identity}`, seen),
    ...more,
  });
  const placeOfIssue = (issue: Issue): Place => options.place?.(issue) ?? stackFile(report);
  const issueResult = (level: string) => (issue: Issue): Json =>
    result(issue.rule, level, `${issue.resource}${issue.path === "" ? "" : ` at ${issue.path}`}: ${issue.message}.`, placeOfIssue(issue), [logicalOf(issue)], `${nameOf(issue)}\n${issue.path}`, suppressionsOf(issue));
  const results = [
    ...report.results.problems.map((problem) => result(SELF, "error", problem, problemPlace(problem, report), [], problem)),
    ...rules.flatMap((view) => [
      ...view.refused.map(issueResult("error")),
      ...view.advisory.map(issueResult("warning")),
      ...view.exempted.map(issueResult(view.result.level === "advisory" ? "warning" : "error")),
      ...(view.undecided[0] === undefined ? [] : [result(view.rule.id, "note", undecidedText(view), placeOfIssue(view.undecided[0]), [], "undecided")]),
    ]),
  ];
  return {
    tool: { driver: { name: "golive", semanticVersion: options.version, ...(options.home === undefined ? {} : { informationUri: options.home }), rules: [...rules.map((view) => ruleOf(view.rule, options)), selfRule(options)] } },
    automationDetails: { id: `golive/${report.stack}/` },
    invocations: [{ executionSuccessful: (report.unread ?? []).length === 0, ...(report.unread === undefined || report.unread.length === 0 ? {} : { toolExecutionNotifications: report.unread.map((one) => notification(one, options)) }) }],
    artifacts: [...new Set(results.map(locationOf))].map((location) => ({ location })),
    columnKind: "utf16CodeUnits",
    results,
    properties: { seconds: report.seconds, chartsNotLookedInto: report.charts, notes: report.results.notes, passedOver: Object.fromEntries(report.results.passedOver), ...(report.base === undefined ? {} : { base: report.base }) },
  };
}

function ruleOf(rule: RuleText, options: RenderOptions): Json {
  const text = `${rule.why} Mend: ${rule.mend}`;
  return {
    id: rule.id,
    name: rule.id.split(/[/-]/).map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join(""),
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text, markdown: `${rule.why}\n\n**Mend:** ${rule.mend}` },
    ...helpUri(options, placeOf(rule)),
    defaultConfiguration: { level: rule.enforcement === "advisory" ? "warning" : "error" },
    properties: {
      tags: [...new Set(["security", rule.id.split("/")[0] ?? "", ...rule.items, ...rule.frameworks])].slice(0, 20),
      precision: "very-high",
      "problem.severity": rule.enforcement === "advisory" ? "warning" : "error",
      "security-severity": SCORES[rule.severity],
    },
  };
}

function selfRule(options: RenderOptions): Json {
  const text = "Settings and exceptions of the policy pack must be such that its answer can be relied on. Mend: what the message names.";
  return {
    id: SELF,
    name: "SettingsAndExceptions",
    shortDescription: { text: "Settings and exceptions of the policy pack are in order" },
    fullDescription: { text: "A mistyped, expired, unused or too broad exception, or a mistake in the settings, hides what it should not." },
    help: { text, markdown: text },
    ...helpUri(options, "policies.md"),
    defaultConfiguration: { level: "error" },
    properties: { tags: ["security"], precision: "very-high", "problem.severity": "error", "security-severity": SCORES.high },
  };
}

/** SARIF wants an absolute URI, which only who runs the command can know. */
function helpUri({ home }: RenderOptions, place: string): Json {
  return home === undefined ? {} : { helpUri: `${home}/docs/${place}` };
}

function physical({ file, line, column }: Place, { root }: RenderOptions): Json {
  return { artifactLocation: artifact(file, root), region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } };
}

const artifacts = new Map<string, Json>();

/** The same file is named by many findings. */
function artifact(file: string, root = process.cwd()): Json {
  const key = `${root}\0${file}`;
  const known = artifacts.get(key) ?? artifactOf(file, root);
  artifacts.set(key, known);
  return known;
}

/** A path below the root as a relative reference, in which what would make it something else is escaped; another as an absolute URI. */
function artifactOf(file: string, root: string): Json {
  const relative = path.relative(root, path.resolve(root, file));
  if (relative.startsWith("..")) return { uri: pathToFileURL(path.resolve(root, file)).href };
  return { uri: relative.split(path.sep).map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

function locationOf(result: Json): Json {
  const [location] = result["locations"] as [{ physicalLocation: { artifactLocation: Json } }];
  return location.physicalLocation.artifactLocation;
}

function stackFile(report: StackReport): Place {
  return { file: `Pulumi.${report.stack}.yaml`, line: 1 };
}

/** Problems of exceptions lead with file and line; those of settings stand in the stack file. */
function problemPlace(problem: string, report: StackReport): Place {
  const [, file, line] = /^(exceptions\.yaml)(?::(\d+))?: /.exec(problem) ?? [];
  return file === undefined ? stackFile(report) : { file: `policies/${file}`, line: Number(line ?? 1) };
}

function logicalOf(issue: Issue): Json {
  return { name: issue.resource, fullyQualifiedName: issue.urn, kind: "resource" };
}

/** The same on every run, whatever the message says of values; a second one of the same identity has a number. */
function fingerprints(identity: string, seen: Map<string, number>): Json {
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 32);
  const nth = (seen.get(hash) ?? 0) + 1;
  seen.set(hash, nth);
  return { "golive/v1": `${hash}:${nth}`, primaryLocationLineHash: `${hash.slice(0, 16)}:${nth}` };
}

function suppressionsOf({ exempted }: Issue): Json {
  if (exempted === undefined) return {};
  return { suppressions: [{ kind: "external", status: "accepted", justification: `${exempted.kind} of ${exempted.owner} until ${exempted.until}: ${exempted.reason} (${exempted.place})` }] };
}

function undecidedText({ undecided, result }: RuleView): string {
  const names = [...new Set(undecided.map((issue) => issue.resource))];
  return `Not decided on ${counted(checks(undecided), "resource")}: ${names.slice(0, NAMED).join(", ")}${names.length > NAMED ? ", …" : ""}${result.relation === true ? "; an update decides it when everything is applied" : ""}.`;
}

function notification({ file, line, column, message }: Unread, options: RenderOptions): Json {
  return { level: "error", message: { text: message }, locations: [{ physicalLocation: physical({ file, line: line ?? 1, ...(column === undefined ? {} : { column }) }, options) }] };
}
