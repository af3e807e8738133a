/** Stack files, their JSON Schema, and the pages that are generated. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { REFERENCE_FILE, SCHEMA_FILE } from "../../operations/commands/config.ts";
import { ROOT, stackConfig, stackFile } from "../../operations/stacks.ts";
import { explain } from "../../stacks/config/explain.ts";
import { stackFileSchema } from "../../stacks/config/jsonSchema.ts";
import { referencePage } from "../../stacks/config/reference.ts";
import { readStackFile } from "../../stacks/config/stackFile.ts";

const STACKS = ["production", "staging", "sandbox"];
const validate = new Ajv({ strict: false, validateFormats: false }).compile(stackFileSchema());
const file = (name: string) => readFileSync(path.join(ROOT, name), "utf8");

test.each(STACKS)("%s is a valid configuration, and the editor's schema agrees", (stack) => {
  expect(stackConfig(stack).app.name).toBe("shop");
  expect(validate(parseYaml(file(`Pulumi.${stack}.yaml`))), JSON.stringify(validate.errors)).toBe(true);
  expect(file(`Pulumi.${stack}.yaml`).split("\n")[0]).toBe("# yaml-language-server: $schema=./docs/pulumi-config.schema.json");
});

test.each([
  ["unknown key", { "golive:regoin": "us-east-1" }],
  ["unknown key in a section", { "golive:postgres": { storgeGib: 20 } }],
  ["wrong type", { "golive:postgres": { storageGib: "20" } }],
  ["out of range", { "golive:access": { sessionHours: 9 } }],
  ["number for text", { "golive:accountId": 123456789012 }],
  ["not one of", { "golive:environment": "prod" }],
  ["plain secret", { "golive:redisAuthToken": "plain" }],
  ["bad entry", { "golive:nodes": { general: { instanceType: "t3.large", min: 0 } } }],
])("the editor's schema refuses: %s", (_, config) => {
  expect(validate({ config })).toBe(false);
});

test.each([
  ["encrypted anything", { "golive:owner": { secure: "v1:a:b" }, "golive:app": { settings: { A: { secure: "v1:a:b" } } } }],
  ["what pulumi config set writes", { "golive:protect": "false", "golive:zones": '["a","b"]' }],
  ["other namespaces", { "aws:region": "us-east-1" }],
])("the editor's schema takes: %s", (_, config) => {
  expect(validate({ config }), JSON.stringify(validate.errors)).toBe(true);
});

test("the reference is up to date: run ./golive config reference", () => {
  expect(file(REFERENCE_FILE)).toBe(referencePage());
});

test("the editor's schema is up to date: run ./golive config schema", () => {
  expect(JSON.parse(file(SCHEMA_FILE))).toEqual(JSON.parse(JSON.stringify(stackFileSchema())));
});

test("a key is explained, a mistyped one answered with the nearest", () => {
  expect(explain("golive:postgres.storageGib")).toMatchObject({ takes: "a whole number from 20 to 65536", unit: "GiB", defaults: { standard: 100, mvp: 50, enterprise: 500 } });
  expect(explain("postgres.storgeGib")).toMatchObject({ nearest: "postgres.storageGib" });
});

test.each([["prod", "production"], ["stag", "staging"], ["stagign", "staging"], ["SAND", "sandbox"]])("a stack that is called %s is answered with %s", (given, meant) => {
  expect(() => stackFile(given)).toThrow(expect.objectContaining({ hint: expect.stringContaining(`Did you mean ${meant}?`) as unknown }));
});

test.each(["p", "zz", "quality"])("a stack that is called %s resembles none", (given) => {
  expect(() => stackFile(given)).toThrow(expect.objectContaining({ hint: expect.not.stringContaining("Did you mean") as unknown }));
});

test.each([
  ["a:\n\t- b", /^Pulumi\.x\.yaml:2:1: this is not YAML: Tabs are not allowed/],
  ["config: 5", /`config` is no section/],
  ["- a", /is no stack file/],
  ["", /is empty/],
  ["config:\n  a: 1\n  a: 2", /unique/],
])("a file that is none: %j", (text, message) => {
  expect(() => readStackFile(text, "Pulumi.x.yaml")).toThrow(message);
});
