/**
 * The migrations' command: `node /app/migrate.ts`. Checks the numbered SQL files beside it, and brings the schema
 * version in `SCHEMA_FILE` up to the last of them, one at a time, under a lock; does nothing when all is up to date.
 *
 * The image has no PostgreSQL client, so no statement is sent to a database: what a release needs of migrations (order,
 * lock, version, a failure halfway, being run twice) is here, with a file in the database's place.
 */
import { readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseFaults } from "./faults.ts";
import { createLog, type Log } from "./log.ts";

const NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

const folder = process.env["MIGRATIONS_FOLDER"] || path.join(import.meta.dirname, "migrations");
const schemaFile = process.env["SCHEMA_FILE"] || path.join(tmpdir(), "schema-version");
const log = createLog("info", { app: process.env["APP_NAME"] || "shop", job: "migrate" }, []);

try {
  await locked(`${schemaFile}.lock`, () => migrate(log));
} catch (error) {
  log.error("migration failed", { reason: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}

async function migrate(to: Log): Promise<void> {
  const files = await migrations();
  const failing = parseFaults(process.env["FAULT"] ?? "").get("fail-migration");
  let version = await readVersion();
  if (version > files.length) throw new Error(`The schema is at version ${version}, this release knows ${files.length}: it is too old for the database.`);
  const before = version;
  for (const file of files.slice(before)) {
    const number = version + 1;
    if (number === failing) throw new Error(`${file} failed, as it was told to; the schema stays at version ${version}.`);
    await writeVersion(number);
    version = number;
    to.info("migration applied", { file, schemaVersion: version });
  }
  to.info(version === before ? "the schema is up to date" : "the schema was brought up to date", { schemaVersion: version });
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

async function readVersion(): Promise<number> {
  const text = await readFile(schemaFile, "utf8").catch(() => "0");
  const version = Number(text.trim());
  if (!Number.isInteger(version) || version < 0) throw new Error(`${schemaFile} holds no version: ${JSON.stringify(text)}`);
  return version;
}

async function writeVersion(version: number): Promise<void> {
  const draft = `${schemaFile}.${process.pid}`;
  await writeFile(draft, `${version}\n`);
  await rename(draft, schemaFile);
}

/** @throws Error when another run holds the lock */
async function locked(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx" });
  } catch (error) {
    throw new Error(`Another run of the migrations is under way (${file}).`, { cause: error });
  }
  try {
    await work();
  } finally {
    await rm(file, { force: true });
  }
}
