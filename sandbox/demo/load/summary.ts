/** What a load has seen, counted. */
import type { LoadRecord, LoadResult, Mark } from "./records.ts";

export interface Latency {
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

/** What became of the requests that were due in a span of time; each is in one of the counts. */
export interface Span {
  /** Seconds since the start. */
  from: number;
  /** Its length; the last may be shorter than the others. */
  seconds: number;
  /** Answered well, by a color that may answer. */
  byColor: Record<string, number>;
  failed: number;
  /** Answered well, by who may not answer. */
  misrouted: number;
  /** Milliseconds; of all that were not long. */
  p95: number;
}

export interface Summary {
  started: number;
  ended: number;
  seconds: number;
  total: number;
  failed: number;
  misrouted: number;
  /** Failures by class: `reset`, `timeout`, `status 500`. */
  failures: Record<string, number>;
  byStatus: Record<string, number>;
  byKind: Record<string, number>;
  /** Of each color (`-` for answers that name none): answers, pods, latency in milliseconds without long requests. */
  byColor: Record<string, { answered: number; versions: string[]; pods: string[]; latency: Latency }>;
  latency: Latency;
  /** How well the generator kept its schedule: requests a second asked for and sent, and how late the latest of 100 was in milliseconds. */
  generator: { wanted: number; sent: number; lateP99: number };
  /** Second by second. */
  series: Span[];
}

/** Counts everything. */
export function summarize(result: LoadResult): Summary {
  const { started, ended, records, plan } = result;
  const isMisrouted = misrouting(result.marks);
  const seconds = Math.max(0.001, (ended - started) / 1000);
  const summary: Summary = {
    started, ended, seconds, total: records.length, failed: 0, misrouted: 0, failures: {}, byStatus: {}, byKind: {}, byColor: {},
    latency: latencyOf(records),
    generator: { wanted: plan.keepAlive + plan.new + plan.long, sent: records.length / seconds, lateP99: percentile(records.map((r) => r.sent - r.due).sort(ascending), 0.99) },
    series: [],
  };
  for (const record of records) {
    count(summary.byKind, record.kind);
    if (record.status > 0) count(summary.byStatus, String(record.status));
    if (isFailed(record)) {
      summary.failed++;
      count(summary.failures, record.error || `status ${record.status}`);
    }
    if (isMisrouted(record)) summary.misrouted++;
  }
  for (const [color, answered] of Map.groupBy(records.filter((r) => r.status > 0), (r) => r.color || "-")) {
    summary.byColor[color] = { answered: answered.length, versions: distinct(answered, "version"), pods: distinct(answered, "pod"), latency: latencyOf(answered) };
  }
  summary.series = spans(result, 1);
  return summary;
}

/** The load in spans of so many seconds. A request belongs to the span in which it was due. */
export function spans({ started, ended, records, marks }: LoadResult, seconds: number): Span[] {
  const isMisrouted = misrouting(marks);
  const width = seconds * 1000;
  // A rest of less than half a span is counted with the last whole one: a rate over so little time means nothing.
  const last = Math.max(0, Math.round((ended - started) / width) - 1);
  const bySpan = Map.groupBy(records, (record) => Math.min(last, Math.floor((record.due - started) / width)));
  return Array.from({ length: last + 1 }, (_, i) => {
    const own = bySpan.get(i) ?? [];
    const span: Span = { from: i * seconds, seconds: i < last ? seconds : Math.max(0.001, (ended - started) / 1000 - i * seconds), byColor: {}, failed: 0, misrouted: 0, p95: latencyOf(own).p95 };
    for (const record of own) {
      if (isFailed(record)) span.failed++;
      else if (isMisrouted(record)) span.misrouted++;
      else count(span.byColor, record.color || "-");
    }
    return span;
  });
}

/** No whole answer, or one that is not a success or a redirection. */
export function isFailed({ error, status }: LoadRecord): boolean {
  return error !== "" || status < 200 || status >= 400;
}

/**
 * Whether somebody has answered who was not to: the last mark that says who may, before the request was sent, decides;
 * a request under way while another such mark comes may be answered by either's. A request that nobody answered is
 * failed and not misrouted; an answer that does not say whose it is, is misrouted.
 */
export function misrouting(marks: readonly Mark[]): (record: LoadRecord) => boolean {
  const rules = marks.filter((mark) => mark.colors !== undefined || mark.versions !== undefined).sort((a, b) => a.at - b.at);
  return (record) => {
    if (record.status === 0) return false;
    const at = rules.findLastIndex((rule) => rule.at <= record.sent);
    const rule = rules[at];
    if (rule === undefined || allows(rule, record)) return false;
    const end = record.due + record.latency;
    if (rules.slice(at + 1).some((later) => later.at <= end && allows(later, record))) return false;
    if (rule.olderConnections !== true || record.opened >= rule.at) return true;
    const before = rules[at - 1];
    return before !== undefined && !allows(before, record);
  };
}

/**
 * Milliseconds from `after` until the last request that another color than this answered was sent: how long it took until
 * all traffic was there. Requests sent from `until` on, when the next flip may have begun, do not count.
 *
 * @returns undefined when the color never answered in that time
 */
export function movedAfter(records: readonly LoadRecord[], color: string, after: number, until = Infinity): number | undefined {
  const later = records.filter((record) => record.sent >= after && record.sent < until && record.status > 0);
  if (!later.some((record) => record.color === color)) return undefined;
  return later.filter((record) => record.color !== color).reduce((last, record) => Math.max(last, record.sent - after), 0);
}

function allows({ colors, versions }: Mark, record: LoadRecord): boolean {
  return (colors?.includes(record.color) ?? true) && (versions?.includes(record.version) ?? true);
}

/** Long requests say nothing about speed: they take what they are told to. */
function latencyOf(records: readonly LoadRecord[]): Latency {
  const sorted = records.filter((record) => record.kind !== "long" && record.status > 0).map((record) => record.latency).sort(ascending);
  return { p50: percentile(sorted, 0.5), p90: percentile(sorted, 0.9), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99), max: sorted.at(-1) ?? 0 };
}

/** The nearest rank: a value that was really measured. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function ascending(a: number, b: number): number {
  return a - b;
}

function distinct(records: readonly LoadRecord[], field: "version" | "pod"): string[] {
  return [...new Set(records.map((record) => record[field]))].filter((text) => text !== "").sort();
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
