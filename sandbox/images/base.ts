/** What every image of programs of this machine starts with: a user, names, certificates, a shell, room for temporary files. */
import { access, lstat, readlink } from "node:fs/promises";
import { UserError } from "../errors.ts";
import { addProgram } from "./machine.ts";
import { IMAGE_USER, RootFs } from "./rootFs.ts";

/** Folders that most systems keep under /usr since the merge of both trees, with links in their old places. */
const MERGED = ["bin", "sbin", "lib", "lib64"];
/** Where Debian, Ubuntu and their like keep the certificates of all authorities in one file. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
/** The locale of the C library's own package: UTF-8 without any language. */
const LOCALE = "/usr/lib/locale/C.utf8";
const LOCALE_FILES = ["LC_ADDRESS", "LC_COLLATE", "LC_CTYPE", "LC_IDENTIFICATION", "LC_MEASUREMENT", "LC_MESSAGES/SYS_LC_MESSAGES", "LC_MONETARY", "LC_NAME", "LC_NUMERIC", "LC_PAPER", "LC_TELEPHONE", "LC_TIME"];

/**
 * A root file system without a program yet. A container runs in it as user `app`, which owns /data and nothing else.
 *
 * @throws UserError when the machine has no certificates of authorities
 */
export async function baseRoot(): Promise<RootFs> {
  const fs = new RootFs();
  for (const name of MERGED) {
    if ((await lstat(`/${name}`).catch(() => undefined))?.isSymbolicLink() === true) fs.link(`/${name}`, await readlink(`/${name}`));
  }
  fs.directory("/tmp", { mode: 0o1777 });
  fs.directory("/data", { mode: 0o750, owner: IMAGE_USER });
  for (const name of ["/proc", "/sys", "/dev", "/run"]) fs.directory(name);
  fs.file("/etc/passwd", `root:x:0:0:root:/:/usr/sbin/nologin\napp:x:${IMAGE_USER}:${IMAGE_USER}:app:/data:/usr/sbin/nologin\n`);
  fs.file("/etc/group", `root:x:0:\napp:x:${IMAGE_USER}:\n`);
  fs.file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
  if (!(await exists(CERTIFICATES))) {
    throw new UserError(`No certificates of authorities on this machine (${CERTIFICATES}), which images need.`, "Install them: apt-get install ca-certificates");
  }
  await fs.copy(CERTIFICATES, CERTIFICATES, { mode: 0o644 });
  for (const name of LOCALE_FILES) if (await exists(`${LOCALE}/${name}`)) await fs.copy(`${LOCALE}/${name}`, `${LOCALE}/${name}`);
  // A few programs run others through it (initdb does); it is 130 kB.
  await addProgram(fs, "/bin/sh");
  return fs;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(() => true, () => false);
}
