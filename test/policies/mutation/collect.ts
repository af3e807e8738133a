/** Stands for vitest where the tests of the pack import it: collects their tests, and leaves running them to others. */
import { format } from "node:util";
import { expect } from "vitest";
import { type Program, World } from "./program.ts";

/** A test, as its file declares it. */
export interface Test {
  file: string;
  /** Names of the groups that it lies in, and its own. */
  titles: readonly string[];
  /** Names it among all tests: file, titles, and a number where two have the same. */
  key: string;
  /** The rows of tables that it and its groups are made from; what else it reads lies in modules. */
  rows: readonly unknown[];
  run: () => unknown;
}

/** Tests of one copy of the modules, and what kept others from being collected. */
export interface Suite {
  world: World;
  tests: Test[];
  failures: string[];
}

/** What runs before and after each test of a group or file. */
interface Hooks {
  before: Hook[];
  after: Hook[];
}

type Hook = () => unknown;

interface Collecting {
  file: string;
  titles: string[];
  /** Of the file and of each group inside, outermost first. */
  hooks: Hooks[];
  rows: unknown[];
  found: Test[];
  keys: Map<string, number>;
}

type Body = (...row: unknown[]) => unknown;
type Each = (rows: readonly unknown[]) => (title: string, body: Body) => void;

let collecting: Collecting | undefined;

function now(): Collecting {
  if (collecting === undefined) throw new Error("a test is declared while no file is being collected");
  return collecting;
}

/** `%s` and the like take the row's values in turn; what is left over is not shown. */
export function titleOf(title: string, row: readonly unknown[]): string {
  const wanted = title.match(/%[sdifjoO]/g)?.length ?? 0;
  return wanted === 0 ? title : format(title, ...row.slice(0, wanted));
}

function rowsOf(rows: readonly unknown[]): unknown[][] {
  return rows.map((row) => (Array.isArray(row) ? row : [row]) as unknown[]);
}

function group(title: string, body: () => unknown, row?: readonly unknown[]): void {
  const here = now();
  collecting = { ...here, titles: [...here.titles, title], hooks: [...here.hooks, { before: [], after: [] }], rows: row === undefined ? here.rows : [...here.rows, row] };
  body();
  collecting = here;
}

function test(title: string, run: () => unknown, row?: readonly unknown[]): void {
  const { file, titles, rows, found, keys, hooks } = now();
  const own = [...titles, title];
  const name = [file.slice(file.lastIndexOf("/test/") + 1), ...own].join(" > ");
  const count = (keys.get(name) ?? 0) + 1;
  keys.set(name, count);
  found.push({ file, titles: own, key: count === 1 ? name : `${name} (${count})`, rows: row === undefined ? rows : [...rows, row], run: () => runHooked(run, hooks) });
}

/** Most tests have no hooks, and wait for nothing. */
function runHooked(run: Hook, hooks: readonly Hooks[]): unknown {
  return hooks.every(({ before, after }) => before.length + after.length === 0) ? run() : runBetween(run, hooks);
}

async function runBetween(run: Hook, hooks: readonly Hooks[]): Promise<void> {
  try {
    for (const hook of hooks.flatMap(({ before }) => before)) await hook();
    await run();
  } finally {
    for (const hook of hooks.flatMap(({ after }) => after).reverse()) await hook();
  }
}

function ignore(): void { /* a test that shall not run here */ }

const eachGroup: Each = (rows) => (title, body) => rowsOf(rows).forEach((row) => group(titleOf(title, row), () => body(...row), row));
const eachTest: Each = (rows) => (title, body) => rowsOf(rows).forEach((row) => test(titleOf(title, row), () => body(...row), row));

const it = Object.assign((title: string, run: Body) => test(title, run), { each: eachTest, runIf: (wanted: boolean) => (wanted ? it : ignore), skipIf: (unwanted: boolean) => (unwanted ? ignore : it) });
const describe = Object.assign((title: string, body: () => unknown) => group(title, body), { each: eachGroup });

const beforeEach = (hook: Hook): void => { now().hooks.at(-1)?.before.push(hook); };
const afterEach = (hook: Hook): void => { now().hooks.at(-1)?.after.push(hook); };

/** All that the tests may import; anything else would be `undefined`, and fail where it is used. */
export const VITEST = { describe, it, test: it, expect, beforeEach, afterEach };

/** Loads test files of a world and collects their tests. A file that can not be loaded does not keep the others. */
export function collect(world: World, files: readonly string[]): Suite {
  const suite: Suite = { world, tests: [], failures: [] };
  for (const file of files) {
    const found: Test[] = [];
    collecting = { file, titles: [], hooks: [{ before: [], after: [] }], rows: [], found, keys: new Map() };
    try {
      world.import(file);
      suite.tests.push(...found);
    } catch (error) {
      suite.failures.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      collecting = undefined;
    }
  }
  return suite;
}

/** A fresh copy of everything. */
export function fresh(program: Program, files: readonly string[]): Suite {
  return collect(new World(program), files);
}
