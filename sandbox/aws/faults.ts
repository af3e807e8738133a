/**
 * Failures and delays on demand, for testing recovery. `GOLIVE_SANDBOX_FAULTS` names a JSON file with a list of
 * {@link Fault}s; `GOLIVE_SANDBOX_LATENCY_MS` delays every operation. Counts last as long as the process does, and
 * one `pulumi up` is one process for its preview and another for its update.
 */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { CloudError, InitFailed } from "./failures.ts";
import { urnParts } from "./urn.ts";

export type Operation = "create" | "read" | "update" | "delete";

export interface Fault {
  operation: Operation;
  /** Type token; any type when absent. */
  type?: string;
  /** Name of the resource in the program; any name when absent. */
  name?: string;
  urn?: string;
  /** Strikes from the Nth operation that matches on; 1 when absent. */
  step?: number;
  /** Strikes so many times, then no more; without end when absent. */
  times?: number;
  latencyMs?: number;
  /** Message of the failure; a fault with a latency alone only delays. */
  error?: string;
  /** The operation was carried out, but the resource did not become ready: it stays in state, marked. */
  partial?: boolean;
}

export const FAULTS_VARIABLE = "GOLIVE_SANDBOX_FAULTS";
export const LATENCY_VARIABLE = "GOLIVE_SANDBOX_LATENCY_MS";

export class Faults {
  readonly #faults: { fault: Fault; seen: number; struck: number }[];
  readonly #latencyMs: number;

  constructor(faults: readonly Fault[], latencyMs = 0) {
    this.#faults = faults.map((fault) => ({ fault, seen: 0, struck: 0 }));
    this.#latencyMs = latencyMs;
  }

  /** Reads what the environment names. Throws, naming file and field, when it can not be used. */
  static async fromEnvironment(env: NodeJS.ProcessEnv): Promise<Faults> {
    const file = env[FAULTS_VARIABLE] ?? "";
    return new Faults(file === "" ? [] : await readFaults(file), latency(env[LATENCY_VARIABLE] ?? ""));
  }

  /**
   * Waits and fails as told. A partial failure is returned, not thrown, since the operation is to be carried out
   * first.
   */
  async strike(operation: Operation, urn: string, signal?: AbortSignal): Promise<InitFailed | undefined> {
    if (this.#latencyMs > 0) await pause(this.#latencyMs, undefined, { signal });
    const hit = this.#next(operation, urn);
    if (hit === undefined) return undefined;
    if (hit.latencyMs !== undefined) await pause(hit.latencyMs, undefined, { signal });
    if (hit.partial === true) return new InitFailed([hit.error ?? "injected: the resource did not become ready"]);
    if (hit.error !== undefined) throw new CloudError(hit.error);
    return undefined;
  }

  #next(operation: Operation, urn: string): Fault | undefined {
    let hit: Fault | undefined;
    for (const entry of this.#faults) {
      if (!matches(entry.fault, operation, urn)) continue;
      entry.seen += 1;
      const due = entry.seen >= (entry.fault.step ?? 1) && entry.struck < (entry.fault.times ?? Infinity);
      if (!due || hit !== undefined) continue;
      entry.struck += 1;
      hit = entry.fault;
    }
    return hit;
  }
}

function matches(fault: Fault, operation: Operation, urn: string): boolean {
  const { type, name } = urnParts(urn);
  return fault.operation === operation
    && (fault.type === undefined || fault.type === type)
    && (fault.name === undefined || fault.name === name)
    && (fault.urn === undefined || fault.urn === urn);
}

function latency(text: string): number {
  if (text === "") return 0;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new Error(`${LATENCY_VARIABLE} is "${text}"; give whole milliseconds, such as 50`);
  return number;
}

async function readFaults(file: string): Promise<Fault[]> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${FAULTS_VARIABLE} names ${file}, which can not be read as JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  // zod takes 60 ms to load, which a start without faults need not pay.
  const { z } = await import("zod");
  const count = z.number().int().min(1);
  const fault = z.strictObject({
    operation: z.enum(["create", "read", "update", "delete"]),
    type: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    urn: z.string().startsWith("urn:pulumi:").optional(),
    step: count.optional(),
    times: count.optional(),
    latencyMs: z.number().int().min(0).optional(),
    error: z.string().min(1).optional(),
    partial: z.boolean().optional(),
  }).refine((value) => value.error !== undefined || value.latencyMs !== undefined || value.partial === true, "say what happens: error, partial or latencyMs")
    .refine((value) => value.partial !== true || value.operation === "create" || value.operation === "update", "partial fits create and update only");
  const parsed = z.array(fault).safeParse(json);
  if (!parsed.success) {
    throw new Error(`${FAULTS_VARIABLE} names ${file}, which is not a list of faults:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
