/** The image of the backup and maintenance jobs, as components/jobs/image/Containerfile makes it for a real account. */
import path from "node:path";
import { storeAuthority } from "../services/authority.ts";
import { standIn } from "../workspace/standIn.ts";
import { type Image, makeImage } from "./archive.ts";
import { debianRoot } from "./debian.ts";
import { installedPostgres } from "./installed.ts";
import { addProgram } from "./machine.ts";

/** Where the real image has the authorities of RDS. */
const AUTHORITIES = "/etc/ssl/rds/global-bundle.pem";
const PROGRAMS = ["awk", "bash", "basename", "cat", "cut", "date", "df", "diff", "dirname", "env", "find", "grep", "head", "jq", "mkdir", "mktemp", "mv", "openssl", "rm", "sed", "sha256sum", "sleep", "sort", "stat", "tail", "test", "tr", "wc", "xargs"];

/** Secrets by the end of their names, as the components name them, with the values that the sandbox's copy of a stack file has. */
export function sandboxSecrets(masterUser: string): Record<string, string> {
  return {
    "postgres/master": JSON.stringify({ username: masterUser, password: standIn("postgresMasterPassword") }),
    "redis/auth-token": JSON.stringify({ authToken: standIn("redisAuthToken") }),
  };
}

/**
 * `sandbox.local/golive-jobs:<version of PostgreSQL>` with a stand-in for the AWS CLI that knows the few calls which can be
 * answered without a cloud, and refuses the others.
 *
 * @param masterUser name of the database's master user
 * @throws UserError when a package or program is missing on this machine
 */
export async function jobsImage(masterUser: string): Promise<Image> {
  const major = await installedPostgres();
  const { fs, version } = await debianRoot([`postgresql-client-${major}`, "redis-tools"]);
  for (const program of PROGRAMS) await addProgram(fs, `/usr/bin/${program}`);
  await fs.copy("/usr/local/bin/aws", path.join(import.meta.dirname, "aws.sh"), { mode: 0o755 });
  for (const [name, value] of Object.entries(sandboxSecrets(masterUser))) fs.file(`/etc/sandbox/secrets/${name}`, value);
  fs.file(AUTHORITIES, (await storeAuthority()).certificate);
  return makeImage({
    reference: `sandbox.local/golive-jobs:${version}`,
    layers: [fs],
    entrypoint: ["bash"],
    environment: { PATH: `/usr/lib/postgresql/${major}/bin:/usr/local/bin:/usr/bin:/bin` },
  });
}
