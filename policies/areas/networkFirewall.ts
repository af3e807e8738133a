/** Security groups and network ACLs, with rules inside of them and as resources of their own. */
import { isEverywhere, isPrivate } from "../addresses.ts";
import type { Resource } from "../resource.ts";
import { absent, present, type Report, type Rule, shown, where } from "../rule.ts";
import type { Value } from "../value.ts";

const GROUP = "aws:ec2:SecurityGroup";
const EITHER = "aws:ec2:SecurityGroupRule";
const INGRESS = [GROUP, EITHER, "aws:vpc:SecurityGroupIngressRule"];
const EGRESS = [GROUP, EITHER, "aws:vpc:SecurityGroupEgressRule"];
const LISTS = ["aws:ec2:ManagedPrefixList", "aws:ec2:ManagedPrefixListEntry"];
const ACLS = ["aws:ec2:NetworkAcl", "aws:ec2:NetworkAclRule", "aws:ec2:DefaultNetworkAcl"];

/**
 * Remote administration (FTP, SSH, Telnet, RPC, SMB, NFS, RDP, VNC, WinRM), databases, caches, queues and search, Prometheus,
 * and the parts of a cluster: API server, etcd, kubelet.
 */
const ADMIN = [
  20, 21, 22, 23, 135, 445, 1433, 1521, 2049, 2379, 2380, 3306, 3389, 5432, 5439, 5601, 5900, 5985, 5986, 6379, 6443, 9042, 9090, 9092, 9200, 10_250, 10_255, 11_211, 27_017,
];

/** The two that the CIS benchmark names for network ACLs. */
const REMOTE = [22, 3389];

/** Places at which resources name ranges: security groups, their rules, prefix lists, network ACLs, routes. */
const PLACES = ["cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6", "cidr", "cidrBlock", "ipv6CidrBlock", "destinationCidrBlock", "destinationIpv6CidrBlock"];

/** Looks at each range that a rule or a route names. */
export function eachRange(rule: Value, look: (range: Value, text: string) => void): void {
  for (const place of PLACES) {
    rule.try(() => {
      for (const range of rule.at(place).texts) rule.try(() => look(range, String(range.raw)));
    });
  }
}

interface Ports {
  from: number;
  to: number;
}

const ALL: Ports = { from: 0, to: 65_535 };

/** Nothing else has ports: the fields of ICMP rules are type and code. */
const PORTED = ["tcp", "6", "udp", "17"];

/** Ports that a rule opens; `undefined` for protocols without ports. */
function portsOf(rule: Value): Ports | undefined {
  const protocol = String(rule.at("protocol").text ?? rule.at("ipProtocol").text);
  if (["-1", "all"].includes(protocol)) return ALL;
  return PORTED.includes(protocol) ? { from: rule.at("fromPort").number ?? ALL.from, to: rule.at("toPort").number ?? ALL.to } : undefined;
}

function isAll({ from, to }: Ports): boolean {
  return to - from >= 65_534;
}

/** Rules of a group in one direction, wherever they are written. */
function rulesOf(resource: Resource, direction: "ingress" | "egress"): Value[] {
  if (resource.is(GROUP)) return resource.at(direction).items;
  if (resource.is(EITHER)) return resource.at("type").text === direction ? [resource] : [];
  return [resource];
}

/** Looks at every range of every rule in one direction. */
function inRules(direction: "ingress" | "egress", look: (range: Value, text: string, rule: Value, report: Report) => void) {
  return (resource: Resource, report: Report): void => {
    for (const rule of rulesOf(resource, direction)) eachRange(rule, (range, text) => look(range, text, rule, report));
  };
}

function publicIngress(resource: Resource, report: Report): void {
  const rules = resource.is("aws:ec2:ManagedPrefixList") ? resource.at("entries").items : rulesOf(resource, "ingress");
  for (const rule of rules) {
    eachRange(rule, (range, text) => {
      if (isEverywhere(text)) report(range, `is ${shown(range)}, which is everywhere; must be a range of known clients, or a security group`);
    });
  }
}

function adminPorts(range: Value, text: string, rule: Value, report: Report): void {
  if (isEverywhere(text) || isPrivate(text)) return;
  const ports = portsOf(rule);
  const open = ADMIN.find((port) => ports !== undefined && ports.from <= port && port <= ports.to);
  if (open !== undefined) report(range, `is ${shown(range)}, public addresses, and reaches port ${open}; must be a private range or a security group`);
}

function allTraffic(range: Value, text: string, rule: Value, report: Report): void {
  if (isEverywhere(text)) return;
  const ports = portsOf(rule);
  if (ports !== undefined && isAll(ports)) report(range, `is ${shown(range)} and may use every port; must be limited to the ports that are needed`);
}

function openEgress(range: Value, text: string, rule: Value, report: Report): void {
  if (!isEverywhere(text)) return;
  const ports = portsOf(rule);
  if (ports !== undefined && ports.to > ports.from) report(range, `is ${shown(range)} on ports ${ports.from} to ${ports.to}; to everywhere must be one named port`);
}

function described(resource: Resource, report: Report): void {
  for (const rule of [resource, ...resource.at("ingress").items, ...resource.at("egress").items]) {
    resource.try(() => {
      const wrong = present()(rule.at("description"));
      if (wrong !== undefined) report(rule.at("description"), `${wrong}; must say who uses the rule and what for`);
    });
  }
}

/** Entries of a network ACL that let something in. */
function admitted(resource: Resource): Value[] {
  if (!resource.is("aws:ec2:NetworkAclRule")) return resource.at("ingress").items.filter((rule) => rule.at("action").text === "allow");
  return resource.at("egress").flag !== true && resource.at("ruleAction").text === "allow" ? [resource] : [];
}

function openAcl(resource: Resource, report: Report): void {
  for (const rule of admitted(resource)) {
    eachRange(rule, (range, text) => {
      if (!isEverywhere(text)) return;
      const ports = portsOf(rule);
      const port = REMOTE.find((one) => ports !== undefined && ports.from <= one && one <= ports.to);
      if (port !== undefined) report(range, `is ${shown(range)} and reaches port ${port}; must leave ports 22 and 3389 out`);
    });
  }
}

export const firewall: Rule[] = [
  {
    id: "network/public-ingress",
    title: "No security group lets the whole internet in",
    items: ["network-exposure"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS AWS 3.0: 5.2", "CIS AWS 3.0: 5.3", "FSBP: EC2.18", "FSBP: EC2.19", "PCI DSS 4.0.1: 1.3.1"],
    why: "Scanners find an open port within minutes. Everything public goes through CloudFront and its WAF; a group that is open to everybody is a way around both.",
    mend: "Name a security group (`referencedSecurityGroupId`), a managed prefix list, or the ranges of known clients instead of `0.0.0.0/0`, `::/0` or halves of them.",
    kinds: [...INGRESS, ...LISTS],
    check: publicIngress,
  },
  {
    id: "network/admin-ports",
    title: "Ports of administration, databases and the cluster are open to private addresses only",
    items: ["network-exposure"],
    severity: "critical",
    closed: true,
    frameworks: ["PCI DSS 4.0.1: 1.3.1"],
    why: "A fixed office address is shared, handed on and forged from inside; whoever has it may then guess passwords at the database or the API server itself. People come by VPN or Session Manager.",
    mend: "Let in a private range or a security group; for people use the Client VPN or Session Manager.",
    kinds: INGRESS,
    check: inRules("ingress", adminPorts),
  },
  {
    id: "network/all-traffic",
    title: "No address range may use every port",
    items: ["network-exposure"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 1.2.5"],
    why: "A rule for everything is one for what nobody thought of: a debug port that a new version opens is reachable the day it is deployed.",
    mend: "Set `ipProtocol` with `fromPort` and `toPort` of the service; all traffic is for members of named security groups among each other.",
    kinds: INGRESS,
    check: inRules("ingress", allTraffic),
  },
  {
    id: "network/open-egress",
    title: "What leaves to everywhere uses one named port",
    items: ["network-exposure"],
    severity: "medium",
    frameworks: ["PCI DSS 4.0.1: 1.3.2"],
    why: "A machine that somebody took over calls home on any port that is open. With one named port there is one protocol to watch, and no SMTP, SSH or DNS tunnel.",
    mend: "Name the port (`fromPort` equal to `toPort`, usually 443) in a rule of its own for each, or name the ranges that are needed.",
    kinds: EGRESS,
    check: inRules("egress", openEgress),
  },
  {
    id: "network/described-rules",
    title: "Every security group and every rule says what it is for",
    items: ["network-exposure"],
    severity: "low",
    frameworks: ["PCI DSS 4.0.1: 1.2.5"],
    why: "A rule that nobody can explain is a rule that nobody dares to remove; after two years half of the firewall is such rules.",
    mend: "Set `description`: who connects, to what.",
    kinds: [...INGRESS, "aws:vpc:SecurityGroupEgressRule"],
    check: described,
  },
  {
    id: "network/default-group-empty",
    title: "The default security group lets nothing through",
    items: ["network-exposure"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 5.4", "FSBP: EC2.2"],
    why: "Whatever is started without naming a group gets the default one; with rules in it, a forgotten machine is in the network at once.",
    mend: "Declare `aws.ec2.DefaultSecurityGroup` with `ingress: []` and `egress: []`, and give each part a group of its own.",
    kinds: ["aws:ec2:DefaultSecurityGroup"],
    check: where({ "ingress[0]": absent("the default group must have no rules"), "egress[0]": absent("the default group must have no rules") }),
  },
  {
    id: "network/default-group-declared",
    title: "Every VPC has its default security group emptied",
    items: ["network-exposure"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 5.4", "FSBP: EC2.2"],
    why: "AWS makes the default group with all traffic among its members and to everywhere; it stays so until somebody declares it.",
    mend: "Declare `aws.ec2.DefaultSecurityGroup` with the `vpcId` and empty `ingress` and `egress`.",
    kinds: ["aws:ec2:Vpc", "aws:ec2:DefaultVpc"],
    relate: (vpc, stack, report) => {
      if (stack.pointing("aws:ec2:DefaultSecurityGroup", "vpcId", vpc).length === 0) report(vpc, "has a default security group that nothing empties");
    },
  },
  {
    id: "network/acl-remote-ports",
    title: "No network ACL lets everybody to the ports of remote administration",
    items: ["network-exposure"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 5.1", "FSBP: EC2.21"],
    why: "The ACL is the second lock beside the security groups. When it is open to everybody, one wrong rule in a group is enough to expose SSH or RDP.",
    mend: "Allow named ranges and ports; where answers from the internet must come in, allow 1024–3388 and 3390–65535.",
    kinds: ACLS,
    check: openAcl,
  },
];
