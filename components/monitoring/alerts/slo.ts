/** Objectives of availability and latency: how fast their budgets burn, and what is left. */
import { type Alert, figure, HOUR, MINUTE, type Recording, type RuleGroup, type Severity } from "./alert.ts";
import { requestsOf, type Scope } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

/** Windows that change within minutes, and those that do not: their rules cost more and are evaluated less often. */
const SHORT = ["5m", "30m", "1h"];
const LONG = ["2h", "6h", "1d", "3d"];
const HOURS_OF_BUDGET = 30 * 24;

interface Burn {
  speed: "Fast" | "Slow";
  long: string;
  hours: number;
  short: string;
  /** Key of the share of the budget that is gone when the alert comes. */
  share: "burnHour" | "burnSixHours" | "burnDay" | "burnThreeDays";
  severity: Severity;
  for: number;
}

/** Site Reliability Workbook, "Alerting on SLOs", multiwindow, multi-burn-rate alerts. The short window lets an alert end soon after its cause. */
const BURNS: Burn[] = [
  { speed: "Fast", long: "1h", hours: 1, short: "5m", share: "burnHour", severity: 1, for: 2 * MINUTE },
  { speed: "Fast", long: "6h", hours: 6, short: "30m", share: "burnSixHours", severity: 1, for: 15 * MINUTE },
  { speed: "Slow", long: "1d", hours: 24, short: "2h", share: "burnDay", severity: 3, for: HOUR },
  { speed: "Slow", long: "3d", hours: 72, short: "6h", share: "burnThreeDays", severity: 3, for: 3 * HOUR },
];

interface Objective {
  alert: string;
  series: string;
  budget: "errorBudget" | "slowBudget";
  what: string;
}

const OBJECTIVES: Objective[] = [
  { alert: "AvailabilityBurn", series: "golive:errors:ratio_rate", budget: "errorBudget", what: "requests fail" },
  { alert: "LatencyBurn", series: "golive:slow:ratio_rate", budget: "slowBudget", what: "requests are slow" },
];

export function sloGroups(scope: Scope, limits: Thresholds): RuleGroup[] {
  const alerts = (windows: string[]) => OBJECTIVES.flatMap((objective) => BURNS.filter((burn) => windows.includes(burn.long)).map((burn) => burnAlert(objective, burn, limits)));
  return [
    { name: "golive-slo", interval: 30, recordings: SHORT.flatMap((window) => ratios(scope, limits, window)), alerts: alerts(SHORT) },
    {
      name: "golive-slo-long", interval: 2 * MINUTE,
      recordings: [...LONG.flatMap((window) => ratios(scope, limits, window)), budgetLeft(scope, limits)],
      alerts: [...alerts(LONG), budgetAlert(limits)],
    },
  ];
}

/** Shares of requests that failed and that were slow, and requests a second. Without failures the share is 0; without requests there is none. */
function ratios(scope: Scope, limits: Thresholds, window: string): Recording[] {
  const total = `(sum(rate(http_requests_total{${requestsOf(scope)}}[${window}])) > 0)`;
  const timed = `(sum(rate(http_request_duration_seconds_count{${requestsOf(scope)}}[${window}])) > 0)`;
  // Prometheus 3 writes whole bounds as 2.0, earlier ones as 2.
  const bound = figure(limits.slowSeconds).replaceAll(".", "\\\\.");
  return [
    ...(BURNS.some((burn) => burn.short === window) ? [{ record: `golive:requests:rate${window}`, expr: `sum(rate(http_requests_total{${requestsOf(scope)}}[${window}]))` }] : []),
    { record: `golive:errors:ratio_rate${window}`, expr: `(sum(rate(http_requests_total{${requestsOf(scope, 'code=~"5.."')}}[${window}])) or vector(0)) / ${total}` },
    { record: `golive:slow:ratio_rate${window}`, expr: `1 - sum(rate(http_request_duration_seconds_bucket{${requestsOf(scope, `le=~"${bound}(\\\\.0)?"`)}}[${window}])) / ${timed}` },
  ];
}

function burnAlert(objective: Objective, burn: Burn, limits: Thresholds): Alert {
  const limit = figure((limits[burn.share] * HOURS_OF_BUDGET / burn.hours) * limits[objective.budget]);
  const at = (window: string) => `${objective.series}${window} > ${limit}`;
  return {
    name: `${objective.alert}${burn.speed}`,
    severity: burn.severity,
    team: "application",
    dashboard: "slo",
    window: burn.long,
    expr: `${at(burn.long)} and ${at(burn.short)} and golive:requests:rate${burn.short} > ${figure(limits.requestsPerSecond)}`,
    for: burn.for,
    summary: `So many ${objective.what} that ${figure(limits[burn.share] * 100)} % of a month's budget goes within ${burn.long}`,
    description: `{{ $value | humanizePercentage }} of requests over ${burn.long}, and as many over ${burn.short}; ${figure(limits[objective.budget] * 100)} % are allowed.`,
    missing: "quiet",
  };
}

/** What Prometheus still has of 30 days, from the five-minute shares, which cost far less than the requests themselves. */
function budgetLeft(scope: Scope, limits: Thresholds): Recording {
  const days = Math.min(30, scope.retentionDays);
  return { record: "golive:availability_budget:left", expr: `1 - avg_over_time(golive:errors:ratio_rate5m[${days}d]) / ${figure(limits.errorBudget)}`, labels: { window: `${days}d` } };
}

function budgetAlert(limits: Thresholds): Alert {
  return {
    name: "ErrorBudgetLow", severity: 3, team: "application", dashboard: "slo",
    expr: `golive:availability_budget:left < ${figure(limits.budgetLeft)}`,
    for: HOUR,
    summary: "Little of the month's error budget is left",
    description: "{{ $value | humanizePercentage }} of the budget over {{ $labels.window }} is left; release nothing risky until it recovers.",
    missing: "quiet",
  };
}

