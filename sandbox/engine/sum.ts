/** The recorded checksum of a built program, and its check at every use. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

interface Sum {
  sha256: string;
  size: number;
  mtimeMs: number;
}

/** Writes `<file>.sum.json` beside a finished program. */
export async function recordSum(file: string): Promise<void> {
  const { size, mtimeMs } = await stat(file);
  await writeSum(file, { sha256: await sha256(file), size, mtimeMs });
}

/**
 * Whether the file is the one that was recorded. Size and time answer at once; a file with another time (a
 * copied cache) is read in full and, when it is the same, remembered with its new time.
 */
export async function verified(file: string): Promise<boolean> {
  let sum: Sum;
  try {
    sum = JSON.parse(await readFile(sumFile(file), "utf8")) as Sum;
    const { size, mtimeMs } = await stat(file);
    if (size !== sum.size) return false;
    if (mtimeMs === sum.mtimeMs) return true;
    if ((await sha256(file)) !== sum.sha256) return false;
    // A cache that is only readable works too, merely slower.
    await writeSum(file, { ...sum, mtimeMs }).catch(() => undefined);
    return true;
  } catch {
    return false;
  }
}

function sumFile(file: string): string {
  return `${file}.sum.json`;
}

async function writeSum(file: string, sum: Sum): Promise<void> {
  const draft = `${sumFile(file)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(sum)}\n`);
  await rename(draft, sumFile(file));
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
