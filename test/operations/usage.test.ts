/** The command line as people type it: help, version, what was mistyped, pipes and exit codes. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";
import { golive } from "./command.ts";

const SEE_HELP = "Run `./golive --help` to see every command.\n";

describe("help and version", () => {
  test("--help names every command and the exit codes, on standard output", async () => {
    const { code, stdout, stderr } = await golive(["--help"]);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^Usage: golive \[options\] \[command\]\n/);
    for (const command of ["preview", "render", "config"]) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(stdout).toContain("Exit codes: 0 done, 1 refused or failed, 2 used wrongly, 130 interrupted.\n");
  });

  test.each([["preview", "--help"], ["help", "preview"]])("%s %s shows the options of the command", async (...args) => {
    const { code, stdout } = await golive(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: golive preview \[options\] <stack>\n/);
    for (const option of ["--json", "--state <dir>"]) expect(stdout).toContain(option);
  });

  test("--version is that of package.json", async () => {
    const { version } = JSON.parse(readFileSync(path.join(CHECKOUT, "package.json"), "utf8")) as { version: string };
    expect(await golive(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("wrong use ends with 2 and says what was wrong", () => {
  test("nothing at all: the help, on standard error", async () => {
    const { code, stdout, stderr } = await golive([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: golive/);
  });

  test.each([
    [["nope"], `error: unknown command 'nope'\n${SEE_HELP}`],
    [["prevew", "production"], `error: unknown command 'prevew'\n(Did you mean preview?)\n${SEE_HELP}`],
    [["help", "nope"], `error: unknown command 'nope'\n${SEE_HELP}`],
    [["nope", "--help"], `error: unknown command 'nope'\n${SEE_HELP}`],
    [["--bogus"], `error: unknown option '--bogus'\n${SEE_HELP}`],
    [["preview", "production", "--jsno"], `error: unknown option '--jsno'\n(Did you mean --json?)\n${SEE_HELP}`],
    [["preview"], `error: missing required argument 'stack'\n${SEE_HELP}`],
    [["preview", "production", "staging"], `error: too many arguments for 'preview'. Expected 1 argument but got 2: production, staging.\n${SEE_HELP}`],
    [["preview", "production", "--state"], `error: option '--state <dir>' argument missing\n${SEE_HELP}`],
    [["render", "production"], `error: required option '--dir <dir>' not specified\n${SEE_HELP}`],
    [["config", "nope"], `error: unknown command 'nope'\n${SEE_HELP}`],
  ])("%j", async (args, told) => {
    expect(await golive(args)).toEqual({ code: 2, stdout: "", stderr: told });
  });
});

describe("names that do not exist end with 1", () => {
  test.each([
    [["preview", "productoin"], 'error: There is no stack "productoin".\nDid you mean production? There are: production, sandbox, staging. A new stack is a new file Pulumi.productoin.yaml.\n'],
    [["render", "productoin", "--dir", "unused"], 'error: There is no stack "productoin".\nDid you mean production? There are: production, sandbox, staging. A new stack is a new file Pulumi.productoin.yaml.\n'],
    [["preview", "../Pulumi"], 'error: There is no stack "../Pulumi".\n'],
  ])("%j", async (args, told) => {
    const { code, stdout, stderr } = await golive(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.slice(0, told.length)).toBe(told);
  });

  test("a key, with the nearest one", async () => {
    const { code, stderr } = await golive(["config", "explain", "postgers"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: There is no key "postgers"\.\nDid you mean postgres\? There are: environment, /);
  });

  test("a tag in place of a digest, before any cluster is asked", async () => {
    const { code, stderr } = await golive(["deploy", "production", "--image", "registry.example.com/shop:2.0.0"], { env: { KUBECONFIG: "/nonexistent/kubeconfig" } });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^error: registry\.example\.com\/shop:2\.0\.0 does not name an image by digest\.\n/) as unknown });
  });

  test("with GOLIVE_DEBUG=1 and only then, the stack trace", async () => {
    expect((await golive(["preview", "nope"])).stderr).not.toMatch(/^ {4}at /m);
    const { code, stderr } = await golive(["preview", "nope"], { env: { GOLIVE_DEBUG: "1" } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: There is no stack "nope"\./);
    expect(stderr).toMatch(/^ {4}at .*operations\/stacks\.ts/m);
  });
});

describe("pipes and files", () => {
  let folder: string;
  beforeAll(async () => { folder = await mkdtemp(path.join(tmpdir(), "golive-usage-")); });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("a reader that closes early is no failure", async () => {
    // The schema is larger than a pipe's buffer, so that the writer does meet the closed pipe.
    const script = `{ node --disable-warning=ExperimentalWarning operations/cli.ts config schema --output -; echo "code $?" >&2; } | head -n 1`;
    const env = { ...process.env, PATH: `${path.join(CHECKOUT, "node_modules", ".bin")}:${process.env["PATH"] ?? ""}` };
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", script], { cwd: CHECKOUT, env });
    expect(stdout).toBe("{\n");
    expect(stderr).toBe("code 0\n");
  });

  test("the references in docs/ are what the commands write", async () => {
    for (const [command, file] of [["schema", "pulumi-config.schema.json"], ["reference", "configuration.md"]] as const) {
      const written = path.join(folder, file);
      expect((await golive(["config", command, "--output", written])).code).toBe(0);
      expect(await readFile(written, "utf8")).toBe(await readFile(path.join(CHECKOUT, "docs", file), "utf8"));
    }
  });

  test("an output that can not be written names the mend and leaves nothing", async () => {
    const before = await readdir(folder);
    const absent = path.join(folder, "absent");
    expect(await golive(["config", "schema", "--output", path.join(absent, "x.json")])).toEqual({
      code: 1, stdout: "", stderr: `error: the schema could not be written: the folder ${absent} does not exist.\nMake the folder, or name another file with --output.\n`,
    });
    expect(await golive(["config", "schema", "--output", folder])).toMatchObject({ code: 1, stderr: expect.stringContaining(`${folder} is a folder.`) as string });
    expect(await readdir(folder)).toEqual(before);
    expect((await readdir(path.dirname(folder))).filter((name) => name.startsWith(`${path.basename(folder)}.`))).toEqual([]);
  });

  test("config check tells good stacks on standard output", async () => {
    expect(await golive(["config", "check"])).toEqual({ code: 0, stdout: "production: no mistakes\nsandbox: no mistakes\nstaging: no mistakes\n", stderr: "" });
    const { code, stdout } = await golive(["config", "check", "production", "nope", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual([{ stack: "production", ok: true, mistakes: [] }, { stack: "nope", ok: false, mistakes: [{ given: 'There is no stack "nope".', mend: expect.stringContaining("There are: production") as string }] }]);
  });
});
