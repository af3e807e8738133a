/** An IAM role for one service account, and the link between the two. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../access/policyDocument.ts";
import { policyDocument } from "../access/policyDocument.ts";
import type { Transform } from "../component.ts";
import { transformed } from "../component.ts";
import type { ClusterIdentity } from "./identity.ts";
import { workloadTrust } from "./identity.ts";

export interface WorkloadRoleArgs {
  /** Where the service account lives and how its pods prove who they are. */
  identity: ClusterIdentity;
  /** `<app>-<stack>`; the role is called `<prefix>-<name of this component>`, cut to IAM's 64 characters by refusal, not silently. */
  prefix: string;
  accountId: string;
  namespace: string;
  serviceAccount: string;
  /** What the pods may do; at least one statement, each with named actions and resources. */
  statements: Statement[];
  transform?: { role?: Transform<aws.iam.RoleArgs> };
}

/**
 * The role that the pods of exactly one service account may take.
 *
 * With Pod Identity the trust names the EKS service, this account and this cluster, namespace and service account
 * (session tags that EKS sets and pods can not); with web identity it names the token's subject and audience.
 * Throws when a statement allows every action or no statement is given. Costs nothing.
 *
 * @example
 * const role = new WorkloadRole("dump", { identity: cluster.identity, prefix: "shop-production", accountId,
 *   namespace: "shop-jobs", serviceAccount: "dump",
 *   statements: [{ Sid: "Write", Effect: "Allow", Action: "s3:PutObject", Resource: `${bucket.arn}/dumps/*` }] });
 */
export class WorkloadRole extends pulumi.ComponentResource {
  readonly roleName: string;
  readonly roleArn: string;
  /** Annotations that the service account needs; none with Pod Identity. */
  readonly annotations: Record<string, string>;
  /** What must be there before a pod starts, or it would run without the role. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: WorkloadRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:WorkloadRole", name, {}, opts);
    check(name, args);
    this.roleName = `${args.prefix}-${name}`;
    this.roleArn = `arn:aws:iam::${args.accountId}:role/${this.roleName}`;
    this.annotations = args.identity.kind === "webIdentity" ? { "eks.amazonaws.com/role-arn": this.roleArn } : {};

    const role = this.role(name, args);
    const policy = this.permissions(name, args, role);
    const association = this.association(name, args, role);
    this.ready = association === undefined ? [policy] : [policy, association];

    this.registerOutputs({ roleArn: this.roleArn, roleName: this.roleName });
  }

  private role(name: string, args: WorkloadRoleArgs): aws.iam.Role {
    return new aws.iam.Role(`${name}-role`, ...transformed(args.transform?.role, {
      name: this.roleName,
      description: `Pods of service account ${args.namespace}/${args.serviceAccount}.`,
      assumeRolePolicy: workloadTrust(args),
      maxSessionDuration: 3600,
      tags: { "service-account": `${args.namespace}/${args.serviceAccount}` },
    }, { parent: this }));
  }

  private permissions(name: string, args: WorkloadRoleArgs, role: aws.iam.Role): aws.iam.RolePolicy {
    return new aws.iam.RolePolicy(`${name}-policy`, { name: "workload", role: role.name, policy: policyDocument(args.statements) }, { parent: this });
  }

  private association(name: string, args: WorkloadRoleArgs, role: aws.iam.Role): aws.eks.PodIdentityAssociation | undefined {
    if (args.identity.kind !== "podIdentity") return undefined;
    return new aws.eks.PodIdentityAssociation(`${name}-association`, {
      clusterName: args.identity.clusterName,
      namespace: args.namespace,
      serviceAccount: args.serviceAccount,
      roleArn: role.arn,
    }, { parent: this, dependsOn: args.identity.dependsOn });
  }
}

function check(name: string, args: WorkloadRoleArgs): void {
  const roleName = `${args.prefix}-${name}`;
  if (roleName.length > 64) {
    throw new Error(`WorkloadRole ${name}: the role name ${roleName} has ${roleName.length} characters and IAM takes 64; shorten the application's or the stack's name.`);
  }
  if (args.statements.length === 0) {
    throw new Error(`WorkloadRole ${name}: statements is empty; a role without permissions is of no use, so leave it out.`);
  }
  const wide = args.statements.find((s) => s.Effect === "Allow" && [s.Action].flat().some((action) => action === "*" || action?.endsWith(":*") === true));
  if (wide !== undefined) {
    throw new Error(`WorkloadRole ${name}: statement ${wide.Sid} allows every action of a service; name the actions that the pods need.`);
  }
}
