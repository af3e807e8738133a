/** Samples of areas/iamGrants.ts. */
import type { Samples } from "./sample.ts";

const statement = (Action: unknown, Resource: unknown, more: Record<string, unknown> = {}): Record<string, unknown> => ({ Effect: "Allow", Action, Resource, ...more });

const document = (...statements: unknown[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });

const OWN = "worker-policy:policy.Statement[0]";

const add = (type: string, props: Record<string, unknown>): { type: string; name: string; props: Record<string, unknown> } => ({ type, name: "added", props });

export const samples: Samples = {
  "iam/no-wildcard-actions": {
    scene: "iam",
    good: [
      { set: { [`${OWN}.Action`]: ["s3:GetObject*", "s3:List*"] } },
      { set: { "worker-policy:policy.Statement[2]": { Effect: "Deny", Action: "s3:*", Resource: "*" } } },
    ],
    bad: [
      { set: { [`${OWN}.Action`]: "s3:*" } },
      { set: { [`${OWN}.Action[1]`]: "s3:Put*" } },
      { set: { [`${OWN}.Action[0]`]: "s3:?etObject" } },
      { set: { [`${OWN}.Action[0]`]: "s3:*Object" } },
      { set: { [`${OWN}.Action[0]`]: "s3:Get*Acl" } },
      { set: { [`${OWN}.Action`]: "*" } },
      { set: { "worker-policy:policy": JSON.stringify({ Statement: statement("s3:*", "arn:aws:s3:::files/*") }) }, at: "worker-policy:policy.Statement.Action" },
      { set: { "worker:inlinePolicies": [{ name: "extra", policy: document(statement("sqs:*", "arn:aws:sqs:us-east-1:123456789012:jobs")) }] }, at: "worker:inlinePolicies[0].policy.Statement[0].Action" },
      { add: [add("aws:iam/groupPolicy:GroupPolicy", { group: "staff", policy: document(statement("sqs:*", "arn:aws:sqs:us-east-1:123456789012:jobs")) })], at: "added:policy.Statement[0].Action" },
      { set: { "queue-policy:policy.Statement[0].Action": "sqs:*" } },
    ],
  },
  "iam/no-wildcard-policies": {
    scene: "iam",
    good: [
      { set: { "deploy-policy:policy.Statement[0].Action": ["ecr:BatchGet*"] } },
      { set: { "boundary:policy.Statement[0].Action": "ec2:*" } },
    ],
    bad: [
      { set: { "deploy-policy:policy.Statement[0].Action": "ecr:*" } },
      { remove: ["worker"], set: { "pod:permissionsBoundary": undefined, "web-identity:permissionsBoundary": undefined }, at: "boundary:policy.Statement[0].Action" },
      { add: [add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role: "worker", policyArn: "arn:aws:iam::123456789012:policy/boundary" })], at: "boundary:policy.Statement[0].Action" },
      { add: [add("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", { roleName: "worker", policyArns: ["arn:aws:iam::123456789012:policy/boundary"] })], at: "boundary:policy.Statement[0].Action" },
      { add: [add("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", { group: "staff", policyArn: "arn:aws:iam::123456789012:policy/boundary" })], at: "boundary:policy.Statement[0].Action" },
      { add: [add("aws:iam/policyAttachment:PolicyAttachment", { name: "wide", groups: ["staff"], policyArn: "arn:aws:iam::123456789012:policy/boundary" })], at: "boundary:policy.Statement[0].Action" },
      { set: { "worker:managedPolicyArns": ["arn:aws:iam::123456789012:policy/boundary"] }, at: "boundary:policy.Statement[0].Action" },
      { add: [add("aws:iam/policy:Policy", { name: "wide", policy: document(statement("ecr:*", "arn:aws:ecr:us-east-1:123456789012:repository/shop")) })], at: "added:policy.Statement[0].Action" },
    ],
  },
  "iam/no-exclusions": {
    scene: "iam",
    good: [{ set: { "worker-policy:policy.Statement[2]": { Effect: "Deny", NotAction: "s3:GetObject", NotResource: "arn:aws:s3:::files/*" } } }],
    bad: [
      { set: { [`${OWN}.Action`]: undefined, [`${OWN}.NotAction`]: ["iam:CreateUser"] }, at: `${OWN}.NotAction` },
      { set: { [`${OWN}.Resource`]: undefined, [`${OWN}.NotResource`]: "arn:aws:s3:::audit/*" }, at: `${OWN}.NotResource` },
      { set: { "deploy-policy:policy.Statement[0].Resource": undefined, "deploy-policy:policy.Statement[0].NotResource": "arn:aws:ecr:us-east-1:123456789012:repository/other" }, at: "deploy-policy:policy.Statement[0].NotResource" },
      { set: { "queue-policy:policy.Statement[0].Action": undefined, "queue-policy:policy.Statement[0].NotAction": "sqs:DeleteQueue" }, at: "queue-policy:policy.Statement[0].NotAction" },
    ],
  },
  "iam/no-wildcard-resources": {
    scene: "iam",
    good: [
      { set: { "worker-policy:policy.Statement[1].Action": ["ec2:Describe*", "ecr:GetAuthorizationToken", "ssmmessages:OpenDataChannel", "kms:CreateKey", "s3:ListAllMyBuckets"] } },
      { set: { "worker-policy:policy.Statement[1]": statement("ec2:RunInstances", "*", { Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } } }) } },
      { set: { "worker-policy:policy.Statement[1]": statement("ec2:RunInstances", "*", { Condition: { StringLike: { "aws:RequestedRegion": "us-*" } } }) } },
      { set: { [`${OWN}.Resource`]: "arn:aws:s3:::files-*/*" } },
      { set: { [`${OWN}.Resource`]: ["arn:aws:s3:*:123456789012:accesspoint/shop-*", "arn:aws:s3:::files/*"] } },
      // Other wildcards than one at the end are refused, by a rule of their own.
      { set: { "worker-policy:policy.Statement[1].Action": ["ecr:Describe*", "s3:GetBucket*", "lambda:GetFunctionC*", "logs:ListTags*"] } },
      ...[
        "arn:aws:sns:us-east-1:123456789012:alerts:*", "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*", "arn:aws:lambda:us-east-1:123456789012:function:shop:*", "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/shop",
        "arn:aws:route53:::hostedzone/*", "arn:aws:acm:*:123456789012:certificate/*", "arn:aws:cloudfront::123456789012:*", "arn:aws:backup:us-east-1:123456789012:backup-plan:*", "arn:aws:iam::123456789012:oidc-provider/*", "arn:aws:kms:*:123456789012:key/*",
      ].map((resource) => ({ set: { [`${OWN}`]: statement("x:Change", resource) } })),
      ...[
        { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } }, { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/shop-*" } }, { StringLike: { "aws:ResourceTag/app": "shop-*" } },
        { StringLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::files/*" } }, { ArnLike: { "kms:EncryptionContext:aws:s3:arn": "arn:*:s3:::files/*" } }, { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": "arn:*:sns:*:123456789012:*" } }, { StringEquals: { "aws:ResourceTag/owner": "${aws:PrincipalTag/owner}" } },
      ].map((Condition) => ({ set: { "worker-policy:policy.Statement[1]": statement("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/*", { Condition }) } })),
    ],
    bad: [
      { set: { [`${OWN}.Resource`]: "*" } },
      { set: { [`${OWN}.Resource`]: ["arn:aws:s3:::files/*", "arn:aws:s3:::*"] }, at: `${OWN}.Resource[1]` },
      { set: { [`${OWN}.Resource`]: "arn:aws:s3:::*/*" } },
      { set: { [`${OWN}.Resource`]: "arn:aws:s3:*:*:*" } },
      { set: { [`${OWN}.Resource`]: "arn:*" } },
      { set: { [`${OWN}.Resource`]: "**" } },
      ...["secretsmanager:Get*", "s3:Get*", "s3:GetObjectV*", "ssm:Get*", "lambda:Get*", "dynamodb:BatchGet*"].map((action) => (
        { set: { "worker-policy:policy.Statement[1].Action": ["ec2:DescribeVpcs", action] }, at: "worker-policy:policy.Statement[1].Resource" })),
      ...[
        ["secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:*"], ["secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:*"], ["sqs:DeleteQueue", "arn:aws:sqs:us-east-1:123456789012:*"],
        ["lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:*"], ["dynamodb:DeleteTable", "arn:aws:dynamodb:us-east-1:123456789012:table/*"], ["dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:123456789012:table/*/*"],
        ["kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/*"], ["kms:Decrypt", "arn:aws:kms:*:*:key/*"], ["kms:ScheduleKeyDeletion", "arn:aws:kms:*:*:key/*"], ["s3:PutObject", "arn:aws:s3:us-east-1:123456789012:accesspoint/*"], ["ec2:TerminateInstances", "arn:aws:ec2:us-east-1:*:instance/*"],
        ["backup:DeleteBackupVault", "arn:aws:backup:us-east-1:123456789012:backup-vault:*"], ["iam:CreateServiceLinkedRole", "arn:aws:iam::123456789012:role/*"], ["rds-db:connect", "arn:aws:rds-db:us-east-1:123456789012:dbuser:*/*"],
      ].map(([action, resource]) => ({ set: { [`${OWN}`]: statement(action, ["arn:aws:s3:::files/*", resource]) }, at: `${OWN}.Resource[1]` })),
      // Where AWS chooses the ids, all are open to change, none to reading.
      { set: { [`${OWN}`]: statement(["kms:TagResource", "kms:ReEncryptFrom"], "arn:aws:kms:us-east-1:123456789012:key/*") }, at: `${OWN}.Resource` },
      // A region is no limit for reading.
      { set: { "worker-policy:policy.Statement[1]": statement("secretsmanager:GetSecretValue", "*", { Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } } }) }, at: "worker-policy:policy.Statement[1].Resource" },
      ...[
        { StringLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::shop-*" } }, { StringLike: { "kms:ViaService": "s*.us-east-1.amazonaws.com" } }, { StringLike: { "kms:ResourceAliases": "alias/*" } }, { "ForAllValues:StringEquals": { "kms:ResourceAliases": "alias/shop" } },
        { StringEquals: { "aws:ResourceTag/owner": ["shop", "${aws:ResourceTag/owner}"] } }, { Bool: { "kms:GrantIsForAWSResource": "true" } }, { StringLike: { "aws:ResourceTag/app": "?hop" } }, { StringLike: { "aws:ResourceAccount": "1234*" } },
      ].map((Condition) => ({ set: { "worker-policy:policy.Statement[1]": statement("kms:Decrypt", "*", { Condition }) }, at: "worker-policy:policy.Statement[1].Resource" })),
      ...["secretsmanager:GetSecretValue", "ssm:GetParametersByPath", "dynamodb:BatchGetItem", "lambda:GetFunction", "logs:FilterLogEvents", "s3:GetObject", "kms:Decrypt", "ec2:TerminateInstances", "iam:CreateServiceLinkedRole", "ecr:GetDownloadUrlForLayer"].map((action) => (
        { set: { "worker-policy:policy.Statement[1].Action": ["ec2:DescribeVpcs", action] }, at: "worker-policy:policy.Statement[1].Resource" })),
      ...[
        { Bool: { "aws:MultiFactorAuthPresent": "true" } }, { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, { StringEquals: { "aws:PrincipalTag/team": "shop" } },
        { StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } }, { StringEqualsIfExists: { "aws:ResourceTag/app": "shop" } }, { Null: { "aws:ResourceTag/app": "false" } }, { StringLike: { "aws:ResourceTag/app": "*" } },
      ].map((Condition) => ({ set: { "worker-policy:policy.Statement[1]": statement("ec2:TerminateInstances", "*", { Condition }) }, at: "worker-policy:policy.Statement[1].Resource" })),
      { set: { "deploy-policy:policy.Statement[0].Resource": "*" } },
    ],
  },
  "iam/pass-role": {
    scene: "iam",
    good: [{ set: { "deploy-policy:policy.Statement[1].Resource": ["arn:aws:iam::123456789012:role/shop-*", "arn:aws:iam::*:role/service-role/shop"] } }],
    bad: [
      { set: { "deploy-policy:policy.Statement[1].Resource": "*" } },
      { set: { "deploy-policy:policy.Statement[1].Resource": ["arn:aws:iam::123456789012:role/shop-worker", "arn:aws:iam::123456789012:role/*"] }, at: "deploy-policy:policy.Statement[1].Resource[1]" },
      { set: { "deploy-policy:policy.Statement[1].Resource": "arn:aws:iam::123456789012:*" } },
      { set: { "deploy-policy:policy.Statement[1].Resource": "arn:aws:iam::123456789012:role*" } },
    ],
  },
  "iam/escalation": {
    scene: "iam",
    good: [{ set: { "deploy-policy:policy.Statement[3]": statement("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}") } }],
    bad: [
      { set: { "deploy-policy:policy.Statement[3]": statement("iam:CreatePolicyVersion", "*") }, at: "deploy-policy:policy.Statement[3].Resource" },
      ...[
        "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy", "iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:AttachGroupPolicy", "iam:PutGroupPolicy", "iam:AddUserToGroup",
        "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeactivateMFADevice", "sts:AssumeRole",
      ].map((action) => ({ set: { "deploy-policy:policy.Statement[3]": statement(action, "arn:aws:iam::123456789012:user/*") }, at: "deploy-policy:policy.Statement[3].Resource" })),
    ],
  },
  "iam/role-makers-bounded": {
    scene: "iam",
    good: [
      ...["arn:aws:iam::${aws:PrincipalAccount}:policy/boundary", "arn:aws:iam::aws:policy/PowerUserAccess"].map((boundary) => ({ set: { "deploy-policy:policy.Statement[2].Condition.StringEquals": { "iam:PermissionsBoundary": boundary } } })),
      { set: { "deploy-policy:policy.Statement[2].Condition": { ArnLike: { "iam:PermissionsBoundary": "arn:*:iam::123456789012:policy/boundary-*" } } } },
    ],
    bad: [
      { set: { "deploy-policy:policy.Statement[2].Condition": undefined }, at: "deploy-policy:policy.Statement[2].Action[0]" },
      ...["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:CreateUser", "iam:PutUserPermissionsBoundary"].map((action) => (
        { set: { "deploy-policy:policy.Statement[2]": statement(["iam:TagRole", action], "arn:aws:iam::123456789012:role/shop-*") }, at: "deploy-policy:policy.Statement[2].Action[1]" })),
      { set: { "deploy-policy:policy.Statement[2].Condition.StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } }, at: "deploy-policy:policy.Statement[2].Action[0]" },
      { set: { "deploy-policy:policy.Statement[2].Condition": { StringLike: { "iam:PermissionsBoundary": "arn:*" } } }, at: "deploy-policy:policy.Statement[2].Action[0]" },
      { set: { "deploy-policy:policy.Statement[2].Condition": { StringLike: { "iam:PermissionsBoundary": "arn:*:iam::123456789012:policy/boundary" } } }, at: "deploy-policy:policy.Statement[2].Action[0]" },
      { set: { "deploy-policy:policy.Statement[2].Condition": { StringNotEquals: { "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary" } } }, at: "deploy-policy:policy.Statement[2].Action[0]" },
    ],
  },
  "iam/public-permissions": {
    scene: "iam",
    good: [
      { set: { "invocation:principal": "*" } },
      { set: { "invocation:principal": "*", "invocation:sourceArn": undefined, "invocation:principalOrgId": "o-a1b2c3d4e5" } },
      { set: { "invocation:principal": "*", "invocation:sourceArn": undefined, "invocation:sourceAccount": "123456789012" } },
      { set: { "layer:principal": "*", "layer:organizationId": "o-a1b2c3d4e5" } },
      { set: { "invocation:sourceArn": undefined } },
    ],
    bad: [
      { set: { "invocation:principal": "*", "invocation:sourceArn": undefined }, at: "invocation:principal" },
      { set: { "invocation:principal": "*", "invocation:sourceArn": "arn:aws:events:*:*:rule/*" }, at: "invocation:principal" },
      { set: { "layer:principal": "*" } },
      { set: { "events:condition": undefined }, at: "events:principal" },
      { set: { "endpoint-service:allowedPrincipals": ["arn:aws:iam::123456789012:root", "*"] }, at: "endpoint-service:allowedPrincipals[1]" },
      { set: { "endpoint-client:principalArn": "*" } },
    ],
  },
  "iam/public-resource-policies": {
    scene: "iam",
    good: [
      { set: { "queue-policy:policy.Statement[0].Principal": "*" } },
      ...[
        { ArnLike: { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:*" } }, { StringLike: { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:*" } }, { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::files" } }, { StringEquals: { "aws:SourceOrgID": "o-a1b2c3d4e5" } },
        { StringEquals: { "aws:SourceVpce": ["vpce-0a1b2c3d", "vpce-1a2b3c4d"] } }, { StringLike: { "aws:userid": "AROAEXAMPLEID:*" } }, { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "203.0.113.7", "2001:db8::/32"] } },
        { Bool: { "aws:SecureTransport": "true" }, StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
      ].map((Condition) => ({ set: { "queue-policy:policy.Statement[0].Principal": "*", "queue-policy:policy.Statement[0].Condition": Condition } })),
    ],
    bad: [
      { set: { "queue-policy:policy.Statement[0].Principal": "*", "queue-policy:policy.Statement[0].Condition": undefined }, at: "queue-policy:policy.Statement[0]" },
      ...[
        { StringLike: { "aws:PrincipalArn": "arn:*" } }, { StringLike: { "aws:PrincipalArn": "a*" } }, { ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:*" } }, { ArnLike: { "aws:SourceArn": "arn:aws:s3:::shop-*" } }, { ArnLike: { "aws:SourceArn": "arn:aws:sns:us-east-1:12345678901?:jobs" } },
        { StringLike: { "aws:SourceArn": "arn:aws:sns:*:123456789012:jobs" } }, { ArnLike: { "aws:SourceArn": "arn:aws:route53:::hostedzone/*" } }, { StringLike: { "aws:PrincipalOrgID": "o-*" } }, { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-*/r-1234/" } },
        { StringLike: { "aws:SourceAccount": "1*" } }, { StringEquals: { "aws:SourceAccount": ["123456789012", "*"] } }, { StringLike: { "aws:SourceVpce": "vpce-*" } }, { StringLike: { "aws:userid": "*:session" } }, { StringEquals: { "aws:SourceAccount": "${aws:SourceAccount}" } },
        { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }, { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "::/1"] } }, { StringLike: { "aws:SourceIp": "2*" } }, { StringEquals: { "aws:PrincipalType": "Account" } }, { StringEquals: { "aws:SourceAccountX": "123456789012" } },
        { "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }, { StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } },
      ].map((Condition) => ({ set: { "queue-policy:policy.Statement[0].Principal": "*", "queue-policy:policy.Statement[0].Condition": Condition }, at: "queue-policy:policy.Statement[0]" })),
      { set: { "queue-policy:policy.Statement[0].Principal": { AWS: ["*"] }, "queue-policy:policy.Statement[0].Condition": { StringNotEquals: { "aws:SourceAccount": "123456789012" } } }, at: "queue-policy:policy.Statement[0]" },
    ],
  },
};
