/** `.ci/packages.sh` with stand-ins for dpkg-query, apt-get, id and the AWS CLI: nothing of this machine is asked or changed. */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, "../..");
let folder: string;

/** A program of the test's own PATH; `$FOLDER` is the test's folder. */
function program(name: string, lines: string): void {
  writeFileSync(path.join(folder, "bin", name), `#!/bin/sh\nFOLDER=${folder}\n${lines}\n`, { mode: 0o755 });
}

const said = () => readFileSync(path.join(folder, "calls"), "utf8").trim().split("\n").filter(Boolean);

async function packages(): Promise<string> {
  const { stdout, stderr } = await run(path.join(folder, "packages.sh"), { env: { PATH: path.join(folder, "bin") } });
  expect(stdout).toBe("");
  return stderr;
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "golive-packages-"));
  mkdirSync(path.join(folder, "bin"));
  copyFileSync(path.join(ROOT, ".ci/packages.sh"), path.join(folder, "packages.sh"));
  writeFileSync(path.join(folder, "packages.txt"), "# comment\njq\n\nawscli\nredis-server\n");
  writeFileSync(path.join(folder, "calls"), "");
  writeFileSync(path.join(folder, "installed"), "jq install ok installed\nredis-server deinstall ok config-files\n");
  for (const tool of ["sh", "sed", "xargs", "echo", "grep", "dirname", "cat"]) symlinkSync(path.join(toolFolder(tool), tool), path.join(folder, "bin", tool));
  program("go", "true");
  program("timeout", 'shift; exec "$@"');
  program("id", "echo 0");
  program("dpkg-query", 'printf "%s\\n" "dpkg-query $*" >>"$FOLDER/calls"; cat "$FOLDER/installed"; exit 1');
  // Knows every package but those in the file `unknown`; one of them fails the whole call, as the real one does.
  program("apt-get", `echo "apt-get $*" >>"$FOLDER/calls"
case $* in *install*) ;; *) exit 0 ;; esac
for name; do grep -qx -e "$name" "$FOLDER/unknown" 2>/dev/null && { echo "E: Unable to locate package $name" >&2; exit 100; }; done
for name; do echo "$name install ok installed" >>"$FOLDER/installed"; done`);
});
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

/** Where this machine has a tool of the base system. */
function toolFolder(tool: string): string {
  const found = ["/usr/bin", "/bin"].find((place) => existsSync(path.join(place, tool)));
  if (found === undefined) throw new Error(`no ${tool} on this machine`);
  return found;
}

it("asks once and says nothing when all is there", async () => {
  writeFileSync(path.join(folder, "installed"), ["jq", "awscli", "redis-server"].map((name) => `${name} install ok installed\n`).join(""));
  expect(await packages()).toBe("");
  expect(said()).toEqual(["dpkg-query -W -f ${Package} ${Status}\\n jq awscli redis-server"]);
});

it("installs what is missing as root, what was removed included", async () => {
  expect(await packages()).toBe("packages: installing awscli redis-server\n");
  expect(said().filter((call) => call.startsWith("apt-get"))).toEqual(["apt-get update -qq", "apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends awscli redis-server"]);
});

it("installs the others when the distribution does not know one, and names that", async () => {
  writeFileSync(path.join(folder, "unknown"), "awscli\n");
  const stderr = await packages();
  expect(stderr).toMatch(/packages: could not be installed: awscli\. The tests that need them will fail\.\n$/);
  expect(readFileSync(path.join(folder, "installed"), "utf8")).toContain("redis-server install ok installed");
});

it("takes an AWS CLI 2 from elsewhere for the package, but no version 1", async () => {
  program("aws", "echo aws-cli/2.31.0 Python/3.13");
  expect(await packages()).toBe("packages: installing redis-server\n");
  writeFileSync(path.join(folder, "installed"), "jq install ok installed\nredis-server install ok installed\n");
  program("aws", "echo aws-cli/1.45.0 Python/3.11");
  expect(await packages()).toBe("packages: installing awscli\n");
});

it("names packages and command to everybody else, and goes on", async () => {
  program("id", "echo 1000");
  expect(await packages()).toBe("packages: not installed: awscli redis-server. The tests that need them will fail. To install them:\npackages:   sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends awscli redis-server'\n");
  expect(said().filter((call) => call.startsWith("apt-get"))).toEqual([]);
});

it("says what is needed where there are no packages of Debian, and that there is no Go", async () => {
  rmSync(path.join(folder, "bin/dpkg-query"));
  rmSync(path.join(folder, "bin/go"));
  const [go, system] = (await packages()).split("\n");
  expect(go).toContain("packages: Go 1.25 or newer is not on PATH");
  expect(system).toContain("neither Debian nor Ubuntu: of the tests, those of the job scripts and of the ingress fail without the programs of jq awscli redis-server");
});
