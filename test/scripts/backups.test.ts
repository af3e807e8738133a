/**
 * Dump, drill and state export for real: PostgreSQL, an S3-compatible server, the AWS CLI. The server is of the installed
 * version, because pg_dump refuses a newer server and pg_restore sets what an older one does not know.
 */
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type FakeAws, startFakeAws } from "./fakeAws.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { type Outcome, run } from "./process.ts";
import { type Databases, rdsOf } from "./rds.ts";
import { jobEnv, type ObjectStore, requirePackages, startObjectStore } from "./servers.ts";
import { makeUsers, USERS } from "./users.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BACKUPS = path.join(ROOT, "components/backups/scripts");
const LIB = path.join(ROOT, "components/jobs/scripts/lib.sh");

/** Publishes nothing: a call less where metrics are not looked at. */
const QUIET = { METRIC_NAMESPACE: "" };

let postgres: Postgres;
let store: ObjectStore;
let aws: FakeAws;
let temp: string;
const databases: Databases = {};

/** The dump logs in as the backup user, with a token; on this server any token does. The drill is the master user's. */
const logins: Record<string, Record<string, string>> = { "database-dump.sh": { PGUSER: USERS.BACKUP_USER, PGPASSWORD: "" } };

interface JobOptions { onStart?: (child: ChildProcess) => void; shell?: string }

/** Runs a script as the pod would; `temp` stands for the pod's scratch volume. `shell` is said before the script. */
async function job(script: string, values: Record<string, string> = {}, options: JobOptions = {}): Promise<Outcome> {
  return await run("bash", ["-c", `${options.shell ?? ":"}; exec bash "$0"`, path.join(BACKUPS, script)], {
    env: jobEnv({
      ...postgres.env, ...logins[script], LIB, JOB_NAME: script.replace(".sh", ""), METRIC_NAMESPACE: "Golive/shop-test", TMPDIR: temp,
      AWS_ENDPOINT_URL_S3: store.url, AWS_ENDPOINT_URL: aws.url, BUCKET: "backups", VERIFY_ENCRYPTION: "no",
      RPO_MINUTES: "5", RTO_MINUTES: "30", DRILL_POLL_SECONDS: "0", ...values,
    }),
    ...(options.onStart === undefined ? {} : { onStart: options.onStart }),
  });
}

/** Runs jobs side by side, each under its own key. */
async function together<K extends string>(jobs: Record<K, Promise<Outcome>>): Promise<Record<K, Outcome>> {
  const entries = Object.entries<Promise<Outcome>>(jobs);
  const done = await Promise.all(entries.map(async ([name, outcome]) => [name, await outcome]));
  return Object.fromEntries(done) as Record<K, Outcome>;
}

/** Files under a folder of the backups bucket; `.sgwtmp` is where the server keeps the parts of unfinished uploads. */
function objects(folder = ""): string[] {
  const bucket = path.join(store.folder, "backups");
  return readdirSync(path.join(bucket, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => path.relative(bucket, path.join(entry.parentPath, entry.name))).sort();
}
const stored = (key: string) => readFileSync(path.join(store.folder, "backups", key));
const scratchDatabases = async () => await postgres.sql("select count(*) from pg_database where datname like 'golive_drill%'", "postgres");

/** Waits for one session of which that is true. */
async function seen(condition: string): Promise<void> {
  await vi.waitFor(async () => {
    expect(await postgres.sql(`select count(*) from pg_stat_activity where ${condition}`)).toBe("1");
  }, { timeout: 60_000, interval: 100 });
}

beforeAll(async () => {
  requirePackages();
  temp = mkdtempSync(path.join(tmpdir(), "golive-job-"));
  [postgres, store] = await Promise.all([startPostgres({ server: "installed", iamUsers: Object.values(USERS) }), startObjectStore(["backups", "state"])]);
  aws = await startFakeAws(rdsOf(postgres, databases));
  await makeUsers(postgres);
  await postgres.sql("create database guarded", "postgres");
  await postgres.sql(`
    create extension pg_trgm; create extension "uuid-ossp";
    create schema app;
    create table app.orders (id bigint generated always as identity primary key, note text not null, total numeric(12, 2) check (total >= 0));
    insert into app.orders (note, total) select 'order ' || n, n from generate_series(1, 5000) n;
    create index orders_total on app.orders (total);
    create table app."Odd name" (id int primary key);
    create view app.large as select * from app.orders where total > 100;
    create table app.parted (at date) partition by range (at);`, "shop", USERS.MIGRATION_USER);
});

afterEach(() => {
  expect(readdirSync(temp), "every job removes its scratch folder").toEqual([]);
  expect(aws.refused).toEqual([]);
});

afterAll(async () => {
  await Promise.all([postgres?.stop(), store?.stop(), aws?.stop()]);
  if (temp !== undefined) rmSync(temp, { recursive: true, force: true });
});

describe("a dump and its drill", () => {
  it("stores dump, checksum and manifest, and publishes success", async () => {
    const done = await job("database-dump.sh", { KMS_KEY_ID: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" });
    expect(done.stderr).toContain("done in");
    expect(done.code).toBe(0);
    const [dump = "", manifest = ""] = objects("dumps");
    expect(dump).toMatch(/^dumps\/shop\/\d{4}\/\d\d\/\d\d\/shop-\d{8}T\d{6}Z\.dump$/);
    expect(manifest).toBe(`${dump}.manifest.json`);
    const content = stored(dump);
    expect(JSON.parse(stored(manifest).toString())).toMatchObject({
      version: 1, key: dump, database: "shop", bytes: content.length, sha256: createHash("sha256").update(content).digest("hex"),
      tables: [{ name: "app.Odd name", rows: 0 }, { name: "app.orders", rows: 5000 }],
    });
    expect(aws.metrics()).toEqual(expect.arrayContaining([`DumpBytes{database-dump}=${content.length}`, "DumpTables{database-dump}=2", "JobSucceeded{database-dump}=1"]));
  });

  it("restores the newest dump beside a point-in-time copy, verifies, reports and drops both", async () => {
    databases["shop-postgres"] = { restorableSecondsAgo: 60 };
    const done = await job("restore-drill.sh", {
      DB_INSTANCE: "shop-postgres", DRILL_INSTANCE: "shop-drill", DRILL_SUBNET_GROUP: "shop-postgres", DRILL_SECURITY_GROUP: "sg-0123456789abcdef0", DRILL_PARAMETER_GROUP: "shop-postgres-16",
    });
    expect(done.stderr).toMatch(/RPO \d+ s \(target 300\)/);
    expect(done.code).toBe(0);
    const [report = ""] = objects("drills");
    expect(JSON.parse(stored(report).toString())).toMatchObject({ passed: true, tables: 2, rows: 5000, rtoTargetSeconds: 1800, rpoTargetSeconds: 300 });
    expect(aws.of("RestoreDBInstanceToPointInTime")[0]?.parameters).toMatchObject({
      SourceDBInstanceIdentifier: "shop-postgres", TargetDBInstanceIdentifier: "shop-drill", UseLatestRestorableTime: "true",
      MultiAZ: "false", PubliclyAccessible: "false", DBSubnetGroupName: "shop-postgres", "VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-0123456789abcdef0",
    });
    expect(aws.of("DeleteDBInstance").map((call) => call.parameters)).toMatchObject([{ DBInstanceIdentifier: "shop-drill", SkipFinalSnapshot: "true" }]);
    expect(Object.keys(databases)).toEqual(["shop-postgres"]);
    expect(await scratchDatabases()).toBe("0");
    expect(aws.metrics()).toContain("JobSucceeded{restore-drill}=1");
  });
});

describe("a drill that must not pass", () => {
  let done: Record<"late" | "truncated" | "fewer" | "stale" | "crowded" | "full" | "own" | "live", Outcome>;

  /** The same dump once more under a prefix of its own, with something wrong. */
  function damaged(prefix: string, change: { dump?: (content: Buffer) => Buffer; manifest?: Record<string, unknown> }): Record<string, string> {
    const [dump = "", manifest = ""] = objects("dumps");
    const key = dump.replace("dumps/", `${prefix}/`);
    const facts = { ...JSON.parse(stored(manifest).toString()) as Record<string, unknown>, key, ...change.manifest };
    mkdirSync(path.dirname(path.join(store.folder, "backups", key)), { recursive: true });
    writeFileSync(path.join(store.folder, "backups", key), change.dump?.(stored(dump)) ?? stored(dump));
    writeFileSync(path.join(store.folder, "backups", `${key}.manifest.json`), JSON.stringify(facts));
    return { ...QUIET, KEY_PREFIX: prefix, JOB_NAME: prefix, SCRATCH_DATABASE: `golive_drill_${prefix}` };
  }

  beforeAll(async () => {
    databases["shop-late"] = { restorableSecondsAgo: 900 };
    const rows = [{ name: "app.Odd name", rows: 0 }, { name: "app.orders", rows: 5001 }];
    done = await together({
      late: job("restore-drill.sh", { DB_INSTANCE: "shop-late" }),
      truncated: job("restore-drill.sh", damaged("truncated", { dump: (content) => content.subarray(0, content.length - 100) })),
      fewer: job("restore-drill.sh", damaged("fewer", { manifest: { tables: rows } })),
      stale: job("restore-drill.sh", damaged("stale", { manifest: { startedAt: "2026-01-01T00:00:00Z" } })),
      crowded: job("restore-drill.sh", damaged("crowded", { manifest: { bytes: 1e15 } })),
      // Files end at 8 KiB, as they do on a disk that fills up.
      full: job("restore-drill.sh", damaged("full", {}), { shell: "ulimit -f 8" }),
      own: job("restore-drill.sh", { ...QUIET, SCRATCH_DATABASE: "shop" }),
      live: job("restore-drill.sh", { ...QUIET, DB_INSTANCE: "shop-postgres", DRILL_INSTANCE: "shop-postgres", DRILL_SUBNET_GROUP: "a", DRILL_SECURITY_GROUP: "b", DRILL_PARAMETER_GROUP: "c" }),
    });
  });

  it.each([
    ["late", /error: RPO missed: 9\d\d s of data would be lost, the target is 300 s/],
    ["truncated", /error: checksum of s3:\/\/backups\/truncated\/\S+ is [0-9a-f]{64}, its manifest says [0-9a-f]{64}; the dump is damaged/],
    ["fewer", /error: the restored database differs from the manifest .*< table\|app\.orders\|5001 .*> table\|app\.orders\|5000/],
    ["stale", /error: the newest dump is \d+ hours old, 26 are allowed/],
    ["crowded", /error: the scratch disk at \S+ has \d+ bytes free, 1000000000000000 are needed/],
    ["full", /error: s3:\/\/backups\/full\/\S+ can not be fetched/],
    ["own", /error: SCRATCH_DATABASE is shop; only a name that starts with golive_drill may be dropped/],
    ["live", /error: DRILL_INSTANCE is shop-postgres; only a name that ends in -drill may be dropped/],
  ] as const)("%s", (name, message) => {
    expect(done[name].stderr).toMatch(message);
    expect(done[name].code).toBe(1);
  });

  it("leaves the database as it was and no scratch database behind", async () => {
    expect(await scratchDatabases()).toBe("0");
    expect(await postgres.sql("select count(*) from app.orders")).toBe("5000");
    expect(Object.keys(databases)).toEqual(["shop-postgres", "shop-late"]);
  });
});

describe("a dump that fails", () => {
  let done: Record<"stopped" | "bucket" | "down" | "user" | "variables" | "broken", Outcome>;

  /** A lock on a parent table lets rows be counted and keeps pg_dump waiting while the upload is open. */
  async function stopped(): Promise<Outcome> {
    const holder = run("psql", ["-X", "-d", "shop"], { env: jobEnv(postgres.env), input: "begin; lock table only app.parted; select 'held', pg_sleep(60);" });
    await seen("query like '%held%' and wait_event = 'PgSleep'");
    let child: ChildProcess | undefined;
    const outcome = job("database-dump.sh", { JOB_NAME: "stopped", KEY_PREFIX: "stopped" }, { onStart: (started) => { child = started; } });
    await seen("application_name = 'stopped' and wait_event_type = 'Lock'");
    // To the script alone, as the kubelet does it.
    child?.kill("SIGTERM");
    const result = await outcome;
    await postgres.sql("select pg_terminate_backend(pid) from pg_stat_activity where query like '%held%' and pid <> pg_backend_pid()");
    await holder;
    return result;
  }

  beforeAll(async () => {
    // The last table answers only the owner: the dump breaks off after 24 MiB have gone out as parts of an upload.
    await postgres.sql(`
      create role reader login password 'reader-password';
      create table a_large as select n, repeat(md5(n::text), 3) as note from generate_series(1, 240000) n;
      create table z_guarded (id int); alter table z_guarded enable row level security;
      grant select on a_large, z_guarded to reader;`, "guarded");
    done = await together({
      stopped: stopped(),
      bucket: job("database-dump.sh", { BUCKET: "elsewhere" }),
      down: job("database-dump.sh", { ...QUIET, PGPORT: "1" }),
      user: job("database-dump.sh", { ...QUIET, PGUSER: postgres.user, PGPASSWORD: "wrong" }),
      variables: job("database-dump.sh", { BUCKET: "", PGHOST: "" }),
      broken: job("database-dump.sh", { ...QUIET, KEY_PREFIX: "broken", PGDATABASE: "guarded", PGUSER: "reader", PGPASSWORD: "reader-password", COMPRESSION: "0" }),
    });
  });

  it.each([
    ["stopped", 130, ["error: stopped by SIGTERM"]],
    ["bucket", 1, ["error: bucket elsewhere is not there or refuses the job's role; nothing was dumped"]],
    ["down", 1, ["error: PostgreSQL at 127.0.0.1:1, database shop, does not let golive_backup in"]],
    ["user", 1, ["password authentication failed"]],
    ["variables", 2, ["error: set BUCKET PGHOST in the environment"]],
    ["broken", 1, ["error: the dump of guarded broke off", "row-level security policy for table \"z_guarded\""]],
  ] as const)("%s ends with the reason", (name, code, messages) => {
    for (const message of messages) expect(done[name].stderr).toContain(message);
    expect(done[name].code).toBe(code);
  });

  it("leaves no object, no part of an upload and no session", async () => {
    expect(objects().filter((key) => /^(stopped|broken|\.sgwtmp)/.test(key))).toEqual([]);
    expect(await postgres.sql("select count(*) from pg_stat_activity where application_name in ('stopped', 'database-dump')")).toBe("0");
    expect(aws.metrics()).toEqual(expect.arrayContaining(["JobFailed{stopped}=1", "JobFailed{database-dump}=1"]));
  });
});

describe("the state export", () => {
  const state = { version: 3, checkpoint: { stack: "organization/golive/test", latest: { resources: [{ urn: "urn:pulumi:test::golive::pulumi:pulumi:Stack::golive-test" }] } } };
  const at = (name: string, content: string): Record<string, string> => {
    const object = `.pulumi/stacks/golive/${name}.json`;
    mkdirSync(path.join(store.folder, "state/.pulumi/stacks/golive"), { recursive: true });
    writeFileSync(path.join(store.folder, "state", object), content);
    return { STATE_BUCKET: "state", STATE_OBJECT: object, STACK: name };
  };

  it("copies the state as it is, and neither a half one nor an empty one nor one that is not there", async () => {
    const done = await together({
      whole: job("state-export.sh", at("whole", JSON.stringify(state))),
      half: job("state-export.sh", { ...QUIET, ...at("half", JSON.stringify(state).slice(0, 40)) }),
      empty: job("state-export.sh", { ...QUIET, ...at("empty", JSON.stringify({ ...state, checkpoint: { latest: { resources: [] } } })) }),
      absent: job("state-export.sh", { ...QUIET, ...at("absent", ""), STATE_OBJECT: "nowhere.json" }),
    });
    expect(done.half.stderr).toContain("is no complete state of a stack");
    expect(done.empty.stderr).toContain("lists no resource");
    expect(done.absent.stderr).toContain("s3://state/nowhere.json can not be read");
    expect([done.whole.code, done.half.code, done.empty.code, done.absent.code]).toEqual([0, 1, 1, 1]);
    const copies = objects("state");
    expect(copies).toEqual([expect.stringMatching(/^state\/whole\/\d{4}\/\d\d\/\d\d\/whole-\d{8}T\d{6}Z\.json$/)]);
    expect(stored(copies[0] ?? "").toString()).toBe(JSON.stringify(state));
    expect(aws.metrics()).toContain("StateResources{state-export}=1");
  });
});
