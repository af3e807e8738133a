/** What an alert is, and how it becomes a rule of Prometheus. */
import { linksOf } from "./links.ts";

/** Severities of the incident process: answered within 15 minutes, 1 hour, 4 hours, on the next business day. `none` is the watchdog's. */
export type Severity = 1 | 2 | 3 | 4 | "none";

/** Who is told. */
export type Team = "application" | "platform" | "data" | "security";

/** The dashboard that shows what the alert measures; part of its address. */
export type Dashboard = "application" | "release" | "slo" | "system" | "database" | "security";

export interface Alert {
  /** Its runbook has the same name. The same alert at two severities is one alert: the worse one silences the other. */
  name: string;
  severity: Severity;
  team: Team;
  dashboard: Dashboard;
  /** PromQL. */
  expr: string;
  /** How long the expression must hold, in seconds; 0 where the expression itself looks over a range. */
  for: number;
  /** One line for the page. */
  summary: string;
  /** What is measured, with its value. */
  description: string;
  /** What no series at all means: `fires`, or `quiet`, because SignalMissing tells that the exporter is gone. */
  missing: "quiet" | "fires";
  /** Tells alerts of one name and severity apart; a label. */
  window?: string;
}

/** A series that Prometheus keeps: measured once, used by several alerts and panels. */
export interface Recording {
  record: string;
  expr: string;
  labels?: Record<string, string>;
}

export interface RuleGroup {
  /** Stable: dashboards and silences name it. */
  name: string;
  /** Seconds between two evaluations. */
  interval: number;
  recordings: Recording[];
  alerts: Alert[];
}

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `5400` → `1h30m`, as Prometheus writes durations. @throws when it is no whole number of seconds. */
export function duration(seconds: number): string {
  if (!Number.isInteger(seconds) || seconds < 0) throw new Error(`a duration of ${seconds} s: give whole seconds`);
  if (seconds === 0) return "0s";
  let rest = seconds;
  return Object.entries({ d: DAY, h: HOUR, m: MINUTE, s: 1 }).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? "" : `${count}${unit}`;
  }).join("");
}

/** A number without the noise of floating point: `14.4 * 0.001` → `0.0144`. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(12)));
}

/** Tells alerts apart that share a name. */
export function idOf({ name, severity, window }: Alert): string {
  return [name, severity, ...(window === undefined ? [] : [window])].join("/");
}

/** Bases of addresses: the folder of runbooks (`https://git.example.com/golive/docs/runbooks`) and Grafana. */
export interface Links {
  runbooks?: string;
  grafana?: string;
}

/** A group as the Prometheus Operator takes it. */
export function rendered(group: RuleGroup, links: Links): Record<string, unknown> {
  return {
    name: group.name,
    interval: duration(group.interval),
    rules: [...group.recordings.map(({ record, expr, labels }) => ({ record, expr, ...(labels === undefined ? {} : { labels }) })), ...group.alerts.map((alert) => ({
      alert: alert.name,
      expr: alert.expr,
      ...(alert.for === 0 ? {} : { for: duration(alert.for) }),
      ...renderedAlertText(alert, links),
    }))],
  };
}

/** Labels, by which alerts are routed, and annotations, which people read. */
export function renderedAlertText(alert: Alert, links: Links = {}): Record<"labels" | "annotations", Record<string, string>> {
  return {
    labels: { severity: String(alert.severity), team: alert.team, ...(alert.window === undefined ? {} : { window: alert.window }) },
    annotations: { summary: alert.summary, description: alert.description, ...linksOf(alert, links) },
  };
}
