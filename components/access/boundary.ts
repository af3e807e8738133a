/** The most that any role of the stack can ever be given. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./policyDocument.ts";
import { policyDocument } from "./policyDocument.ts";

export interface BoundaryArgs {
  /** `<app>-<stack>`; the policy is `<prefix>-boundary`. */
  prefix: string;
  accountId: string;
}

/** ARN of the boundary, known before it exists. */
export function boundaryArn(prefix: string, accountId: string): string {
  return `arn:aws:iam::${accountId}:policy/${prefix}-boundary`;
}

/**
 * A permissions boundary. Whatever a role's own policies allow, none can make users or static keys, loosen or lose the
 * boundary, silence the audit trail or the threat detection, or leave the organization. The deploy role may create roles
 * only with this boundary, so that it can not give itself more by way of a role it makes.
 *
 * It binds break-glass too: no role of the stack can take down what it watches with. To destroy a stack, an administrator
 * from outside of it runs `pulumi destroy`.
 *
 * Put `transformation` on whatever declares roles and all of them carry the boundary. Free of charge.
 *
 * @example
 * const boundary = new Boundary("boundary", { prefix: "shop-production", accountId });
 * new Network("network", …, { transformations: [boundary.transformation] });
 */
export class Boundary extends pulumi.ComponentResource {
  readonly arn: string;
  /** Sets the boundary on every IAM role below, after the boundary itself. */
  readonly transformation: pulumi.ResourceTransformation;

  constructor(name: string, args: BoundaryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:access:Boundary", name, {}, opts);
    this.arn = boundaryArn(args.prefix, args.accountId);
    const policy = new aws.iam.Policy(name, {
      name: `${args.prefix}-boundary`,
      description: "The most that any role of this stack can do, whatever its own policies say.",
      policy: policyDocument(boundaryStatements(args)),
    }, { parent: this });
    const arn = this.arn;
    this.transformation = ({ type, props, opts: options }) => {
      if (type !== "aws:iam/role:Role") return undefined;
      const after = pulumi.output(options.dependsOn ?? []).apply((given) => [...[given].flat(), policy]);
      return { props: { ...props, permissionsBoundary: arn }, opts: pulumi.mergeOptions(options, { dependsOn: after }) };
    };
    this.registerOutputs({ arn: this.arn });
  }
}

/** A boundary grants nothing; it allows everything that it does not deny, and the roles' own policies decide. */
function boundaryStatements(args: BoundaryArgs): Statement[] {
  return [
    { Sid: "OwnPoliciesDecide", Effect: "Allow", Action: "*", Resource: "*" },
    {
      Sid: "NoUsersAndNoStaticKeys",
      Effect: "Deny",
      Action: ["iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:AddUserToGroup"],
      Resource: "*",
    },
    {
      Sid: "BoundaryStaysOnRoles",
      Effect: "Deny",
      Action: ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"],
      Resource: "*",
    },
    {
      Sid: "BoundaryStaysAsItIs",
      Effect: "Deny",
      Action: ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"],
      Resource: boundaryArn(args.prefix, args.accountId),
    },
    {
      Sid: "AuditStaysOn",
      Effect: "Deny",
      Action: [
        "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel",
        "guardduty:DeleteDetector", "guardduty:DisassociateFromAdministratorAccount", "securityhub:DisableSecurityHub", "access-analyzer:DeleteAnalyzer", "inspector2:Disable",
      ],
      Resource: "*",
    },
    { Sid: "AccountStays", Effect: "Deny", Action: ["organizations:LeaveOrganization", "account:CloseAccount"], Resource: "*" },
  ];
}
