/** Rules about addresses and the ways in. */
import { PRIVATE, alignedTo, contains, isAligned, overlap, range } from "../cidr.ts";
import type { Config } from "../schema.ts";
import { type Rule, duplicates, when } from "./rule.ts";

const CIDR_KEYS = ["network.cidr", "network.vpn.clientCidr", "cluster.access.publicCidrs", "cluster.existing"];

function everyCidr({ network, cluster }: Config): [string, string][] {
  return [
    ["network.cidr", network.cidr],
    ["network.vpn.clientCidr", network.vpn.clientCidr],
    ...cluster.access.publicCidrs.map((cidr, index): [string, string] => [`cluster.access.publicCidrs[${index}]`, cidr]),
    ...(cluster.existing?.workloadCidrs ?? []).map((cidr, index): [string, string] => [`cluster.existing.workloadCidrs[${index}]`, cidr]),
    ...(cluster.existing?.apiServerCidrs ?? []).map((cidr, index): [string, string] => [`cluster.existing.apiServerCidrs[${index}]`, cidr]),
    ...serviceRange(cluster),
  ];
}

function serviceRange({ existing }: Config["cluster"]): [string, string][] {
  return existing?.serviceCidr === undefined ? [] : [["cluster.existing.serviceCidr", existing.serviceCidr]];
}

const cidrsAligned: Rule = {
  id: "cidrs-aligned",
  title: "Every address range is written with its first address.",
  reason: "AWS refuses a range with host bits set, and it hides a mistyped address or length",
  reads: CIDR_KEYS,
  check: (config) => everyCidr(config).filter(([, cidr]) => !isAligned(cidr)).map(([path, cidr]) => ({
    path, given: `"${cidr}"`, allowed: "the first address of the range", mend: `write ${alignedTo(cidr)}, or correct the length`,
  })),
};

const vpcSize: Rule = {
  id: "vpc-size",
  title: "The VPC is between /16 and /20.",
  reason: "each zone gets a public, a private and a data subnet, pods take addresses of the private one, and a VPC is at most /16 (VPC user guide)",
  reads: ["network.cidr", "zones"],
  check: ({ network, zones }) => when(range(network.cidr).bits < 16 || range(network.cidr).bits > 20, () => ({
    path: "network.cidr", given: `"${network.cidr}" for 3 subnets in each of ${zones.length} zones`, allowed: "/16 to /20", mend: "choose a range between /16 and /20, for example 10.20.0.0/16",
  })),
};

const vpcPrivate: Rule = {
  id: "vpc-private",
  title: "The VPC uses private addresses.",
  reason: "a public range would cut the stack off from its real owners (RFC 1918, RFC 6598)",
  reads: ["network.cidr"],
  check: ({ network }) => when(!PRIVATE.some((outer) => contains(outer, network.cidr)), () => ({
    path: "network.cidr", given: `"${network.cidr}"`, allowed: `inside ${PRIVATE.join(", ")}`, mend: "choose a private range, for example 10.20.0.0/16",
  })),
};

const cidrsApart: Rule = {
  id: "cidrs-apart",
  title: "VPC, VPN clients and an existing cluster's workloads and Services do not overlap.",
  reason: "an address in two places can be reached in one of them only",
  reads: ["network.cidr", "network.existing", "network.vpn", "cluster.existing"],
  check: ({ network, cluster }) => {
    // Workloads of a cluster in the given VPC are inside it by design.
    const workloads = network.existing === undefined ? (cluster.existing?.workloadCidrs ?? []) : [];
    const ranges: [string, string][] = [
      ["network.cidr", network.cidr],
      ...(network.vpn.enabled ? [["network.vpn.clientCidr", network.vpn.clientCidr] as [string, string]] : []),
      ...workloads.map((cidr, index): [string, string] => [`cluster.existing.workloadCidrs[${index}]`, cidr]),
      ...serviceRange(cluster),
    ];
    return ranges.flatMap(([path, cidr], index) => ranges.slice(0, index).filter(([otherPath, other]) =>
      overlap(cidr, other) && !(path.startsWith("cluster.") && otherPath.startsWith("cluster."))).map(([otherPath, other]) => ({
      path, given: `"${cidr}", which overlaps ${otherPath} "${other}"`, allowed: "ranges apart from each other", mend: "move one of the two",
    })));
  },
};

const vpnSize: Rule = {
  id: "vpn-size",
  title: "VPN clients have between /12 and /22.",
  reason: "Client VPN takes only these (Client VPN administrator guide)",
  reads: ["network.vpn.enabled", "network.vpn.clientCidr"],
  check: ({ network: { vpn } }) => when(vpn.enabled && (range(vpn.clientCidr).bits < 12 || range(vpn.clientCidr).bits > 22), () => ({
    path: "network.vpn.clientCidr", given: `"${vpn.clientCidr}"`, allowed: "/12 to /22", mend: "for example 10.99.0.0/22",
  })),
};

const vpnLogin: Rule = {
  id: "vpn-login",
  title: "The VPN has a server certificate, a SAML provider and a group that may use it.",
  reason: "the server proves who it is, people log in with MFA at the identity provider, and only those of one group come in",
  reads: ["network.vpn"],
  check: ({ network: { vpn } }) => (["serverCertificateArn", "samlProviderArn", "allowedGroup"] as const).flatMap((name) => when(vpn.enabled && vpn[name] === undefined, () => ({
    path: `network.vpn.${name}`, given: "nothing, while network.vpn.enabled is true", allowed: name === "allowedGroup" ? "a group of the identity provider" : "an ARN", mend: `set network.vpn.${name}, or network.vpn.enabled: false`,
  }))),
};

const vpnArnsHere: Rule = {
  id: "vpn-arns-here",
  title: "The VPN's certificate is in this region and account, its SAML provider in this account.",
  reason: "Client VPN uses certificates of its own region, and roles trust providers of their own account",
  reads: ["network.vpn", "region", "accountId"],
  check: ({ network: { vpn }, region, accountId }) => {
    const here = (arn: string | undefined, of: string) => arn === undefined || arn.split(":").slice(3, 5).join(":") === of;
    return [
      ...when(!here(vpn.serverCertificateArn, `${region}:${accountId}`), () => ({ path: "network.vpn.serverCertificateArn", given: `"${vpn.serverCertificateArn}"`, allowed: `a certificate of account ${accountId} in ${region}`, mend: "import the certificate there" })),
      ...when(!here(vpn.samlProviderArn, `:${accountId}`), () => ({ path: "network.vpn.samlProviderArn", given: `"${vpn.samlProviderArn}"`, allowed: `a SAML provider of account ${accountId}`, mend: "create the provider in this account" })),
    ];
  },
};

const subnetsForZones: Rule = {
  id: "subnets-for-zones",
  title: "An existing VPC brings one private and one data subnet for each zone.",
  reason: "nodes, database and cache are placed zone by zone",
  reads: ["network.existing", "zones"],
  check: ({ network: { existing }, zones }) => (existing === undefined ? [] : (["privateSubnetIds", "dataSubnetIds"] as const).flatMap((name) => {
    const ids = existing[name];
    const twice = duplicates([...existing.privateSubnetIds, ...existing.dataSubnetIds]).filter((id) => ids.includes(id));
    return [
      ...when(ids.length !== zones.length, () => ({ path: `network.existing.${name}`, given: `${ids.length} subnets`, allowed: `${zones.length}, one for each of the zones ${zones.join(", ")}`, mend: "list one subnet a zone, in the order of zones" })),
      ...twice.map((id) => ({ path: `network.existing.${name}`, given: `${id} twice`, allowed: "every subnet once, private and data subnets apart", mend: "list another subnet" })),
    ];
  })),
};

const wayIn: Rule = {
  id: "way-in",
  title: "There is exactly one way into a new cluster.",
  reason: "the API server is private: without a way in neither operators nor CI can reach it",
  reads: ["cluster.access.via", "cluster.existing"],
  check: ({ cluster }) => when(cluster.existing === undefined && cluster.access.via === undefined, () => ({
    path: "cluster.access.via", given: "nothing", allowed: "one of: runner, vpn, publicCidrs",
    mend: "pulumi config set --path cluster.access.via runner --stack <stack> (a runner inside the network), or choose vpn or publicCidrs",
  })),
};

/** Widest range that still limits anything: /16 is 65,536 addresses. */
const PUBLIC_BITS = 16;

const publicCidrsLimited: Rule = {
  id: "public-cidrs-limited",
  title: "A public endpoint is limited to named ranges of /16 or smaller; without one there are none.",
  reason: "an API server that everybody reaches is one stolen token away from a stranger",
  reads: ["cluster.access.via", "cluster.access.publicCidrs"],
  check: ({ cluster: { access } }) => {
    const path = "cluster.access.publicCidrs";
    if (access.via !== "publicCidrs") {
      return when(access.publicCidrs.length > 0, () => ({ path, given: `${access.publicCidrs.length} ranges, while cluster.access.via is ${access.via ?? "not set"}`, allowed: "an empty list", mend: "remove the ranges, or set cluster.access.via: publicCidrs" }));
    }
    return [
      ...when(access.publicCidrs.length === 0, () => ({ path, given: "an empty list, while cluster.access.via is publicCidrs", allowed: "at least one range", mend: "list the addresses of your office or CI, for example [203.0.113.0/24]" })),
      ...access.publicCidrs.filter((cidr) => range(cidr).bits < PUBLIC_BITS).map((cidr) => ({ path, given: `"${cidr}"`, allowed: `/${PUBLIC_BITS} or smaller`, mend: "list only the addresses you use" })),
    ];
  },
};

const vpnWayIn: Rule = {
  id: "vpn-way-in",
  title: "A way in by VPN has a VPN.",
  reason: "nobody could come in",
  reads: ["cluster.access.via", "network.vpn.enabled"],
  check: ({ cluster, network }) => when(cluster.access.via === "vpn" && !network.vpn.enabled, () => ({
    path: "network.vpn.enabled", given: "false, while cluster.access.via is vpn", allowed: "true", mend: "set network.vpn.enabled: true with its certificate and SAML provider, or choose another way in",
  })),
};

export const networkRules = [cidrsAligned, vpcSize, vpcPrivate, cidrsApart, vpnSize, vpnLogin, vpnArnsHere, subnetsForZones, wayIn, publicCidrsLimited, vpnWayIn];
