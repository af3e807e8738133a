/** How pods of the cluster come to an IAM role. */
import type * as pulumi from "@pulumi/pulumi";

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
