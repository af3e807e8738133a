/** One command at a time changes a stack from one checkout: a second one would plan on values that the first one is about to apply. */
import { withLock } from "../../sandbox/engine/lock.ts";
import { UserError } from "../../sandbox/errors.ts";
import { lockOf } from "./configFile.ts";
import type { Stage } from "./stage.ts";

/**
 * Runs what changes a stack, with the configuration as it is when its turn has come. A rollback does not ask for it.
 *
 * @throws UserError when another command of this checkout is at work on the stack
 */
export function inTurn<T>(stage: Stage, work: (stage: Stage) => Promise<T>): Promise<T> {
  return withLock(lockOf(stage.folder, stage.stack, "command"), () => work(stage.again()), {
    onWait: (pid) => {
      throw new UserError(`Another command (process ${pid}) is releasing stack "${stage.stack}" from this checkout.`, `Wait until it has ended, then run this one again. Only a rollback does not wait: ./golive rollback ${stage.stack}`);
    },
  });
}

/** Whether an engine was not started because another one works on the same state: on a file backend, or in Pulumi Cloud. */
export function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const said = [error.message, error instanceof UserError ? error.hint : "", "output" in error ? String(error.output) : "", error.cause instanceof Error ? error.cause.message : ""].join("\n");
  return /is working on the same state|stack is currently locked|another update is currently in progress|\[?409\]? conflict/i.test(said);
}
