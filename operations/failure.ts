/** What people see when a command fails: what happened, to what, what to do next; a stack trace only when asked for. */
import pc from "picocolors";
import { UserError } from "../sandbox/errors.ts";
import { EXIT_INTERRUPTED, InterruptedError } from "./interrupt.ts";

/** Exit code for anything that a command may throw. */
export function exitCodeOf(error: unknown): number {
  if (isInterruption(error)) return EXIT_INTERRUPTED;
  return error instanceof UserError ? error.exitCode : 1;
}

function isInterruption(error: unknown): boolean {
  return error instanceof InterruptedError || (error instanceof Error && error.cause instanceof InterruptedError);
}

/** The text for standard error, with a line break at its end. */
export function explain(error: unknown, how: { debug: boolean; color: boolean }): string {
  const colors = pc.createColors(how.color);
  const message = error instanceof Error ? error.message : String(error);
  const lines = [`${colors.red("error:")} ${message}`];
  // What to do next must not look like the last of many lines of what is wrong.
  if (error instanceof UserError && error.hint !== "") lines.push(...(message.includes("\n") ? [""] : []), error.hint);
  if (!isExpected(error) && !how.debug) lines.push("This should not have happened. Run it again with GOLIVE_DEBUG=1 for the details.");
  if (how.debug && error instanceof Error) lines.push(colors.dim(trace(error)));
  return `${lines.join("\n")}\n`;
}

function isExpected(error: unknown): boolean {
  return error instanceof UserError || isInterruption(error);
}

/** Stack traces of the error and of everything that caused it. */
function trace(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${trace(error.cause)}` : own;
}
