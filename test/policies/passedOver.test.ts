import { expect, it } from "vitest";
import { CATALOG } from "../../policies/catalog.ts";
import { passedOver, passedOverText } from "../../policies/passedOver.ts";
import type { Declared } from "../../policies/resource.ts";

const PROVIDER = { name: "default", props: {} };

function declared(type: string, more: Partial<Declared> = { optionsKnown: true, provider: PROVIDER }): Declared {
  return { urn: `urn:pulumi:production::golive::${type}::one`, type, name: "one", props: {}, ...more };
}

it("kinds that no rule judges are counted, the most frequent first", () => {
  const found = passedOver([
    declared("command:local:Command"),
    declared("aws-native:s3:Bucket"),
    declared("pulumi-nodejs:dynamic:Resource"),
    declared("aws-native:s3:Bucket"),
    declared("kubernetes:serving.knative.dev/v1:Service"),
  ], CATALOG);
  expect(found).toEqual([["aws-native:s3:Bucket", 2], ["command:local:Command", 1], ["pulumi-nodejs:dynamic:Resource", 1], ["Service", 1]]);
});

it.each([
  ["what a rule judges alone", declared("aws:rds/instance:Instance")],
  ["what a rule judges with others only", declared("kubernetes:monitoring.coreos.com/v1:Prometheus")],
  ["what the engine itself keeps", declared("pulumi:pulumi:StackReference")],
  ["a component, whose parts are judged", declared("golive:network:Network", { optionsKnown: true })],
])("%s is not passed over", (_what, one) => {
  expect(passedOver([one], CATALOG)).toEqual([]);
});

it("in a file what has no provider may still be anything", () => {
  expect(passedOver([declared("example:index:Thing", {})], CATALOG)).toEqual([["example:index:Thing", 1]]);
});

it("of a list its objects are counted, and a list of nothing known as what it is", () => {
  const pod = { apiVersion: "v1", kind: "Pod" };
  const foreign = { apiVersion: "serving.knative.dev/v1", kind: "Service" };
  expect(passedOver([declared("kubernetes:core/v1:List", { props: { items: [pod, foreign, foreign] } }), declared("kubernetes:core/v1:List", {})], CATALOG)).toEqual([["Service", 2], ["List", 1]]);
});

it.each([
  [[], undefined],
  [[["Foo", 1]], "1 object of kinds that no rule judges: Foo"],
  [Array.from({ length: 10 }, (_, n): [string, number] => [`K${n}`, 2]), "20 objects of kinds that no rule judges: K0 (2), K1 (2), K2 (2), K3 (2), K4 (2), K5 (2), K6 (2), K7 (2), K8 (2), K9 (2)"],
  [Array.from({ length: 12 }, (_, n): [string, number] => [`K${n}`, 1]), "12 objects of kinds that no rule judges: K0, K1, K2, K3, K4, K5, K6, K7, K8, K9, and 2 more kinds"],
] as [kinds: [string, number][], text: string | undefined][])("%j as text", (kinds, text) => {
  expect(passedOverText(kinds)).toBe(text);
});
