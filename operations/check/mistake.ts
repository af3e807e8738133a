/** What is wrong with a file that was given; never with any of its values, which may be secret. */
export class InputMistake extends Error {
  /** Where in the text, in UTF-16 units; absent for the file as such. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.name = "InputMistake";
    this.offset = offset;
  }
}

/** Deepest nesting that is read: far more than any object has, far less than what overflows a stack. */
export const MAX_DEPTH = 100;

/** Line and column of offsets in one text, counted from 1. */
export class Lines {
  readonly #text: string;
  #starts: number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  at(offset: number): { line: number; column: number } {
    this.#starts ??= starts(this.#text);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}

function starts(text: string): number[] {
  const found = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) found.push(at + 1);
  return found;
}
