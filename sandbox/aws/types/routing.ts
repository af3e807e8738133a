/** Route tables, routes and network access lists. */
import { always, arnOf, ownerId, type TypeTable } from "./define.ts";
import type { Draft } from "../draft.ts";

function destination(draft: Draft): string {
  return draft.text("destinationCidrBlock") || draft.text("destinationIpv6CidrBlock") || draft.text("destinationPrefixListId");
}

function routeKey(draft: Draft): string {
  return `${draft.text("routeTableId")} ${destination(draft)}`;
}

function ruleKey(draft: Draft): string {
  return `${draft.text("networkAclId")} ${draft.flag("egress") ? "egress" : "ingress"} ${draft.text("ruleNumber")}`;
}

export const routing: TypeTable = {
  "aws:ec2/routeTable:RouteTable": {
    tags: true,
    id: (draft) => draft.ec2Id("rtb"),
    replaceOn: ["vpcId"],
    outputs: { arn: arnOf("ec2", (draft) => `route-table/${draft.id}`), ownerId, propagatingVgws: always([]), routes: always([]) },
  },
  "aws:ec2/route:Route": {
    id: (draft) => `r-${draft.text("routeTableId")}${Math.abs(Number.parseInt(draft.hex(8, destination(draft)), 16))}`,
    replaceOn: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
    unique: { key: routeKey, error: (draft) => `RouteAlreadyExists: The route identified by ${destination(draft)} already exists in ${draft.text("routeTableId")}` },
    outputs: {
      instanceId: always(""), instanceOwnerId: always(""), networkInterfaceId: always(""),
      origin: always("CreateRoute"), state: always("active"),
    },
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    id: (draft) => draft.ec2Id("rtbassoc"),
    replaceOn: ["subnetId", "gatewayId"],
    unique: {
      key: (draft) => draft.text("subnetId") || draft.text("gatewayId") || undefined,
      error: (draft) => `Resource.AlreadyAssociated: the subnet or gateway ${draft.text("subnetId") || draft.text("gatewayId")} has a route table already`,
    },
  },
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": {
    tags: true,
    id: (draft) => draft.text("defaultNetworkAclId"),
    replaceOn: ["defaultNetworkAclId"],
    outputs: {
      arn: arnOf("ec2", (draft) => `network-acl/${draft.id}`), ownerId,
      vpcId: (draft) => draft.world.find("aws:ec2/vpc:Vpc", (known) => known.state.defaultNetworkAclId === draft.id)?.id ?? "",
    },
  },
  "aws:ec2/networkAcl:NetworkAcl": {
    tags: true,
    id: (draft) => draft.ec2Id("acl"),
    replaceOn: ["vpcId"],
    outputs: { arn: arnOf("ec2", (draft) => `network-acl/${draft.id}`), ownerId, egress: always([]), ingress: always([]), subnetIds: always([]) },
  },
  "aws:ec2/networkAclRule:NetworkAclRule": {
    defaults: { egress: false },
    id: (draft) => `nacl-${Number.parseInt(draft.hex(8, ruleKey(draft)), 16)}`,
    deleteFirst: true,
    replaceOn: ["networkAclId", "ruleNumber", "egress", "protocol", "ruleAction", "cidrBlock", "ipv6CidrBlock", "fromPort", "toPort", "icmpType", "icmpCode"],
    unique: { key: ruleKey, error: (draft) => `NetworkAclEntryAlreadyExists: The network acl entry identified by ${draft.text("ruleNumber")} already exists` },
  },
};
