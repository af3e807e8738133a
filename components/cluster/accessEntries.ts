/** Who may do what in the cluster, by EKS access entries; there is no aws-auth map. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** One role and the access policy of EKS that it gets, for the whole cluster or for some namespaces. */
export interface AccessGrant {
  /** Short name for the resource, such as `operator`. */
  name?: string;
  roleArn: pulumi.Input<string>;
  /** Name of an EKS access policy: AmazonEKSClusterAdminPolicy, AmazonEKSAdminPolicy, AmazonEKSEditPolicy, AmazonEKSViewPolicy, AmazonEKSAdminViewPolicy. */
  policy: string;
  /** Namespaces that the policy is limited to; without it the whole cluster. */
  namespaces?: string[];
  /** Groups of Kubernetes that its people belong to, for roles of our own. */
  groups?: string[];
}

export interface AccessEntriesArgs {
  clusterName: pulumi.Input<string>;
  grants: AccessGrant[];
  /** The roles, when they are made by the same program: EKS refuses an entry for a role that is not there. */
  after?: pulumi.ComponentResourceOptions["dependsOn"];
}

/** One access entry and one policy for each role. Free of charge. */
export class AccessEntries extends pulumi.ComponentResource {
  constructor(name: string, args: AccessEntriesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:AccessEntries", name, {}, opts);
    args.grants.forEach((grant, index) => this.grant(`${name}-${grant.name ?? `role-${index}`}`, grant, args));
    this.registerOutputs({});
  }

  private grant(name: string, grant: AccessGrant, args: AccessEntriesArgs): void {
    const entry = new aws.eks.AccessEntry(name, {
      clusterName: args.clusterName,
      principalArn: grant.roleArn,
      type: "STANDARD",
      ...(grant.groups === undefined ? {} : { kubernetesGroups: grant.groups }),
    }, { parent: this, dependsOn: args.after });
    new aws.eks.AccessPolicyAssociation(`${name}-policy`, {
      clusterName: args.clusterName,
      principalArn: grant.roleArn,
      policyArn: `arn:aws:eks::aws:cluster-access-policy/${grant.policy}`,
      accessScope: grant.namespaces === undefined ? { type: "cluster" } : { type: "namespace", namespaces: grant.namespaces },
    }, { parent: this, dependsOn: [entry] });
  }
}
