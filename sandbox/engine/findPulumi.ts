/** Finds a Pulumi CLI on this machine that is recent enough. */
import { execFile } from "node:child_process";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";
import { LOCAL_STATE } from "./checkout.ts";
import { writeWhole } from "./files.ts";

/** From this version on a failing after-hook fails the update (SANDBOX.md, "Engine"). */
export const OLDEST_PULUMI = "3.238.0";

export interface FoundPulumi {
  file: string;
  /** With its `v`, such as `v3.257.0`. */
  version: string;
}

/** `GOLIVE_PULUMI`, when set; else `pulumi` on PATH; else nothing. A CLI without its language host gets ours. */
export async function findPulumi(env: NodeJS.ProcessEnv = process.env): Promise<FoundPulumi | undefined> {
  const named = env["GOLIVE_PULUMI"];
  if (named) return namedPulumi(path.resolve(named));
  const file = onPath("pulumi", env);
  if (file === undefined) return undefined;
  const version = await versionOf(file).catch(() => undefined);
  if (version === undefined || !isRecent(version)) return undefined;
  return { file, version };
}

async function namedPulumi(file: string): Promise<FoundPulumi> {
  const mend = "Let GOLIVE_PULUMI name a Pulumi CLI of this machine, or unset it to have one built.";
  if (!isExecutable(file)) throw new UserError(`GOLIVE_PULUMI names ${file}, which is not an executable file.`, mend);
  let version: string;
  try {
    version = await versionOf(file);
  } catch (error) {
    throw new UserError(`GOLIVE_PULUMI names ${file}, which does not run: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`, mend, 1, { cause: error });
  }
  if (!isRecent(version)) throw new UserError(`GOLIVE_PULUMI names Pulumi ${version}; ${OLDEST_PULUMI} or newer is needed.`, mend);
  return { file, version };
}

/** The first executable of that name on PATH. Our own wrappers, which live in `.golive`, do not count. */
function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => folder !== "" && !path.resolve(folder).startsWith(`${LOCAL_STATE}${path.sep}`))
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Starting the CLI takes up to half a second: its answer is kept as long as the file stays the same. */
async function versionOf(file: string): Promise<string> {
  const memory = path.join(LOCAL_STATE, "pulumi-version.json");
  const { size, mtimeMs } = statSync(file);
  const key = `${file}:${size}:${mtimeMs}`;
  const known = remembered(memory);
  if (known?.key === key) return known.version;
  const { stdout } = await promisify(execFile)(file, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" }, timeout: 60_000 });
  const version = stdout.trim();
  if (!/^v\d+\.\d+\.\d+/.test(version)) throw new Error(`its version is not understood: ${version.slice(0, 80)}`);
  await writeWhole(memory, JSON.stringify({ key, version }));
  return version;
}

function remembered(file: string): { key: string; version: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { key: string; version: string };
  } catch {
    return undefined;
  }
}

/** Whether the version (`v3.257.0`) is at least the oldest that serves. */
export function isRecent(version: string): boolean {
  const numbers = (text: string): number[] => text.replace(/^v/, "").split(/[.+-]/).slice(0, 3).map(Number);
  const [have, need] = [numbers(version), numbers(OLDEST_PULUMI)];
  const differs = [0, 1, 2].find((i) => have[i] !== need[i]);
  return differs === undefined || (have[differs] ?? 0) > (need[differs] ?? 0);
}
