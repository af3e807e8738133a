/** Every kind that is protected, and every argument that would delete it with what is inside. */
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { CATALOG } from "../../../policies/catalog.ts";
import { DATA_KINDS, PROTECTED, UNPROTECTED } from "../../../policies/dataKinds.ts";
import { judgePlan } from "../../../policies/plan.ts";
import { SETTINGS } from "../scene.ts";
import { pathsOf } from "./judge.ts";

const tokenOf = (kind: string): string => {
  const [provider = "", service = "", name = ""] = kind.split(":");
  if (provider === "k8s") return `kubernetes:${service}/v1:${name}`;
  return `${provider}:${service}/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
};

function outcome(type: string, options: { protect?: boolean; optionsKnown?: boolean }): string | undefined {
  const declared = { urn: `urn:pulumi:production::golive::${type}::one`, type, name: "one", props: {}, ...options };
  return CATALOG.judgeAlone(declared, SETTINGS).find((verdict) => verdict.rule.id === "protection/protect")?.outcome;
}

it.each(PROTECTED.map((kind) => [kind]))("%s", (kind) => {
  expect(outcome(tokenOf(kind), { protect: false, optionsKnown: true })).toBe("violated");
  expect(outcome(tokenOf(kind), { protect: true, optionsKnown: true })).toBe("satisfied");
});

it.each([...DATA_KINDS].map((kind) => [kind]))("%s is not lost by an update", (kind) => {
  const [rule] = judgePlan([{ urn: "urn:one", type: tokenOf(kind), name: "one", operation: "delete", diff: [] }], "production", { all: [], problems: [], mistakes: [] }).rules;
  expect(rule?.issues).toHaveLength(1);
});

it("each kind that may not be lost is protected, or says why it need not be", () => {
  expect([...DATA_KINDS].filter((kind) => !PROTECTED.includes(kind))).toEqual(Object.keys(UNPROTECTED));
  expect(Object.keys(UNPROTECTED).filter((kind) => PROTECTED.includes(kind))).toEqual([]);
  expect(Object.values(UNPROTECTED).filter((reason) => reason.length < 20)).toEqual([]);
});

it.each([...DATA_KINDS].filter((kind) => kind.startsWith("aws:")).map((kind) => [kind]))("%s is a resource of the provider", (kind) => {
  const [, service = "", name = ""] = kind.split(":");
  expect(existsSync(path.join(import.meta.dirname, "..", "..", "..", "node_modules", "@pulumi", "aws", service, `${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`))).toBe(true);
});

it("holds nothing against a file, which does not tell options", () => {
  expect(outcome("aws:s3/bucket:Bucket", {})).toBeUndefined();
});

it.each([
  ["aws:s3/bucketV2:BucketV2", "forceDestroy"], ["aws:s3/directoryBucket:DirectoryBucket", "forceDestroy"], ["aws:s3tables/tableBucket:TableBucket", "forceDestroy"], ["aws:backup/vault:Vault", "forceDestroy"],
  ["aws:ecr/repository:Repository", "forceDelete"], ["aws:ecrpublic/repository:Repository", "forceDestroy"], ["aws:route53/zone:Zone", "forceDestroy"], ["aws:athena/database:Database", "forceDestroy"], ["aws:iam/user:User", "forceDestroy"],
])("%s is not deleted by %s", (type, property) => {
  expect(pathsOf("protection/no-forced-deletion", type, { [property]: true })).toEqual([property]);
  expect(pathsOf("protection/no-forced-deletion", type, { [property]: false })).toEqual([]);
});
