/** Real servers for the script tests: PostgreSQL and Redis from Debian's packages, an S3-compatible server from Go modules. */
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureGoTool } from "../../sandbox/engine/goTool.ts";
import { freePort, run, type Server, startServer, stop } from "./process.ts";

export const PASSWORD = "only-for-this-test";
export const ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";

export interface Postgres extends Server {
  user: string;
  /** psql against a database; rejects with the server's message. */
  sql(statement: string, database?: string): Promise<string>;
  env: Record<string, string>;
}

/** Debian's folder for PostgreSQL 15; its server programs are not on PATH. */
const POSTGRES_FOLDER = "/usr/lib/postgresql/15/bin";
/** The AWS CLI 2 of Debian; a CLI of another version earlier on PATH would test something else than the jobs' image holds. */
const AWS_FOLDER = "/usr/bin";

/** What the scripts and these tests run, and the package of .ci/packages.txt that it comes from. */
const PROGRAMS: Record<string, string[]> = {
  "postgresql-15": ["initdb", "postgres", "psql", "pg_dump", "pg_restore", "vacuumdb"].map((program) => path.join(POSTGRES_FOLDER, program)),
  "redis-server": ["redis-server", "redis-cli"],
  awscli: [path.join(AWS_FOLDER, "aws")],
  jq: ["jq"],
  openssl: ["openssl"],
};

/**
 * @throws one message that names every missing Debian package; the tests fail by it, they are not left out.
 */
export function requirePackages(): void {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const there = (program: string) => path.isAbsolute(program) ? existsSync(program) : folders.some((folder) => existsSync(path.join(folder, program)));
  const missing = Object.entries(PROGRAMS).filter(([, programs]) => !programs.every(there)).map(([name]) => name);
  if (missing.length > 0) {
    throw new Error(`The tests of the job scripts run real servers, and these Debian packages are not installed: ${missing.join(", ")}. Install them (apt-get install ${missing.join(" ")}).`);
  }
}

/** PostgreSQL refuses to run as root: root becomes the package's own user. */
function asPostgres(command: string, args: string[]): [string, string[]] {
  return process.getuid?.() === 0 ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", command, ...args]] : [command, args];
}

async function ownedFolder(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-pg-"));
  if (process.getuid?.() === 0) {
    const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
    chownSync(folder, await id("-u"), await id("-g"));
  }
  return folder;
}

/** A server of its own in a temporary folder, loopback only, gone after `stop`. */
export async function startPostgres(): Promise<Postgres> {
  const bin = POSTGRES_FOLDER;
  const folder = await ownedFolder();
  const data = path.join(folder, "data");
  const user = "golive_master";
  const secret = path.join(folder, "password");
  writeFileSync(secret, PASSWORD, { mode: 0o644 });
  const made = await run(...asPostgres(path.join(bin, "initdb"), ["-D", data, "-U", user, "-A", "scram-sha-256", `--pwfile=${secret}`, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]));
  if (made.code !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const [command, args] = asPostgres(path.join(bin, "postgres"), ["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=60"]);
  const child = await startServer(command, args, { ready: /ready to accept connections/ });
  const env = { PGHOST: "127.0.0.1", PGPORT: String(port), PGUSER: user, PGPASSWORD: PASSWORD, PGDATABASE: "shop", PGSSLMODE: "disable", PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  const sql = async (statement: string, database = "shop"): Promise<string> => {
    const done = await run("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database], { env: { ...process.env, ...env }, input: statement });
    if (done.code !== 0) throw new Error(done.stderr);
    return done.stdout.trim();
  };
  await sql("create database shop", "postgres");
  return { port, user, sql, env, stop: async () => { await stop(child, "SIGINT"); rmSync(folder, { recursive: true, force: true }); } };
}

export interface ObjectStore extends Server {
  url: string;
  /** Folder whose subfolders are the buckets. */
  folder: string;
}

/** An S3-compatible server over a temporary folder, with the buckets given. */
export async function startObjectStore(buckets: string[]): Promise<ObjectStore> {
  // VERSITYGW names one that is on the machine already, where Go modules can not be had.
  const binary = process.env["VERSITYGW"] ?? await ensureGoTool({ name: "versitygw", module: "github.com/versity/versitygw", version: "v1.8.0", package: "github.com/versity/versitygw/cmd/versitygw" });
  const folder = mkdtempSync(path.join(tmpdir(), "golive-s3-"));
  for (const bucket of buckets) mkdirSync(path.join(folder, bucket));
  const port = await freePort();
  const child = await startServer(binary, ["--port", `127.0.0.1:${port}`, "posix", folder], {
    env: { ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: PASSWORD }, ready: /bound on host/,
  });
  return { port, folder, url: `http://127.0.0.1:${port}`, stop: async () => { await stop(child); rmSync(folder, { recursive: true, force: true }); } };
}

/** Redis without persistence on the loopback address. */
export async function startRedis(): Promise<Server> {
  const port = await freePort();
  const child = await startServer("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", PASSWORD, "--dir", tmpdir()], { ready: /Ready to accept connections/ });
  return { port, stop: async () => { await stop(child); } };
}

/** Environment of a job: nothing of the caller's AWS settings, a region, keys that only the local server knows. */
export function jobEnv(values: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|PG|HTTPS?_PROXY|https?_proxy)/.test(name)));
  const given = values["PATH"] ?? inherited["PATH"] ?? "";
  return {
    ...inherited,
    AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: PASSWORD, AWS_EC2_METADATA_DISABLED: "true",
    // A first shell (no SHLVL) whose input is a socket, as Node's pipes are, takes itself for a remote login and reads ~/.bashrc.
    SHLVL: "1",
    AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null", AWS_MAX_ATTEMPTS: "1", NO_PROXY: "127.0.0.1",
    ...values,
    PATH: `${AWS_FOLDER}:${given}`,
  };
}
