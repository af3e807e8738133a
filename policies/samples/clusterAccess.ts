/** Samples of areas/clusterAccess.ts. */
import type { Samples } from "./sample.ts";

const CI = "token.actions.githubusercontent.com";

const PODS = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";

const trusting = (provider: string, StringEquals: Record<string, string>): string => JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Federated: `arn:aws:iam::123456789012:${provider}` }, Action: "sts:AssumeRoleWithWebIdentity", Condition: { StringEquals } }],
});

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
      // The role is declared elsewhere, its alarm here.
      { set: { "emergency-taken:eventPattern.detail.requestParameters.roleArn[1]": "arn:aws:iam::123456789012:role/other", "emergency-policy:principalArn": "arn:aws:iam::123456789012:role/other" } },
      { set: { "emergency-policy:policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy" } },
    ],
    bad: [
      { set: { "view-policy:policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy" } },
      ...["AmazonEKSAdminPolicy", "AmazonEKSEditPolicy", "AmazonEKSAdminViewPolicy"].map((policy) => ({ set: { "view-policy:policyArn": `arn:aws:eks::aws:cluster-access-policy/${policy}` } })),
      ...["role/deployment-viewer", "role/break-glass", "user/deploy"].map((name) => ({ set: { "emergency-policy:principalArn": `arn:aws:iam::123456789012:${name}` }, at: "emergency-policy:policyArn" })),
      { remove: ["emergency-page"], at: "emergency-policy:policyArn", also: ["audit/routes-reach-somebody"] },
      { set: { "emergency-taken:eventPattern.detail.requestParameters.roleArn": ["arn:aws:iam::123456789012:role/other"] }, at: "emergency-policy:policyArn" },
      { remove: ["pipeline"], at: "pipeline-policy:policyArn" },
      ...[
        { Service: "codebuild.amazonaws.com" }, { AWS: "arn:aws:iam::123456789012:role/ci" }, { Federated: `arn:aws:iam::123456789012:oidc-provider/${CI}`, AWS: "arn:aws:iam::123456789012:role/ci" }, [],
      ].map((principal) => ({ set: { "pipeline:assumeRolePolicy.Statement[0].Principal": principal }, at: "pipeline-policy:policyArn" })),
      { set: { "pipeline:assumeRolePolicy": trusting(`oidc-provider/${PODS}`, { [`${PODS}:aud`]: "sts.amazonaws.com", [`${PODS}:sub`]: "system:serviceaccount:shop:app" }) }, at: "pipeline-policy:policyArn" },
      { set: { "pipeline:assumeRolePolicy": trusting("saml-provider/idp", { "SAML:aud": "https://signin.aws.amazon.com/saml" }) }, at: "pipeline-policy:policyArn" },
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
