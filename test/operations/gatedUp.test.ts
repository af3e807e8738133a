/** Nothing is applied without a verdict: what a command of ours does when the pack refuses, or says nothing at all. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gatedUp } from "../../operations/gate/gatedUp.ts";
import { JudgedSandbox } from "../../operations/gate/judgedSandbox.ts";
import type { Results } from "../../policies/judge.ts";
import { OperationError, type OperationOptions, type OperationResult } from "../../sandbox/workspace/operation.ts";
import type { Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { CLEAN, REPORT } from "./report/results.ts";

/** How a run of the engine goes: what the pack writes, what it says on the way, and whether the run fails. */
interface Run {
  /** What happens to the checkout while it runs. */
  meanwhile?: () => Promise<unknown>;
  results?: Results;
  says?: string;
  fails?: boolean;
}

const DONE: OperationResult = { changes: { create: 1 }, seconds: 1, stdout: "" };
const CLEAN_RUN: Run = { results: CLEAN.results };
const REFUSED_RUN: Run = { results: REPORT.results, fails: true };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golive-gated-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A sandbox of which each run goes as it is told. */
function sandbox(runs: { preview: Run; up?: Run }): { judged: JudgedSandbox; asked: string[] } {
  const file = path.join(folder, "results.json");
  const asked: string[] = [];
  const run = (what: "preview" | "up") => async ({ policyPacks, onEvent }: OperationOptions): Promise<OperationResult> => {
    asked.push(`${what} with ${path.basename(policyPacks?.[0] ?? "nothing")}`);
    const { results, says, fails, meanwhile } = runs[what] ?? {};
    await meanwhile?.();
    if (says !== undefined) onEvent?.({ policyEvent: { message: ` ${says}\n`, enforcementLevel: "mandatory" } } as unknown as Parameters<typeof onEvent>[0]);
    onEvent?.({ policyEvent: { message: "advice", enforcementLevel: "advisory" } } as unknown as Parameters<typeof onEvent>[0]);
    if (results !== undefined) await writeFile(file, JSON.stringify(results));
    if (fails === true) throw new OperationError("The run failed.", ["a diagnostic"], "");
    return DONE;
  };
  return { judged: new JudgedSandbox({ name: "production", preview: run("preview"), up: run("up"), close: () => Promise.resolve() } as unknown as Sandbox, file, path.join(folder, "checkout")), asked };
}

async function failureOf(runs: { preview: Run; up?: Run }): Promise<{ failure: unknown; asked: string[] }> {
  const { judged, asked } = sandbox(runs);
  return { failure: await gatedUp(judged).catch((error: unknown) => error), asked };
}

describe("an update", () => {
  test("that the pack agrees with is applied, with the pack both times", async () => {
    const { judged, asked } = sandbox({ preview: CLEAN_RUN, up: CLEAN_RUN });
    expect(await gatedUp(judged)).toBe(DONE);
    expect(asked).toEqual(["preview with policies", "up with policies"]);
  });

  test.each([true, false])("that the pack refuses is not applied, whether the engine failed (%s) or not", async (fails) => {
    const { failure, asked } = await failureOf({ preview: { ...REFUSED_RUN, fails } });
    expect(failure).toMatchObject({ name: "PolicyRefusal", applied: "nothing", exitCode: 1, message: 'The policy pack refuses the update of stack "production"; nothing was applied.' });
    expect(failure).toHaveProperty("findings.0", "The policy pack can not be relied on: exceptions.yaml:12: nothing needs this waiver of test/idle on a::b: remove it.");
    expect(failure).toHaveProperty("findings.length", 5);
    expect(asked).toHaveLength(1);
  });

  test("is not applied when the pack said nothing", async () => {
    const { failure, asked } = await failureOf({ preview: {} });
    expect(failure).toMatchObject({ message: 'The policy pack gave no verdict on stack "production".', exitCode: 1, findings: [] });
    expect(asked).toHaveLength(1);
  });

  test("is not applied when the pack could not judge, and says why", async () => {
    const { failure, asked } = await failureOf({ preview: { says: "it could not judge the stack", fails: true } });
    expect(failure).toMatchObject({ message: 'The policy pack gave no verdict on stack "production".', hint: "it could not judge the stack" });
    expect(asked).toHaveLength(1);
  });

  test("is not applied when the engine failed, though the pack agrees", async () => {
    const { failure, asked } = await failureOf({ preview: { ...CLEAN_RUN, fails: true } });
    expect(failure).toMatchObject({ name: "OperationError", message: "The run failed." });
    expect(asked).toHaveLength(1);
    expect((await failureOf({ preview: { fails: true } })).failure).toMatchObject({ name: "OperationError" });
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ["changed", "stacks/index.ts", () => writeFile(path.join(folder, "checkout", "stacks", "index.ts"), "other")],
    ["added", "stacks/new.ts", () => writeFile(path.join(folder, "checkout", "stacks", "new.ts"), "")],
    ["removed", "Pulumi.yaml", () => rm(path.join(folder, "checkout", "Pulumi.yaml"))],
  ])("is not applied when a file of the program was %s after the plan: %s", async (_, file, meanwhile) => {
    await mkdir(path.join(folder, "checkout", "stacks"), { recursive: true });
    await writeFile(path.join(folder, "checkout", "stacks", "index.ts"), "first");
    await writeFile(path.join(folder, "checkout", "Pulumi.yaml"), "name: golive");
    expect((await failureOf({ preview: CLEAN_RUN, up: CLEAN_RUN })).failure).toBe(DONE);
    const { failure, asked } = await failureOf({ preview: { ...CLEAN_RUN, meanwhile }, up: CLEAN_RUN });
    expect(failure).toMatchObject({ exitCode: 1, message: `The program has changed since it was planned (${file}); nothing was applied.` });
    expect(asked).toHaveLength(1);
  });

  test.each([true, false])("that turns out to be wrong at its end is told to be applied, and broken; the engine failed: %s", async (fails) => {
    const { failure } = await failureOf({ preview: CLEAN_RUN, up: { ...REFUSED_RUN, fails } });
    expect(failure).toMatchObject({ name: "PolicyRefusal", applied: "everything", exitCode: 1 });
    expect(String(failure)).toContain('Stack "production" is applied, and broken');
    expect(failure).toHaveProperty("findings.length", 5);
  });

  test("that is stopped at a resource is told to be applied in part", async () => {
    const { failure } = await failureOf({ preview: CLEAN_RUN, up: { says: "[a/b] files: is public.", fails: true } });
    expect(failure).toMatchObject({ applied: "a part", findings: ["[a/b] files: is public."] });
  });

  test("of which the verdict is missing at its end is told so; the one of the preview does not count", async () => {
    const { failure } = await failureOf({ preview: CLEAN_RUN, up: {} });
    expect(failure).toMatchObject({ applied: "unjudged", exitCode: 1, message: 'Stack "production" is applied, and the policy pack gave no verdict on it.' });
  });
});

test("no command applies anything past the gate", () => {
  const operations = path.join(import.meta.dirname, "..", "..", "operations");
  const applying = readdirSync(operations, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && /\.up\(/.test(readFileSync(path.join(operations, file), "utf8")));
  // What is there already is applied as it was: base.ts says why. A real stack is run through JudgedSandbox alone.
  expect(applying.sort()).toEqual(["gate/base.ts", "gate/gatedUp.ts", "gate/judgedSandbox.ts", "release/realStack.ts"]);
});
