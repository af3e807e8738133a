import { DEFAULTS as limits } from "../../../components/monitoring/alerts/thresholds.ts";
import type { AlertCase, AlertCases } from "../case.ts";
import { rate, type Series } from "../series.ts";

const HOUR = 3600;
const HOURS_OF_BUDGET = 720;
const APP = 'namespace="shop",color="blue",route="page"';

/** Requests a second, and the shares of them that fail and are slow. */
export function traffic(perSecond: number, failing: number, slow: number, more = APP): Series {
  return {
    [`http_requests_total{${more},code="200"}`]: rate(perSecond * (1 - failing)),
    [`http_requests_total{${more},code="500"}`]: rate(perSecond * failing),
    // Probes answer well and fast, and count for nothing.
    [`http_requests_total{${more.replace('route="page"', 'route="health"')},code="200"}`]: rate(50),
    [`http_request_duration_seconds_bucket{${more},le="0.5"}`]: rate(perSecond * (1 - slow) * 0.98),
    [`http_request_duration_seconds_bucket{${more},le="2"}`]: rate(perSecond * (1 - slow)),
    [`http_request_duration_seconds_bucket{${more},le="+Inf"}`]: rate(perSecond),
    [`http_request_duration_seconds_count{${more}}`]: rate(perSecond),
  };
}

export const TARGET = traffic(10, 0.0005, 0.005);

function burn(kind: "errors" | "slow", share: "burnHour" | "burnSixHours" | "burnDay" | "burnThreeDays", hours: number, recoveryHours: number): AlertCase {
  const budget = kind === "errors" ? "errorBudget" : "slowBudget";
  const limit = (limits[share] * HOURS_OF_BUDGET / hours) * limits[budget];
  const burning = (factor: number, perSecond = 10) => (kind === "errors" ? traffic(perSecond, factor * limit, 0) : traffic(perSecond, 0, factor * limit));
  return {
    labels: {},
    at: {
      [share]: (factor: number) => burning(factor),
      [budget]: (factor: number) => burning(factor),
      requestsPerSecond: (factor: number) => burning(2, factor * limits.requestsPerSecond),
      ...(kind === "slow" ? { slowSeconds: (factor: number) => burning(factor) } : {}),
    },
    target: TARGET,
    recovery: recoveryHours * HOUR,
    reach: recoveryHours * HOUR,
    ...(hours >= 24 ? { sample: 240 } : {}),
  };
}

export const slo: AlertCases = {
  "AvailabilityBurnFast/1/1h": burn("errors", "burnHour", 1, 0.5),
  "AvailabilityBurnFast/1/6h": burn("errors", "burnSixHours", 6, 1.5),
  "AvailabilityBurnSlow/3/1d": burn("errors", "burnDay", 24, 4),
  "AvailabilityBurnSlow/3/3d": burn("errors", "burnThreeDays", 72, 12),
  "LatencyBurnFast/1/1h": burn("slow", "burnHour", 1, 0.5),
  "LatencyBurnFast/1/6h": burn("slow", "burnSixHours", 6, 1.5),
  "LatencyBurnSlow/3/1d": burn("slow", "burnDay", 24, 4),
  "LatencyBurnSlow/3/3d": burn("slow", "burnThreeDays", 72, 12),
  "ErrorBudgetLow/3": {
    labels: { window: "15d" },
    at: {
      // The share that is gone decides: 90 % of the budget, more than that is less left.
      budgetLeft: (factor) => traffic(10, (1 - limits.budgetLeft / factor) * limits.errorBudget, 0),
      errorBudget: (factor) => traffic(10, (1 - limits.budgetLeft / factor) * limits.errorBudget, 0),
    },
    target: traffic(10, 0, 0),
    recovery: HOUR,
  },
};

