/** One request, from the moment it is sent to a record of what became of it. */
import { request as httpRequest, type Agent, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Kind, LoadRecord } from "./records.ts";

export interface Sending {
  url: URL;
  /** The Host header; the URL's own without. */
  host: string | undefined;
  agent: Agent;
  kind: Kind;
  due: number;
  timeoutMs: number;
}

/** When a connection was opened; those that are used again keep their first time. */
const opened = new WeakMap<Socket, number>();

/** Milliseconds since 1970 by the clock that never goes back. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Never rejects: what goes wrong is the record's error. */
export function send({ url, host, agent, kind, due, timeoutMs }: Sending): Promise<LoadRecord> {
  const record: LoadRecord = { due, sent: now(), latency: 0, kind, opened: 0, status: 0, error: "", version: "", color: "", pod: "" };
  return new Promise((resolve) => {
    const done = (error: string): void => {
      if (record.latency > 0) return;
      clearTimeout(timer);
      record.error = error;
      record.latency = now() - due;
      resolve(record);
    };
    const request = httpRequest(url, { agent, headers: host === undefined ? {} : { host } });
    const timer = setTimeout(() => {
      done("timeout");
      request.destroy();
    }, timeoutMs);
    request.once("socket", (socket) => {
      if (!opened.has(socket)) opened.set(socket, now());
      record.opened = opened.get(socket) ?? 0;
    });
    request.on("error", (error) => done(errorClass(error)));
    request.once("response", (response) => {
      record.status = response.statusCode ?? 0;
      record.version = headerOf(response, "x-app-version");
      record.color = headerOf(response, "x-app-color");
      record.pod = headerOf(response, "x-app-pod");
      response.on("error", (error) => done(errorClass(error)));
      response.once("end", () => done(""));
      // An answer whose end never comes.
      response.once("close", () => done(response.complete ? "" : "closed"));
      response.resume();
    });
    request.end();
  });
}

function headerOf(response: IncomingMessage, name: string): string {
  const value = response.headers[name];
  return typeof value === "string" ? value : "";
}

/** What a person would call the failure. */
function errorClass(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  switch (code) {
    case "ECONNREFUSED": return "refused";
    // Node says ECONNRESET also when the other side ended the connection in good order before it answered.
    case "ECONNRESET": return error.message === "socket hang up" || error.message === "aborted" ? "closed" : "reset";
    case "EPIPE": return "reset";
    case "ETIMEDOUT": return "timeout";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ENOTFOUND":
    case "EAI_AGAIN": return "unreachable";
    case "EADDRNOTAVAIL":
    case "EMFILE":
    case "ENFILE":
    case "ENOBUFS": return "machine";
    default: return code.startsWith("HPE_") ? "protocol" : code || "unknown";
  }
}
