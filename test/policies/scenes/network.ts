import type { SampleResource } from "../../../policies/samples/sample.ts";
import { json } from "./json.ts";

const ACCOUNT = "123456789012";

/** Public and private subnets in two zones, a data subnet apart. */
const vpc: readonly SampleResource[] = [
  { type: "aws:ec2/vpc:Vpc", name: "vpc", props: { cidrBlock: "10.20.0.0/16", enableDnsHostnames: true, enableDnsSupport: true } },
  { type: "aws:ec2/flowLog:FlowLog", name: "flow-log", props: { vpcId: "vpc", trafficType: "ALL", logDestinationType: "cloud-watch-logs", logDestination: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/vpc/shop`, iamRoleArn: `arn:aws:iam::${ACCOUNT}:role/flow-logs`, maxAggregationInterval: 60 } },
  ...[["public-a", "us-east-1a", "10.20.0.0/20"], ["public-b", "us-east-1b", "10.20.16.0/20"], ["private-a", "us-east-1a", "10.20.32.0/20"], ["data-a", "us-east-1a", "10.20.48.0/20"]].map(([name = "", availabilityZone, cidrBlock]) => ({
    type: "aws:ec2/subnet:Subnet", name, props: { vpcId: "vpc", availabilityZone, cidrBlock, mapPublicIpOnLaunch: false },
  })),
  { type: "aws:ec2/internetGateway:InternetGateway", name: "internet", props: { vpcId: "vpc" } },
  { type: "aws:ec2/eip:Eip", name: "address", props: { domain: "vpc" } },
  { type: "aws:ec2/natGateway:NatGateway", name: "nat-a", props: { subnetId: "public-a", allocationId: "eipalloc-0a1b2c3d" } },
  { type: "aws:ec2/natGateway:NatGateway", name: "nat-b", props: { subnetId: "public-b", allocationId: "eipalloc-1a2b3c4d" } },
  { type: "aws:ec2/routeTable:RouteTable", name: "private-table", props: { vpcId: "vpc", routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-a" }] } },
  { type: "aws:ec2/routeTable:RouteTable", name: "data-table", props: { vpcId: "vpc" } },
  { type: "aws:ec2/routeTableAssociation:RouteTableAssociation", name: "private-association", props: { subnetId: "private-a", routeTableId: "private-table" } },
  { type: "aws:ec2/routeTableAssociation:RouteTableAssociation", name: "data-association", props: { subnetId: "data-a", routeTableId: "data-table" } },
  { type: "aws:rds/subnetGroup:SubnetGroup", name: "data", props: { subnetIds: ["data-a"], description: "Databases" } },
];

const firewall: readonly SampleResource[] = [
  { type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", name: "default-group", props: { vpcId: "vpc", ingress: [], egress: [] } },
  {
    type: "aws:ec2/securityGroup:SecurityGroup",
    name: "group",
    props: {
      vpcId: "vpc",
      description: "Postgres: named clients",
      ingress: [{ protocol: "tcp", fromPort: 8443, toPort: 8443, cidrBlocks: ["10.20.0.0/16"], description: "Nodes to webhooks" }],
      egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.20.0.0/16"], description: "Endpoints of AWS services" }],
    },
  },
  { type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name: "in", props: { securityGroupId: "group", description: "HTTPS from the VPC", ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "10.20.0.0/16" } },
  { type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", name: "out", props: { securityGroupId: "group", description: "HTTPS to registries", ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" } },
  { type: "aws:ec2/securityGroupRule:SecurityGroupRule", name: "either", props: { securityGroupId: "group", description: "Nodes to Postgres", type: "ingress", protocol: "6", fromPort: 5432, toPort: 5432, cidrBlocks: ["10.20.0.0/16"] } },
  { type: "aws:ec2/managedPrefixList:ManagedPrefixList", name: "list", props: { addressFamily: "IPv4", maxEntries: 5, entries: [{ cidr: "203.0.113.0/24", description: "Office" }] } },
  { type: "aws:ec2/networkAcl:NetworkAcl", name: "acl", props: { vpcId: "vpc", subnetIds: ["data-a"], ingress: [{ ruleNo: 100, action: "allow", protocol: "tcp", cidrBlock: "10.20.0.0/16", fromPort: 5432, toPort: 5432 }] } },
  { type: "aws:ec2/networkAclRule:NetworkAclRule", name: "acl-rule", props: { networkAclId: "acl", ruleNumber: 110, ruleAction: "allow", protocol: "tcp", cidrBlock: "10.20.0.0/16", fromPort: 6379, toPort: 6379 } },
];

const endpoints: readonly SampleResource[] = [
  {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    name: "storage-endpoint",
    props: {
      vpcId: "vpc", serviceName: "com.amazonaws.us-east-1.s3", vpcEndpointType: "Gateway", routeTableIds: ["private-table"],
      policy: json({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: ["s3:GetObject", "s3:PutObject"], Resource: "*", Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT } } }] }),
    },
  },
  {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    name: "api-endpoint",
    props: {
      vpcId: "vpc", serviceName: "com.amazonaws.us-east-1.ecr.api", vpcEndpointType: "Interface", subnetIds: ["private-a"], securityGroupIds: ["group"], privateDnsEnabled: true,
      policy: json({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*", Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } } }] }),
    },
  },
  {
    type: "aws:ec2clientvpn/endpoint:Endpoint",
    name: "vpn",
    props: {
      vpcId: "vpc", clientCidrBlock: "10.99.0.0/22", serverCertificateArn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/vpn`, securityGroupIds: ["group"],
      authenticationOptions: [{ type: "federated-authentication", samlProviderArn: `arn:aws:iam::${ACCOUNT}:saml-provider/people` }],
      connectionLogOptions: { enabled: true, cloudwatchLogGroup: "/aws/vpn/shop", cloudwatchLogStream: "connections" },
      splitTunnel: true, sessionTimeoutHours: 8,
    },
  },
  { type: "aws:ec2clientvpn/authorizationRule:AuthorizationRule", name: "vpn-operators", props: { clientVpnEndpointId: "vpn", targetNetworkCidr: "10.20.0.0/16", accessGroupId: "operators", description: "Operators reach the VPC" } },
];

const machines: readonly SampleResource[] = [
  {
    type: "aws:ec2/launchTemplate:LaunchTemplate",
    name: "template",
    props: {
      networkInterfaces: [{ associatePublicIpAddress: "false", securityGroups: ["group"] }],
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", kmsKeyId: `arn:aws:kms:us-east-1:${ACCOUNT}:key/volumes` } }],
    },
  },
  { type: "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults", name: "metadata", props: { httpTokens: "required", httpPutResponseHopLimit: 1 } },
  { type: "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess", name: "images", props: { state: "block-new-sharing" } },
  { type: "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", name: "snapshots", props: { state: "block-all-sharing" } },
  { type: "aws:ec2/serialConsoleAccess:SerialConsoleAccess", name: "console", props: { enabled: false } },
  { type: "aws:dms/replicationInstance:ReplicationInstance", name: "migration", props: { replicationInstanceId: "migration", replicationInstanceClass: "dms.t3.medium", publiclyAccessible: false, multiAz: true, kmsKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/database`, replicationSubnetGroupId: "data" } },
  { type: "aws:lambda/functionUrl:FunctionUrl", name: "url", props: { functionName: "resize", authorizationType: "AWS_IAM" } },
  {
    type: "aws:codebuild/project:Project",
    name: "runner",
    props: {
      serviceRole: `arn:aws:iam::${ACCOUNT}:role/runner`,
      artifacts: { type: "NO_ARTIFACTS" },
      source: { type: "NO_SOURCE", buildspec: "version: 0.2" },
      environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_MEDIUM", image: "aws/codebuild/amazonlinux-x86_64-standard:5.0", privilegedMode: false },
      logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: "/aws/codebuild/runner" } },
      vpcConfig: { vpcId: "vpc", subnets: ["private-a"], securityGroupIds: ["group"] },
    },
  },
];

/** A network with everything closed that need not be open. */
export const network: readonly SampleResource[] = [...vpc, ...firewall, ...endpoints, ...machines];
