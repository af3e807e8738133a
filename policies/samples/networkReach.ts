/** Samples of areas/networkReach.ts. */
import type { Samples } from "./sample.ts";

/** Of samples: another service in the place of the scene's, with what other rules ask of its data. */
function as(type: string) {
  const key = "arn:aws:kms:us-east-1:123456789012:key/data";
  return {
    "migration:$type": type,
    "migration:$protect": true,
    "migration:tags": { "data-class": "data" },
    "migration:encrypted": true,
    "migration:kmsKeyId": key,
    "migration:finalSnapshotIdentifier": "last",
    "migration:encryptionInfo": { encryptionAtRestKmsKeyArn: key },
    "migration:encryptionOptions": { useAwsOwnedKey: false, kmsKeyId: key },
    "migration:encryptAtRest": { enabled: true, kmsKeyId: key },
    "migration:nodeToNodeEncryption": { enabled: true },
    "migration:domainEndpointOptions": { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
  };
}

const ROOT_DISK = { encrypted: true, kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/volumes" };

export const samples: Samples = {
  "network/subnet-public-addresses": {
    scene: "network",
    good: [
      { set: { "private-a:mapPublicIpOnLaunch": undefined } },
      { set: { "private-a:$type": "aws:ec2/defaultSubnet:DefaultSubnet" } },
    ],
    bad: [
      { set: { "private-a:mapPublicIpOnLaunch": true } },
      { set: { "private-a:$type": "aws:ec2/defaultSubnet:DefaultSubnet", "private-a:mapPublicIpOnLaunch": undefined }, at: "private-a:mapPublicIpOnLaunch" },
    ],
  },
  "network/machine-public-address": {
    scene: "network",
    good: [
      { set: { "template:networkInterfaces[0].associatePublicIpAddress": undefined } },
      { set: { "template:networkInterfaces[0].networkInterfaceId": "eni-0a1b2c3d" } },
    ],
    bad: [
      { set: { "template:networkInterfaces[0].associatePublicIpAddress": "true" } },
      { set: { "template:$type": "aws:ec2/instance:Instance", "template:associatePublicIpAddress": true, "template:rootBlockDevice": ROOT_DISK }, at: "template:associatePublicIpAddress" },
      { set: { "template:$type": "aws:ec2/spotInstanceRequest:SpotInstanceRequest", "template:associatePublicIpAddress": true, "template:rootBlockDevice": ROOT_DISK }, at: "template:associatePublicIpAddress" },
      { set: { "template:$type": "aws:ec2/launchConfiguration:LaunchConfiguration", "template:associatePublicIpAddress": true, "template:rootBlockDevice": ROOT_DISK }, at: "template:associatePublicIpAddress" },
      { set: { "address:$type": "aws:ecs/service:Service", "address:networkConfiguration": { assignPublicIp: true } }, at: "address:networkConfiguration.assignPublicIp" },
      { set: { "address:$type": "aws:ecs/taskSet:TaskSet", "address:networkConfiguration": { assignPublicIp: true } }, at: "address:networkConfiguration.assignPublicIp" },
      { set: { "address:instance": "i-0a1b2c3d" } },
      { set: { "address:networkInterface": "eni-0a1b2c3d" } },
      { set: { "address:$type": "aws:ec2/eipAssociation:EipAssociation", "address:instanceId": "i-0a1b2c3d" }, at: "address:instanceId" },
      { set: { "address:$type": "aws:ec2/eipAssociation:EipAssociation", "address:networkInterfaceId": "eni-0a1b2c3d" }, at: "address:networkInterfaceId" },
    ],
  },
  "network/metadata-tokens": {
    scene: "network",
    good: [
      { set: { "template:metadataOptions.httpTokens": "optional", "template:metadataOptions.httpEndpoint": "disabled" } },
      { set: { "template:$type": "aws:ec2/instance:Instance", "template:metadataOptions": undefined, "template:launchTemplate": { id: "lt-0a1b2c3d" }, "template:rootBlockDevice": ROOT_DISK } },
      { set: { "template:$type": "aws:ec2/spotInstanceRequest:SpotInstanceRequest", "template:metadataOptions": undefined, "template:launchTemplate": { id: "lt-0a1b2c3d" }, "template:rootBlockDevice": ROOT_DISK } },
    ],
    bad: [
      { set: { "template:metadataOptions.httpTokens": "optional" } },
      { set: { "template:metadataOptions.httpTokens": undefined } },
      { set: { "template:metadataOptions": undefined }, at: "template:metadataOptions.httpTokens", also: ["network/metadata-hops"] },
      { set: { "template:metadataOptions.httpTokens": "optional", "template:$type": "aws:ec2/instance:Instance", "template:launchTemplate": { id: "lt-0a1b2c3d" }, "template:rootBlockDevice": ROOT_DISK } },
      { set: { "template:metadataOptions.httpTokens": "optional", "template:$type": "aws:ec2/instance:Instance", "template:rootBlockDevice": ROOT_DISK } },
      { set: { "template:metadataOptions.httpTokens": "optional", "template:$type": "aws:ec2/launchConfiguration:LaunchConfiguration", "template:rootBlockDevice": ROOT_DISK } },
      { set: { "metadata:httpTokens": "optional" } },
      { set: { "metadata:httpTokens": undefined } },
    ],
  },
  "network/metadata-hops": {
    scene: "network",
    good: [{ set: { "template:metadataOptions.httpPutResponseHopLimit": 2, "template:metadataOptions.httpEndpoint": "disabled" } }],
    bad: [
      { set: { "template:metadataOptions.httpPutResponseHopLimit": 2 } },
      { set: { "template:metadataOptions.httpPutResponseHopLimit": undefined } },
      { set: { "metadata:httpPutResponseHopLimit": -1 } },
    ],
  },
  "network/public-service": {
    scene: "network",
    good: [
      { set: { "migration:publiclyAccessible": undefined } },
      { set: { ...as("aws:msk/cluster:Cluster"), "migration:brokerNodeGroupInfo": { connectivityInfo: { publicAccess: { type: "DISABLED" } } } } },
      { set: { ...as("aws:sagemaker/notebookInstance:NotebookInstance"), "migration:directInternetAccess": "Disabled" } },
      { set: { ...as("aws:msk/cluster:Cluster"), "migration:brokerNodeGroupInfo": { clientSubnets: ["private-a"] } } },
    ],
    bad: [
      { set: { "migration:publiclyAccessible": true } },
      ...["aws:redshift/cluster:Cluster", "aws:mq/broker:Broker"].map((type) => ({ set: { ...as(type), "migration:publiclyAccessible": true }, at: "migration:publiclyAccessible" })),
      ...["aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain"].map((type) => ({ set: as(type), at: "migration:vpcOptions" })),
      { set: { ...as("aws:msk/cluster:Cluster"), "migration:brokerNodeGroupInfo": { connectivityInfo: { publicAccess: { type: "SERVICE_PROVIDED_EIPS" } } } }, at: "migration:brokerNodeGroupInfo.connectivityInfo.publicAccess.type" },
      { set: as("aws:sagemaker/notebookInstance:NotebookInstance"), at: "migration:directInternetAccess" },
      ...["aws:redshiftserverless/workgroup:Workgroup", "aws:neptune/clusterInstance:ClusterInstance", "aws:timestreaminfluxdb/dbInstance:DbInstance"].map((type) => ({
        set: { "migration:$type": type, "migration:$protect": true, "migration:tags": { "data-class": "metrics" }, "migration:publiclyAccessible": true }, at: "migration:publiclyAccessible",
      })),
    ],
  },
  "network/shared-images": {
    scene: "network",
    bad: [
      { set: { "images:state": "unblocked" } },
      { set: { "snapshots:state": "block-new-sharing" } },
      { set: { "images:$type": "aws:ec2/amiLaunchPermission:AmiLaunchPermission", "images:group": "all" }, at: "images:group" },
    ],
  },
  "network/serial-console": {
    scene: "network",
    bad: [{ set: { "console:enabled": true } }, { set: { "console:enabled": undefined } }],
  },
  "network/private-builds": {
    scene: "network",
    bad: [{ set: { "runner:vpcConfig": undefined } }, { set: { "runner:vpcConfig": undefined, "runner:$type": "aws:lambda/function:Function" } }],
  },
};
