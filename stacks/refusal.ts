/** How the program ends when something is refused while declaring: with one message, which the engine prints as it is. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "./config.ts";

/**
 * Runs a part of the program. What it throws is told without a stack trace, which says nothing to who wrote the
 * configuration; with GOLIVE_DEBUG=1 it is thrown as it is, and the engine prints the trace.
 *
 * @throws RunError with the message of what was thrown
 */
export async function plainly<T>(declare: () => Promise<T>): Promise<T> {
  try {
    return await declare();
  } catch (error) {
    // Every mistake of a configuration is in its message already, with what to do.
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    if (process.env["GOLIVE_DEBUG"] === "1" || pulumi.RunError.isInstance(error)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(`${message}\nThe program refused this while declaring the stack. Mend the configuration if the message names a key; GOLIVE_DEBUG=1 shows where it was thrown.`);
  }
}
