/** The real OpenTelemetry collector, built from its modules, and something that takes what it sends. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { type Destination, settings } from "../../components/monitoring/traces/pipeline.ts";
import { ensureGoTool, type GoToolSpec } from "../../sandbox/engine/goTool.ts";

/** About a minute on two idle cores when nothing is compiled, 30 MB. */
const COLLECTOR_TOOL: GoToolSpec = {
  name: "otelcol", version: "v0.155.0", module: "golive.local/otelcol", package: "golive.local/otelcol", source: path.join(import.meta.dirname, "collector"), ldflags: ["-s", "-w"],
};

export function collectorProgram(): Promise<string> {
  return ensureGoTool(COLLECTOR_TOOL);
}

/** Placeholders: a signer looks for credentials when it is checked, and signs nothing here. */
const ENVIRONMENT = { PATH: process.env["PATH"] ?? "", AWS_ACCESS_KEY_ID: "placeholder", AWS_SECRET_ACCESS_KEY: "placeholder", AWS_EC2_METADATA_DISABLED: "true" };

/** What the collector says of a configuration; empty when it would start with it. */
export function validate(program: string, text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-otel-"));
  try {
    const file = path.join(folder, "collector.yaml");
    writeFileSync(file, text);
    const ran = spawnSync(program, ["validate", `--config=file:${file}`], { encoding: "utf8", env: ENVIRONMENT, timeout: 60_000 });
    return ran.status === 0 ? "" : `${ran.stderr}${ran.error?.message ?? ""}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Span {
  name: string;
  attributes?: { key: string; value: Record<string, unknown> }[];
  events?: { attributes?: { key: string; value: Record<string, unknown> }[] }[];
}

/** A collector that runs, with the settings as they are but for addresses on this machine and letters instead of bytes. */
export class RunningCollector implements AsyncDisposable {
  /** Spans that arrived. */
  readonly spans: Span[] = [];
  private readonly child: ChildProcess;
  private readonly taker: Server;
  private readonly folder: string;
  private readonly port: number;
  private said = "";

  private constructor(child: ChildProcess, taker: Server, folder: string, port: number) {
    [this.child, this.taker, this.folder, this.port] = [child, taker, folder, port];
    child.stderr?.on("data", (text: Buffer) => { this.said += text.toString(); });
  }

  static async start(program: string, destination: Destination): Promise<RunningCollector> {
    const taker = createServer();
    const [to, http, grpc, health] = await Promise.all([listen(taker), freePort(), freePort(), freePort()]);
    const { processors, exporters, receivers, ...rest } = settings(destination);
    const folder = mkdtempSync(path.join(tmpdir(), "golive-otel-"));
    const file = path.join(folder, "collector.yaml");
    writeFileSync(file, stringify({
      ...rest,
      extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
      receivers: { otlp: { protocols: { grpc: { ...receivers.otlp.protocols.grpc, endpoint: `127.0.0.1:${grpc}` }, http: { ...receivers.otlp.protocols.http, endpoint: `127.0.0.1:${http}` } } } },
      processors: { ...processors, batch: { ...processors.batch, timeout: "200ms" } },
      exporters: { otlphttp: { ...exporters.otlphttp, endpoint: `http://127.0.0.1:${to}`, encoding: "json", compression: "none" } },
    }));
    const running = new RunningCollector(spawn(program, [`--config=file:${file}`], { env: ENVIRONMENT, stdio: ["ignore", "ignore", "pipe"] }), taker, folder, http);
    taker.on("request", (request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => { body += part.toString(); });
      request.on("end", () => {
        running.spans.push(...(JSON.parse(body) as Traces).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
        response.setHeader("content-type", "application/json").end("{}");
      });
    });
    await running.until(async () => (await fetch(`http://127.0.0.1:${health}/`)).ok);
    return running;
  }

  async send(spans: Span[]): Promise<void> {
    const complete = spans.map((span, index) => ({ traceId: (index + 1).toString(16).padStart(32, "a"), spanId: (index + 1).toString(16).padStart(16, "b"), kind: 2, startTimeUnixNano: "1", endTimeUnixNano: "2", ...span }));
    const answer = await fetch(`http://127.0.0.1:${this.port}/v1/traces`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: { name: "test" }, spans: complete }] }] } satisfies Traces),
    });
    if (!answer.ok) throw new Error(`the collector answered ${answer.status}: ${await answer.text()}`);
  }

  /** Waits for something, for half a minute at most; a connection that is refused is a no. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + 30_000;
    while (!(await Promise.resolve().then(holds).catch(() => false))) {
      if (this.child.exitCode !== null || Date.now() > end) throw new Error(`the collector did not come so far; it said ${this.said}`);
      await pause(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise((resolve) => { this.child.once("exit", resolve); });
    if (this.child.exitCode === null && this.child.kill("SIGTERM")) await gone;
    this.taker.closeAllConnections();
    await new Promise((resolve) => { this.taker.close(resolve); });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Traces {
  resourceSpans: { resource: object; scopeSpans: { scope: object; spans: Span[] }[] }[];
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => { server.listen(0, "127.0.0.1", () => { resolve((server.address() as AddressInfo).port); }); });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}
