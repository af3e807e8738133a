/** Runs promtool, of which Debian's package is `prometheus` (.ci/packages.txt). */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { duration, idOf, type Alert, type RuleGroup } from "../../components/monitoring/alerts/alert.ts";
import type { AlertCase, Limit } from "./case.ts";
import { inputSeries, type Phase } from "./series.ts";

const run = promisify(execFile);

/** What is expected of one alert at a time; several sets of labels are several alerts. */
export interface Expectation {
  alert: Alert;
  /** Seconds since the test began. */
  at: number;
  labels: Record<string, string>[];
}

export interface PromTest {
  name: string;
  /** Seconds between evaluations, and between samples. */
  step: number;
  sample: number;
  phases: Phase[];
  expectations: Expectation[];
}

/** A file of rules and the tests on it. */
export interface Suite {
  name: string;
  groups: RuleGroup[];
  tests: PromTest[];
}

/** promtool's answer by the name of the suite: nothing, or what differs. */
export async function testRules(suites: readonly Suite[]): Promise<Map<string, string>> {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-alerts-"));
  try {
    const files = suites.map((suite, index) => {
      const rules = path.join(folder, `rules-${index}.json`);
      writeFileSync(rules, JSON.stringify({ groups: suite.groups.map(bare) }));
      const file = path.join(folder, `test-${index}.json`);
      writeFileSync(file, JSON.stringify(testFile(suite, rules)));
      return file;
    });
    const output = await promtool(["test", "rules", ...files]);
    return new Map(suites.map((suite, index) => [suite.name, verdict(output, files[index] ?? "")]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws with promtool's words when it can not be run; what it finds wrong is its output. */
export async function promtool(args: string[]): Promise<string> {
  try {
    // Names of files are written to one stream, failures to the other: together they keep their order.
    return (await run("sh", ["-c", 'exec promtool "$@" 2>&1', "promtool", ...args], { maxBuffer: 256 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { code, stdout = "" } = error as { code?: unknown; stdout?: string };
    if (code !== 1) throw error;
    return stdout;
  }
}

/** Rules without annotations: a test would have to repeat every word of them. JSON is YAML. */
function bare(group: RuleGroup): Record<string, unknown> {
  return {
    name: group.name,
    rules: [
      ...group.recordings,
      ...group.alerts.map((alert) => ({ alert: alert.name, expr: alert.expr, for: duration(alert.for), labels: labelsOf(alert) })),
    ],
  };
}

function labelsOf(alert: Alert): Record<string, string> {
  return { severity: String(alert.severity), team: alert.team, ...(alert.window === undefined ? {} : { window: alert.window }) };
}

function testFile(suite: Suite, rules: string): Record<string, unknown> {
  return {
    rule_files: [rules],
    evaluation_interval: "1m",
    group_eval_order: suite.groups.map((group) => group.name),
    tests: suite.tests.map((test) => ({
      name: test.name,
      interval: duration(test.sample),
      input_series: inputSeries(test.phases, test.sample),
      alert_rule_test: expected(test.expectations),
    })),
    ...(suite.tests[0] === undefined ? {} : { evaluation_interval: duration(suite.tests[0].step) }),
  };
}

/** Alerts of one name at one time are asked for together. */
function expected(expectations: readonly Expectation[]): Record<string, unknown>[] {
  const found = new Map<string, { eval_time: string; alertname: string; exp_alerts: { exp_labels: Record<string, string> }[] }>();
  for (const { alert, at, labels } of expectations) {
    const key = `${alert.name} ${at}`;
    const entry = found.get(key) ?? { eval_time: duration(at), alertname: alert.name, exp_alerts: [] };
    entry.exp_alerts.push(...labels.map((own) => ({ exp_labels: { ...labelsOf(alert), ...own } })));
    found.set(key, entry);
  }
  return [...found.values()];
}

function verdict(output: string, file: string): string {
  const part = output.split("Unit Testing:").find((one) => one.trim().startsWith(file));
  if (part === undefined) throw new Error(`promtool said nothing about ${file}:\n${output.slice(0, 2000)}`);
  return /^\s*SUCCESS\s*$/m.test(part) ? "" : part.trim();
}

/** Only the rules that an alert needs: its own, and what is recorded for it. Other alerts of its name would answer, too. */
export function groupsFor(groups: readonly RuleGroup[], alert: Alert): RuleGroup[] {
  const id = idOf(alert);
  const recordings = groups.flatMap((group) => group.recordings);
  const needed = new Set<string>();
  const follow = (expr: string): void => {
    for (const { record, expr: inner } of recordings) {
      if (needed.has(record) || !new RegExp(`(^|[^\\w:])${record}([^\\w:]|$)`).test(expr)) continue;
      needed.add(record);
      for (const one of recordings.filter((each) => each.record === record)) follow(one.expr);
      follow(inner);
    }
  };
  follow(groups.flatMap((group) => group.alerts).find((one) => idOf(one) === id)?.expr ?? "");
  return groups.map((group) => ({ ...group, recordings: group.recordings.filter((one) => needed.has(one.record)), alerts: group.alerts.filter((one) => idOf(one) === id) }))
    .filter((group) => group.recordings.length + group.alerts.length > 0);
}

const LONG_SECONDS = 900;

/** What a test is to show of a limit: that it fires after its duration and ends; that it fires at all; that it does not. */
export type Shows = "duration" | "fires" | "quiet";

/** What an alert's case shows: all of its first limit; of the others, whose rates begin slowly, both sides. */
export function shownBy(entry: AlertCase): [limit: Limit, shows: Shows][] {
  return (Object.keys(entry.at) as Limit[]).flatMap((limit, index) => [
    [limit, index === 0 ? "duration" : "fires"] as [Limit, Shows],
    ...(entry.constant === true || limit === "state" ? [] : [[limit, "quiet"] as [Limit, Shows]]),
  ]);
}

/** The test of one limit on one side. */
export function testOf(alert: Alert, entry: AlertCase, limit: Limit, shows: Shows): PromTest {
  const series = entry.at[limit];
  if (series === undefined) throw new Error(`${idOf(alert)} has no case of ${limit}`);
  const [good, bad] = entry.factors ?? [0.96, 1.04];
  const factor = shows === "quiet" ? good : bad;
  const sample = entry.sample ?? (alert.for > LONG_SECONDS ? 60 : 30);
  const step = alert.for === 0 ? sample : alert.for / 10;
  const at = series(factor);
  const lead = entry.ramp === undefined ? entry.lead ?? (alert.for === 0 && entry.constant !== true ? 300 : 0) : entry.ramp + 60;
  const leading = lead === 0 ? [] : [{ seconds: lead, series: entry.ramp === undefined ? entry.target : standing(at) }];
  // Rates need two samples.
  const begins = lead + (entry.ramp ?? entry.starts ?? (Object.values(at).some((shape) => "rate" in shape) ? Math.ceil(sample / step) * step : 0));
  const name = `${idOf(alert)} ${shows} at ${factor} of ${limit}`;
  if (shows !== "duration") {
    const end = Math.ceil((begins + alert.for * 1.3 + (entry.reach ?? 600)) / sample) * sample;
    return { name, step, sample, phases: [...leading, { seconds: end - lead, series: at }], expectations: [{ alert, at: Math.floor(end - sample), labels: shows === "fires" ? [entry.labels] : [] }] };
  }
  const lasts = Math.ceil((begins - lead + alert.for * 1.2 + step) / sample) * sample;
  const ends = lead + lasts + (entry.recovery ?? 1200);
  const constant = entry.constant === true;
  const before = alert.for === 0 ? lead - step : Math.round(begins + alert.for * 0.9);
  return {
    name, step, sample,
    phases: [...leading, { seconds: lasts, series: at }, ...(constant ? [] : [{ seconds: ends - lead - lasts, series: entry.target }])],
    expectations: [
      ...(before < 0 ? [] : [{ alert, at: before, labels: [] }]),
      { alert, at: Math.round(begins + alert.for), labels: [entry.labels] },
      ...(constant ? [] : [{ alert, at: Math.floor(ends - sample), labels: [] }]),
    ],
  };
}

/** The same series with counters that stand still. */
function standing(series: PromTest["phases"][number]["series"]): PromTest["phases"][number]["series"] {
  return Object.fromEntries(Object.entries(series).map(([name, shape]) => [name, "rate" in shape ? { rate: 0 } : shape]));
}
