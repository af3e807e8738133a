/** Rules use metrics that exporters expose, and texts use labels that alerts have. */
import { describe, expect, test } from "vitest";
import { Routes } from "../../components/audit/routes.ts";
import { TrailAlarms } from "../../components/audit/trailAlarms.ts";
import { duration, idOf, renderedAlertText } from "../../components/monitoring/alerts/alert.ts";
import { alertGroups } from "../../components/monitoring/alerts/index.ts";
import { EXPORTERS, metrics, signals, TRAIL_COUNTS, TRAIL_PAGES } from "../../components/monitoring/alerts/metrics.ts";
import { cloudWatch } from "../../components/monitoring/alerts/scope.ts";
import { DEFAULTS } from "../../components/monitoring/alerts/thresholds.ts";
import { signalQuery } from "../../components/monitoring/releaseSignals.ts";
import { declared, ofType } from "../components/mocks.ts";
import { CASES } from "./cases/index.ts";
import { asked } from "./dashboards/built.ts";
import { labelsIn, metricsOf } from "./promql.ts";
import { SCOPE } from "./stack.ts";

const groups = alertGroups(SCOPE);
const alerts = groups.flatMap((group) => group.alerts);
const recordings = groups.flatMap((group) => group.recordings);
const table = metrics(SCOPE);
const recorded = new Set(recordings.map(({ record }) => record));
const used = new Set([...alerts, ...recordings].flatMap(({ expr }) => metricsOf(expr)));
const shown = asked().flatMap(({ expr }) => metricsOf(expr));

describe("metrics", () => {
  test("are found in an expression", () => {
    expect(metricsOf('sum by (a, b) (rate(x_total{le=~"2(\\\\.0)?",job="by"}[5m] offset 1d)) / on (c) group_left (d) (golive:y:rate5m > 1e6) unless absent(z == 1)')).toEqual(["x_total", "golive:y:rate5m", "z"]);
  });

  test("are exposed by an exporter or recorded", () => {
    expect([...used].filter((name) => !table.has(name) && !recorded.has(name))).toEqual([]);
  });

  test("that release commands ask for are exposed by an exporter", () => {
    const wanted = metricsOf(signalQuery("shop", 60));
    expect(wanted.length).toBeGreaterThan(4);
    expect(wanted.filter((name) => !table.has(name))).toEqual([]);
  });

  test("that the table or a recording names are used, by a rule, by a panel or as the sign of life of an exporter", () => {
    const alive = Object.values(signals(SCOPE)).flatMap(metricsOf);
    expect([...table.keys(), ...recorded].filter((name) => !used.has(name) && !shown.includes(name) && !alive.includes(name))).toEqual([]);
  });

  test("of every exporter have a sign of life whose absence is told; that of Prometheus is the watchdog", () => {
    const watched = Object.entries(signals(SCOPE));
    expect(watched.map(([exporter]) => exporter).sort()).toEqual(EXPORTERS.filter((exporter) => exporter !== "prometheus").sort());
    for (const [exporter, series] of watched) expect(metricsOf(series).map((name) => table.get(name)), series).toEqual([exporter]);
  });

  test("of an exporter that a stack does not have are not missed", () => {
    const expr = (exporters: typeof SCOPE.exporters) => alertGroups({ ...SCOPE, exporters }).flatMap((group) => group.alerts).find(({ name }) => name === "SignalMissing")?.expr;
    expect(expr(["node", "redis"])).toContain("redis_up");
    expect(expr(["node"])).not.toContain("redis_up");
    expect(expr(["prometheus"])).toBeUndefined();
  });

  test("are averaged over four scrapes at least", () => {
    const ranges = [...alerts, ...recordings].flatMap(({ expr }) => Array.from(expr.matchAll(/\[(\d+)([mhd])\]/g), ([, count, unit]) => Number(count) * ({ m: 60, h: 3600, d: 86_400 }[unit ?? ""] ?? 0)));
    // Scrapes are 15 s apart (components/monitoring/serviceMonitors.ts), 60 s at CloudWatch.
    expect(Math.min(...ranges)).toBeGreaterThanOrEqual(4 * 60);
  });

  test("of synced secrets are those of every namespace to which the program brings some", () => {
    const expr = alerts.find(({ name }) => name === "SecretsNotSynced")?.expr ?? "";
    expect(/namespace=~"([^"]*)"/.exec(expr)?.[1]?.split("|")).toEqual([SCOPE.namespace, SCOPE.monitoringNamespace]);
  });

  test("of the scheduler and the controller manager are not used: EKS shows none", () => {
    expect([...used].filter((name) => /^(scheduler|workqueue|etcd)_/.test(name))).toEqual([]);
  });
});

test("names of CloudWatch's metrics are those of YACE", () => {
  const names: [string, string, string, string][] = [
    ["AWS/RDS", "CPUUtilization", "Average", "aws_rds_cpuutilization_average"],
    ["AWS/RDS", "FreeStorageSpace", "Average", "aws_rds_free_storage_space_average"],
    ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum", "aws_applicationelb_httpcode_target_5_xx_count_sum"],
    ["AWS/CloudFront", "5xxErrorRate", "Average", "aws_cloudfront_5xx_error_rate_average"],
    ["Golive/shop-production", "JobOverdue", "Maximum", "aws_golive_shop_production_job_overdue_maximum"],
    // Words of the namespace are not said twice.
    ["Golive/shop-production/Trail", "trail-changed", "Sum", "aws_golive_shop_production_trail_changed_sum"],
  ];
  for (const [namespace, metric, statistic, name] of names) expect(cloudWatch(namespace, metric, statistic)).toBe(name);
});

test("events of the trail and rules of EventBridge are those that the audit component declares, with its limits", async () => {
  const prefix = SCOPE.prefix;
  const resources = await declared(() => {
    const services = { cloudTrail: "create", guardDuty: "create", securityHub: "create", config: "create", inspector: "create", accessAnalyzer: "create" } as const;
    new TrailAlarms("trail", { prefix, logGroupName: "logs", findingTopicArn: "finding", pageTopicArn: "page" });
    new Routes("routes", { prefix, ...services, auditBucket: { name: "audit" }, findingTopicArn: "finding", pageTopicArn: "page" });
  });
  const alarms = new Map(ofType(resources, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => [inputs["metricName"], inputs["threshold"]]));
  expect([...TRAIL_PAGES, ...TRAIL_COUNTS].filter((event) => !alarms.has(event))).toEqual([]);
  expect([alarms.get("sign-in-failures"), alarms.get("unauthorized-calls")]).toEqual([DEFAULTS.consoleFailures, DEFAULTS.refusedCalls]);
  const rules = new Set(ofType(resources, "aws:cloudwatch/eventRule:EventRule").map(({ inputs }) => inputs["name"]));
  const named = alerts.flatMap(({ expr }) => Array.from(expr.matchAll(/dimension_RuleName=~"shop-production-\(([^)]+)\)"/g), ([, list]) => (list ?? "").split("|"))).flat();
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !rules.has(`${prefix}-${name}`))).toEqual([]);
});

describe.each(alerts.map((alert) => [idOf(alert), alert] as const))("%s", (id, alert) => {
  const { annotations, labels } = renderedAlertText(alert);

  test("says only what it knows", () => {
    const known = [...Object.keys(CASES[id]?.labels ?? {}), ...Object.keys(labels)];
    expect(labelsIn(`${annotations["summary"] ?? ""} ${annotations["description"] ?? ""}`).filter((label) => !known.includes(label))).toEqual([]);
  });

  test("names a team, a severity, a runbook and a dashboard", () => {
    expect(labels).toMatchObject({ severity: String(alert.severity), team: expect.stringMatching(/^(application|platform|data|security)$/) as string });
    expect(annotations).toMatchObject({ runbook_url: `docs/runbooks/${alert.name}.md`, dashboard_url: `/d/golive-${alert.dashboard}` });
    expect((annotations["summary"] ?? "").length).toBeLessThanOrEqual(110);
  });
});

test("durations are written as Prometheus reads them, and no others are taken", () => {
  expect([0, 45, 60, 5400, 86_400, 97_200].map(duration)).toEqual(["0s", "45s", "1m", "1h30m", "1d", "1d3h"]);
  expect(() => duration(0.5)).toThrow("whole seconds");
});
