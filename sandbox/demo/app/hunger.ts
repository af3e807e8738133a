/** Faults that use up what the container may have: processor time by a thread of its own, and memory up to a share of the limit. */
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import type { Faults } from "./faults.ts";

const LOOK_MS = 250;
/** More at once might pass the limit before the next look. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** Works for a share of each tenth of a second, and sleeps for the rest. */
const BURN = `
const share = require("node:worker_threads").workerData;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  const until = performance.now() + share * 100;
  while (performance.now() < until);
  if (share < 1) Atomics.wait(sleeper, 0, 0, (1 - share) * 100);
}`;

/** Does from now on what the faults say. */
export function startHunger(faults: Pick<Faults, "busy" | "full">): void {
  let burner: { share: number; worker: Worker } | undefined;
  const held: Buffer[] = [];
  setInterval(() => {
    if ((burner?.share ?? 0) !== faults.busy) {
      void burner?.worker.terminate();
      burner = faults.busy === 0 ? undefined : { share: faults.busy, worker: new Worker(BURN, { eval: true, workerData: faults.busy }) };
      burner?.worker.unref();
    }
    if (faults.full === 0) release(held);
    else grow(held, faults.full);
  }, LOOK_MS).unref();
}

function grow(held: Buffer[], share: number): void {
  const { limit, used } = memory();
  // Several pieces a look, so that it is full within seconds.
  for (let missing = Math.min(share * limit - used, 4 * PIECE_BYTES); missing > 0; missing -= PIECE_BYTES) held.push(Buffer.alloc(Math.ceil(Math.min(missing, PIECE_BYTES)), 1));
}

function release(held: Buffer[]): void {
  if (held.length === 0) return;
  held.length = 0;
  // Without it the memory goes back when more is needed, which is never.
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

/** The container's own, of either version of control groups; what it uses leaves out files that the kernel may drop, as cAdvisor does. */
function memory(): { limit: number; used: number } {
  const version2 = { limit: "memory.max", used: "memory.current", files: "inactive_file" };
  const version1 = { limit: "memory/memory.limit_in_bytes", used: "memory/memory.usage_in_bytes", files: "total_inactive_file" };
  for (const { limit, used, files } of [version2, version1]) {
    try {
      const stat = read(`${limit.startsWith("memory/") ? "memory/" : ""}memory.stat`);
      const dropped = Number(new RegExp(`^${files} (\\d+)$`, "m").exec(stat)?.[1] ?? 0);
      const bytes = Number(read(limit));
      // Without a limit of the container's own there is nothing to fill but the machine.
      if (bytes < totalmem()) return { limit: bytes, used: Number(read(used)) - dropped };
    } catch {
      // The other version.
    }
  }
  return { limit: 0, used: 0 };
}

function read(name: string): string {
  return readFileSync(`/sys/fs/cgroup/${name}`, "utf8").trim();
}
