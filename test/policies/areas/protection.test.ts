/** Every kind that is protected, and every argument that would delete it with what is inside. */
import { expect, it } from "vitest";
import { CATALOG } from "../../../policies/catalog.ts";
import { HOLDERS, IRREPLACEABLE } from "../../../policies/areas/protectionKinds.ts";
import { SETTINGS } from "../scene.ts";
import { pathsOf } from "./judge.ts";

const tokenOf = (kind: string): string => {
  const [provider = "", service = "", name = ""] = kind.split(":");
  return `${provider}:${service}/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
};

function outcome(type: string, options: { protect?: boolean; optionsKnown?: boolean }): string | undefined {
  const declared = { urn: `urn:pulumi:production::golive::${type}::one`, type, name: "one", props: {}, ...options };
  return CATALOG.judgeAlone(declared, SETTINGS).find((verdict) => verdict.rule.id === "protection/protect")?.outcome;
}

it.each([...HOLDERS, ...IRREPLACEABLE].map((kind) => [kind]))("%s", (kind) => {
  expect(outcome(tokenOf(kind), { protect: false, optionsKnown: true })).toBe("violated");
  expect(outcome(tokenOf(kind), { protect: true, optionsKnown: true })).toBe("satisfied");
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
