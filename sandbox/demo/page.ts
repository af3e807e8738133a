/** What a load has seen as one HTML file that needs nothing else: figures, a chart with what happened, the same as tables. */
import { LAYERS, chart, escapeText } from "./chart.ts";
import type { LoadResult, Mark } from "./load/records.ts";
import { type Span, type Summary, spans, summarize } from "./load/summary.ts";
import { PAGE_STYLE } from "./pageStyle.ts";

export interface PageOptions {
  /** What was done: `Release of 1.3.0 with a rollback`. */
  title: string;
  /** Further figures, such as the time of the rollback. */
  figures?: { label: string; value: string }[];
}

/** Widths of a bar in seconds; the first that needs no more bars than this is taken. */
const WIDTHS = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];
const MOST_BARS = 160;

/** The page's text. */
export function resultPage(given: LoadResult, options: PageOptions): string {
  const result = { ...given, marks: given.marks.toSorted((a, b) => a.at - b.at) };
  const summary = summarize(result);
  const width = WIDTHS.find((one) => summary.seconds / one <= MOST_BARS) ?? 600;
  const parts = spans(result, width);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(options.title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeText(options.title)}</h1>
<p class="when">${new Date(result.started).toISOString().replace("T", " ").slice(0, 19)} UTC, ${decimal(summary.seconds, 0)} s of constant load</p>
${verdict(summary)}
${figures(summary, options)}
<h2>Requests over time</h2>
<div class="card" tabindex="0" role="group" aria-label="Chart of requests over time">
${legend(parts)}
${chart({ spans: parts, started: result.started, marks: result.marks }, describe(summary, result.marks.length))}
</div>
${happened(result)}
<h2>Who answered</h2>
<div class="card">${colors(summary)}</div>
${failures(summary)}
<h2>In numbers</h2>
<details class="card"><summary>Each second of the load as a table</summary>${secondBySecond(summary)}</details>
</main>
</body>
</html>
`;
}

function verdict({ total, failed, misrouted }: Summary): string {
  const good = failed === 0 && misrouted === 0;
  return `<p class="verdict ${good ? "good" : "bad"}">${good ? "No request failed, none went astray" : `${whole(failed)} failed and ${whole(misrouted)} misrouted`}, of ${whole(total)}.</p>`;
}

function figures({ total, failed, misrouted, latency, generator }: Summary, { figures: more = [] }: PageOptions): string {
  const all: { label: string; value: string; wrong?: boolean }[] = [
    { label: "Requests", value: whole(total) },
    { label: "Failed", value: whole(failed), wrong: failed > 0 },
    { label: "Misrouted", value: whole(misrouted), wrong: misrouted > 0 },
    { label: "Requests a second", value: decimal(generator.sent, 0) },
    { label: "Latency, p95", value: `${decimal(latency.p95, latency.p95 < 100 ? 1 : 0)} ms` },
    ...more,
  ];
  return `<dl class="figures">${all.map(({ label, value, wrong }) => `<div><dt>${escapeText(label)}</dt><dd${wrong === true ? ' class="bad-number"' : ""}>${escapeText(value)}</dd></div>`).join("")}</dl>`;
}

/** Only what occurs, and failures always: that there are none is the news. */
function legend(parts: Span[]): string {
  const shown = LAYERS.filter((layer) => layer.name === "failed" || layer.name === "misrouted" || parts.some((span) => layer.of(span) > 0));
  return `<ul class="legend">${shown.map(({ name, label }) => `<li><svg viewBox="0 0 16 16" aria-hidden="true"><rect class="${name}" width="16" height="16"/></svg>${label}</li>`).join("")}</ul>`;
}

function describe(summary: Summary, marks: number): string {
  const who = Object.entries(summary.byColor).map(([color, { answered }]) => `${whole(answered)} answered by ${color === "-" ? "others" : color}`).join(", ");
  return `${whole(summary.total)} requests in ${decimal(summary.seconds, 0)} seconds: ${who}; ${whole(summary.failed)} failed, ${whole(summary.misrouted)} misrouted. ${marks} things happened meanwhile; they and all numbers are in the tables below.`;
}

/** What happened, and what the load saw from then until the next. */
function happened(result: LoadResult): string {
  if (result.marks.length === 0) return "";
  const rows = result.marks.map((mark, i) => {
    const until = result.marks[i + 1]?.at ?? Infinity;
    const own = summarize({ ...result, records: result.records.filter((record) => record.sent >= mark.at && record.sent < until) });
    const who = Object.entries(own.byColor).map(([color, { answered }]) => `${color === "-" ? "others" : color} ${whole(answered)}`).join(", ");
    return `<tr><td class="number">${i + 1}</td><td class="number">${decimal(Math.max(0, mark.at - result.started) / 1000, 2)}</td><th scope="row">${escapeText(mark.name)}${allowed(mark)}</th><td>${escapeText(who || "none")}</td>${bad(own.failed)}${bad(own.misrouted)}</tr>`;
  });
  return `<h2>What happened</h2>
<div class="card"><table>
<caption>Requests are those sent from then until the next line.</caption>
<thead><tr><th scope="col" class="number">Mark</th><th scope="col" class="number">At second</th><th scope="col">What</th><th scope="col">Answered by</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Misrouted</th></tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table></div>`;
}

function allowed({ colors: may = [], versions = [], olderConnections }: Mark): string {
  const who = [may.join(" or "), versions.join(" or ")].filter((part) => part !== "").join(", ");
  if (who === "") return "";
  return ` <small>(from here ${escapeText(who)}${olderConnections === true ? ", except on connections that were open" : ""})</small>`;
}

function colors({ byColor }: Summary): string {
  const rows = Object.entries(byColor).map(([color, { answered, versions, pods, latency }]) => {
    const times = [latency.p50, latency.p95, latency.p99, latency.max].map((ms) => `<td class="number">${decimal(ms, 1)}</td>`).join("");
    return `<tr><th scope="row">${escapeText(color === "-" ? "not said" : color)}</th><td>${escapeText(versions.join(", "))}</td><td class="number">${pods.length}</td><td class="number">${whole(answered)}</td>${times}</tr>`;
  });
  return `<table>
<caption>Latency in milliseconds from when a request was due, without the long ones.</caption>
<thead><tr><th scope="col">Color</th><th scope="col">Version</th><th scope="col" class="number">Pods</th><th scope="col" class="number">Answers</th><th scope="col" class="number">Median</th><th scope="col" class="number">p95</th><th scope="col" class="number">p99</th><th scope="col" class="number">Longest</th></tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table>`;
}

function failures({ failures: all, failed }: Summary): string {
  if (failed === 0) return "";
  const rows = Object.entries(all).sort(([, a], [, b]) => b - a).map(([name, n]) => `<tr><th scope="row">${escapeText(name)}</th>${bad(n)}</tr>`);
  return `<h2>What failed</h2>
<div class="card"><table><thead><tr><th scope="col">Failure</th><th scope="col" class="number">Requests</th></tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

function secondBySecond({ series }: Summary): string {
  const names = [...new Set(series.flatMap((span) => Object.keys(span.byColor)))].sort();
  const head = names.map((name) => `<th scope="col" class="number">${escapeText(name === "-" ? "others" : name)}</th>`).join("");
  const rows = series.map((span) => `<tr><th scope="row" class="number">${span.from}</th>${names.map((name) => `<td class="number">${whole(span.byColor[name] ?? 0)}</td>`).join("")}${bad(span.failed)}${bad(span.misrouted)}<td class="number">${decimal(span.p95, 1)}</td></tr>`);
  return `<table><thead><tr><th scope="col" class="number">Second</th>${head}<th scope="col" class="number">Failed</th><th scope="col" class="number">Misrouted</th><th scope="col" class="number">p95 ms</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function bad(n: number): string {
  return `<td class="number${n > 0 ? " bad-number" : ""}">${whole(n)}</td>`;
}

function whole(n: number): string {
  return n.toLocaleString("en-US");
}

function decimal(n: number, digits: number): string {
  return n.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
