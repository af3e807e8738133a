/** Samples of areas/clusterNodes.ts. */
import type { Samples } from "./sample.ts";

/** Of a sample: a second node group. */
function oneMore(subnetIds: string[]) {
  return {
    type: "aws:eks/nodeGroup:NodeGroup",
    name: "more-nodes",
    props: { clusterName: "shop", nodeRoleArn: "arn:aws:iam::123456789012:role/nodes", subnetIds, launchTemplate: { id: "template", version: "1" }, scalingConfig: { minSize: 1, desiredSize: 1, maxSize: 3 } },
  };
}

export const samples: Samples = {
  "cluster/node-template": {
    scene: "cluster",
    bad: [{ set: { "nodes:launchTemplate": undefined } }],
  },
  "cluster/node-login": {
    scene: "cluster",
    good: [{ set: { "nodes:remoteAccess": { ec2SshKey: "operators", sourceSecurityGroupIds: ["sg-0a1b2c3d"] } } }],
    bad: [{ set: { "nodes:remoteAccess": { ec2SshKey: "operators" } } }, { set: { "nodes:remoteAccess": { ec2SshKey: "operators", sourceSecurityGroupIds: [] } } }],
  },
  "cluster/private-subnets": {
    scene: "cluster",
    good: [
      { set: { "private-table:routes[1]": { cidrBlock: "198.51.100.0/24", gatewayId: "internet" } } },
    ],
    bad: [
      { set: { "association-a:routeTableId": "public-table" }, at: "nodes:subnetIds" },
      { set: { "association-b:routeTableId": "public-table" }, at: "cluster:vpcConfig.subnetIds" },
      { set: { "private-table:routes[0]": { cidrBlock: "0.0.0.0/0", gatewayId: "internet" } }, at: "nodes:subnetIds" },
      { set: { "private-table:routes": [] }, add: [{ type: "aws:ec2/route:Route", name: "way-out", props: { routeTableId: "private-table", destinationCidrBlock: "0.0.0.0/0", gatewayId: "internet" } }], at: "nodes:subnetIds" },
    ],
  },
  "cluster/node-zones": {
    scene: "cluster",
    good: [{ remove: ["nodes"] }, { add: [oneMore(["private-a"])] }],
    bad: [{ set: { "nodes:subnetIds": ["private-a"] }, at: "cluster:" }, { set: { "private-b:availabilityZone": "us-east-1a" }, at: "cluster:" }],
  },
  "cluster/node-minimum": {
    scene: "cluster",
    good: [{ set: { "nodes:scalingConfig.minSize": 2 } }],
    bad: [{ set: { "nodes:scalingConfig.minSize": 1 } }, { set: { "nodes:scalingConfig.minSize": undefined } }],
  },
  "cluster/node-image": {
    scene: "cluster",
    good: [{ set: { "nodes:amiType": "BOTTLEROCKET_x86_64" } }, { set: { "nodes:amiType": undefined } }],
    bad: [{ set: { "nodes:amiType": "AL2_x86_64" } }, { set: { "nodes:amiType": "CUSTOM" } }, { set: { "nodes:amiType": "NOT_AL2023_x86_64" } }],
  },
  "cluster/node-updates": {
    scene: "cluster",
    good: [
      { set: { "nodes:updateConfig": undefined } },
      { set: { "nodes:updateConfig": { maxUnavailable: 2 } } },
      { set: { "nodes:updateConfig": { maxUnavailablePercentage: 50 } } },
    ],
    bad: [
      { set: { "nodes:updateConfig.maxUnavailable": 3 } },
      { set: { "nodes:updateConfig.maxUnavailable": 2, "nodes:scalingConfig.minSize": undefined }, at: "nodes:updateConfig.maxUnavailable", also: ["cluster/node-minimum"] },
      { set: { "nodes:updateConfig": { maxUnavailablePercentage: 51 } }, at: "nodes:updateConfig.maxUnavailablePercentage" },
    ],
  },
  "cluster/addons": {
    scene: "cluster",
    good: [{ set: { "cluster:computeConfig": { enabled: true } }, remove: ["dns", "proxy"] }],
    bad: [
      { remove: ["cni"], at: "cluster:" },
      { remove: ["dns"], at: "cluster:" },
      { remove: ["proxy"], at: "cluster:" },
      { set: { "dns:clusterName": "other" }, at: "cluster:" },
    ],
  },
  "cluster/addon-version": {
    scene: "cluster",
    bad: [{ set: { "dns:addonVersion": undefined } }, { set: { "dns:addonVersion": "latest" } }, { set: { "dns:addonVersion": "before-v1.13.2" } }],
  },
  "cluster/addon-conflicts": {
    scene: "cluster",
    good: [{ set: { "dns:resolveConflictsOnUpdate": undefined } }],
    bad: [{ set: { "dns:resolveConflictsOnUpdate": "PRESERVE" } }],
  },
  "cluster/network-policy": {
    scene: "cluster",
    good: [{ set: { "cni:configurationValues.enableNetworkPolicy": true } }],
    bad: [
      { set: { "cni:configurationValues.enableNetworkPolicy": "false" }, at: "cni:configurationValues" },
      { set: { "cni:configurationValues": undefined } },
    ],
  },
};
