/** Every query of every panel in a real Prometheus: it parses, and on the series of a healthy stack it has an answer. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { alertGroups, renderedGroups } from "../../../components/monitoring/alerts/index.ts";
import { CASES } from "../cases/index.ts";
import { quietTrail } from "../cases/duties.ts";
import { traffic } from "../cases/slo.ts";
import { promtool } from "../promtool.ts";
import { gauge, inputSeries, rate, type Series } from "../series.ts";
import { SCOPE } from "../stack.ts";
import { asked, filled } from "./built.ts";

const PROMTOOL_MS = 180_000;
const DAY = 86_400;
const WEEK = 7 * DAY;
const queries = asked().map((one) => ({ ...one, expr: filled(one.expr) }));
/** What is compared with other days. */
const isLong = (expr: string) => /offset \d[dw]/.test(expr);

const POD = (color: string) => `namespace="shop",pod="app-${color}-7d9c-x2"`;

/** What panels show beside what alerts measure. */
const SHOWN: Series = Object.assign({}, ...["blue", "green"].map((color): Series => ({
  ...traffic(10, 0.0005, 0.005, `namespace="shop",color="${color}",route="page"`),
  [`http_requests_total{namespace="shop",color="${color}",route="page",code="401"}`]: rate(0.05),
  [`http_request_duration_seconds_sum{namespace="shop",color="${color}",route="page"}`]: rate(2),
  [`up{${POD(color)},color="${color}",job="app"}`]: gauge(1),
  [`process_start_time_seconds{${POD(color)},color="${color}"}`]: gauge(10),
  [`kube_pod_info{${POD(color)},pod_ip="10.0.0.${color.length}"}`]: gauge(1),
  [`kube_pod_container_info{${POD(color)},container="app",image_spec="registry.example.com/shop@sha256:${color}"}`]: gauge(1),
  [`kube_deployment_status_replicas_available{namespace="shop",deployment="app-${color}"}`]: gauge(3),
  [`probe_success{probe="color",color="${color}",instance="http://app-${color}.shop.svc/health/ready"}`]: gauge(1),
  [`kube_deployment_spec_replicas{namespace="shop",deployment="app-${color}"}`]: gauge(3),
  [`kube_pod_container_status_restarts_total{${POD(color)},container="app"}`]: rate(0),
})), {
  // What is in trouble, and has no series when nothing is.
  'kube_pod_container_status_waiting_reason{namespace="shop",pod="app-blue-7d9c-x2",container="app",reason="CrashLoopBackOff"}': gauge(1),
  'kube_pod_status_unschedulable{namespace="shop",pod="app-blue-7d9c-x2"}': gauge(1),
  // As much every day.
  'aws_billing_estimated_charges_maximum{dimension_ServiceName="",dimension_Currency="USD"}': rate(100 / DAY),
  // Blue is live.
  'kube_endpoint_address{namespace="shop",endpoint="app",ip="10.0.0.4",ready="true"}': gauge(1),
  'up{namespace="ingress",pod="nginx-0",job="nginx"}': gauge(1),
  'log_metric_counter_nginx_responses_total{status="200"}': rate(20),
  'pg_stat_database_xact_commit{instance="db",datname="shop"}': rate(50),
  'pg_stat_database_xact_rollback{instance="db",datname="shop"}': rate(1),
  'pg_stat_database_deadlocks{instance="db",datname="shop"}': rate(0),
  'pg_stat_database_blks_hit{instance="db",datname="shop"}': rate(990),
  'pg_stat_database_blks_read{instance="db",datname="shop"}': rate(10),
  'redis_connected_clients{instance="cache"}': gauge(20),
  'redis_commands_processed_total{instance="cache"}': rate(300),
  'redis_keyspace_hits_total{instance="cache"}': rate(90),
  'redis_keyspace_misses_total{instance="cache"}': rate(10),
  'orders_total{namespace="shop",color="blue"}': rate(0.2),
  'payments_eur{namespace="shop",color="blue"}': gauge(12),
  'carts_open{namespace="shop",color="blue"}': gauge(4),
} satisfies Series) as Series;

const series: Series = Object.assign({}, ...Object.values(CASES).map((entry) => entry.target), quietTrail, SHOWN) as Series;

test("promtool reads every query as a rule", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-dashboards-"));
  try {
    const file = path.join(folder, "queries.json");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "panels", rules: queries.map(({ expr }, index) => ({ record: `panel:query:${index}`, expr })) }] }));
    expect(await promtool(["check", "rules", file])).toContain(`SUCCESS: ${queries.length} rules found`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, PROMTOOL_MS);

describe("on the series of a healthy stack", () => {
  let said = new Map<string, string>();
  beforeAll(async () => {
    const week = Object.fromEntries(Object.entries(series).filter(([name]) => /^(http_requests_total|orders_total|payments_eur|carts_open|aws_s3|aws_billing)/.test(name)));
    said = await evaluate([
      { name: "now", series, seconds: 3 * 3600, sample: 60, of: queries.filter(({ expr }) => !isLong(expr)).map(({ expr }) => expr) },
      { name: "week", series: week, seconds: WEEK + DAY, sample: 600, of: queries.filter(({ expr }) => isLong(expr)).map(({ expr }) => expr) },
      { name: "nothing", series: {}, seconds: 3600, sample: 600, of: ["sum(up)", "0 / (vector(0) > 0)", "vector(0) / 0"] },
    ]);
  }, PROMTOOL_MS);

  test.each(queries.map(({ board, panel, expr }, index) => [`${board}: ${panel} (${index})`, expr] as const))("%s has an answer", (_, expr) => {
    expect(said.get(isLong(expr) ? "week" : "now")).not.toContain(asRepeated(expr));
  });

  test("and nothing else is wrong", () => {
    expect([said.get("now"), said.get("week")]).toEqual(["SUCCESS", "SUCCESS"]);
  });

  test("while no series, and what is no number, are noticed", () => {
    for (const expr of ["sum(up)", "0 / (vector(0) > 0)", "vector(0) / 0"]) expect(said.get("nothing")).toContain(asRepeated(expr));
  });
});

/** 1 when at least one series has a number; NaN is not above anything. */
function answers(expr: string): string {
  return `count((${expr}) > -Inf) > bool 0`;
}

/** As promtool repeats it. */
function asRepeated(expr: string): string {
  return `expr: ${JSON.stringify(answers(expr))}`;
}

interface Evaluation { name: string; series: Series; seconds: number; sample: number; of: string[] }

/** promtool's words by name: SUCCESS, or the queries that have no answer at the end. */
async function evaluate(evaluations: readonly Evaluation[]): Promise<Map<string, string>> {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-dashboards-"));
  try {
    const rules = path.join(folder, "rules.json");
    writeFileSync(rules, JSON.stringify({ groups: renderedGroups(alertGroups(SCOPE)) }));
    const files = evaluations.map(({ name, series: fed, seconds, sample, of }) => {
      const file = path.join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify({
        // Recorded series are those of the rules.
        rule_files: name === "now" ? [rules] : [], evaluation_interval: `${sample}s`,
        tests: [{
          interval: `${sample}s`, input_series: inputSeries([{ seconds, series: fed }], sample),
          promql_expr_test: of.map((expr) => ({ expr: answers(expr), eval_time: `${seconds - sample}s`, exp_samples: [{ labels: "{}", value: 1 }] })),
        }],
      }));
      return file;
    });
    const parts = (await promtool(["test", "rules", ...files])).split("Unit Testing:").slice(1).map((part) => part.trim());
    return new Map(evaluations.map(({ name }, index) => [name, parts.find((part) => part.startsWith(files[index] ?? ""))?.slice((files[index] ?? "").length).trim() ?? ""]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
