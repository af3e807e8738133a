/**
 * JSON as it is meant: what `JSON.parse` refuses is told with its place and without repeating what stands there, and
 * a key that is there twice, of which `JSON.parse` would silently take the last, is refused.
 */
import { InputMistake, MAX_DEPTH } from "./mistake.ts";

const SPACE = /[ \t\n\r]*/y;
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** @throws InputMistake */
export function readJson(text: string): unknown {
  new Scanner(text).document();
  return JSON.parse(text);
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value(0);
    this.#take(SPACE);
    if (this.#at < this.#text.length) this.#fail("there is text after its end");
  }

  #value(depth: number): void {
    this.#take(SPACE);
    const first = this.#text[this.#at];
    if (depth > MAX_DEPTH) this.#fail(`it is nested more than ${MAX_DEPTH} deep`);
    if (first === "{") this.#object(depth);
    else if (first === "[") this.#list(depth);
    else if (first === '"') this.#string("a text does not end, or has a character that must be escaped");
    else if (this.#take(PLAIN) === "") this.#fail(first === undefined ? "it ends too early" : "a value is missing here");
  }

  #object(depth: number): void {
    const keys = new Set<string>();
    this.#entries("}", () => {
      const start = this.#at;
      const key = this.#string("a key in double quotes is missing here");
      if (keys.has(key)) this.#fail("a key is there twice", start);
      keys.add(key);
      this.#take(SPACE);
      if (this.#text[this.#at] !== ":") this.#fail("a colon is missing here");
      this.#at += 1;
      this.#value(depth + 1);
    });
  }

  #list(depth: number): void {
    this.#entries("]", () => this.#value(depth + 1));
  }

  #entries(end: string, entry: () => void): void {
    this.#at += 1;
    this.#take(SPACE);
    if (this.#text[this.#at] === end) {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#take(SPACE);
      entry();
      this.#take(SPACE);
      const next = this.#text[this.#at];
      if (next !== "," && next !== end) this.#fail(next === undefined ? "it ends too early" : `a comma or ${end} is missing here`);
      this.#at += 1;
      if (next === end) return;
    }
  }

  #string(problem: string): string {
    const found = this.#take(STRING);
    if (found === "") this.#fail(this.#at >= this.#text.length ? "it ends too early" : problem);
    return found.includes("\\") ? String(JSON.parse(found)) : found.slice(1, -1);
  }

  /** What a pattern finds here; empty when nothing. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [""];
    this.#at += found.length;
    return found;
  }

  #fail(problem: string, offset = this.#at): never {
    throw new InputMistake(`this is not JSON: ${problem}`, offset);
  }
}
