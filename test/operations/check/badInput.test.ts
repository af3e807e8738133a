/** What bad input gets: file, line and column, no value of it; everything else is checked all the same. */
import { describe, expect, test } from "vitest";
import { readJson } from "../../../operations/check/json.ts";
import { readYaml } from "../../../operations/check/yaml.ts";
import { checkFiles, checkPaths, pod } from "./helpers.ts";

async function told(content: string | Buffer, name = "a.yaml"): Promise<string[]> {
  const { unread, found } = await checkFiles({ [name]: content, "good.yaml": pod("good") });
  expect(found).toContain("host-network shop/Pod/good good.yaml:4:8");
  return unread;
}

describe("a file that is", () => {
  test.each([
    ["broken YAML", "a: [b\nc: d\n", "a.yaml:2:1: this is not YAML: "],
    ["a key twice", "apiVersion: v1\nkind: Pod\nkind: Pod\n", "a.yaml:3:1: this is not YAML: a key is there twice"],
    ["indented by a tab", "a:\n\tb: c\n", "a.yaml:2:"],
    ["empty", "", "a.yaml: the file is empty"],
    ["blank", " \n\n", "a.yaml: the file is empty"],
    ["comments", "# nothing\n---\n# here\n", "a.yaml: the file is empty: it holds no object"],
    ["a text", "hello\n", "a.yaml:1:1: is not a Kubernetes manifest: it is a plain value"],
    ["no kind", "a: b\napiVersion: v1\n", "a.yaml:1:1: is not a Kubernetes manifest: it has no kind"],
    ["no apiVersion", "kind: Pod\n", "a.yaml:1:1: is not a Kubernetes manifest: it has no apiVersion"],
    ["a kind that is no name", "apiVersion: v1\nkind: {a: b}\n", "a.yaml:1:1: is not a Kubernetes manifest: it has no kind"],
    ["a template that nobody rendered", "apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {a: [b, {c: d}]}\n  name: {{ .Values.name }}\n", "a.yaml:5:10: this is not YAML that Kubernetes knows: a key is a map or a list; a template must be rendered first"],
    ["a list as key", "a: b\n? [a]\n: b\n", "a.yaml:2:3: this is not YAML that Kubernetes knows: a key is a map or a list"],
    ["an unknown tag", "apiVersion: v1\nkind: !Ref Pod\n", "a.yaml:2:7: this is not YAML: unknown scalar tag"],
    ["an alias of nothing", "a: *b\n", "a.yaml:1:5: this is not YAML: unidentified alias"],
    ["UTF-16", Buffer.from(`\ufeff${pod("a")}`, "utf16le"), "a.yaml: it is UTF-16: save it as UTF-8"],
    ["binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]), "a.yaml: it holds binary data"],
    ["not UTF-8", Buffer.from([0x61, 0xe4, 0x62]), "a.yaml: it holds binary data, or text that is not UTF-8"],
    ["a control character", "apiVersion: v1\nkind: Pod\u0007\n", "a.yaml:2:10: this is not YAML: "],
    ["nested too deep", `a: ${"[".repeat(200)}`, "a.yaml:1:103: this is not YAML: nesting exceeded maxDepth (100)"],
  ])("%s", async (_, content, start) => {
    const all = await told(content);
    expect(all).toHaveLength(1);
    expect(all[0]?.slice(0, start.length)).toBe(start);
  });

  test.each([
    ['{"a": 1,}', "a.json:1:9: this is not JSON: a key in double quotes is missing here"],
    ['{"a": 1 "b"}', "a.json:1:9: this is not JSON: a comma or } is missing here"],
    ['[1 2]', "a.json:1:4: this is not JSON: a comma or ] is missing here"],
    ['{"a" 1}', "a.json:1:6: this is not JSON: a colon is missing here"],
    ['{"a":\n  tru}', "a.json:2:3: this is not JSON: a value is missing here"],
    ['{"a": "b', "a.json:1:7: this is not JSON: a text does not end, or has a character that must be escaped"],
    ['{"a": "b\\x"}', "a.json:1:7: this is not JSON: a text does not end, or has a character that must be escaped"],
    ['{"a": [', "a.json:1:8: this is not JSON: it ends too early"],
    ['{"a": 1', "a.json:1:8: this is not JSON: it ends too early"],
    ['{"a": 1} x', "a.json:1:10: this is not JSON: there is text after its end"],
    ['{"a": 1, "b": 2, "\\u0061": 3}', "a.json:1:18: this is not JSON: a key is there twice"],
    ["# YAML", "a.json:1:1: this is not JSON: a value is missing here"],
    [`${"[".repeat(200)}`, "a.json:1:102: this is not JSON: it is nested more than 100 deep"],
  ])("JSON like %s", async (content, message) => {
    expect(await told(content, "a.json")).toEqual([message]);
  });

  test("too large is refused unread", async () => {
    expect(await told(Buffer.alloc(20 * 1024 * 1024 + 1, "#"))).toEqual(["a.yaml: it is larger than 20 MiB: split it"]);
    const { unread } = await checkFiles({}, "#".repeat(20 * 1024 * 1024 + 1));
    expect(unread).toEqual(["-: it is larger than 20 MiB: split it"]);
  });

  test("endless is refused once it is too large", async () => {
    const { report } = await checkPaths(["/dev/zero"]);
    expect(report.unread).toEqual([{ file: "/dev/zero", message: "it is larger than 20 MiB: split it" }]);
  });

  test("not there", async () => {
    const { report } = await checkPaths(["/nonexistent/a.yaml"]);
    expect(report.unread).toEqual([{ file: "/nonexistent/a.yaml", message: "there is no such file" }]);
  });
});

describe("aliases", () => {
  test("that unfold without end, or to far more than is written, are refused", async () => {
    expect(await told("apiVersion: v1\nkind: Pod\nspec: &a\n  b: *a\n")).toEqual(["a.yaml:1:1: an alias leads back into its own anchor: write the values out"]);
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]", ...Array.from({ length: 12 }, (_, n) => `b${n}: &b${n} [${Array(9).fill(`*${n === 0 ? "a" : `b${n - 1}`}`).join(",")}]`)].join("\n");
    const before = process.memoryUsage().heapUsed;
    expect(await told(`apiVersion: v1\nkind: Pod\n${bomb}\n`)).toEqual(["a.yaml:1:1: its aliases unfold to far more than is written: write the values out"]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50e6);
  });

  test("are limited in number", async () => {
    expect((await told(`apiVersion: v1\nkind: Pod\na: &a b\nc: [${Array(1001).fill("*a").join(",")}]\n`))[0]).toContain("this is not YAML: aliases exceeded maxAliases (1000)");
  });

  test("merged again and again are refused", async () => {
    const keys = Array.from({ length: 200 }, (_, n) => `k${n}: v`).join(", ");
    expect((await told(`apiVersion: v1\nkind: Pod\nbase: &a {${keys}}\nall: [${Array(100).fill("{<<: *a}").join(",")}]\n`))[0]).toContain("merge keys exceeded");
  });
});

test("of a file with one broken document the others are checked", async () => {
  const { found, unread } = await checkFiles({ "a.yaml": [pod("one"), "apiVersion: v1\nkind: [\n", pod("three"), "a: b\n", pod("five")].join("---\n") });
  expect(found.filter((one) => one.startsWith("host"))).toEqual(["host-network shop/Pod/one a.yaml:4:8", "host-network shop/Pod/three a.yaml:12:8", "host-network shop/Pod/five a.yaml:19:8"]);
  expect(unread).toEqual([expect.stringMatching(/^a\.yaml:8:1: this is not YAML: /), "a.yaml:14:1: is not a Kubernetes manifest: it has no apiVersion and no kind"]);
});

test("a marker inside of a line, or indented in a text, parts nothing", async () => {
  const { found, unread } = await checkFiles({ "a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    x\n    ---\n    y\n  b: a---b\n  c: x\u2028---\n---x: y\n` });
  expect({ found, unread }).toEqual({ found: ["label ConfigMap/a a.yaml:3:1"], unread: [] });
});

test("messages repeat nothing of what stands there", () => {
  const canary = "hunter2-canary";
  for (const text of [`a: "${canary}`, `a: ${canary}\n- b`, `a: *${canary}`, `"${canary}": 1\n"${canary}": 2`, `a: b: ${canary}`, `a: @${canary}`]) {
    const { mistakes } = readYaml(text);
    expect(mistakes, text).not.toEqual([]);
    expect(mistakes.map((mistake) => mistake.message).join(), text).not.toContain(canary);
  }
  for (const text of [`{"a": "${canary}`, `{"a": ${canary}}`, `{${canary}: 1}`, `"${canary}" x`]) {
    expect(() => readJson(text)).toThrow(/^this is not JSON: /);
    expect(() => readJson(text)).not.toThrow(canary);
  }
});
