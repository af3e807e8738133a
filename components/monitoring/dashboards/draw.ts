/** Panels as Grafana takes them; all of them look alike. */
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { BigValueColorMode, BigValueGraphMode, BigValueTextMode, type DataSourceRef, GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode, LegendDisplayMode, LegendPlacement, ReduceDataOptionsBuilder, SortOrder, StackingConfigBuilder, StackingMode, TooltipDisplayMode, VisibilityMode, VizLegendOptionsBuilder, VizTooltipOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import { DashboardLinkBuilder, DashboardLinkType, FieldColorBuilder, FieldColorModeId, type GridPos, MappingType, type Panel as Drawn, type Threshold, ThresholdsConfigBuilder, ThresholdsMode, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StatesPanel } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as LinesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Links, Severity } from "../alerts/alert.ts";
import { runbookOf } from "../alerts/links.ts";
import type { Limits, Panel } from "./panel.ts";

/** Prometheus as it is chosen at the top of the dashboard. */
export const DATASOURCE: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

/** Least distance of points: of it Grafana makes rates over four scrapes of 30 s and more, whatever the data source says. */
const STEP = "30s";

const OK = "green";
const COLORS: Record<Severity, string> = { 1: "red", 2: "orange", 3: "yellow", 4: "yellow", none: OK };
const RELEASE_COLORS = { blue: "blue", green: "green" };
/** An alert on anything above 0 has no line at 0, where all is well: Grafana colors what is at a line, too. */
const JUST_ABOVE_ZERO = 1e-6;

/** Lines, in rows of 8 of the grid; numbers need half of it. */
export function heightOf(panel: Panel): number {
  return panel.shape === "numbers" ? 4 : 8;
}

/** What the builders of all kinds of panels have in common. */
interface AnyPanel extends Builder<Drawn> {
  id(id: number): this;
  title(title: string): this;
  description(text: string): this;
  datasource(source: DataSourceRef): this;
  gridPos(place: GridPos): this;
  links(links: Builder<ReturnType<DashboardLinkBuilder["build"]>>[]): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  max(max: number): this;
  noValue(text: string): this;
  mappings(mappings: ValueMapping[]): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
  colorScheme(color: FieldColorBuilder): this;
  withTarget(target: DataqueryBuilder): this;
  overrideByQuery(refId: string, properties: { id: string; value: unknown }[]): this;
  overrideByRegexp(name: string, properties: { id: string; value: unknown }[]): this;
}

export function draw(panel: Panel, id: number, place: GridPos, links: Links): AnyPanel {
  const drawn = common(shapeOf(panel), panel, links).id(id).gridPos(place);
  panel.queries.forEach((query, index) => drawn.withTarget(target(panel, query, index)));
  if (panel.shape === "lines" || panel.shape === "stack") mark(drawn, panel);
  return drawn;
}

/** Lines of a release's color have it; of two queries the second is the one compared with. */
function mark(drawn: AnyPanel, { queries }: Panel): void {
  if (queries.some(({ legend }) => legend.includes("{{color}}"))) {
    for (const [color, shade] of Object.entries(RELEASE_COLORS)) drawn.overrideByRegexp(`/^${color}\\b/`, [{ id: "color", value: { mode: "fixed", fixedColor: shade } }]);
  }
  if (queries.length === 2) drawn.overrideByQuery("B", [{ id: "custom.lineStyle", value: { fill: "dash", dash: [8, 8] } }]);
}

function common(drawn: AnyPanel, panel: Panel, links: Links): AnyPanel {
  drawn.title(panel.title).description(textOf(panel, links)).datasource(DATASOURCE).unit(panel.unit).noValue(panel.none ?? "no data").links(runbooks(panel, links)).thresholds(thresholds(panel));
  if (panel.decimals !== undefined) drawn.decimals(panel.decimals);
  if (panel.max !== undefined) drawn.max(panel.max);
  if (panel.states !== undefined) drawn.mappings([stateNames(panel.states)]);
  return drawn;
}

function shapeOf(panel: Panel): AnyPanel {
  switch (panel.shape) {
    case "lines": return lines(panel);
    case "stack": return lines(panel).fillOpacity(30).stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
    case "states": return states();
    case "table": return table(panel);
    case "numbers": return numbers(panel);
  }
}

function lines(panel: Panel): LinesPanel {
  return new LinesPanel()
    .lineWidth(2).fillOpacity(panel.limits === undefined ? 8 : 0).showPoints(VisibilityMode.Never).axisSoftMin(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(panel.limits === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed))
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Table).placement(LegendPlacement.Bottom).showLegend(true).calcs(["lastNotNull", "max"]))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
}

function states(): StatesPanel {
  return new StatesPanel()
    .showValue(VisibilityMode.Never).mergeValues(true).rowHeight(0.8).lineWidth(0).fillOpacity(80)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single));
}

function numbers(panel: Panel): StatPanel {
  return new StatPanel()
    .graphMode(BigValueGraphMode.Area).colorMode(panel.limits === undefined && panel.states === undefined ? BigValueColorMode.None : BigValueColorMode.Background)
    .textMode(BigValueTextMode.Auto).reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds));
}

/** One line a series, without the time of the query. */
function table({ queries }: Panel): TablePanel {
  return new TablePanel().withTransformation({ id: "organize", options: { excludeByName: { Time: true }, indexByName: {}, renameByName: { Value: queries[0]?.legend ?? "" } } }).colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds));
}

function target(panel: Panel, { expr, legend }: Panel["queries"][number], index: number): DataqueryBuilder {
  const query = new DataqueryBuilder().refId(String.fromCharCode("A".charCodeAt(0) + index)).datasource(DATASOURCE).expr(expr).legendFormat(legend).interval(STEP);
  return panel.shape === "table" ? query.instant().format(PromQueryFormat.Table) : query.range();
}

/** Green up to the first limit, then each limit's color; the other way round where less is worse. */
function thresholds({ limits, states: bad }: Panel): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(bad === undefined ? stepsOf(limits) : [{ value: null, color: bad.bad === 0 ? COLORS[1] : OK }, { value: 1, color: bad.bad === 0 ? OK : COLORS[1] }]);
}

function stepsOf(limits: Limits | undefined): Threshold[] {
  if (limits === undefined) return [{ value: null, color: OK }];
  const { side, steps } = limits;
  if (side === "above") return [{ value: null, color: OK }, ...steps.map(({ value, severity }) => ({ value: value === 0 ? JUST_ABOVE_ZERO : value, color: COLORS[severity] }))];
  // Below the lowest is the worst; above the highest all is well.
  return steps.reduce<Threshold[]>((done, { value }, index) => [...done, { value, color: colorOf(steps[index + 1]) }], [{ value: null, color: colorOf(steps[0]) }]);
}

function colorOf(step: Limits["steps"][number] | undefined): string {
  return step === undefined ? OK : COLORS[step.severity];
}

function stateNames({ zero, one, bad }: NonNullable<Panel["states"]>): ValueMapping {
  const color = (value: 0 | 1) => (value === bad ? COLORS[1] : OK);
  return { type: MappingType.ValueToText, options: { 0: { text: zero, color: color(0), index: 0 }, 1: { text: one, color: color(1), index: 1 } } };
}

function textOf({ description, alerts = [] }: Panel, links: Links): string {
  return alerts.length === 0 ? description : `${description}\n\nRunbooks: ${alerts.map((alert) => (isAddress(links) ? `[${alert}](${runbookOf(alert, links)})` : runbookOf(alert, links))).join(", ")}`;
}

/** Only addresses: a path of the repository leads nowhere in Grafana. */
function runbooks({ alerts = [] }: Panel, links: Links): DashboardLinkBuilder[] {
  return isAddress(links) ? alerts.map((alert) => new DashboardLinkBuilder(`Runbook ${alert}`).type(DashboardLinkType.Link).url(runbookOf(alert, links)).targetBlank(true)) : [];
}

function isAddress(links: Links): boolean {
  return links.runbooks !== undefined && /^https?:/.test(links.runbooks);
}
