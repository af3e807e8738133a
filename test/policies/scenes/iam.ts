import type { SampleResource } from "../../../policies/samples/sample.ts";
import { json } from "./json.ts";

const ACCOUNT = "123456789012";
const OIDC = "token.actions.githubusercontent.com";
const CLUSTER = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const allow = (Action: unknown, Resource: unknown, more: Record<string, unknown> = {}) => ({ Effect: "Allow", Action, Resource, ...more });
const policy = (...Statement: unknown[]) => json({ Version: "2012-10-17", Statement });
const trust = (Principal: unknown, Action: unknown, Condition?: unknown) => policy({ Effect: "Allow", Principal, Action, ...(Condition === undefined ? {} : { Condition }) });
const role = (name: string, assumeRolePolicy: unknown, more: Record<string, unknown> = {}): SampleResource => ({ type: "aws:iam/role:Role", name, props: { name: `shop-${name}`, assumeRolePolicy, ...more } });

/** Roles of machines, pods, pipelines and people, and what they may do. */
export const iam: readonly SampleResource[] = [
  role("worker", trust({ Service: "ec2.amazonaws.com" }, "sts:AssumeRole"), { permissionsBoundary: BOUNDARY }),
  {
    type: "aws:iam/rolePolicy:RolePolicy",
    name: "worker-policy",
    props: { role: "shop-worker", policy: policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::files/*"), allow(["ec2:DescribeVpcs", "ecr:GetAuthorizationToken"], "*")) },
  },
  { type: "aws:iam/policy:Policy", name: "boundary", props: { name: "boundary", policy: policy(allow("*", "*"), { Effect: "Deny", Action: "iam:CreateUser", Resource: "*" }) } },
  role("pod", trust({ Service: "pods.eks.amazonaws.com" }, ["sts:AssumeRole", "sts:TagSession"], {
    StringEquals: { "aws:RequestTag/kubernetes-namespace": "shop", "aws:RequestTag/kubernetes-service-account": "app" },
  }), { permissionsBoundary: BOUNDARY }),
  role("web-identity", trust({ Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${CLUSTER}` }, "sts:AssumeRoleWithWebIdentity", {
    StringEquals: { [`${CLUSTER}:aud`]: "sts.amazonaws.com", [`${CLUSTER}:sub`]: "system:serviceaccount:shop:app" },
  }), { permissionsBoundary: BOUNDARY }),
  role("deploy", trust({ Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${OIDC}` }, "sts:AssumeRoleWithWebIdentity", {
    StringEquals: { [`${OIDC}:aud`]: "sts.amazonaws.com", [`${OIDC}:sub`]: "repo:example/shop:environment:production" },
  })),
  {
    type: "aws:iam/policy:Policy",
    name: "deploy-policy",
    props: {
      name: "shop-deploy",
      policy: policy(
        allow(["ecr:PutImage"], `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/shop`),
        allow("iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/shop-*`, { Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } } }),
        allow(["iam:CreateRole"], `arn:aws:iam::${ACCOUNT}:role/shop-*`, { Condition: { StringEquals: { "iam:PermissionsBoundary": BOUNDARY } } }),
      ),
    },
  },
  { type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: "deploy-rights", props: { role: "shop-deploy", policyArn: `arn:aws:iam::${ACCOUNT}:policy/shop-deploy` } },
  role("operator", trust({ Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/idp` }, "sts:AssumeRoleWithSAML", { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } }), { maxSessionDuration: 28_800 }),
  { type: "aws:ssoadmin/permissionSet:PermissionSet", name: "auditor", props: { name: "auditor", instanceArn: "arn:aws:sso:::instance/ssoins-1", sessionDuration: "PT8H" } },
  {
    type: "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
    name: "auditor-rights",
    props: { instanceArn: "arn:aws:sso:::instance/ssoins-1", permissionSetArn: "arn:aws:sso:::permissionSet/ssoins-1/ps-1", managedPolicyArn: "arn:aws:iam::aws:policy/SecurityAudit" },
  },
  { type: "aws:rolesanywhere/profile:Profile", name: "laboratory", props: { name: "laboratory", enabled: true, durationSeconds: 28_800, roleArns: [`arn:aws:iam::${ACCOUNT}:role/shop-laboratory`] } },
  role("break-glass", trust({ AWS: `arn:aws:iam::${ACCOUNT}:user/on-call` }, "sts:AssumeRole", { Bool: { "aws:MultiFactorAuthPresent": "true" } }), { maxSessionDuration: 3600 }),
  { type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: "break-glass-rights", props: { role: "shop-break-glass", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" } },
  {
    type: "aws:cloudwatch/eventRule:EventRule",
    name: "break-glass-used",
    props: {
      name: "break-glass-used",
      state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      eventPattern: json({ source: ["aws.sts"], detail: { eventName: ["AssumeRole"], requestParameters: { roleArn: [`arn:aws:iam::${ACCOUNT}:role/shop-break-glass`] } } }),
    },
  },
  { type: "aws:cloudwatch/eventTarget:EventTarget", name: "break-glass-page", props: { rule: "break-glass-used", arn: `arn:aws:sns:us-east-1:${ACCOUNT}:pages` } },
  { type: "aws:iam/user:User", name: "on-call", props: { name: "on-call" } },
  { type: "aws:iam/userPoliciesExclusive:UserPoliciesExclusive", name: "no-own-policies", props: { userName: "on-call", policyNames: [] } },
  { type: "aws:iam/userLoginProfile:UserLoginProfile", name: "on-call-login", props: { user: "on-call", passwordResetRequired: true } },
  { type: "aws:iam/userGroupMembership:UserGroupMembership", name: "staff-members", props: { user: "on-call", groups: ["staff"] } },
  {
    type: "aws:iam/groupPolicy:GroupPolicy",
    name: "staff-factor",
    props: { group: "staff", policy: policy({ Effect: "Deny", NotAction: "iam:EnableMFADevice", Resource: "*", Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } } }) },
  },
  { type: "aws:iam/accessKey:AccessKey", name: "retired-key", props: { user: "on-call", status: "Inactive" } },
  {
    type: "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
    name: "passwords",
    props: {
      minimumPasswordLength: 14, passwordReusePrevention: 24, maxPasswordAge: 90,
      requireLowercaseCharacters: true, requireUppercaseCharacters: true, requireNumbers: true, requireSymbols: true,
    },
  },
  {
    type: "aws:lambda/permission:Permission",
    name: "invocation",
    props: { function: "report", action: "lambda:InvokeFunction", principal: "events.amazonaws.com", sourceArn: `arn:aws:events:us-east-1:${ACCOUNT}:rule/nightly` },
  },
  { type: "aws:lambda/layerVersionPermission:LayerVersionPermission", name: "layer", props: { layerName: "agent", versionNumber: 1, action: "lambda:GetLayerVersion", principal: ACCOUNT, statementId: "own" } },
  { type: "aws:cloudwatch/eventPermission:EventPermission", name: "events", props: { principal: "*", statementId: "organization", condition: { key: "aws:PrincipalOrgID", type: "StringEquals", value: "o-a1b2c3d4e5" } } },
  { type: "aws:ec2/vpcEndpointService:VpcEndpointService", name: "endpoint-service", props: { acceptanceRequired: true, allowedPrincipals: [`arn:aws:iam::${ACCOUNT}:root`] } },
  { type: "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple", name: "endpoint-client", props: { vpcEndpointServiceId: "vpce-svc-1", principalArn: `arn:aws:iam::${ACCOUNT}:root` } },
  {
    type: "aws:sqs/queuePolicy:QueuePolicy",
    name: "queue-policy",
    props: {
      queueUrl: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/jobs`,
      policy: policy(
        { Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } },
        { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`, Condition: { Bool: { "aws:SecureTransport": "false" } } },
      ),
    },
  },
];
