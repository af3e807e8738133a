/** Alarms of CloudWatch, looked up by the metrics that they look at. */
import type { Resource, Stack } from "../resource.ts";
import type { Value } from "../value.ts";

export const METRIC_ALARM = "aws:cloudwatch:MetricAlarm";

/** The metrics that an alarm looks at: its own, and those of its queries. */
export function metricsOf(alarm: Resource): Value[] {
  return [alarm, ...alarm.at("metricQueries").items.map((query) => query.at("metric"))];
}

/** Alarms that may look at one of these metrics. */
export function alarmsOf(stack: Stack, names: readonly string[]): Resource[] {
  return stack.having(METRIC_ALARM, "metrics", (alarm) => metricsOf(alarm).map((metric) => metric.at("metricName").text ?? ""), names);
}
