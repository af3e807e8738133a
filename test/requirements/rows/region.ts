/** Requirements, section 1, row "region, zones". */
import { expect } from "vitest";
import { kept } from "../facts.ts";
import { expectAccepted, expectRefused } from "../refused.ts";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";

const row = "region, zones";
const SUBNET = "aws:ec2/subnet:Subnet";

/** Zones of the subnets of a tier, in the order of the subnets' names. */
function zonesOf(rendered: Rendered, tier: string): unknown[] {
  return rendered.all(SUBNET, new RegExp(`^network-vpc-${tier}-`)).sort((a, b) => a.name.localeCompare(b.name)).map(({ props }) => props["availabilityZone"]);
}

export const region: Requirement[] = [
  kept(row, "us-east-1", [
    ["aws:route53/zone:Zone", "network-private-zone", { "vpcs[0].vpcRegion": "us-east-1" }],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", "network-endpoints-s3", { serviceName: "com.amazonaws.us-east-1.s3" }],
    ["aws:ec2/flowLog:FlowLog", "network-flow-logs", { logDestination: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/shop-production/flow" }],
  ]),
  {
    row,
    phrase: "a/b/c",
    resources: (p) => p.all(SUBNET),
    check: (p) => {
      for (const tier of ["public", "private", "data"]) expect(zonesOf(p, tier), tier).toEqual(["us-east-1a", "us-east-1b", "us-east-1c"]);
    },
  },
  {
    row,
    phrase: "zones derived",
    resources: (p) => [p.one("aws:elasticache/replicationGroup:ReplicationGroup", "redis-cache"), ...p.all("aws:rds/instance:Instance", /replica/)],
    check: (p) => {
      // Only letters are configuration; everything that is placed by zone has the region before them.
      expect(at(p.one("aws:elasticache/replicationGroup:ReplicationGroup", "redis-cache").props, "preferredCacheClusterAzs")).toEqual(["us-east-1a", "us-east-1b", "us-east-1c"]);
      expect(p.all("aws:rds/instance:Instance", /replica/).map(({ props }) => props["availabilityZone"]).sort()).toEqual(["us-east-1b", "us-east-1c"]);
      expectRefused({ zones: ["us-east-1a", "us-east-1b", "us-east-1c"] }, "zones[0]", "a zone letter");
    },
  },
  {
    row,
    phrase: "3 required for production",
    resources: () => [],
    check: () => expectRefused({ zones: ["a", "b"] }, "zones", "at least 3 in production"),
  },
  {
    row,
    phrase: "2 for staging",
    rendering: "staging",
    resources: (s) => s.all(SUBNET),
    check: (s) => {
      for (const tier of ["public", "private", "data"]) expect(zonesOf(s, tier), tier).toEqual(["us-east-1a", "us-east-1b"]);
      expectRefused({ environment: "staging", profile: "mvp", zones: ["a"] }, "zones", "2");
      expectAccepted({ environment: "staging", profile: "mvp", zones: ["a", "b"], storage: undefined, pagerUrl: undefined, notificationSecrets: { pagerdutyRoutingKey: undefined, deadMansSwitchUrl: undefined } });
    },
  },
];
