/** What the demo application really exposes, as Prometheus labels it, fills the panels of application and release. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { alertGroups, renderedGroups } from "../../../components/monitoring/alerts/index.ts";
import { metrics } from "../../../components/monitoring/alerts/metrics.ts";
import { Metrics } from "../../../sandbox/demo/app/metrics.ts";
import { metricsOf } from "../promql.ts";
import { promtool } from "../promtool.ts";
import { SCOPE } from "../stack.ts";
import { asked, filled } from "./built.ts";

const SCRAPES = 80;
const SECONDS = 15;
const table = metrics(SCOPE);

/** Answers of one color between two scrapes: users' requests of which one fails, and a health check. */
function scrapes(color: string): string[] {
  const app = new Metrics({ color, version: "1.0.0" });
  return Array.from({ length: SCRAPES }, () => {
    for (let request = 0; request < 40; request++) app.answered("GET", "page", 200, 0.02 + request / 100);
    app.answered("GET", "page", 500, 0.3);
    app.answered("GET", "page", 401, 0.01);
    app.answered("GET", "health", 200, 0.001);
    return app.render(true);
  });
}

/** Each series with its samples. Labels of the target win, and the application's own of the same name are kept under another (Prometheus, `honor_labels`). */
function inputOf(color: string): { series: string; values: string }[] {
  const target = `namespace="shop",pod="app-${color}-7d9c-x2",color="${color}"`;
  const found = new Map<string, string[]>();
  scrapes(color).forEach((text, index) => {
    for (const line of text.split("\n").filter((one) => one !== "" && !one.startsWith("#"))) {
      const [, name = "", labels = "", value = ""] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      expect(name, line).not.toBe("");
      const series = `${name}{${[target, labels.replace(/\bcolor=/, "exported_color=")].filter((part) => part !== "").join(",")}}`;
      const values = found.get(series) ?? Array.from({ length: index }, () => "_");
      found.set(series, [...values, value]);
    }
  });
  return [...found].map(([series, values]) => ({ series, values: values.join(" ") }));
}

const ofApplication = asked(["application", "release", "slo", "business"])
  .filter(({ expr }) => metricsOf(expr).some((metric) => table.get(metric) === "application" || /^golive:(color_(requests|errors|latency)|requests|errors|slow)/.test(metric)))
  // A week is too long for the few scrapes here.
  .filter(({ expr }) => !expr.includes("offset 1w"));

test("panels of the application's own metrics have an answer", async () => {
  expect(new Set(ofApplication.map(({ board }) => board))).toEqual(new Set(["application", "release", "slo", "business"]));
  expect(ofApplication.length).toBeGreaterThan(20);
  const folder = mkdtempSync(path.join(tmpdir(), "golive-demo-"));
  try {
    const [rules, file] = [path.join(folder, "rules.json"), path.join(folder, "test.json")];
    writeFileSync(rules, JSON.stringify({ groups: renderedGroups(alertGroups(SCOPE)) }));
    writeFileSync(file, JSON.stringify({
      rule_files: [rules], evaluation_interval: `${SECONDS}s`,
      tests: [{
        interval: `${SECONDS}s`, input_series: ["blue", "green"].flatMap(inputOf),
        promql_expr_test: ofApplication.map(({ expr }) => ({ expr: `count((${filled(expr)}) > -Inf) > bool 0`, eval_time: `${(SCRAPES - 1) * SECONDS}s`, exp_samples: [{ labels: "{}", value: 1 }] })),
      }],
    }));
    expect(await promtool(["test", "rules", file])).toContain("SUCCESS");
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
