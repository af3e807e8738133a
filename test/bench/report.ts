/** The figures, what they are to reach, and whether they do. */
import type { Run } from "./measure.ts";
import type { Variant } from "./variants.ts";

/** On two cores (issue: program start to first resource, production preview, memory of the program). */
export const REACH = { startSeconds: 2, previewSeconds: 8, memoryMb: 400 };

/**
 * How many times a figure may grow while the program grows once as much: at 1 a program twice as big takes twice as
 * long, which is linear; a quarter more is left to the clock, and to what is added being dearer than the average.
 */
export const LINEAR = 1.25;

/** One program: its preview, which also gives start and memory, and an update that changes nothing. */
export interface Measured { preview: Run; noopUp: Run }

export interface Line {
  /** Dotted path of the figure: `production.previewSeconds`, `growth.<variant>.memory`. */
  figure: string;
  text: string;
  unit: "s" | "MB" | "×";
  value: number | undefined;
  /** At most; undefined where the figure is for comparison only. */
  reach: number | undefined;
  verdict: "reached" | "missed" | "not measured" | "for comparison";
}

export interface Grown extends Measured { variant: Variant }

export interface Report {
  runs: number;
  stack: string;
  cores: number;
  /** Processes that wanted a core during the last minute, at the start and at the end of the bench. */
  load: [before: number, after: number];
  reach: typeof REACH & { growth: number };
  /** The smallest program: what engine, language host and SDK take by themselves, measured in turn with the rest. */
  peer: Measured;
  production: Measured;
  growth: Grown[];
  lines: Line[];
  missed: string[];
}

/** Judges every figure. */
export function linesOf(stack: string, peer: Measured, production: Measured, growth: readonly Grown[]): Line[] {
  return [
    line("peer.previewSeconds", "smallest program: preview", "s", peer.preview.seconds),
    line("peer.noopUpSeconds", "smallest program: update that changes nothing", "s", peer.noopUp.seconds),
    line("peer.memoryMb", "smallest program: peak memory", "MB", peer.preview.memoryMb),
    line("production.startSeconds", `${stack}: program start to first resource`, "s", production.preview.startSeconds, REACH.startSeconds),
    line("production.previewSeconds", `${stack}: preview of ${production.preview.resources} resources`, "s", production.preview.seconds, REACH.previewSeconds),
    line("production.memoryMb", `${stack}: peak memory of the program`, "MB", production.preview.memoryMb, REACH.memoryMb),
    line("production.noopUpSeconds", `${stack}: update that changes nothing`, "s", production.noopUp.seconds),
    ...growth.flatMap((grown) => growthLines(production, grown)),
  ];
}

function growthLines(production: Measured, grown: Grown): Line[] {
  const { name, addedRules } = grown.variant;
  const before = production.preview.resources;
  const added = grown.preview.resources - before + addedRules;
  const judged = (figure: string, what: string, from: number | undefined, to: number | undefined, unit: string) => {
    const ratio = from === undefined || to === undefined || added <= 0 ? undefined : to / from / ((before + added) / before);
    const change = from === undefined || to === undefined ? "" : ` ${shown(from, unit)} → ${shown(to, unit)}`;
    return line(`growth.${name}.${figure}`, `${name}: ${what}${change}; against growth in size`, "×", ratio, LINEAR);
  };
  return [
    judged("start", "start", production.preview.startSeconds, grown.preview.startSeconds, "s"),
    judged("preview", `preview (${before} → ${before + added} resources${addedRules > 0 ? " and rules" : ""})`, production.preview.seconds, grown.preview.seconds, "s"),
    judged("memory", "memory", production.preview.memoryMb, grown.preview.memoryMb, "MB"),
    judged("noopUp", "no-op update", production.noopUp.seconds, grown.noopUp.seconds, "s"),
  ];
}

function line(figure: string, text: string, unit: Line["unit"], value: number | undefined, reach?: number): Line {
  const verdict = value === undefined ? "not measured" : reach === undefined ? "for comparison" : value <= reach ? "reached" : "missed";
  return { figure, text, unit, value, reach, verdict };
}

/** For people: one line a figure, its reach and verdict. */
export function printed(report: Report): string {
  const { runs, cores, load, lines, missed } = report;
  const width = Math.max(...lines.map((l) => l.text.length));
  return [
    `median of ${runs} ${runs === 1 ? "run" : "runs"} on ${cores} cores, load ${load[0].toFixed(1)} at the start, ${load[1].toFixed(1)} at the end`,
    ...lines.map((l) => `${l.text.padEnd(width)}  ${(l.value === undefined ? "–" : shown(l.value, l.unit)).padStart(9)}  ${l.reach === undefined ? "" : `reach ≤ ${l.reach} ${l.unit}: `}${l.verdict}`),
    missed.length === 0 ? "everything reached" : `missed: ${missed.join(", ")}`,
  ].join("\n");
}

function shown(value: number, unit: string): string {
  return `${value.toFixed(unit === "MB" ? 0 : 2)} ${unit}`;
}
