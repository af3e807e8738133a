/** Where built tools are kept: a folder outside the repository, shared by every checkout of the user. */
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { writeError } from "../errors.ts";

/** What to do when the cache folder can not be used; part of several messages. */
export const CACHE_MEND = "Or name another folder: GOLIVE_CACHE=/some/folder (about 4 GB while building, 0.2 GB after).";

/** `$GOLIVE_CACHE`, else `$XDG_CACHE_HOME/golive`, else `~/.cache/golive`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["GOLIVE_CACHE"]) return path.resolve(env["GOLIVE_CACHE"]);
  return path.join(env["XDG_CACHE_HOME"] || path.join(env["HOME"] || homedir(), ".cache"), "golive");
}

/** Makes a folder of the cache; a folder that can not be made is one clear message. */
export async function cacheSubfolder(...parts: string[]): Promise<string> {
  const folder = path.join(cacheFolder(), ...parts);
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw writeError(error, "the cache", folder, CACHE_MEND);
  }
}
