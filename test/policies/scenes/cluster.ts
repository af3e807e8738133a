import type { SampleResource } from "../../../policies/samples/sample.ts";
import { json } from "./json.ts";

const ACCOUNT = "123456789012";
const CI = "token.actions.githubusercontent.com";

const subnets: readonly SampleResource[] = [
  { type: "aws:ec2/internetGateway:InternetGateway", name: "internet", props: { vpcId: "vpc-0a1b2c3d" } },
  ...[["private-a", "us-east-1a", "10.20.0.0/20"], ["private-b", "us-east-1b", "10.20.16.0/20"]].map(([name = "", availabilityZone, cidrBlock]) => ({
    type: "aws:ec2/subnet:Subnet", name, props: { vpcId: "vpc-0a1b2c3d", availabilityZone, cidrBlock, mapPublicIpOnLaunch: false },
  })),
  { type: "aws:ec2/routeTable:RouteTable", name: "private-table", props: { vpcId: "vpc-0a1b2c3d", routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-0a1b2c3d" }] } },
  { type: "aws:ec2/routeTable:RouteTable", name: "public-table", props: { vpcId: "vpc-0a1b2c3d", routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "internet" }] } },
  { type: "aws:ec2/routeTableAssociation:RouteTableAssociation", name: "association-a", props: { subnetId: "private-a", routeTableId: "private-table" } },
  { type: "aws:ec2/routeTableAssociation:RouteTableAssociation", name: "association-b", props: { subnetId: "private-b", routeTableId: "private-table" } },
];

const controlPlane: readonly SampleResource[] = [
  {
    type: "aws:eks/cluster:Cluster",
    name: "cluster",
    protect: true,
    props: {
      name: "shop",
      version: "1.35",
      roleArn: `arn:aws:iam::${ACCOUNT}:role/cluster`,
      vpcConfig: { subnetIds: ["private-a", "private-b"], endpointPrivateAccess: true, endpointPublicAccess: false },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      encryptionConfig: { provider: { keyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/cluster` }, resources: ["secrets"] },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      upgradePolicy: { supportType: "STANDARD" },
      deletionProtection: true,
    },
  },
  ...[["cni", "vpc-cni", "v1.22.4-eksbuild.3"], ["dns", "coredns", "v1.13.2-eksbuild.11"], ["proxy", "kube-proxy", "v1.35.3-eksbuild.18"], ["agent", "eks-pod-identity-agent", "v1.3.10-eksbuild.3"]].map(([name = "", addonName, addonVersion]) => ({
    type: "aws:eks/addon:Addon",
    name,
    props: { clusterName: "shop", addonName, addonVersion, resolveConflictsOnUpdate: "OVERWRITE", ...(name === "cni" ? { configurationValues: json({ enableNetworkPolicy: "true" }) } : {}) },
  })),
];

const nodes: readonly SampleResource[] = [
  {
    type: "aws:ec2/launchTemplate:LaunchTemplate",
    name: "template",
    props: {
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", kmsKeyId: `arn:aws:kms:us-east-1:${ACCOUNT}:key/volumes` } }],
    },
  },
  {
    type: "aws:eks/nodeGroup:NodeGroup",
    name: "nodes",
    props: {
      clusterName: "shop", nodeRoleArn: `arn:aws:iam::${ACCOUNT}:role/nodes`, subnetIds: ["private-a", "private-b"], amiType: "AL2023_x86_64_STANDARD",
      launchTemplate: { id: "template", version: "1" }, scalingConfig: { minSize: 3, desiredSize: 3, maxSize: 10 }, updateConfig: { maxUnavailable: 1 },
    },
  },
];

const access: readonly SampleResource[] = [
  { type: "aws:eks/accessEntry:AccessEntry", name: "view", props: { clusterName: "shop", principalArn: `arn:aws:iam::${ACCOUNT}:role/readonly`, type: "STANDARD" } },
  {
    type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    name: "view-policy",
    props: { clusterName: "shop", principalArn: `arn:aws:iam::${ACCOUNT}:role/readonly`, policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", accessScope: { type: "cluster" } },
  },
  {
    type: "aws:iam/role:Role",
    name: "pipeline",
    props: {
      name: "shop-pipeline",
      assumeRolePolicy: json({
        Version: "2012-10-17",
        Statement: [{
          Effect: "Allow", Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${CI}` }, Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { StringEquals: { [`${CI}:aud`]: "sts.amazonaws.com", [`${CI}:sub`]: "repo:example/shop:environment:production" } },
        }],
      }),
    },
  },
  {
    type: "aws:iam/role:Role",
    name: "emergency",
    props: {
      name: "shop-emergency",
      assumeRolePolicy: json({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/on-call` }, Action: "sts:AssumeRole", Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }],
      }),
    },
  },
  {
    type: "aws:cloudwatch/eventRule:EventRule",
    name: "emergency-taken",
    props: {
      name: "emergency-taken",
      state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      eventPattern: json({ source: ["aws.sts"], detail: { eventName: ["AssumeRole"], requestParameters: { roleArn: [`arn:aws:iam::${ACCOUNT}:role/shop-emergency`] } } }),
    },
  },
  { type: "aws:cloudwatch/eventTarget:EventTarget", name: "emergency-page", props: { rule: "emergency-taken", arn: `arn:aws:sns:us-east-1:${ACCOUNT}:pages` } },
  ...["pipeline", "emergency"].map((role) => ({
    type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    name: `${role}-policy`,
    props: { clusterName: "shop", principalArn: `arn:aws:iam::${ACCOUNT}:role/shop-${role}`, policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", accessScope: { type: "cluster" } },
  })),
  { type: "aws:eks/podIdentityAssociation:PodIdentityAssociation", name: "identity", props: { clusterName: "shop", namespace: "shop", serviceAccount: "shop", roleArn: `arn:aws:iam::${ACCOUNT}:role/shop` } },
  {
    type: "kubernetes:core/v1:ConfigMap",
    name: "config",
    props: { metadata: { name: "coredns-custom", namespace: "kube-system", labels: { "app.kubernetes.io/name": "coredns", "app.kubernetes.io/part-of": "shop" } }, data: { "shop.override": "log" } },
  },
  {
    type: "pulumi:providers:kubernetes",
    name: "kubernetes",
    props: {
      kubeconfig: json({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "shop", cluster: { server: "https://shop.example.com", "certificate-authority-data": "eA==" } }],
        users: [{ name: "shop", user: { exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command: "aws", args: ["eks", "get-token", "--cluster-name", "shop"] } } }],
      }),
    },
  },
];

/** A cluster with private nodes, closed to everybody who is not named. */
export const cluster: readonly SampleResource[] = [...subnets, ...controlPlane, ...nodes, ...access];
