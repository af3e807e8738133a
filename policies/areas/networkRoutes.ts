/** Routes, endpoints of services, and the VPN: how packets leave and enter a VPC. */
import { isEverywhere } from "../addresses.ts";
import type { Resource, Stack } from "../resource.ts";
import { atMost, is, type Report, type Rule, where } from "../rule.ts";
import type { Value } from "../value.ts";
import { conditions, narrows, statements } from "./iamDocuments.ts";
import { eachRange } from "./networkFirewall.ts";

const VPC = "aws:ec2:Vpc";
const SUBNET = "aws:ec2:Subnet";
const ENDPOINT = "aws:ec2:VpcEndpoint";
const VPN = "aws:ec2clientvpn:Endpoint";

/** Groups of subnets in which managed services keep data. */
const DATA_GROUPS = ["rds", "elasticache", "redshift", "docdb", "neptune", "memorydb", "dax"].map((service) => `aws:${service}:SubnetGroup`);

/** A route of a subnet, inside of its table or a resource of its own. */
interface Route {
  holder: Resource;
  value: Value;
}

function routesOf(subnet: Resource, stack: Stack): Route[] {
  const tables = stack.pointing("aws:ec2:RouteTableAssociation", "subnetId", subnet).flatMap((association) => stack.named("aws:ec2:RouteTable", association, "routeTableId"));
  return tables.flatMap((table) => [
    ...table.at("routes").items.map((value) => ({ holder: table, value })),
    ...stack.pointing("aws:ec2:Route", "routeTableId", table).map((route) => ({ holder: route, value: route })),
  ]);
}

function leadsEverywhere({ value }: Route): boolean {
  let found = false;
  eachRange(value, (_, text) => {
    found ||= isEverywhere(text);
  });
  return found;
}

/** Subnets that a property names. */
export function subnetsOf(holder: Resource, property: string, stack: Stack): Resource[] {
  return stack.named(SUBNET, holder, property);
}

/** Whether the subnet is public: its way to everywhere is an internet gateway. */
export function isPublic(subnet: Resource, stack: Stack): boolean {
  return routesOf(subnet, stack).filter(leadsEverywhere).some(({ holder, value }) => stack.named("aws:ec2:InternetGateway", holder, value.at("gatewayId").path).length > 0);
}

function isolated(group: Resource, stack: Stack, report: Report): void {
  for (const subnet of subnetsOf(group, "subnetIds", stack)) {
    group.try(() => {
      if (routesOf(subnet, stack).some(leadsEverywhere)) report(group.at("subnetIds"), `holds ${subnet.name}, which has a route to everywhere; data subnets must have none`);
    });
  }
}

function zonesOf(subnets: Resource[]): number {
  return new Set(subnets.map((subnet) => subnet.at("availabilityZone").text)).size;
}

function natPerZone(vpc: Resource, stack: Stack, report: Report): void {
  const subnets = stack.pointing(SUBNET, "vpcId", vpc);
  const served = subnets.filter((subnet) => stack.pointing("aws:ec2:NatGateway", "subnetId", subnet).length > 0);
  if (served.length > 0 && zonesOf(served) < zonesOf(subnets)) report(vpc, `has NAT gateways in ${zonesOf(served)} of its ${zonesOf(subnets)} zones`);
}

function isStorage(endpoint: Resource): boolean {
  return (endpoint.at("vpcEndpointType").text ?? "Gateway") === "Gateway" && /\.s3$/.test(String(endpoint.at("serviceName").text));
}

/** Endpoints of AWS's own services; those of partners (`…vpce.…`) take no policy and have names of their own. */
function isOfAws(endpoint: Resource): boolean {
  return /com\.amazonaws\.(?!vpce\.)/.test(String(endpoint.at("serviceName").text));
}

/** A statement that lets everybody do everything with everything. */
function isOpen(statement: Value): boolean {
  return statement.at("Effect").text === "Allow" && !conditions(statement).some(narrows)
    && statement.at("Action").texts.some((action) => /^(\w+:)?\*$/.test(String(action.text)))
    && statement.at("Resource").texts.some((resource) => resource.text === "*");
}

function endpointPolicy(endpoint: Resource, stack: Stack, report: Report): void {
  const apart = stack.pointing("aws:ec2:VpcEndpointPolicy", "vpcEndpointId", endpoint);
  const policies = [endpoint, ...apart].map((holder) => holder.at("policy")).filter((policy) => policy.exists);
  if (policies.length === 0) report(endpoint.at("policy"), "is not set, which lets everything through; must name own principals or resources");
  for (const policy of policies) {
    if (statements(policy).some(isOpen)) report(policy, "has a statement for every action on every resource without a condition that narrows it; must name own principals or resources");
  }
}

export const routes: Rule[] = [
  {
    id: "network/isolated-data",
    title: "Subnets of databases and caches have no route to the internet",
    items: ["network-exposure", "database", "redis"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 1.4.4"],
    why: "With a way out, even by NAT, stolen data leaves straight from the database; with an internet gateway one wrong switch puts it on the internet.",
    mend: "Give data subnets a route table of their own without a route to `0.0.0.0/0` or `::/0`.",
    kinds: DATA_GROUPS,
    relate: isolated,
  },
  {
    id: "network/nat-per-zone",
    title: "Every zone has a NAT gateway of its own",
    items: ["network-exposure"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "With one gateway the loss of its zone cuts all the others off from registries and partners, and traffic between zones is billed.",
    mend: "A NAT gateway in the public subnet of each zone (`natGateways: \"perZone\"`); one is enough for staging.",
    kinds: [VPC],
    relate: natPerZone,
  },
  {
    id: "network/storage-endpoint",
    title: "Every VPC reaches S3 by a gateway endpoint",
    items: ["network-exposure"],
    severity: "medium",
    frameworks: [],
    why: "Without it, backups and image layers go by NAT and the internet's edge, where no endpoint policy keeps data from a stranger's bucket, and every gigabyte is billed.",
    mend: "Declare a `VpcEndpoint` of type Gateway for `com.amazonaws.<region>.s3` with the route tables; it is free.",
    kinds: [VPC],
    relate: (vpc, stack, report) => {
      if (stack.pointing(ENDPOINT, "vpcId", vpc, isStorage).length === 0) report(vpc, "has no gateway endpoint for S3");
    },
  },
  {
    id: "network/endpoint-policy",
    title: "Endpoints of AWS services let own principals and resources through only",
    items: ["network-exposure"],
    severity: "medium",
    frameworks: [],
    why: "The policy that AWS puts there lets everything pass: with keys of another account an intruder copies data into a bucket outside, through the private endpoint.",
    mend: "Set `policy` with a condition on `aws:PrincipalAccount` (and `aws:ResourceAccount` for S3), or with named resources.",
    kinds: [ENDPOINT],
    applies: isOfAws,
    relate: endpointPolicy,
  },
  {
    id: "network/endpoint-names",
    title: "Interface endpoints answer under the service's own name",
    items: ["network-exposure"],
    severity: "medium",
    frameworks: [],
    why: "Without private DNS every SDK goes on to the public address of the service by NAT, past the endpoint and its policy, and nobody notices.",
    mend: "Set `privateDnsEnabled: true`.",
    kinds: [ENDPOINT],
    applies: (endpoint) => endpoint.at("vpcEndpointType").text === "Interface" && isOfAws(endpoint),
    check: where({ privateDnsEnabled: is(true) }),
  },
];

/** Ways of logging in that need more than a password. */
const LOGIN = ["federated-authentication", "certificate-authentication"];

export const vpn: Rule[] = [
  {
    id: "network/vpn-login",
    title: "VPN clients log in by single sign-on or by certificate",
    items: ["network-exposure", "iam-mfa"],
    severity: "high",
    frameworks: [],
    why: "A directory's password alone is phished or reused; then the intruder stands in the network of the cluster's API.",
    mend: "Set `authenticationOptions` to `federated-authentication` with a `samlProviderArn` (MFA is the provider's), or `certificate-authentication`.",
    kinds: [VPN],
    check: (endpoint, report) => {
      const options = endpoint.at("authenticationOptions");
      if (!options.items.some((option) => LOGIN.includes(String(option.at("type").text)))) report(options, `has neither ${LOGIN.join(" nor ")}`);
    },
  },
  {
    id: "network/vpn-log",
    title: "The VPN logs every connection",
    items: ["audit-trail"],
    severity: "medium",
    frameworks: ["FSBP: EC2.51"],
    why: "After an incident it is the only record of who was in the network, from where, and for how long.",
    mend: "Set `connectionLogOptions` with `enabled: true` and a log group.",
    kinds: [VPN],
    check: where({ "connectionLogOptions.enabled": is(true) }),
  },
  {
    id: "network/vpn-split-tunnel",
    title: "Only traffic for the VPC goes through the VPN",
    items: ["network-exposure"],
    severity: "low",
    frameworks: [],
    why: "Without a split tunnel all that people do on the internet passes through the VPC and leaves by its NAT gateways, in our name.",
    mend: "Set `splitTunnel: true`.",
    kinds: [VPN],
    check: where({ splitTunnel: is(true) }),
  },
  {
    id: "network/vpn-session",
    title: "VPN sessions end after 8 hours",
    items: ["iam-session"],
    severity: "medium",
    frameworks: [],
    why: "The default is a day: a laptop left open in the evening is in the network all night.",
    mend: "Set `sessionTimeoutHours: 8`.",
    kinds: [VPN],
    check: where({ sessionTimeoutHours: atMost(8) }),
  },
  {
    id: "network/vpn-authorization",
    title: "VPN clients are authorized by group, for the ranges they need",
    items: ["network-exposure"],
    severity: "high",
    frameworks: [],
    why: "With a rule for all groups everybody of the identity provider is in, contractors and robots included; with one for every range they reach whatever is routed.",
    mend: "Set `accessGroupId` to one group and `targetNetworkCidr` to the VPC's range.",
    kinds: ["aws:ec2clientvpn:AuthorizationRule"],
    check: where({
      authorizeAllGroups: (value) => (value.flag === true ? "is true, must be left out in favor of accessGroupId" : undefined),
      targetNetworkCidr: (value) => (isEverywhere(String(value.raw)) ? "is everywhere, must be a range of the VPC" : undefined),
    }),
  },
];
