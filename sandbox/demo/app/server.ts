/** The application's HTTP server: its routes, and what every answer has in common. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { Connections } from "./connections.ts";
import type { Faults } from "./faults.ts";
import { type DeepHealth, deepHealth } from "./health.ts";
import type { Log } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { ASSETS, page } from "./pages.ts";
import type { Settings } from "./settings.ts";

/** A client that asks for longer has made a mistake. */
const LONGEST_SECONDS = 60;
const JSON_TYPE = "application/json; charset=utf-8";

interface Answer {
  status: number;
  type: string;
  body: string | Buffer;
}

/** A route: its name in metrics, whether faults apply to it (they do to what users ask for), and its answer. */
interface Route {
  name: string;
  user: boolean;
  answer: (url: URL) => Answer | Promise<Answer>;
}

export interface App {
  server: Server;
  connections: Connections;
  /** Ends readiness at once, then the server when nobody is left; resolves to the number of requests that were cut off. */
  stop(): Promise<number>;
}

/** The server, not listening yet. */
export function createApp(settings: Settings, faults: Faults, log: Log): App {
  const { version, color, pod } = settings;
  const metrics = new Metrics({ color, version });
  const server = createServer((request, response) => void handle(request, response));
  const connections = new Connections(server, settings.connectionSeconds);
  const isReady = (): boolean => !connections.closing && faults.ready;
  const routes = routesOf(settings, faults, metrics, isReady);
  // Slow requests are part of what is tested; the limit is for clients that never finish theirs.
  server.requestTimeout = 2 * LONGEST_SECONDS * 1000;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    connections.serve(request, response);
    metrics.inFlight++;
    response.once("close", () => { metrics.inFlight--; });
    const url = URL.parse(request.url ?? "/", "http://localhost") ?? new URL("http://localhost/not-an-address");
    const route = routes.get(url.pathname) ?? { name: "other", user: true, answer: () => problem(404, "There is nothing here.") };
    // Bodies are not read by any route, but the connection can only be used again when they are gone.
    request.resume();
    const answer = await answerOf(request, url, route).catch((error: unknown) => {
      log.error("request failed", { path: url.pathname, error: error instanceof Error ? error.stack ?? error.message : String(error) });
      return problem(500, "Something went wrong.");
    });
    if (connections.isDue(request)) response.shouldKeepAlive = false;
    const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(answer.body);
    response.writeHead(answer.status, {
      "Content-Type": answer.type,
      "Content-Length": body.length,
      "Cache-Control": "no-store",
      "X-App-Version": version,
      "X-App-Color": color,
      "X-App-Pod": pod,
    });
    response.end(request.method === "HEAD" ? undefined : body);
    const seconds = (performance.now() - started) / 1000;
    metrics.answered(METHODS.includes(request.method ?? "") ? request.method ?? "" : "other", route.name, answer.status, seconds);
    const line = { method: request.method, path: url.pathname, status: answer.status, seconds: Math.round(seconds * 1000) / 1000 };
    if (answer.status >= 500 && route.user) log.warn("request answered with an error", line);
    else log.debug("request answered", line);
  }

  async function answerOf(request: IncomingMessage, url: URL, route: Route): Promise<Answer> {
    if (request.method !== "GET" && request.method !== "HEAD") return problem(405, "Only GET and HEAD are served.");
    if (!route.user) return route.answer(url);
    const fails = faults.failsRequest(Math.random());
    if (faults.delaySeconds > 0) await delay(faults.delaySeconds * 1000);
    return fails ? problem(500, `Told to fail: ${faults.text}.`) : route.answer(url);
  }

  return { server, connections, stop: () => connections.drain(settings.shutdownSeconds) };
}

/** Labels of metrics come from here only, so that nobody can make more of them. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

function routesOf(settings: Settings, faults: Faults, metrics: Metrics, isReady: () => boolean): Map<string, Route> {
  const { version, color, pod, paths } = settings;
  const self = { version, color, pod };
  const health = (name: string, answer: Route["answer"]): Route => ({ name, user: false, answer });
  const user = (name: string, answer: Route["answer"]): Route => ({ name, user: true, answer });
  const state = (well: boolean, status: string): Answer => ({ status: well ? 200 : 503, type: JSON_TYPE, body: JSON.stringify({ status, ...self }) });
  return new Map([
    [paths.live, health("health", () => state(true, "alive"))],
    [paths.ready, health("health", () => state(isReady(), isReady() ? "ready" : "not ready"))],
    [paths.deep, health("health", async () => {
      const { status, checks } = faults.unhealthy ? toldToBeUnhealthy() : await deepHealth(settings);
      return { status: status === "healthy" ? 200 : 503, type: JSON_TYPE, body: JSON.stringify({ status, ...self, checks }) };
    })],
    [paths.metrics, health("metrics", () => ({ status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: metrics.render(isReady()) }))],
    ["/", user("page", () => ({ status: 200, type: "text/html; charset=utf-8", body: page(settings, !faults.failsSmoke) }))],
    ["/api/version", user("version", () => (faults.failsSmoke ? problem(500, "Told to fail: fail-smoke.") : { status: 200, type: JSON_TYPE, body: JSON.stringify(self) }))],
    ["/slow", user("slow", slow)],
    ...[...ASSETS].map(([at, { type, body }]): [string, Route] => [at, user("assets", () => ({ status: 200, type, body }))]),
  ]);
}

function toldToBeUnhealthy(): DeepHealth {
  return { status: "unhealthy", checks: { fault: { status: "unhealthy", detail: "told to be unhealthy", milliseconds: 0 } } };
}

/** `/slow?seconds=5` answers after five seconds. */
async function slow(url: URL): Promise<Answer> {
  const seconds = Number(url.searchParams.get("seconds") ?? "1");
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > LONGEST_SECONDS) return problem(400, `seconds is a number from 0 to ${LONGEST_SECONDS}.`);
  await delay(seconds * 1000);
  return { status: 200, type: JSON_TYPE, body: JSON.stringify({ seconds }) };
}

function problem(status: number, detail: string): Answer {
  return { status, type: "application/problem+json; charset=utf-8", body: JSON.stringify({ status, detail }) };
}
