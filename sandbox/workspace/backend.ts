/**
 * Where a sandbox keeps state: a file backend, with the stack already in it.
 *
 * `pulumi stack init` takes a second or two, so it is done once for a project and stack; every later sandbox
 * starts from a copy of what the engine wrote.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { UserError, systemCode, writeError } from "../errors.ts";
import { LOCAL_STATE } from "../engine/checkout.ts";
import { sealed, type Engine } from "../engine/engine.ts";
import { withLock } from "../engine/lock.ts";
import { processStart } from "../engine/process.ts";

export interface StackPlace {
  project: string;
  stack: string;
  /** Folder with Pulumi.yaml and the stack file. */
  workDir: string;
}

/** Makes sure that the state folder holds the stack; state that is there already stays as it is. */
export async function prepareBackend(engine: Engine, place: StackPlace, stateDir: string): Promise<void> {
  if (await exists(checkpoint(stateDir, place))) return removeDeadLocks(stateDir, place);
  const template = path.join(LOCAL_STATE, "home", "backends", `${engine.version}-${place.project}-${place.stack}`);
  try {
    await mkdir(stateDir, { recursive: true });
    if (!(await exists(template))) await withLock(`${template}.lock`, () => makeTemplate(engine, place, template));
    // Without overwriting: a second sandbox on the same folder may have begun to write state.
    await cp(template, stateDir, { recursive: true, force: false, errorOnExist: false });
  } catch (error) {
    throw writeError(error, "the sandbox's state", stateDir, "Or choose another state folder.");
  }
}

/**
 * Removes the locks of engines that were killed; without it, state that is whole could not be used again.
 * The engine writes process and host into each (pulumi/pkg, backend/diy/lock.go). Those of live processes stay.
 */
async function removeDeadLocks(stateDir: string, place: StackPlace): Promise<void> {
  const folder = path.join(stateDir, ".pulumi", "locks", "organization", place.project, place.stack);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith(".json")) continue;
    const file = path.join(folder, name);
    const owner = await lockOwner(file);
    if (owner?.hostname !== hostname() || processStart(owner.pid) !== undefined) continue;
    for (const part of [file, `${file}.attrs`]) await rm(part, { force: true });
  }
}

async function lockOwner(file: string): Promise<{ pid: number; hostname: string } | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as { pid: number; hostname: string };
  } catch {
    return undefined;
  }
}

/** The URL by which the engine names a state folder. */
export function backendUrl(stateDir: string): string {
  return `file://${stateDir}`;
}

function checkpoint(stateDir: string, place: StackPlace): string {
  return path.join(stateDir, ".pulumi", "stacks", place.project, `${place.stack}.json`);
}

async function makeTemplate(engine: Engine, place: StackPlace, template: string): Promise<void> {
  if (await exists(template)) return;
  const draft = `${template}.${process.pid}-${randomUUID()}`;
  try {
    await mkdir(draft, { recursive: true });
    const env = sealed({ ...engine.env, PULUMI_BACKEND_URL: backendUrl(draft) });
    const args = ["stack", "init", place.stack, "--no-select", "--secrets-provider", "passphrase", "--non-interactive"];
    await promisify(execFile)(engine.pulumi, args, { cwd: place.workDir, env: { ...process.env, ...env }, timeout: 120_000 });
    await rename(draft, template);
  } catch (error) {
    if (systemCode(error) === "ENOTEMPTY") return;
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    if (said === "") throw error;
    throw new UserError(`The engine could not prepare a state folder for stack "${place.stack}".`, said, 1, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(() => true, () => false);
}
