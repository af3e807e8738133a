/** What the business lives on: numbers of the application, named by the configuration, beside what users do. */
import { requestsOf } from "../alerts/scope.ts";
import { PANEL_RANGE } from "./measure.ts";
import type { Board, Panel, Subject, Unit } from "./panel.ts";

const HOUR = 3600;

/** What the last word of a name says of its unit (Prometheus documentation, "Metric and label naming"). */
const UNITS: Record<string, Unit> = { seconds: "s", bytes: "bytes", ratio: "percentunit", usd: "currencyUSD", eur: "currencyEUR" };

export function businessBoard(subject: Subject, metrics: readonly string[]): Board {
  return {
    name: "business", title: "Business", from: "now-24h", refresh: "5m",
    description: "Numbers that the business lives on, against the same time a week ago. Which ones is said in app.businessMetrics of the stack's configuration.",
    rows: [
      ...(metrics.length === 0 ? [] : [{ title: "Numbers of the application", panels: metrics.flatMap((metric) => panelsOf(subject, metric)) }]),
      { title: "What users do", panels: usage(subject) },
    ],
  };
}

/** Counters, by their ending, an hour: most are slow, and a rate a second says nothing to the business. Levels are summed over pods, shares averaged. */
function panelsOf({ scope }: Subject, metric: string): Panel[] {
  const words = metric.replace(/_total$/, "").split(/[_:]/);
  const isCounter = /_(total|count|sum)$/.test(metric);
  const unit = UNITS[words.at(-1) ?? ""] ?? "short";
  const aggregate = !isCounter && unit === "percentunit" ? "avg" : "sum";
  const value = (offset = "") => (isCounter ? `${HOUR} * sum(rate(${metric}{namespace="${scope.namespace}"}[1h]${offset}))` : `${aggregate}(${metric}{namespace="${scope.namespace}"}${offset})`);
  const title = `${words.join(" ").replace(/^./, (first) => first.toUpperCase())}${isCounter ? " an hour" : ""}`;
  const description = `${metric}, ${isCounter ? "counted over an hour" : aggregate === "avg" ? "averaged over all pods" : "summed over all pods"}.`;
  return [
    { title, description, unit, shape: "numbers", width: 6, queries: [{ expr: value(), legend: "now" }] },
    { title: `${title}, and a week ago`, description, unit, shape: "lines", width: 18, queries: [{ expr: value(), legend: "now" }, { expr: value(" offset 1w"), legend: "a week ago" }] },
  ];
}

/** Known of any application: what its routes answer. */
function usage({ scope }: Subject): Panel[] {
  const good = requestsOf(scope, 'code!~"5.."');
  const all = requestsOf(scope);
  return [
    { title: "Requests served, last 24 hours", description: "Requests of users that did not fail.", unit: "short", shape: "numbers", width: 6, queries: [{ expr: `sum(increase(http_requests_total{${good}}[1d]))`, legend: "served" }] },
    {
      title: "Requests served an hour", description: "Against the same time a week ago. Far less than then, with no errors: users do not get as far as the application.", unit: "short", shape: "lines", width: 18,
      queries: [{ expr: `${HOUR} * sum(rate(http_requests_total{${good}}[1h]))`, legend: "now" }, { expr: `${HOUR} * sum(rate(http_requests_total{${good}}[1h] offset 1w))`, legend: "a week ago" }],
    },
    { title: "What users use", description: "The ten busiest routes.", unit: "reqps", shape: "stack", width: 12, queries: [{ expr: `topk(10, sum by (route) (rate(http_requests_total{${all}}${PANEL_RANGE})))`, legend: "{{route}}" }] },
    {
      title: "Requests that ended well", description: "Share of answers that are neither refusals nor errors.", unit: "percentunit", shape: "lines", width: 12, max: 1,
      queries: [{ expr: `sum(rate(http_requests_total{${requestsOf(scope, 'code=~"(1|2|3).."')}}${PANEL_RANGE})) / (sum(rate(http_requests_total{${all}}${PANEL_RANGE})) > 0)`, legend: "ended well" }],
    },
  ];
}
