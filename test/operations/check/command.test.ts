/** `golive check` as people run it: exit codes, formats, options, and that no secret is ever shown. */
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECKOUT } from "../../../sandbox/engine/checkout.ts";
import { FORMATS } from "../../../operations/report/render.ts";
import { golive } from "../command.ts";
import { folderOf } from "./helpers.ts";

const CANARY = "c4n4ry-0123456789abcdef";
const BAD = `apiVersion: v1
kind: Pod
metadata: {name: bad, namespace: shop}
spec:
  containers:
    - name: app
      image: app
      env: [{name: DATABASE_PASSWORD, value: "${CANARY}-env"}, {name: AWS_SECRET_ACCESS_KEY, value: ${CANARY}-key}]
      args: ["--password=${CANARY}-arg"]
      securityContext:
        privileged: true
---
apiVersion: v1
kind: Secret
metadata:
  name: s
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"a":"${CANARY}-annotation"}}'
data: {a: ${Buffer.from(`${CANARY}-data`).toString("base64")}}
stringData: {password: ${CANARY}-string}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  password: ${CANARY}-config
  app.conf: "url = postgres://app:${CANARY}-url@db/app"
`;
const RESOURCES = JSON.stringify([
  { type: "aws:rds/instance:Instance", name: "db", props: { password: `${CANARY}-db`, publiclyAccessible: true } },
  { type: "aws:ssm/parameter:Parameter", name: "p", props: { type: "String", value: `${CANARY}-ssm`, name: "/app/password" } },
  { type: "aws:ec2/launchTemplate:LaunchTemplate", name: "lt", props: { userData: `export PASSWORD=${CANARY}-user` } },
  { type: "kubernetes:core/v1:Secret", name: "k", props: { stringData: { password: `${CANARY}-k` } } },
]);
const STATE = JSON.stringify({ version: 3, deployment: { resources: [{ urn: "urn:pulumi:p::golive::aws:rds/instance:Instance::db2", type: "aws:rds/instance:Instance", custom: true, inputs: { password: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: `"${CANARY}-state"` }, storageEncrypted: false }, outputs: { password: `${CANARY}-output` } }] } });
const RULE = ["--rule", "pod-security/privileged"];

let folder: string;
const at = (file: string): string => path.join(folder, file);
beforeAll(() => { folder = folderOf({ "bad.yaml": BAD, "good.yaml": BAD.replace("privileged: true", "privileged: false"), "broken.yaml": `a: [${CANARY}\nb: "c\n`, "resources.json": RESOURCES, "state.json": STATE }); });
afterAll(() => rmSync(folder, { recursive: true }));

test("clean ends with 0", async () => {
  const { code, stdout, stderr } = await golive(["check", at("good.yaml"), ...RULE]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/\nNothing is refused in \d+\.\d s\.\n$/);
});

test("refused ends with 1, and says where", async () => {
  const { code, stdout } = await golive(["check", at("bad.yaml"), ...RULE]);
  expect(code).toBe(1);
  expect(stdout).toContain(`${at("bad.yaml")}:11:9`);
  expect(stdout).toContain("shop/Pod/bad");
});

test("what can not be read ends with 2, and the rest is still checked", async () => {
  const { code, stdout, stderr } = await golive(["check", at("broken.yaml"), at("missing.yaml"), at("bad.yaml"), "--json", ...RULE]);
  expect(code).toBe(2);
  expect(stderr).toMatch(new RegExp(`^error: ${at("missing.yaml")}: there is no such file\nerror: ${at("broken.yaml")}:2:\\d+: this is not YAML: [^\n]*\n$`));
  expect(JSON.parse(stdout)).toEqual([{ file: at("bad.yaml"), rule: "pod-security/privileged", resource: "shop/Pod/bad", path: "spec.containers[0].securityContext.privileged", message: expect.stringContaining("true") as string, severity: "critical" }]);
});

test("standard input", () => {
  const node = path.join(CHECKOUT, "node_modules", ".bin", "node");
  const out = execFileSync(node, ["--disable-warning=ExperimentalWarning", path.join(CHECKOUT, "operations", "cli.ts"), "check", "-", "--json", ...RULE], { input: BAD.replace("privileged: true", "privileged: false"), encoding: "utf8" });
  expect(JSON.parse(out)).toEqual([]);
});

test("kinds that no rule judges are counted in the report, beside findings as JSON on standard error, and are no failure", async () => {
  const other = folderOf({ "a.yaml": "apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: a}\n---\napiVersion: example.com/v1\nkind: Foo\nmetadata: {name: b}\n---\napiVersion: example.com/v1\nkind: Bar\nmetadata: {name: b}\n" });
  const text = await golive(["check", other, ...RULE]);
  const { code, stderr } = await golive(["check", other, "--json", ...RULE]);
  rmSync(other, { recursive: true });
  const told = "3 objects of kinds that no rule judges: Foo (2), Bar";
  expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: "" });
  expect(text.stdout).toContain(`\n${told}.\n`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: `${told}\n` });
});

describe("wrong use", () => {
  test.each([
    [["check"], 2, "error: missing required argument 'files'"],
    [["check", "x", "--rule", "pod-security/privilegd"], 2, 'error: There is no rule "pod-security/privilegd"; did you mean "pod-security/privileged"?\n./golive policies lists them.\n'],
    [["check", "x", "--format", "html"], 2, "error: option '--format <format>' argument 'html' is invalid. Allowed choices are text, sarif, junit, json, markdown."],
    [["check", "x", "--json", "--format", "sarif"], 2, "error: option '--json' cannot be used with option '--format <format>'"],
    [["check", "x", "--stack", "productoin"], 1, 'error: There is no stack "productoin".\nDid you mean production?'],
  ])("%j", async (args, exit, told) => {
    const { code, stdout, stderr } = await golive(args);
    expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
    expect(stderr.slice(0, told.length)).toBe(told);
  });
});

test("--stack applies the settings of the stack, and names it", async () => {
  const { code, stdout } = await golive(["check", at("good.yaml"), "--stack", "staging", "--format", "json", ...RULE]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ stacks: [{ stack: "staging", problems: [] }] });
});

test("--output writes the file and nothing else", async () => {
  const { code, stdout } = await golive(["check", at("bad.yaml"), "--format", "sarif", "--output", at("out.sarif"), ...RULE]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  const log = JSON.parse(readFileSync(at("out.sarif"), "utf8")) as { runs: [{ results: [{ locations: [{ physicalLocation: { region: object } }] }] }] };
  expect(log.runs[0].results[0].locations[0].physicalLocation.region).toEqual({ startLine: 11, startColumn: 9 });
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  rmSync(at("out.sarif"));
});

test.each([...FORMATS, "--json"])("no secret appears in %s", async (format) => {
  const { stdout, stderr } = await golive(["check", folder, ...(format === "--json" ? ["--json"] : ["--format", format])]);
  expect(stdout).toContain("pod-security/privileged");
  expect(stdout).toContain("db");
  expect(stdout + stderr).not.toContain(CANARY.slice(0, 12));
  expect(stdout + stderr).not.toContain(Buffer.from(CANARY).toString("base64").slice(0, 12));
});
