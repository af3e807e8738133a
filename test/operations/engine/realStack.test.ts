/** A stack by the Pulumi CLI of this machine, in a backend of its own: runs go by other values than the file's, which stays as it is. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openRealStack } from "../../../operations/release/realStack.ts";
import { kubeconfigOf, openLocalStack } from "../../../operations/release/stage.ts";
import { ROOT } from "../../../operations/stacks.ts";
import { ensureEngine, sealed } from "../../../sandbox/engine/engine.ts";

/** As the CLI writes it, which writes it anew otherwise. */
const TEXT = "config:\n  fixture:images:\n    green: one # by hand\n  fixture:share: \"25\"\n";
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "golive-real-"));
  const engine = await ensureEngine({});
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: fixture\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n");
  writeFileSync(path.join(folder, "package.json"), `{"type": "module"}`);
  writeFileSync(path.join(folder, "index.ts"), `import * as pulumi from "@pulumi/pulumi";\nconst config = new pulumi.Config("fixture");\nexport const green = config.requireObject<{ green: string }>("images").green;\nexport const share = config.get("share") ?? "none";\n`);
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  env = sealed({ ...engine.env, PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: "none", PATH: [path.dirname(engine.pulumi), engine.env["PATH"]].join(path.delimiter) });
  // As a person has the CLI on his PATH.
  vi.stubEnv("PATH", env["PATH"]);
  execFileSync(engine.pulumi, ["stack", "init", "dev", "--secrets-provider", "passphrase", "--non-interactive"], { cwd: folder, env: { ...process.env, ...env }, stdio: "pipe" });
  // The key that came with the stack stays.
  writeFileSync(path.join(folder, "Pulumi.dev.yaml"), `${readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8")}${TEXT}`);
}, 600_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it("plans and applies with changed values, and writes nothing into the checkout", { timeout: 120_000 }, async () => {
  const before = readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8");
  const changed = await openRealStack("dev", folder, { env, progress: () => undefined, changes: [{ path: ["fixture:images", "green"], value: "two" }, { path: ["fixture:share"], value: undefined }] });
  try {
    expect((await changed.preview()).stdout).toMatch(/green: "two"\n\s+share: "none"/);
    // What is saved while the question is open does not get in between plan and update.
    writeFileSync(path.join(folder, "Pulumi.dev.yaml"), before.replace("one", "three"));
    expect((await changed.up()).stdout).toMatch(/green: "two"/);
  } finally {
    await changed.close();
  }
  expect(readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8")).toBe(before.replace("one", "three"));
  const plain = await openRealStack("dev", folder, { env, progress: () => undefined });
  expect((await plain.preview()).stdout).toMatch(/"two"\s+=>\s+"three"/);
  await plain.close();
});

it("plans with changed values on a stage of this machine, too", { timeout: 120_000 }, async () => {
  writeFileSync(kubeconfigOf(folder), "{}");
  const before = readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8");
  await using engine = await openLocalStack("dev", folder, { progress: () => undefined, changes: [{ path: ["fixture:images", "green"], value: "four" }, { path: ["fixture:share"], value: undefined }] });
  expect((await engine.sandbox.preview()).stdout).toMatch(/green: "four"\n\s+share: "none"/);
  expect(readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8")).toBe(before);
});

it("says which stack the backend does not know", async () => {
  await expect(openRealStack("other", folder, { env, progress: () => undefined })).rejects.toMatchObject({ message: 'The backend has no stack "other", or can not be asked.', hint: expect.stringContaining("no stack named 'other' found") as string });
});

it.runIf(process.platform === "linux")("is not ended by a terminal that is closed: the CLI ignores it, and the command ends it in order", async () => {
  const home = mkdtempSync(path.join(tmpdir(), "golive-cli-"));
  try {
    mkdirSync(path.join(home, "bin"));
    writeFileSync(path.join(home, "bin", "pulumi"), `#!/bin/sh\n[ "$1" = version ] && echo v3.250.0 && exit\ngrep SigIgn /proc/self/status >>${home}/ignored\n`, { mode: 0o755 });
    writeFileSync(path.join(home, "Pulumi.yaml"), "name: fixture\nruntime: nodejs\n");
    vi.stubEnv("PATH", `${path.join(home, "bin")}:${process.env["PATH"] ?? ""}`);
    const stack = await openRealStack("dev", home, { env: {}, progress: () => undefined });
    await stack.close();
    const [, signals = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(path.join(home, "ignored"), "utf8")) ?? [];
    // The lowest bit is the first signal, SIGHUP.
    expect(BigInt(`0x${signals}`) & 1n).toBe(1n);
  } finally {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  }
});
