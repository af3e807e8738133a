/** BENCH_JSON: one file for everything that `make bench` measures; each part adds what it measured under its own name. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Adds a part to the file that BENCH_JSON names; does nothing where it names none. */
export function addToJson(part: string, figures: unknown): void {
  const file = process.env["BENCH_JSON"];
  if (!file) return;
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as object) : {};
  writeFileSync(file, `${JSON.stringify({ ...before, [part]: figures }, null, 2)}\n`);
}
