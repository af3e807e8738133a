/** Runs the real command line as a child process, in this checkout or in a copy whose files a test may break. */
import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";

export interface Ended {
  /** Exit code; null when a signal ended the process. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  pid: number;
  ended: Promise<Ended>;
  /** Resolves when standard output and error together match; rejects when the process ends before. */
  says: (pattern: RegExp) => Promise<void>;
  /** As Ctrl-C on a terminal: to the command and to everything it started in its own process group. */
  signalGroup: (signal: NodeJS.Signals) => void;
}

export interface How {
  /** Added to the environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /** Checkout whose command runs. */
  checkout?: string;
}

/** Runs `golive …` to its end. */
export function golive(args: readonly string[], how: How = {}): Promise<Ended> {
  return start(args, how).ended;
}

/** Starts `golive …` in a process group of its own. */
export function start(args: readonly string[], how: How = {}): Started {
  const checkout = how.checkout ?? CHECKOUT;
  const node = path.join(CHECKOUT, "node_modules", ".bin", "node");
  return startProgram(node, ["--disable-warning=ExperimentalWarning", path.join(checkout, "operations", "cli.ts"), ...args], checkout, how.env);
}

/** Starts any program in a process group of its own. */
export function startProgram(file: string, args: readonly string[], cwd: string, env: How["env"] = {}): Started {
  const child = spawn(file, args, { cwd, env: { ...process.env, NO_COLOR: "1", GOLIVE_DEBUG: undefined, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let stdout = "";
  let stderr = "";
  let waiting: { pattern: RegExp; resolve: () => void }[] = [];
  const look = (): void => {
    const heard = waiting.filter(({ pattern }) => pattern.test(stdout + stderr));
    waiting = waiting.filter((one) => !heard.includes(one));
    for (const { resolve } of heard) resolve();
  };
  child.stdout.on("data", (chunk: Buffer) => { stdout += chunk.toString(); look(); });
  child.stderr.on("data", (chunk: Buffer) => { stderr += chunk.toString(); look(); });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  const pid = child.pid ?? 0;
  const says = (pattern: RegExp): Promise<void> => Promise.race([
    new Promise<void>((resolve) => { waiting.push({ pattern, resolve }); look(); }),
    ended.then((end) => { if (!pattern.test(end.stdout + end.stderr)) throw new Error(`ended with ${String(end.code)} before it said ${String(pattern)}:\n${end.stdout}${end.stderr}`); }),
  ]);
  return { pid, ended, says, signalGroup: (signal) => process.kill(-pid, signal) };
}

const COPIED = ["docs", "operations", "policies", "sandbox", "stacks", "components", "golive", "package.json", "package-lock.json", "Pulumi.yaml", "Pulumi.production.yaml", "Pulumi.staging.yaml", "Pulumi.sandbox.yaml"];

/** A checkout of its own with the same packages and the same engine, so that its files and its local state are the test's. */
export async function copyCheckout(options: { packages?: boolean } = {}): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "golive-checkout-"));
  for (const name of COPIED) await cp(path.join(CHECKOUT, name), path.join(folder, name), { recursive: true });
  if (options.packages !== false) await symlink(path.join(CHECKOUT, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

/** Work folders of sandboxes that are there. */
export function runFolders(checkout: string): Promise<string[]> {
  return readdir(path.join(checkout, ".golive", "runs")).catch(() => []);
}

/** Command lines of the processes that name the folder: engine, language host, program, providers. */
export async function processesOf(folder: string): Promise<string[]> {
  const { readFile } = await import("node:fs/promises");
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(pids.map(async (pid) => {
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    const [command, environment] = await Promise.all([read("cmdline"), read("environ")]);
    return `${command}\0${environment}`.includes(folder) ? command.replaceAll("\0", " ") : "";
  }));
  return found.filter((command) => command !== "");
}

export function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
