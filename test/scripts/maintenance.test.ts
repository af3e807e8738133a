/** Maintenance jobs for real: PostgreSQL, Redis, an S3-compatible server, a strict stand-in for the other AWS services. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createServer, type Server as TlsServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type FakeAws, type Handlers, startFakeAws } from "./fakeAws.ts";
import { PASSWORD, type Postgres, startPostgres } from "./postgres.ts";
import { type Outcome, run, type Server } from "./process.ts";
import { jobEnv, type ObjectStore, requirePackages, startObjectStore, startRedis } from "./servers.ts";
import { makeUsers, USERS } from "./users.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const SCRIPTS = path.join(ROOT, "components/maintenance/scripts");
const DIGEST = `sha256:${"a".repeat(64)}`;

/** Publishes nothing: a call less where metrics are not looked at. */
const QUIET = { METRIC_NAMESPACE: "" };
/** Jobs log in as the maintenance user, with a token; on this server any token does. */
const LOGIN = { PGUSER: USERS.MAINTENANCE_USER, PGPASSWORD: "" };

let postgres: Postgres;
let redis: Server;
let store: ObjectStore;
let temp: string;
/** Requests that no handler of the running test expected. */
let refused: string[] = [];

interface Run extends Outcome { metrics: string[]; of: FakeAws["of"] }

async function job(script: string, values: Record<string, string>, handlers: Handlers = {}): Promise<Run> {
  const aws = await startFakeAws(handlers);
  const outcome = await run("bash", [path.join(SCRIPTS, script)], {
    env: jobEnv({
      ...postgres.env, ...LOGIN, LIB: path.join(ROOT, "components/jobs/scripts/lib.sh"), JOB_NAME: script.replace(".sh", ""), METRIC_NAMESPACE: "Golive/shop-test", TMPDIR: temp,
      AWS_ENDPOINT_URL_S3: store.url, AWS_ENDPOINT_URL: aws.url, BUCKET: "backups", ...values,
    }),
  });
  await aws.stop();
  refused.push(...aws.refused);
  return { ...outcome, metrics: aws.metrics(), of: aws.of };
}

/** Changes the schema as the application's migrations do. */
const migrate = async (statement: string) => await postgres.sql(statement, "shop", USERS.MIGRATION_USER);

/** Keeps an exclusive lock on a table of `shop` until the function returned is called. */
async function locked(table: string): Promise<() => Promise<void>> {
  const holder = run("psql", ["-X", "-d", "shop"], { env: jobEnv(postgres.env), input: `begin; lock ${table}; select 'held', pg_sleep(60);` });
  await vi.waitFor(async () => {
    expect(await postgres.sql("select count(*) from pg_stat_activity where query like '%held%' and wait_event = 'PgSleep'")).toBe("1");
  }, { timeout: 60_000, interval: 100 });
  return async () => {
    await postgres.sql("select pg_terminate_backend(pid) from pg_stat_activity where query like '%held%' and pid <> pg_backend_pid()");
    await holder;
  };
}

beforeAll(async () => {
  requirePackages();
  temp = mkdtempSync(path.join(tmpdir(), "golive-job-"));
  [postgres, redis, store] = await Promise.all([startPostgres({ server: "declared", iamUsers: Object.values(USERS) }), startRedis(), startObjectStore(["backups"])]);
  await makeUsers(postgres);
  await migrate("create schema app; create table app.events (at timestamptz not null, what text) partition by range (at); create table app.plain (at date)");
});

afterEach(() => {
  expect(refused).toEqual([]);
  refused = [];
  expect(readdirSync(temp).filter((name) => !name.startsWith("keep-")), "every job removes its scratch folder").toEqual([]);
});

afterAll(async () => {
  await Promise.all([postgres?.stop(), redis?.stop(), store?.stop()]);
  if (temp !== undefined) rmSync(temp, { recursive: true, force: true });
});

const partitions = async () => (await postgres.sql("select inhrelid::regclass || ' ' || pg_get_expr(relpartbound, oid) from pg_inherits join pg_class on oid = inhrelid where inhparent = 'app.events'::regclass order by 1")).split("\n").filter(Boolean);

describe("partitions", () => {
  it("creates the coming months once, and counts a partition of another name that covers one", async () => {
    await migrate("create table app.events_december partition of app.events for values from ('2026-12-01 00:00:00+00') to ('2027-01-01 00:00:00+00')");
    const values = { TABLES: "app.events", MONTH: "2026-11", MONTHS_AHEAD: "2" };
    const first = await job("partitions.sh", values);
    expect(first.stderr).toContain("2 partitions created");
    expect(first.metrics).toContain("PartitionsCreated{partitions}=2");
    const made = await partitions();
    expect(made.map((line) => line.split(" ")[0])).toEqual(["app.events_2026_11", "app.events_2027_01", "app.events_december"]);
    expect(made[0]).toContain("FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00')");
    // A migration must own all partitions to change the table; the application may use one like any table of a migration.
    await migrate("alter table app.events add column who text");
    expect(await postgres.sql("select count(*) from app.events_2027_01", "shop", USERS.APPLICATION_USER)).toBe("0");
    const again = await job("partitions.sh", { ...values, ...QUIET });
    expect(again.stderr).toContain("0 partitions created");
    expect(again.code).toBe(0);
  });

  it("refuses a table that is not partitioned by time, and gives up on a lock that does not end", async () => {
    const release = await locked("app.events");
    const [plain, busy] = await Promise.all([
      job("partitions.sh", { ...QUIET, TABLES: "app.plain" }),
      job("partitions.sh", { ...QUIET, TABLES: "app.events", MONTH: "2027-06", MONTHS_AHEAD: "0", LOCK_TIMEOUT_MS: "100", LOCK_TRIES: "2" }),
    ]);
    await release();
    expect(plain.stderr).toContain("error: app.plain is not partitioned by range on one date or time column");
    expect(plain.code).toBe(1);
    expect(busy.stderr).toContain("somebody holds the table for longer than 2 × 100 ms");
    expect(busy.code).toBe(1);
  });
});

describe("vacuum", () => {
  it("removes dead rows, reports, and leaves a locked table for the next run", async () => {
    await migrate("create table app.churn as select n from generate_series(1, 2000) n; alter table app.churn set (autovacuum_enabled = false)");
    await migrate("delete from app.churn");
    const release = await locked("app.plain");
    const done = await job("vacuum.sh", {});
    await release();
    expect(done.code).toBe(0);
    expect(await postgres.sql("select last_vacuum is not null and last_analyze is not null from pg_stat_user_tables where relname = 'churn'")).toBe("t");
    expect(done.metrics).toEqual(expect.arrayContaining([expect.stringMatching(/^DeadRows\{vacuum\}=\d+$/), expect.stringMatching(/^TransactionAge\{vacuum\}=\d+$/), "JobSucceeded{vacuum}=1"]));
  });
});

describe("cache cleanup", () => {
  const cli = async (...args: string[]) => (await run("redis-cli", ["-p", String(redis.port), "--no-auth-warning", ...args], { env: jobEnv({ REDISCLI_AUTH: PASSWORD }) })).stdout.trim();
  const values = () => ({ REDIS_HOST: "127.0.0.1", REDIS_PORT: String(redis.port), REDIS_TLS: "no", REDIS_SECRET_ARN: "arn:secret", PREFIXES: "cache: tmp:", PAGE: "7" });
  const handlers: Handlers = { GetSecretValue: () => ({ json: { SecretString: JSON.stringify({ authToken: PASSWORD }) } }) };

  it("removes keys of its prefixes without expiry, leaves sessions, expiring keys and the rest", async () => {
    await cli("EVAL", "for i = 1, 50 do redis.call('SET', 'cache:' .. i, 'x') redis.call('SET', 'session:' .. i, 'x') redis.call('SETEX', 'cache:live:' .. i, 600, 'x') redis.call('SET', 'order:' .. i, 'x') end", "0");
    const dry = await job("cache-cleanup.sh", { ...values(), ...QUIET, DRY_RUN: "yes" }, handlers);
    expect(dry.stderr).toContain("50 would be removed");
    expect(await cli("DBSIZE")).toBe("200");
    const done = await job("cache-cleanup.sh", values(), handlers);
    expect(done.stderr).toContain("200 keys, 150 without expiry, 50 removed");
    expect(done.stderr).toContain("50 keys without expiry stay: order:");
    expect(await cli("DBSIZE")).toBe("150");
    expect(await cli("EXISTS", "session:1", "cache:live:1", "order:1", "cache:1")).toBe("3");
    expect(done.metrics).toEqual(expect.arrayContaining(["CacheKeysRemoved{cache-cleanup}=50", "JobSucceeded{cache-cleanup}=1"]));
  });

  it("refuses a prefix that reaches sessions, and says when the server is down or the token is wrong", async () => {
    const [sessions, down, token] = await Promise.all([
      job("cache-cleanup.sh", { ...values(), ...QUIET, PREFIXES: "se" }, handlers),
      job("cache-cleanup.sh", { ...values(), ...QUIET, REDIS_PORT: "1" }, handlers),
      job("cache-cleanup.sh", { ...values(), ...QUIET, REDIS_SECRET_ARN: "", REDISCLI_AUTH: "wrong" }, handlers),
    ]);
    expect(sessions.stderr).toContain('PREFIXES has "se", which reaches sessions');
    expect(down.stderr).toContain("error: Redis at 127.0.0.1:1 does not answer");
    expect(token.stderr).toMatch(/error: Redis at \S+ does not answer: .*(NOAUTH|WRONGPASS)/);
    expect([sessions.code, down.code, token.code]).toEqual([2, 1, 1]);
  });
});

describe("image scan", () => {
  const image = `123456789012.dkr.ecr.us-east-1.amazonaws.com/team/shop@${DIGEST}`;

  it("starts a scan that never ran, waits, keeps the report and fails on critical findings", async () => {
    let looks = 0;
    const done = await job("image-scan.sh", { IMAGES: image, POLL_SECONDS: "0" }, {
      DescribeImageScanFindings: () => {
        looks += 1;
        if (looks === 1) return { error: "ScanNotFoundException" };
        return { json: { imageScanStatus: { status: looks === 2 ? "IN_PROGRESS" : "COMPLETE" }, imageScanFindings: { findingSeverityCounts: { CRITICAL: 1, HIGH: 2 }, findings: [{ name: "CVE-2026-1", severity: "CRITICAL" }] } } };
      },
      StartImageScan: () => ({ json: {} }),
    });
    expect(done.stderr).toContain("error: 1 critical findings, 0 are allowed");
    expect(done.stderr).toContain("CVE-2026-1");
    expect(done.code).toBe(1);
    expect(done.of("StartImageScan").map((call) => call.parameters)).toEqual([{ registryId: "123456789012", repositoryName: "team/shop", imageId: { imageDigest: DIGEST } }]);
    expect(done.metrics).toEqual(expect.arrayContaining(["CriticalFindings{image-scan}=1", "HighFindings{image-scan}=2", "JobFailed{image-scan}=1"]));
    const [report = ""] = reports("scans");
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ images: [{ image, critical: 1, high: 2, medium: 0, worst: ["CVE-2026-1"] }] });
  });
});

/** JSON files under a folder of the bucket. */
function reports(folder: string): string[] {
  const base = path.join(store.folder, "backups", folder);
  return readdirSync(base, { recursive: true }).map(String).filter((name) => name.endsWith(".json")).map((name) => path.join(base, name));
}

describe("penetration test", () => {
  it("keeps the report and fails on high risk; a scanner that breaks off is a failure, too", async () => {
    const bin = path.join(temp, "keep-bin");
    const work = path.join(temp, "keep-work");
    const folder = path.join(temp, "keep-report");
    mkdirSync(bin);
    mkdirSync(work);
    const report = JSON.stringify({ site: [{ alerts: [{ alert: "Cross Site Scripting", riskcode: "3" }, { alert: "Header missing", riskcode: "1" }] }] });
    const scanner = (code: number) => { writeFileSync(path.join(bin, "zap-baseline.py"), `#!/bin/sh\n[ "$*" = "-t https://staging.example.com -m 5 -J report.json -r report.html" ] || exit 9\nprintf '%s' '${report}' > ${work}/report.json\necho page > ${work}/report.html\nexit ${code}\n`, { mode: 0o755 }); };
    const values = { TARGET: "https://staging.example.com", REPORT_FOLDER: folder, ZAP_WORK: work, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
    scanner(3);
    expect((await job("dast.sh", values)).code).toBe(0);
    const broken = await job("dast-report.sh", values);
    expect(broken.stderr).toContain("error: the scanner broke off with code 3; is https://staging.example.com reachable from the cluster?");
    expect(broken.metrics).toContain("JobFailed{dast-report}=1");
    scanner(1);
    expect((await job("dast.sh", values)).code).toBe(0);
    const judged = await job("dast-report.sh", values);
    expect(judged.stderr).toContain("1 findings of high risk: Cross Site Scripting");
    expect(judged.code).toBe(1);
    expect(judged.metrics).toEqual(expect.arrayContaining(["DastHigh{dast-report}=1", "JobFailed{dast-report}=1"]));
    expect(reports("dast")).toHaveLength(1);
  });
});

describe("expiry check", () => {
  let server: TlsServer;
  afterAll(() => { server?.close(); });

  it("lists every certificate, key and secret that is due", async () => {
    const key = path.join(temp, "keep-key.pem");
    const certificate = path.join(temp, "keep-certificate.pem");
    const made = await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate, "-days", "10", "-subj", "/CN=localhost"]);
    expect(made.code).toBe(0);
    server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
    await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    const port = (server.address() as AddressInfo).port;
    const day = 86_400;
    const now = Date.now() / 1000;
    const handlers: Handlers = {
      ListCertificates: () => ({ json: { CertificateSummaryList: [{ CertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1" }] } }),
      DescribeCertificate: () => ({ json: { Certificate: { DomainName: "shop.example.com", NotAfter: now + 200 * day, RenewalEligibility: "ELIGIBLE" } } }),
      GetKeyRotationStatus: (parameters) => ({ json: { KeyRotationEnabled: parameters["KeyId"] !== "off", RotationPeriodInDays: parameters["KeyId"] === "good" ? 90 : 365 } }),
      DescribeSecret: (parameters) => ({ json: parameters["SecretId"] === "empty" ? {} : { LastChangedDate: now - 100 * day } }),
    };
    const shared = { ACM_REGIONS: "us-east-1", AWS_DATA_PATH: newerKms() };
    const [due, fine] = await Promise.all([
      job("expiry-check.sh", { ...shared, TLS_HOSTS: `127.0.0.1:${port} 127.0.0.1:1`, KEY_IDS: "good slow off", SECRETS: "old empty" }, handlers),
      job("expiry-check.sh", { ...shared, ...QUIET, TLS_HOSTS: `127.0.0.1:${port}`, WARN_DAYS: "5", KEY_IDS: "good" }, handlers),
    ]);
    expect(due.stderr).toMatch(new RegExp(`certificate of 127\\.0\\.0\\.1:${port} ends in (9|10) days`));
    for (const text of ["127.0.0.1:1 serves no certificate", "key slow rotates every 365 days, 90 are allowed", "key off does not rotate", "secret old was changed 100 days ago", "secret empty has no value yet", "error: 6 problems"]) expect(due.stderr).toContain(text);
    expect(due.code).toBe(1);
    expect(due.metrics).toEqual(expect.arrayContaining([expect.stringMatching(/^CertificateDaysLeft\{expiry-check\}=(9|10)$/), "ExpiryProblems{expiry-check}=6"]));
    expect(fine.stderr).toContain("certificates, keys and secrets are fine");
    expect(fine.code).toBe(0);
  });

  /** Debian's AWS CLI is older than the field RotationPeriodInDays; this teaches it what the CLI of the jobs' image knows. */
  function newerKms(): string {
    const folder = path.join(temp, "keep-models");
    mkdirSync(path.join(folder, "kms/2014-11-01"), { recursive: true });
    writeFileSync(path.join(folder, "kms/2014-11-01/service-2.sdk-extras.json"), JSON.stringify({
      version: 1.0,
      merge: { shapes: { GetKeyRotationStatusResponse: { members: { RotationPeriodInDays: { shape: "RotationPeriodInDaysType" } } }, RotationPeriodInDaysType: { type: "integer" } } },
    }));
    return folder;
  }
});

describe("node patch", () => {
  const handlers = (status: string): Handlers => ({
    "GET /clusters/shop/node-groups/general": () => ({ json: { nodegroup: { version: "1.34", releaseVersion: "1.34.0-20261001", amiType: "AL2023_x86_64_STANDARD", status: "ACTIVE" } } }),
    GetParameter: (parameters) => (parameters["Name"] === "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/standard/recommended/release_version" ? { json: { Parameter: { Value: "1.34.1-20261115" } } } : { error: "ParameterNotFound" }),
    "POST /clusters/shop/node-groups/general/update-version": () => ({ json: { update: { id: "u-1", status: "InProgress" } } }),
    "GET /clusters/shop/updates/u-1": () => ({ json: { update: { id: "u-1", status, errors: status === "Failed" ? [{ errorCode: "PodEvictionFailure", errorMessage: "a budget allows no eviction" }] : [] } } }),
  });

  it("moves a group to the newest image without force, and reports an update that fails", async () => {
    const values = { CLUSTER: "shop", NODE_GROUPS: "general", POLL_SECONDS: "0" };
    const [done, failed] = await Promise.all([job("node-patch.sh", values, handlers("Successful")), job("node-patch.sh", { ...values, ...QUIET }, handlers("Failed"))]);
    expect(done.stderr).toContain("1 node groups patched");
    const [update] = done.of("POST /clusters/shop/node-groups/general/update-version");
    expect(update?.parameters).toMatchObject({ releaseVersion: "1.34.1-20261115" });
    expect(update?.parameters["force"] ?? false).toBe(false);
    expect(failed.stderr).toContain("update of general: Failed; PodEvictionFailure a budget allows no eviction");
    expect(failed.code).toBe(1);
  });
});

describe("job watch", () => {
  it("tells overdue from not yet due and from done", async () => {
    const samples: Record<string, number> = { "dump JobSucceeded": 1, "drill JobOverdue": 30 };
    const done = await job("job-watch.sh", { WATCHED: "dump=26 drill=192 dast=760 job-watch=4" }, {
      GetMetricStatistics: (form) => {
        const count = samples[`${String(form["Dimensions.member.1.Value"])} ${String(form["MetricName"])}`] ?? 0;
        return { xml: `<Label>x</Label><Datapoints>${count === 0 ? "" : `<member><Timestamp>2026-01-01T00:00:00Z</Timestamp><Sum>${count}</Sum><SampleCount>${count}</SampleCount><Unit>Count</Unit></member>`}</Datapoints>` };
      },
    });
    expect(done.code).toBe(0);
    expect(done.stderr).toContain("overdue: drill has not succeeded for 192 hours");
    expect(done.metrics).toEqual(expect.arrayContaining(["JobOverdue{dump}=0", "JobOverdue{drill}=1", "JobOverdue{dast}=0", "JobOverdue{job-watch}=0"]));
  });
});
