/** Brings programs of this machine into a root file system, with the libraries that they load. */
import { execFile } from "node:child_process";
import { lstat, open, readlink, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";
import type { RootFs } from "./rootFs.ts";

const run = promisify(execFile);
/** Files for one call of ldd: far below the kernel's limit for arguments, few enough for progress of the whole. */
const BATCH = 200;
const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/** Adds a file or link under its own path; what a link leads to comes too. Directories and what is not there are left out. */
export async function addFromMachine(fs: RootFs, file: string): Promise<void> {
  const at = await realPlace(file);
  if (at === undefined || fs.has(at)) return;
  const found = await lstat(at).catch(() => undefined);
  if (found?.isSymbolicLink() === true) {
    const target = await readlink(at);
    fs.link(at, target);
    await addFromMachine(fs, path.resolve(path.dirname(at), target));
  } else if (found?.isFile() === true) {
    await fs.copy(at, at);
  }
}

/**
 * Adds a program and its libraries.
 *
 * @throws UserError when this machine does not have it
 */
export async function addProgram(fs: RootFs, file: string): Promise<void> {
  await addFromMachine(fs, file);
  if ((await stat(file).catch(() => undefined))?.isFile() !== true) {
    throw new UserError(`An image can not be made: ${file} is missing on this machine.`, `Install the package that has it: apt-get install ${path.basename(file)}`);
  }
  await addLibraries(fs, [file]);
}

/**
 * Adds every library that the programs and libraries among the files load, and those that these load.
 *
 * @throws UserError when one is missing on this machine
 */
export async function addLibraries(fs: RootFs, files: readonly string[]): Promise<void> {
  const binaries: string[] = [];
  for (const file of files) if (await isElf(file)) binaries.push(file);
  const libraries = new Set<string>();
  for (let at = 0; at < binaries.length; at += BATCH) {
    for (const library of await linked(binaries.slice(at, at + BATCH))) libraries.add(library);
  }
  for (const library of [...libraries].sort()) await addFromMachine(fs, library);
}

/** Paths of libraries and of the loader, as the loader itself finds them (ldd(1)). */
async function linked(files: readonly string[]): Promise<string[]> {
  // For a static program ldd fails and says so; what it says of the others is right all the same.
  const text = await run("ldd", [...files], { env: { ...process.env, LC_ALL: "C" }, maxBuffer: 1 << 26 }).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error instanceof Error && "stdout" in error && typeof error.stdout === "string" ? error.stdout : ""),
  );
  const missing = /^\s*(\S+) => not found$/m.exec(text);
  if (missing !== null) throw new UserError(`An image can not be made: the library ${missing[1] ?? ""} is missing on this machine.`, `It is needed by one of: ${files.slice(0, 5).join(", ")}. Install its package again.`);
  return [...text.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map((match) => match[1] ?? "");
}

/** The path with every link among its folders resolved, its own name as it is. */
async function realPlace(file: string): Promise<string | undefined> {
  const folder = await realpath(path.dirname(file)).catch(() => undefined);
  return folder === undefined ? undefined : path.join(folder, path.basename(file));
}

async function isElf(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    // A link among a package's files may lead to a directory.
    if (!(await handle.stat()).isFile()) return false;
    const { buffer } = await handle.read(Buffer.alloc(ELF.length), 0, ELF.length, 0);
    return buffer.equals(ELF);
  } finally {
    await handle.close();
  }
}
