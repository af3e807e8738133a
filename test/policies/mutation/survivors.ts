/** Lists the mutants that no test noticed, for people who work them off. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { schema } from "@stryker-mutator/api/core";
import type { Reporter } from "@stryker-mutator/api/report";

const LIST = path.join(".golive", "mutation.txt");

/** One line may not hide the next. */
const LONGEST = 120;

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** The source between two places; lines and columns count from one. */
export function textAt(source: string, { start, end }: schema.Location): string {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines.map((line, at) => line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined)).join("\n");
}

/** `file:line:column original → replacement`, in the order of the files. */
export function survivors(files: schema.MutationTestResult["files"]): string[] {
  return Object.entries(files).sort(([a], [b]) => a.localeCompare(b)).flatMap(([file, { source, mutants }]) => (
    mutants
      .filter(({ status }) => status === "Survived" || status === "NoCoverage")
      .sort((a, b) => a.location.start.line - b.location.start.line || a.location.start.column - b.location.start.column)
      .map(({ location, replacement, status }) => `${file}:${location.start.line}:${location.start.column} ${status === "NoCoverage" ? "(no test runs it) " : ""}${short(textAt(source, location))} → ${short(replacement ?? "")}`)
  ));
}

export class SurvivorsReporter implements Reporter {
  #count = 0;

  onMutationTestReportReady({ files }: Readonly<schema.MutationTestResult>): void {
    const lines = survivors(files);
    this.#count = lines.length;
    mkdirSync(path.dirname(LIST), { recursive: true });
    writeFileSync(LIST, lines.map((line) => `${line}\n`).join(""));
  }

  wrapUp(): void {
    process.stdout.write(`${this.#count} mutants that no test noticed: ${LIST}\n`);
  }
}
