/** The load over time as SVG: what became of the requests, and how long they took. Colors are those of the page's style sheet. */
import type { Mark } from "./load/records.ts";
import type { Span } from "./load/summary.ts";

export interface ChartInput {
  spans: Span[];
  /** Milliseconds since 1970. */
  started: number;
  marks: Mark[];
}

/** In units of the drawing; it grows with the page. */
const SIZE = { width: 1000, left: 58, right: 12, top: 52, requests: 280, gap: 46, latency: 110, bottom: 40 };
const LATENCY_TOP = SIZE.top + SIZE.requests + SIZE.gap;
const HEIGHT = LATENCY_TOP + SIZE.latency + SIZE.bottom;
const INNER = SIZE.width - SIZE.left - SIZE.right;
/** Closest that the numbers of two marks may stand. */
const MARK_GAP = 20;

/** What is stacked, from below: first who answered, then what went wrong, on top where it shows. */
export const LAYERS: { name: string; label: string; of: (span: Span) => number }[] = [
  { name: "blue", label: "answered by blue", of: (span) => span.byColor["blue"] ?? 0 },
  { name: "green", label: "answered by green", of: (span) => span.byColor["green"] ?? 0 },
  { name: "other", label: "answered by others", of: (span) => Object.entries(span.byColor).reduce((sum, [color, n]) => (color === "blue" || color === "green" ? sum : sum + n), 0) },
  { name: "misrouted", label: "misrouted", of: (span) => span.misrouted },
  { name: "failed", label: "failed", of: (span) => span.failed },
];

/** @param description what the picture shows, in a sentence for who does not see it */
export function chart(input: ChartInput, description: string): string {
  const last = input.spans.at(-1);
  const seconds = last === undefined ? 1 : last.from + last.seconds;
  const x = (second: number): number => round(SIZE.left + (second / seconds) * INNER);
  return `<svg viewBox="0 0 ${SIZE.width} ${HEIGHT}" role="img" aria-labelledby="chart-title chart-text">
<title id="chart-title">Requests over time</title>
<desc id="chart-text">${escapeText(description)}</desc>
<defs>
<pattern id="failed-pattern" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="failed-ground"/><rect width="2.5" height="6" class="failed-stripe"/></pattern>
<pattern id="misrouted-pattern" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="misrouted-ground"/><circle cx="3" cy="3" r="1.4" class="misrouted-dot"/></pattern>
</defs>
${requests(input, x)}
${marks(input, x)}
${latencies(input, x)}
${timeAxis(seconds, x)}
</svg>`;
}

function requests({ spans }: ChartInput, x: (second: number) => number): string {
  const sum = (span: Span): number => LAYERS.reduce((total, layer) => total + layer.of(span), 0);
  const top = niceTop(Math.max(1, ...spans.map((span) => sum(span) / span.seconds)));
  const y = (rate: number): number => round(SIZE.top + SIZE.requests * (1 - rate / top));
  // Wide bars are told apart by a gap; many narrow ones are better as one shape.
  const gap = INNER / spans.length > 6 ? 1 : 0;
  const bars = spans.map((span) => {
    let below = 0;
    const parts = LAYERS.map((layer) => {
      const from = below;
      below += layer.of(span) / span.seconds;
      if (below === from) return "";
      // One lost request of hundreds must show: at least two units.
      const height = Math.max(y(from) - y(below), layer.name === "failed" || layer.name === "misrouted" ? 2 : 0);
      return `<rect class="${layer.name}" x="${x(span.from)}" y="${round(y(from) - height)}" width="${round(x(span.from + span.seconds) - x(span.from) - gap)}" height="${round(height)}"/>`;
    }).join("");
    const words = LAYERS.filter((layer) => layer.of(span) > 0).map((layer) => `${layer.of(span)} ${layer.label}`).join(", ");
    return `<g><title>${span.from} s: ${escapeText(words || "no requests")}</title>${parts}</g>`;
  });
  return `${yAxis(ticks(top), y, "requests a second", SIZE.top - 30)}\n${bars.join("\n")}`;
}

function latencies({ spans }: ChartInput, x: (second: number) => number): string {
  const top = niceTop(Math.max(1, ...spans.map((span) => span.p95)));
  const y = (ms: number): number => round(LATENCY_TOP + SIZE.latency * (1 - ms / top));
  const line = spans.map((span) => `${x(span.from + span.seconds / 2)},${y(span.p95)}`).join(" ");
  return `${yAxis([0, top / 2, top], y, "milliseconds, 95 of 100 requests are faster", LATENCY_TOP)}\n<polyline class="latency" points="${line}"/>`;
}

function yAxis(values: number[], y: (value: number) => number, label: string, top: number): string {
  const lines = values.map((value) => `<line class="grid" x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y(value)}" y2="${y(value)}"/><text class="tick" text-anchor="end" x="${SIZE.left - 8}" y="${y(value) + 4}">${short(value)}</text>`);
  return `${lines.join("\n")}\n<text class="axis" x="${SIZE.left}" y="${top - 10}">${label}</text>`;
}

function timeAxis(seconds: number, x: (second: number) => number): string {
  const step = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((one) => seconds / one <= 12) ?? 3600;
  const texts: string[] = [];
  for (let second = 0; second <= seconds; second += step) texts.push(`<text class="tick" text-anchor="middle" x="${x(second)}" y="${HEIGHT - SIZE.bottom + 18}">${short(second)}</text>`);
  return `${texts.join("\n")}\n<text class="axis" text-anchor="end" x="${SIZE.width - SIZE.right}" y="${HEIGHT - 4}">seconds since the start</text>`;
}

/** Lines through both charts with the numbers of the list below; numbers of marks close together are moved apart. */
function marks({ marks: all, started }: ChartInput, x: (second: number) => number): string {
  let last = -Infinity;
  return all.map((mark, i) => {
    const at = x((mark.at - started) / 1000);
    const number = Math.max(at, last + MARK_GAP);
    last = number;
    return `<g><title>${escapeText(mark.name)}</title><line class="mark" x1="${at}" x2="${at}" y1="${SIZE.top - 6}" y2="${LATENCY_TOP + SIZE.latency}"/><line class="mark-link" x1="${at}" x2="${round(number)}" y1="${SIZE.top - 6}" y2="${SIZE.top - 14}"/><circle class="mark-number" cx="${round(number)}" cy="${SIZE.top - 22}" r="9"/><text class="mark-text" text-anchor="middle" x="${round(number)}" y="${SIZE.top - 18}">${i + 1}</text></g>`;
  }).join("\n");
}

/** The smallest number that is not below and whose quarters are easy to read. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 1.2, 1.6, 2, 3, 4, 5, 6, 8].find((factor) => factor * power >= value) ?? 10);
}

function ticks(top: number): number[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => share * top);
}

function short(value: number): string {
  return String(Number(value.toFixed(2)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** For text and for attributes in double quotes. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
