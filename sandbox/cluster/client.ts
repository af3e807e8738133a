/** Plain requests to an API server, over TLS with the server's own certificate. */
import { Agent, request as httpsRequest } from "node:https";

const REQUEST_MS = 30_000;

export interface ApiConnection {
  /** `https://127.0.0.1:PORT`. */
  url: string;
  token: string;
  /** The server's certificate, PEM. */
  ca: string;
}

/** To a server of others. */
export interface OtherConnection extends Partial<ApiConnection> {
  url: string;
  /** Who asks, where it is no token: a certificate with its key, PEM. */
  cert?: string | undefined;
  key?: string | undefined;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
  /** Texts of `Warning` headers: deprecated versions, pods that break their namespace's security level. */
  warnings: string[];
}

export class ApiClient {
  readonly #connection: OtherConnection;
  readonly #agent: Agent;

  constructor(connection: OtherConnection) {
    this.#connection = connection;
    const { ca, cert, key } = connection;
    this.#agent = new Agent({ keepAlive: true, ca, cert, key });
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

  delete(path: string): Promise<ApiAnswer> {
    return this.#send("DELETE", path);
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
      const { token } = this.#connection;
      const headers: Record<string, string> = { accept: "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
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
