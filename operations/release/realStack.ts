/** A real stack: the Pulumi CLI of this machine on the checkout, its backend, the cloud. */
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../../sandbox/errors.ts";
import { runOperation, type OperationOptions, type OperationResult } from "../../sandbox/workspace/operation.ts";
import type { Runs } from "../gate/judgedSandbox.ts";

/** Since then a hook that fails ends the update (SANDBOX.md): the guard of the live Service is one. */
const OLDEST_CLI = "3.238.0";

/** @throws UserError when there is no CLI, it is too old, or its backend knows no such stack */
export async function openRealStack(name: string, folder: string, env: Record<string, string>, signal?: AbortSignal): Promise<Runs> {
  const pulumiCommand = await PulumiCommand.get({ skipVersionCheck: false }).catch((error: unknown) => {
    throw new UserError("The Pulumi CLI is not on PATH.", "Install it (https://www.pulumi.com/docs/install/), sign in with `pulumi login`, then run the command again.", 1, { cause: error });
  });
  const { version } = pulumiCommand;
  if (version !== null && version.compare(OLDEST_CLI) < 0) throw new UserError(`The Pulumi CLI ${version.version} is too old.`, `Install ${OLDEST_CLI} or newer: before it, a guard that refuses did not end the update.`);
  signal?.throwIfAborted();
  const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand, envVars: env });
  return new RealStack(await selected(name, workspace), name);
}

async function selected(name: string, workspace: LocalWorkspace): Promise<Stack> {
  const { Stack: Stacks } = await import("@pulumi/pulumi/automation/index.js");
  try {
    return await Stacks.select(name, workspace);
  } catch (error) {
    throw new UserError(`The backend has no stack "${name}", or can not be asked.`, `${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}\nSign in (pulumi login), and look: pulumi stack ls.`, 1, { cause: error });
  }
}

class RealStack implements Runs {
  readonly name: string;
  readonly #stack: Stack;

  constructor(stack: Stack, name: string) {
    this.#stack = stack;
    this.name = name;
  }

  preview(options: OperationOptions = {}): Promise<OperationResult> {
    return runOperation(`preview of stack "${this.name}"`, options, (observed) => this.#stack.preview({ ...options, ...observed }));
  }

  up(options: OperationOptions = {}): Promise<OperationResult> {
    return runOperation(`update of stack "${this.name}"`, options, (observed) => this.#stack.up({ ...options, ...observed }));
  }

  refresh(options: OperationOptions = {}): Promise<OperationResult> {
    return runOperation(`refresh of stack "${this.name}"`, options, (observed) => this.#stack.refresh({ ...options, ...observed }));
  }

  /** Nothing is kept. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
