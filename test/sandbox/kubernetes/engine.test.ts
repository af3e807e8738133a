/** The simulated cluster on the real engine: preview, update, no change, replacement, refusal, fault, a declared chart. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAULTS_VARIABLE } from "../../../sandbox/aws/faults.ts";
import { LOCAL_STATE } from "../../../sandbox/engine/checkout.ts";
import { ensureEngine, type Engine } from "../../../sandbox/engine/engine.ts";

interface Run { code: number; output: string }

const MINUTES = 60_000;
let engine: Engine;
let folder = "";

function pulumi(args: string[], settings: object = {}, more: Record<string, string> = {}): Promise<Run> {
  const env = { ...process.env, ...engine.env, PULUMI_BACKEND_URL: `file://${folder}/state`, PROBE: JSON.stringify(settings), ...more };
  return new Promise((resolve) => {
    execFile(engine.pulumi, [...args, "--non-interactive", "--stack", "test"], { cwd: folder, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` });
    });
  });
}

const up = (settings?: object, more?: Record<string, string>): Promise<Run> => pulumi(["up", "--yes", "--skip-preview"], settings, more);

interface Exported { type: string; outputs?: Record<string, unknown>; inputs?: Record<string, unknown> }

async function state(): Promise<{ text: string; resources: Exported[] }> {
  const { output } = await pulumi(["stack", "export"]);
  return { text: output, resources: (JSON.parse(output) as { deployment: { resources: Exported[] } }).deployment.resources };
}

beforeAll(async () => {
  engine = await ensureEngine();
  await mkdir(path.join(LOCAL_STATE, "tmp"), { recursive: true });
  folder = await mkdtemp(path.join(LOCAL_STATE, "tmp", "kubernetes-"));
  await mkdir(path.join(folder, "state"));
  await copyFile(path.join(import.meta.dirname, "program.ts"), path.join(folder, "index.ts"));
  await writeFile(path.join(folder, "Pulumi.yaml"), "name: probe\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n");
  const made = await pulumi(["stack", "init"]);
  expect(made.code, made.output).toBe(0);
}, 10 * MINUTES);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the simulated cluster on the real engine", { timeout: 2 * MINUTES }, () => {
  it("previews names as known and what the server adds as unknown", async () => {
    const { code, output } = await pulumi(["preview", "--diff"]);
    expect(code, output).toBe(0);
    expect(output).toMatch(/webName +: "web-[0-9a-f]{8}"/);
    expect(output).toMatch(/appId +: \[unknown\]/);
    expect(output).toMatch(/namespace *: "shop"/);
    expect(output).toMatch(/kubernetes:helm\.sh\/v4:Chart/);
    expect(output).not.toContain("not-a-real-password");
  });

  it("checks objects of a cluster that does not exist yet", async () => {
    const good = await pulumi(["preview"], { newCluster: true });
    expect(good.code, good.output).toBe(0);
    const bad = await pulumi(["preview"], { newCluster: true, badField: true });
    expect(bad.output).toContain('Container has no field "imagePulPolicy"');
  });

  it("creates, keeps the chart with its arguments, then finds nothing to do", async () => {
    const first = await up();
    expect(first.code, first.output).toBe(0);
    expect(first.output).toMatch(/appId +: "shop\/app"/);
    expect(first.output).toMatch(/address +: "172\.20\.\d+\.\d+"/);
    expect(first.output).toMatch(/uid +: "[0-9a-f-]{36}"/);
    const { text, resources } = await state();
    expect(text).not.toContain("not-a-real-password");
    const chart = resources.find((r) => r.type === "kubernetes:helm.sh/v4:Chart");
    expect({ ...chart?.inputs, ...chart?.outputs }).toMatchObject({ chart: "oci://charts.example.com/charts/nginx-ingress", version: "2.3.1", resources: [] });
    const second = await up();
    expect(second.output).toMatch(/7 unchanged/);
    expect(second.output).not.toMatch(/updated|replaced|created/);
  });

  it("updates an image in place", async () => {
    const { output } = await pulumi(["preview", "--diff"], { image: "app:2" });
    expect(output).toMatch(/~ kubernetes:apps\/v1:Deployment: \(update\)/);
    expect(output).toMatch(/~ image: "app:1" => "app:2"/);
  });

  it("replaces for another selector, deleting first", async () => {
    const run = await up({ selector: { app: "app", color: "blue" } });
    expect(run.code, run.output).toBe(0);
    expect(run.output).toMatch(/1 replaced/);
    const order = [...run.output.matchAll(/kubernetes:apps\/v1:Deployment app (deleted|created)/g)].map((m) => m[1]);
    expect(order[0], run.output).toBe("deleted");
  });

  it("refuses a wrong field with the nearest name", async () => {
    const run = await pulumi(["preview"], { badField: true });
    expect(run.code).not.toBe(0);
    expect(run.output).toContain('Container has no field "imagePulPolicy"; did you mean "imagePullPolicy"?');
  });

  it("refuses a chart without an exact version", async () => {
    const run = await pulumi(["preview"], { chartVersion: "^2.0.0" });
    expect(run.code).not.toBe(0);
    expect(run.output).toContain('"^2.0.0" is no exact version');
  });

  it("fails where it is told to, and recovers in the next run", async () => {
    const file = path.join(folder, "faults.json");
    await writeFile(file, JSON.stringify([{ operation: "update", name: "app", error: "the server is currently unable to handle the request" }]));
    const selector = { app: "app", color: "blue" };
    const failed = await up({ selector, image: "app:3" }, { [FAULTS_VARIABLE]: file });
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("unable to handle the request");
    const mended = await up({ selector, image: "app:3" });
    expect(mended.code, mended.output).toBe(0);
    expect(mended.output).toMatch(/1 updated/);
  });
});
