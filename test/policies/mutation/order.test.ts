import { describe, expect, it } from "vitest";
import { titleOf } from "./collect.ts";
import type { Test } from "./collect.ts";
import { inOrder, isAltered, Killers, mayNotice, type Past } from "./order.ts";
import { mutantsOf } from "./runner.ts";

const CHANGED = new Set(["inner.ts", "outer.ts"]);

const test = (key: string, more: Partial<Test> = {}): Test => ({ file: "large.test.ts", titles: [key], key, rows: [["row"]], run: () => undefined, ...more });
const past = (rows: readonly unknown[], touched: Record<string, string> = {}, ms = 1): Past => ({ ms, rows, touched: new Map(Object.entries(touched)) });

describe("a test made from a row", () => {
  const row = [{ id: "one", samples: ["a"] }];

  it("notices a file that it runs", () => {
    expect(mayNotice(test("a", { rows: [row] }), past([row], { "inner.ts": "1" }), CHANGED)).toBe(true);
    expect(mayNotice(test("a", { rows: [row] }), past([row], { "other.ts": "1" }), CHANGED)).toBe(false);
  });

  it("notices what changed in its row", () => {
    expect(isAltered(test("a", { rows: [structuredClone(row)] }), past([row]))).toBe(false);
    expect(isAltered(test("a", { rows: [[{ id: "one", samples: ["b"] }]] }), past([row]))).toBe(true);
    expect(isAltered(test("a", { rows: [row, row] }), past([row]))).toBe(true);
  });

  it("may notice anything where it was not there before, or where it is made from no row", () => {
    expect(mayNotice(test("a", { rows: [row] }), undefined, CHANGED)).toBe(true);
    expect(mayNotice(test("a", { rows: [] }), past([]), CHANGED)).toBe(true);
  });
});

describe("the order", () => {
  const row = ["row"];
  const names = ["rest", "elsewhere", "own", "altered", "lately", "small"];
  const tests = names.map((name) => test(name, { rows: [name === "altered" ? ["new"] : row], titles: name === "own" ? ["area/rule", name] : [name], file: name === "small" ? "small.test.ts" : "large.test.ts" }));
  const killers = new Killers();
  killers.add("inner.ts", "lately");
  killers.add("other.ts", "elsewhere");
  const clues = { killers, file: "inner.ts", changed: CHANGED, rules: new Set(["area/rule"]), large: new Set(["large.test.ts"]), past: new Map(names.map((name) => [name, past([row], { "inner.ts": "1" })])) };

  it("begins with the likeliest killers", () => {
    expect(inOrder(tests, clues).map(({ key }) => key)).toEqual(["lately", "altered", "own", "elsewhere", "small", "rest"]);
  });

  it("takes the quick ones first where nothing else tells them apart", () => {
    const two = [test("slow", { rows: [row] }), test("quick", { rows: [row] })];
    expect(inOrder(two, { ...clues, past: new Map([["slow", past([row], {}, 9)], ["quick", past([row], {}, 2)]]) }).map(({ key }) => key)).toEqual(["quick", "slow"]);
  });

  it("lets three tests of a large file stand for all that go one way through the changed files", () => {
    const many = ["a", "b", "c", "d", "e"].map((key) => test(key, { rows: [row] }));
    const ways = (last: string): Map<string, Past> => new Map(many.map(({ key }) => [key, past([row], { "inner.ts": key === "e" ? last : "1", "other.ts": key })]));
    expect(inOrder(many, { ...clues, past: ways("1") })).toHaveLength(3);
    expect(inOrder(many, { ...clues, past: ways("2") }).map(({ key }) => key)).toEqual(["a", "b", "c", "e"]);
    expect(inOrder(many, { ...clues, large: new Set(), past: ways("1") })).toHaveLength(5);
  });
});

it("remembers the newest killers", () => {
  const killers = new Killers(2);
  for (const key of ["a", "b", "a", "c"]) killers.add("one.ts", key);
  expect(killers.of("one.ts")).toEqual(["c", "a"]);
  expect(killers.of("")).toEqual(["c", "a"]);
  expect(killers.of("two.ts")).toEqual([]);
});

it("names a test of a table by what its row begins with", () => {
  expect(titleOf("%s is %s", ["a", 1, "left over"])).toBe("a is 1");
  expect(titleOf("100 of them", ["a"])).toBe("100 of them");
});

it("finds the mutants that StrykerJS wrote into a file", () => {
  expect(mutantsOf('stryMutAct_9fa48("7") ? a : b; stryMutAct_9fa48("7"); stryMutAct_9fa48("12")')).toEqual([7, 12]);
});
