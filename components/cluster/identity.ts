/** How pods of the cluster come to an IAM role. */
import type * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../access/policyDocument.ts";

/**
 * EKS Pod Identity (the agent on the node hands out the role that an association names), or web identity
 * (the pod's own service-account token is exchanged at STS) for clusters that are not EKS.
 */
export type ClusterIdentity =
  | { kind: "podIdentity"; clusterName: pulumi.Input<string>; clusterArn: string; dependsOn: pulumi.Resource[] }
  | { kind: "webIdentity"; providerArn: string; issuer: string };

/** `arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/1` → `oidc.example.com/id/1`, the prefix of the condition keys. */
export function issuerOf(providerArn: string): string {
  const [, issuer] = /:oidc-provider\/(.+)$/.exec(providerArn) ?? [];
  if (issuer === undefined) {
    throw new Error(`Cluster: oidcProviderArn ${providerArn} is not the ARN of an IAM OIDC provider (arn:aws:iam::<account>:oidc-provider/<issuer>).`);
  }
  return issuer;
}

/** Who may take a role: the pods of one service account and nobody else. */
export interface TrustedWorkload {
  identity: ClusterIdentity;
  accountId: string;
  namespace: string;
  serviceAccount: string;
}

/**
 * Trust policy of a workload's role. With Pod Identity it compares session tags that EKS sets and pods can not
 * (EKS user guide, "Pod Identity" on session tags and on the confused deputy); with web identity, subject and audience of the token.
 */
export function workloadTrust(workload: TrustedWorkload): pulumi.Output<string> {
  return workload.identity.kind === "podIdentity" ? podIdentityTrust(workload, workload.identity.clusterArn) : webIdentityTrust(workload, workload.identity);
}

function podIdentityTrust(workload: TrustedWorkload, clusterArn: string): pulumi.Output<string> {
  return policyDocument([{
    Sid: "PodIdentity",
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:SourceAccount": workload.accountId,
        "aws:RequestTag/kubernetes-namespace": workload.namespace,
        "aws:RequestTag/kubernetes-service-account": workload.serviceAccount,
      },
      ArnEquals: { "aws:SourceArn": clusterArn },
    },
  }]);
}

function webIdentityTrust(workload: TrustedWorkload, identity: { providerArn: string; issuer: string }): pulumi.Output<string> {
  return policyDocument([{
    Sid: "WebIdentity",
    Effect: "Allow",
    Principal: { Federated: identity.providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${identity.issuer}:sub`]: `system:serviceaccount:${workload.namespace}:${workload.serviceAccount}`,
        [`${identity.issuer}:aud`]: "sts.amazonaws.com",
      },
    },
  }]);
}
