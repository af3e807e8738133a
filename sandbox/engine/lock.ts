/**
 * A lock between processes, as a file that names its owner.
 *
 * Nothing that is built under it depends on it for correctness (everything is put in place by one rename): it
 * only keeps two processes from doing the same long work twice.
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemCode } from "../errors.ts";
import { processStart } from "./process.ts";

/** The owner shows that it lives this often; a lock on another machine or in another container counts as stale after twelve misses. */
const HEARTBEAT_MS = 5_000;
const STALE_MS = 12 * HEARTBEAT_MS;
const RETRY_MS = 200;

interface Owner {
  token: string;
  pid: number;
  /** When the process started, in the kernel's own count, so that a reused pid is not mistaken for the owner. */
  started: string;
  host: string;
}

export interface LockOptions {
  signal?: AbortSignal;
  /** Called once when another live process holds the lock. */
  onWait?: (ownerPid: number) => void;
}

/** Runs `work` while holding the lock file; waits for another owner, takes over from a dead one. */
export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const token = await acquire(file, options);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await ownerOf(file))?.token === token) await rm(file, { force: true });
  }
}

async function acquire(file: string, options: LockOptions): Promise<string> {
  const owner: Owner = { token: randomUUID(), pid: process.pid, started: processStart(process.pid) ?? "", host: hostname() };
  await mkdir(path.dirname(file), { recursive: true });
  const mine = `${file}.${owner.token}`;
  let told = false;
  try {
    await writeFile(mine, JSON.stringify(owner));
    while (!(await linked(mine, file))) {
      options.signal?.throwIfAborted();
      const holder = await ownerOf(file);
      if (holder === undefined || (await isStale(file, holder))) {
        await removeStale(file, holder?.token);
        continue;
      }
      if (!told) options.onWait?.(holder.pid);
      told = true;
      await delay(RETRY_MS, undefined, { signal: options.signal });
    }
    return owner.token;
  } finally {
    await rm(mine, { force: true });
  }
}

/** A hard link appears whole or not at all, with its content. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function ownerOf(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/** Dead owner on this machine; or, for an owner that can not be looked up from here, one that no longer shows that it lives. */
async function isStale(file: string, owner: Owner): Promise<boolean> {
  if (owner.host === hostname()) return processStart(owner.pid) !== owner.started;
  return stat(file).then((s) => Date.now() - s.mtimeMs > STALE_MS, () => true);
}

/** Removes the lock of a dead owner. A second file serializes this, so that nobody removes the lock of the next owner. */
async function removeStale(file: string, token: string | undefined): Promise<void> {
  const guard = `${file}.takeover`;
  try {
    await writeFile(guard, String(process.pid), { flag: "wx" });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    const age = await stat(guard).then((s) => Date.now() - s.mtimeMs, () => 0);
    if (age > STALE_MS) await rm(guard, { force: true });
    await delay(RETRY_MS);
    return;
  }
  try {
    if ((await ownerOf(file))?.token === token) await unlink(file);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  } finally {
    await rm(guard, { force: true });
  }
}
