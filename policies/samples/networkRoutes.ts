/** Samples of areas/networkRoutes.ts. */
import type { Samples } from "./sample.ts";

function endpointPolicySample(resource: string) {
  return {
    type: "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",
    name: "storage-policy",
    props: { vpcEndpointId: "storage-endpoint", policy: JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: resource } }) },
  };
}

export const samples: Samples = {
  "network/isolated-data": {
    scene: "network",
    good: [
      { remove: ["data-association"] },
      { set: { "data-table:routes": [{ cidrBlock: "10.30.0.0/16", vpcPeeringConnectionId: "pcx-0a1b2c3d" }] } },
      { add: [{ type: "aws:ec2/route:Route", name: "peer", props: { routeTableId: "data-table", destinationCidrBlock: "10.30.0.0/16", vpcPeeringConnectionId: "pcx-0a1b2c3d" } }] },
    ],
    bad: [
      { set: { "data-association:routeTableId": "private-table" }, at: "data:subnetIds" },
      { set: { "data-table:routes": [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat" }] }, at: "data:subnetIds" },
      { set: { "data-table:routes": [{ ipv6CidrBlock: "::/0", egressOnlyGatewayId: "eigw-0a1b2c3d" }] }, at: "data:subnetIds" },
      { add: [{ type: "aws:ec2/route:Route", name: "way-out", props: { routeTableId: "data-table", destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-a" } }], at: "data:subnetIds" },
      { add: [{ type: "aws:ec2/route:Route", name: "way-out", props: { routeTableId: "data-table", destinationIpv6CidrBlock: "::/0", gatewayId: "internet" } }], at: "data:subnetIds" },
      { set: { "data:subnetIds[0]": "private-a" }, at: "data:subnetIds" },
      ...["elasticache", "redshift", "docdb", "neptune", "memorydb", "dax"].map((service) => ({
        set: { "data:$type": `aws:${service}/subnetGroup:SubnetGroup`, "data:subnetIds[0]": "private-a" }, at: "data:subnetIds",
      })),
    ],
  },
  "network/nat-per-zone": {
    scene: "network",
    good: [{ remove: ["nat-a", "nat-b"] }],
    bad: [{ remove: ["nat-b"], at: "vpc:" }, { set: { "nat-b:subnetId": "public-a" }, at: "vpc:" }],
  },
  "network/storage-endpoint": {
    scene: "network",
    good: [{ set: { "storage-endpoint:vpcEndpointType": undefined } }],
    bad: [
      { remove: ["storage-endpoint"], at: "vpc:" },
      { set: { "storage-endpoint:serviceName": "com.amazonaws.us-east-1.dynamodb" }, at: "vpc:" },
      { set: { "storage-endpoint:serviceName": "com.amazonaws.us-east-1.s3express" }, at: "vpc:" },
      { set: { "storage-endpoint:vpcEndpointType": "Interface", "storage-endpoint:privateDnsEnabled": true }, at: "vpc:" },
      { set: { "storage-endpoint:vpcId": "vpc-0a1b2c3d" }, at: "vpc:" },
    ],
  },
  "network/endpoint-policy": {
    scene: "network",
    good: [
      { set: { "storage-endpoint:policy": undefined }, add: [endpointPolicySample("arn:aws:s3:::files/*")] },
      { set: { "api-endpoint:policy.Statement[0].Condition": undefined, "api-endpoint:policy.Statement[0].Resource": "arn:aws:ecr:us-east-1:123456789012:repository/*" } },
      { set: { "api-endpoint:policy.Statement[0].Condition": undefined, "api-endpoint:policy.Statement[0].Action": ["ecr:Get*", "ecr:*Image"] } },
      { set: { "api-endpoint:policy.Statement[0].Condition": undefined, "api-endpoint:policy.Statement[0].Effect": "Deny" } },
      { set: { "api-endpoint:policy": undefined, "api-endpoint:serviceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d" } },
    ],
    bad: [
      { set: { "api-endpoint:policy": undefined } },
      { set: { "api-endpoint:policy.Statement[0].Condition": undefined }, at: "api-endpoint:policy" },
      { set: { "api-endpoint:policy.Statement[0].Condition": { StringLike: { "aws:PrincipalAccount": "*" } } }, at: "api-endpoint:policy" },
      { set: { "storage-endpoint:policy.Statement[0].Condition": undefined, "storage-endpoint:policy.Statement[0].Action": ["s3:GetObject", "*"] }, at: "storage-endpoint:policy" },
      { set: { "api-endpoint:policy.Statement[1]": { Effect: "Allow", Principal: "*", Action: "ecr:*", Resource: ["arn:aws:ecr:us-east-1:123456789012:repository/*", "*"] } }, at: "api-endpoint:policy" },
      { set: { "storage-endpoint:policy": undefined }, add: [endpointPolicySample("*")], at: "storage-endpoint:policy" },
    ],
  },
  "network/endpoint-names": {
    scene: "network",
    good: [{ set: { "api-endpoint:privateDnsEnabled": undefined, "api-endpoint:serviceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d" } }],
    bad: [{ set: { "api-endpoint:privateDnsEnabled": false } }, { set: { "api-endpoint:privateDnsEnabled": undefined } }],
  },
  "network/vpn-login": {
    scene: "network",
    good: [
      { set: { "vpn:authenticationOptions[0].type": "certificate-authentication" } },
      { set: { "vpn:authenticationOptions[1]": { type: "directory-service-authentication", activeDirectoryId: "d-0a1b2c3d" } } },
    ],
    bad: [{ set: { "vpn:authenticationOptions[0].type": "directory-service-authentication" }, at: "vpn:authenticationOptions" }],
  },
  "network/vpn-log": {
    scene: "network",
    bad: [{ set: { "vpn:connectionLogOptions.enabled": false } }, { set: { "vpn:connectionLogOptions": undefined }, at: "vpn:connectionLogOptions.enabled" }],
  },
  "network/vpn-split-tunnel": {
    scene: "network",
    bad: [{ set: { "vpn:splitTunnel": false } }, { set: { "vpn:splitTunnel": undefined } }],
  },
  "network/vpn-session": {
    scene: "network",
    bad: [{ set: { "vpn:sessionTimeoutHours": 10 } }, { set: { "vpn:sessionTimeoutHours": undefined } }],
  },
  "network/vpn-authorization": {
    scene: "network",
    bad: [{ set: { "vpn-operators:authorizeAllGroups": true } }, { set: { "vpn-operators:targetNetworkCidr": "0.0.0.0/0" } }],
  },
};
