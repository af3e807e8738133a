import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { cleanLeftovers, ownFolder, recordChildren } from "../../sandbox/cluster/leftovers.ts";
import { processStart } from "../../sandbox/engine/process.ts";

it("ends the servers of a run that crashed, and touches nothing of one that lives", async () => {
  const own = await ownFolder();
  const orphan = spawn("sleep", ["300"]);
  const kept = spawn("sleep", ["300"]);
  const crashed = await mkdtemp(path.join(tmpdir(), "golive-apiserver-"));
  try {
    await recordChildren(own, [kept.pid ?? 0]);
    const children = [
      { pid: orphan.pid, started: processStart(orphan.pid ?? 0) },
      // The same id, but of a process that started at another time: not ours to end.
      { pid: kept.pid, started: "1" },
    ];
    await writeFile(path.join(crashed, "processes.json"), JSON.stringify({ owner: { pid: process.pid, started: "1" }, children }));
    const ended = once(orphan, "exit");
    await cleanLeftovers();
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(kept.exitCode ?? kept.signalCode).toBeNull();
    expect([existsSync(crashed), existsSync(own)]).toEqual([false, true]);
  } finally {
    kept.kill();
    orphan.kill();
    await rm(own, { recursive: true, force: true });
    await rm(crashed, { recursive: true, force: true });
  }
});

it.each(["demo", "load", "stage"] as const)("removes the folder of a %s whose process was killed, and leaves that of one that runs", async (kind) => {
  const own = await ownFolder(kind);
  const crashed = await ownFolder(kind);
  try {
    await writeFile(path.join(crashed, "processes.json"), JSON.stringify({ owner: { pid: process.pid, started: "1" }, children: [] }));
    await cleanLeftovers();
    expect([existsSync(crashed), existsSync(own)]).toEqual([false, true]);
  } finally {
    await rm(own, { recursive: true, force: true });
    await rm(crashed, { recursive: true, force: true });
  }
});

it.runIf(process.getuid?.() === 0)("believes no folder that another user made", async () => {
  const victim = spawn("sleep", ["300"]);
  const foreign = await mkdtemp(path.join(tmpdir(), "golive-cluster-"));
  try {
    await writeFile(path.join(foreign, "processes.json"), JSON.stringify({ owner: { pid: process.pid, started: "1" }, children: [{ pid: victim.pid, started: processStart(victim.pid ?? 0) }], link: "lo", cgroup: "" }));
    await chown(foreign, 65_534, 65_534);
    await cleanLeftovers();
    expect(victim.exitCode ?? victim.signalCode).toBeNull();
    expect(existsSync(foreign)).toBe(true);
  } finally {
    victim.kill();
    await rm(foreign, { recursive: true, force: true });
  }
});
