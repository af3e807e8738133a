/** EC2 networks: VPCs, subnets, routes, endpoints, network ACLs, security groups, client VPN. */
import { every, type Mapping, type Mappings } from "./types.ts";

const PERMISSION: Mapping["rename"] = Object.fromEntries(
  ["ingress", "egress"].flatMap((side) => [
    [side, "@AuthorizeSecurityGroupIngress:IpPermissions"],
    [`${side}.protocol`, "IpProtocol"],
    [`${side}.cidrBlocks`, "IpRanges.CidrIp"],
    [`${side}.ipv6CidrBlocks`, "Ipv6Ranges.CidrIpv6"],
    [`${side}.prefixListIds`, "PrefixListIds.PrefixListId"],
    [`${side}.securityGroups`, "UserIdGroupPairs.GroupId"],
    [`${side}.description`, "IpRanges.Description"],
    [`${side}.self`, null],
  ]),
);

const ACL_ENTRY: Mapping["rename"] = Object.fromEntries(
  ["ingress", "egress"].flatMap((side) => [
    [side, "@CreateNetworkAclEntry"],
    [`${side}.action`, "RuleAction"],
    [`${side}.ruleNo`, "RuleNumber"],
    [`${side}.fromPort`, "PortRange.From"],
    [`${side}.toPort`, "PortRange.To"],
    [`${side}.icmpType`, "IcmpTypeCode.Type"],
    [`${side}.icmpCode`, "IcmpTypeCode.Code"],
  ]),
);

const FLOW_LOG_SOURCES = ["eniId", "regionalNatGatewayId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"];

const NEW_RULE = "aws_security_group_rule: EC2 has no operation that changes this of a rule; only its description can be updated";

export const network: Mappings = {
  "aws:ec2/vpc:Vpc": {
    api: "ec2",
    create: ["CreateVpc"],
    update: ["ModifyVpcAttribute", "ModifyVpcTenancy", "AssociateVpcCidrBlock"],
    rename: { assignGeneratedIpv6CidrBlock: "AmazonProvidedIpv6CidrBlock" },
    replace: every(["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"], "aws_vpc cidr_block: AssociateVpcCidrBlock adds a further range, the first one can not be changed"),
  },
  "aws:ec2/subnet:Subnet": {
    api: "ec2",
    create: ["CreateSubnet"],
    update: ["ModifySubnetAttribute", "AssociateSubnetCidrBlock"],
    replace: { cidrBlock: "aws_subnet cidr_block: AssociateSubnetCidrBlock takes IPv6 ranges only" },
    inPlace: { ipv6CidrBlock: "EC2 AssociateSubnetCidrBlock and DisassociateSubnetCidrBlock" },
  },
  "aws:ec2/internetGateway:InternetGateway": { api: "ec2", create: ["CreateInternetGateway"], update: ["AttachInternetGateway"] },
  "aws:ec2/eip:Eip": {
    api: "ec2",
    create: ["AllocateAddress"],
    update: ["AssociateAddress"],
    rename: { associateWithPrivateIp: "PrivateIpAddress" },
    replace: every(["publicIpv4Pool", "networkBorderGroup", "address"], "EC2 AllocateAddress only"),
  },
  "aws:ec2/natGateway:NatGateway": {
    api: "ec2",
    create: ["CreateNatGateway"],
    update: ["AssignPrivateNatGatewayAddress", "AssociateNatGatewayAddress"],
    rename: { privateIp: "PrivateIpAddress" },
    replace: {
      allocationId: "aws_nat_gateway allocation_id: AssociateNatGatewayAddress adds secondary addresses, the primary one stays",
      privateIp: "aws_nat_gateway private_ip: the primary private address is given to CreateNatGateway only",
    },
    inPlace: every(
      ["secondaryAllocationIds", "secondaryPrivateIpAddresses", "secondaryPrivateIpAddressCount", "availabilityZoneAddresses"],
      "EC2 AssociateNatGatewayAddress, AssignPrivateNatGatewayAddress and their opposites",
    ),
  },
  "aws:ec2/routeTable:RouteTable": {
    api: "ec2",
    create: ["CreateRouteTable"],
    update: ["CreateRoute", "EnableVgwRoutePropagation"],
    rename: {
      propagatingVgws: "GatewayId",
      routes: "@CreateRoute",
      "routes.cidrBlock": "DestinationCidrBlock",
      "routes.ipv6CidrBlock": "DestinationIpv6CidrBlock",
      "routes.egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    },
  },
  "aws:ec2/route:Route": {
    api: "ec2",
    create: ["CreateRoute"],
    update: ["ReplaceRoute"],
    id: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
    rename: { egressOnlyGatewayId: "EgressOnlyInternetGatewayId" },
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { api: "ec2", create: ["AssociateRouteTable"], update: ["ReplaceRouteTableAssociation"] },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    api: "ec2",
    create: ["CreateVpcEndpoint"],
    update: ["ModifyVpcEndpoint"],
    rename: { autoAccept: null },
    inPlace: {
      ...every(["routeTableIds", "securityGroupIds", "subnetIds"], "EC2 ModifyVpcEndpoint: AddRouteTableIds, AddSecurityGroupIds, AddSubnetIds and their opposites"),
      privateDnsEnabled: "EC2 ModifyVpcEndpoint PrivateDnsEnabled; only for Interface endpoints, which the documentation's sentence is about",
    },
  },
  "aws:ec2/flowLog:FlowLog": {
    api: "ec2",
    create: ["CreateFlowLogs"],
    update: [],
    rename: { ...every(FLOW_LOG_SOURCES, "ResourceIds"), iamRoleArn: "DeliverLogsPermissionArn" },
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    api: "ec2",
    create: ["CreateSecurityGroup"],
    update: ["AuthorizeSecurityGroupIngress"],
    rename: { ...PERMISSION, revokeRulesOnDelete: null },
  },
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": {
    api: "ec2",
    create: ["CreateNetworkAclEntry"],
    update: ["ReplaceNetworkAclAssociation"],
    rename: { ...ACL_ENTRY, defaultNetworkAclId: "NetworkAclId", subnetIds: null },
    replace: { defaultNetworkAclId: "aws_default_network_acl: names the list that is adopted" },
  },
  "aws:ec2/networkAcl:NetworkAcl": {
    api: "ec2",
    create: ["CreateNetworkAcl"],
    update: ["CreateNetworkAclEntry"],
    rename: { ...ACL_ENTRY, subnetIds: null },
  },
  "aws:ec2/networkAclRule:NetworkAclRule": {
    api: "ec2",
    create: ["CreateNetworkAclEntry"],
    update: [],
    rename: { fromPort: "PortRange.From", toPort: "PortRange.To", icmpType: "IcmpTypeCode.Type", icmpCode: "IcmpTypeCode.Code" },
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    api: "ec2",
    create: ["CreateSecurityGroup"],
    update: ["AuthorizeSecurityGroupIngress"],
    rename: { ...PERMISSION, revokeRulesOnDelete: null },
    replace: { name: "aws_security_group name: EC2 has no operation that renames a group", description: "aws_security_group description: forces new resource" },
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    api: "ec2",
    create: ["ModifySecurityGroupRules:SecurityGroupRules.SecurityGroupRule"],
    update: ["ModifySecurityGroupRules:SecurityGroupRules.SecurityGroupRule"],
    rename: { securityGroupId: "GroupId", referencedSecurityGroupId: "ReferencedGroupId" },
    id: ["securityGroupId"],
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    api: "ec2",
    create: ["ModifySecurityGroupRules:SecurityGroupRules.SecurityGroupRule"],
    update: ["ModifySecurityGroupRules:SecurityGroupRules.SecurityGroupRule"],
    rename: { securityGroupId: "GroupId", referencedSecurityGroupId: "ReferencedGroupId" },
    id: ["securityGroupId"],
  },
  "aws:ec2/securityGroupRule:SecurityGroupRule": {
    api: "ec2",
    create: ["AuthorizeSecurityGroupIngress:IpPermissions"],
    update: ["UpdateSecurityGroupRuleDescriptionsIngress"],
    rename: {
      protocol: "IpProtocol",
      cidrBlocks: "IpRanges.CidrIp",
      ipv6CidrBlocks: "Ipv6Ranges.CidrIpv6",
      prefixListIds: "PrefixListIds.PrefixListId",
      securityGroupId: "GroupId",
      sourceSecurityGroupId: "UserIdGroupPairs.GroupId",
      description: "IpRanges.Description",
      self: null,
      type: null,
    },
    replace: every(["type", "protocol", "fromPort", "toPort", "cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroupId", "self", "sourceSecurityGroupId"], NEW_RULE),
    inPlace: { description: "EC2 UpdateSecurityGroupRuleDescriptionsIngress" },
  },
  "aws:ec2/managedPrefixList:ManagedPrefixList": {
    api: "ec2",
    create: ["CreateManagedPrefixList"],
    update: ["ModifyManagedPrefixList"],
    rename: { name: "PrefixListName" },
    inPlace: { entries: "EC2 ModifyManagedPrefixList AddEntries and RemoveEntries" },
  },
  "aws:ec2clientvpn/endpoint:Endpoint": {
    api: "ec2",
    create: ["CreateClientVpnEndpoint"],
    update: ["ModifyClientVpnEndpoint"],
    rename: {
      "authenticationOptions.activeDirectoryId": "ActiveDirectory.DirectoryId",
      "authenticationOptions.rootCertificateChainArn": "MutualAuthentication.ClientRootCertificateChainArn",
    },
  },
  "aws:ec2clientvpn/networkAssociation:NetworkAssociation": { api: "ec2", create: ["AssociateClientVpnTargetNetwork"], update: [] },
  "aws:ec2clientvpn/authorizationRule:AuthorizationRule": { api: "ec2", create: ["AuthorizeClientVpnIngress"], update: [] },
  "aws:ec2clientvpn/route:Route": { api: "ec2", create: ["CreateClientVpnRoute"], update: [] },
};
