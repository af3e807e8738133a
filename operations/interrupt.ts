/** Ctrl-C as an abort signal: the first one lets the work end cleanly, the second one ends at once. */

/** Exit code of a command that a person interrupted (128 + SIGINT). */
export const EXIT_INTERRUPTED = 130;

/** Aborts the signal at the first SIGINT or SIGTERM; exits at the second. */
export function abortOnInterrupt(): { signal: AbortSignal } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort(new InterruptedError());
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return { signal: controller.signal };
}

/** Thrown by work that a person interrupted; the command line turns it into exit code 130. */
export class InterruptedError extends Error {
  constructor() {
    super("Interrupted.");
    this.name = "InterruptedError";
  }
}
