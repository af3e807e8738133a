/** Requests to an API server: they outlast its restart, and say clearly when nobody answers. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { systemCode } from "../../errors.ts";
import { ApiError, UnreachableError, messageOf } from "./errors.ts";
import { isKubeObject, isRecord, textAt, type Json, type KubeObject } from "./json.ts";
import type { Target } from "./kubeconfig.ts";

const REQUEST_MS = 30_000;
/** An API server on a busy machine takes up to a minute to come back. */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** The server ends a watch after this; the next one begins where it ended. */
const WATCH_SECONDS = 300;

export type Query = Readonly<Record<string, string>>;

export interface Send {
  query?: Query;
  body?: Json;
  /** Content type of the body. */
  type?: string;
  signal?: AbortSignal;
  /** How long to go on when nobody answers, ms; 60,000 unless told. */
  patienceMs?: number;
}

export interface WatchEvent {
  type: string;
  object: KubeObject;
}

export const JSON_TYPE = "application/json";
export const APPLY_TYPE = "application/apply-patch+yaml";
export const JSON_PATCH_TYPE = "application/json-patch+json";

export class Connection {
  readonly #target: Target;
  readonly #secure: Agent | HttpAgent;
  readonly #warn: (text: string) => void;

  /** @param warn told what the server warns of: deprecated versions, pods below their namespace's security level */
  constructor(target: Target, warn: (text: string) => void = () => undefined) {
    this.#target = target;
    this.#secure = target.server.protocol === "http:" ? new HttpAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    this.#warn = warn;
  }

  get address(): string {
    return this.#target.server.origin;
  }

  /**
   * Sends a request, again and again while the server can not be reached or says that it is too busy.
   *
   * @throws ApiError with the server's refusal, UnreachableError when it did not come back in time
   */
  async send(method: string, path: string, options: Send = {}): Promise<Json> {
    const until = Date.now() + (options.patienceMs ?? PATIENCE_MS);
    let uncertain = false;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      let wait = pause;
      try {
        const answer = await this.#once(method, path, options);
        if (answer.code < 300) return answer.body;
        if (answer.retryMs === undefined || Date.now() + answer.retryMs > until) throw new ApiError(answer.code, answer.body, uncertain);
        wait = Math.max(pause, answer.retryMs);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof ApiError || error instanceof UnreachableError) throw error;
        if (Date.now() + pause > until) throw new UnreachableError(`no answer from ${this.address} (${messageOf(error)}). Check that the cluster runs and that the kubeconfig names its address`, { cause: error });
        // What was refused at the door was not carried out.
        uncertain ||= systemCode(error) !== "ECONNREFUSED";
      }
      await delay(wait, undefined, { signal: options.signal });
    }
  }

  /** The changes after a version, until the server ends the watch. @throws ApiError 410 when the version is too old */
  async *watch(path: string, query: Query, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const res = await this.#open("GET", path, { query: { ...query, watch: "1", allowWatchBookmarks: "true", timeoutSeconds: String(WATCH_SECONDS) }, signal }, 0);
    if (res.statusCode !== 200) throw new ApiError(res.statusCode ?? 0, parsed(await textOf(res)));
    for await (const line of createInterface({ input: res, crlfDelay: Infinity })) {
      if (line === "") continue;
      const event = parsed(line);
      const type = textAt(event, "type");
      const object = isRecord(event) ? event["object"] : undefined;
      if (type === "ERROR") throw new ApiError(Number(isRecord(object) ? object["code"] : 500), object ?? null);
      if (isRecord(object)) yield { type, object: isKubeObject(object) ? object : { ...object, apiVersion: "", kind: "", metadata: { ...(isRecord(object["metadata"]) ? object["metadata"] : {}), name: "" } } };
    }
  }

  close(): void {
    this.#secure.destroy();
  }

  async #once(method: string, path: string, options: Send): Promise<{ code: number; body: Json; retryMs?: number }> {
    const res = await this.#open(method, path, options, REQUEST_MS);
    for (const warning of warningsOf(res.headers["warning"])) this.#warn(warning);
    const body = parsed(await textOf(res));
    const code = res.statusCode ?? 0;
    if (code !== 429 && code !== 503 && !(code === 500 && /etcdserver|leader changed|connection refused/.test(textAt(body, "message")))) return { code, body };
    return { code, body, retryMs: Number(res.headers["retry-after"] ?? 1) * 1000 };
  }

  async #open(method: string, path: string, options: Send, timeout: number): Promise<IncomingMessage> {
    const url = new URL(this.#target.server);
    url.pathname = url.pathname.replace(/\/$/, "") + path;
    for (const [key, value] of Object.entries(options.query ?? {})) url.searchParams.set(key, value);
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
    const given = await this.#target.credentials();
    const headers = { ...(isRecord(given.headers) ? (given.headers as Record<string, string>) : {}), accept: "application/json" };
    if (payload !== undefined) Object.assign(headers, { "content-type": options.type ?? JSON_TYPE, "content-length": String(Buffer.byteLength(payload)) });
    const settings: RequestOptions = { ...given, agent: this.#secure, method, headers, signal: options.signal, timeout };
    return new Promise((resolve, reject) => {
      const send = url.protocol === "http:" ? httpRequest : httpsRequest;
      const req = send(url, settings, resolve);
      req.on("timeout", () => req.destroy(new Error(`no answer within ${timeout / 1000} s`)));
      req.on("error", reject);
      req.end(payload);
    });
  }
}

async function textOf(res: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** `299 - "text"`, several in one line separated by commas. */
function warningsOf(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? "").replace(/\\(.)/g, "$1"));
}
