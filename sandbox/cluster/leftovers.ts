/** Each server has a folder that names its processes, so that the next start can end those of a run that crashed. */
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { processStart } from "../engine/process.ts";

const PREFIX = "golive-apiserver-";
const OWNERS = "processes.json";

interface Process {
  pid: number;
  /** When it started, so that a later process with the same id is left alone. */
  started: string;
}

interface Owners {
  owner: Process;
  children: Process[];
}

/** A new folder of this process. */
export async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), PREFIX));
  await recordChildren(folder, []);
  return folder;
}

/** Notes the servers that run on the folder. */
export async function recordChildren(folder: string, pids: readonly number[]): Promise<void> {
  const owners: Owners = { owner: identify(process.pid), children: pids.map(identify) };
  await writeFile(path.join(folder, OWNERS), JSON.stringify(owners));
}

/** Ends servers whose owner is gone, and removes their folders. */
export async function cleanLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = path.join(tmpdir(), name);
    const owners = await readOwners(folder);
    // A folder that names no owner yet was made this instant.
    if (owners === undefined || isRunning(owners.owner)) continue;
    for (const child of owners.children) if (isRunning(child)) process.kill(child.pid, "SIGKILL");
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function readOwners(folder: string): Promise<Owners | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder, OWNERS), "utf8")) as Owners;
  } catch {
    return undefined;
  }
}

function identify(pid: number): Process {
  return { pid, started: processStart(pid) ?? "" };
}

function isRunning(known: Process): boolean {
  return known.started !== "" && processStart(known.pid) === known.started;
}
