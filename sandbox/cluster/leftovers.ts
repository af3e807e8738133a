/** What must not outlive its process has a folder that names it and its children, so that the next start can end and remove what a run has left that crashed. */
import { lstat, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { processStart } from "../engine/process.ts";
import { removeCgroup } from "./cgroups.ts";
import { disconnect, gone } from "./room.ts";

const PREFIXES = { apiserver: "golive-apiserver-", cluster: "golive-cluster-", demo: "golive-demo-", load: "golive-load-", stage: "golive-stage-" } as const;
const OWNERS = "processes.json";

export interface Process {
  pid: number;
  /** When it started, so that a later process with the same id is left alone. */
  started: string;
}

/** What a cluster has outside of its folder and its namespaces. */
export interface Outside {
  /** Interface in this process's network. */
  link?: string;
  /** Name of its cgroup in every hierarchy. */
  cgroup?: string;
}

interface Owners extends Outside {
  owner: Process;
  children: Process[];
}

/** A new folder of this process. */
export async function ownFolder(kind: keyof typeof PREFIXES = "apiserver"): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), PREFIXES[kind]));
  await recordChildren(folder, []);
  return folder;
}

/** Notes what runs on the folder, and what else it has. */
export async function recordChildren(folder: string, children: readonly (number | Process)[], outside: Outside = {}): Promise<void> {
  const owners: Owners = { owner: identify(process.pid), children: children.map((c) => typeof c === "number" ? identify(c) : c), ...outside };
  // By a rename: a run that is killed while it writes must not leave half a note.
  await writeFile(path.join(folder, `${OWNERS}.new`), JSON.stringify(owners));
  await rename(path.join(folder, `${OWNERS}.new`), path.join(folder, OWNERS));
}

/** Ends servers and clusters whose owner is gone, and removes what is left of them and of what ran on them. */
export async function cleanLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!Object.values(PREFIXES).some((prefix) => name.startsWith(prefix))) continue;
    const folder = path.join(tmpdir(), name);
    const owners = await isOwn(folder) ? await readOwners(folder) : undefined;
    // A folder that names no owner yet was made this instant.
    if (owners === undefined || isRunning(owners.owner)) continue;
    for (const child of owners.children) if (isRunning(child)) kill(child.pid);
    await removeRemains(folder, owners.children, owners);
  }
}

/** Waits for killed processes to be gone, then removes what they had. */
export async function removeRemains(folder: string, children: readonly Process[], { link, cgroup }: Outside): Promise<void> {
  for (const child of children) await gone(child.pid, child.started);
  if (link !== undefined) await disconnect(link);
  if (cgroup !== undefined) await removeCgroup(cgroup);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself, or another start was faster.
  }
}

/** Whether this user made it: what another one writes there must not decide what root kills and removes. */
async function isOwn(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found !== undefined && found.isDirectory() && found.uid === process.getuid?.();
}

async function readOwners(folder: string): Promise<Owners | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder, OWNERS), "utf8")) as Owners;
  } catch {
    return undefined;
  }
}

/** A process with the time of its start. */
export function identify(pid: number): Process {
  return { pid, started: processStart(pid) ?? "" };
}

function isRunning(known: Process): boolean {
  return known.started !== "" && processStart(known.pid) === known.started;
}
