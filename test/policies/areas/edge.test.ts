/** Names of load balancers that nobody knows before they exist. */
import policyProxy from "@pulumi/policy/proxy.js";
import { expect, it } from "vitest";
import { CATALOG } from "../../../policies/catalog.ts";
import { SETTINGS } from "../scene.ts";

const { unknownCheckingProxy, unknownStringValue: UNKNOWN } = policyProxy as unknown as { unknownCheckingProxy: (value: object) => object; unknownStringValue: string };

const INSIDE = { domainName: UNKNOWN, vpcOriginConfig: { vpcOriginId: UNKNOWN } };
const RECORD = ["aws:route53/record:Record", { aliases: [{ name: UNKNOWN }] }, "aliases"] as const;
const DISTRIBUTION = (...origins: object[]) => ["aws:cloudfront/distribution:Distribution", { origins }, "origins"] as const;

function declared(type: string, name: string, props: object) {
  return { urn: `urn:pulumi:production::golive::${type}::${name}`, type, name, props: unknownCheckingProxy(props) as Record<string, unknown> };
}

const ACCELERATED = ["aws:globalaccelerator/endpointGroup:EndpointGroup", { endpointConfigurations: [{ endpointId: UNKNOWN }] }, "endpointConfigurations"] as const;

const CASES: [what: string, holder: readonly [string, object, string], balancer: { type?: string; [key: string]: unknown }, paths: string[], doubts: number][] = [
  ["a record that comes from a public one", RECORD, {}, ["aliases"], 0],
  ["from a classic one", RECORD, { type: "aws:elb/loadBalancer:LoadBalancer" }, ["aliases"], 0],
  ["from an internal one", RECORD, { internal: true }, [], 0],
  ["from one of which it is not known", RECORD, { internal: UNKNOWN }, [], 1],
  ["from a network load balancer, which has no web ACL", RECORD, { loadBalancerType: "network" }, [], 1],
  ["an origin that comes from any", DISTRIBUTION({ domainName: UNKNOWN }), { internal: true }, ["origins[0].domainName"], 0],
  ["an accelerator that comes from an internal one", ACCELERATED, { internal: true }, ["endpointConfigurations[0].endpointId"], 0],
  ["an accelerator that comes from a network load balancer", ACCELERATED, { loadBalancerType: "network" }, [], 1],
  ["a VPC origin", DISTRIBUTION(INSIDE), {}, [], 0],
  ["an origin beside a VPC origin: one of them comes from it", DISTRIBUTION(INSIDE, { domainName: UNKNOWN }), {}, [], 1],
  ["a name that is known and another's", DISTRIBUTION({ domainName: "files.s3.us-east-1.amazonaws.com" }), {}, [], 0],
];

it.each(CASES)("past the web ACL: %s", (_what, [type, props, property], { type: kind = "aws:lb/loadBalancer:LoadBalancer", ...options }, paths, doubts) => {
  const balancer = declared(kind, "balancer", options);
  const holder = { ...declared(type, "holder", props), references: { [property]: [balancer.urn] } };
  const found = CATALOG.judgeRelations([holder, balancer], SETTINGS).filter((verdict) => verdict.rule.id === "edge/waf-bypass");
  expect(found.flatMap((verdict) => verdict.findings).map((finding) => finding.path)).toEqual(paths);
  expect(found.flatMap((verdict) => verdict.doubts)).toHaveLength(doubts);
});

it("a record of something that is not declared here is not decided", () => {
  const holder = declared(RECORD[0], "holder", RECORD[1]);
  const found = CATALOG.judgeRelations([holder], SETTINGS).filter((verdict) => verdict.rule.id === "edge/waf-bypass");
  expect(found.map((verdict) => verdict.outcome)).toEqual(["undecided"]);
});
