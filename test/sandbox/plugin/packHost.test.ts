/** A policy pack that is loaded before the engine asks for it: lent to one run, and gone with it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { borrow } from "../../../sandbox/plugin/borrow.ts";
import { listenAt, packLog, packSocket } from "../../../sandbox/plugin/files.ts";
import { Hosts } from "../../../sandbox/plugin/hosts.ts";
import { processesOf } from "../../operations/command.ts";

/** A busy machine may take long to load a pack, which the engine would not wait for. */
const PATIENT_MS = 15_000;

let folder: string;
let hosts: Hosts;

/** A pack that prints a port, as the SDK does, and then whatever else it has to say. */
async function pack(name: string, code: string, main = "start.js"): Promise<string> {
  const at = path.join(folder, name);
  await mkdir(at, { recursive: true });
  await writeFile(path.join(at, "package.json"), JSON.stringify({ type: "module", main }));
  await writeFile(path.join(at, main), code);
  return at;
}

const packs = async (): Promise<string[]> => (await processesOf(folder)).filter((command) => command.includes("packHost.ts"));
const listening = (socket: string) => vi.waitFor(() => { if (!existsSync(socket)) throw new Error("nothing listens"); }, { timeout: 10_000, interval: 20 });

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golive-pack-"));
  hosts = new Hosts(folder, process.env);
});
afterEach(async () => {
  await hosts.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const SERVES = "console.log('4711'); console.log('judging'); setInterval(() => {}, 1000);";

it("is lent to one run of the engine, and ends with it", async () => {
  const socket = packSocket(folder, await pack("lean", SERVES));
  hosts.lendPacks([path.join(folder, "lean")]);
  await listening(socket);
  const borrowed = await borrow(socket, PATIENT_MS);
  expect(String(borrowed?.line)).toBe("4711\n");
  expect(await borrow(socket)).toBeUndefined();
  expect(await packs()).toHaveLength(1);
  borrowed?.host.destroy();
  await vi.waitFor(async () => expect(await packs()).toEqual([]), { timeout: 10_000 });
});

it("is loaded anew for the next run", async () => {
  const lean = await pack("lean", SERVES);
  const socket = packSocket(folder, lean);
  for (let run = 0; run < 2; run += 1) {
    hosts.lendPacks([lean]);
    await listening(socket);
    const borrowed = await borrow(socket, PATIENT_MS);
    expect(String(borrowed?.line)).toBe("4711\n");
    borrowed?.host.destroy();
    await vi.waitFor(async () => expect(await packs()).toEqual([]), { timeout: 10_000 });
  }
});

it("ends unasked when nobody needs it any more", async () => {
  hosts.lendPacks([await pack("lean", SERVES)]);
  await listening(packSocket(folder, path.join(folder, "lean")));
  await hosts.stop();
  expect(await packs()).toEqual([]);
});

it("has its socket's name no earlier than it listens", async () => {
  const socket = path.join(folder, "early.sock");
  const server = createServer((borrower) => borrower.end("4711\n"));
  const bind = vi.spyOn(server, "listen");
  listenAt(server, socket);
  expect(bind).not.toHaveBeenCalledWith(socket);
  expect(existsSync(socket)).toBe(true);
  expect(String((await borrow(socket))?.line)).toBe("4711\n");
  server.close();
});

it("that is broken is lent to nobody, and says why where it may be read", async () => {
  const socket = packSocket(folder, await pack("broken", "throw new Error('out of rules');"));
  hosts.lendPacks([path.join(folder, "broken")]);
  await listening(socket);
  expect(await borrow(socket)).toBeUndefined();
  expect(await readFile(packLog(socket), "utf8")).toContain("out of rules");
});

it("that a compiler must see first, or that is none, is left to the engine", async () => {
  const compiled = await pack("compiled", "", "index.ts");
  await mkdir(path.join(folder, "none"));
  hosts.lendPacks([compiled, path.join(folder, "none"), path.join(folder, "nowhere")]);
  expect(await packs()).toEqual([]);
});
