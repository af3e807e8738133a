import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ensureGoTool, ensureGoTools, hasGoTool, toolFile, type GoToolSpec } from "../../sandbox/engine/goTool.ts";
import { withLock } from "../../sandbox/engine/lock.ts";
import { UserError } from "../../sandbox/errors.ts";

const SPEC: GoToolSpec = { name: "hello", version: "v1.0.0", module: "example.test/hello", package: "example.test/hello/cmd/greet", replaces: { "example.test/other": "example.test/fork v1.2.3" }, ldflags: ["-s"] };

/** Stands in for Go: writes its programs as shell scripts, and fails as told by GO_FAILS. */
const FAKE_GO = `#!/bin/sh
if [ -n "$GO_FAILS" ]; then echo "$GO_FAILS" >&2; exit 1; fi
echo "$*" >>"$GO_CALLS"
echo "go: downloading example.test/hello v1.0.0" >&2
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; last=$1; shift; done
if [ -n "$GO_HANGS" ]; then echo partial >"$out/greet"; : >"$GO_CALLS.hanging"; exec sleep 600; fi
printf '#!/bin/sh\\necho hello\\n' >"$out/$(basename "$last")"
chmod +x "$out/$(basename "$last")"
`;

let folder: string;
let calls: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golive-tool-"));
  calls = path.join(folder, "calls");
  await mkdir(path.join(folder, "bin"));
  await writeFile(path.join(folder, "bin", "go"), FAKE_GO, { mode: 0o755 });
  vi.stubEnv("GOLIVE_CACHE", path.join(folder, "cache"));
  vi.stubEnv("PATH", `${path.join(folder, "bin")}:/usr/bin:/bin`);
  vi.stubEnv("GO_CALLS", calls);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const builds = async (): Promise<number> => (await readFile(calls, "utf8")).trim().split("\n").length;
const failure = async (work: Promise<unknown>): Promise<UserError> => {
  const error: unknown = await work.then(() => undefined, (e: unknown) => e);
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, got ${String(error)}`);
  return error;
};

describe("a Go tool", () => {
  test("is built once, under its own name, and found again", async () => {
    const first = await ensureGoTool(SPEC);
    const second = await ensureGoTool(SPEC);
    expect(second).toBe(first);
    expect(path.basename(first)).toBe("hello");
    expect((await promisify(execFile)(first)).stdout).toBe("hello\n");
    expect(await builds()).toBe(1);
  });

  test("asks for the module, the tool and the replacements, and nothing else", async () => {
    await ensureGoTool(SPEC);
    const [work] = (await readdir(path.join(folder, "cache", "work"))).filter((name) => !name.includes("."));
    const text = await readFile(path.join(folder, "cache", "work", work ?? "", "go.mod"), "utf8");
    expect(text).toContain("tool example.test/hello/cmd/greet\n");
    expect(text).toContain("require example.test/hello v1.0.0\n");
    expect(text).toContain("replace example.test/other => example.test/fork v1.2.3\n");
  });

  test("that was damaged is built again", async () => {
    const file = await ensureGoTool(SPEC);
    await chmod(file, 0o755);
    await writeFile(file, "#!/bin/sh\necho evil!\n");
    expect(await hasGoTool(SPEC)).toBe(false);
    await ensureGoTool(SPEC);
    expect((await promisify(execFile)(file)).stdout).toBe("hello\n");
    expect(await builds()).toBe(2);
  });

  test("of a copied cache has another time and is still accepted", async () => {
    const file = await ensureGoTool(SPEC);
    await utimes(file, new Date(), new Date(Date.now() + 60_000));
    expect(await hasGoTool(SPEC)).toBe(true);
    expect(await builds()).toBe(1);
  });

  test("asked for twice at the same time is built once", async () => {
    await Promise.all([ensureGoTool(SPEC), ensureGoTool(SPEC)]);
    expect(await builds()).toBe(1);
  });

  test("with another replacement is another tool", () => {
    expect(toolFile({ ...SPEC, replaces: {} })).not.toBe(toolFile(SPEC));
    expect(toolFile({ ...SPEC, ldflags: [] })).not.toBe(toolFile(SPEC));
  });

  test("of our own is built from its folder, and anew when one of its files changes", async () => {
    const source = path.join(folder, "source");
    await mkdir(source);
    await writeFile(path.join(source, "go.mod"), "module example.test/hello\n");
    await writeFile(path.join(source, "main.go"), "package main // one\n");
    const own = { ...SPEC, source };
    const first = await ensureGoTool(own);
    expect(await ensureGoTool(own)).toBe(first);
    await writeFile(path.join(source, "main.go"), "package main // two\n");
    const second = await ensureGoTool(own);
    expect(second).not.toBe(first);
    expect(await builds()).toBe(2);
    const works = (await readdir(path.join(folder, "cache", "work"))).filter((name) => !name.includes("."));
    const texts = await Promise.all(works.map((name) => readFile(path.join(folder, "cache", "work", name, "main.go"), "utf8")));
    expect(texts.sort()).toEqual(["package main // one\n", "package main // two\n"]);
  });

  test("shares one build with others of its module", async () => {
    const other = { ...SPEC, name: "greet" };
    const files = await ensureGoTools([SPEC]);
    expect(files).toEqual([toolFile(SPEC)]);
    await ensureGoTools([SPEC, other]);
    expect(await builds()).toBe(2);
    expect(await hasGoTool(other)).toBe(true);
  });
});

describe("a failed build", () => {
  test.each([
    ["write /tmp/x: no space left on device", "disk is full"],
    ["verifying module: checksum mismatch", "not the one whose checksum is recorded"],
    ["go: example.test/hello requires go >= 1.99 (running go 1.24)", "Go is too old"],
    ["dial tcp: lookup proxy: no such host", "proxy can not be reached"],
    ["mkdir /root/go: permission denied", "not writable"],
    ["undefined: foo", "`go build` failed"],
  ])("%s", async (said, told) => {
    vi.stubEnv("GO_FAILS", said);
    const error = await failure(ensureGoTool(SPEC));
    expect(error.message).toContain(told);
    expect(error.hint).toContain(said);
    expect(await hasGoTool(SPEC)).toBe(false);
  });

  test("leaves nothing behind, and the next one succeeds", async () => {
    vi.stubEnv("GO_FAILS", "no space left on device");
    await failure(ensureGoTool(SPEC));
    expect(await readdir(path.join(folder, "cache", "tools"))).toEqual([]);
    vi.stubEnv("GO_FAILS", "");
    await ensureGoTool(SPEC);
    expect(await hasGoTool(SPEC)).toBe(true);
  });

  test("without Go says how to get it", async () => {
    await rm(path.join(folder, "bin", "go"));
    vi.stubEnv("PATH", path.join(folder, "bin"));
    const error = await failure(ensureGoTool(SPEC));
    expect(error.message).toContain("no `go` on PATH");
    expect(error.hint).toContain("Install Go");
  });

  test("with a cache that can not be made names the folder and the way out", async () => {
    await writeFile(path.join(folder, "file"), "");
    vi.stubEnv("GOLIVE_CACHE", path.join(folder, "file", "cache"));
    const error = await failure(ensureGoTool(SPEC));
    expect(error.message).toContain(path.join(folder, "file", "cache"));
    expect(error.hint).toContain("GOLIVE_CACHE");
  });

  test("that was interrupted leaves no half of a program", async () => {
    vi.stubEnv("GO_HANGS", "yes");
    const stop = new AbortController();
    const building = ensureGoTool(SPEC, { signal: stop.signal });
    building.catch(() => undefined);
    await vi.waitFor(() => stat(`${calls}.hanging`), { timeout: 10_000 });
    stop.abort();
    await expect(building).rejects.toMatchObject({ name: "AbortError" });
    expect(await readdir(path.join(folder, "cache", "tools"))).toEqual([]);
  });
});

describe("a lock", () => {
  const owner = (pid: number, started: string): string => JSON.stringify({ token: "other", pid, started, host: process.env["HOSTNAME"] ?? "" });

  test("of a dead process is taken over", async () => {
    const file = path.join(folder, "lock");
    const { hostname } = await import("node:os");
    await writeFile(file, JSON.stringify({ token: "dead", pid: 2 ** 22 + 1, started: "1", host: hostname() }));
    expect(await withLock(file, () => Promise.resolve("mine"))).toBe("mine");
    await expect(stat(file)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("of a live process is waited for, until the caller gives up", async () => {
    const file = path.join(folder, "lock");
    const stop = new AbortController();
    const waiting: number[] = [];
    await withLock(file, async () => {
      const second = withLock(file, () => Promise.resolve(), { signal: stop.signal, onWait: (pid) => { waiting.push(pid); stop.abort(); } });
      await expect(second).rejects.toMatchObject({ name: "AbortError" });
    });
    expect(waiting).toEqual([process.pid]);
  });

  test("of another machine counts until it no longer shows that it lives", async () => {
    const file = path.join(folder, "lock");
    await writeFile(file, owner(1, "1").replace(/"host":"[^"]*"/, '"host":"elsewhere"'));
    const long = new Date(Date.now() - 120_000);
    await utimes(file, long, long);
    expect(await withLock(file, () => Promise.resolve("mine"))).toBe("mine");
  });
});
