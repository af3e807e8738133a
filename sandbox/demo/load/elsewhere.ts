/** The load generator in a process of its own, seen from here as if it ran here. */
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { ownFolder } from "../../cluster/leftovers.ts";
import { UserError } from "../../errors.ts";
import type { Load, LoadOptions } from "./generator.ts";
import { type LoadResult, type Mark, readResult } from "./records.ts";
import { now } from "./request.ts";

const COMMAND = path.join(import.meta.dirname, "command.ts");

/**
 * Starts the generator behind a command that leads to its place, such as `["nsenter", "--net=…", "--"]`; resolves when
 * it runs. Being alone in its process, it keeps its schedule also while the caller is busy.
 *
 * @param keep file for the records; without, they are gone when they have been read
 * @throws UserError when it does not start
 */
export async function startLoadElsewhere(before: readonly string[], options: Omit<LoadOptions, "onRecord">, keep?: string): Promise<Omit<Load, "plan">> {
  const folder = await ownFolder("load");
  const out = keep ?? path.join(folder, "load.ndjson");
  const [program = process.execPath, ...args] = [...before, process.execPath, COMMAND, ...argumentsOf(options), "--out", out];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
  const first = new Promise<number>((resolve) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve((JSON.parse(line) as { started: number }).started));
  });
  const exit = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new UserError(`The load generator ended with exit code ${code ?? "none"}.`, said.slice(-5).join("\n")))));
  });
  const ended = exit.then(() => readResult(out)).finally(() => rm(folder, { recursive: true, force: true }));
  // Whoever waits for the end learns of a failure; it must not end the process before.
  ended.catch(() => undefined);
  // A child that has gone says so by its exit code.
  child.stdin.on("error", () => undefined);
  const started = await Promise.race([first, ended.then(({ started: at }) => at)]);
  const tell = (order: unknown): void => { child.stdin.write(`${JSON.stringify(order)}\n`); };
  return {
    started,
    mark: (given) => {
      const mark: Mark = { ...given, at: given.at ?? now() };
      tell({ mark });
      return mark;
    },
    stop: (): Promise<LoadResult> => {
      tell({ stop: true });
      return ended;
    },
    ended,
  };
}

function argumentsOf(options: Omit<LoadOptions, "onRecord">): string[] {
  const values: [string, string | number | undefined][] = [
    ["url", options.url], ["host", options.host],
    ["keep-alive", options.plan?.keepAlive], ["new", options.plan?.new], ["long", options.plan?.long],
    ["long-seconds", options.longSeconds], ["connections", options.connections], ["connection-seconds", options.connectionSeconds],
    ["timeout-seconds", options.timeoutSeconds], ["seconds", options.seconds],
    ...(options.paths ?? []).map((one): [string, string] => ["path", one]),
  ];
  return values.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
}
