/** The wrapper ./golive: packages are installed once, by one process at a time, and never half. `npm` is played by a script. */
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";
import { startProgram, type Ended, type Started } from "./command.ts";

/** As `npm ci`: removes node_modules, then writes it bit by bit; fails or hangs as told. */
const NPM = `#!/bin/sh
echo "$*" >>calls
rm -rf node_modules
mkdir -p node_modules/.bin
if [ -n "$NPM_FAILS" ]; then echo "npm error $NPM_FAILS" >&2; exit 1; fi
if [ -n "$NPM_HANGS" ]; then echo begun >hanging; exec sleep 300; fi
[ -z "$NPM_SLOW" ] || sleep 1
[ -n "$NPM_NO_SCRIPTS" ] || { printf '#!/bin/sh\\necho "node $2 $3"\\n' >node_modules/.bin/node; chmod +x node_modules/.bin/node; }
`;

let checkout: string;
let bin: string;

beforeEach(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), "golive-wrapper-"));
  bin = path.join(checkout, "bin");
  await mkdir(bin);
  await writeFile(path.join(bin, "npm"), NPM, { mode: 0o755 });
  await cp(path.join(CHECKOUT, "golive"), path.join(checkout, "golive"));
  await copyFile(path.join(CHECKOUT, "package-lock.json"), path.join(checkout, "package-lock.json"));
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

function start(env: Record<string, string | undefined> = {}): Started {
  return startProgram(path.join(checkout, "golive"), ["--version"], checkout, { PATH: `${bin}:/usr/bin:/bin`, ...env });
}
const golive = (env?: Record<string, string | undefined>): Promise<Ended> => start(env).ended;
const calls = async (): Promise<string[]> => (await readFile(path.join(checkout, "calls"), "utf8")).trim().split("\n");
const isInstalled = (): Promise<boolean> => stat(path.join(checkout, "node_modules", ".golive-installed")).then(() => true, () => false);
const locks = async (): Promise<string[]> => (await readdir(path.join(checkout, ".golive"))).filter((name) => name.includes("lock"));
const hanging = (): Promise<unknown> => vi.waitFor(() => stat(path.join(checkout, "hanging")), { timeout: 15_000 });

describe("./golive", () => {
  test("installs from the lock file, once, and runs the command on the Node that came with it", async () => {
    const first = await golive();
    expect(first).toEqual({ code: 0, stdout: `node ${path.join(checkout, "operations", "cli.ts")} --version\n`, stderr: "golive: installing packages, once (half a minute to two minutes)\ngolive: packages are installed\n" });
    expect(await golive()).toEqual({ ...first, stderr: "" });
    expect(await calls()).toEqual(["ci --no-audit --no-fund --loglevel=error"]);
    expect(await locks()).toEqual([]);
  });

  test("installs again when the lock file has changed", async () => {
    await golive();
    await writeFile(path.join(checkout, "package-lock.json"), "{}");
    expect((await golive()).code).toBe(0);
    expect(await calls()).toHaveLength(2);
  });

  test("asked for twice at the same time installs once", async () => {
    const first = start({ NPM_SLOW: "yes" });
    await first.says(/installing packages/);
    const second = await golive();
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(/^golive: another process \(\d+\) is installing, waiting for it\n$/);
    expect((await first.ended).code).toBe(0);
    expect(await calls()).toHaveLength(1);
  });
});

describe("an installation that is interrupted", () => {
  test("by Ctrl-C ends with 130, leaves no mark and no lock, and the next one succeeds", async () => {
    const running = start({ NPM_HANGS: "yes" });
    await hanging();
    running.signalGroup("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(await isInstalled()).toBe(false);
    expect(await locks()).toEqual([]);
    expect((await golive()).code).toBe(0);
    expect(await isInstalled()).toBe(true);
  });

  test("by kill -9 is taken over by the next one", async () => {
    const running = start({ NPM_HANGS: "yes" });
    await hanging();
    running.signalGroup("SIGKILL");
    await running.ended;
    expect(await isInstalled()).toBe(false);
    expect(await locks()).toEqual(["setup.lock"]);
    expect((await golive()).code).toBe(0);
    expect(await isInstalled()).toBe(true);
    expect(await locks()).toEqual([]);
  });
});

describe("an installation that fails says why, and leaves nothing that counts as done", () => {
  test.each([
    ["code ENOSPC", /^golive: the disk is full: the packages could not be installed\.\n {2}Free about 1\.5 GB, then run the command again\.$/m],
    ["code EACCES", /^golive: a folder is not writable: the packages could not be installed\.\n {2}Check the owner of /m],
    ["code ENOTEMPTY", /^golive: node_modules is in use: the packages could not be installed\.\n {2}End what runs in this checkout/m],
    ["code ENOTFOUND", /^golive: the npm registry can not be reached\.\n {2}Check the network and the registry/m],
    ["code E404 no such version", /^npm error code E404 no such version\ngolive: npm could not install the packages\.\n {2}Log: /m],
  ])("npm %s", async (said, told) => {
    const { code, stderr } = await golive({ NPM_FAILS: said });
    expect(code).toBe(1);
    expect(stderr).toMatch(told);
    expect(await isInstalled()).toBe(false);
    expect(await locks()).toEqual([]);
  });

  test("no npm at all", async () => {
    await rm(path.join(bin, "npm"));
    for (const tool of ["sh", "dirname", "readlink", "cksum", "cat", "mkdir", "rm"]) await writeFile(path.join(bin, tool), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${tool} "$@"\n`, { mode: 0o755 });
    const { code, stderr } = await golive({ PATH: bin });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "golive: npm is not installed.\n  Install Node.js 20 or newer with npm (Debian: apt-get install npm), then run the command again.\n" });
  });

  test("install scripts that are switched off", async () => {
    const { code, stderr } = await golive({ NPM_NO_SCRIPTS: "yes" });
    expect(code).toBe(1);
    expect(stderr).toContain("golive: npm did not install Node 24: its install script did not run.\n");
    expect(await isInstalled()).toBe(false);
  });

  test("a checkout without its lock file", async () => {
    await rm(path.join(checkout, "package-lock.json"));
    const { code, stderr } = await golive();
    expect({ code, stderr }).toEqual({ code: 1, stderr: `golive: ${checkout} has no package-lock.json.\n  The checkout is incomplete: clone the repository again.\n` });
  });

  test("local state that is no folder", async () => {
    await writeFile(path.join(checkout, ".golive"), "");
    const { code, stderr } = await golive();
    expect({ code, stderr }).toEqual({ code: 1, stderr: `golive: ${path.join(checkout, ".golive")} can not be made.\n  Make the checkout writable for you, or free some room on its disk.\n` });
  });
});
