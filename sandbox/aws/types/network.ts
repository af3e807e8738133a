/** VPC, subnets, gateways, addresses and endpoints. */
import { CloudError } from "../failures.ts";
import { contains, overlaps, parseCidr } from "../cidr.ts";
import type { Draft } from "../draft.ts";
import { always, arnOf, ownerId, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";

/** EC2 takes blocks from /16 to /28 (Amazon VPC user guide, "VPC CIDR blocks"). */
function admitBlock(draft: Draft, what: string): void {
  const text = draft.text("cidrBlock");
  if (text === "") return;
  const block = parseCidr(text);
  if (block === undefined || block.bits < 16 || block.bits > 28) {
    throw new CloudError(`Invalid${what}.Range: The CIDR '${text}' is invalid: a ${what.toLowerCase()} takes a block from /16 to /28 that starts at its first address`);
  }
}

function admitSubnet(draft: Draft): void {
  admitBlock(draft, "Subnet");
  const text = draft.text("cidrBlock");
  const block = parseCidr(text);
  const vpc = draft.world.get(VPC, draft.text("vpcId"));
  if (block === undefined || vpc === undefined) return;
  const outer = parseCidr(textOf(vpc.state.cidrBlock ?? ""));
  if (outer !== undefined && !contains(outer, block)) {
    throw new CloudError(`InvalidSubnet.Range: The CIDR '${text}' is not inside '${textOf(vpc.state.cidrBlock)}', the block of ${vpc.id}`);
  }
  const sibling = draft.world.find(SUBNET, (known) => {
    const other = parseCidr(textOf(known.state.cidrBlock ?? ""));
    return known.id !== draft.id && known.state.vpcId === vpc.id && other !== undefined && overlaps(other, block);
  });
  if (sibling !== undefined) {
    throw new CloudError(`InvalidSubnet.Conflict: The CIDR '${text}' conflicts with another subnet: ${sibling.id} has '${textOf(sibling.state.cidrBlock)}'`);
  }
  const zone = draft.text("availabilityZone");
  if (zone !== "" && !zone.startsWith(draft.region)) {
    throw new CloudError(`InvalidParameterValue: Value (${zone}) for parameter availabilityZone is invalid: the region is ${draft.region}`);
  }
}

function zoneId(zone: string): string {
  const [, area = "us", side = "east", number = "1", letter = "a"] = /^([a-z]+)-(\w)\w*-(\d)([a-z])$/.exec(zone) ?? [];
  return `${area}${side}${number}-az${letter.charCodeAt(0) - 96}`;
}

function endpointService(draft: Draft): string {
  return draft.text("serviceName").split(".").at(-1) ?? "";
}

function isInterface(draft: Draft): boolean {
  return draft.text("vpcEndpointType", "Gateway") === "Interface";
}

export const network: TypeTable = {
  [VPC]: {
    tags: true,
    defaults: { enableDnsSupport: true, instanceTenancy: "default" },
    id: (draft) => draft.ec2Id("vpc"),
    admit: (draft) => admitBlock(draft, "Vpc"),
    keeps: (known, world) => {
      const subnet = world.find(SUBNET, (other) => other.state.vpcId === known.id);
      return subnet === undefined ? undefined : `DependencyViolation: The vpc '${known.id}' has dependencies and cannot be deleted: ${subnet.id}`;
    },
    replaceOn: ["cidrBlock"],
    outputs: {
      arn: arnOf("ec2", (draft) => `vpc/${draft.id}`),
      defaultNetworkAclId: (draft) => draft.ec2Id("acl"),
      defaultRouteTableId: (draft) => draft.ec2Id("rtb"),
      mainRouteTableId: (draft) => draft.text("defaultRouteTableId"),
      defaultSecurityGroupId: (draft) => draft.ec2Id("sg"),
      dhcpOptionsId: (draft) => draft.ec2Id("dopt"),
      enableDnsHostnames: always(false),
      enableNetworkAddressUsageMetrics: always(false),
      ipv6AssociationId: (draft) => (draft.flag("assignGeneratedIpv6CidrBlock") ? draft.ec2Id("vpc-cidr-assoc") : ""),
      ipv6CidrBlock: (draft) => (draft.flag("assignGeneratedIpv6CidrBlock") ? `2600:1f18:${draft.hex(4, "v6")}:${draft.hex(2, "v6b")}00::/56` : ""),
      ownerId,
    },
  },
  [SUBNET]: {
    tags: true,
    defaults: {
      assignIpv6AddressOnCreation: false, enableDns64: false, enableResourceNameDnsAaaaRecordOnLaunch: false,
      enableResourceNameDnsARecordOnLaunch: false, ipv6Native: false, mapPublicIpOnLaunch: false,
    },
    id: (draft) => draft.ec2Id("subnet"),
    admit: admitSubnet,
    replaceOn: ["cidrBlock", "vpcId", "availabilityZone"],
    outputs: {
      arn: arnOf("ec2", (draft) => `subnet/${draft.id}`),
      availabilityZone: (draft) => draft.zones()[Number.parseInt(draft.hex(2, "zone"), 16) % 3] ?? null,
      availabilityZoneId: (draft) => zoneId(draft.text("availabilityZone")),
      ipv6CidrBlockAssociationId: always(""),
      ipv6CidrBlock: always(""),
      privateDnsHostnameTypeOnLaunch: always("ip-name"),
      ownerId,
    },
  },
  "aws:ec2/internetGateway:InternetGateway": {
    tags: true,
    id: (draft) => draft.ec2Id("igw"),
    unique: {
      key: (draft) => draft.text("vpcId") || undefined,
      error: (draft) => `InvalidParameterValue: the vpc ${draft.text("vpcId")} has an internet gateway already`,
    },
    outputs: { arn: arnOf("ec2", (draft) => `internet-gateway/${draft.id}`), ownerId },
  },
  "aws:ec2/eip:Eip": {
    tags: true,
    id: (draft) => draft.ec2Id("eipalloc"),
    outputs: {
      allocationId: (draft) => draft.id,
      arn: arnOf("ec2", (draft) => `elastic-ip/${draft.id}`),
      associationId: always(""), carrierIp: always(""), customerOwnedIp: always(""), privateDns: always(""), privateIp: always(""), ptrRecord: always(""),
      domain: always("vpc"), instance: always(""), ipamPoolId: always(""), networkInterface: always(""),
      networkBorderGroup: (draft) => draft.region,
      publicIpv4Pool: always("amazon"),
      publicIp: (draft) => draft.publicAddress(),
      publicDns: (draft) => `ec2-${draft.text("publicIp").replaceAll(".", "-")}.${draft.region === "us-east-1" ? "compute-1" : `${draft.region}.compute`}.amazonaws.com`,
    },
  },
  "aws:ec2/natGateway:NatGateway": {
    tags: true,
    defaults: { connectivityType: "public" },
    id: (draft) => draft.ec2Id("nat"),
    replaceOn: ["subnetId", "connectivityType", "allocationId"],
    unique: {
      key: (draft) => draft.text("allocationId") || undefined,
      error: (draft) => `Resource.AlreadyAssociated: Elastic IP address [${draft.text("allocationId")}] is already associated`,
    },
    outputs: {
      associationId: (draft) => draft.ec2Id("eipassoc"),
      availabilityMode: always("zonal"),
      autoProvisionZones: always("disabled"), autoScalingIps: always("disabled"),
      networkInterfaceId: (draft) => draft.ec2Id("eni"),
      privateIp: (draft) => draft.privateAddress(),
      publicIp: (draft) => textOf(draft.world.get("aws:ec2/eip:Eip", draft.text("allocationId"))?.state.publicIp ?? draft.publicAddress()),
      regionalNatGatewayAddresses: always([]),
      regionalNatGatewayAutoMode: always(""),
      routeTableId: always(""),
      vpcId: (draft) => textOf(draft.world.get(SUBNET, draft.text("subnetId"))?.state.vpcId ?? ""),
      secondaryAllocationIds: always([]), secondaryPrivateIpAddressCount: always(0), secondaryPrivateIpAddresses: always([]),
    },
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    tags: true,
    defaults: { vpcEndpointType: "Gateway" },
    id: (draft) => draft.ec2Id("vpce"),
    replaceOn: ["serviceName", "vpcId", "vpcEndpointType"],
    outputs: {
      arn: arnOf("ec2", (draft) => `vpc-endpoint/${draft.id}`),
      cidrBlocks: (draft) => (isInterface(draft) ? [] : ["52.216.0.0/15", "3.5.0.0/19"]),
      dnsEntries: (draft) => (isInterface(draft)
        ? [{ dnsName: `${draft.id}-${draft.lower(8, "dns")}.${endpointService(draft)}.${draft.region}.vpce.amazonaws.com`, hostedZoneId: `Z${draft.upper(13, "zone")}` }]
        : []),
      dnsOptions: (draft) => ({ dnsRecordIpType: isInterface(draft) ? "ipv4" : "service-defined" }),
      ipAddressType: always("ipv4"),
      networkInterfaceIds: (draft) => (isInterface(draft) ? draft.texts("subnetIds").map((subnet) => draft.ec2Id("eni", subnet)) : []),
      ownerId,
      policy: always("{\"Statement\":[{\"Action\":\"*\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Resource\":\"*\"}],\"Version\":\"2008-10-17\"}"),
      prefixListId: (draft) => (isInterface(draft) ? "" : `pl-${draft.hex(8, "list")}`),
      privateDnsEnabled: always(false),
      subnetConfigurations: always([]),
      requesterManaged: always(false),
      routeTableIds: always([]), securityGroupIds: always([]), subnetIds: always([]),
      serviceRegion: (draft) => draft.region,
      state: always("available"),
    },
  },
  "aws:ec2/flowLog:FlowLog": {
    tags: true,
    defaults: { maxAggregationInterval: 600, logDestinationType: "cloud-watch-logs" },
    id: (draft) => draft.ec2Id("fl"),
    outputs: {
      arn: arnOf("ec2", (draft) => `vpc-flow-log/${draft.id}`),
      logDestination: (draft) => (draft.text("logGroupName") === "" ? null : draft.arn("logs", `log-group:${draft.text("logGroupName")}`)),
      logFormat: always("${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"),
    },
  },
  "aws:ec2/managedPrefixList:ManagedPrefixList": {
    tags: true,
    name: { property: "name", renames: true },
    id: (draft) => draft.ec2Id("pl"),
    outputs: {
      arn: arnOf("ec2", (draft) => `prefix-list/${draft.id}`),
      entries: always([]), ownerId,
      version: (draft) => Number(draft.previous?.version ?? 0) + 1,
    },
  },
};
