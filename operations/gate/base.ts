/** The program as of another revision, applied in the sandbox: what a change is judged against. */
import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../sandbox/errors.ts";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";
import { makeRunFolder } from "../../sandbox/workspace/runFolder.ts";
import { stackNames } from "../stacks.ts";

const run = promisify(execFile);

/** A revision laid out in a folder of its own, inside of the checkout so that it finds the installed packages. */
export class BaseRevision implements AsyncDisposable {
  /** The full commit id. */
  readonly revision: string;
  /** Removed at the end, or by the next run when this one is killed. */
  readonly #folder: string;

  private constructor(revision: string, folder: string) {
    this.revision = revision;
    this.#folder = folder;
  }

  get #program(): string {
    return path.join(this.#folder, "program");
  }

  /** Where the sandbox keeps what was applied of a stack. */
  stateDir(stack: string): string {
    return path.join(this.#folder, `state-${stack}`);
  }

  /**
   * Lays out a revision of this checkout's repository.
   *
   * @param ref anything git knows: a branch, a tag, a commit
   * @throws UserError when there is no git, no repository or no such revision
   */
  static async open(ref: string, checkout: string = CHECKOUT): Promise<BaseRevision> {
    const revision = await commitOf(ref, checkout);
    const folder = await makeRunFolder();
    try {
      const base = new BaseRevision(revision, folder);
      await mkdir(base.#program);
      await run("sh", ["-c", 'git -C "$1" archive --format=tar "$2" | tar -x -C "$3"', "sh", checkout, revision, base.#program]);
      return base;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw new UserError(`The revision ${ref} can not be laid out in ${folder}.`, firstLine(error), 1, { cause: error });
    }
  }

  /** Stacks that had a file then; a new one has nothing to be judged against. */
  get stacks(): string[] {
    return stackNames(this.#program);
  }

  /**
   * Applies the stack as it was; its state is in {@link stateDir} then.
   *
   * Without the policy pack, as nothing else of ours is applied: this is what is there already, perhaps from before a
   * rule that it breaks, and what it breaks is no fault of the change that is to be judged. It is applied to a
   * simulation that ends with the gate.
   *
   * @throws UserError when it can not be applied
   */
  async apply(stack: string, how: { progress: (text: string) => void; signal?: AbortSignal }): Promise<void> {
    const { openSandbox } = await import("../../sandbox/workspace/sandbox.ts");
    await using sandbox = await openSandbox({ stack, stateDir: this.stateDir(stack), programDir: this.#program, durable: false, ...how });
    let applied = 0;
    try {
      await sandbox.up({ signal: how.signal, onEvent: (event) => { if (event.resOutputsEvent) how.progress(`${stack} as of ${this.revision.slice(0, 9)}: ${(applied += 1)} resources`); } });
      // In this copy only: the engine plans no deletion of what is protected, and the gate is to show it.
      await sandbox.unprotectAll(how.signal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`Stack "${stack}" as of ${this.revision.slice(0, 9)} can not be applied, so the change can not be judged against it: ${error.message}`, error.hint, error.exitCode, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function commitOf(ref: string, checkout: string): Promise<string> {
  try {
    const { stdout } = await run("git", ["-C", checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
    return stdout.trim();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw missing
      ? new UserError("There is no git on this machine, which --base needs.", "Install git, or run the gate without --base.", 1, { cause: error })
      : new UserError(`There is no revision ${JSON.stringify(ref.slice(0, 80))} here.`, "Name a branch, tag or commit that this clone has; a shallow clone needs `git fetch --depth 1 origin REF` first.", 2, { cause: error });
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
