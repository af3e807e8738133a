/** The folder of one sandbox, `.golive/runs/<id>`: removed at its end, or by the next run when its process died. */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { writeError } from "../errors.ts";
import { LOCAL_STATE } from "../engine/checkout.ts";
import { processStart } from "../engine/process.ts";

const RUNS = path.join(LOCAL_STATE, "runs");

/** Makes a folder for this process, after removing those of dead ones. */
export async function makeRunFolder(): Promise<string> {
  try {
    await mkdir(RUNS, { recursive: true });
    await removeLeftovers();
    const folder = path.join(RUNS, `${process.pid}-${processStart(process.pid) ?? ""}-${randomBytes(4).toString("hex")}`);
    await mkdir(folder);
    return folder;
  } catch (error) {
    throw writeError(error, "the sandbox's work folder", RUNS, "The checkout must be on a writable disk.");
  }
}

async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(RUNS)) {
    const [, pid, started] = /^(\d+)-([^-]*)-[0-9a-f]+$/.exec(name) ?? [];
    if (pid === undefined || processStart(Number(pid)) === started) continue;
    await rm(path.join(RUNS, name), { recursive: true, force: true });
  }
}
