/** `golive preview` and `golive render` on the real engine: reports, a hostile environment, interruptions, two at once. */
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import type { RenderIndex } from "../../../operations/render/files.ts";
import type { PreviewReport } from "../../../operations/plan/report.ts";
import { copyCheckout, golive, processesOf, remove, runFolders, start, type Ended } from "../command.ts";

/** What a user's own shell may hold, all of it wrong: anything that used it would fail. */
const POISON = {
  AWS_ACCESS_KEY_ID: "poison", AWS_SECRET_ACCESS_KEY: "poison", AWS_SESSION_TOKEN: "poison", AWS_PROFILE: "no-such-profile", AWS_REGION: "nowhere-1",
  AWS_CONFIG_FILE: "/no/such/config", AWS_SHARED_CREDENTIALS_FILE: "/no/such/credentials", AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:1",
  KUBECONFIG: "/no/such/kubeconfig", KUBE_CONFIG_PATH: "/no/such/kubeconfig",
  PULUMI_ACCESS_TOKEN: "poison", PULUMI_BACKEND_URL: "s3://no-such-bucket", PULUMI_STACK: "another", PULUMI_HOME: "/no/such/home",
  PULUMI_CONFIG_PASSPHRASE: "wrong", PULUMI_CONFIG_PASSPHRASE_FILE: "/no/such/passphrase",
};

let checkout: string;
let text: Ended;
let json: Ended;

beforeAll(async () => {
  checkout = await copyCheckout();
  // A stack that is encrypted with a passphrase which nobody here knows.
  const salted = parseDocument(await readFile(path.join(checkout, "Pulumi.staging.yaml"), "utf8"));
  salted.delete("secretsprovider");
  salted.delete("encryptedkey");
  salted.set("encryptionsalt", "v1:3jMa7Yk0Xks=:v1:Zm9yZWlnbg==:c29tZWJvZHkgZWxzZSdz");
  await writeFile(path.join(checkout, "Pulumi.salted.yaml"), String(salted));
  // Both at once, on a checkout where nothing is set up yet.
  [text, json] = await Promise.all([
    golive(["preview", "production"], { checkout, env: { ...POISON, NO_COLOR: "1", FORCE_COLOR: "1" } }),
    golive(["preview", "production", "--json"], { checkout }),
  ]);
}, 900_000);
afterAll(() => remove(checkout));

describe("a preview of production", () => {
  test("needs nothing of the user's environment, and says that no credential was used", () => {
    expect(text.code, text.stderr).toBe(0);
    expect(text.stdout).toMatch(/\n\d+ resources of production previewed by the real engine in \d+\.\d s; no cloud, no credentials\.\n$/);
    expect(text.stdout + text.stderr).not.toMatch(/poison|no such|no-such|nowhere/);
  });

  test("shows components, what is protected, what costs, and the policy's result", () => {
    expect(text.stdout).toMatch(/^component +create +update +replace +delete +protected$/m);
    for (const component of ["network", "cluster", "postgres", "redis", "storage", "keys", "access", "audit", "edge", "ingress", "backups", "maintenance"]) expect(text.stdout).toMatch(new RegExp(`^${component} +\\d+ `, "m"));
    expect(text.stdout).toMatch(/^Protected: can not be deleted before unprotecting\n {2}/m);
    expect(text.stdout).toMatch(/^ {2}postgres +1 × database db\.r5\.large Multi-AZ \(instance-hours, twice for the standby\)$/m);
    expect(text.stdout).toMatch(/^Policy/m);
  });

  test("has no color when NO_COLOR is set, even when color is forced", () => {
    expect(text.stdout + text.stderr).not.toContain("\u001b");
  });

  test("as JSON has the documented shape", () => {
    expect(json.code, json.stderr).toBe(0);
    const report = JSON.parse(json.stdout) as PreviewReport;
    expect(Object.keys(report).sort()).toEqual(["charts", "components", "policy", "resources", "seconds", "stack"]);
    expect(report.stack).toBe("production");
    expect(report.seconds).toBeGreaterThan(0);
    expect(Object.keys(report.resources).sort()).toEqual(["create", "delete", "replace", "same", "total", "update"]);
    expect(report.resources.create).toBe(report.resources.total);
    expect(report.resources.total).toBeGreaterThan(500);
    expect(report.components.reduce((sum, c) => sum + c.resources, 0)).toBe(report.resources.total);
    for (const component of report.components) {
      expect(Object.keys(component)).toEqual(["name", "type", "resources", "protected", "costDrivers"]);
      for (const driver of component.costDrivers) expect(driver).toEqual({ what: expect.any(String) as string, quantity: expect.any(Number) as number, unit: expect.any(String) as string });
    }
    expect(report.components.find((c) => c.name === "postgres")?.protected).toBeGreaterThan(0);
  });

  test("leaves no work folder and no process", async () => {
    expect(await runFolders(checkout)).toEqual([]);
    expect(await processesOf(checkout)).toEqual([]);
  });
});

describe("a preview that is interrupted", () => {
  const PLANNING = /resources planned/;

  test.each<[string, NodeJS.Signals, "group" | "process"]>([["Ctrl-C", "SIGINT", "group"], ["a signal to it alone", "SIGTERM", "process"]])("by %s ends with 130, says so, and leaves nothing", async (_, signal, whom) => {
    const running = start(["preview", "salted"], { checkout });
    await running.says(PLANNING);
    if (whom === "group") running.signalGroup(signal);
    else process.kill(running.pid, signal);
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toMatch(/\nerror: Interrupted\.\n$/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(await runFolders(checkout)).toEqual([]);
    await expect.poll(() => processesOf(checkout), { timeout: 20_000 }).toEqual([]);
  });

  test("by kill -9 leaves readable state; the next one clears up and needs no passphrase of the real stack", async () => {
    const state = path.join(checkout, "state");
    const running = start(["preview", "salted", "--state", state], { checkout });
    await running.says(PLANNING);
    process.kill(running.pid, "SIGKILL");
    await running.ended;
    const next = await golive(["preview", "salted", "--state", state, "--json"], { checkout, env: { PULUMI_CONFIG_PASSPHRASE: "wrong" } });
    expect(next.code, next.stderr + next.stdout).toBe(0);
    expect((JSON.parse(next.stdout) as PreviewReport).resources.total).toBeGreaterThan(300);
    expect(await runFolders(checkout)).toEqual([]);
    await expect.poll(() => processesOf(checkout), { timeout: 20_000 }).toEqual([]);
  });
});

test("render writes every resource once, and no secret", async () => {
  const dir = path.join(checkout, "rendered");
  const { code, stdout, stderr } = await golive(["render", "salted", "--dir", dir], { checkout });
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^\d+ files in \S+, one a resource; secrets are left out\. \d+ charts are declared but not expanded: /);
  const index = JSON.parse(await readFile(path.join(dir, "index.json"), "utf8")) as RenderIndex;
  const written = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
  expect(written.sort()).toEqual([...index.resources.map((r) => r.file), "index.json"].sort());
  const kinds = new Set<unknown>();
  for (const file of written) {
    const content = await readFile(path.join(dir, file), "utf8");
    expect(content, file).not.toMatch(/sandbox-(postgresMasterPassword|redisAuthToken|pagerUrl)|ciphertext|4dabf18193072939515e22adb298388d/);
    if (file.endsWith(".yaml")) kinds.add((parse(content) as { kind?: unknown }).kind);
  }
  for (const kind of ["Deployment", "Service", "NetworkPolicy", "PodDisruptionBudget", "CronJob"]) expect(kinds).toContain(kind);
  expect((await readdir(checkout)).filter((name) => name.startsWith("rendered"))).toEqual(["rendered"]);
});
