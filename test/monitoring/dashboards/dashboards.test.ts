/** Dashboards are what Grafana takes, look alike, and show what alerts measure. */
import { describe, expect, test } from "vitest";
import { alertGroups } from "../../../components/monitoring/alerts/index.ts";
import { metrics } from "../../../components/monitoring/alerts/metrics.ts";
import { DEFAULTS } from "../../../components/monitoring/alerts/thresholds.ts";
import { dashboards } from "../../../components/monitoring/dashboards/index.ts";
import { measureOf } from "../../../components/monitoring/dashboards/measure.ts";
import { metricsOf } from "../promql.ts";
import { SCOPE } from "../stack.ts";
import { asked, BUILT, BUSINESS, exprsOf, NAMES, panelsOf, read } from "./built.ts";

const groups = alertGroups(SCOPE);
const alerts = groups.flatMap((group) => group.alerts);
const recorded = new Set(groups.flatMap((group) => group.recordings.map(({ record }) => record)));
const MEBIBYTE = 1024 * 1024;
const COLUMNS = 24;

describe.each(NAMES)("%s", (name) => {
  const dashboard = read(BUILT[name]);
  const panels = panelsOf(dashboard);

  test("has the uid that alerts lead to, a title, tags, a range, a refresh and a choice of Prometheus", () => {
    expect(dashboard).toMatchObject({ uid: `golive-${name}`, title: expect.stringContaining("shop-production") as string, tags: ["golive", name], editable: false, schemaVersion: 42, time: { to: "now" } });
    expect(dashboard.description?.length).toBeGreaterThan(20);
    expect(dashboard.refresh).toMatch(/^\d+[sm]$/);
    expect(dashboard.templating.list?.[0]).toMatchObject({ name: "datasource", type: "datasource", query: "prometheus" });
    expect(dashboard.id).toBeUndefined();
  });

  test("is smaller than a ConfigMap may be", () => {
    expect(JSON.stringify(dashboard).length).toBeLessThan(MEBIBYTE / 4);
  });

  test("places every panel on the grid, once, under an id of its own", () => {
    const all = dashboard.panels ?? [];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const cells = new Set<string>();
    for (const panel of all) {
      const { x, y, w, h } = panel.gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
      expect(w > 0 && h > 0 && x >= 0 && x + w <= COLUMNS, panel.title).toBe(true);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect(cells.has(`${column} ${line}`), `${panel.title ?? ""} lies on another panel`).toBe(false);
          cells.add(`${column} ${line}`);
        }
      }
    }
    // Grafana moves up what has nothing above it, and places would not be those that were meant.
    const isHeld = ({ x, y, w }: { x: number; y: number; w: number }) => y === 0 || Array.from({ length: w }, (_, index) => cells.has(`${x + index} ${y - 1}`)).includes(true);
    expect(all.filter(({ gridPos }) => gridPos === undefined || !isHeld(gridPos)).map(({ title }) => title)).toEqual([]);
  });

  test.each(panels.map((panel) => [panel.title ?? "", panel] as const))("panel %s says what it shows, in which unit, from which Prometheus", (_, panel) => {
    expect(panel.title).toBeTruthy();
    expect(panel.description?.length ?? 0).toBeGreaterThan(5);
    const { defaults } = panel.fieldConfig ?? {};
    expect(defaults?.unit).toBeTruthy();
    expect(defaults?.noValue).toBeTruthy();
    expect(defaults?.thresholds?.steps[0]).toMatchObject({ value: null });
    const steps = (defaults?.thresholds?.steps ?? []).slice(1).map(({ value }) => value ?? 0);
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
    expect(panel.datasource).toEqual({ type: "prometheus", uid: "${datasource}" });
    expect(panel.targets?.length).toBeGreaterThan(0);
    expect(new Set(panel.targets?.map((target) => (target as unknown as { refId: string }).refId)).size).toBe(panel.targets?.length);
    for (const target of panel.targets ?? []) expect(target).toMatchObject({ datasource: { uid: "${datasource}" }, interval: "30s", legendFormat: expect.stringMatching(/./) as string });
  });

  test("fills its lines", () => {
    const lines = new Map<number, number>();
    for (const { gridPos } of panels) lines.set(gridPos?.y ?? 0, (lines.get(gridPos?.y ?? 0) ?? 0) + (gridPos?.w ?? 0));
    expect([...lines].filter(([, width]) => width < COLUMNS)).toEqual([]);
  });

  test("shows no two panels of one name in a row", () => {
    const titles: string[] = [];
    let row = "";
    for (const panel of dashboard.panels ?? []) {
      if (panel.type === "row") row = panel.title ?? "";
      else titles.push(`${row}: ${panel.title ?? ""}`);
    }
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});

describe("queries", () => {
  test("name metrics that an exporter exposes, that are recorded, or that the configuration names", () => {
    const table = metrics(SCOPE);
    const known = (metric: string) => table.has(metric) || recorded.has(metric) || BUSINESS.includes(metric);
    expect(asked().flatMap(({ board, panel, expr }) => metricsOf(expr).filter((metric) => !known(metric)).map((metric) => `${board}, ${panel}: ${metric}`))).toEqual([]);
  });

  test("take rates over what a point stands for, or over a quarter of an hour and more", () => {
    const ranges = asked().flatMap(({ expr }) => Array.from(expr.matchAll(/\b(?:rate|increase)\([^[\]]*\[([^\]]+)\]/g), ([, range]) => range ?? ""));
    expect(ranges.length).toBeGreaterThan(30);
    expect(new Set(ranges)).toEqual(new Set(["$__rate_interval", "15m", "1h", "1d"]));
  });

  test("add up no quantiles, and make them of sums of buckets", () => {
    for (const { expr } of asked()) {
      expect(expr).not.toMatch(/\b(sum|avg)\b[^(]*\([^)]*(histogram_quantile|p95_5m)/);
      if (expr.includes("histogram_quantile")) expect(expr).toMatch(/histogram_quantile\([\d.]+, sum by \([^)]*\ble\b[^)]*\) \(rate\(/);
    }
  });

  test("of the application's dashboard are those of the chosen color, of the system's those of the chosen namespace", () => {
    const requests = asked(["application"]).filter(({ expr }) => /http_requests_total|golive:color_/.test(expr));
    expect(requests.length).toBeGreaterThan(6);
    expect(requests.filter(({ expr }) => !expr.includes('color=~"$color"'))).toEqual([]);
    expect(asked(["application"]).some(({ expr }) => expr.includes("app-($color)"))).toBe(true);
    expect(asked(["system"]).filter(({ expr }) => expr.includes('namespace=~"$namespace"')).length).toBeGreaterThan(8);
    expect(read(BUILT.application).templating.list?.[1]).toMatchObject({ name: "color", type: "custom", query: "blue,green", includeAll: true, allValue: "blue|green", current: { value: "$__all" } });
  });
});

describe("alerts", () => {
  test("lead to a dashboard with a panel that measures what they measure", () => {
    const shownBy = (alert: (typeof alerts)[number]) => panelsOf(BUILT[alert.dashboard]).filter((panel) => panel.description?.includes(`docs/runbooks/${alert.name}.md`));
    const lost = alerts.filter((alert) => {
      const wanted = metricsOf(alert.expr);
      return !shownBy(alert).some((panel) => wanted.length === 0 || exprsOf(panel).flatMap(metricsOf).some((metric) => wanted.includes(metric)));
    });
    expect(lost.map(({ name, dashboard }) => `${dashboard}: ${name}`)).toEqual([]);
  });

  test("are marked on the dashboards that they lead to", () => {
    const marked = (name: (typeof NAMES)[number]) => JSON.stringify(BUILT[name].annotations);
    expect(alerts.filter((alert) => alert.name !== "Watchdog" && !new RegExp(`["|]${alert.name}["|\\\\]`).test(marked(alert.dashboard))).map(({ name }) => name)).toEqual([]);
    expect(marked("system")).not.toContain("Watchdog");
  });

  test("are measured by what stands left of their comparison", () => {
    const of = (expr: string) => measureOf({ name: "A", severity: 1, team: "platform", dashboard: "system", expr, for: 0, summary: "", description: "", missing: "quiet" });
    expect(of('1 - sum(rate(x{a=~"b > 1|\\"> 2"}[5m])) / (sum(y) > 0) > 0.5 and z > 2')).toEqual({ expr: '1 - sum(rate(x{a=~"b > 1|\\"> 2"}[$__rate_interval])) / (sum(y) > 0)', operator: ">", limit: 0.5, severity: 1 });
    expect(of("max(x) == 0 unless on (node) y == 1")).toMatchObject({ expr: "max(x)", operator: "==", limit: 0 });
    expect(of("a < max_over_time(a[1d])")).toMatchObject({ expr: "a", operator: "<", limit: undefined });
    expect(() => of("absent(x == 1)")).toThrow("A/1 compares nothing");
  });

  test("have their limits as lines, in the color of their severity, and no others where they are changed", () => {
    const steps = (limits: typeof DEFAULTS, board: (typeof NAMES)[number], title: string) => panelsOf(dashboards({ scope: SCOPE, limits })[board]).find((panel) => panel.title === title)?.fieldConfig?.defaults.thresholds?.steps;
    const ok = { value: null, color: "green" };
    expect(steps(DEFAULTS, "application", "Errors")).toEqual([ok, { value: DEFAULTS.errorsWarning, color: "yellow" }, { value: DEFAULTS.errorsCritical, color: "red" }]);
    expect(steps({ ...DEFAULTS, errorsWarning: 0.002 }, "application", "Errors")?.[1]).toEqual({ value: 0.002, color: "yellow" });
    // Less is worse: the lowest line parts the worst from the bad.
    expect(steps(DEFAULTS, "system", "Volumes: free")).toEqual([{ value: null, color: "orange" }, { value: DEFAULTS.volumeFull, color: "yellow" }, { value: DEFAULTS.volumeFilling, color: "green" }]);
    expect(steps(DEFAULTS, "slo", "1h and 5m")).toEqual([ok, { value: 14.4, color: "red" }]);
    expect(steps(DEFAULTS, "slo", "3d and 6h")).toEqual([ok, { value: 1, color: "yellow" }]);
  });
});

describe("links", () => {
  const panel = (links: { runbooks?: string }) => panelsOf(dashboards({ scope: SCOPE, links }).application).find(({ title }) => title === "Errors");

  test("lead to runbooks where their address is known; else their path is named", () => {
    expect(panel({})).toMatchObject({ description: expect.stringContaining("Runbooks: docs/runbooks/AppErrors.md") as string, links: [] });
    const address = "https://git.example.com/golive/docs/runbooks/AppErrors.md";
    expect(panel({ runbooks: "https://git.example.com/golive/docs/runbooks" })).toMatchObject({ description: expect.stringContaining(`[AppErrors](${address})`) as string, links: [{ title: "Runbook AppErrors", url: address, targetBlank: true }] });
  });

  test("lead from each dashboard to the others", () => {
    for (const name of NAMES) expect(BUILT[name].links).toEqual([expect.objectContaining({ type: "dashboards", tags: ["golive"], asDropdown: true, keepTime: true })]);
  });
});

describe("lines", () => {
  const overridesOf = (title: string) => panelsOf(BUILT.release).find((panel) => panel.title === title)?.fieldConfig?.overrides;

  test("of a color have it", () => {
    const overrides = overridesOf("Requests");
    expect(overrides).toEqual(["blue", "green"].map((color) => ({ matcher: { id: "byRegexp", options: `/^${color}\\b/` }, properties: [{ id: "color", value: { mode: "fixed", fixedColor: color } }] })));
  });

  test("of what is compared with are dashed", () => {
    expect(overridesOf("Ready and wanted pods")?.at(-1)).toEqual({ matcher: { id: "byFrameRefID", options: "B" }, properties: [{ id: "custom.lineStyle", value: { fill: "dash", dash: [8, 8] } }] });
  });
});
