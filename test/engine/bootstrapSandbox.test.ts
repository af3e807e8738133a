import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { CHECKOUT, LOCAL_STATE } from "../../sandbox/engine/checkout.ts";
import { ensureEngine } from "../../sandbox/engine/engine.ts";
import { OperationError, UserError, openSandbox, type Sandbox } from "../../sandbox/index.ts";

const PROGRAM = `import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config();
class Part extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) { super("fixture:index:Part", name, {}, opts); }
}
new Part("kept", { protect: true });
for (let i = 0; i < config.requireNumber("parts"); i++) new Part(\`part-\${i}\`);
if (config.getBoolean("broken")) throw new pulumi.RunError("this program refuses");
export const word = config.require("word");
export const password = config.requireSecret("password");
export const nested = config.requireSecretObject("nested");
export const foreign = Object.keys(process.env).filter((name) => /^(AWS_|KUBECONFIG|PULUMI_ACCESS_TOKEN)/.test(name)).join(" ");
`;

const STACK = `# how the real stack encrypts
secretsprovider: awskms://alias/real?region=us-east-1
encryptedkey: QUJD
encryptionsalt: v1:real:v1:real
config:
  fixture:word: hello
  fixture:parts: 2
  fixture:password: {secure: v1:real}
  fixture:nested:
    cluster: {kubeconfig: {secure: v1:real}}
    tokens: [{secure: v1:real}]
`;

let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golive-fixture-"));
  await writeFile(path.join(folder, "Pulumi.yaml"), "name: fixture\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\nbackend: {url: s3://real}\n");
  await writeFile(path.join(folder, "Pulumi.dev.yaml"), STACK);
  await writeFile(path.join(folder, "Pulumi.broken.yaml"), "config:\n  a: [1\n  b: 2\n");
  await writeFile(path.join(folder, "package.json"), `{"type": "module"}`);
  await writeFile(path.join(folder, "index.ts"), PROGRAM);
  await symlink(path.join(CHECKOUT, "node_modules"), path.join(folder, "node_modules"));
  vi.stubEnv("AWS_ACCESS_KEY_ID", "poison");
  vi.stubEnv("AWS_PROFILE", "no-such-profile");
  vi.stubEnv("KUBECONFIG", "/no/such/file");
  vi.stubEnv("PULUMI_ACCESS_TOKEN", "poison");
  vi.stubEnv("PULUMI_STACK", "another");
  sandbox = await openSandbox({ stack: "dev", programDir: folder });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

describe("the engine", () => {
  test("is set up with plugins of the versions that the SDKs ask for", async () => {
    await ensureEngine();
    const plugins = await readdir(path.join(LOCAL_STATE, "home", "plugins"));
    for (const name of ["aws", "kubernetes"]) {
      const { version } = JSON.parse(await readFile(path.join(CHECKOUT, "node_modules", "@pulumi", name, "package.json"), "utf8")) as { version: string };
      expect(plugins).toContain(`resource-${name}-v${version}`);
    }
  });

  test("can be set up by several at once", async () => {
    const engines = await Promise.all([ensureEngine(), ensureEngine(), ensureEngine()]);
    expect(new Set(engines.map((engine) => engine.pulumi)).size).toBe(1);
  });

  test("refuses a GOLIVE_PULUMI that is no program", async () => {
    vi.stubEnv("GOLIVE_PULUMI", path.join(folder, "Pulumi.yaml"));
    await expect(ensureEngine()).rejects.toThrow("which is not an executable file");
    vi.stubEnv("GOLIVE_PULUMI", "");
  });

  test("refuses a CLI that is too old", async () => {
    const old = path.join(folder, "old-pulumi");
    await writeFile(old, "#!/bin/sh\necho v3.100.0\n", { mode: 0o755 });
    vi.stubEnv("GOLIVE_PULUMI", old);
    await expect(ensureEngine()).rejects.toThrow("names Pulumi v3.100.0; 3.238.0 or newer is needed");
    vi.stubEnv("GOLIVE_PULUMI", "");
  });

  test("names three ways out where it can neither be found nor built", async () => {
    vi.stubEnv("GOLIVE_CACHE", path.join(folder, "empty-cache"));
    const path0 = process.env["PATH"];
    vi.stubEnv("PATH", path.join(folder, "nowhere"));
    const error: unknown = await ensureEngine().catch((e: unknown) => e);
    vi.stubEnv("PATH", path0);
    vi.stubEnv("GOLIVE_CACHE", "");
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain("No usable Pulumi engine");
    for (const way of ["official Pulumi CLI", "Install Go", "GOLIVE_PULUMI"]) expect((error as UserError).hint).toContain(way);
  });
});

describe("the copy of the stack file", () => {
  test("holds no key and no secret of the real stack", async () => {
    const text = await readFile(path.join(sandbox.workDir, "Pulumi.dev.yaml"), "utf8");
    expect(text).not.toMatch(/real|awskms|QUJD/);
    expect((parse(text) as { config: Record<string, unknown> }).config["fixture:word"]).toBe("hello");
    expect(await readFile(path.join(sandbox.workDir, "Pulumi.yaml"), "utf8")).not.toContain("s3://");
  });

  test("of an unknown stack names those that exist", async () => {
    await expect(openSandbox({ stack: "nope", programDir: folder })).rejects.toMatchObject({ name: "UserError", message: expect.stringContaining(`no stack "nope"`) as string, hint: "Stacks here: broken, dev." });
  });

  test("of unreadable YAML says where", async () => {
    await expect(openSandbox({ stack: "broken", programDir: folder })).rejects.toThrow(/Pulumi\.broken\.yaml:3:3: this is not YAML/);
  });
});

describe("a stack in the sandbox", () => {
  test("goes from preview to nothing left", async () => {
    const seen: string[] = [];
    const plan = await sandbox.preview({ onEvent: (event) => { if (event.resourcePreEvent) seen.push(event.resourcePreEvent.metadata.type); } });
    expect(plan.changes).toEqual({ create: 4 });
    expect(seen).toContain("fixture:index:Part");

    expect((await sandbox.up()).changes).toEqual({ create: 4 });
    expect((await sandbox.up()).changes).toEqual({ same: 4 });

    const outputs = await sandbox.outputs();
    expect(outputs["password"]).toEqual({ value: "sandbox-password-0000000000000000", secret: true });
    const nested = outputs["nested"]?.value as { cluster: { kubeconfig: string }; tokens: string[] };
    expect((parse(nested.cluster.kubeconfig) as { clusters: { cluster: { server: string } }[] }).clusters[0]?.cluster.server).toBe("https://127.0.0.1:6443");
    expect(nested.tokens).toEqual(["sandbox-tokens-0-0000000000000000"]);
    // A poisoned environment reaches neither engine nor program.
    expect(outputs["foreign"]?.value).toBe("");

    await sandbox.setConfig("fixture:parts", 3);
    await sandbox.setConfig("fixture:nested.tokens[1]", { secure: "plain" });
    expect((await sandbox.up()).changes).toMatchObject({ create: 1 });
    expect((await sandbox.outputs())["nested"]?.value).toMatchObject({ tokens: ["sandbox-tokens-0-0000000000000000", "plain"] });

    const state = await sandbox.exportState();
    await sandbox.importState(state);

    await expect(sandbox.destroy()).rejects.toThrow(OperationError);
    await sandbox.unprotectAll();
    await sandbox.destroy();
    const left = (await sandbox.exportState()).deployment as { resources?: unknown[] };
    expect(left.resources ?? []).toEqual([]);
  });

  test("that fails says what the program said", async () => {
    await sandbox.setConfig("fixture:broken", true);
    const error: unknown = await sandbox.preview().catch((e: unknown) => e);
    await sandbox.setConfig("fixture:broken", undefined);
    expect(error).toBeInstanceOf(OperationError);
    expect((error as OperationError).hint).toContain("this program refuses");
  });

  test("can be given up", async () => {
    const stop = new AbortController();
    const running = sandbox.preview({ signal: stop.signal, onEvent: () => stop.abort() });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });

  test("with a state folder is found again by the next sandbox, and by two at once", async () => {
    const stateDir = path.join(folder, "state");
    const open = (): Promise<Sandbox> => openSandbox({ stack: "dev", programDir: folder, stateDir });
    await using first = await open();
    await first.up();
    const [second, third] = await Promise.all([open(), open()]);
    expect((await second.preview()).changes).toEqual({ same: 4 });
    expect((await third.preview()).changes).toEqual({ same: 4 });
    await Promise.all([second.close(), third.close()]);
  });
});

test("a dead process's leftovers are removed by the next sandbox", async () => {
  const leftover = path.join(LOCAL_STATE, "runs", `${2 ** 22 + 1}-1-00000000`);
  await mkdir(leftover, { recursive: true });
  await using another = await openSandbox({ stack: "dev", programDir: folder });
  const runs = await readdir(path.join(LOCAL_STATE, "runs"));
  expect(runs).not.toContain(path.basename(leftover));
  expect(runs).toContain(path.basename(path.dirname(another.workDir)));
});
