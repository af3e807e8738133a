/** Samples of areas/clusterAccess.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "cluster/access-mode": {
    scene: "cluster",
    bad: [
      { set: { "cluster:accessConfig.authenticationMode": "API_AND_CONFIG_MAP" } },
      { set: { "cluster:accessConfig.authenticationMode": undefined } },
    ],
  },
  "cluster/creator-admin": {
    scene: "cluster",
    bad: [
      { set: { "cluster:accessConfig.bootstrapClusterCreatorAdminPermissions": true } },
      { set: { "cluster:accessConfig.bootstrapClusterCreatorAdminPermissions": undefined } },
    ],
  },
  "cluster/no-aws-auth": {
    scene: "cluster",
    good: [{ set: { "config:metadata.name": "aws-auth", "config:metadata.namespace": "shop" } }],
    bad: [{ set: { "config:metadata.name": "aws-auth" } }],
  },
  "cluster/access-principal": {
    scene: "cluster",
    good: [{ set: { "view:principalArn": "arn:aws-us-gov:iam::123456789012:role/teams/readonly" } }],
    bad: [
      { set: { "view:principalArn": "arn:aws:iam::123456789012:user/alex" } },
      { set: { "view:principalArn": "arn:aws:iam::123456789012:root" } },
      { set: { "view:principalArn": "arn:aws:iam::123456789012:role/*" } },
      { set: { "view:principalArn": "arn:aws:iam::123456789012:role/read*" } },
      { set: { "view:principalArn": "*" } },
    ],
  },
  "cluster/admin-access": {
    scene: "cluster",
    good: [
      { set: { "view-policy:policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy", "view-policy:accessScope": { type: "namespace", namespaces: ["shop"] } } },
      { set: { "view-policy:policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "view-policy:principalArn": "arn:aws:iam::123456789012:role/shop-BreakGlass" } },
      { set: { "view-policy:policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "view-policy:principalArn": "arn:aws:iam::123456789012:role/ci/deploy" } },
    ],
    bad: [
      { set: { "view-policy:policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy" } },
      ...["AmazonEKSAdminPolicy", "AmazonEKSEditPolicy", "AmazonEKSAdminViewPolicy"].map((policy) => ({ set: { "view-policy:policyArn": `arn:aws:eks::aws:cluster-access-policy/${policy}` } })),
      { set: { "view-policy:principalArn": "arn:aws:iam::123456789012:user/deploy", "view-policy:policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy" }, at: "view-policy:policyArn" },
    ],
  },
  "cluster/kubeconfig-keys": {
    scene: "cluster",
    good: [{ set: { "kubernetes:kubeconfig": "users:\n- name: shop\n  user:\n    exec:\n      command: aws\n      args: [eks, get-token]\n" } }, { set: { "kubernetes:kubeconfig.users[0].name": "token" } }, { set: { "kubernetes:kubeconfig": undefined } }],
    bad: [
      { set: { "kubernetes:kubeconfig.users[0].user": { token: "x" } }, at: "kubernetes:kubeconfig" },
      { set: { "kubernetes:kubeconfig": "users:\n- name: shop\n  user:\n    client-key-data: eA==\n" } },
      { set: { "kubernetes:kubeconfig": "users:\n- name: shop\n  user: { password: x }\n" } },
      { set: { "kubernetes:kubeconfig": "token : x" } },
      { set: { "kubernetes:kubeconfig.users[0].user": { "client-certificate-data": "eA==", "client-key-data": "eA==" } }, at: "kubernetes:kubeconfig" },
      { set: { "kubernetes:kubeconfig.users[0].user.exec.env": [{ name: "AWS_SECRET_ACCESS_KEY", value: "x" }] }, at: "kubernetes:kubeconfig" },
    ],
  },
  "cluster/kubeconfig-tls": {
    scene: "cluster",
    good: [{ set: { 'kubernetes:kubeconfig.clusters[0].cluster["insecure-skip-tls-verify"]': false } }],
    bad: [
      { set: { 'kubernetes:kubeconfig.clusters[0].cluster["insecure-skip-tls-verify"]': true }, at: "kubernetes:kubeconfig" },
      { set: { "kubernetes:kubeconfig": "clusters:\n- cluster:\n    insecure-skip-tls-verify: true\n" } },
    ],
  },
  "cluster/pod-identity-agent": {
    scene: "cluster",
    bad: [
      { remove: ["agent"], at: "identity:clusterName" },
      { set: { "agent:clusterName": "other" }, at: "identity:clusterName" },
      { set: { "agent:addonName": "aws-ebs-csi-driver" }, at: "identity:clusterName" },
    ],
  },
};
