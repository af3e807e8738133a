/** Ctrl-C as an abort signal: the first one lets the work end cleanly, the second one ends at once. */

/** Exit code of a command that a person interrupted (128 + SIGINT). */
export const EXIT_INTERRUPTED = 130;

/**
 * Aborts the signal at the first SIGINT, SIGTERM or SIGHUP; exits at the second. A terminal that is closed may say so
 * twice (the kernel and the shell), and nobody is there who could be in a hurry: SIGHUP never ends at once.
 */
export function abortOnInterrupt(): { signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) controller.abort(new InterruptedError());
    else if (signal !== "SIGHUP") process.exit(EXIT_INTERRUPTED);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  return { signal: controller.signal };
}

/** Thrown by work that a person interrupted; the command line turns it into exit code 130. */
export class InterruptedError extends Error {
  constructor(options?: ErrorOptions) {
    super("Interrupted.", options);
    this.name = "InterruptedError";
  }
}
