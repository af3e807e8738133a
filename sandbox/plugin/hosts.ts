/** Starts the hosts of the simulated providers, so that they load while the engine and the program do. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { Socket } from "node:net";
import path from "node:path";
import { NODE } from "../engine/checkout.ts";
import { hostFiles } from "./files.ts";

/** The simulated providers, each in a folder `sandbox/<name>`. */
export const PROVIDERS = ["aws", "kubernetes"] as const;

/** How long to wait for hosts whose engine is still busy ending. */
const END_MS = 2000;

export class Hosts {
  readonly #processes: ChildProcess[];

  /**
   * Starts them and does not wait: without a host a plugin serves its provider itself.
   *
   * @param folder where their sockets will be
   * @param env the environment of the engine's plugins
   */
  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#processes = PROVIDERS.map((name) => start(name, folder, env));
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

function start(name: string, folder: string, env: NodeJS.ProcessEnv): ChildProcess {
  // A file, which can still be written to, and read by the shims, when this process is gone.
  const log = openSync(hostFiles(folder, name).log, "w");
  try {
    const args = ["--disable-warning=ExperimentalWarning", path.join(import.meta.dirname, "host.ts"), name, folder];
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
