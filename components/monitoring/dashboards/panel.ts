/** Panels as data: what they ask Prometheus, and how it is to be read. */
import type { Alert, Links, Severity } from "../alerts/alert.ts";
import type { Scope } from "../alerts/scope.ts";
import type { Thresholds } from "../alerts/thresholds.ts";
import { type Measure, measureOf } from "./measure.ts";

/** What dashboards are about. */
export interface Subject {
  scope: Scope;
  limits: Thresholds;
  alerts: readonly Alert[];
  links: Links;
}

/** Grafana's names of units; `percentunit` is a share of 1. */
export type Unit = "none" | "short" | "percentunit" | "s" | "d" | "reqps" | "ops" | "bytes" | "currencyUSD" | "currencyEUR";

export interface Query {
  expr: string;
  /** Name of its series, such as `{{color}}`; in a table, of the column of values. Of two queries the second one is dashed. */
  legend: string;
}

/** Lines of a panel: above (or below) one of them is an alert of that severity. */
export interface Limits {
  side: "above" | "below";
  steps: { value: number; severity: Severity }[];
}

export interface Panel {
  title: string;
  /** What it means and what to look for. */
  description: string;
  unit: Unit;
  /** `numbers` are the present ones; `states` are 0 or 1 over time; `table` has one line a series. */
  shape: "lines" | "stack" | "numbers" | "states" | "table";
  queries: Query[];
  limits?: Limits;
  /** Alerts on what it shows. */
  alerts?: string[];
  /** Of 24 columns. Default: 8. */
  width?: number;
  /** What 0 and 1 mean, where they are states, and which is the bad one. */
  states?: { zero: string; one: string; bad: 0 | 1 };
  /** Said when there are no series. Default: `no data`. */
  none?: string;
  /** Highest value of the axis, such as 1 of a share. */
  max?: number;
  decimals?: number;
}

export interface Row {
  title: string;
  panels: Panel[];
}

/** A choice at the top of a dashboard, and how it changes queries. */
export interface Choice {
  name: string;
  label: string;
  values: string[];
  /** Puts the variable into an expression that has all values. */
  within(expr: string): string;
}

export interface Board {
  name: string;
  title: string;
  description: string;
  /** Time range when it is opened, such as `now-6h`. */
  from: string;
  refresh: string;
  choice?: Choice;
  rows: Row[];
}

type Shown = Omit<Panel, "queries" | "limits" | "alerts"> & { legend: string };

/** A panel that shows what alerts measure, with their limits as lines. @throws when they are on different sides of theirs. */
export function watched(subject: Subject, names: string | string[], { legend, ...shown }: Shown, window?: string): Panel {
  const alerts = [names].flat();
  const measures = alerts.flatMap((name) => measuresOf(subject, name, window));
  const limits = limitsOf(shown.title, measures);
  return {
    ...shown,
    queries: [...new Set(measures.map(({ expr }) => expr))].map((expr) => ({ expr, legend })),
    alerts,
    ...(limits === undefined || shown.states !== undefined ? {} : { limits }),
  };
}

/** What the alerts of a name measure; of one window, where it is given. @throws when there is none. */
export function measuresOf(subject: Subject, name: string, window?: string): Measure[] {
  const found = subject.alerts.filter((alert) => alert.name === name && (window === undefined || alert.window === window));
  if (found.length === 0) throw new Error(`dashboards: there is no alert ${name}${window === undefined ? "" : ` of ${window}`}`);
  return found.map(measureOf);
}

/** Equal lines are one, of the worse severity. */
export function limitsOf(title: string, measures: readonly Measure[]): Limits | undefined {
  const sides = new Set<Limits["side"]>();
  const steps = new Map<number, Severity>();
  for (const { operator, limit, severity } of measures) {
    if (limit === undefined || operator === "==" || operator === "!=") continue;
    sides.add(operator.startsWith(">") ? "above" : "below");
    const known = steps.get(limit);
    steps.set(limit, known === undefined || rank(severity) < rank(known) ? severity : known);
  }
  const [side] = sides;
  if (side === undefined) return undefined;
  if (sides.size > 1) throw new Error(`dashboards: the alerts of "${title}" have limits above and below`);
  return { side, steps: [...steps].map(([value, severity]) => ({ value, severity })).sort((a, b) => a.value - b.value) };
}

function rank(severity: Severity): number {
  return severity === "none" ? 5 : severity;
}
