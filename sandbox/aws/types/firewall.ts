/** Security groups and their rules. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, arnOf, ownId, ownerId, type ResourceType, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

function ruleKey(draft: Draft): string {
  return [
    "securityGroupId", "cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId", "ipProtocol", "fromPort", "toPort",
  ].map((property) => draft.text(property)).join(" ");
}

/** A rule names exactly one source or destination (documentation of both resources). */
function admitRule(draft: Draft): void {
  const peers = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"].filter((property) => draft.text(property) !== "");
  if (peers.length !== 1) {
    throw new CloudError(`InvalidParameterCombination: a rule takes exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedSecurityGroupId, not ${peers.length === 0 ? "none" : peers.join(" and ")}`);
  }
}

const rule: ResourceType = {
  tags: true,
  id: (draft) => draft.ec2Id("sgr"),
  admit: admitRule,
  replaceOn: ["securityGroupId"],
  unique: {
    key: ruleKey,
    error: (draft) => `InvalidPermission.Duplicate: the specified rule "peer: ${draft.text("cidrIpv4") || draft.text("cidrIpv6") || draft.text("prefixListId") || draft.text("referencedSecurityGroupId")}, ${draft.text("ipProtocol")}, from port: ${draft.text("fromPort")}, to port: ${draft.text("toPort")}, ALLOW" already exists`,
  },
  outputs: { arn: arnOf("ec2", (draft) => `security-group-rule/${draft.id}`), securityGroupRuleId: ownId },
};

export const firewall: TypeTable = {
  "aws:ec2/securityGroup:SecurityGroup": {
    tags: true,
    name: { property: "name", prefixProperty: "namePrefix" },
    defaults: { description: "Managed by Pulumi", revokeRulesOnDelete: false },
    id: (draft) => draft.ec2Id("sg"),
    replaceOn: ["vpcId", "description"],
    unique: {
      key: (draft) => `${draft.text("vpcId")} ${draft.name}`,
      error: (draft) => `InvalidGroup.Duplicate: The security group '${draft.name}' already exists for VPC '${draft.text("vpcId")}'`,
    },
    outputs: { arn: arnOf("ec2", (draft) => `security-group/${draft.id}`), ownerId, egress: always([]), ingress: always([]), namePrefix: always("") },
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    tags: true,
    defaults: { revokeRulesOnDelete: false },
    id: (draft) => textOf(draft.world.get("aws:ec2/vpc:Vpc", draft.text("vpcId"))?.state.defaultSecurityGroupId ?? draft.ec2Id("sg")),
    replaceOn: ["vpcId"],
    outputs: {
      arn: arnOf("ec2", (draft) => `security-group/${draft.id}`),
      description: always("default VPC security group"), name: always("default"), namePrefix: always(""),
      egress: always([]), ingress: always([]), ownerId,
    },
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule,
  "aws:ec2/securityGroupRule:SecurityGroupRule": {
    defaults: { self: false },
    id: (draft) => `sgrule-${Number.parseInt(draft.hex(8), 16)}`,
    deleteFirst: true,
    replaceOn: ["securityGroupId", "type", "protocol", "fromPort", "toPort", "cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "self", "sourceSecurityGroupId"],
    outputs: { securityGroupRuleId: (draft) => draft.ec2Id("sgr"), sourceSecurityGroupId: always("") },
  },
};
