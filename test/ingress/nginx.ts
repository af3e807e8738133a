/** A real NGINX on loopback with a rendered configuration, and the application behind it. */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, request as plainRequest } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import { request } from "node:https";
import { connect, isIP } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { RenderArgs } from "./render.ts";
import { renderNginx } from "./render.ts";

const run = promisify(execFile);

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Every header line as sent: name, value, name, value. */
  rawHeaders: string[];
  body: string;
}

export interface Running {
  port: { http: number; https: number };
  /** Sends a request for the host to the HTTPS port. */
  get(path: string, options?: { headers?: Record<string, string>; from?: string; method?: string; body?: Buffer; host?: string }): Promise<Answer>;
  getPlain(path: string): Promise<Answer>;
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Application behind a Service that tells what it received, and sets headers that must not get through. */
function application(service: string): Server {
  return createServer((req, res) => {
    req.resume();
    req.on("end", () => {
      res.writeHead(req.url === "/missing" ? 404 : 200, { "Content-Type": "application/json", "X-Frame-Options": "SAMEORIGIN", "X-Powered-By": "test", "X-App-Service": service, "X-App-Path": req.url ?? "", "Content-Security-Policy": "default-src *" });
      res.end(JSON.stringify(req.headers));
    });
  });
}

/** NGINX of the package; its folder is on the PATH of root only. */
export function nginxProgram(): string {
  const found = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"].map((folder) => join(folder, "nginx")).find(existsSync);
  if (found === undefined) throw new Error("This test runs a real NGINX, and none is installed. Install it: apt-get install nginx-core.");
  return found;
}

/** Starts both on free ports; resolves when NGINX accepts connections. Needs `nginx` and `openssl` on the machine. */
export async function startNginx(args: Pick<RenderArgs, "config" | "server" | "limit">): Promise<Running> {
  const command = nginxProgram();
  const folder = await mkdtemp(join(tmpdir(), "golive-nginx-"));
  // NGINX started by root works as another user, who must get at the bodies it buffers.
  await chmod(folder, 0o755);
  const apps = new Map(args.server.upstreams.map(({ service }) => [String(service), application(String(service))]));
  for (const app of apps.values()) {
    app.listen(0, "127.0.0.1");
    await once(app, "listening");
  }
  const upstreams = Object.fromEntries([...apps].map(([service, app]) => [service, `127.0.0.1:${(app.address() as AddressInfo).port}`]));
  const port = { http: await freePort(), https: await freePort() };
  await run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", `/CN=${args.server.host}`, "-keyout", join(folder, "server.key"), "-out", join(folder, "server.crt")]);
  const file = join(folder, "nginx.conf");
  await writeFile(file, renderNginx({ ...args, folder, listen: { address: "127.0.0.1", ...port }, upstreams }));
  const nginx = spawn(command, ["-c", file, "-p", folder, "-e", join(folder, "error.log")], { stdio: ["ignore", "ignore", "pipe"] });
  await accepting(nginx, port.https);

  const send = (host: string) => ({ host: "127.0.0.1", servername: isIP(host) === 0 ? host : "", rejectUnauthorized: false, agent: false as const });
  return {
    port,
    get: (path, options = {}) => {
      const host = options.host ?? args.server.host;
      return answerOf(request({ ...send(host), port: port.https, path, method: options.method ?? "GET", headers: { Host: host, ...options.headers }, localAddress: options.from ?? "127.0.0.1" }), options.body);
    },
    getPlain: (path) => answerOf(plainRequest({ host: "127.0.0.1", port: port.http, path, headers: { Host: args.server.host }, agent: false })),
    log: () => readFile(join(folder, "access.log"), "utf8"),
    stop: async () => {
      nginx.kill("SIGTERM");
      if (nginx.exitCode === null && nginx.signalCode === null) await once(nginx, "exit");
      for (const app of apps.values()) app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function answerOf(req: ReturnType<typeof request>, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    req.on("response", (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, rawHeaders: res.rawHeaders, body: Buffer.concat(chunks).toString() }));
      res.on("error", reject);
    });
    req.on("error", reject);
    req.end(body);
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** Resolves at the first accepted connection; rejects with NGINX's own words when it ends before. */
async function accepting(nginx: ChildProcess, port: number): Promise<void> {
  let said = "";
  nginx.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<never>((_, reject) => {
    nginx.once("error", reject);
    nginx.once("exit", (code) => reject(new Error(`nginx ended with ${code ?? "a signal"}: ${said}`)));
  });
  ended.catch(() => undefined);
  for (;;) {
    const open = await Promise.race([connects(port), ended]);
    if (open) return;
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    // The next try is the next timer tick: a refused connection on loopback comes back at once.
    socket.once("error", () => setTimeout(() => resolve(false), 10));
  });
}
