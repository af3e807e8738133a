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
  /** Ends the process (by SIGTERM where no signal is named); resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ChildOptions {
  /** Its whole environment; the caller's own by default. */
  env?: NodeJS.ProcessEnv;
  /** In a session of its own, which Ctrl-C in the caller's terminal does not reach. */
  detached?: boolean;
}

/** Starts a program; its output goes to the file. */
export async function startChild(name: string, file: string, args: readonly string[], logFile: string, options: ChildOptions = {}): Promise<Child> {
  const log = openSync(logFile, "a");
  const child = spawn(file, args, { stdio: ["ignore", log, log], ...options });
  closeSync(log);
  let stopping = false;
  const ended = new Promise<void>((resolve) => { child.once("close", () => resolve()); });
  await once(child, "spawn");
  endAtExit(child);
  const died = ended.then(async () => {
    running.delete(child);
    if (stopping) return new Promise<never>(() => undefined);
    throw new UserError(`${name} ended by itself (${child.signalCode === null ? `exit code ${child.exitCode}` : `by ${child.signalCode}`}).`, `The end of its log:\n${await tail(logFile)}`);
  });
  died.catch(() => undefined);
  return { pid: child.pid ?? 0, died, stop: (signal) => { stopping = true; return stopped(child, ended, signal); } };
}

const running = new Set<ChildProcess>();

/** Ends the child with this process; one listener for all, as a cluster has many. */
function endAtExit(child: ChildProcess): void {
  running.add(child);
  process.off("exit", killAll).on("exit", killAll);
}

function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

async function stopped(child: ChildProcess, ended: Promise<void>, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  child.kill(signal);
  const killer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  await ended;
  clearTimeout(killer);
}

/** The last lines of a log, indented. */
export async function tail(file: string): Promise<string> {
  const lines = (await readFile(file, "utf8").catch(() => "")).trimEnd().split("\n");
  return lines.slice(-TAIL_LINES).map((line) => `  ${line}`).join("\n");
}
