/** The whole sandbox stack on a real cluster: its jobs, its database, its cache, and releases that change the schema. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { type DemoStage, openDemoStage } from "../../operations/demo/stage.ts";
import { FOLLOWED_MS, movedTo } from "../../operations/demo/story.ts";
import { type Color, otherColor } from "../../operations/release/names.ts";
import { STORE_ADDRESSES } from "../../sandbox/cluster/dns.ts";
import { startLoadElsewhere } from "../../sandbox/demo/load/elsewhere.ts";
import { isFailed, summarize } from "../../sandbox/demo/load/summary.ts";
import { done, refused, served, SOME_USERS } from "./release/releases.ts";
import { startRouter } from "./router.ts";

const run = promisify(execFile);
const BUILD_MS = 1_800_000;
const TEST_MS = 420_000;
const MIGRATION = "alter table shop.items add column price numeric;\n";
const STEP_SECONDS = 4;
/** NGINX has the new route by then: it is asked for ten times a second. */
const REACHED_MS = 1000;

let stage: DemoStage;
beforeAll(async () => { stage = await openDemoStage({ first: { version: "1.0.0" }, progress: () => undefined }); }, BUILD_MS);
afterAll(async () => { await stage?.[Symbol.asyncDispose](); }, 60_000);

/** As the database's maintenance does, from inside of the cluster's network. */
async function sql(statement: string, user = "golive_maintenance", more = "sslmode=require"): Promise<string> {
  const [program = "", ...before] = stage.cluster.inside;
  const { stdout } = await run(program, [...before, "psql", "-X", "-A", "-t", "-c", statement, `host=${STORE_ADDRESSES.postgres} dbname=app user=${user} connect_timeout=5 ${more}`]);
  return stdout.trim();
}

async function inside(url: string): Promise<{ status: number; body: unknown }> {
  const [program = "", ...before] = stage.cluster.inside;
  const { stdout } = await run(program, [...before, process.execPath, "--input-type=module", "--eval", `const answer = await fetch(${JSON.stringify(url)}); console.log(JSON.stringify({ status: answer.status, body: await answer.json() }))`]);
  return JSON.parse(stdout) as { status: number; body: unknown };
}

async function podAddresses(color: string): Promise<string[]> {
  const { body } = await stage.cluster.client.get(`/api/v1/namespaces/shop/pods?labelSelector=color%3D${color}`);
  return (body as { items: { status: { podIP: string } }[] }).items.map(({ status }) => status.podIP);
}

const versions = (): Promise<string> => sql("select string_agg(version::text, ' ' order by version) from shop.schema_migrations");

it("has pods of both colors that reach a real database and a real cache, with TLS", async () => {
  const pods = [...await podAddresses("blue"), ...await podAddresses("green")];
  expect(pods).toHaveLength(4);
  for (const pod of pods) {
    expect(await inside(`http://${pod}:8080/health`)).toMatchObject({ status: 200, body: { status: "healthy", checks: { database: { status: "healthy", detail: "answers, with TLS" }, cache: { status: "healthy" }, security: { status: "healthy" } } } });
  }
});

it("has the users that its jobs have made, and the tables that its migrations have made", async () => {
  expect(await sql("select string_agg(rolname, ' ' order by rolname) from pg_roles where pg_has_role(oid, 'rds_iam', 'usage') and rolcanlogin and not rolsuper")).toBe("app golive_backup golive_maintenance golive_migration golive_monitoring");
  expect(await versions()).toBe("1 2 3");
  // Rows are the application's, tables are not.
  expect(await sql("insert into shop.items (id, name) values (gen_random_uuid(), 'chair'); select count(*) from shop.items", "app")).toContain("1");
  await expect(sql("drop table shop.items", "app")).rejects.toThrow(/must be owner/);
  await expect(sql("select 1", "app", "sslmode=disable")).rejects.toThrow(/no pg_hba.conf entry/);
});

it("refuses a release whose migration fails halfway: schema and traffic are as they were, and the mended one passes", { timeout: TEST_MS }, async () => {
  const bad = await stage.image({ version: "2.0.0", migration: `${MIGRATION}select 1 / 0;\n` });
  const good = await stage.image({ version: "2.0.1", migration: MIGRATION });
  const load = await stage.load({ plan: SOME_USERS, connectionSeconds: 0.5 });
  try {
    load.mark({ name: "the migration fails", colors: ["blue"] });
    refused(await stage.golive(["deploy", "sandbox", "--image", bad, "--yes"]), "division by zero");
    expect(await versions()).toBe("1 2 3");
    expect(JSON.parse((await stage.golive(["status", "sandbox", "--json"])).output)).toMatchObject({ live: { color: "blue", ready: 2 } });
    done(await stage.golive(["deploy", "sandbox", "--image", good, "--yes"]));
    expect(await versions()).toBe("1 2 3 4");
    load.mark({ name: "flip", colors: ["blue", "green"] });
    done(await stage.golive(["flip", "sandbox", "green", "--yes"]));
  } finally {
    await load.stop();
  }
  expect(Object.keys(served(await load.ended).byColor).sort()).toEqual(["blue", "green"]);
});

it("gives a canary its share by NGINX's route, step by step, and nobody notices anything", { timeout: TEST_MS }, async () => {
  configure(["golive:release", "strategy"], "canary");
  configure(["golive:release", "canary"], { weights: [10, 50, 100], stepSeconds: STEP_SECONDS });
  const { live } = JSON.parse((await stage.golive(["status", "sandbox", "--json"])).output) as { live: { color: Color } };
  const to = otherColor(live.color);
  const image = await stage.image({ version: "3.0.0", migration: MIGRATION });
  done(await stage.golive(["deploy", "sandbox", "--image", image, "--yes"]));
  const router = await startRouter(stage.cluster);
  const load = await startLoadElsewhere(stage.cluster.inside, { url: router.url, host: router.host, plan: SOME_USERS, connectionSeconds: 0.5 });
  const steps: { weight: number; from: number; until: number }[] = [];
  load.mark({ name: "canary begins", colors: ["blue", "green"] });
  const flipped = await Promise.race([router.failed, stage.golive(["flip", "sandbox", to, "--yes"], {
    say: (line) => {
      const at = Date.now();
      const last = steps.at(-1);
      const weight = Number(/^\w+ has (\d+) % of the traffic\.$/.exec(line)?.[1]);
      if (weight > 0) steps.push({ weight, from: at + REACHED_MS, until: at + STEP_SECONDS * 1000 });
      if (movedTo(line) === to) load.mark({ name: `only ${to} may answer`, colors: [to], olderConnections: true, at: at + FOLLOWED_MS });
      if (last !== undefined) last.until = Math.min(last.until, at);
    },
  })]);
  const result = await load.stop();
  await router.stop();
  done(flipped);
  // A kept connection that NGINX closes when it reloads may be in use again just then; a CDN asks again. (Since 1.27.4 there is keepalive_min_timeout for it.)
  const lost = result.records.filter((record) => isFailed(record));
  expect(lost.filter(({ kind, error }) => !(kind === "keepAlive" && (error === "closed" || error === "reset")))).toEqual([]);
  expect(lost.length).toBeLessThan(0.001 * result.records.length);
  expect(summarize(result).misrouted).toBe(0);
  const [first, second] = steps.map(({ weight, from, until }) => {
    const within = result.records.filter((record) => record.sent >= from && record.sent < until);
    return { weight, requests: within.length, canary: within.filter(({ color }) => color === to).length };
  });
  for (const step of [first, second]) {
    expect(step?.requests).toBeGreaterThan(200);
    const { weight = 0, requests = 0, canary = 0 } = step ?? {};
    const share = weight / 100;
    // Six standard deviations of as many throws.
    expect(Math.abs(canary - requests * share), JSON.stringify(step)).toBeLessThan(6 * Math.sqrt(requests * share * (1 - share)));
  }
  expect([first?.weight, second?.weight]).toEqual([10, 50]);
});

/** Changes the stack file as an operator would. */
function configure(where: readonly string[], value: unknown): void {
  const file = path.join(stage.folder, "Pulumi.sandbox.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  document.setIn(["config", ...where], document.createNode(value));
  writeFileSync(file, String(document));
}
