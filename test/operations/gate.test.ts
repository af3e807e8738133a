/** `golive gate` as a command: where its reports go and how it ends; what judges the stacks is put in. */
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { register } from "../../operations/commands/gate.ts";
import type { GateReport, GateRequest } from "../../operations/gate/gate.ts";
import { golive } from "./command.ts";
import { CLEAN, REPORT } from "./report/results.ts";

const CLEAN_STACK: GateReport = { stack: "staging", results: CLEAN.results, charts: [], seconds: 1 };
const REFUSED_STACK: GateReport = { stack: "production", results: REPORT.results, charts: [], seconds: 1 };

/** Runs `golive gate …` on reports that are there already. */
async function gated(args: string[], reports: GateReport[]): Promise<{ asked: GateRequest[]; stdout: string }> {
  const asked: GateRequest[] = [];
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  const judge = (request: GateRequest): Promise<GateReport[]> => {
    asked.push(request);
    return Promise.resolve(reports);
  };
  try {
    const program = new Command();
    register(program, judge);
    await program.parseAsync(["gate", ...args], { from: "user" });
  } finally {
    write.mockRestore();
  }
  return { asked, stdout: printed.join("") };
}

describe("golive gate", () => {
  let folder: string;
  let before: typeof process.exitCode;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "golive-gate-"));
    before = process.exitCode;
    process.exitCode = undefined;
  });
  afterEach(async () => {
    process.exitCode = before;
    await rm(folder, { recursive: true, force: true });
  });

  test("several reports come from one run, beside the one on the terminal", async () => {
    const sarif = path.join(folder, "gate.sarif");
    const markdown = path.join(folder, "a=b.md");
    const { asked, stdout } = await gated(["staging", "--base", "main", "--report", `sarif=${sarif}`, "--report", `markdown=${markdown}`], [CLEAN_STACK]);
    expect(asked).toMatchObject([{ stacks: ["staging"], base: "main" }]);
    expect(JSON.parse(await readFile(sarif, "utf8"))).toMatchObject({ version: "2.1.0", runs: [{ automationDetails: { id: "golive/staging/" } }] });
    expect(await readFile(markdown, "utf8")).toMatch(/^# Security checklist: staging\n/);
    expect((await readdir(folder)).sort()).toEqual(["a=b.md", "gate.sarif"]);
    expect(stdout).toContain("Nothing is refused");
    expect(process.exitCode).toBeUndefined();
  });

  test("reports are written of what is refused, too, and it ends with 1", async () => {
    const file = path.join(folder, "gate.json");
    await gated(["production", "staging", "--report", `json=${file}`], [REFUSED_STACK, CLEAN_STACK]);
    expect(await readFile(file, "utf8")).toContain("nothing needs this waiver");
    expect(process.exitCode).toBe(1);
  });

  test("--output takes the report from the terminal, --report does not", async () => {
    const output = path.join(folder, "out.md");
    const { stdout } = await gated(["staging", "--format", "markdown", "--output", output, "--report", `markdown=${path.join(folder, "too.md")}`], [CLEAN_STACK]);
    expect(stdout).not.toContain("# Security checklist");
    expect(await readFile(output, "utf8")).toBe(await readFile(path.join(folder, "too.md"), "utf8"));
  });

  test("every stack is judged when none is named, each once otherwise", async () => {
    expect((await gated([], [])).asked).toMatchObject([{ stacks: ["production", "sandbox", "staging"], every: true, base: undefined }]);
    expect((await gated(["staging", "staging"], [])).asked).toMatchObject([{ stacks: ["staging"], every: false }]);
  });

  test.each(["sarif", "=gate.sarif", "sarif=", "sarif=-", "serif=gate.sarif"])("--report %s is refused before anything runs", async (given) => {
    const { code, stdout, stderr } = await golive(["gate", "staging", "--report", given]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`argument '${given}' is invalid. It must be a format and a file, such as sarif=gate.sarif; formats are text, sarif, junit, json, markdown.`);
  });

  test("--json and another format contradict each other", async () => {
    const { code, stdout, stderr } = await golive(["gate", "staging", "--json", "--format", "sarif"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("'--json' cannot be used with option '--format <format>'");
  });

  test("two reports into one file are refused", async () => {
    const { code, stderr } = await golive(["gate", "--report", "sarif=gate.out", "--report", "json=gate.out"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Another report goes into that file already.");
  });
});
