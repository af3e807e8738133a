/** A stack of which the policy pack has to say something in every run: silence is never taken for consent. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { refused, type Results } from "../../policies/judge.ts";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";
import { UserError } from "../../sandbox/errors.ts";
import { OperationError, type OperationOptions, type OperationResult } from "../../sandbox/workspace/operation.ts";
import type { Sandbox, SandboxOptions } from "../../sandbox/workspace/sandbox.ts";
import { POLICY_PACK } from "./pack.ts";
import { changedFiles, programFiles, type ProgramFiles } from "./programFiles.ts";

/** Where the pack writes its results, for us alone (policies/index.ts). */
const RESULTS_VARIABLE = "GOLIVE_POLICY_RESULTS";
/** Changed files that a refusal names. */
const SHOWN = 5;

/** A run of the engine, and what the pack said of the stack as a whole. */
export interface Judged {
  results: Results;
  /** Absent where the pack's refusal made the run fail. */
  operation?: OperationResult;
}

/** The engine ended a run without a verdict on the stack: the pack stopped it at one resource, or judged nothing at all. */
export class NoVerdict extends UserError {
  /** What the pack said all the same. */
  readonly findings: readonly string[];

  constructor(stack: string, findings: readonly string[]) {
    super(`The policy pack gave no verdict on stack "${stack}".`, findings.length > 0 ? findings.join("\n\n") : "It was not loaded, or judged nothing: without a verdict nothing passes.", 1);
    this.name = "NoVerdict";
    this.findings = findings;
  }
}

export type JudgedOptions = Omit<OperationOptions, "policyPacks"> & {
  /** Another copy of the pack. */
  pack?: string;
};

/** What runs the engine on a stack: a sandbox, or the Pulumi CLI on a real one. */
export type Runs = Pick<Sandbox, "name" | "preview" | "up" | "refresh" | "close">;

export class JudgedSandbox<Stack extends Runs = Sandbox> implements AsyncDisposable {
  readonly sandbox: Stack;
  readonly #results: string;
  readonly #checkout: string;
  /** The program as it was planned last. */
  #planned: ProgramFiles | undefined;

  /**
   * @param results file to which the pack writes in this sandbox
   * @param checkout where program and pack are
   */
  constructor(sandbox: Stack, results: string, checkout = CHECKOUT) {
    this.sandbox = sandbox;
    this.#results = results;
    this.#checkout = checkout;
  }

  static async open(options: SandboxOptions): Promise<JudgedSandbox> {
    // The engine's SDK takes a second to load, which a mistake need not wait for.
    const { openSandbox } = await import("../../sandbox/workspace/sandbox.ts");
    return JudgedSandbox.judging((env) => openSandbox({ ...options, env: { ...options.env, ...env } }));
  }

  /** @param open opens a stack with these variables in the engine's environment */
  static async judging<Stack extends Runs>(open: (env: Record<string, string>) => Promise<Stack>): Promise<JudgedSandbox<Stack>> {
    const file = path.join(tmpdir(), `golive-results-${process.pid}-${randomBytes(4).toString("hex")}.json`);
    return new JudgedSandbox(await open({ [RESULTS_VARIABLE]: file }), file);
  }

  get name(): string {
    return this.sandbox.name;
  }

  /** @throws NoVerdict @throws OperationError when the engine, the program or the pack itself failed; a refusal is a result */
  async preview(options: JudgedOptions = {}): Promise<Judged> {
    this.#planned = await programFiles(this.#checkout);
    return this.#judged(options, (given) => this.sandbox.preview(given));
  }

  /**
   * Applies without a preview: for {@link gatedUp}.
   *
   * @throws NoVerdict @throws OperationError as `preview`
   * @throws UserError when the program or the pack is no longer what was previewed; nothing is applied
   */
  async up(options: JudgedOptions = {}): Promise<Judged> {
    await this.#demandAsPlanned();
    return this.#judged(options, (given) => this.sandbox.up(given));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox.close();
    await rm(this.#results, { force: true });
  }

  async #demandAsPlanned(): Promise<void> {
    const changed = this.#planned === undefined ? [] : changedFiles(this.#planned, await programFiles(this.#checkout));
    if (changed.length === 0) return;
    const names = `${changed.slice(0, SHOWN).join(", ")}${changed.length > SHOWN ? ` and ${changed.length - SHOWN} more` : ""}`;
    throw new UserError(`The program has changed since it was planned (${names}); nothing was applied.`, "Run the command again when nobody changes this checkout: it plans what is there then.");
  }

  async #judged({ pack = POLICY_PACK, ...options }: JudgedOptions, run: (given: OperationOptions) => Promise<OperationResult>): Promise<Judged> {
    // An older verdict is none.
    await rm(this.#results, { force: true });
    const findings: string[] = [];
    const { operation, failure } = await ended(run({
      ...options,
      policyPacks: [pack],
      onEvent: (event) => {
        if (event.policyEvent?.enforcementLevel === "mandatory") findings.push(event.policyEvent.message.trim());
        options.onEvent?.(event);
      },
    }));
    if (!existsSync(this.#results)) {
      if (failure !== undefined && findings.length === 0) throw failure;
      throw new NoVerdict(this.name, findings);
    }
    const results = JSON.parse(await readFile(this.#results, "utf8")) as Results;
    // What the pack refuses makes the engine's run fail; anything else that failed is no verdict.
    if (failure !== undefined && !refused(results)) throw failure;
    return { results, ...(operation === undefined ? {} : { operation }) };
  }
}

async function ended(run: Promise<OperationResult>): Promise<{ operation?: OperationResult; failure?: OperationError }> {
  try {
    return { operation: await run };
  } catch (error) {
    if (error instanceof OperationError) return { failure: error };
    throw error;
  }
}
