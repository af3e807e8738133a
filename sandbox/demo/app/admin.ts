/**
 * The switch for faults, on a port of its own that no Service names: whoever reaches the pod itself may use it.
 * `GET /fault` tells what is active, `POST /fault` with `{"fault":"failing:0.3"}` replaces it, `none` ends it.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Faults } from "./faults.ts";
import type { Log } from "./log.ts";

/** Far more than the longest list of faults. */
const LONGEST_BODY = 4096;

/** The server, not listening yet. */
export function createAdmin(faults: Faults, log: Log): Server {
  return createServer((request, response) => {
    void answer(request, faults, log).then(({ status, body }) => {
      response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", Connection: "close" });
      response.end(JSON.stringify(body));
    });
  });
}

async function answer(request: IncomingMessage, faults: Faults, log: Log): Promise<{ status: number; body: unknown }> {
  if (request.url !== "/fault") return { status: 404, body: { detail: "Only /fault is served." } };
  if (request.method === "GET") return { status: 200, body: { fault: faults.text } };
  if (request.method !== "POST") return { status: 405, body: { detail: "Only GET and POST are served." } };
  try {
    const body: unknown = JSON.parse(await text(request));
    if (typeof body !== "object" || body === null || !("fault" in body) || typeof body.fault !== "string") throw new Error('Send {"fault":"failing:0.3"}.');
    faults.set(body.fault);
    log.warn("fault set", { fault: faults.text });
    return { status: 200, body: { fault: faults.text } };
  } catch (error) {
    return { status: 400, body: { detail: error instanceof Error ? error.message : String(error) } };
  }
}

async function text(request: IncomingMessage): Promise<string> {
  let all = "";
  for await (const piece of request as AsyncIterable<Buffer>) {
    all += piece.toString("utf8");
    if (all.length > LONGEST_BODY) throw new Error("The body is too long.");
  }
  return all;
}
