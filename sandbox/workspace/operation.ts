/** One run of the engine: what it is told, what it answers, and how it fails. */
import type { EngineEvent, OpMap } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../errors.ts";

/** Options of `preview`, `up`, `refresh` and `destroy`; not every one means something to each of them. */
export interface OperationOptions {
  /** Every event of the engine: resources, diagnostics, policy findings. */
  onEvent?: (event: EngineEvent) => void;
  /** What the CLI prints, piece by piece. */
  onOutput?: (text: string) => void;
  /** Folders of policy packs that must agree. */
  policyPacks?: string[];
  /** A JSON file of settings for each policy pack. */
  policyPackConfigs?: string[];
  /** Show what changes inside resources. */
  diff?: boolean;
  refresh?: boolean;
  target?: string[];
  exclude?: string[];
  replace?: string[];
  /** Fail when anything would change. */
  expectNoChanges?: boolean;
  /** Resource operations at once; the engine's default is four a core. */
  parallel?: number;
  /** Ends the run as Ctrl-C would: the engine finishes what it is doing and saves. */
  signal?: AbortSignal;
}

export interface OperationResult {
  /** Number of resources by operation: `create`, `update`, `same`, … */
  changes: OpMap;
  seconds: number;
  stdout: string;
}

/** The engine or the program refused or failed: the diagnostics are the hint. */
export class OperationError extends UserError {
  /** Messages of severity error, in order, as the engine gave them. */
  readonly diagnostics: string[];
  /** Everything the CLI printed. */
  readonly output: string;

  constructor(message: string, diagnostics: string[], output: string, options?: ErrorOptions) {
    super(message, diagnostics.length > 0 ? diagnostics.join("\n") : output.trim(), 1, options);
    this.name = "OperationError";
    this.diagnostics = diagnostics;
    this.output = output;
  }
}

type EngineOptions = Pick<OperationOptions, "signal"> & { color: "never"; userAgent: string; onEvent: (event: EngineEvent) => void; onOutput: (text: string) => void; onError: (text: string) => void };

/** What the engine prints when it has been told to end. */
const HEARD = "^C received";
/** A terminal's Ctrl-C reaches the engine by itself, which says so at once; later than this it has not. */
const HEARD_MS = 1000;

/**
 * The signal as the engine is to get it. A second interrupt means to it that it must not wait for what it is doing, and
 * what it then leaves is in no state; so one that has heard the terminal's is not told again.
 */
export function toldOnce(signal: AbortSignal, hasHeard: () => boolean, heardMs: number = HEARD_MS): { signal: AbortSignal; close: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = setTimeout(() => {
      if (!hasHeard()) controller.abort(signal.reason);
    }, heardMs);
  };
  if (signal.aborted) tell();
  else signal.addEventListener("abort", tell, { once: true });
  return {
    signal: controller.signal,
    close: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", tell);
    },
  };
}

/**
 * Runs one operation, with its events observed.
 *
 * @param what such as `preview of stack "production"`; a preview changes nothing, so it may end at once when it is given up
 */
export async function runOperation(what: string, options: OperationOptions, call: (observed: EngineOptions) => Promise<unknown>): Promise<OperationResult> {
  const started = performance.now();
  const diagnostics: string[] = [];
  const printed: string[] = [];
  let changes: OpMap = {};
  const isPlan = what.startsWith("preview ");
  const told = options.signal === undefined || isPlan ? undefined : toldOnce(options.signal, () => printed.some((text) => text.includes(HEARD)));
  const observed: EngineOptions = {
    color: "never",
    userAgent: "golive-sandbox",
    signal: isPlan ? options.signal : told?.signal,
    onEvent: (event) => {
      if (event.summaryEvent) changes = event.summaryEvent.resourceChanges;
      const diagnostic = event.diagnosticEvent;
      if (diagnostic?.severity === "error") diagnostics.push(`${diagnostic.urn ? `${nameOf(diagnostic.urn)}: ` : ""}${diagnostic.message.trim()}`);
      options.onEvent?.(event);
    },
    onOutput: (text) => {
      printed.push(text);
      options.onOutput?.(text);
    },
    onError: (text) => printed.push(text),
  };
  options.signal?.throwIfAborted();
  try {
    await call(observed);
  } catch (error) {
    options.signal?.throwIfAborted();
    const output = printed.join("");
    const holder = /the stack is currently locked[\s\S]*\(pid (\d+)\)/.exec(output)?.[1];
    if (holder !== undefined) throw new OperationError(`The ${what} was not started: process ${holder} is working on the same state.`, ["Wait until it has ended, then run the command again, or use another state folder."], output, { cause: error });
    throw new OperationError(`The ${what} failed.`, diagnostics, output, { cause: error });
  } finally {
    told?.close();
  }
  return { changes, seconds: (performance.now() - started) / 1000, stdout: printed.join("") };
}

/** `urn:pulumi:stack::project::parent$type::name` as `name (type)`. */
function nameOf(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  return `${name.join("::")} (${types.split("$").at(-1) ?? types})`;
}
