/**
 * A process that has a provider loaded before the engine asks for it. Each shim that connects gets a server of its own,
 * which ends with the connection. The host ends when the process that started it is gone, be it by kill -9, and no
 * shim is connected: an engine that goes on keeps its providers.
 *
 * Started as `host.ts NAME FOLDER`, with a pipe as its standard input that closes when nobody needs the host any more.
 */
import { createServer, type Socket } from "node:net";
import { hostFiles, listenAt } from "./files.ts";
import type { Serve } from "./listen.ts";

const [name = "", folder = ""] = process.argv.slice(2);
const shims = new Set<Socket>();
let dismissed = false;

async function lend(shim: Socket): Promise<void> {
  const served = await (await main).serve();
  shim.once("close", () => served.stop());
  if (shim.destroyed) served.stop();
  else shim.write(`${served.port}\n`);
}

function endWhenDone(): void {
  if (dismissed && shims.size === 0) process.exit(0);
}

const listener = createServer((shim) => {
  shims.add(shim);
  // The shim was killed: a close follows.
  shim.on("error", () => undefined);
  shim.once("close", () => {
    shims.delete(shim);
    endWhenDone();
  });
  // What the shim then meets when it serves the provider itself, it tells the engine.
  lend(shim).catch(() => shim.destroy());
});

process.stdin.resume().once("close", () => {
  dismissed = true;
  endWhenDone();
});
// Before the provider is loaded, so that a shim which comes early waits rather than loads it a second time.
listenAt(listener, hostFiles(folder, name).socket);
const main = import(`../${name}/main.ts`) as Promise<{ serve: Serve }>;
await main;
