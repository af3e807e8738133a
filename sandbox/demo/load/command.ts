/**
 * The load generator as a process, to be started where its target can be reached, such as inside a network namespace:
 *
 *   node sandbox/demo/load/command.ts --url http://10.96.0.10 --out /tmp/load.ndjson
 *
 * Standard input takes one JSON object a line: `{"mark":{"name":"drained","colors":["green"]}}` notes what happened,
 * `{"stop":true}` ends it; so does the end of the input (a caller that died), unless `--seconds` is given. Standard
 * output gets `{"started":…}` at once and `{"summary":…}` at the end. Exit code 0; 2 when it is used wrongly.
 */
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type Load, type LoadOptions, startLoad } from "./generator.ts";
import { type Mark, endLine, headLine, markLine, readResult, recordLine } from "./records.ts";
import { summarize } from "./summary.ts";

const NUMBERS = ["keep-alive", "new", "long", "long-seconds", "connections", "connection-seconds", "timeout-seconds", "seconds"] as const;

/** How it is used, and why that is not what was given. */
class Usage extends Error {}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof Usage ? 2 : 1;
}

async function main(): Promise<void> {
  const { options, out } = read(process.argv.slice(2));
  const file = createWriteStream(out);
  const failed = new Promise<never>((_, reject) => { file.once("error", (error) => reject(new Error(`${out} can not be written: ${error.message}`))); });
  const load = startLoad({ ...options, onRecord: (record) => file.write(recordLine(record)) });
  file.write(headLine(load.started, load.plan));
  print({ started: load.started });
  listen(load, options.seconds !== undefined, (mark) => file.write(markLine(mark)));
  const { ended } = await Promise.race([load.ended, failed]);
  await Promise.race([new Promise((resolve) => file.end(endLine(ended), () => resolve(undefined))), failed]);
  print({ summary: summarize(await readResult(out)) });
  // The input may stay open.
  process.stdin.destroy();
}

function read(args: string[]): { options: LoadOptions; out: string } {
  const text = { type: "string" } as const;
  const values = parsed(() => parseArgs({ args, options: { url: text, host: text, out: text, path: { type: "string", multiple: true }, "keep-alive": text, new: text, long: text, "long-seconds": text, connections: text, "connection-seconds": text, "timeout-seconds": text, seconds: text } }).values);
  const { url, out } = values;
  if (url === undefined || URL.parse(url)?.protocol !== "http:") throw new Usage("Give the target: --url http://10.96.0.10");
  if (out === undefined) throw new Usage("Give the file for the records: --out /tmp/load.ndjson");
  const [keepAlive, fresh, long, longSeconds, connections, connectionSeconds, timeoutSeconds, seconds] = NUMBERS.map((name) => {
    const value = values[name];
    if (value === undefined) return undefined;
    if (value === "" || !(Number(value) >= 0)) throw new Usage(`--${name} ${value}: give a number that is not negative.`);
    return Number(value);
  });
  const plan = Object.fromEntries(Object.entries({ keepAlive, new: fresh, long }).filter(([, rate]) => rate !== undefined));
  return { out, options: { url, host: values.host, paths: values.path, plan, longSeconds, connections, connectionSeconds, timeoutSeconds, seconds } };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function listen(load: Load, endsByTime: boolean, noted: (mark: Mark) => void): void {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void load.stop());
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const order = ordered(line);
    if (order === undefined) process.stderr.write(`not understood: ${line}\n`);
    else if ("mark" in order) noted(load.mark(order.mark));
    else void load.stop();
  });
  lines.once("close", () => {
    if (!endsByTime) void load.stop();
  });
}

type Order = { mark: Omit<Mark, "at"> & { at?: number } } | { stop: true };

function ordered(line: string): Order | undefined {
  try {
    const order = JSON.parse(line) as Partial<{ mark: Partial<Mark>; stop: boolean }>;
    if (order.stop === true) return { stop: true };
    const { mark } = order;
    return mark?.name === undefined ? undefined : { mark: { ...mark, name: mark.name } };
  } catch {
    return undefined;
  }
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
