/** Alert rules of Prometheus: what each must say. */
import type { Resource } from "../resource.ts";
import { type Report, type Rule, shown } from "../rule.ts";
import { any } from "../search.ts";
import type { Value } from "../value.ts";

export const RULES = "k8s:monitoring.coreos.com:PrometheusRule";

/** Every alert of a PrometheusRule; recording rules are none. */
export function eachAlert(rule: Resource, look: (alert: Value) => void): void {
  rule.at("spec.groups").each((group) => group.at("rules").each((one) => {
    if (one.at("alert").exists) look(one);
  }));
}

export function expression(alert: Value): string {
  return alert.at("expr").text ?? "";
}

/** The alert that always fires, so that its silence tells of a broken chain. */
export function isSwitch(expr: string): boolean {
  return /^\s*vector\(\s*1\s*\)\s*$/.test(expr);
}

/** Severities of Prometheus' own rules, and the four of the incident process. */
const SEVERITY = /^(critical|warning|info|[1-4])$/;
export const PAGES = ["critical", "1"];

function runbookMistake(text: string, known: readonly string[] | undefined): string | undefined {
  const path = /(?:^|\/)(docs\/runbooks\/[\w.-]+\.md)(?:#[\w-]+)?$/.exec(text)?.[1];
  if (path === undefined) return /^https:\/\/[\w.-]+\/\S+$/.test(text) ? undefined : "must be docs/runbooks/<name>.md, or the https address of a runbook";
  return known === undefined || known.includes(path) ? undefined : "which does not exist";
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** `1h30m` in seconds, as Prometheus writes durations. */
function seconds(duration: string): number | undefined {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(duration)) return undefined;
  return Array.from(duration.matchAll(/(\d+)(ms|[smhdwy])/g), ([, count, unit]) => Number(count) * (UNITS[unit ?? ""] ?? 0)).reduce((sum, part) => sum + part, 0);
}

/** An alert on the value of one moment fires at every hiccup; a range in its expression is a window of its own. */
function checkDuration(alert: Value, report: Report): void {
  const duration = alert.at("for");
  const expr = expression(alert);
  if (!duration.exists) {
    if (!/\[[^\]]+\]/.test(expr) && !isSwitch(expr)) report(duration, "is not set, so that a single failed scrape fires");
    return;
  }
  if (seconds(duration.text ?? "") === undefined) report(duration, `is ${shown(duration)}, which is no duration such as 5m`);
}

/** `up == 0`, `absent(…)`: something is not there at all. */
const DOWN = /\b((\w+_)?up|probe_success)(\{[^}]*\})?\s*==\s*0(?![\d.])|\babsent\(/;

function checkDown(alert: Value, report: Report): void {
  if (!PAGES.includes(alert.at("labels.severity").text ?? "") || !DOWN.test(expression(alert))) return;
  const duration = alert.at("for");
  if ((seconds(duration.text ?? "0s") ?? 0) > 60) report(duration, `is ${shown(duration)}, must be 1m at most`);
}

const PAIRS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** What a parser would say of an expression first: nothing there, brackets that do not match, an operator at the end. */
function unparsable(expr: string): string | undefined {
  const bare = expr.replaceAll(/"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/g, "").trim();
  if (bare === "") return "is empty";
  if (/["']/.test(bare)) return "has a quote that does not end";
  if (/([-+*/%^<>=!,]|\b(and|or|unless|by|on))$/.test(bare)) return "ends in the middle";
  const open: string[] = [];
  for (const sign of bare) {
    if ("([{".includes(sign)) open.push(sign);
    else if (sign in PAIRS && open.pop() !== PAIRS[sign]) return `has a ${sign} without its beginning`;
  }
  return open.length === 0 ? undefined : `has a ${open.join("")} without its end`;
}

export const alertRules: Rule[] = [
  {
    id: "monitoring/alert-severity",
    title: "Every alert says how bad it is",
    items: ["alert-runbooks"],
    severity: "medium",
    frameworks: [],
    why: "The route to the pager goes by severity: an alert without one wakes nobody, or everybody.",
    mend: "Set the label `severity` to critical, warning or info, or to 1 to 4 of the incident process.",
    kinds: [RULES],
    check: (rule, report) => eachAlert(rule, (alert) => {
      const severity = alert.at("labels.severity");
      const quiet = severity.text === "none" && isSwitch(expression(alert));
      if (!quiet && !SEVERITY.test(severity.text ?? "")) report(severity, `is ${shown(severity)}, must be critical, warning, info, or 1 to 4`);
    }),
  },
  {
    id: "monitoring/alert-team",
    title: "Every alert belongs to a team",
    items: ["alert-runbooks"],
    severity: "medium",
    frameworks: [],
    why: "An alert that is nobody's is muted by whoever it disturbs first.",
    mend: "Set the label `team`.",
    kinds: [RULES],
    check: (rule, report) => eachAlert(rule, (alert) => {
      const team = alert.at("labels.team");
      if ((team.text ?? "") === "") report(team, "is not set");
    }),
  },
  {
    id: "monitoring/alert-runbook",
    title: "Every alert has a runbook that exists",
    items: ["alert-runbooks"],
    severity: "high",
    frameworks: [],
    why: "Whoever is woken at three in the morning needs the first step, not a search.",
    mend: "Set the annotation `runbook_url` to docs/runbooks/<name>.md of this repository (its https address is fine), or to the https address of your own.",
    kinds: [RULES],
    check: (rule, report) => eachAlert(rule, (alert) => {
      const runbook = alert.at("annotations.runbook_url");
      const mistake = runbook.exists ? runbookMistake(runbook.text ?? "", rule.settings.runbooks) : "must be set";
      if (mistake !== undefined) report(runbook, `is ${shown(runbook)}, ${mistake}`);
    }),
  },
  {
    id: "monitoring/alert-summary",
    title: "Every alert says in words what is wrong",
    items: ["alert-runbooks"],
    severity: "low",
    frameworks: [],
    why: "A page that shows a name and an expression has to be decoded before anybody acts.",
    mend: "Set the annotation `summary` (or `description`).",
    kinds: [RULES],
    check: (rule, report) => eachAlert(rule, (alert) => {
      const texts = ["summary", "description"].map((key) => alert.at("annotations").key(key));
      if (!any(texts, (text) => (text.text ?? "") !== "")) report(alert.at("annotations.summary"), "is not set");
    }),
  },
  {
    id: "monitoring/alert-duration",
    title: "An alert waits until what it says has lasted",
    items: ["alert-runbooks"],
    severity: "low",
    frameworks: [],
    why: "Alerts on the value of one moment fire and clear at every hiccup, until people stop to look.",
    mend: "Set `for`, such as 5m, or let the expression look over a range such as [5m].",
    kinds: [RULES],
    check: (rule, report) => eachAlert(rule, (alert) => checkDuration(alert, report)),
  },
  {
    id: "monitoring/down-in-a-minute",
    title: "What is down is told within a minute",
    items: ["alert-runbooks"],
    severity: "medium",
    frameworks: [],
    why: "Of 43 minutes a month that the target allows, each one that the alert waits is spent before anybody knows.",
    mend: "Set `for: 1m` or less on critical alerts on `up`, `probe_success` and `absent(…)`.",
    kinds: [RULES],
    check: (rule, report) => eachAlert(rule, (alert) => checkDown(alert, report)),
  },
  {
    id: "monitoring/alert-expression",
    title: "The expression of every alert can be read",
    items: ["alert-runbooks"],
    severity: "high",
    frameworks: [],
    why: "Prometheus leaves out a whole file of rules for one that it can not parse: all alerts in it are silent, and nothing fails.",
    mend: "Test rules with `promtool check rules` before they are declared.",
    kinds: [RULES],
    check: (rule, report) => rule.at("spec.groups").each((group) => group.at("rules").each((one) => {
      const expr = one.at("expr");
      const wrong = unparsable(expr.text ?? "");
      if (wrong !== undefined) report(expr, wrong);
    })),
  },
];
