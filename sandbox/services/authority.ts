/** Certificates of the sandbox's stores, from an authority that is made once on this machine. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { stored } from "../images/store.ts";

const run = promisify(execFile);
/** Raised when what is made changes. */
const FORMAT = 1;
/** The authority stays as long as somebody uses it; what it signs lives as long as a cluster. */
const DAYS = { authority: 3650, server: 7 };

/** Certificate and key as PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** The authority whose certificate images of the sandbox hold where real ones hold those of RDS. @throws UserError when the cache can not be written */
export async function storeAuthority(): Promise<KeyPair> {
  const folder = await stored("authority", `stores-${FORMAT}`, "ca.crt", (at) => make(at, "ca", "/CN=golive sandbox stores", DAYS.authority, "basicConstraints=critical,CA:TRUE"));
  return read(folder, "ca");
}

/** A certificate of the authority for a server that is asked for under these names, valid for so many days. */
export async function certificateFor(authority: KeyPair, names: readonly string[], days: number = DAYS.server): Promise<KeyPair> {
  const folder = await mkdtemp(path.join(tmpdir(), "golive-certificate-"));
  try {
    await writeFile(path.join(folder, "ca.crt"), authority.certificate);
    await writeFile(path.join(folder, "ca.key"), authority.key, { mode: 0o600 });
    await make(folder, "server", "/CN=golive sandbox", days, `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`, ["-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "basicConstraints=CA:FALSE"]);
    return await read(folder, "server");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function make(folder: string, name: string, subject: string, days: number, extension: string, more: string[] = []): Promise<void> {
  await run("openssl", [
    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", String(days),
    "-keyout", `${name}.key`, "-out", `${name}.crt`, "-subj", subject, "-addext", extension, ...more,
  ], { cwd: folder });
}

async function read(folder: string, name: string): Promise<KeyPair> {
  const [certificate, key] = await Promise.all(["crt", "key"].map((kind) => readFile(path.join(folder, `${name}.${kind}`), "utf8")));
  return { certificate: certificate ?? "", key: key ?? "" };
}
