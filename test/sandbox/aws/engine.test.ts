/** The simulated AWS on the real engine: preview, update, replacement, refusal, fault and convergence, destruction. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_STATE } from "../../../sandbox/engine/checkout.ts";
import { ensureEngine, type Engine } from "../../../sandbox/engine/engine.ts";

interface Run { code: number; output: string }

const MINUTES = 60_000;
let engine: Engine;
let folder = "";

function pulumi(args: string[], settings: object = {}, more: Record<string, string> = {}): Promise<Run> {
  const env = { ...process.env, ...engine.env, PULUMI_BACKEND_URL: `file://${folder}/state`, PROBE: JSON.stringify(settings), ...more };
  return new Promise((resolve) => {
    execFile(engine.pulumi, [...args, "--non-interactive"], { cwd: folder, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` });
    });
  });
}

const up = (settings?: object, more?: Record<string, string>): Promise<Run> => pulumi(["up", "--yes", "--skip-preview", "--stack", "test"], settings, more);

async function outputs(): Promise<Record<string, unknown>> {
  const { output } = await pulumi(["stack", "output", "--json", "--stack", "test"]);
  return JSON.parse(output.slice(output.indexOf("{"))) as Record<string, unknown>;
}

beforeAll(async () => {
  engine = await ensureEngine();
  await mkdir(path.join(LOCAL_STATE, "tmp"), { recursive: true });
  folder = await mkdtemp(path.join(LOCAL_STATE, "tmp", "aws-"));
  await mkdir(path.join(folder, "state"));
  await copyFile(path.join(import.meta.dirname, "program.ts"), path.join(folder, "index.ts"));
  await writeFile(path.join(folder, "Pulumi.yaml"), "name: probe\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n");
  const made = await pulumi(["stack", "init", "test"]);
  expect(made.code, made.output).toBe(0);
}, 10 * MINUTES);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the simulated AWS on the real engine", { timeout: 2 * MINUTES }, () => {
  it("previews inputs as known and what the service makes as unknown", async () => {
    const { code, output } = await pulumi(["preview", "--diff", "--stack", "test"]);
    expect(code, output).toBe(0);
    expect(output).toMatch(/cidrBlock +: "10\.0\.0\.0\/16"/);
    expect(output).toMatch(/tagsAll +: \{\s+project: "probe"\s+purpose: "first"/);
    expect(output).toMatch(/--outputs:--[\s\S]+account +: "123456789012"[\s\S]+vpcId +: \[unknown\]/);
    expect(output).not.toContain("not-a-real-password");
  });

  it("creates with the identifiers of the services, then finds nothing to do", async () => {
    const first = await up();
    expect(first.code, first.output).toBe(0);
    expect(await outputs()).toMatchObject({
      vpcId: expect.stringMatching(/^vpc-0[0-9a-f]{16}$/) as unknown,
      subnetIds: [expect.stringMatching(/^subnet-0[0-9a-f]{16}$/), expect.stringMatching(/^subnet-0[0-9a-f]{16}$/)] as unknown,
      roleArn: expect.stringMatching(/^arn:aws:iam::123456789012:role\/task-[0-9a-f]{7}$/) as unknown,
      tags: { project: "probe", purpose: "first" },
      account: "123456789012",
    });
    const second = await up();
    expect(second.output).toMatch(/9 unchanged/);
    const state = await pulumi(["stack", "export", "--stack", "test"]);
    expect(state.output).not.toContain("not-a-real-password");
    expect(state.output).toContain("ciphertext");
  });

  it("updates in place and replaces what can not be, with a new id", async () => {
    const before = await outputs();
    const run = await up({ cidr: "10.9.0.0/16", purpose: "second" });
    expect(run.code, run.output).toBe(0);
    expect(run.output).toMatch(/3 replaced/);
    const after = await outputs();
    expect(after["vpcId"]).not.toBe(before["vpcId"]);
    expect(after["roleArn"]).toBe(before["roleArn"]);
    expect(after["tags"]).toEqual({ project: "probe", purpose: "second" });
  });

  it("refuses to delete a protected database and to take a name twice", async () => {
    const run = await up({ cidr: "10.9.0.0/16", purpose: "second", database: "none", bucketNames: ["golive-probe-files", "golive-probe-files"] });
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("BucketAlreadyOwnedByYou");
    const removal = await up({ cidr: "10.9.0.0/16", purpose: "second", database: "none" });
    expect(removal.code).not.toBe(0);
    expect(removal.output).toContain("Cannot delete protected DB Instance");
  });

  it("fails where told to, keeps what was made, and converges once the fault is gone", async () => {
    const faults = path.join(folder, "faults.json");
    await writeFile(faults, JSON.stringify([
      { operation: "update", name: "db", error: "InternalFailure: injected" },
      { operation: "create", type: "aws:s3/bucket:Bucket", partial: true, error: "injected: not ready" },
    ]));
    const settings = { cidr: "10.9.0.0/16", purpose: "second", database: "open", bucketNames: ["golive-probe-files", "golive-probe-more"] };
    const failed = await up(settings, { GOLIVE_SANDBOX_FAULTS: faults });
    expect(failed.code).not.toBe(0);
    expect(failed.output).toMatch(/InternalFailure: injected|injected: not ready/);
    const mended = await up(settings);
    expect(mended.code, mended.output).toBe(0);
    expect((await up(settings)).output).toMatch(/10 unchanged/);
  });

  it("destroys everything", async () => {
    const run = await pulumi(["destroy", "--yes", "--skip-preview", "--stack", "test"]);
    expect(run.code, run.output).toBe(0);
    const checkpoint = await readFile(path.join(folder, "state", ".pulumi", "stacks", "probe", "test.json"), "utf8");
    expect((JSON.parse(checkpoint) as { checkpoint: { latest: { resources?: unknown[] } } }).checkpoint.latest.resources ?? []).toEqual([]);
  });
});
