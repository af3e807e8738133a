/** Plain requests to an API server of this machine, over TLS with the server's own certificate. */
import { Agent, request as httpsRequest } from "node:https";

const REQUEST_MS = 30_000;

export interface ApiConnection {
  /** `https://127.0.0.1:PORT`. */
  url: string;
  token: string;
  /** The server's certificate, PEM. */
  ca: string;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
  /** Texts of `Warning` headers: deprecated versions, pods that break their namespace's security level. */
  warnings: string[];
}

export class ApiClient {
  readonly #connection: ApiConnection;
  readonly #agent: Agent;

  constructor(connection: ApiConnection) {
    this.#connection = connection;
    this.#agent = new Agent({ keepAlive: true, ca: connection.ca });
  }

  get(path: string): Promise<ApiAnswer> {
    return this.#send("GET", path);
  }

  /** Server-side apply of an object, or of one as YAML text. */
  apply(path: string, body: unknown): Promise<ApiAnswer> {
    return this.#send("PATCH", path, body, "application/apply-patch+yaml");
  }

  /** A change of the fields that are given (JSON merge patch). */
  merge(path: string, body: unknown): Promise<ApiAnswer> {
    return this.#send("PATCH", path, body, "application/merge-patch+json");
  }

  post(path: string, body: unknown): Promise<ApiAnswer> {
    return this.#send("POST", path, body, "application/json");
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body?: unknown, type?: string): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      const headers: Record<string, string> = { authorization: `Bearer ${this.#connection.token}`, accept: "application/json" };
      if (payload !== undefined && type !== undefined) Object.assign(headers, { "content-type": type, "content-length": String(Buffer.byteLength(payload)) });
      const req = httpsRequest(new URL(path, this.#connection.url), { method, headers, agent: this.#agent, timeout: REQUEST_MS }, (res) => {
        const chunks: Buffer[] = [];
        res.on("data", (chunk: Buffer) => chunks.push(chunk));
        res.on("error", reject);
        res.on("end", () => resolve({ status: res.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString("utf8")), warnings: warningsOf(res.headers["warning"]) }));
      });
      req.on("timeout", () => req.destroy(new Error(`no answer from ${path} within ${REQUEST_MS / 1000} s`)));
      req.on("error", reject);
      req.end(payload);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `299 - "text"`, several in one line separated by commas. */
function warningsOf(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? "").replace(/\\(.)/g, "$1"));
}
