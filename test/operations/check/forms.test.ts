/** Every form in which resources are given, and where findings stand in it. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkFiles, checkPaths, folderOf, outcome, pod } from "./helpers.ts";

const hosts = (found: string[]): string[] => found.filter((one) => one.startsWith("host-network"));

describe("manifests", () => {
  test("several documents: each finding at its line and column", async () => {
    const { found, unread, checked } = await checkFiles({ "a.yaml": `# first\n---\n${pod("one")}--- # second\n${pod("two")}...\n---\n` });
    expect(hosts(found)).toEqual(["host-network shop/Pod/one a.yaml:6:8", "host-network shop/Pod/two a.yaml:11:8"]);
    expect(unread).toEqual([]);
    expect(checked.resources).toBe(2);
  });

  test("a place that is not there is shown at the deepest part that is", async () => {
    const { found } = await checkFiles({ "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels:\n    b: c\n" });
    expect(found).toEqual(["label ConfigMap/a a.yaml:5:3"]);
  });

  test("quoted keys, lists, flow and block are all found", async () => {
    const { found } = await checkFiles({ "a.yaml": `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {"name": a}\n  spec:\n    dnsPolicy: None\n    "hostNetwork": true\n- {apiVersion: v1, kind: Pod, metadata: {generateName: b-}, spec: {hostNetwork: true}}\n` });
    expect(hosts(found)).toEqual(["host-network Pod/a a.yaml:9:5", "host-network Pod/b-* a.yaml:10:68"]);
  });

  test("typed lists hold objects that need not say their kind; empty lists hold none", async () => {
    const { found, unread, checked } = await checkFiles({ "a.yaml": "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n  spec: {hostNetwork: true}\n---\napiVersion: v1\nkind: PodList\nitems: []\n---\napiVersion: v1\nkind: List\nitems:\n" });
    expect(hosts(found)).toEqual(["host-network Pod/a a.yaml:5:10"]);
    expect({ unread, resources: checked.resources }).toEqual({ unread: [], resources: 1 });
  });

  test("words mean what they mean to kubectl", async () => {
    const { found } = await checkFiles(Object.fromEntries(["yes", "on", "True", "TRUE", '"true"'].map((word, n) => [`${n}.yaml`, pod("a").replace("true", word)])));
    expect(hosts(found)).toHaveLength(5);
    expect(hosts((await checkFiles(Object.fromEntries(["no", "off", "12:30", "~"].map((word, n) => [`${n}.yaml`, pod("a").replace("true", word)])))).found)).toEqual([]);
  });

  test("merge keys and aliases are followed", async () => {
    const { found, unread } = await checkFiles({ "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {x: &x hello, y: *x}}\nbase: &base {hostNetwork: true}\nspec:\n  <<: *base\n  dnsPolicy: None\n" });
    expect({ found: hosts(found), unread }).toEqual({ found: ["host-network Pod/a a.yaml:5:1"], unread: [] });
  });

  test("Windows line ends, a byte-order mark, a marker at the very end", async () => {
    const { found, unread } = await checkFiles({ "a.yaml": `\ufeff${pod("a")}---\n${pod("b")}---`.replaceAll("\n", "\r\n") });
    expect({ found: hosts(found), unread }).toEqual({ found: ["host-network shop/Pod/a a.yaml:4:8", "host-network shop/Pod/b a.yaml:9:8"], unread: [] });
  });

  test("directives before the first document", async () => {
    const { found, unread } = await checkFiles({ "a.yaml": `%YAML 1.2\n# why\n---\n${pod("a")}` });
    expect({ found: hosts(found), unread }).toEqual({ found: ["host-network shop/Pod/a a.yaml:7:8"], unread: [] });
  });

  test("JSON, also when the file is called YAML or comes from standard input", async () => {
    const json = '{\n  "apiVersion": "v1", "kind": "Pod",\n  "metadata": {"name": "a"},\n  "spec": {\n    "hostNetwork": true}\n}';
    for (const name of ["a.json", "a.yaml"]) expect(hosts((await checkFiles({ [name]: json })).found)).toEqual([`host-network Pod/a ${name}:5:5`]);
    expect(hosts((await checkFiles({}, json)).found)).toEqual(["host-network Pod/a -:5:5"]);
    expect(hosts((await checkFiles({}, pod("a"))).found)).toEqual(["host-network shop/Pod/a -:4:8"]);
  });

  test("all files together are one stack", async () => {
    const service = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\n";
    expect((await checkFiles({ "a.yaml": pod("a"), "b.yaml": pod("b") })).found.filter((one) => one.startsWith("service"))).toHaveLength(2);
    expect((await checkFiles({ "a.yaml": pod("a"), "b.yaml": service })).found.filter((one) => one.startsWith("service"))).toEqual([]);
  });

  test("kinds that no rule judges are passed over and counted, the most frequent first", async () => {
    const foo = "apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: f}\n";
    const { checked, unread } = await checkFiles({ "a.yaml": [foo.replace("Foo", "Bar"), foo, pod("a"), foo].join("---\n") });
    expect(checked.report.results.passedOver).toEqual([["Foo", 2], ["Bar", 1]]);
    expect(unread).toEqual([]);
  });
});

describe("resources with type tokens, and saved states", () => {
  test("a list of resources", async () => {
    const { found, unread } = await checkFiles({ "a.json": JSON.stringify([
      { type: "aws:s3/bucketV2:BucketV2", name: "files", props: { versioning: { enabled: false } } },
      { type: "kubernetes:core/v1:Pod", name: "p", props: { spec: { hostNetwork: true } } },
    ], null, 1) });
    expect(found.filter((one) => !one.startsWith("service"))).toEqual(["host-network p a.json:16:5", "versioned files a.json:7:5"]);
    expect(unread).toEqual([]);
  });

  test.each([
    [{ name: "a", type: "Bucket", props: {} }, "[0] has no type such as aws:s3/bucket:Bucket"],
    [{ name: "", type: "aws:s3/bucket:Bucket", props: {} }, "[0] has no name"],
    [{ name: "a", type: "aws:s3/bucket:Bucket" }, "[0] has no object of properties (props)"],
    [{ name: "a" }, "[0] is not a Kubernetes manifest: it has no apiVersion and no kind"],
    ["text", "[0] is not a Kubernetes manifest: it is a plain value"],
  ])("%j is told", async (resource, told) => {
    expect((await checkFiles({ "a.json": JSON.stringify([resource]) })).unread).toEqual([`a.json:1:2: ${told}`]);
  });

  test.each(["deployment", "checkpoint"])("a state (%s): what the program asked for, without what is being deleted", async (form) => {
    const urn = (name: string): string => `urn:pulumi:production::golive::aws:s3/bucket:Bucket::${name}`;
    const bucket = (name: string, enabled: boolean) => ({ urn: urn(name), type: "aws:s3/bucket:Bucket", custom: true, inputs: { versioning: { enabled } } });
    const resources = [{ ...bucket("old", false), delete: true }, bucket("files", false), bucket("logs", true)];
    const state = form === "deployment" ? { version: 3, deployment: { resources } } : { version: 3, checkpoint: { latest: { resources } } };
    const { found, unread } = await checkFiles({ "a.json": JSON.stringify(state, null, 1) });
    expect(unread).toEqual([]);
    expect(found).toEqual([expect.stringMatching(/^versioned files a\.json:\d+:\d+$/)]);
    const line = Number(found[0]?.split(":")[1]);
    expect(JSON.stringify(state, null, 1).split("\n")[line - 1]).toContain('"enabled": false');
    expect(line).toBeGreaterThan(JSON.stringify(state, null, 1).split("\n").findIndex((text) => text.includes("::files")));
  });
});

describe("folders", () => {
  test("are read to their depth in order: manifests only, hidden ones and packages left out, nothing twice", async () => {
    const folder = folderOf({ "b.yaml": pod("b"), "a/x.yml": pod("x"), "a/deep/y.json": "[]", "a/readme.md": "# no", ".git/z.yaml": "[", "node_modules/z.yaml": "[" });
    const found = outcome(await checkPaths([folder, path.join(folder, "b.yaml")]), folder);
    expect(hosts(found.found)).toEqual(["host-network shop/Pod/x a/x.yml:4:8", "host-network shop/Pod/b b.yaml:4:8"]);
    expect(found.unread).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test("a loop of links is told, the rest is read; a link to a folder beside is followed once", async () => {
    const folder = folderOf({ "a/x.yaml": pod("x") });
    symlinkSync("..", path.join(folder, "a", "loop"));
    symlinkSync("a", path.join(folder, "again"));
    symlinkSync("nowhere", path.join(folder, "lost.yaml"));
    symlinkSync("self.yaml", path.join(folder, "self.yaml"));
    const { found, unread } = outcome(await checkPaths([folder]), folder);
    expect(hosts(found)).toEqual(["host-network shop/Pod/x a/x.yaml:4:8"]);
    expect(unread).toEqual(["a/loop: a link leads back to a folder above it", "lost.yaml: there is no such file", "self.yaml: its links lead in a circle"]);
    rmSync(folder, { recursive: true });
  });

  test("one without manifests is told, one that was read before is not", async () => {
    const folder = folderOf({ "full/x.yaml": pod("x"), "docs/readme.md": "# no" });
    mkdirSync(path.join(folder, "empty"));
    const { unread } = outcome(await checkPaths([path.join(folder, "empty"), path.join(folder, "docs"), path.join(folder, "full"), path.join(folder, "full")]), folder);
    expect(unread).toEqual(["empty: the folder has no .yaml, .yml or .json file", "docs: the folder has no .yaml, .yml or .json file"]);
    rmSync(folder, { recursive: true });
  });

  test("a file that is named is read whatever it is called", async () => {
    const folder = folderOf({});
    writeFileSync(path.join(folder, "manifest"), pod("a"));
    expect(hosts(outcome(await checkPaths([path.join(folder, "manifest")]), folder).found)).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });
});
