/** How both colors answer now, for people and for machines: the figures by which gates judge. */
import type { Brief } from "./brief.ts";
import { type Figures, readFigures } from "./figures.ts";
import { inSeconds, percent } from "./judgement.ts";
import { type Color, COLORS } from "./names.ts";
import type { Place } from "./stage.ts";
import { table } from "./table.ts";

/** Of a stack file that does not say it. */
const WINDOW_SECONDS = 300;

const UNITS = { requests: "requests/s", errors: "ratio", p95: "s", p99: "s", cpu: "ratio", memory: "ratio", pods: "pods" } as const;
type Name = keyof typeof UNITS;
const NAMES = Object.keys(UNITS) as Name[];

/** A figure with its unit; null where there is no data. Ratios are of the requests, and of the limits of CPU and memory. */
export type SignalFigures = Record<Name, { value: number | null; unit: string }>;

export interface Signals {
  /** How far the figures look back; absent where nobody was asked. */
  windowSeconds?: number;
  /** By color; absent where there are none. */
  colors?: Record<Color, SignalFigures>;
  /** Why there are no figures. */
  noData?: string;
}

export async function signalsNow(place: Place, { servers, windowSeconds = WINDOW_SECONDS }: Brief): Promise<Signals> {
  if (!servers.prometheus) return { noData: "images.prometheus is not given, so this stack has no Prometheus of its own" };
  const read = await readFigures(place, windowSeconds);
  if ("why" in read) return { windowSeconds, noData: read.why };
  return { windowSeconds, colors: Object.fromEntries(COLORS.map((color) => [color, withUnits(read.figures[color], windowSeconds)])) as Record<Color, SignalFigures> };
}

function withUnits(figures: Figures, seconds: number): SignalFigures {
  const value = (name: Name): number | null => {
    const found = figures[name];
    return found === undefined ? null : name === "requests" ? found / seconds : found;
  };
  return Object.fromEntries(NAMES.map((name) => [name, { value: value(name), unit: UNITS[name] }])) as SignalFigures;
}

/** The table for people. */
export function signalsText({ colors, windowSeconds, noData }: Signals, live: string): string[] {
  if (colors === undefined) return [`Signals: no data: ${noData ?? ""}.`];
  const head = [" ", `last ${windowSeconds ?? ""} s`, "requests", "errors", "p95", "p99", "CPU", "memory", "scraped"];
  return table([head, ...COLORS.map((color) => {
    const { requests, errors, p95, p99, cpu, memory, pods } = colors[color];
    return [color === live ? "→" : " ", color, cell(requests, (value) => `${Number(value.toPrecision(3))}/s`), cell(errors, percent), cell(p95, inSeconds), cell(p99, inSeconds), cell(cpu, percent), cell(memory, percent), cell(pods, (value) => `${value} pods`)];
  })]);
}

function cell({ value }: { value: number | null }, text: (value: number) => string): string {
  return value === null ? "no data" : text(value);
}
