/** What a load generator notes of each request, and the file that holds it. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** How a request got its connection: one that is used again, a new one, a new one for a request that takes long. */
export type Kind = "keepAlive" | "new" | "long";

export interface LoadRecord {
  /** When the request was due by the schedule; milliseconds since 1970, with fractions. */
  due: number;
  /** When it was really sent. */
  sent: number;
  /** Milliseconds from when it was due to the end of its answer: what a user would have waited, also where the generator was held up. */
  latency: number;
  kind: Kind;
  /** When its connection was opened; 0 when it got none. */
  opened: number;
  /** 0 without an answer. */
  status: number;
  /** "" or why there is no whole answer: refused, reset, closed, timeout, unreachable, machine (out of ports or files), protocol. */
  error: string;
  /** What the answer says of who gave it; "" when it does not. */
  version: string;
  color: string;
  pod: string;
}

/** Something that happened, and who may answer from then on. Without `colors` and `versions` it is only shown. */
export interface Mark {
  /** Milliseconds since 1970. */
  at: number;
  /** What happened, in a few words: `switch completed`, `drained`. */
  name: string;
  colors?: string[];
  versions?: string[];
  /** Connections that were opened before may still be answered as they were: true for a switch, until the old color is drained. */
  olderConnections?: boolean;
}

/** Requests a second. */
export interface LoadPlan {
  keepAlive: number;
  new: number;
  long: number;
}

export interface LoadResult {
  /** First and last time by the schedule, milliseconds since 1970. */
  started: number;
  ended: number;
  plan: LoadPlan;
  marks: Mark[];
  /** In the order in which they ended. */
  records: LoadRecord[];
}

const FIELDS = ["due", "sent", "latency", "kind", "opened", "status", "error", "version", "color", "pod"] as const;
const FORMAT = "golive-load/1";

/** First line of a file. */
export function headLine(started: number, plan: LoadPlan): string {
  return `${JSON.stringify({ format: FORMAT, fields: FIELDS, started, plan })}\n`;
}

/** A request as one line: an array in the order of the head's fields. */
export function recordLine(record: LoadRecord): string {
  return `${JSON.stringify(FIELDS.map((field) => record[field]))}\n`;
}

export function markLine(mark: Mark): string {
  return `${JSON.stringify({ mark })}\n`;
}

/** Last line of a file: there is nothing missing. */
export function endLine(ended: number): string {
  return `${JSON.stringify({ ended })}\n`;
}

type Row = [number, number, number, Kind, number, number, string, string, string, string];
type Line = Row | { format: string; started: number; plan: LoadPlan } | { mark: Mark } | { ended: number };

/**
 * Reads a file that a generator has written.
 *
 * @throws Error when it is no such file, or its end is missing
 */
export async function readResult(file: string): Promise<LoadResult> {
  const result: LoadResult = { started: NaN, ended: NaN, plan: { keepAlive: 0, new: 0, long: 0 }, marks: [], records: [] };
  const known = new Map<string, string>();
  // One copy of each text: there are few, in many records.
  const once = (text: string): string => known.get(text) ?? (known.set(text, text), text);
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const line = JSON.parse(text) as Line;
    if (Array.isArray(line)) {
      const [due, sent, latency, kind, opened, status, error, version, color, pod] = line;
      result.records.push({ due, sent, latency, kind, opened, status, error: once(error), version: once(version), color: once(color), pod: once(pod) });
    } else if ("mark" in line) result.marks.push(line.mark);
    else if ("ended" in line) result.ended = line.ended;
    else if (line.format === FORMAT) Object.assign(result, { started: line.started, plan: line.plan });
    else throw new Error(`${file} has a format that is not known: ${line.format}`);
  }
  if (Number.isNaN(result.started) || Number.isNaN(result.ended)) throw new Error(`${file} is not the whole record of a load: its generator did not end by itself.`);
  return result;
}
