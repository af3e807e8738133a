/** Samples of areas/networkFirewall.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "network/public-ingress": {
    scene: "network",
    good: [
      { set: { "group:ingress[0].cidrBlocks[0]": "11.0.0.0/8" } },
      { set: { "in:cidrIpv4": undefined, "in:cidrIpv6": "2600::/16" } },
      { set: { "either:type": "egress", "either:cidrBlocks[0]": "0.0.0.0/0" } },
      { set: { "in:cidrIpv4": undefined, "in:prefixListId": "pl-3b927c52" } },
    ],
    bad: [
      { set: { "group:ingress[0].cidrBlocks[0]": "0.0.0.0/0" } },
      { set: { "group:ingress[0].cidrBlocks": ["10.20.0.0/16", "128.0.0.0/1"] }, at: "group:ingress[0].cidrBlocks[1]" },
      { set: { "group:ingress[0].ipv6CidrBlocks": ["::/0"] }, at: "group:ingress[0].ipv6CidrBlocks[0]" },
      { set: { "in:cidrIpv4": "0.0.0.0/0" } },
      { set: { "in:cidrIpv4": "10.0.0.0/7" } },
      { set: { "in:cidrIpv4": "0.0.0.0/0", "in:ipProtocol": "-1" } },
      { set: { "in:cidrIpv6": "2600::/15" } },
      { set: { "either:cidrBlocks[0]": "0.0.0.0/1" } },
      { set: { "either:ipv6CidrBlocks": ["2000::/3"] }, at: "either:ipv6CidrBlocks[0]" },
      { set: { "list:entries[0].cidr": "0.0.0.0/0" } },
      { set: { "list:$type": "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", "list:cidr": "0.0.0.0/0" }, at: "list:cidr" },
    ],
  },
  "network/admin-ports": {
    scene: "network",
    good: [
      { set: { "in:cidrIpv4": "10.0.0.0/8", "in:fromPort": 22, "in:toPort": 22 } },
      { set: { "in:cidrIpv4": "172.31.0.0/16", "in:fromPort": 22, "in:toPort": 22 } },
      { set: { "in:cidrIpv4": "192.168.7.0/24", "in:fromPort": 3389, "in:toPort": 3389 } },
      { set: { "in:cidrIpv4": "100.127.0.0/16", "in:fromPort": 5432, "in:toPort": 5432 } },
      { set: { "in:cidrIpv4": undefined, "in:cidrIpv6": "fd00:1::/32", "in:fromPort": 22, "in:toPort": 22 } },
      { set: { "in:cidrIpv4": "203.0.113.0/24" } },
      { set: { "in:cidrIpv4": "203.0.113.0/24", "in:fromPort": 23, "in:toPort": 22 } },
      { set: { "in:cidrIpv4": "203.0.113.0/24", "in:ipProtocol": "icmp", "in:fromPort": 3, "in:toPort": 22 } },
      { set: { "either:type": "egress", "either:cidrBlocks[0]": "203.0.113.0/24" } },
    ],
    bad: [
      { set: { "in:fromPort": 22, "in:toPort": 22, "in:cidrIpv4": "203.0.113.0/24" }, at: "in:cidrIpv4" },
      { set: { "in:fromPort": 3380, "in:toPort": 3389, "in:cidrIpv4": "172.32.0.0/16" }, at: "in:cidrIpv4" },
      { set: { "in:fromPort": 3389, "in:toPort": 3400, "in:cidrIpv4": "192.168.0.0/14" }, at: "in:cidrIpv4" },
      { set: { "in:fromPort": 6443, "in:toPort": 6443, "in:cidrIpv4": undefined, "in:cidrIpv6": "2001:fd00::/32" }, at: "in:cidrIpv6" },
      { set: { "either:cidrBlocks[0]": "203.0.113.7/32" } },
      { set: { "group:ingress[0].cidrBlocks[0]": "203.0.113.0/24", "group:ingress[0].fromPort": 10_000, "group:ingress[0].toPort": 10_300 } },
      { set: { "in:ipProtocol": "17", "in:fromPort": 10_255, "in:toPort": 10_255, "in:cidrIpv4": "203.0.113.0/24" }, at: "in:cidrIpv4" },
      { set: { "in:ipProtocol": "-1", "in:cidrIpv4": "203.0.113.0/24" }, at: "in:cidrIpv4", also: ["network/all-traffic"] },
    ],
  },
  "network/all-traffic": {
    scene: "network",
    good: [
      { set: { "in:ipProtocol": "-1", "in:cidrIpv4": undefined, "in:referencedSecurityGroupId": "sg-0136eb2b9ebbb02d7" } },
      { set: { "in:fromPort": 2, "in:toPort": 65_535 } },
      { set: { "in:ipProtocol": "icmp", "in:fromPort": -1, "in:toPort": -1 } },
      { set: { "either:type": "egress", "either:protocol": "-1" } },
    ],
    bad: [
      { set: { "in:ipProtocol": "-1" }, at: "in:cidrIpv4" },
      { set: { "in:fromPort": 1, "in:toPort": 65_535 }, at: "in:cidrIpv4" },
      { set: { "in:fromPort": undefined, "in:toPort": undefined }, at: "in:cidrIpv4" },
      { set: { "either:protocol": "all" }, at: "either:cidrBlocks[0]" },
      { set: { "group:ingress[0].protocol": "-1" }, at: "group:ingress[0].cidrBlocks[0]" },
      { set: { "in:ipProtocol": "udp", "in:fromPort": 0, "in:toPort": 65_535 }, at: "in:cidrIpv4" },
    ],
  },
  "network/open-egress": {
    scene: "network",
    good: [
      { set: { "out:fromPort": 80, "out:toPort": 80 } },
      { set: { "out:cidrIpv4": "10.20.0.0/16", "out:ipProtocol": "-1" } },
      { set: { "out:ipProtocol": "icmp", "out:fromPort": 3, "out:toPort": 4 } },
    ],
    bad: [
      { set: { "out:ipProtocol": "-1" }, at: "out:cidrIpv4" },
      { set: { "out:toPort": 444 }, at: "out:cidrIpv4" },
      { set: { "group:egress[0].cidrBlocks": ["0.0.0.0/0"], "group:egress[0].protocol": "-1" }, at: "group:egress[0].cidrBlocks[0]" },
      { set: { "either:type": "egress", "either:ipv6CidrBlocks": ["::/0"], "either:toPort": 5440 }, at: "either:ipv6CidrBlocks[0]" },
    ],
  },
  "network/described-rules": {
    scene: "network",
    bad: [
      { set: { "in:description": undefined } },
      { set: { "out:description": "" } },
      { set: { "either:description": undefined } },
      { set: { "group:description": undefined } },
      { set: { "group:ingress[0].description": undefined } },
      { set: { "group:egress[0].description": undefined } },
    ],
  },
  "network/default-group-empty": {
    scene: "network",
    good: [{ set: { "default-group:ingress": undefined } }],
    bad: [
      { set: { "default-group:ingress[0]": { protocol: "-1", fromPort: 0, toPort: 0, self: true } } },
      { set: { "default-group:egress[0]": { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.20.0.0/16"] } } },
    ],
  },
  "network/default-group-declared": {
    scene: "network",
    bad: [
      { remove: ["default-group"], at: "vpc:" },
      { set: { "default-group:vpcId": "vpc-0a1b2c3d" }, at: "vpc:" },
      { set: { "vpc:$type": "aws:ec2/defaultVpc:DefaultVpc" }, remove: ["default-group"], at: "vpc:" },
    ],
  },
  "network/acl-remote-ports": {
    scene: "network",
    good: [
      { set: { "acl:ingress[0].fromPort": 22, "acl:ingress[0].toPort": 22 } },
      { set: { "acl:ingress[0].cidrBlock": "0.0.0.0/0", "acl:ingress[0].fromPort": 3390, "acl:ingress[0].toPort": 65_535 } },
      { set: { "acl:ingress[0].cidrBlock": "0.0.0.0/0", "acl:ingress[0].fromPort": 23, "acl:ingress[0].toPort": 3388 } },
      { set: { "acl:ingress[0].cidrBlock": "0.0.0.0/0", "acl:ingress[0].protocol": "1" } },
      { set: { "acl:ingress[0].cidrBlock": "0.0.0.0/0", "acl:ingress[0].protocol": "-1", "acl:ingress[0].action": "deny" } },
      { set: { "acl-rule:egress": true, "acl-rule:cidrBlock": "0.0.0.0/0", "acl-rule:protocol": "-1" } },
      { set: { "acl-rule:ruleAction": "deny", "acl-rule:cidrBlock": "0.0.0.0/0", "acl-rule:protocol": "-1" } },
    ],
    bad: [
      { set: { "acl:ingress[0].cidrBlock": "0.0.0.0/0", "acl:ingress[0].protocol": "-1" } },
      { set: { "acl:ingress[0].cidrBlock": "0.0.0.0/0", "acl:ingress[0].fromPort": 22, "acl:ingress[0].toPort": 22 } },
      { set: { "acl:ingress[0].ipv6CidrBlock": "::/0", "acl:ingress[0].fromPort": 1024, "acl:ingress[0].toPort": 3389 } },
      { set: { "acl:$type": "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "acl:ingress[0].cidrBlock": "0.0.0.0/0", "acl:ingress[0].protocol": "-1" }, at: "acl:ingress[0].cidrBlock" },
      { set: { "acl-rule:cidrBlock": "0.0.0.0/0", "acl-rule:fromPort": 3389, "acl-rule:toPort": 3389 } },
    ],
  },
};
