/** Writing small files so that another process never sees half of one. */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Writes the file by rename, only when its content differs; makes its folder. */
export async function writeWhole(file: string, content: string, mode = 0o644): Promise<void> {
  const present = await readFile(file, "utf8").catch(() => undefined);
  if (present === content) return;
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}-${randomUUID()}`;
  try {
    await writeFile(draft, content, { mode });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Quotes a text for a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
