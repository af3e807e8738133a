/** The kubeconfig of an EKS cluster: no token in it, the AWS CLI makes one when it is used. */
import * as pulumi from "@pulumi/pulumi";

export interface EksKubeconfigArgs {
  clusterName: string;
  region: string;
  endpoint: pulumi.Input<string>;
  /** Base64 of the cluster's certificate authority. */
  certificateAuthority: pulumi.Input<string>;
}

/** JSON (which every reader of kubeconfigs takes) with `aws eks get-token` as the credential plugin. */
export function eksKubeconfig(args: EksKubeconfigArgs): pulumi.Output<string> {
  return pulumi.jsonStringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": args.clusterName,
    clusters: [{ name: args.clusterName, cluster: { server: args.endpoint, "certificate-authority-data": args.certificateAuthority } }],
    contexts: [{ name: args.clusterName, context: { cluster: args.clusterName, user: args.clusterName } }],
    users: [{
      name: args.clusterName,
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1beta1",
          command: "aws",
          args: ["--region", args.region, "eks", "get-token", "--cluster-name", args.clusterName, "--output", "json"],
          interactiveMode: "Never",
        },
      },
    }],
  });
}
