/**
 * Builds a program from Go modules, once, into the user's cache.
 *
 * Every download is checked against Go's checksum database, and against the sums committed beside this file
 * where a spec names some. What Go has downloaded and compiled stays in Go's own caches, so an interrupted
 * build goes on where it stopped. A finished program is moved into place by one rename: nothing half-written
 * is ever used.
 */
import { createHash, randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError, systemCode, writeError } from "../errors.ts";
import { CACHE_MEND, cacheFolder, cacheSubfolder } from "./cache.ts";
import { runGoBuild } from "./goBuild.ts";
import { withLock } from "./lock.ts";
import { recordSum, verified } from "./sum.ts";

/** One program. Two specs that differ in anything are kept side by side. */
export interface GoToolSpec {
  /** File name of the program, such as `pulumi`. */
  name: string;
  /** Version of the module, with its `v`. */
  version: string;
  /** Module path, such as `github.com/pulumi/pulumi/pkg/v3`. */
  module: string;
  /** Import path of the main package. */
  package: string;
  /** Replaced modules: path to `path version`, or to `path@version`. */
  replaces?: Record<string, string>;
  /** Passed to the linker, one argument an element. */
  ldflags?: string[];
  /** Name of a committed go.sum in `sums/` beside this file (`pulumi.sum`), or an absolute path. */
  sumsFile?: string;
  /**
   * Absolute path of a folder with a program of our own: its sources, go.mod and go.sum, which take the place of
   * `replaces` and `sumsFile`. The program is built anew when one of the files has changed.
   */
  source?: string;
}

export interface GoToolOptions {
  /** Told what happens, as single lines, at most every few seconds. */
  progress?: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Path of the program, built first when the cache does not hold it.
 *
 * @throws UserError when it can not be built: no Go, Go too old, no network, disk full, cache not writable
 */
export async function ensureGoTool(spec: GoToolSpec, options: GoToolOptions = {}): Promise<string> {
  const [file] = await ensureGoTools([spec], options);
  return file ?? toolFile(spec);
}

/**
 * The same for several programs, in their order. Programs of one module (same version, replacements, linker
 * flags) are built by one call of `go build`, which shares their work; different modules are built at once.
 */
export async function ensureGoTools(specs: GoToolSpec[], options: GoToolOptions = {}): Promise<string[]> {
  const groups = Map.groupBy(specs, buildHash);
  // Settled, not all: when one fails, the others must be over before the caller goes on or ends.
  const done = await Promise.allSettled([...groups].map(([hash, group]) => ensureGroup(hash, group, options)));
  for (const result of done) if (result.status === "rejected") throw result.reason;
  return specs.map(toolFile);
}

/** Where the program is, or will be once built. */
export function toolFile(spec: GoToolSpec): string {
  return path.join(toolFolder(spec), "bin", spec.name);
}

/** Whether the cache holds the program, intact. */
export function hasGoTool(spec: GoToolSpec): Promise<boolean> {
  return verified(toolFile(spec));
}

function toolFolder(spec: GoToolSpec): string {
  return path.join(cacheFolder(), "tools", `${spec.name}-${spec.version}-${hashOf([buildHash(spec), spec.name, spec.package])}`);
}

/** What programs must share to be built by one call. */
function buildHash(spec: GoToolSpec): string {
  return hashOf([spec.module, spec.version, Object.entries(spec.replaces ?? {}).sort(), spec.ldflags ?? [], spec.sumsFile ?? "", process.platform, process.arch, ...sourcesOf(spec)]);
}

/** Names and texts of a program of our own; it has no folders. */
function sourcesOf({ source }: GoToolSpec): [name: string, text: string][] {
  return source === undefined ? [] : readdirSync(source).sort().map((name) => [name, readFileSync(path.join(source, name), "utf8")]);
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}

async function missing(specs: GoToolSpec[]): Promise<GoToolSpec[]> {
  const present = await Promise.all(specs.map(hasGoTool));
  return specs.filter((_, i) => present[i] !== true);
}

async function ensureGroup(hash: string, specs: GoToolSpec[], options: GoToolOptions): Promise<void> {
  if ((await missing(specs)).length === 0) return;
  const work = await cacheSubfolder("work", hash);
  await cacheSubfolder("tools");
  const names = specs.map((s) => s.name).join(", ");
  try {
    await withLock(
      `${work}.lock`,
      async () => {
        // Another process may have finished while this one waited.
        const left = await missing(specs);
        if (left.length > 0) await build(left, work, options);
      },
      { signal: options.signal, onWait: (pid) => options.progress?.(`${names}: process ${pid} is building it already, waiting`) },
    );
  } catch (error) {
    throw writeError(error, names, cacheFolder(), CACHE_MEND);
  }
}

async function build(specs: GoToolSpec[], work: string, options: GoToolOptions): Promise<void> {
  await writeModule(specs, work);
  // Beside the final place, so that the move is a rename within one file system.
  const staging = path.join(cacheFolder(), "tools", `.building-${process.pid}-${randomUUID()}`);
  try {
    await mkdir(staging, { recursive: true });
    await runGoBuild(specs, work, staging, options);
    for (const spec of specs) await install(spec, path.join(staging, spec.name), staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** A module of our own that asks for the tools and nothing else: versions follow from the tool's own go.mod. */
async function writeModule(specs: GoToolSpec[], work: string): Promise<void> {
  const [first] = specs;
  if (first === undefined) return;
  if (first.source !== undefined) {
    await cp(first.source, work, { recursive: true });
    return;
  }
  const lines = [
    "module golive.local/tools",
    "",
    "go 1.24",
    "",
    ...specs.map((s) => `tool ${s.package}`),
    "",
    `require ${first.module} ${first.version}`,
    "",
    ...Object.entries(first.replaces ?? {}).map(([from, to]) => `replace ${from} => ${to.replace("@", " ")}`),
    "",
  ];
  await writeFile(path.join(work, "go.mod"), lines.join("\n"));
  // Go adds sums that are not listed yet, after asking its checksum database, and refuses those that differ.
  await writeFile(path.join(work, "go.sum"), first.sumsFile === undefined ? "" : await readSums(first.sumsFile));
}

async function readSums(name: string): Promise<string> {
  const file = path.isAbsolute(name) ? name : path.join(import.meta.dirname, "sums", name);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`The checksums of a tool can not be read: ${file}.`, "The checkout is incomplete: restore the file from the repository.", 1, { cause: error });
  }
}

async function install(spec: GoToolSpec, built: string, staging: string): Promise<void> {
  const ready = path.join(staging, `ready-${spec.name}`);
  await mkdir(path.join(ready, "bin"), { recursive: true });
  await rename(built, path.join(ready, "bin", spec.name));
  await recordSum(path.join(ready, "bin", spec.name));
  const target = toolFolder(spec);
  try {
    await rename(ready, target);
  } catch (error) {
    if (systemCode(error) !== "ENOTEMPTY" && systemCode(error) !== "EEXIST") throw error;
    // What is there failed its check (or it would not have been built anew): set it aside, then replace it.
    await rename(target, path.join(staging, `damaged-${spec.name}`));
    await rename(ready, target);
  }
}
