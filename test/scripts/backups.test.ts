/** Dump, drill and state export for real: PostgreSQL, an S3-compatible server, the AWS CLI. */
import { createHash } from "node:crypto";
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type FakeAws, startFakeAws } from "./fakeAws.ts";
import { type Outcome, run } from "./process.ts";
import { jobEnv, type ObjectStore, PASSWORD, type Postgres, startObjectStore, startPostgres } from "./servers.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BACKUPS = path.join(ROOT, "components/backups/scripts");
const LIB = path.join(ROOT, "components/jobs/scripts/lib.sh");

// A run makes up to ten calls of the AWS CLI, each a second on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let postgres: Postgres;
let store: ObjectStore;
let aws: FakeAws;
let temp: string;

/** Runs a script as the pod would; `temp` stands for the pod's scratch volume. */
async function job(script: string, values: Record<string, string> = {}, onStderr?: Parameters<typeof run>[2] extends infer _ ? (text: string, child: import("node:child_process").ChildProcess) => void : never): Promise<Outcome> {
  const name = script.replace(".sh", "");
  return await run("bash", [path.join(BACKUPS, script)], {
    env: jobEnv({
      ...postgres.env, LIB, JOB_NAME: name, METRIC_NAMESPACE: "Golive/shop-test", TMPDIR: temp,
      AWS_ENDPOINT_URL_S3: store.url, AWS_ENDPOINT_URL: aws.url, BUCKET: "backups", VERIFY_ENCRYPTION: "no",
      RPO_MINUTES: "5", RTO_MINUTES: "30", DRILL_POLL_SECONDS: "0", ...values,
    }),
    ...(onStderr === undefined ? {} : { onStderr }),
  });
}

/** Every object of a bucket by key, without the server's own files. */
function objects(bucket: string, folder = ""): string[] {
  return readdirSync(path.join(store.folder, bucket, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".sgwtmp"))
    .map((entry) => path.relative(path.join(store.folder, bucket), path.join(entry.parentPath, entry.name))).sort();
}

function emptyBucket(): void {
  rmSync(path.join(store.folder, "backups"), { recursive: true, force: true });
  mkdirSync(path.join(store.folder, "backups"));
}

const databases = async () => (await postgres.sql("select datname from pg_database where datname like 'golive_drill%'", "postgres")).split("\n").filter(Boolean);
const left = () => readdirSync(temp);

const time = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();
let restorableAge = 60;
let password = "";
let instances: Record<string, string> = {};

beforeAll(async () => {
  temp = mkdtempSync(path.join(tmpdir(), "golive-job-"));
  [postgres, store, aws] = await Promise.all([startPostgres(), startObjectStore(["backups", "state"]), startFakeAws({
    DescribeDBInstances: (form) => {
      const id = String(form["DBInstanceIdentifier"]);
      if (instances[id] === undefined) return { error: "DBInstanceNotFound", status: 404 };
      return { xml: `<DBInstances><DBInstance><DBInstanceIdentifier>${id}</DBInstanceIdentifier><DBInstanceStatus>${instances[id]}</DBInstanceStatus><LatestRestorableTime>${time(restorableAge)}</LatestRestorableTime><Endpoint><Address>127.0.0.1</Address><Port>${postgres.port}</Port></Endpoint></DBInstance></DBInstances>` };
    },
    RestoreDBInstanceToPointInTime: (form) => {
      instances[String(form["TargetDBInstanceIdentifier"])] = "available";
      return { xml: "" };
    },
    // The stand-in for the restored instance is the test's own server: it takes the new password, and the old one back.
    ModifyDBInstance: async (form) => {
      password = String(form["MasterUserPassword"]);
      await postgres.sql(`alter role golive_master password '${password}'`);
      return { xml: "" };
    },
    DeleteDBInstance: async (form) => {
      delete instances[String(form["DBInstanceIdentifier"])];
      await run("psql", ["-X", "-c", `alter role golive_master password '${PASSWORD}'`], { env: jobEnv({ ...postgres.env, PGPASSWORD: password }) });
      return { xml: "" };
    },
  })]);
  await postgres.sql(`
    create schema app;
    create table app.orders (id bigint generated always as identity primary key, note text not null, total numeric(12, 2) check (total >= 0));
    insert into app.orders (note, total) select 'order ' || n, n from generate_series(1, 5000) n;
    create index orders_total on app.orders (total);
    create table app."Odd name" (id int primary key);
    create view app.large as select * from app.orders where total > 100;`);
}, 60_000);

afterAll(async () => {
  await Promise.all([postgres?.stop(), store?.stop(), aws?.stop()]);
  rmSync(temp, { recursive: true, force: true });
});

describe("a dump and its drill", () => {
  it("stores dump, checksum and manifest, and publishes success", async () => {
    const done = await job("database-dump.sh", { KMS_KEY_ID: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" });
    expect(done.stderr).toContain("done in");
    expect(done.code).toBe(0);
    const [dump = "", manifest = ""] = objects("backups");
    expect(dump).toMatch(/^dumps\/shop\/\d{4}\/\d\d\/\d\d\/shop-\d{8}T\d{6}Z\.dump$/);
    expect(manifest).toBe(`${dump}.manifest.json`);
    const stored = readFileSync(path.join(store.folder, "backups", dump));
    const facts = JSON.parse(readFileSync(path.join(store.folder, "backups", manifest), "utf8")) as Record<string, unknown>;
    expect(facts).toMatchObject({ version: 1, key: dump, database: "shop", bytes: stored.length, sha256: createHash("sha256").update(stored).digest("hex") });
    expect(facts["tables"]).toEqual([{ name: "app.Odd name", rows: 0 }, { name: "app.orders", rows: 5000 }]);
    expect(aws.metrics()).toEqual(expect.arrayContaining([`DumpBytes{database-dump}=${stored.length}`, "DumpTables{database-dump}=2", "JobSucceeded{database-dump}=1"]));
    expect(left()).toEqual([]);
  });

  it("restores the newest dump beside a point-in-time copy, verifies, reports and drops both", async () => {
    instances = { "shop-postgres": "available" };
    const done = await job("restore-drill.sh", {
      DB_INSTANCE: "shop-postgres", DRILL_INSTANCE: "shop-drill", DRILL_SUBNET_GROUP: "shop-postgres", DRILL_SECURITY_GROUP: "sg-0123456789abcdef0", DRILL_PARAMETER_GROUP: "shop-postgres-16",
    });
    expect(done.stderr).toMatch(/RPO \d+ s \(target 300\)/);
    expect(done.code).toBe(0);
    const [report = ""] = objects("backups", "drills");
    expect(JSON.parse(readFileSync(path.join(store.folder, "backups", report), "utf8"))).toMatchObject({ passed: true, tables: 2, rows: 5000, rtoTargetSeconds: 1800, rpoTargetSeconds: 300 });
    expect(aws.of("RestoreDBInstanceToPointInTime")[0]?.parameters).toMatchObject({
      SourceDBInstanceIdentifier: "shop-postgres", TargetDBInstanceIdentifier: "shop-drill", UseLatestRestorableTime: "true",
      MultiAZ: "false", PubliclyAccessible: "false", DBSubnetGroupName: "shop-postgres", "VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-0123456789abcdef0",
    });
    expect(aws.of("DeleteDBInstance")[0]?.parameters).toMatchObject({ DBInstanceIdentifier: "shop-drill", SkipFinalSnapshot: "true" });
    expect(instances).toEqual({ "shop-postgres": "available" });
    expect(await databases()).toEqual([]);
    expect(aws.metrics()).toContain("JobSucceeded{restore-drill}=1");
    expect(aws.refused).toEqual([]);
    expect(left()).toEqual([]);
  });

  it("fails beyond the recovery point target, and still drops the scratch database", async () => {
    restorableAge = 900;
    const done = await job("restore-drill.sh", { DB_INSTANCE: "shop-postgres" });
    restorableAge = 60;
    expect(done.stderr).toMatch(/error: RPO missed: 9\d\d s of data would be lost, the target is 300 s/);
    expect(done.code).toBe(1);
    expect(await databases()).toEqual([]);
  });

  it("refuses a damaged dump, a restored database that differs, and one that is not its own", async () => {
    const [dump = "", manifest = ""] = objects("backups", "dumps");
    const file = path.join(store.folder, "backups", dump);
    const whole = readFileSync(file);
    const facts = readFileSync(path.join(store.folder, "backups", manifest), "utf8");

    writeFileSync(file, whole.subarray(0, whole.length - 100));
    const truncated = await job("restore-drill.sh");
    expect(truncated.stderr).toMatch(/error: checksum of s3:\/\/backups\/dumps.* its manifest says/);
    expect(truncated.code).toBe(1);

    writeFileSync(file, whole);
    writeFileSync(path.join(store.folder, "backups", manifest), facts.replace('"rows": 5000', '"rows": 5001'));
    const fewer = await job("restore-drill.sh", { DB_INSTANCE: "shop-postgres" });
    expect(fewer.stderr).toContain("< table|app.orders|5001");
    expect(fewer.code).toBe(1);
    expect(await databases()).toEqual([]);
    writeFileSync(path.join(store.folder, "backups", manifest), facts);

    const own = await job("restore-drill.sh", { SCRATCH_DATABASE: "shop" });
    expect(own.stderr).toContain("only a name that starts with golive_drill may be dropped");
    expect(own.code).toBe(1);
    expect(await postgres.sql("select count(*) from app.orders")).toBe("5000");
    expect(left()).toEqual([]);
  });

  it("says that the scratch disk is too small before it fetches", async () => {
    if (process.getuid?.() !== 0) return;
    const small = path.join(temp, "small");
    mkdirSync(small);
    expect((await run("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", small])).code).toBe(0);
    try {
      const done = await job("restore-drill.sh", { TMPDIR: small });
      expect(done.stderr).toMatch(/error: the scratch disk at .* bytes free, \d+ are needed/);
      expect(done.code).toBe(1);
      expect(readdirSync(small)).toEqual([]);
    } finally {
      await run("umount", [small]);
      rmSync(small, { recursive: true });
    }
  });
});

describe("a dump that fails", () => {
  it("leaves nothing behind when it is stopped", async () => {
    emptyBucket();
    // A lock keeps pg_dump waiting while the upload is open; the signal comes in the middle.
    const holder = run("psql", ["-X", "-d", "shop"], { env: jobEnv(postgres.env), input: "begin; lock app.orders; select pg_sleep(20);" });
    let sent = false;
    await expect.poll(async () => await postgres.sql("select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted and database is not null"), { timeout: 5000 }).not.toBe("0");
    const done = await job("database-dump.sh", { PGOPTIONS: "" }, (text, child) => {
      if (!sent && (text.includes("dumping shop") || text.includes("waiting"))) {
        sent = true;
        child.kill("SIGTERM");
      }
    }, ).finally(async () => { await postgres.sql("select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()"); });
    await holder;
    expect(done.stderr).toContain("error: stopped by SIGTERM");
    expect(done.code).toBe(130);
    expect(objects("backups")).toEqual([]);
    expect(left()).toEqual([]);
    expect(await postgres.sql("select count(*) from pg_stat_activity where application_name = 'database-dump'")).toBe("0");
  });

  it("names the missing bucket, the server that is down, the refused user and every missing variable", async () => {
    const [bucket, down, user, variable] = await Promise.all([
      job("database-dump.sh", { BUCKET: "elsewhere" }),
      job("database-dump.sh", { PGPORT: "1" }),
      job("database-dump.sh", { PGPASSWORD: "wrong" }),
      job("database-dump.sh", { BUCKET: "", PGHOST: "" }),
    ]);
    expect(bucket.stderr).toContain("error: bucket elsewhere is not there or refuses the job's role; nothing was dumped");
    expect(down.stderr).toContain("error: PostgreSQL at 127.0.0.1:1, database shop, does not let golive_master in");
    expect(user.stderr).toContain("password authentication failed");
    expect(variable.stderr).toContain("error: set BUCKET PGHOST in the environment");
    expect([bucket.code, down.code, user.code, variable.code]).toEqual([1, 1, 1, 2]);
    expect(aws.metrics()).toContain("JobFailed{database-dump}=1");
    expect(left()).toEqual([]);
  });

  it("lets no broken dump become an object", async () => {
    await postgres.sql("create role reader login password 'reader-password'; grant usage on schema app to reader; grant select on app.orders, app.\"Odd name\" to reader; create schema hidden; create view hidden.v as select 1 as n");
    const done = await job("database-dump.sh", { PGUSER: "reader", PGPASSWORD: "reader-password" });
    await postgres.sql("drop schema hidden cascade");
    expect(done.stderr).toContain("error: the dump of shop broke off");
    expect(done.stderr).toContain("permission denied for schema hidden");
    expect(done.code).toBe(1);
    expect(objects("backups")).toEqual([]);
  });
});

describe("the state export", () => {
  const state = { version: 3, checkpoint: { stack: "organization/golive/test", latest: { resources: [{ urn: "urn:pulumi:test::golive::pulumi:pulumi:Stack::golive-test" }] } } };

  it("copies the state as it is", async () => {
    mkdirSync(path.join(store.folder, "state/.pulumi/stacks/golive"), { recursive: true });
    const file = path.join(store.folder, "state/.pulumi/stacks/golive/test.json");
    writeFileSync(file, JSON.stringify(state));
    const done = await job("state-export.sh", { STATE_BUCKET: "state", STATE_OBJECT: ".pulumi/stacks/golive/test.json", STACK: "test" });
    expect(done.code).toBe(0);
    const [copy = ""] = objects("backups", "state");
    expect(readFileSync(path.join(store.folder, "backups", copy), "utf8")).toBe(JSON.stringify(state));
    expect(aws.metrics()).toContain("StateResources{state-export}=1");

    writeFileSync(file, JSON.stringify(state).slice(0, 40));
    const half = await job("state-export.sh", { STATE_BUCKET: "state", STATE_OBJECT: ".pulumi/stacks/golive/test.json", STACK: "test" });
    expect(half.stderr).toContain("is no complete state of a stack");
    expect(half.code).toBe(1);
    expect(objects("backups", "state")).toEqual([copy]);
  });
});
