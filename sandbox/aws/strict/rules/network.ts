/** EC2 networks and load balancers. */
import { isUnknown } from "../../values.ts";
import { absent, block, blocks, exactlyOne, items, number, oneOf, range, text, type Rule, type Rules } from "./rule.ts";

/** An IPv4 block in CIDR notation: four octets and a length. */
function isCidr4(value: string): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(value);
  return match !== null && match.slice(1, 5).every((octet) => Number(octet) <= 255) && Number(match[5]) <= 32;
}

/** EC2 API: IPv4 ranges are CIDR blocks whose host bits are zero; `sizes` bounds the prefix length where EC2 does. */
function cidr(property: string, sizes: readonly [number, number] = [0, 32]): Rule {
  return (props, fail) => {
    for (const [index, item] of Array.isArray(props[property]) ? items(props[property]) : [[-1, props[property]] as const]) {
      const value = text(item);
      if (value === undefined) continue;
      const at = index < 0 ? property : `${property}[${index}]`;
      if (!isCidr4(value)) {
        fail(at, `${value} is no IPv4 range; they look like 10.0.0.0/16.`);
        continue;
      }
      const [address = "", length = ""] = value.split("/");
      const bits = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
      const free = 2 ** (32 - Number(length));
      if (bits % free !== 0) fail(at, `${value} has host bits set; the range begins at ${[3, 2, 1, 0].map((shift) => Math.floor((bits - (bits % free)) / 256 ** shift) % 256).join(".")}.`);
      if (Number(length) < sizes[0] || Number(length) > sizes[1]) fail(at, `${value}: the length must lie between /${sizes[0]} and /${sizes[1]}.`);
    }
  };
}

/** EC2 API, IpPermission: ports 0 to 65535 in order (ICMP uses them for type and code, -1 for all). */
const ports: Rule = (props, fail) => {
  const [from, to] = [number(props.fromPort), number(props.toPort)];
  const protocol = text(props.ipProtocol) ?? text(props.protocol);
  if (protocol === "-1" || protocol === "all" || (protocol?.startsWith("icmp") ?? false)) return;
  for (const [property, value] of [["fromPort", from], ["toPort", to]] as const) {
    if (value !== undefined && (value < 0 || value > 65535)) fail(property, `${value} is no port; ports go from 0 to 65535.`);
  }
  if (from !== undefined && to !== undefined && from > to) fail("toPort", `The range ends (${to}) before it begins (${from}).`);
  if ((protocol === "tcp" || protocol === "udp") && absent(props.fromPort)) fail("fromPort", `Needed for ${protocol}.`);
  if ((protocol === "tcp" || protocol === "udp") && absent(props.toPort)) fail("toPort", `Needed for ${protocol}.`);
};

/** aws_vpc_security_group_*_rule: with protocol "-1" ports must not be given. */
const allProtocols: Rule = (props, fail) => {
  if (props.ipProtocol !== "-1") return;
  for (const property of ["fromPort", "toPort"]) if (!absent(props[property])) fail(property, 'Must not be given with ipProtocol "-1", which means all ports.');
};

/** EC2 API: descriptions of groups and rules have these characters, at most 255. */
function description(property: string): Rule {
  return (props, fail) => {
    const value = text(props[property]);
    if (value !== undefined && (value.length > 255 || !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/.test(value))) {
      fail(property, "At most 255 characters: letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*");
    }
  };
}

/** EC2 API, CreateSecurityGroup GroupName: does not begin with sg-. */
const groupName: Rule = (props, fail) => {
  if (text(props.name)?.startsWith("sg-") === true) fail("name", "A security group's name must not begin with sg-.");
};

/** Rules inside a security group: each names at least one peer. */
const inlineRules: Rule = (props, fail) => {
  for (const side of ["ingress", "egress"]) {
    for (const [index, rule] of blocks(props[side])) {
      const peers = ["cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups"];
      if (peers.every((peer) => absent(rule[peer])) && rule.self !== true && !isUnknown(rule.self)) fail(`${side}[${index}]`, `Needs one of ${peers.join(", ")}, or self.`);
      ports(rule, (property, reason) => fail(`${side}[${index}].${property}`, reason));
    }
  }
};

/** aws_security_group_rule: a peer of one kind. */
const standaloneRule: Rule = (props, fail) => {
  const peers = ["cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "sourceSecurityGroupId"].filter((peer) => !absent(props[peer]));
  if (peers.length === 0 && props.self !== true && !isUnknown(props.self)) fail("cidrBlocks", "Needs one of cidrBlocks, ipv6CidrBlocks, prefixListIds, sourceSecurityGroupId, or self.");
  if (peers.includes("sourceSecurityGroupId") && (peers.includes("cidrBlocks") || props.self === true)) fail("sourceSecurityGroupId", "Excludes cidrBlocks and self.");
};

/** EC2 API, CreateNatGateway: a public gateway has an address, a private one none. */
const natAddress: Rule = (props, fail) => {
  if (props.availabilityMode === "regional") return;
  const isPrivate = props.connectivityType === "private";
  if (!isPrivate && !isUnknown(props.connectivityType) && absent(props.allocationId)) fail("allocationId", "A public NAT gateway needs an elastic address.");
  if (isPrivate && !absent(props.allocationId)) fail("allocationId", "A private NAT gateway has no elastic address.");
};

/** EC2 API, CreateVpcEndpoint: gateways have route tables, interfaces have subnets and groups. */
const endpointKind: Rule = (props, fail) => {
  if (isUnknown(props.vpcEndpointType)) return;
  const gateway = absent(props.vpcEndpointType) || props.vpcEndpointType === "Gateway";
  const wrong = gateway ? ["subnetIds", "securityGroupIds", "privateDnsEnabled"] : ["routeTableIds"];
  for (const property of wrong) if (!absent(props[property]) && props[property] !== false) fail(property, `Not for an endpoint of type ${gateway ? "Gateway" : String(props.vpcEndpointType)}.`);
};

/** EC2 API, CreateFlowLogs MaxAggregationInterval: 60 or 600 seconds; one source. */
const flowLogSources = ["eniId", "regionalNatGatewayId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"];

/** ELBv2 API, CreateLoadBalancer Name and CreateTargetGroup Name. */
const balancerName: Rule = (props, fail) => {
  const name = text(props.name);
  if (name === undefined) return;
  if (name.length > 32 || !/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name)) fail("name", `${name}: at most 32 letters, digits and hyphens, no hyphen at either end.`);
  if (name.startsWith("internal-")) fail("name", `${name}: must not begin with internal-.`);
};

/** ELBv2 API, CreateListener: HTTPS and TLS need a certificate, HTTP takes none. */
const listenerCertificate: Rule = (props, fail) => {
  const secure = props.protocol === "HTTPS" || props.protocol === "TLS";
  if (secure && absent(props.certificateArn)) fail("certificateArn", `Needed for ${String(props.protocol)}.`);
  if (props.protocol === "HTTP" && !absent(props.certificateArn)) fail("certificateArn", "Not for HTTP.");
  if (props.protocol === "HTTP" && !absent(props.sslPolicy)) fail("sslPolicy", "Not for HTTP.");
};

/** ELBv2 API, CreateTargetGroup: a health check's timeout is shorter than its interval. */
const healthCheck: Rule = (props, fail) => {
  const { interval, timeout } = block(props.healthCheck);
  const [every, within] = [number(interval), number(timeout)];
  if (every !== undefined && within !== undefined && within >= every) fail("healthCheck.timeout", `${within} s must be shorter than the interval of ${every} s.`);
};

const PEERS = exactlyOne(["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"]);

export const networkRules: Rules = {
  // VPC User Guide, "VPC CIDR blocks" and "Subnet sizing": /16 to /28.
  "aws:ec2/vpc:Vpc": [cidr("cidrBlock", [16, 28])],
  "aws:ec2/subnet:Subnet": [cidr("cidrBlock", [16, 28])],
  "aws:ec2/route:Route": [exactlyOne(["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"])],
  "aws:ec2/natGateway:NatGateway": [natAddress],
  "aws:ec2/vpcEndpoint:VpcEndpoint": [endpointKind],
  "aws:ec2/flowLog:FlowLog": [exactlyOne(flowLogSources), oneOf("maxAggregationInterval", [60, 600])],
  "aws:ec2/securityGroup:SecurityGroup": [groupName, inlineRules, description("description")],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [inlineRules],
  "aws:ec2/securityGroupRule:SecurityGroupRule": [ports, standaloneRule, oneOf("type", ["ingress", "egress"]), cidr("cidrBlocks"), description("description")],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [PEERS, ports, allProtocols, cidr("cidrIpv4"), description("description")],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": [PEERS, ports, allProtocols, cidr("cidrIpv4"), description("description")],
  // Client VPN Administrator Guide, "Rules and best practices": client range /22 to /12.
  "aws:ec2clientvpn/endpoint:Endpoint": [cidr("clientCidrBlock", [12, 22])],
  "aws:ec2clientvpn/authorizationRule:AuthorizationRule": [cidr("targetNetworkCidr")],
  // ELBv2 User Guides, "Load balancer attributes": idle_timeout.timeout_seconds 1 to 4000, client_keep_alive 60 to 604800.
  "aws:lb/loadBalancer:LoadBalancer": [
    balancerName, range("idleTimeout", 1, 4000, "seconds"), range("clientKeepAlive", 60, 604800, "seconds"),
    oneOf("desyncMitigationMode", ["monitor", "defensive", "strictest"]), oneOf("xffHeaderProcessingMode", ["append", "preserve", "remove"]),
  ],
  "aws:lb/targetGroup:TargetGroup": [balancerName, healthCheck, range("slowStart", 0, 900, "seconds")],
  "aws:lb/listener:Listener": [listenerCertificate],
};
