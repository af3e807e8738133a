/** Objectives: what was promised, what is left of the budget, how fast it goes. */
import { figure } from "../alerts/alert.ts";
import { type Board, measuresOf, type Panel, type Subject, watched } from "./panel.ts";

export function sloBoard(subject: Subject): Board {
  return {
    name: "slo", title: "Objectives", from: "now-24h", refresh: "1m",
    description: "Availability and latency against what was promised. An alert comes when both lines of one panel are above its dashed line.",
    rows: [
      { title: "Budget", panels: budget(subject) },
      { title: "Availability: how fast its budget burns", panels: burns(subject, { objective: "Availability", series: "golive:errors:ratio_rate", budget: subject.limits.errorBudget }) },
      { title: "Latency: how fast its budget burns", panels: burns(subject, { objective: "Latency", series: "golive:slow:ratio_rate", budget: subject.limits.slowBudget }) },
    ],
  };
}

function budget(subject: Subject): Panel[] {
  const { errorBudget, slowBudget, slowSeconds } = subject.limits;
  const left = "golive:availability_budget:left";
  return [
    { title: "Objective of availability", description: "Share of requests that must not end in a 5xx, over 30 days.", unit: "percentunit", shape: "numbers", width: 4, decimals: 2, queries: [{ expr: `vector(${figure(1 - errorBudget)})`, legend: "objective" }] },
    {
      title: "Availability", description: "Share of requests that did not end in a 5xx, over as much of 30 days as Prometheus keeps.", unit: "percentunit", shape: "numbers", width: 5, decimals: 3,
      limits: { side: "below", steps: [{ value: Number(figure(1 - errorBudget)), severity: 1 }] },
      queries: [{ expr: `1 - (1 - ${left}) * ${figure(errorBudget)}`, legend: "{{window}}" }],
    },
    watched(subject, "ErrorBudgetLow", { title: "Error budget left", description: "Below nothing: the promise is broken. Low: release nothing risky.", unit: "percentunit", shape: "numbers", width: 5, decimals: 1, legend: "{{window}}" }),
    { title: "Objective of latency", description: `Share of requests that must be answered within ${figure(slowSeconds)} s.`, unit: "percentunit", shape: "numbers", width: 5, decimals: 2, queries: [{ expr: `vector(${figure(1 - slowBudget)})`, legend: "objective" }] },
    {
      title: "Fast requests, 3 days", description: `Share of requests that were answered within ${figure(slowSeconds)} s, over three days.`, unit: "percentunit", shape: "numbers", width: 5, decimals: 2,
      limits: { side: "below", steps: [{ value: Number(figure(1 - slowBudget)), severity: 3 }] },
      queries: [{ expr: "1 - golive:slow:ratio_rate3d", legend: "fast" }],
    },
    watched(subject, "ErrorBudgetLow", { title: "Error budget over time", description: "Steps down are incidents; it rises again when they leave the window.", unit: "percentunit", shape: "lines", width: 12, max: 1, legend: "left of {{window}}" }),
    { title: "Requests", description: "Requests a second: with few of them a share says little, and no alert comes.", unit: "reqps", shape: "lines", width: 12, limits: { side: "below", steps: [{ value: subject.limits.requestsPerSecond, severity: 4 }] }, queries: [{ expr: "golive:requests:rate5m", legend: "over 5 minutes" }] },
  ];
}

interface Objective { objective: "Availability" | "Latency"; series: string; budget: number }

/** Windows by alert: the long one shows that it matters, the short one that it goes on. */
const WINDOWS = [["Fast", "1h", "5m"], ["Fast", "6h", "30m"], ["Slow", "1d", "2h"], ["Slow", "3d", "6h"]] as const;

function burns(subject: Subject, { objective, series, budget: allowed }: Objective): Panel[] {
  return WINDOWS.map(([speed, long, short]) => {
    const alert = `${objective}Burn${speed}`;
    const pace = (window: string) => ({ expr: `${series}${window} / ${figure(allowed)}`, legend: window });
    const steps = measuresOf(subject, alert, long).flatMap(({ limit, severity }) => (limit === undefined ? [] : [{ value: Number(figure(limit / allowed)), severity }]));
    return {
      title: `${long} and ${short}`, description: "How many times as fast as the budget allows; at 1 it lasts exactly 30 days.", unit: "none", shape: "lines", width: 6, decimals: 2,
      alerts: [alert], limits: { side: "above", steps }, queries: [pace(long), pace(short)],
    };
  });
}
