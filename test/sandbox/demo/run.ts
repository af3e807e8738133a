/** Starts the demo application, and what stands between it and its clients in a cluster. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";

const APP = path.join(import.meta.dirname, "../../../sandbox/demo/app");

export interface Line {
  level: string;
  message: string;
  port?: number;
  adminPort?: number;
  requests?: number;
}

export interface RunningApp {
  url: string;
  admin: string;
  port: number;
  process: ChildProcess;
  lines: Line[];
  /** Sends SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
  exited: Promise<number | null>;
}

/** Ends what a test has left. */
export const running: ChildProcess[] = [];

export async function startApp(env: Record<string, string> = {}): Promise<RunningApp> {
  const child = spawn(process.execPath, [path.join(APP, "main.ts")], {
    env: { PATH: process.env["PATH"], PORT: "0", ADMIN_PORT: "0", LISTEN_ADDRESS: "127.0.0.1", APP_VERSION: "1.2.3", APP_COLOR: "blue", POD_NAME: "app-blue-1", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const exited = new Promise<number | null>((resolve) => { child.once("close", resolve); });
  const lines: Line[] = [];
  const listening = new Promise<Line>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (line.message === "listening") resolve(line);
    });
  });
  const { port = 0, adminPort = 0 } = await Promise.race([listening, exited.then((code) => { throw new Error(`ended with ${code}`); })]);
  const stop = (): Promise<number | null> => {
    child.kill("SIGTERM");
    return exited;
  };
  return { url: `http://127.0.0.1:${port}`, admin: `http://127.0.0.1:${adminPort}`, port, process: child, lines, stop, exited };
}

/** Runs the migrations' command; resolves to its exit code and what it wrote. */
export async function migrate(env: Record<string, string>): Promise<{ code: number | null; lines: string[] }> {
  const child = spawn(process.execPath, [path.join(APP, "migrate.ts")], { env: { PATH: process.env["PATH"], ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (text) => lines.push((JSON.parse(text) as Record<string, string>)["reason"] ?? text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, lines };
}

/** Sends each new connection to the target of the moment and leaves open ones where they are, as kube-proxy does. */
export async function startService(target: number): Promise<{ url: string; to(port: number): void; stop(): void }> {
  let now = target;
  const server = createServer((client) => {
    const backend = connect(now, "127.0.0.1");
    client.pipe(backend).pipe(client);
    client.on("error", () => backend.destroy());
    backend.on("error", () => client.resetAndDestroy());
  });
  await new Promise<void>((resolve) => { server.listen({ port: 0, host: "127.0.0.1", backlog: 511 }, resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    to: (port) => { now = port; },
    stop: () => { server.close(); },
  };
}
