/** Requirements, section 1, row "compute". */
import { expect } from "vitest";
import { kept, statement } from "../facts.ts";
import { expectAccepted, expectRefused } from "../refused.ts";
import { at } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";

const row = "compute";
const GROUP = "aws:eks/nodeGroup:NodeGroup";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const CHART = "kubernetes:helm.sh/v4:Chart";
const three = { instanceType: "t3.large", min: 3, desired: 3, max: 10, diskGib: 50, capacityType: "ON_DEMAND", labels: {} };

export const compute: Requirement[] = [
  kept(row, "managed nodes t3.large", [[GROUP, "cluster-nodes-general", { nodeGroupName: "general", instanceTypes: ["t3.large"], capacityType: "ON_DEMAND", amiType: "AL2023_x86_64_STANDARD", version: "1.35", "nodeRepairConfig.enabled": true, "updateConfig.maxUnavailable": 1 }]],
    (p) => expect(at(p.one(GROUP).props, "subnetIds")).toHaveLength(3)),
  kept(row, "3 desired", [[GROUP, "cluster-nodes-general", { "scalingConfig.desiredSize": 3 }]]),
  kept(row, "3–10 autoscaled", [
    [GROUP, "cluster-nodes-general", { "scalingConfig.minSize": 3, "scalingConfig.maxSize": 10 }],
    [CHART, "cluster-services-cluster-autoscaler", { "values.autoDiscovery.clusterName": "shop-production", "values.replicaCount": 2, "values.extraArgs.balance-similar-node-groups": true }],
    ["aws:eks/podIdentityAssociation:PodIdentityAssociation", "cluster-services-cluster-autoscaler-association", { namespace: "kube-system", serviceAccount: "cluster-autoscaler", roleArn: "arn:aws:iam::123456789012:role/shop-production-cluster-autoscaler" }],
    ["aws:iam/rolePolicy:RolePolicy", "cluster-services-cluster-autoscaler-policy", { role: "shop-production-cluster-autoscaler" }],
  ], (p) => expect(statement(p.one("aws:iam/rolePolicy:RolePolicy", "cluster-services-cluster-autoscaler-policy"), "SetSizeOfOwnGroups").Condition).toEqual({ StringEquals: { "aws:ResourceTag/eks:cluster-name": "shop-production" } })),
  kept(row, "encrypted disks", [
    [TEMPLATE, "cluster-nodes-general", { "blockDeviceMappings[0].ebs.encrypted": "true", "blockDeviceMappings[0].ebs.volumeType": "gp3", "blockDeviceMappings[0].ebs.volumeSize": 50, "blockDeviceMappings[0].deviceName": "/dev/xvda" }],
    ["StorageClass", "gp3", { "parameters.encrypted": "true", "metadata.annotations": { "storageclass.kubernetes.io/is-default-class": "true" } }],
  ], (p) => {
    const key = `arn:aws:kms:us-east-1:123456789012:key/${String(p.one("aws:kms/alias:Alias", "keys-volumes-alias").props["targetKeyId"])}`;
    expect(at(p.one(TEMPLATE).props, "blockDeviceMappings[0].ebs.kmsKeyId")).toBe(key);
    expect(at(p.one("StorageClass", "gp3").props, "parameters.kmsKeyId")).toBe(key);
    // Without these two statements nodes with disks under a customer key never start.
    const autoscaling = { StringEquals: { "kms:CallerAccount": "123456789012" }, ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling" } };
    expect(statement(p.one("aws:kms/key:Key", "keys-volumes"), "AutoScalingStartsNodes").Condition).toEqual(autoscaling);
    expect(statement(p.one("aws:kms/key:Key", "keys-volumes"), "AutoScalingGrantsToEc2").Condition).toEqual({ ...autoscaling, Bool: { "kms:GrantIsForAWSResource": "true" } });
    // The group starts machines from this template.
    expect(at(p.one(GROUP).props, "launchTemplate.id")).toMatch(/^lt-/);
    expect(at(p.one(GROUP).props, "diskSize")).toBeUndefined();
  }),
  kept(row, "IMDSv2", [[TEMPLATE, "cluster-nodes-general", { "metadataOptions.httpTokens": "required", "metadataOptions.httpPutResponseHopLimit": 1, "metadataOptions.httpEndpoint": "enabled" }]]),
  {
    row,
    phrase: "autoscaler never fights the program: desired size ignored after creation",
    resources: (p) => p.all(GROUP),
    check: (p) => expect(p.all(GROUP).map(({ ignoreChanges }) => ignoreChanges)).toEqual([["scalingConfig.desiredSize"]]),
  },
  {
    row,
    phrase: "A check adds up requests: both colors, ingress and monitoring fit the minimum nodes with one zone lost",
    resources: () => [],
    check: () => {
      const sum = "live color 5 × 200m/512Mi + idle color 5 × 200m/512Mi + ingress 3 × 100m/256Mi + monitoring 1000m/4Gi";
      expectRefused({ app: { replicas: { min: 5 } } }, "nodes", sum);
      expectRefused({ app: { replicas: { min: 5 } } }, "nodes", "2 of 3 t3.large in general after the loss of one of 3 zones");
      expectAccepted({ app: { replicas: { min: 5 } }, nodes: { general: { ...three, min: 6, desired: 6 } } });
    },
  },
  {
    row,
    phrase: "or configuration is refused with the sum",
    resources: () => [],
    check: () => {
      const told = expectRefused({ app: { replicas: { min: 5 } } }, "nodes", "needed: live color");
      const [, total, services] = /^(\d+)m CPU, .* \+ cluster services (\d+)m\//.exec(told) ?? [];
      // 1000m of each color, 300m of ingress, 1000m of monitoring, and what the cluster's own services take.
      expect(Number(total)).toBe(1000 + 1000 + 300 + 1000 + Number(services));
      expectRefused({ app: { requests: { memory: "2Gi" } } }, "nodes", "live color 3 × 200m/2Gi + idle color 3 × 200m/2Gi");
      expectRefused({ ingress: { requests: { cpu: "900m" } } }, "nodes", "ingress 3 × 900m/256Mi");
    },
  },
];
