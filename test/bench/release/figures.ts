/** What a bench of releases has measured, what it is to reach, and the lines that say so. */

/** Issue 5, "Shown by": on kept connections and as many on new ones, some that take 5 s. Kept ones end early, so that a move is seen as soon as it is made. */
export const LOAD = { plan: { keepAlive: 300, new: 300, long: 1 }, connectionSeconds: 0.3 };

export type What = "release" | "flip" | "rollback";

/** From the start of a command until nothing more can come of it; milliseconds since 1970. */
export interface Move {
  what: What;
  /** What answers then. */
  to: string;
  from: number;
  until: number;
}

export interface Requests {
  total: number;
  failed: number;
  misrouted: number;
  /** Failed ones by class. */
  failures: Record<string, number>;
}

export interface Measured {
  /** Seconds from the command's start until all traffic is where it was to go; Infinity where it never came. */
  moved: Record<What, number[]>;
  requests: Requests;
}

export interface OursMeasured extends Measured {
  /** Seconds of whole commands. */
  commands: { deploy: number[]; flip: number[]; rollback: number[] };
  /** Seconds until a flip says that traffic has moved; what follows is the watch that the configuration asks for. */
  saidMoved: number[];
  /** Seconds from nothing until a cluster of this machine takes pods; its programs are built already. */
  starts: number[];
  /** Seconds of the engine alone: the plan and the update of the same stack, when there is nothing to do. */
  engine: number[];
}

export interface Figure {
  name: string;
  p50: number;
  p95: number;
  of: number;
  /** The same by something else, in the same run. */
  theirs?: { p50: number; p95: number; of: number };
  /** Seconds; what the 95th of 100 may take. */
  reach?: number;
  verdict: "reached" | "missed" | "for comparison";
}

/** The nearest rank: a value that was really measured. Of fewer than 20 the 95th of 100 is the largest. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Infinity;
}

const spread = (values: readonly number[]) => ({ p50: percentile(values, 0.5), p95: percentile(values, 0.95), of: values.length });

function figure(name: string, ours: readonly number[], { theirs, reach }: { theirs?: readonly number[] | undefined; reach?: number } = {}): Figure {
  const measured = spread(ours);
  return {
    name, ...measured,
    ...(theirs === undefined ? {} : { theirs: spread(theirs) }),
    ...(reach === undefined ? { verdict: "for comparison" } : { reach, verdict: measured.p95 <= reach ? "reached" : "missed" }),
  };
}

/** @param theirs where they could be had */
export function figuresOf(ours: OursMeasured, theirs: Measured | undefined): Figure[] {
  // A release of ours is two commands; theirs promotes itself as soon as it is ready.
  const released = ours.commands.deploy.map((seconds, n) => seconds + (ours.moved.flip[n] ?? Infinity));
  return [
    figure("rollback: all traffic back", ours.moved.rollback, { theirs: theirs?.moved.rollback, reach: 1 }),
    figure("rollback: whole command", ours.commands.rollback, { reach: 4 }),
    figure("flip: all traffic there", ours.moved.flip, { theirs: theirs?.moved.flip }),
    figure("flip: whole command, its watch among it", ours.commands.flip, { reach: 5 }),
    figure("flip: until it says that traffic has moved", ours.saidMoved),
    figure("plan and update with nothing to do", ours.engine),
    figure("sandbox cluster: from nothing until it takes pods", ours.starts, { reach: 20 }),
    figure("deploy: whole command, gates among it", ours.commands.deploy, { reach: 15 }),
    figure("new image: deploy and flip, all traffic there", released, { theirs: theirs?.moved.release, reach: 600 }),
    // Of a person who has to find out first; the requirements give five minutes (section 2).
    figure("old image: whole rollback, against the requirement", ours.commands.rollback, { reach: 300 }),
  ];
}

const seconds = ({ p50, p95 }: { p50: number; p95: number }): string => `${p50.toFixed(2).padStart(6)} ${p95.toFixed(2).padStart(6)}`;

/** What became of the load. */
export function told({ total, failed, misrouted, failures }: Requests): string {
  const classes = Object.entries(failures).map(([what, count]) => `${what} ${count}`);
  return `${total}, failed ${failed}${classes.length === 0 ? "" : ` (${classes.join(", ")})`}, misrouted ${misrouted}`;
}

/** A line a figure. @param peer name of what was measured beside it */
export function printed(figures: readonly Figure[], peer = ""): string[] {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const column = Math.max(peer.length, 13);
  return [
    `${"seconds, p50 and p95".padEnd(width)}  ${"ours".padEnd(13)}  ${peer.padEnd(column)}`,
    ...figures.map(({ name, theirs, reach, verdict, ...ours }) => `${name.padEnd(width)}  ${seconds(ours)}  ${(theirs !== undefined ? seconds(theirs) : peer === "" ? "" : "–").padEnd(column)}  ${reach === undefined ? "" : `reach ≤ ${reach} s: `}${verdict}`),
  ];
}
