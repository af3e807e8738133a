/** What was made once is kept in the cache under the checksum of what it was made of. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { systemCode, writeError } from "../errors.ts";
import { CACHE_MEND, cacheFolder, cacheSubfolder } from "../engine/cache.ts";
import { withLock } from "../engine/lock.ts";
import { recordSum, verified } from "../engine/sum.ts";

/** An image that nobody used for three days is of an older version of what it was made of. */
const UNUSED_MS = 3 * 24 * 3600 * 1000;

/**
 * Folder that `make` has filled, now or before. It is put in place by one rename, and checked at each use: what is
 * found there is whole. Several processes may ask at once; one of them makes it.
 *
 * @param kind folder of the cache, such as `layers`
 * @param key name that differs where the content would
 * @param file the file whose checksum vouches for the folder
 * @throws UserError when the cache can not be written
 */
export async function stored(kind: string, key: string, file: string, make: (folder: string) => Promise<void>): Promise<string> {
  const shelf = await cacheSubfolder("images", kind);
  const target = path.join(shelf, key);
  if (await isWhole(target, file)) return target;
  try {
    await withLock(`${target}.lock`, async () => {
      // Another process may have finished while this one waited.
      if (await isWhole(target, file)) return;
      await removeUnused(shelf);
      const draft = path.join(shelf, `.making-${process.pid}-${randomUUID()}`);
      try {
        await mkdir(draft);
        await make(draft);
        await recordSum(path.join(draft, file));
        await putInPlace(draft, target);
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    });
  } catch (error) {
    throw writeError(error, "an image", cacheFolder(), CACHE_MEND);
  }
  return target;
}

async function isWhole(folder: string, file: string): Promise<boolean> {
  if (!(await verified(path.join(folder, file)))) return false;
  const now = new Date();
  // A cache that is only readable works too.
  await utimes(folder, now, now).catch(() => undefined);
  return true;
}

async function putInPlace(draft: string, target: string): Promise<void> {
  try {
    await rename(draft, target);
  } catch (error) {
    if (systemCode(error) !== "ENOTEMPTY" && systemCode(error) !== "EEXIST") throw error;
    // What is there failed its check: it goes with the draft's own name.
    const damaged = `${draft}-damaged`;
    await rename(target, damaged);
    await rename(draft, target);
    await rm(damaged, { recursive: true, force: true });
  }
}

async function removeUnused(shelf: string): Promise<void> {
  for (const name of await readdir(shelf)) {
    const folder = path.join(shelf, name);
    const found = await stat(folder).catch(() => undefined);
    if (found === undefined || !found.isDirectory() || Date.now() - found.mtimeMs < UNUSED_MS) continue;
    await rm(folder, { recursive: true, force: true });
  }
}
