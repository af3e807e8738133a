import { expect, it } from "vitest";
import { fromState, isState, nameOf } from "../../policies/state.ts";

const provider = "urn:pulumi:production::golive::pulumi:providers:aws::aws";
const bucket = "urn:pulumi:production::golive::aws:s3/bucket:Bucket::files";

function state(...resources: unknown[]): { deployment: { resources: unknown[] } } {
  return { deployment: { resources } };
}

it("a saved state is known by its deployment", () => {
  expect([isState(state()), isState({ deployment: null }), isState([]), isState({ resources: [] })]).toEqual([true, false, false, false]);
});

it("a resource is what the program asked for, with what others know it by", () => {
  const resources = fromState(state(
    { urn: provider, type: "pulumi:providers:aws", inputs: { region: "us-east-1" } },
    { urn: bucket, type: "aws:s3/bucket:Bucket", id: "shop-files", protect: true, ignoreChanges: ["tags"], inputs: { bucket: "shop-files" }, outputs: { arn: "arn:aws:s3:::shop-files", id: 5 }, provider: `${provider}::some-id`, propertyDependencies: { bucket: [provider], tags: null } },
  ));
  expect(resources[1]).toEqual({
    urn: bucket,
    type: "aws:s3/bucket:Bucket",
    name: "files",
    props: { bucket: "shop-files" },
    protect: true,
    ignoreChanges: ["tags"],
    optionsKnown: true,
    provider: { name: "aws", props: { region: "us-east-1" } },
    references: { bucket: [provider], tags: [] },
    identifiers: ["shop-files", "arn:aws:s3:::shop-files"],
  });
  expect(resources[0]).toMatchObject({ name: "aws", protect: false, identifiers: [], references: {} });
  expect(resources[0]?.provider).toBeUndefined();
});

it("what is being deleted, and what is no resource, is passed over", () => {
  expect(fromState(state({ urn: bucket, type: "aws:s3/bucket:Bucket", delete: true }, "text", { urn: bucket }, { type: "x", urn: 5 }))).toEqual([]);
  expect(fromState({ deployment: {} })).toEqual([]);
  expect(fromState(state({ urn: bucket, type: "aws:s3/bucket:Bucket", id: "" }))).toMatchObject([{ props: {}, identifiers: [] }]);
  expect(nameOf("urn:pulumi:s::p::t::a::b")).toBe("b");
});
