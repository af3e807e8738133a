/** The type tables against the SDK's typings: nothing missing, nothing misspelled, everything creatable. */
import { describe, expect, it } from "vitest";
import { Cloud } from "../../../sandbox/aws/cloud.ts";
import { ec2Id } from "../../../sandbox/aws/identity.ts";
import { settingsOf } from "../../../sandbox/aws/settings.ts";
import { TYPES } from "../../../sandbox/aws/types/index.ts";
import { hasUnknown, isUnknown, type Value, type ValueObject } from "../../../sandbox/aws/values.ts";
import { typingsOf } from "./typings.ts";

const TOKENS = Object.keys(TYPES);
const DOCUMENT = JSON.stringify({ Version: "2012-10-17", Statement: [] });

/** Outputs that the provider adds for every type, tested on their own. */
const ABSENT = new Set(["tagsAll", "region"]);

/** Inputs that say the least a create needs, beyond what `sample` makes of the typings. */
const MORE: Readonly<Record<string, ValueObject>> = {
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": { policyName: "policy-1" },
  "aws:ec2/subnet:Subnet": { cidrBlock: "10.0.1.0/24" },
  "aws:ec2/vpc:Vpc": { cidrBlock: "10.0.0.0/16" },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { cidrIpv4: "10.0.0.0/16" },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { cidrIpv4: "10.0.0.0/16" },
  "aws:lambda/function:Function": { imageUri: "example:1" },
  "aws:eks/nodeGroup:NodeGroup": { scalingConfig: { minSize: 1, desiredSize: 1, maxSize: 2 } },
  "aws:lb/listener:Listener": { loadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/0123456789abcdef" },
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": { logDestinationConfigs: ["arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-a"] },
};

function sample(property: string, type: string): Value {
  const ids: Record<string, string> = { vpcId: "vpc", subnetId: "subnet", subnetIds: "subnet", securityGroupId: "sg", routeTableId: "rtb", networkAclId: "acl", allocationId: "eipalloc" };
  const prefix = ids[property];
  const one = prefix === undefined ? undefined : ec2Id(prefix, "sample");
  if (/polic/i.test(property) && type.includes("string")) return property.endsWith("Arn") ? "arn:aws:iam::123456789012:policy/a" : DOCUMENT;
  if (/\[\]/.test(type)) return type.includes("string") ? [one ?? `${property}-1`] : [{}];
  if (/number/.test(type)) return 1;
  if (/boolean/.test(type)) return true;
  if (/string/.test(type)) return one ?? `${property}-1`;
  return {};
}

function inputsOf(token: string): ValueObject {
  const required = [...typingsOf(token).args].filter(([, arg]) => arg.required);
  return { ...Object.fromEntries(required.map(([key, arg]) => [key, sample(key, arg.type)])), ...MORE[token] };
}

describe.each(TOKENS)("%s", (token) => {
  const kind = TYPES[token];
  const typings = typingsOf(token);
  const urn = `urn:pulumi:test::project::${token}::thing`;

  it("makes every output of the SDK that is no argument, unknown in a preview and known after", () => {
    const cloud = new Cloud(settingsOf({ region: "us-east-1" }));
    const computed = [...typings.outputs].filter(([key, output]) => !typings.args.has(key) && !output.retired && !ABSENT.has(key)).map(([key]) => key);
    const preview = cloud.create(urn, inputsOf(token), true);
    expect(computed.filter((key) => !isUnknown(preview.state[key]))).toEqual([]);
    const made = cloud.create(urn, named(token), false);
    expect(made.id).not.toBe("");
    expect(computed.filter((key) => made.state[key] === undefined)).toEqual([]);
    expect(hasUnknown(made.state)).toBe(false);
  });

  it("names only what the SDK knows", () => {
    const names = new Set([...typings.args.keys(), ...typings.outputs.keys()]);
    const used = [...Object.keys(kind?.outputs ?? {}), ...Object.keys(kind?.defaults ?? {}), ...(kind?.replaceOn ?? []), ...(kind?.secrets ?? []), ...(kind?.name === undefined ? [] : [kind.name.property])];
    expect(used.map((path) => path.split(".")[0] ?? path).filter((key) => !names.has(key))).toEqual([]);
    expect(kind?.tags ?? false).toBe(typings.outputs.has("tagsAll"));
    expect(kind?.global ?? false).toBe(!typings.args.has("region"));
    if (kind?.name !== undefined) expect(typings.args.get(kind.name.property)?.required).toBe(kind.name.given === true);
    if (kind?.name?.prefixProperty !== undefined) expect(typings.args.has(kind.name.prefixProperty)).toBe(true);
  });
});

/** The name that check would have made up. */
function named(token: string): ValueObject {
  const name = TYPES[token]?.name;
  const prefix = name?.prefix ?? "";
  return { ...(name === undefined ? {} : { [name.property]: `${prefix}thing-1234567` }), ...TYPES[token]?.defaults as ValueObject | undefined, ...inputsOf(token) };
}

describe("an unknown type", () => {
  it("is refused by name", async () => {
    const cloud = new Cloud(settingsOf({}));
    const check = cloud.check("urn:pulumi:test::project::aws:nothing/thing:Thing::a", {}, {});
    await expect(check).rejects.toThrow("the sandbox does not know aws:nothing/thing:Thing; add it to sandbox/aws/types");
  });
});
