/**
 * When requests are due. The times follow from the rates alone: a slow answer moves none of them, so that a server
 * that stalls meets everybody who would have come meanwhile (an open model, without coordinated omission).
 */
import type { Kind, LoadPlan } from "./records.ts";

export interface Arrival {
  /** Milliseconds since the start. */
  at: number;
  kind: Kind;
}

/** Arrivals without end, in the order of their times; the kinds keep out of step with each other. */
export function* arrivals(plan: LoadPlan): Generator<Arrival, void, undefined> {
  const kinds: Kind[] = ["keepAlive", "new", "long"];
  const streams = kinds.filter((kind) => plan[kind] > 0).map((kind, i) => ({ kind, rate: plan[kind], shift: (i + 1) / (kinds.length + 1), count: 0 }));
  if (streams.length === 0) return;
  for (;;) {
    const next = streams.reduce((first, one) => (timeOf(one) < timeOf(first) ? one : first));
    yield { at: timeOf(next), kind: next.kind };
    next.count++;
  }
}

function timeOf({ rate, shift, count }: { rate: number; shift: number; count: number }): number {
  return ((count + shift) / rate) * 1000;
}
