/** The plugin as a process: it tells its port, soon, and refuses a start that can not work. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { NODE } from "../../../sandbox/engine/checkout.ts";
import { processStart } from "../../../sandbox/engine/process.ts";

const MAIN = path.resolve(import.meta.dirname, "../../../sandbox/aws/main.ts");

describe("the plugin", () => {
  it("prints the port that it listens on as its first line", async () => {
    const plugin = spawn(NODE, [MAIN], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [line] = await once(plugin.stdout, "data") as [Buffer];
      expect(String(line)).toMatch(/^\d+\n$/);
      const socket = connect(Number(String(line)), "127.0.0.1");
      await once(socket, "connect");
      socket.destroy();
    } finally {
      plugin.kill();
      await once(plugin, "exit");
    }
  });

  it("ends with the process that started it", async () => {
    // The shell starts the plugin, tells its process id, and is then killed: nobody says goodbye to the plugin.
    const shell = spawn("/bin/sh", ["-c", `'${NODE}' '${MAIN}' & echo "pid $!"; wait`], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    shell.stdout.on("data", (data: Buffer) => { said += String(data); });
    while (!/pid \d+\n/.test(said) || !/^\d+$/m.test(said)) await once(shell.stdout, "data");
    // Both write to the same pipe, which closes once the plugin has gone as well.
    shell.kill("SIGKILL");
    await once(shell.stdout, "close");
    const pid = Number(/pid (\d+)/.exec(said)?.[1]);
    expect(pid).toBeGreaterThan(1);
    // Its files are closed a moment before its entry in the process table is gone.
    await vi.waitFor(() => expect(processStart(pid)).toBeUndefined(), { timeout: 10_000, interval: 20 });
  });

  it("does not start with a list of faults that it can not use", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "golive-main-"));
    const file = path.join(folder, "faults.json");
    try {
      await writeFile(file, "[{\"operation\": \"explode\"}]");
      const plugin = spawn(NODE, [MAIN], { env: { ...process.env, GOLIVE_SANDBOX_FAULTS: file }, stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      plugin.stderr.on("data", (data: Buffer) => { said += String(data); });
      const [code] = await once(plugin, "exit") as [number];
      expect(code).toBe(1);
      expect(said).toContain(file);
      expect(said).not.toContain("at async");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
