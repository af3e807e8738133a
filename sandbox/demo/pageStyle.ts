/** The look of the result's page, for light and dark surroundings and for paper. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #16202c; --muted: #55616f; --line: #dde2e8; --grid: #e6eaef;
  --blue: #2f6fdb; --green: #1d9460; --other: #8b95a3; --failed: #c8102e; --misrouted: #e08600; --good: #14794a; --latency: #6b3fc0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #10151c; --card: #1a212b; --ink: #eef2f7; --muted: #a5b1c0; --line: #323c49; --grid: #2a333f;
    --blue: #6ca2ff; --green: #4cc38a; --other: #8b95a3; --failed: #ff5c70; --misrouted: #ffb340; --good: #5fd49b; --latency: #b79bff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.25rem 0 0.75rem; font-size: 1.15rem; }
.when { margin: 0.25rem 0 0; color: var(--muted); }
.verdict { margin: 1.25rem 0 0; font-size: 1.15rem; font-weight: 600; }
.verdict.good { color: var(--good); }
.verdict.bad { color: var(--failed); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.75rem; margin: 1.25rem 0 0; }
.figures div { padding: 0.9rem 1rem; border: 1px solid var(--line); border-radius: 0.6rem; background: var(--card); }
.figures dt { color: var(--muted); font-size: 0.875rem; }
.figures dd { margin: 0; font-size: 1.6rem; font-weight: 650; line-height: 1.3; white-space: nowrap; font-variant-numeric: tabular-nums; }
.card { padding: 1rem; border: 1px solid var(--line); border-radius: 0.6rem; background: var(--card); overflow-x: auto; }
svg { display: block; width: 100%; min-width: 36rem; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 0.4rem 1.25rem; margin: 0 0 0.5rem; padding: 0; list-style: none; font-size: 0.9rem; }
.legend li { display: flex; align-items: center; gap: 0.45rem; }
.legend svg { width: 1rem; min-width: 1rem; height: 1rem; border-radius: 0.2rem; }
rect.blue { fill: var(--blue); } rect.green { fill: var(--green); } rect.other { fill: var(--other); }
rect.failed { fill: url(#failed-pattern); } rect.misrouted { fill: url(#misrouted-pattern); }
.failed-ground { fill: var(--failed); } .failed-stripe { fill: var(--card); fill-opacity: 0.55; }
.misrouted-ground { fill: var(--misrouted); } .misrouted-dot { fill: var(--card); fill-opacity: 0.7; }
.grid { stroke: var(--grid); } .tick, .axis { fill: var(--muted); font-size: 12px; } .axis { stroke: var(--card); stroke-width: 5px; paint-order: stroke; } .tick { font-variant-numeric: tabular-nums; }
.latency { fill: none; stroke: var(--latency); stroke-width: 2; stroke-linejoin: round; }
.mark, .mark-link { stroke: var(--ink); stroke-width: 1; } .mark { stroke-dasharray: 4 3; }
.mark-number { fill: var(--ink); } .mark-text { fill: var(--card); font-size: 11px; font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: 0.95rem; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 0.5rem; color: var(--muted); text-align: left; }
th, td { padding: 0.45rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--muted); font-weight: 600; }
tbody th { font-weight: 600; } th small { font-weight: 400; color: var(--muted); }
.number { text-align: right; white-space: nowrap; }
.bad-number { color: var(--failed); font-weight: 700; }
tr:last-child > * { border-bottom: 0; }
summary { cursor: pointer; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
@media print { body { background: none; } .card { break-inside: avoid; } }
`;
