/** A person's yes to a plan. */
import { UserError } from "../../sandbox/errors.ts";
import { InterruptedError } from "../interrupt.ts";

export interface AskOptions {
  /** Not to ask. */
  yes: boolean;
  signal?: AbortSignal;
  input?: NodeJS.ReadableStream & { isTTY?: boolean };
  output?: NodeJS.WritableStream;
}

/**
 * @throws UserError when the answer is no, or there is nobody to ask
 * @throws InterruptedError at Ctrl-C, or when the signal is aborted while the question is open
 */
export async function confirmed(question: string, { yes, signal, input = process.stdin, output = process.stderr }: AskOptions): Promise<void> {
  if (yes) return;
  if (input.isTTY !== true) throw new UserError("Nobody is there to say yes: standard input is no terminal.", "Run it again with --yes.", 2);
  const answer = (await answerTo(question, { signal, input, output })).trim().toLowerCase();
  if (answer !== "y" && answer !== "yes") throw new UserError("Not confirmed: nothing was changed.", "", 1);
}

async function answerTo(question: string, { signal, input, output }: Required<Pick<AskOptions, "input" | "output">> & Pick<AskOptions, "signal">): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  // The terminal's own line editing: whoever gives streams of his own is no terminal.
  const ask = createInterface({ input, output });
  try {
    // Of an input that ends nobody expects an answer any more.
    const ended = new Promise<string>((resolve) => ask.once("close", () => resolve("")));
    // The terminal is in raw mode: Ctrl-C is a character, which reaches nobody but readline.
    const stopped = new Promise<never>((_, reject) => ask.once("SIGINT", () => reject(new InterruptedError())));
    return await Promise.race([stopped, ask.question(`${question} [y/N] `, signal === undefined ? {} : { signal }), ended]);
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw new InterruptedError({ cause: error });
    throw error;
  } finally {
    ask.close();
  }
}
