/** Time made shorter, as the tests on a cluster do it. */
import { expect, test } from "vitest";
import { FACTOR, milliseconds, scaled, scaledExpression, scaledObject } from "../cluster/monitoring/scale.ts";

test("durations of Prometheus are read and divided", () => {
  expect(["15s", "5m", "1h30m", "2d", "250ms"].map(milliseconds)).toEqual([15_000, 300_000, 5_400_000, 172_800_000, 250]);
  expect(["15s", "5m", "1h", "0s"].map(scaled)).toEqual([`${15_000 / FACTOR}ms`, `${300_000 / FACTOR}ms`, `${3_600_000 / FACTOR}ms`, "0s"]);
  for (const text of ["5", "", "5 m", "m"]) expect(() => milliseconds(text), text).toThrow("is no duration");
});

test("of an expression windows, subqueries and offsets are, and names and labels are not", () => {
  expect(scaledExpression('max_over_time(golive:errors:ratio_rate5m{window="1h"}[1h:5m]) > rate(x_total[5m] offset 1d) and count_over_time(y[5m:]) > 3600'))
    .toBe('max_over_time(golive:errors:ratio_rate5m{window="1h"}[120000ms:10000ms]) > rate(x_total[10000ms] offset 2880000ms) and count_over_time(y[10000ms:]) > 3600');
});

test("of an object what is a duration is, at any depth, and a scrape may take its whole interval", () => {
  expect(scaledObject({ spec: { groups: [{ interval: "30s", rules: [{ for: "1m", expr: "rate(x[5m])", labels: { window: "1h" } }] }], endpoints: [{ interval: "15s", scrapeTimeout: "10s" }], retention: "7d" } })).toEqual({
    spec: { groups: [{ interval: "1000ms", rules: [{ for: "2000ms", expr: "rate(x[10000ms])", labels: { window: "1h" } }] }], endpoints: [{ interval: "500ms", scrapeTimeout: "500ms" }], retention: "7d" },
  });
});
