/**
 * The migrations' command: `node /app/migrate.ts`. Brings the database's schema up to the last of the numbered SQL files
 * beside it, each in a transaction of its own that also records its number, all of them under one lock of the database;
 * does nothing when all is up to date.
 */
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import type { ReservedSql } from "postgres";
import { connectDatabase } from "./database.ts";
import { parseFaults } from "./faults.ts";
import { createLog } from "./log.ts";

const NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
/** Any number that nothing else of the application locks; all its releases must have the same. */
const LOCK = 719_030_518;

const folder = process.env["MIGRATIONS_FOLDER"] || path.join(import.meta.dirname, "migrations");
const schema = process.env["DATABASE_SCHEMA"] || process.env["APP_NAME"] || "shop";
const log = createLog("info", { app: process.env["APP_NAME"] || "shop", job: "migrate" }, []);
const database = connectDatabase(process.env);

try {
  const files = await migrations();
  const connection = await database.reserve();
  await locked(connection, () => migrate(connection, files));
  connection.release();
} catch (error) {
  log.error("migration failed", { reason: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
} finally {
  await database.end({ timeout: 5 });
}

async function migrate(sql: ReservedSql, files: readonly string[]): Promise<void> {
  // A schema of its own: nobody but the database's owner may make anything in "public".
  await sql`create schema if not exists ${sql(schema)}`;
  await sql`set search_path to ${sql(schema)}`;
  await sql`create table if not exists schema_migrations (version integer primary key, file text not null, applied_at timestamptz not null default now())`;
  const failing = parseFaults(process.env["FAULT"] ?? "").get("fail-migration");
  const [row] = await sql<{ version: number }[]>`select coalesce(max(version), 0)::integer as version from schema_migrations`;
  let version = row?.version ?? 0;
  if (version > files.length) throw new Error(`The schema is at version ${version}, this release knows ${files.length}: it is too old for the database.`);
  const before = version;
  for (const file of files.slice(before)) {
    await apply(sql, file, version + 1, version + 1 === failing);
    version++;
    log.info("migration applied", { file, schemaVersion: version });
  }
  log.info(version === before ? "the schema is up to date" : "the schema was brought up to date", { schemaVersion: version });
}

/** The whole of it or nothing. */
async function apply(sql: ReservedSql, file: string, version: number, fails: boolean): Promise<void> {
  await sql`begin`;
  try {
    await sql.unsafe(await readFile(path.join(folder, file), "utf8"));
    if (fails) throw new Error("as it was told to");
    await sql`insert into schema_migrations (version, file) values (${version}, ${file})`;
    await sql`commit`;
  } catch (error) {
    await sql`rollback`;
    throw new Error(`${file} failed, ${error instanceof Error ? error.message : String(error)}; the schema stays at version ${version - 1}.`, { cause: error });
  }
}

/** Names in their order. @throws Error when a number is missing or there twice, a name is wrong, a file has no statement */
async function migrations(): Promise<string[]> {
  const names = (await readdir(folder)).sort();
  for (const [i, name] of names.entries()) {
    const number = NAME.exec(name)?.[1];
    if (number === undefined) throw new Error(`${name} is no name of a migration; example: 0001_create_items.sql`);
    if (Number(number) !== i + 1) throw new Error(`${name} is where number ${i + 1} should be: numbers start at 1, each once, none left out.`);
    if (!/;\s*$/.test(await readFile(path.join(folder, name), "utf8"))) throw new Error(`${name} does not end with a whole statement.`);
  }
  return names;
}

/** The lock ends with the connection, also when this process is killed. @throws Error when another run holds it */
async function locked(sql: ReservedSql, work: () => Promise<void>): Promise<void> {
  const [row] = await sql<{ locked: boolean }[]>`select pg_try_advisory_lock(${LOCK}) as locked`;
  if (row?.locked !== true) throw new Error("Another run of the migrations is under way.");
  try {
    await work();
  } finally {
    await sql`select pg_advisory_unlock(${LOCK})`;
  }
}
