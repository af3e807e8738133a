/** Rendered files: no secret is ever written, every file has a name of its own, folders appear whole or not at all. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { declaredOutputs, declaredResources, type DeclaredResource } from "../../operations/render/declared.ts";
import { writeFiles } from "../../operations/render/files.ts";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (text: string): unknown => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: text, plaintext: JSON.stringify(text) });
const urn = (type: string, name: string): string => `urn:pulumi:dev::golive::${type}::${name}`;
const resource = (type: string, name: string, props: Record<string, unknown> = {}): DeclaredResource => ({ urn: urn(type, name), type, name, protect: false, retainOnDelete: false, ignoreChanges: [], props });
const config = (name: string, namespace: string, logical = name): DeclaredResource => resource("kubernetes:core/v1:ConfigMap", logical, { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { answer: "yes", long: `${"x ".repeat(100)}end` } });

describe("the state of a stack as plain data", () => {
  const state = (resources: unknown[]) => ({ version: 3, deployment: { resources } });

  test("leaves out components, providers, and what waits for deletion", () => {
    const found = declaredResources(state([
      { urn: urn("pulumi:pulumi:Stack", "s"), type: "pulumi:pulumi:Stack" },
      { urn: urn("pulumi:providers:aws", "aws"), type: "pulumi:providers:aws", custom: true },
      { urn: urn("golive:network:Network", "network"), type: "golive:network:Network" },
      { urn: urn("aws:sns/topic:Topic", "old"), type: "aws:sns/topic:Topic", custom: true, delete: true },
      { urn: urn("aws:sns/topic:Topic", "alarms"), type: "aws:sns/topic:Topic", custom: true, protect: true, inputs: { __defaults: ["a"], name: "alarms" } },
      { urn: urn("kubernetes:helm.sh/v4:Chart", "ingress"), type: "kubernetes:helm.sh/v4:Chart", inputs: { chart: "nginx" } },
    ]));
    expect(found.map(({ name, protect, props }) => ({ name, protect, props }))).toEqual([{ name: "alarms", protect: true, props: { name: "alarms" } }, { name: "ingress", protect: false, props: { chart: "nginx" } }]);
  });

  test("holds the word [secret] in the place of every secret, however deep", () => {
    const inputs = { password: secret("hunter2"), nested: { list: [{ token: secret("hunter2") }] } };
    const stack = { urn: urn("pulumi:pulumi:Stack", "s"), type: "pulumi:pulumi:Stack", outputs: { password: secret("hunter2"), url: "https://shop.example.com" } };
    const deployment = state([stack, { urn: urn("aws:rds/instance:Instance", "db"), type: "aws:rds/instance:Instance", custom: true, inputs }]);
    expect(declaredResources(deployment)[0]?.props).toEqual({ password: "[secret]", nested: { list: [{ token: "[secret]" }] } });
    expect(declaredOutputs(deployment)).toEqual({ password: "[secret]", url: "https://shop.example.com" });
  });
});

describe("the files", () => {
  let folder: string;
  let dir: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "golive-files-"));
    dir = path.join(folder, "out");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("are YAML that can be applied for Kubernetes, JSON with type, name and props for AWS", async () => {
    const index = await writeFiles("dev", [config("settings", "shop"), resource("aws:sns/topic:Topic", "alarms", { name: "shop-alarms" }), resource("kubernetes:helm.sh/v4:Chart", "ingress", { chart: "nginx" })], { url: "https://shop.example.com" }, dir);
    expect(index.resources.map((r) => r.file)).toEqual(["kubernetes/shop/configmap-settings.yaml", "aws/sns/Topic-alarms.json", "charts/ingress.json"]);
    expect(index.charts).toEqual(["ingress"]);
    const yaml = await readFile(path.join(dir, "kubernetes/shop/configmap-settings.yaml"), "utf8");
    // A YAML 1.1 reader, such as kubectl, must see text and no boolean.
    expect(yaml).toContain('answer: "yes"\n');
    expect(parse(yaml)).toEqual(config("settings", "shop").props);
    expect(JSON.parse(await readFile(path.join(dir, "aws/sns/Topic-alarms.json"), "utf8"))).toEqual({ type: "aws:sns/topic:Topic", name: "alarms", props: { name: "shop-alarms" } });
    expect(JSON.parse(await readFile(path.join(dir, "index.json"), "utf8"))).toEqual(index);
  });

  test("never share a name, and never leave the folder", async () => {
    const alike = [config("same", "shop", "one"), config("same", "shop", "two"), resource("aws:sns/topic:Topic", "a/b"), resource("aws:sns/topic:Topic", "a:b"), resource("aws:sns/topic:Topic", "../../../escape")];
    const index = await writeFiles("dev", alike, {}, dir);
    const files = index.resources.map((r) => r.file);
    expect(new Set(files).size).toBe(alike.length);
    expect(files.slice(0, 4)).toEqual(["kubernetes/shop/configmap-same.yaml", "kubernetes/shop/configmap-same-2.yaml", "aws/sns/Topic-a-b.json", "aws/sns/Topic-a-b-2.json"]);
    for (const file of files) expect(path.resolve(dir, file).startsWith(`${dir}${path.sep}`)).toBe(true);
    const written = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(written).toHaveLength(alike.length + 1);
    expect(await readdir(folder)).toEqual(["out"]);
  });

  test("of an earlier render are replaced whole", async () => {
    await writeFiles("dev", [config("old", "shop"), config("kept", "shop")], {}, dir);
    await writeFiles("dev", [config("kept", "shop")], {}, dir);
    expect(await readdir(path.join(dir, "kubernetes", "shop"))).toEqual(["configmap-kept.yaml"]);
    expect(await readdir(folder)).toEqual(["out"]);
  });

  test("of somebody else are refused and kept", async () => {
    await mkdir(dir);
    await writeFile(path.join(dir, "precious.txt"), "mine");
    await expect(writeFiles("dev", [config("a", "shop")], {}, dir)).rejects.toMatchObject({ name: "UserError", message: `${dir} holds files that no render wrote; they would be lost.` });
    expect(await readdir(dir)).toEqual(["precious.txt"]);
  });

  test("half-written by a render that was killed are removed by the next one; those of a living one stay", async () => {
    const dead = `${dir}.new-${2 ** 22 + 1}-abcdef`;
    const living = `${dir}.new-${process.pid}-abcdef`;
    await mkdir(dead);
    await mkdir(living);
    await writeFiles("dev", [config("a", "shop")], {}, dir);
    expect((await readdir(folder)).sort()).toEqual(["out", path.basename(living)]);
  });

  test.skipIf(process.getuid?.() !== 0)("that do not fit on the disk: said so, and the earlier ones stay", async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]);
    try {
      await writeFiles("dev", [config("small", "shop")], {}, dir);
      const large = Array.from({ length: 400 }, (_, i) => config(`map-${i}`, "shop"));
      await expect(writeFiles("dev", large, {}, dir)).rejects.toMatchObject({ name: "UserError", exitCode: 1, message: `The disk is full: the rendered files could not be written to ${dir}.` });
      expect(await readdir(path.join(dir, "kubernetes", "shop"))).toEqual(["configmap-small.yaml"]);
      expect(await readdir(folder)).toEqual(["out"]);
    } finally {
      execFileSync("umount", [folder]);
    }
  });
});
