import { describe, expect, it } from "vitest";
import { type LoadRecord, type LoadResult } from "../../../sandbox/demo/load/records.ts";
import { resultPage } from "../../../sandbox/demo/page.ts";

/** Ten seconds, a request each tenth of one; green from the fifth on. */
function result(change: (record: LoadRecord, i: number) => Partial<LoadRecord> = () => ({})): LoadResult {
  const started = Date.UTC(2026, 0, 2, 3, 4, 5);
  const records = Array.from({ length: 100 }, (_, i) => {
    const at = started + i * 100;
    const record: LoadRecord = { due: at, sent: at, latency: 5, kind: "new", opened: at, status: 200, error: "", version: i < 50 ? "1.0.0" : "1.1.0", color: i < 50 ? "blue" : "green", pod: "p" };
    return { ...record, ...change(record, i) };
  });
  return {
    started, ended: started + 10_000, plan: { keepAlive: 0, new: 10, long: 0 }, records,
    marks: [{ at: started + 5000, name: 'flip to <green> & "more"', colors: ["green"] }],
  };
}

describe("page of a result", () => {
  it("needs nothing from elsewhere, has text for who does not see the chart, and escapes names", () => {
    const html = resultPage(result(), { title: "Release of <1.1.0>" });
    expect(html).not.toMatch(/<script|<link|https?:\/\/|url\((?!#)|@import/);
    expect(html).toContain("<title>Release of &lt;1.1.0&gt;</title>");
    expect(html).toContain("flip to &lt;green&gt; &amp; &quot;more&quot;");
    expect(html).toContain("100 requests in 10 seconds: 50 answered by blue, 50 answered by green; 0 failed, 0 misrouted.");
    expect(html).toContain("prefers-color-scheme: dark");
    expect(html).toContain("2026-01-02 03:04:05 UTC");
  });

  it("says the good news only when there is nothing else to say", () => {
    expect(resultPage(result(), { title: "t" })).toContain("No request failed, none went astray, of 100.");
    const bad = resultPage(result((_, i) => (i === 20 ? { status: 0, error: "reset" } : i === 80 ? { color: "blue" } : {})), { title: "t" });
    expect(bad).toContain("1 failed and 1 misrouted, of 100.");
    expect(bad).toContain('<th scope="row">reset</th>');
  });

  it("draws every request: bars as high as the rates, one lost request still to be seen", () => {
    const html = resultPage(result((_, i) => (i === 20 ? { status: 500 } : {})), { title: "t", figures: [{ label: "Rollback", value: "0.6 s" }] });
    const heights = (name: string): number[] => [...html.matchAll(new RegExp(`<rect class="${name}" x="[\\d.]+" y="[\\d.]+" width="[\\d.]+" height="([\\d.]+)"/></?[rg]`, "g"))].map((match) => Number(match[1]));
    const sum = (name: string): number => [...html.matchAll(new RegExp(`<rect class="${name}" x=[^>]* height="([\\d.]+)"`, "g"))].reduce((total, match) => total + Number(match[1]), 0);
    expect(heights("failed")).toHaveLength(1);
    expect(sum("failed")).toBeGreaterThanOrEqual(2);
    expect(sum("green") / sum("blue")).toBeCloseTo(50 / 49, 1);
    expect(html).toContain("<dt>Rollback</dt><dd>0.6 s</dd>");
  });

  it("also shows a load that was stopped at once", () => {
    const empty: LoadResult = { started: 0, ended: 0, plan: { keepAlive: 1, new: 0, long: 0 }, marks: [], records: [] };
    expect(resultPage(empty, { title: "t" })).not.toMatch(/NaN|Infinity|undefined/);
  });
});
