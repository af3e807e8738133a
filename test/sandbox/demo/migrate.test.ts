import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrate } from "./run.ts";

let folder = "";
beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), "golive-migrate-")); });
afterEach(() => rm(folder, { recursive: true, force: true }));

const schema = (): string => path.join(folder, "schema");
const version = async (): Promise<string> => (await readFile(schema(), "utf8")).trim();

it("brings the schema up to date once, stays where a migration failed, and goes on from there", async () => {
  const failed = await migrate({ SCHEMA_FILE: schema(), FAULT: "fail-migration:3" });
  expect(failed.code).toBe(1);
  expect(failed.lines.at(-1)).toContain("0003_index_item_state.sql failed");
  expect(await version()).toBe("2");
  const mended = await migrate({ SCHEMA_FILE: schema() });
  expect([mended.code, mended.lines.length, await version()]).toEqual([0, 2, "3"]);
  const again = await migrate({ SCHEMA_FILE: schema() });
  expect([again.code, again.lines.length]).toEqual([0, 1]);
  expect(again.lines[0]).toContain("up to date");
});

it("refuses a schema that is newer, a second run at once, and files that are not in order", async () => {
  await writeFile(schema(), "9\n");
  expect((await migrate({ SCHEMA_FILE: schema() })).lines).toEqual(["The schema is at version 9, this release knows 3: it is too old for the database."]);
  await writeFile(`${schema()}.lock`, "1");
  expect((await migrate({ SCHEMA_FILE: schema() })).lines[0]).toContain("Another run of the migrations is under way");
  await rm(`${schema()}.lock`);
  await writeFile(path.join(folder, "0002_b.sql"), "select 1;\n");
  expect((await migrate({ SCHEMA_FILE: path.join(tmpdir(), `golive-schema-${process.pid}`), MIGRATIONS_FOLDER: folder })).lines[0]).toMatch(/0002_b.sql is where number 1 should be/);
});
