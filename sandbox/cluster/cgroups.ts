/** The cgroup below which everything of one cluster's pods is kept, on both versions of cgroups. */
import { mkdir, readFile, readdir, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemCode } from "../errors.ts";

const ROOT = "/sys/fs/cgroup";
/** A cgroup can be removed shortly after its last process is gone. */
const ATTEMPTS = 100;
const PAUSE_MS = 20;

/** Makes the cgroup of this name in every hierarchy, and passes the machine's controllers on to it. */
export async function makeCgroup(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    await mkdir(path.join(hierarchy, name), { recursive: true });
    const controllers = await readFile(path.join(hierarchy, "cgroup.controllers"), "utf8").catch(() => "");
    for (const controller of controllers.trim().split(" ").filter((c) => c !== "")) {
      // Those that a system reserves for itself can not be passed on; the kubelet names what it lacks.
      await writeFile(path.join(hierarchy, "cgroup.subtree_control"), `+${controller}`).catch(() => undefined);
    }
  }
}

/** Removes it with all that is below. Its processes must be gone. */
export async function removeCgroup(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await removeTree(path.join(hierarchy, name));
}

/** One of version 2, or those of version 1, of which some have several names. */
async function hierarchies(): Promise<string[]> {
  const entries = await readdir(ROOT, { withFileTypes: true });
  if (entries.some((e) => e.name === "cgroup.controllers")) return [ROOT];
  return entries.filter((e) => e.isDirectory()).map((e) => path.join(ROOT, e.name));
}

async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(path.join(folder, entry.name));
  for (let attempt = 1; ; attempt++) {
    try {
      return await rmdir(folder);
    } catch (error) {
      if (systemCode(error) === "ENOENT") return;
      if (systemCode(error) !== "EBUSY" || attempt === ATTEMPTS) throw error;
      await delay(PAUSE_MS);
    }
  }
}
