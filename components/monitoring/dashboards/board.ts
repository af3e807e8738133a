/** Dashboards as Grafana takes them. */
import { AnnotationQueryBuilder, CustomVariableBuilder, type Dashboard, DashboardBuilder, DashboardCursorSync, DashboardLinkBuilder, DashboardLinkType, DatasourceVariableBuilder, type GridPos, RowBuilder, TimePickerBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { uidOf } from "../alerts/links.ts";
import { DATASOURCE, draw, heightOf } from "./draw.ts";
import type { Board, Choice, Panel, Subject } from "./panel.ts";

/** Carried by all; the menu of dashboards lists them by it. */
export const TAG = "golive";
const COLUMNS = 24;
const WIDTH = 8;

/** Grafana can not change it: what is changed there is lost with the next update of the files. */
export function dashboardOf(board: Board, subject: Subject): Dashboard {
  const { scope, links } = subject;
  const drawn = new DashboardBuilder(`${board.title} · ${scope.prefix}`)
    .uid(uidOf(board.name)).description(board.description).tags([TAG, board.name]).readonly().timezone("browser").tooltip(DashboardCursorSync.Crosshair)
    .time({ from: board.from, to: "now" }).refresh(board.refresh).timepicker(new TimePickerBuilder().refreshIntervals(["30s", "1m", "5m", "15m"]))
    .withVariable(new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"))
    .link(new DashboardLinkBuilder("Dashboards").type(DashboardLinkType.Dashboards).tags([TAG]).asDropdown(true).includeVars(true).keepTime(true));
  if (board.choice !== undefined) drawn.withVariable(variable(board.choice));
  const alerts = alertsOf(board);
  if (alerts.length > 0) drawn.annotation(firing(alerts));
  let y = 0;
  let id = 0;
  for (const row of board.rows) {
    drawn.withRow(new RowBuilder(row.title).id(++id).gridPos({ x: 0, y, w: COLUMNS, h: 1 }));
    y++;
    for (const { panel, place } of placed(row.panels, y)) {
      drawn.withPanel(draw(chosen(panel, board.choice), ++id, place, links));
      y = place.y + place.h;
    }
  }
  return drawn.build();
}

interface Placed { panel: Panel; place: GridPos }

/** From left to right; a new line where the next one has no room. Panels of a line are as tall as its tallest, or Grafana would move up what is below. */
function placed(panels: readonly Panel[], top: number): Placed[] {
  const lines: Panel[][] = [];
  let x = COLUMNS;
  for (const panel of panels) {
    if (x + widthOf(panel) > COLUMNS) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push(panel);
    x += widthOf(panel);
  }
  let y = top;
  return lines.flatMap((line) => {
    const [from, h] = [y, Math.max(...line.map(heightOf))];
    y += h;
    return line.map((panel, index) => ({ panel, place: { x: line.slice(0, index).reduce((sum, left) => sum + widthOf(left), 0), y: from, w: widthOf(panel), h } }));
  });
}

function widthOf(panel: Panel): number {
  return panel.width ?? WIDTH;
}

function chosen(panel: Panel, choice: Choice | undefined): Panel {
  return choice === undefined ? panel : { ...panel, queries: panel.queries.map((query) => ({ ...query, expr: choice.within(query.expr) })) };
}

/** "All" stands for all values, and is what is chosen at first. */
function variable({ name, label, values }: Choice): CustomVariableBuilder {
  return new CustomVariableBuilder(name).label(label).values(values.join(",")).includeAll(true).allValue(values.join("|")).multi(false)
    .current({ selected: true, text: "All", value: "$__all" });
}

/** Alerts that its panels show. */
export function alertsOf(board: Board): string[] {
  return [...new Set(board.rows.flatMap((row) => row.panels.flatMap((panel) => panel.alerts ?? [])))];
}

/** Marks when one of the dashboard's alerts fired; the watchdog always does. */
function firing(alerts: string[]): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder().name("Alerts").datasource(DATASOURCE).enable(true).iconColor("red").step("60s").titleFormat("{{alertname}}").textFormat("severity {{severity}}, {{team}}")
    .expr(`max by (alertname, severity, team) (ALERTS{alertstate="firing",alertname=~"${alerts.filter((alert) => alert !== "Watchdog").join("|")}"})`);
}
