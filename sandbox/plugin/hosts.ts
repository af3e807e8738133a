/** Starts the hosts of the simulated providers, so that they load while the engine and the program do. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import path from "node:path";
import { NODE } from "../engine/checkout.ts";
import { isLean } from "../engine/packLoader.ts";
import { hostFiles, packLog, packSocket } from "./files.ts";
import { simulatedProviders } from "./providers.ts";

const HOST = path.join(import.meta.dirname, "host.ts");
const PACK_HOST = path.join(import.meta.dirname, "packHost.ts");

/** How long to wait for hosts whose engine is still busy ending. */
const END_MS = 2000;

export class Hosts {
  readonly #processes: ChildProcess[];
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  /**
   * Starts them and does not wait: without a host a plugin serves its provider itself.
   *
   * @param folder where their sockets will be
   * @param env the environment of the engine's plugins
   */
  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#processes = simulatedProviders().map((name) => start([HOST, name, folder], hostFiles(folder, name).log, env));
    this.#folder = folder;
    this.#env = env;
  }

  /** Loads policy packs for one run of the engine; those that a compiler must see first are left to the engine. */
  lendPacks(packs: readonly string[]): void {
    for (const pack of packs.filter(isLent)) {
      const socket = packSocket(this.#folder, pack);
      // Of the run before.
      rmSync(socket, { force: true });
      this.#processes.push(start([PACK_HOST, pack, socket], packLog(socket), this.#env));
    }
  }

  /** Ends them, as soon as no engine uses them any more; waits for that, but not for long. */
  async stop(): Promise<void> {
    const signal = AbortSignal.timeout(END_MS);
    const running = this.#processes.filter((host) => host.pid !== undefined && host.exitCode === null && host.signalCode === null);
    await Promise.all(running.map(async (host) => {
      host.ref();
      host.stdin?.destroy();
      await once(host, "exit", { signal }).catch(() => host.unref());
    }));
  }
}

/** What is wrong with a pack, the engine tells. */
function isLent(pack: string): boolean {
  try {
    return isLean(pack);
  } catch {
    return false;
  }
}

function start(command: readonly string[], logFile: string, env: NodeJS.ProcessEnv): ChildProcess {
  // A file, which can still be written to, and read by the shims, when this process is gone.
  const log = openSync(logFile, "w");
  try {
    // What they work on is soon garbage: with room for more of it less is copied (a tenth of a pack's processor time).
    const args = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=16", ...command];
    // A group of its own: Ctrl-C is for the engine, which then still needs its providers in order to end well.
    const host = spawn(NODE, args, { env, detached: true, stdio: ["pipe", "ignore", log] });
    host.on("error", () => undefined);
    host.unref();
    host.stdin?.on("error", () => undefined);
    if (host.stdin instanceof Socket) host.stdin.unref();
    return host;
  } finally {
    closeSync(log);
  }
}
