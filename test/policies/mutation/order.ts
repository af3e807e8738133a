/** Which tests look at a mutant, and in which order. Leaving one out can only let a mutant live that it would have killed. */
import { isDeepStrictEqual } from "node:util";
import type { Test } from "./collect.ts";

/** What is known of a test that passed without a mutant. */
export interface Past {
  /** How long it took, in milliseconds. */
  ms: number;
  /** Files of which it ran a function, or judged a rule, with what tells its way through the file from another's. */
  touched: ReadonlyMap<string, string>;
  rows: readonly unknown[];
}

/**
 * Whether a test could notice that a file is not what it was. One that is made from a row of a table reads what the
 * row holds and what it calls: where both are as before, so is its result. Of any other nobody knows what it reads.
 */
export function mayNotice(test: Pick<Test, "rows">, past: Past | undefined, changed: ReadonlySet<string>): boolean {
  if (past === undefined || test.rows.length === 0) return true;
  return [...past.touched.keys()].some((file) => changed.has(file)) || isAltered(test, past);
}

/** Whether a test is made from other rows than before. Modules that were not loaded again give the very same. */
export function isAltered(test: Pick<Test, "rows">, past: Past | undefined): boolean {
  if (past === undefined || past.rows.length !== test.rows.length) return true;
  return test.rows.some((row, at) => !isSame(row, past.rows[at]));
}

const compared = new WeakMap<object, WeakMap<object, boolean>>();

/** The rows of a group are the same for each of its tests: compared once. */
function isSame(row: unknown, before: unknown): boolean {
  if (!Array.isArray(row) || !Array.isArray(before)) return Object.is(row, before);
  const known = compared.get(row)?.get(before);
  if (known !== undefined) return known;
  const same = row.length === before.length && row.every((one, at) => Object.is(one, before[at]) || isDeepStrictEqual(one, before[at]));
  const kept = compared.get(row) ?? new WeakMap<object, boolean>();
  compared.set(row, kept.set(before, same));
  return same;
}

/** Tests that found something lately, newest first: what killed a mutant's neighbour likely kills the mutant. */
export class Killers {
  readonly #byFile = new Map<string, string[]>();
  readonly #most: number;

  constructor(most = 12) {
    this.#most = most;
  }

  add(file: string, key: string): void {
    for (const place of [file, ""]) this.#byFile.set(place, [key, ...this.of(place).filter((one) => one !== key)].slice(0, this.#most));
  }

  /** The killers of a file's mutants; those of all files for the empty name. */
  of(file: string): readonly string[] {
    return this.#byFile.get(file) ?? [];
  }
}

/** What puts a test forward. */
export interface Clues {
  killers: Killers;
  /** The file that holds the mutant. */
  file: string;
  /** It, and the files that import it. */
  changed: ReadonlySet<string>;
  /** Names of rules that the file declares. */
  rules: ReadonlySet<string>;
  past: ReadonlyMap<string, Past>;
  /** Files with so many tests that most of them are about something else. */
  large: ReadonlySet<string>;
}

/**
 * The likeliest killers first: lately successful here, made from changed rows, about the file's own rules, lately
 * successful anywhere, of small files, the rest; the quick ones first. Of the rest, tests that went the same way
 * through the changed files stand for each other.
 */
export function inOrder(tests: readonly Test[], clues: Clues): Test[] {
  const { killers, file, rules, past, large } = clues;
  const [here, anywhere] = [killers.of(file), killers.of("")];
  const scored = tests.map((test) => {
    const known = past.get(test.key);
    const lately = here.indexOf(test.key);
    if (lately >= 0) return { test, group: 0, rank: lately };
    const rank = known?.ms ?? 0;
    if (isAltered(test, known)) return { test, group: 1, rank };
    if (test.titles.some((title) => rules.has(title))) return { test, group: 2, rank };
    if (anywhere.includes(test.key)) return { test, group: 3, rank };
    return { test, group: large.has(test.file) && test.rows.length > 0 ? REST : 4, rank };
  }).sort((a, b) => a.group - b.group || a.rank - b.rank);
  const ways = new Map<string, number>();
  return scored.filter(({ test, group }) => {
    if (group < REST) return true;
    const way = wayOf(past.get(test.key), clues.changed);
    const gone = (ways.get(way) ?? 0) + 1;
    ways.set(way, gone);
    return gone <= SAME_WAY;
  }).map(({ test }) => test);
}

const REST = 5;

/** How many tests go one way. The scenes' own tests have seen to it that what all of them share is right. */
const SAME_WAY = 3;

function wayOf(past: Past | undefined, changed: ReadonlySet<string>): string {
  return [...past?.touched ?? []].filter(([file]) => changed.has(file)).map(([file, way]) => `${file}=${way}`).join(" ");
}
