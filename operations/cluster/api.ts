/** Requests to the API server, over connections that are kept; again, while it restarts. */
import { Agent, request as httpsRequest } from "node:https";
import { Agent as PlainAgent, request as httpRequest } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../sandbox/errors.ts";
import type { Access } from "./kubeconfig.ts";

/** One try; an API server that takes longer than this is not well. */
const TRY_MS = 5_000;
/** All tries: a restarting API server of EKS is back within half a minute. */
const RETRY_MS = 45_000;
const PAUSE_MS = 50;
/** Who waits for longer than this is told for what. */
const TELL_MS = 2_000;
/** A credential that ends sooner than this is renewed before it is used: a request must not meet its end. */
const RENEW_MS = 60_000;

/** An object of Kubernetes, as far as commands care. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: { name: string; namespace?: string; uid?: string; resourceVersion?: string; generation?: number; creationTimestamp?: string; deletionTimestamp?: string; labels?: Record<string, string>; annotations?: Record<string, string>; managedFields?: ManagedFields[] };
  [part: string]: unknown;
}

export interface ManagedFields {
  manager?: string;
  operation?: string;
  subresource?: string;
  fieldsV1?: Record<string, unknown>;
  /** When the manager changed something last. */
  time?: string;
}

/** The API server answered, and did not do it. */
export class ApiRefusal extends UserError {
  readonly status: number;

  constructor(status: number, what: string, reason: string) {
    super(`The API server refused ${what} (${status}): ${reason}`, status === 401 || status === 403 ? "Look at who you are: kubectl auth whoami." : "", 1);
    this.name = "ApiRefusal";
    this.status = status;
  }
}

export interface Answer {
  status: number;
  /** Parsed, where it is JSON. */
  body: unknown;
}

export interface Sending {
  method: string;
  path: string;
  body?: unknown;
  type?: string;
}

export class Api {
  #access: Access;
  #renewal: Promise<void> | undefined;
  readonly #agent: Agent | PlainAgent;
  readonly #retryMs: number;
  readonly #say: (line: string) => void;
  #isTold = false;

  /**
   * @param retryMs how long an API server that does not answer is asked again
   * @param say told, once, that it is
   */
  constructor(access: Access, retryMs: number = RETRY_MS, say: (line: string) => void = () => undefined) {
    this.#access = access;
    this.#retryMs = retryMs;
    this.#say = say;
    this.#agent = access.server.startsWith("https:") ? new Agent({ keepAlive: true, ...access.tls }) : new PlainAgent({ keepAlive: true });
  }

  /** Name of the context, and address. */
  get name(): string {
    return `${this.#access.context} (${this.#access.server})`;
  }

  /** How the server is reached now, with a credential that lives. @throws UserError when there is none to be had */
  async access(): Promise<Access> {
    if (this.#access.expires !== undefined && this.#access.expires - Date.now() < RENEW_MS) await this.#renew(this.#access);
    return this.#access;
  }

  /** The object; undefined when there is none. @throws ApiRefusal @throws UserError when nobody answers */
  async get(path: string): Promise<KubeObject | undefined> {
    const answer = await this.#send({ method: "GET", path });
    return answer.status === 404 ? undefined : (accepted(answer, `to show ${path}`) as KubeObject);
  }

  async list(path: string): Promise<KubeObject[]> {
    const { items } = accepted(await this.#send({ method: "GET", path }), `to list ${path}`) as { items: KubeObject[] };
    return items;
  }

  /** What is no object, such as a log; undefined when there is none. @throws as `get` does */
  async text(path: string): Promise<string | undefined> {
    const answer = await this.#send({ method: "GET", path });
    if (answer.status === 404) return undefined;
    const body = accepted(answer, `to show ${path}`);
    return typeof body === "string" ? body : JSON.stringify(body);
  }

  /** Changes single fields (JSON merge patch). @throws as `get` does */
  async patch(path: string, change: object): Promise<KubeObject> {
    return accepted(await this.#send({ method: "PATCH", path, body: change, type: "application/merge-patch+json" }), `to change ${path}`) as KubeObject;
  }

  /** Server-side apply. Conflicts are taken: who calls has decided that the fields are his. */
  async apply(path: string, object: KubeObject, manager: string): Promise<KubeObject> {
    const answer = await this.#send({ method: "PATCH", path: `${path}?fieldManager=${manager}&force=true`, body: object, type: "application/apply-patch+yaml" });
    return accepted(answer, `to change ${path}`) as KubeObject;
  }

  /** Replaces an object that still has this resourceVersion, or creates one. @returns false when somebody was quicker */
  async write(path: string, object: KubeObject): Promise<boolean> {
    const isNew = object.metadata.resourceVersion === undefined;
    const answer = await this.#send({ method: isNew ? "POST" : "PUT", path: isNew ? path : `${path}/${object.metadata.name}`, body: object, type: "application/json" });
    if (answer.status === 409) return false;
    accepted(answer, `to write ${path}/${object.metadata.name}`);
    return true;
  }

  /**
   * Any answer, whatever its status: who asks what is behind the API server decides what none means, and when to ask again.
   *
   * @throws when nobody answers
   */
  async once(sending: Sending): Promise<Answer> {
    const access = await this.access();
    const answer = await this.#once(sending, access);
    if (answer.status !== 401 || access.renew === undefined) return answer;
    await this.#renew(access);
    return this.#once(sending, this.#access);
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Asks for another credential, once for all who find the same one to be of no use. */
  async #renew(used: Access): Promise<void> {
    const { renew } = used;
    if (used !== this.#access || renew === undefined) return;
    this.#renewal ??= renew().then((access) => { this.#access = access; }).finally(() => { this.#renewal = undefined; });
    await this.#renewal;
  }

  /**
   * Again while nobody answers, or the server says that it is not ready: all requests here may be sent twice. Again
   * once, with a new credential, when the one that was used is refused.
   */
  async #send(sending: Sending): Promise<Answer> {
    const until = Date.now() + this.#retryMs;
    let isRenewed = false;
    for (;;) {
      const access = await this.access();
      const answer = await this.#once(sending, access).catch((error: unknown) => error as NodeJS.ErrnoException);
      const isOver = Date.now() + PAUSE_MS > until;
      if ("status" in answer) {
        if (answer.status === 401 && access.renew !== undefined && !isRenewed) {
          isRenewed = true;
          await this.#renew(access);
          continue;
        }
        if (answer.status < 500 && answer.status !== 429) {
          this.#isTold = false;
          return answer;
        }
        if (isOver) return answer;
      } else if (isOver || !isPassing(answer)) {
        throw new UserError(`The API server of ${this.name} can not be reached: ${answer.message}.`, "See that this machine reaches it (kubectl get --raw /readyz), or name another kubeconfig with --kubeconfig.", 1, { cause: answer });
      }
      if (!this.#isTold && Date.now() > until - this.#retryMs + TELL_MS) {
        this.#isTold = true;
        const why = "status" in answer ? `it answers ${answer.status}` : answer.message;
        this.#say(`The API server of ${this.name} does not answer (${why}): asking again for ${Math.round(this.#retryMs / 1000)} s.`);
      }
      await delay(PAUSE_MS);
    }
  }

  #once({ method, path, body, type }: Sending, access: Access): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const headers: Record<string, string> = { accept: "application/json", ...access.headers };
      if (payload !== undefined && type !== undefined) Object.assign(headers, { "content-type": type, "content-length": String(Buffer.byteLength(payload)) });
      const send = access.server.startsWith("https:") ? httpsRequest : httpRequest;
      const request = send(`${access.server}${path}`, { method, headers, agent: this.#agent, timeout: TRY_MS }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString("utf8")) }));
      });
      request.on("timeout", () => request.destroy(Object.assign(new Error(`no answer within ${TRY_MS / 1000} s`), { code: "ETIMEDOUT" })));
      request.on("error", reject);
      request.end(payload);
    });
  }
}

/** A connection that comes back by itself; a certificate that is not the cluster's does not. */
function isPassing(error: NodeJS.ErrnoException): boolean {
  return ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"].includes(error.code ?? "");
}

function accepted({ status, body }: Answer, what: string): unknown {
  if (status < 300) return body;
  throw new ApiRefusal(status, what, typeof body === "object" && body !== null && "message" in body ? String(body.message) : String(body).slice(0, 300));
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}
