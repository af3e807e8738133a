/** The plugin that the engine starts: with a host, without one, and when either of them dies. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FAULTS_VARIABLE } from "../../../sandbox/aws/faults.ts";
import { CHECKOUT, NODE } from "../../../sandbox/engine/checkout.ts";
import { processStart } from "../../../sandbox/engine/process.ts";
import { hostFiles } from "../../../sandbox/plugin/files.ts";
import { Hosts } from "../../../sandbox/plugin/hosts.ts";
import { simulatedProviders } from "../../../sandbox/plugin/providers.ts";
import { processesOf } from "../../operations/command.ts";
import { SHIM, createTopic, listening, startHost, startShim, type Shim } from "./plugins.ts";

const PORT = /^\d+\n$/;
const TOPIC = "arn:aws:sns:us-east-1:123456789012:t";
const gone = (pid: number | undefined) => vi.waitFor(() => expect(processStart(pid ?? 0)).toBeUndefined(), { timeout: 10_000, interval: 20 });

let folder: string;
const shims: Shim[] = [];
/** A plugin that does not outlive its test. */
function shim(...args: Parameters<typeof startShim>): Shim {
  const started = startShim(...args);
  shims.push(started);
  return started;
}

beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), "golive-plugin-")); });
afterEach(async () => {
  for (const one of shims.splice(0)) {
    one.kill("SIGKILL");
    await one.ended;
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const PROVIDERS = simulatedProviders({});

describe("without a host", () => {
  it.each(PROVIDERS)("serves %s itself, and prints the port as its first line", async (name) => {
    expect(await shim(name).line).toMatch(PORT);
  });

  it("does so where no host was started, where it died, and where it has nothing to give", async () => {
    expect(await createTopic(await shim("aws", path.join(folder, "no-such-folder")).line)).toBe(TOPIC);

    const host = await startHost("aws", folder);
    host.kill("SIGKILL");
    await once(host, "exit");
    expect(await createTopic(await shim("aws", folder).line)).toBe(TOPIC);

    await rm(hostFiles(folder, "aws").socket);
    const refuses = createServer((socket) => socket.end()).listen(hostFiles(folder, "aws").socket);
    expect(await createTopic(await shim("aws", folder).line)).toBe(TOPIC);
    refuses.close();
  });

  it("does not wait for ever for one that is stuck", async () => {
    const silent = createServer((socket) => socket.resume()).listen(hostFiles(folder, "aws").socket);
    expect(await createTopic(await shim("aws", folder).line)).toBe(TOPIC);
    silent.close();
  });

  it("ends with the process that started it", async () => {
    // The shell starts the plugin, tells its process id, and is then killed: nobody says goodbye to the plugin.
    const shell = spawn("/bin/sh", ["-c", `'${NODE}' '${SHIM}' aws & echo "pid $!"; wait`], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    shell.stdout.on("data", (data: Buffer) => { said += String(data); });
    while (!/pid \d+\n/.test(said) || !/^\d+$/m.test(said)) await once(shell.stdout, "data");
    // Both write to the same pipe, which closes once the plugin has gone as well.
    shell.kill("SIGKILL");
    await once(shell.stdout, "close");
    await gone(Number(/pid (\d+)/.exec(said)?.[1]));
  });
});

describe("with a host", () => {
  it("is served by it, loading nothing, each by a provider of its own", async () => {
    const faults = path.join(folder, "faults.json");
    await writeFile(faults, JSON.stringify([{ operation: "create", times: 1, error: "not yet" }]));
    const host = await startHost("aws", folder, { [FAULTS_VARIABLE]: faults });
    // The plugin's own environment has no faults: those that strike come from the host.
    const [one, two] = [shim("aws", folder), shim("aws", folder)];
    const ports = [await one.line, await two.line];
    expect(new Set(ports).size).toBe(2);
    for (const port of ports) expect(await createTopic(port)).toBe("not yet");
    for (const port of ports) expect(await createTopic(port)).toBe(TOPIC);

    one.kill("SIGKILL");
    await vi.waitFor(async () => expect(await createTopic(ports[0] ?? "")).toContain("ECONNREFUSED"), { timeout: 10_000 });
    // The other one is still there, and remembers.
    expect(await createTopic(ports[1] ?? "")).toContain("already exist");
    host.kill();
  });

  it.each<NodeJS.Signals>(["SIGINT", "SIGTERM"])("ends in order by %s", async (signal) => {
    const host = await startHost("aws", folder);
    const one = shim("aws", folder);
    expect(await one.line).toMatch(PORT);
    one.kill(signal);
    expect(await one.ended).toEqual({ code: 0, stderr: "" });
    host.kill();
  });

  it("ends with code 1 when the host crashes, and passes on why", async () => {
    const host = await startHost("aws", folder);
    const one = shim("aws", folder);
    expect(await one.line).toMatch(PORT);
    await appendFile(hostFiles(folder, "aws").log, "RangeError: out of numbers\n");
    host.kill("SIGKILL");
    const { code, stderr } = await one.ended;
    expect(code).toBe(1);
    expect(stderr).toContain("aws provider ended unexpectedly");
    expect(stderr).toContain("RangeError: out of numbers");
  });
});

it.each(["with", "without"])("does not start with a list of faults that it can not use, %s a host", async (how) => {
  const file = path.join(folder, "faults.json");
  await writeFile(file, "[{\"operation\": \"explode\"}]");
  const env = { [FAULTS_VARIABLE]: file };
  const host = how === "with" ? await startHost("aws", folder, env) : undefined;
  const { code, stderr } = await shim("aws", folder, env).ended;
  expect(code).toBe(1);
  expect(stderr).toContain(file);
  expect(stderr).not.toContain("at async");
  host?.kill();
});

describe("hosts", () => {
  const hosts = async (): Promise<string[]> => (await processesOf(folder)).filter((command) => command.includes("host.ts"));

  it("are one a provider, and end when they are stopped", async () => {
    const started = new Hosts(folder, process.env);
    for (const name of PROVIDERS) await listening(name, folder);
    expect(await hosts()).toHaveLength(PROVIDERS.length);
    await started.stop();
    expect(await hosts()).toEqual([]);
    await started.stop();
  });

  it("outlive the process that started them for as long as a plugin needs them", async () => {
    const program = `import { Hosts } from ${JSON.stringify(path.join(CHECKOUT, "sandbox/plugin/hosts.ts"))}; new Hosts(${JSON.stringify(folder)}, process.env); setInterval(() => {}, 1000);`;
    const parent = spawn(NODE, ["--input-type=module", "-e", program], { stdio: "ignore" });
    for (const name of PROVIDERS) await listening(name, folder);
    const one = shim("aws", folder);
    const port = await one.line;
    parent.kill("SIGKILL");
    // The one that nobody uses goes at once.
    await vi.waitFor(async () => expect((await hosts()).map((command) => / aws /.test(command))).toEqual([true]), { timeout: 10_000 });
    expect(await createTopic(port)).toBe(TOPIC);
    one.kill("SIGKILL");
    await vi.waitFor(async () => expect(await hosts()).toEqual([]), { timeout: 10_000 });
  });
});
