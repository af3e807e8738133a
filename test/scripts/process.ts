/** Child processes of the script tests: started, waited for by what they print, stopped by id. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";

export interface Server {
  port: number;
  stop(): Promise<void>;
}

/** A port of the loopback address that was free a moment ago. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

/** Starts a server and resolves when it has printed `ready`; rejects with its output when it ends before. */
export async function startServer(command: string, args: string[], options: { env?: NodeJS.ProcessEnv; ready: RegExp; cwd?: string }): Promise<ChildProcess> {
  const child = spawn(command, args, { env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"], cwd: options.cwd ?? "/" });
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (options.ready.test(output)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", (error) => reject(new Error(`${command} can not be started: ${error.message}`)));
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code} before it was ready:\n${output}`)));
  });
  return child;
}

/** Stops a child by its id and waits for its end. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await ended;
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. `onStart` gets the child, for a signal at the right moment. */
export async function run(command: string, args: string[], options: { env?: NodeJS.ProcessEnv; input?: string; onStart?: (child: ChildProcess) => void } = {}): Promise<Outcome> {
  const child = spawn(command, args, { env: options.env ?? process.env, stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr.on("data", (chunk: Buffer) => { stderr += chunk.toString(); });
  options.onStart?.(child);
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
