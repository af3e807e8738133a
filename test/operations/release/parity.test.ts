/** The table of scenarios says what is true: each test that it names is there, and nothing is left without an answer. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { PARITY, type Scenario } from "../../cluster/release/parity.ts";

const TEST = path.join(import.meta.dirname, "..", "..");
const RELEASE = "cluster/release";

interface Tests {
  /** As they stand in the source. */
  titles: string[];
  /** Places of tests whose title is no plain text: nobody could name them. */
  unnamed: string[];
}

/** The tests of a source: `it(…)`, `test.skipIf(…)(…)`, `it.each(…)(…)`. */
function testsOf(text: string, name: string): Tests {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: Tests = { titles: [], unnamed: [] };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node)) {
      const [title] = node.arguments;
      if (title !== undefined && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) found.titles.push(title.getText(source).slice(1, -1).replaceAll('\\"', '"'));
      else found.unnamed.push(`${name}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`);
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/** Not the inner call of `it.each(rows)(title, …)`, which only makes the function. */
function isTest(call: ts.CallExpression): boolean {
  if (ts.isCallExpression(call.parent) && call.parent.expression === call) return false;
  let callee: ts.Expression = call.expression;
  while (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) callee = callee.expression;
  return ts.isIdentifier(callee) && (callee.text === "it" || callee.text === "test");
}

function testsIn(file: string): Tests {
  const place = path.join(TEST, file);
  return existsSync(place) ? testsOf(readFileSync(place, "utf8"), file) : { titles: [], unnamed: [] };
}

/** What is wrong with a row; none when it says what is true. */
function mistakes({ scenario, theirs, ours = [], why = "" }: Scenario): string[] {
  return [
    ...(theirs.length === 0 ? [`${scenario}: names no test of theirs`] : []),
    ...(ours.length === 0 && why.trim() === "" ? [`${scenario}: has neither a test nor a reason`] : []),
    ...ours.flatMap(({ file, title }) => {
      const there = testsIn(file).titles.filter((one) => one === title).length;
      return there === 1 ? [] : [`${scenario}: ${file} has ${there} tests "${title}"`];
    }),
  ];
}

describe("every scenario", () => {
  it.each(PARITY)("$scenario", (row) => {
    expect(mistakes(row)).toEqual([]);
  });

  it("is there once, and so is every test of theirs", () => {
    const names = PARITY.map(({ scenario }) => scenario);
    expect(new Set(names).size).toBe(names.length);
    const theirs = PARITY.flatMap((row) => row.theirs).map(({ project, suite, test }) => `${project} ${suite} ${test}`);
    expect(theirs.filter((one, at) => theirs.indexOf(one) !== at)).toEqual([]);
  });

  it("of scenarios.test.ts is in the table", () => {
    const file = `${RELEASE}/scenarios.test.ts`;
    const named = new Set(PARITY.flatMap(({ ours = [] }) => ours).filter((one) => one.file === file).map(({ title }) => title));
    expect(testsIn(file).titles.filter((title) => !named.has(title))).toEqual([]);
    expect(named.size).toBeGreaterThan(0);
  });
});

describe("every test of a release on the cluster", () => {
  it.each(readdirSync(path.join(TEST, RELEASE)).filter((name) => name.endsWith(".test.ts")))("%s: has a title that can be named", (name) => {
    const { titles, unnamed } = testsIn(`${RELEASE}/${name}`);
    expect(unnamed).toEqual([]);
    expect(titles.length).toBeGreaterThan(0);
  });
});

describe("a table that is wrong", () => {
  const row: Scenario = { scenario: "s", theirs: [{ project: "flagger", suite: "suite", test: "test" }], why: "because" };

  it.each<[what: string, row: Scenario, says: string]>([
    ["without a test of theirs", { ...row, theirs: [] }, "s: names no test of theirs"],
    ["without test and reason", { ...row, why: " " }, "s: has neither a test nor a reason"],
    ["with a file that is not there", { ...row, ours: [{ file: "cluster/release/gone.test.ts", title: "t" }] }, 's: cluster/release/gone.test.ts has 0 tests "t"'],
    ["with a test that is not there", { ...row, ours: [{ file: "operations/release/parity.test.ts", title: "t" }] }, 's: operations/release/parity.test.ts has 0 tests "t"'],
  ])("is found: %s", (_, wrong, says) => {
    expect(mistakes(wrong)).toEqual([says]);
  });

  it("knows tests by their calls, and not by what looks like one", () => {
    const text = 'it("a", f); it.each([1])("b %s", f); test.skipIf(true)(`c ${n}`, { timeout: 1 }, f); it(title, f); /x/.test("d"); describe("e", f); // it("f", f)';
    expect(testsOf(text, "x.test.ts")).toEqual({ titles: ["a", "b %s", "c ${n}"], unnamed: ["x.test.ts:1"] });
  });
});
