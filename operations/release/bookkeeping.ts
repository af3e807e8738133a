/** What must agree with traffic that has moved: each part is tried, whatever became of the others. */
import { UserError } from "../../sandbox/errors.ts";

export interface Bookkeeping {
  /** @returns what the work gives; nothing when it failed, which {@link close} tells */
  tried<T>(what: string, work: () => Promise<T>): Promise<T | undefined>;
  /** @param done what is done all the same. @throws UserError that names what is not */
  close(done: string): void;
}

export function bookkeeping({ signal }: { signal?: AbortSignal }): Bookkeeping {
  const failed: { what: string; error: unknown }[] = [];
  return {
    tried: async (what, work) => {
      try {
        return await work();
      } catch (error) {
        failed.push({ what, error });
        return undefined;
      }
    },
    close: (done) => {
      if (failed.length === 0) return;
      signal?.throwIfAborted();
      const lines = failed.map(({ what, error }) => `  - ${what}: ${error instanceof Error ? error.message : String(error)}`);
      const hints = failed.flatMap(({ error }) => (error instanceof UserError && error.hint !== "" ? [error.hint] : []));
      throw new UserError(`${done}. Not done:\n${lines.join("\n")}`, [...new Set(hints), "Mend it, then run the command again: it does what is left."].join("\n"), 1, { cause: failed[0]?.error });
    },
  };
}
