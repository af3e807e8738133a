/** A server process with its log in a file, watched until it is stopped. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { UserError } from "../errors.ts";

/** A server that does not end on SIGTERM is killed after this. */
const KILL_AFTER_MS = 5_000;
const TAIL_LINES = 12;

export interface Child {
  pid: number;
  /** Rejects when the process ends before it is stopped; never resolves. */
  died: Promise<never>;
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts a program; its output goes to the file. */
export async function startChild(name: string, file: string, args: readonly string[], logFile: string): Promise<Child> {
  const log = openSync(logFile, "a");
  const child = spawn(file, args, { stdio: ["ignore", log, log] });
  closeSync(log);
  let stopping = false;
  const ended = new Promise<void>((resolve) => { child.once("close", () => resolve()); });
  await once(child, "spawn");
  const atExit = (): void => { child.kill("SIGKILL"); };
  process.once("exit", atExit);
  const died = ended.then(async () => {
    process.off("exit", atExit);
    if (stopping) return new Promise<never>(() => undefined);
    throw new UserError(`${name} ended by itself (exit code ${child.exitCode ?? "none"}).`, `The end of its log:\n${await tail(logFile)}`);
  });
  died.catch(() => undefined);
  return { pid: child.pid ?? 0, died, stop: () => { stopping = true; return stopped(child, ended); } };
}

async function stopped(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  await ended;
  clearTimeout(killer);
}

/** The last lines of a log, indented. */
export async function tail(file: string): Promise<string> {
  const lines = (await readFile(file, "utf8").catch(() => "")).trimEnd().split("\n");
  return lines.slice(-TAIL_LINES).map((line) => `  ${line}`).join("\n");
}
