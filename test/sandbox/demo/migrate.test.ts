import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../scripts/postgres.ts";
import { migrate } from "./run.ts";

let server: Postgres;
beforeAll(async () => { server = await startPostgres({ server: "installed", iamUsers: [] }); }, 60_000);
afterAll(() => server.stop());
beforeEach(() => server.sql("drop schema if exists shop cascade"));

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  DATABASE_HOST: "127.0.0.1", DATABASE_PORT: server.env["PGPORT"] ?? "", DATABASE_NAME: "shop", DATABASE_SSL_MODE: "disable",
  DATABASE_USER: server.user, DATABASE_PASSWORD: server.env["PGPASSWORD"] ?? "", ...more,
});
const versions = (): Promise<string> => server.sql("select string_agg(version::text, ' ' order by version) from shop.schema_migrations");
const columns = (): Promise<string> => server.sql("select string_agg(column_name, ' ' order by ordinal_position) from information_schema.columns where table_schema = 'shop' and table_name = 'items'");

it("brings the schema up to date once, stays where a migration failed, and goes on from there", async () => {
  const failed = await migrate(environment({ FAULT: "fail-migration:2" }));
  expect(failed.code).toBe(1);
  expect(failed.lines.at(-1)).toBe("0002_add_item_state.sql failed, as it was told to; the schema stays at version 1.");
  // What it had done before it failed is gone with it.
  expect([await versions(), await columns()]).toEqual(["1", "id name created_at"]);
  const mended = await migrate(environment());
  expect([mended.code, mended.lines.length, await versions()]).toEqual([0, 3, "1 2 3"]);
  expect(await columns()).toBe("id name created_at state");
  const again = await migrate(environment());
  expect([again.code, again.lines.length]).toEqual([0, 1]);
  expect(again.lines[0]).toContain("up to date");
});

it("refuses a schema that is newer", async () => {
  await migrate(environment());
  await server.sql("insert into shop.schema_migrations (version, file) values (9, '0009_later.sql')");
  expect(await migrate(environment())).toMatchObject({ code: 1, lines: ["The schema is at version 9, this release knows 3: it is too old for the database."] });
});

it("several runs at once migrate once: the others are refused, or find it done", async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => migrate(environment())));
  const applied = all.flatMap(({ lines }) => lines.filter((line) => line.includes("migration applied")));
  expect([applied.length, await versions()]).toEqual([3, "1 2 3"]);
  for (const { code, lines } of all) if (code !== 0) expect(lines).toEqual(["Another run of the migrations is under way."]);
});

it("refuses files that are not in order, before it asks the database", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "golive-migrate-"));
  try {
    await writeFile(path.join(folder, "0002_b.sql"), "select 1;\n");
    expect((await migrate(environment({ MIGRATIONS_FOLDER: folder }))).lines[0]).toMatch(/0002_b.sql is where number 1 should be/);
    await writeFile(path.join(folder, "0001_a.sql"), "select 1\n");
    expect((await migrate(environment({ MIGRATIONS_FOLDER: folder }))).lines[0]).toMatch(/0001_a.sql does not end with a whole statement/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("says so when nobody answers", async () => {
  const { code, lines } = await migrate(environment({ DATABASE_PORT: "1" }));
  expect([code, lines.at(-1)]).toEqual([1, expect.stringContaining("ECONNREFUSED")]);
});
