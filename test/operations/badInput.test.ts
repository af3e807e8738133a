/** Issue "What bad input gets": one clear message, exit code 1, no stack trace, nothing half-written. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Document, parseDocument } from "yaml";
import { copyCheckout, golive, remove, runFolders, type Ended } from "./command.ts";

let checkout: string;
beforeAll(async () => { checkout = await copyCheckout(); });
afterAll(() => remove(checkout));

/** Without an engine and without Go: what is wrong with a stack file must be told before either is needed. */
const NO_ENGINE = { GOLIVE_CACHE: "/nonexistent/golive", GOLIVE_PULUMI: undefined, PATH: "/usr/bin:/bin" };

async function previewOf(text: string): Promise<Ended> {
  await writeFile(path.join(checkout, "Pulumi.bad.yaml"), text);
  return golive(["preview", "bad"], { checkout, env: NO_ENGINE });
}

/** Staging with something changed. */
async function changed(change: (document: Document) => void): Promise<Ended> {
  const document = parseDocument(await readFile(path.join(checkout, "Pulumi.staging.yaml"), "utf8"));
  change(document);
  return previewOf(String(document));
}

function expectPlain(end: Ended): void {
  expect(end.code).toBe(1);
  expect(end.stdout).toBe("");
  expect(end.stderr).not.toMatch(/^\s+at /m);
  expect(end.stderr).not.toContain("GOLIVE_DEBUG");
}

describe("a stack file that is", () => {
  test.each([
    ["broken YAML", "config:\n  golive:region: [a\n  golive:profile: mvp\n", "Pulumi.bad.yaml:3:3: this is not YAML: "],
    ["with a key twice", "config:\n  golive:region: us-east-1\n  golive:region: us-west-2\n", "Pulumi.bad.yaml:3:3: this is not YAML: Map keys must be unique.\n"],
    ["with a tab", "config:\n\tgolive:region: us-east-1\n", "Pulumi.bad.yaml:2:1: this is not YAML: Tabs are not allowed as indentation.\n"],
    ["empty", "", "Pulumi.bad.yaml is empty.\nIt must have a section `config`.\n"],
    ["a list", "- a\n", "Pulumi.bad.yaml is no stack file: its content is no section.\n"],
    ["with config as text", "config: hello\n", "Pulumi.bad.yaml: `config` is no section.\n"],
    ["with a misspelt section", "konfig:\n  golive:region: us-east-1\n", "Pulumi.bad.yaml has keys that Pulumi does not know: konfig (did you mean config?).\n"],
  ])("%s", async (_, text, told) => {
    const end = await previewOf(text);
    expectPlain(end);
    expect(end.stderr.slice(0, `error: ${told}`.length)).toBe(`error: ${told}`);
  });
});

describe("configuration with", () => {
  test("several mistakes tells them all at once: unknown key, wrong type, contradiction, missing secret", async () => {
    const end = await changed((document) => {
      document.setIn(["config", "golive:regoin"], "us-east-1");
      document.setIn(["config", "golive:postgres"], { replicas: "many" });
      document.setIn(["config", "golive:nodes"], { general: { instanceType: "t3.large", min: 5, desired: 3, max: 10, diskGib: 50 } });
      document.deleteIn(["config", "golive:redisAuthToken"]);
    });
    expectPlain(end);
    expect(end.stderr).toMatch(/^error: The configuration of stack bad \(Pulumi\.bad\.yaml\) has 4 mistakes:\n/);
    expect(end.stderr).toContain("  regoin\n    given:   an unknown key\n    allowed: did you mean region?\n");
    expect(end.stderr).toContain('  postgres.replicas\n    given:   "many" (text)\n    allowed: a whole number from 0 to 5\n    example: 2\n');
    expect(end.stderr).toMatch(/\n {2}nodes\.general\S*\n {4}given: {3}.*3.*\n/);
    expect(end.stderr).toContain('  redisAuthToken\n    given:   nothing\n    allowed: a Pulumi secret\n    mend:    pulumi config set --secret redisAuthToken --stack bad "$(openssl rand -hex 32)"\n');
    expect(end.stderr).toMatch(/\n\nDocumentation of a key: \.\/golive config explain KEY\n$/);
  });

  test("a secret in plain text is refused, and its value is not repeated", async () => {
    const end = await changed((document) => document.setIn(["config", "golive:redisAuthToken"], "plain-text-0123456789"));
    expectPlain(end);
    expect(end.stderr).toContain("  redisAuthToken\n    given:   plain text (not shown)\n    allowed: a Pulumi secret\n");
    expect(end.stderr).not.toContain("plain-text-0123456789");
  });

  test("mistakes as JSON for machines", async () => {
    await changed((document) => document.setIn(["config", "golive:regoin"], "us-east-1"));
    const { code, stdout } = await golive(["config", "check", "bad", "--json"], { checkout });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual([{ stack: "bad", ok: false, mistakes: [{ path: "regoin", given: "an unknown key", allowed: "did you mean region?" }] }]);
  });
});

describe("the set-up of the engine", () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), "golive-cache-")); });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("without Pulumi and without Go names three ways out", async () => {
    const end = await golive(["preview", "staging"], { checkout, env: { ...NO_ENGINE, GOLIVE_CACHE: folder, PATH: "/nonexistent" } });
    expectPlain(end);
    expect(end.stderr).toContain("error: No usable Pulumi engine: none on PATH (3.238.0 or newer), and pulumi v3.257.0 can not be built: there is no `go` on PATH.\n");
    expect(end.stderr).toContain("Three ways out:\n  1. Install the official Pulumi CLI and have it on PATH.\n  2. Install Go ");
    expect(end.stderr).toContain("\n  3. Bring one along: set GOLIVE_PULUMI to a Pulumi CLI file");
    expect(await readdir(path.join(folder, "tools"))).toEqual([]);
    expect(await runFolders(checkout)).toEqual([]);
  });

  test("with GOLIVE_PULUMI that is no program", async () => {
    const end = await golive(["preview", "staging"], { checkout, env: { GOLIVE_PULUMI: "/etc/passwd" } });
    expectPlain(end);
    expect(end.stderr).toContain("error: GOLIVE_PULUMI names /etc/passwd, which is not an executable file.\n");
  });

  test("with a file where the cache should be", async () => {
    await writeFile(path.join(folder, "file"), "");
    const end = await golive(["preview", "staging"], { checkout, env: { ...NO_ENGINE, GOLIVE_CACHE: path.join(folder, "file", "cache") } });
    expectPlain(end);
    expect(end.stderr).toContain(" can not be used for the cache: a file is in the way.\nMove the file away. Or name another folder: GOLIVE_CACHE=");
  });

  test("with a file where the checkout's local state should be", async () => {
    const other = await copyCheckout();
    await writeFile(path.join(other, ".golive"), "");
    const end = await golive(["preview", "staging"], { checkout: other });
    await remove(other);
    expectPlain(end);
    expect(end.stderr).toContain(`error: ${path.join(other, ".golive", "home")} can not be used for the sandbox's key: a file is in the way.\n`);
  });

  describe.skipIf(!canMount())("on a disk of its own", () => {
    afterEach(() => { execFileSync("umount", [folder]); });

    test("with a cache that is read-only", async () => {
      mount(folder, "ro,size=1m");
      const end = await golive(["preview", "staging"], { checkout, env: { ...NO_ENGINE, GOLIVE_CACHE: path.join(folder, "cache") } });
      expectPlain(end);
      expect(end.stderr).toMatch(/ can not be made for the cache: its disk is read-only, or a link on the way leads nowhere\.\nOr name another folder: GOLIVE_CACHE=/);
    });

    test("with a disk that is full while building: said so, nothing half-built, and the next one with room succeeds", async () => {
      mount(folder, "size=1m");
      const bin = await mkdtemp(path.join(tmpdir(), "golive-go-"));
      const cache = path.join(folder, "cache");
      // Stands in for Go: links a program that is larger than the disk, as the real one does.
      await writeFile(path.join(bin, "go"), `#!/bin/sh\nwhile [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done\nhead -c 3000000 /dev/zero >"$out/pulumi" || { echo "link: write $out/pulumi: no space left on device" >&2; exit 1; }\n`, { mode: 0o755 });
      const end = await golive(["preview", "staging"], { checkout, env: { ...NO_ENGINE, GOLIVE_CACHE: cache, PATH: `${bin}:/usr/bin:/bin` } });
      expectPlain(end);
      expect(end.stderr).toContain("and pulumi v3.257.0 can not be built: the disk is full.\nFree some room in the cache (");
      expect(await readdir(path.join(cache, "tools"))).toEqual([]);
      await rm(bin, { recursive: true });
    });
  });
});

describe("a folder to render into that", () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), "golive-render-")); });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("holds other files is refused before any work, and kept", async () => {
    await writeFile(path.join(folder, "precious.txt"), "mine");
    const end = await golive(["render", "staging", "--dir", folder], { checkout, env: NO_ENGINE });
    expect(end).toEqual({ code: 1, stdout: "", stderr: `error: ${folder} holds files that no render wrote; they would be lost.\nChoose an empty or new folder with --dir.\n` });
    expect(await readFile(path.join(folder, "precious.txt"), "utf8")).toBe("mine");
  });

  test("is a file is refused", async () => {
    await writeFile(path.join(folder, "file"), "mine");
    expect(await golive(["render", "staging", "--dir", path.join(folder, "file")], { checkout, env: NO_ENGINE })).toMatchObject({ code: 1, stderr: expect.stringMatching(/file can not be read as a folder\.\nChoose another folder/) as string });
    expect(await golive(["render", "staging", "--dir", path.join(folder, "file", "below", "it")], { checkout, env: NO_ENGINE })).toMatchObject({ code: 1, stderr: expect.stringMatching(/it can not be read as a folder\.\nChoose another folder/) as string });
  });

  test.skipIf(!canMount())("is on a read-only disk is refused before any work", async () => {
    const disk = path.join(folder, "disk");
    await mkdir(disk);
    mount(disk, "ro,size=1m");
    try {
      const target = path.join(disk, "out");
      expect(await golive(["render", "staging", "--dir", target], { checkout, env: NO_ENGINE })).toEqual({
        code: 1, stdout: "", stderr: `error: No permission to write the rendered files to ${target}.\nMake the folder writable. Or choose another folder with --dir.\n`,
      });
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

function mount(folder: string, options: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]);
}

/** Small disks are made by root only. */
function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
