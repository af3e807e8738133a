/** Modules that can be loaded again, against what Node makes of the same files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { collect, fresh, VITEST } from "./collect.ts";
import { Program, World } from "./program.ts";
import { attempt, isEndless, type Namespace, runUntilFailure, withMutant } from "./run.ts";
import { survivors, textAt } from "./survivors.ts";

let folder: string;
const at = (name: string): string => path.join(folder, "test", name);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "mutation-"));
  mkdirSync(path.join(folder, "test"));
  writeFileSync(at("count.ts"), "const kept: number[] = [];\nexport const next = (): number => kept.push(0);\n");
  writeFileSync(at("user.ts"), 'import path from "node:path";\nimport { next } from "./count.ts";\nexport const name: string = path.basename(import.meta.dirname);\nexport function twice(): number { next(); return next(); }\n');
  writeFileSync(at("apart.ts"), "export const apart = { count: 0 };\nexport function outer(): void {\n  function cover() {\n    apart.count += 1;\n  }\n  cover();\n}\n");
  writeFileSync(at("user.test.ts"), 'import { describe, expect, it } from "vitest";\nimport { twice } from "./user.ts";\ndescribe.each([["a", 2], ["b", 3]])("%s", (_, wanted) => { it("counts", () => { expect(twice()).toBe(wanted); }); it.each(["x", "x"])("has %s", () => undefined); });\n');
  writeFileSync(at("hooked.test.ts"), 'import { afterEach, beforeEach, describe, expect, it } from "vitest";\nexport const seen: string[] = [];\nconst told = (what: string) => async (): Promise<void> => { seen.push(what); };\nafterEach(told("out"));\nbeforeEach(told("in"));\ndescribe("group", () => { it("fails", () => { seen.push("test"); expect.fail("on purpose"); }); beforeEach(told("inner")); afterEach(told("outer")); });\nit("alone", () => { seen.push("alone"); });\n');
  writeFileSync(at("broken.test.ts"), 'import { it } from "vitest";\nit("is never seen", () => undefined);\nthrow new Error("does not load");\n');
});

afterAll(() => { rmSync(folder, { recursive: true }); });

async function program(touch?: (file: string) => void): Promise<Program> {
  const made = new Program(undefined, touch);
  await made.load(["user.test.ts", "hooked.test.ts", "broken.test.ts", "apart.ts"].map(at), { vitest: VITEST });
  return made;
}

it("a world is a copy of its own; what is left out is loaded again, what is not stays the same", async () => {
  const loaded = await program();
  const world = new World(loaded);
  const { next } = world.import(at("count.ts")) as { next: () => number };
  const apart = world.import(at("apart.ts"));
  expect(world.import(at("user.ts"))["name"]).toBe("test");
  expect([next(), next()]).toEqual([1, 2]);
  const changed = loaded.dependents(at("count.ts"));
  expect([...changed].sort()).toEqual([at("count.ts"), at("user.test.ts"), at("user.ts")]);
  const other = world.without(changed);
  expect((other.import(at("user.ts")) as { twice: () => number }).twice()).toBe(2);
  expect(other.import(at("apart.ts"))).toBe(apart);
  expect(next()).toBe(3);
  expect([...world.loaded.keys()].indexOf(at("count.ts"))).toBeLessThan([...world.loaded.keys()].indexOf(at("user.ts")));
});

it("what StrykerJS counts is counted only by a program with probes", async () => {
  for (const [touch, count] of [[undefined, 0], [() => undefined, 1]] as const) {
    const { outer, apart } = new World(await program(touch)).import(at("apart.ts")) as { outer: () => void; apart: { count: number } };
    outer();
    expect(apart.count).toBe(count);
  }
});

it("tests are collected with their rows, and a file that fails does not keep the others", async () => {
  const { tests, failures } = fresh(await program(), [at("user.test.ts"), at("broken.test.ts")]);
  expect(tests.map(({ key, rows }) => [key, rows])).toEqual([
    ["test/user.test.ts > a > counts", [["a", 2]]],
    ["test/user.test.ts > a > has x", [["a", 2], ["x"]]],
    ["test/user.test.ts > a > has x (2)", [["a", 2], ["x"]]],
    ["test/user.test.ts > b > counts", [["b", 3]]],
    ["test/user.test.ts > b > has x", [["b", 3], ["x"]]],
    ["test/user.test.ts > b > has x (2)", [["b", 3], ["x"]]],
  ]);
  expect(failures).toEqual([`${at("broken.test.ts")}: does not load`]);
});

it("what a file wants before and after each test is done, also after one that fails", async () => {
  const { tests, world } = fresh(await program(), [at("hooked.test.ts")]);
  expect([await attempt(tests[0] ?? expect.fail()), await attempt(tests[1] ?? expect.fail())]).toEqual(["on purpose", undefined]);
  expect(world.import(at("hooked.test.ts"))["seen"]).toEqual(["in", "inner", "test", "outer", "out", "in", "alone", "out"]);
});

it("a program with probes tells whose functions run", async () => {
  const touched: string[] = [];
  const suite = collect(new World(await program((file) => touched.push(path.basename(file)))), [at("user.test.ts")]);
  touched.length = 0;
  expect(await attempt(suite.tests[0] ?? expect.fail())).toBeUndefined();
  expect(touched).toEqual(["user.test.ts", "user.ts", "count.ts", "count.ts"]);
});

it("tests run to the first that fails, and no longer than the code may run", async () => {
  const { tests } = fresh(await program(), [at("user.test.ts")]);
  const ns: Namespace = {};
  expect(await runUntilFailure(tests, ns)).toMatchObject({ ran: 4, failure: { message: "expected 4 to be 3 // Object.is equality" } });
  const outcome = await withMutant(ns, "7", 100, () => {
    expect(ns.activeMutant).toBe("7");
    ns.hitCount = 101;
    return runUntilFailure(tests, ns);
  });
  expect(outcome).toEqual({ ran: 1, endless: true });
  expect(ns.activeMutant).toBeUndefined();
  await withMutant(ns, "8", undefined, () => { expect(isEndless(ns)).toBe(false); });
});

it("survivors are listed by place, with what was there and what stands there now", () => {
  const source = "const a = 1;\nconst b = [\n  2,\n];\n";
  const list = { start: { line: 2, column: 11 }, end: { line: 4, column: 2 } };
  const one = { start: { line: 1, column: 11 }, end: { line: 1, column: 12 } };
  expect(textAt(source, list)).toBe("[\n  2,\n]");
  const mutant = { id: "1", mutatorName: "Any" };
  expect(survivors({ "b.ts": { language: "typescript", source, mutants: [
    { ...mutant, location: list, replacement: "[]", status: "Survived" },
    { ...mutant, location: one, replacement: "0", status: "NoCoverage" },
    { ...mutant, location: one, replacement: "2", status: "Killed" },
  ] } })).toEqual(["b.ts:1:11 (no test runs it) 1 → 0", "b.ts:2:11 [ 2, ] → []"]);
});
