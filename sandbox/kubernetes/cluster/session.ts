/** What the operations of one provider share: its settings, its cluster, and the engine that listens. */
import type { ValueObject } from "../../aws/values.ts";
import type { ProviderConfig } from "../config.ts";
import { uniqueName } from "../naming.ts";
import { Api, type Kind } from "./api.ts";
import type { WaitOptions } from "./await/wait.ts";
import { annotationIn } from "./checkpoint.ts";
import { Connection } from "./connection.ts";
import type { EngineLog } from "./engineLog.ts";
import { NoKindError, UnreachableError } from "./errors.ts";
import { annotationOf, type KubeObject } from "./json.ts";
import { targetOf, type Target } from "./kubeconfig.ts";

/** One request of the engine. */
export interface Operation {
  urn: string;
  preview: boolean;
  signal: AbortSignal;
  /** Of the resource option `customTimeouts`; 0 when it has none. */
  seconds: number;
  ignoreChanges: readonly string[];
}

const FIELD_MANAGER = "pulumi.com/patchFieldManager";
const PATCH_FORCE = "pulumi.com/patchForce";
/** A preview does not wait for a cluster that is being restarted: it shows what it can without. */
const PREVIEW_PATIENCE_MS = 3_000;

export class Session {
  readonly config: ProviderConfig;
  readonly log: EngineLog;
  readonly #target: Target | UnreachableError;
  #opened: Api | undefined;
  #answers: Promise<UnreachableError | undefined> | undefined;

  constructor(config: ProviderConfig, log: EngineLog) {
    this.config = config;
    this.log = log;
    this.#target = target(config);
  }

  /** @throws UnreachableError when the configuration leads to no cluster */
  get api(): Api {
    if (this.#target instanceof UnreachableError) throw this.#target;
    this.#opened ??= new Api(new Connection(this.#target, (text) => this.log.warn("", text)));
    return this.#opened;
  }

  /** Asked once: why the cluster does not answer, or nothing when it does. */
  unreachable(): Promise<UnreachableError | undefined> {
    this.#answers ??= this.#ask();
    return this.#answers;
  }

  /** Whether the server can be asked what it would make of an object of the kind; warns when nobody answers. */
  async canPreview(kind: Kind, signal: AbortSignal): Promise<boolean> {
    const down = await this.unreachable();
    if (down !== undefined) {
      this.log.warn("", `${down.message}. Its objects are previewed from their declaration alone`);
      return false;
    }
    try {
      await this.api.resource(kind, signal);
      return true;
    } catch (error) {
      if (error instanceof NoKindError) return false;
      throw error;
    }
  }

  /** Name under which the resource's fields are owned: its annotation's, the one it had, or a new one. */
  manager(inputs: ValueObject, state: ValueObject): string {
    const kept = state["__fieldManager"];
    return annotationIn(inputs, FIELD_MANAGER) || (typeof kept === "string" ? kept : uniqueName("pulumi-kubernetes-", new Uint8Array()));
  }

  /** Whether fields of others are taken over. */
  isForced(object: KubeObject): boolean {
    return this.config.enablePatchForce || annotationOf(object, PATCH_FORCE) === "true";
  }

  waiting({ urn, signal }: Operation, timeoutMs: number): WaitOptions {
    return { timeoutMs, signal, say: (text, warning) => this.log.status(urn, text, warning) };
  }

  close(): void {
    this.#opened?.connection.close();
  }

  async #ask(): Promise<UnreachableError | undefined> {
    try {
      await this.api.connection.send("GET", "/version", { patienceMs: PREVIEW_PATIENCE_MS });
      return undefined;
    } catch (error) {
      // Any answer, a refusal too, comes from a cluster.
      return error instanceof UnreachableError ? error : undefined;
    }
  }
}

function target(config: ProviderConfig): Target | UnreachableError {
  if (config.kubeconfig === undefined) return new UnreachableError("the provider has no kubeconfig. Give it one, or wait until the cluster that makes it is there");
  try {
    return targetOf({ kubeconfig: config.kubeconfig, context: config.context, cluster: config.cluster });
  } catch (error) {
    if (error instanceof UnreachableError) return error;
    throw error;
  }
}
