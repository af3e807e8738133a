/** Root file systems made of programs that Debian's packages have installed on this machine. */
import { execFile } from "node:child_process";
import { lstat } from "node:fs/promises";
import { promisify } from "node:util";
import { UserError, systemCode } from "../errors.ts";
import { baseRoot } from "./base.ts";
import { addFromMachine, addLibraries } from "./machine.ts";
import type { RootFs } from "./rootFs.ts";

const run = promisify(execFile);

/** What no container reads: documents, translations, and how the machine starts and rotates things. */
const LEFT_OUT = /^\/usr\/share\/(?:doc|man|info|locale|lintian|bug|menu|perl5?|apport|vim|bash-completion|zsh|python3|postgresql-common|postgresql\/\d+\/man)\/|^\/etc\/(?:init\.d|default|logrotate\.d|cron\.\w+|ufw|sudoers\.d)\/|^\/(?:usr\/)?lib\/(?:systemd|tmpfiles\.d|sysusers\.d)\//;

export interface DebianRoot {
  fs: RootFs;
  /** Version of the first package as its authors count: `15.18`. */
  version: string;
}

/**
 * The base and all files of the packages that a program may use, with the closure of their libraries.
 *
 * @param packages installed packages; only these, not those that they depend on
 * @param leaveOut files beyond the usual that are not needed
 * @throws UserError when a package is not installed, naming it
 */
export async function debianRoot(packages: readonly [string, ...string[]], leaveOut?: RegExp): Promise<DebianRoot> {
  const fs = await baseRoot();
  const files: string[] = [];
  for (const name of packages) {
    for (const file of await filesOf(name)) {
      if (LEFT_OUT.test(file) || leaveOut?.test(file) === true) continue;
      if ((await lstat(file).catch(() => undefined))?.isDirectory() !== false) continue;
      await addFromMachine(fs, file);
      files.push(file);
    }
  }
  await addLibraries(fs, files);
  return { fs, version: await versionOf(packages[0]) };
}

async function filesOf(name: string): Promise<string[]> {
  const text = await query(name, ["-L", name]);
  return text.split("\n").filter((line) => line.startsWith("/"));
}

/** Without what Debian adds: `5:7.0.15-1~deb12u10` is 7.0.15. */
async function versionOf(name: string): Promise<string> {
  const text = await query(name, ["-W", "-f", "${Version}", name]);
  return text.replace(/^\d+:/, "").replace(/[-+~].*$/, "");
}

async function query(name: string, args: string[]): Promise<string> {
  try {
    const { stdout } = await run("dpkg-query", args, { maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw new UserError(`An image of ${name} can not be made: this is no Debian or Ubuntu machine (no dpkg-query).`, "`make preview` works without it.", 1, { cause: error });
    throw new UserError(`An image of ${name} can not be made: the package is not installed.`, `Install it: apt-get install ${name}`, 1, { cause: error });
  }
}
