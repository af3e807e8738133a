/** A ConfigMap whose name is not known yet is found by the engine's record of dependencies. */
import policyProxy from "@pulumi/policy/proxy.js";
import { expect, it } from "vitest";
import { CATALOG } from "../../../policies/catalog.ts";
import { SETTINGS, staged } from "../scene.ts";

const { unknownStringValue } = policyProxy as unknown as { unknownStringValue: string };

it.each([
  ["that records it", "config", 1],
  ["that records something else", "live", 0],
])("a mutable ConfigMap of a Deployment %s", (_name, recorded, count) => {
  const resources = staged("release", { set: { "config:metadata.name": unknownStringValue, "config:immutable": false } });
  const references = { spec: resources.filter((one) => one.name === recorded).map((one) => one.urn) };
  const seen = resources.map((one) => (one.name === "blue" ? { ...one, references } : one));
  const verdicts = CATALOG.judgeRelations(seen, SETTINGS).filter((verdict) => verdict.rule.id === "release/config-immutable");
  expect(verdicts.flatMap((verdict) => verdict.findings)).toHaveLength(count);
});
