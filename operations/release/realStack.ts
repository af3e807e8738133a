/** A real stack: the Pulumi CLI of this machine on the checkout, its backend, the cloud. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../../sandbox/errors.ts";
import { runOperation, type OperationOptions, type OperationResult } from "../../sandbox/workspace/operation.ts";
import type { Runs } from "../gate/judgedSandbox.ts";
import { type Changes, changedText, textOf } from "./configFile.ts";
import type { OpenOptions } from "./stage.ts";

/** Since then a hook that fails ends the update (SANDBOX.md): the guard of the live Service is one. */
const OLDEST_CLI = "3.238.0";

/** @throws UserError when there is no CLI, it is too old, or its backend knows no such stack */
export async function openRealStack(name: string, folder: string, { changes = [], env = {}, signal }: OpenOptions): Promise<Runs> {
  const pulumiCommand = await PulumiCommand.get({ skipVersionCheck: false }).catch((error: unknown) => {
    throw new UserError("The Pulumi CLI is not on PATH.", "Install it (https://www.pulumi.com/docs/install/), sign in with `pulumi login`, then run the command again.", 1, { cause: error });
  });
  const { version } = pulumiCommand;
  if (version !== null && version.compare(OLDEST_CLI) < 0) throw new UserError(`The Pulumi CLI ${version.version} is too old.`, `Install ${OLDEST_CLI} or newer: before it, a guard that refuses did not end the update.`);
  signal?.throwIfAborted();
  const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: inOrder(pulumiCommand), envVars: env });
  const stack = await selected(name, workspace);
  return new RealStack(stack, name, changes.length === 0 ? undefined : await copyOf(name, folder, changes));
}

/** The same CLI, which is not ended by a terminal that is closed in the middle of an update. */
function inOrder(command: PulumiCommand): PulumiCommand {
  return Object.assign(Object.create(PulumiCommand.prototype) as PulumiCommand, command, { command: path.join(import.meta.dirname, "pulumi.sh") });
}

/** A copy of the stack file with other values, its secrets encrypted as they are: what was planned is what is applied. */
async function copyOf(name: string, folder: string, changes: Changes): Promise<string> {
  const source = `Pulumi.${name}.yaml`;
  const text = changedText(await textOf(path.join(folder, source)), changes, source);
  const file = path.join(await mkdtemp(path.join(tmpdir(), "golive-stack-")), source);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

async function selected(name: string, workspace: LocalWorkspace): Promise<Stack> {
  const { Stack: Stacks } = await import("@pulumi/pulumi/automation/index.js");
  try {
    return await Stacks.select(name, workspace);
  } catch (error) {
    throw new UserError(`The backend has no stack "${name}", or can not be asked.`, `${saidBy(error)}\nSign in (pulumi login), and look: pulumi stack ls.`, 1, { cause: error });
  }
}

/** The line of the CLI that says why, among those of what it was called with. */
function saidBy(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^.*\berror: .*$/m.exec(message)?.[0].replace(/^.*\berror: /, "") ?? message.split("\n")[0] ?? "";
}

class RealStack implements Runs {
  readonly name: string;
  readonly #stack: Stack;
  /** The copy of the stack file that runs go by, where there is one. */
  readonly #copy: string | undefined;

  constructor(stack: Stack, name: string, copy: string | undefined) {
    this.#stack = stack;
    this.name = name;
    this.#copy = copy;
  }

  preview(options: OperationOptions = {}): Promise<OperationResult> {
    return runOperation(`preview of stack "${this.name}"`, options, (observed) => this.#stack.preview({ ...options, ...observed, ...this.#file() }));
  }

  up(options: OperationOptions = {}): Promise<OperationResult> {
    return runOperation(`update of stack "${this.name}"`, options, (observed) => this.#stack.up({ ...options, ...observed, ...this.#file() }));
  }

  refresh(options: OperationOptions = {}): Promise<OperationResult> {
    return runOperation(`refresh of stack "${this.name}"`, options, (observed) => this.#stack.refresh({ ...options, ...observed, ...this.#file() }));
  }

  async close(): Promise<void> {
    if (this.#copy !== undefined) await rm(path.dirname(this.#copy), { recursive: true, force: true });
  }

  #file(): { configFile?: string } {
    return this.#copy === undefined ? {} : { configFile: this.#copy };
  }
}
