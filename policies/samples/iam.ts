/** Samples of areas/iam.ts. */
import type { Samples } from "./sample.ts";

const attachment = (type: string, props: Record<string, unknown>): { type: string; name: string; props: Record<string, unknown> } => ({ type: `aws:iam/${type}`, name: "added", props });

const FULL_S3 = "arn:aws:iam::aws:policy/AmazonS3FullAccess";

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";

const factorPolicy = (operator: string, value: string, Effect = "Deny"): string => JSON.stringify({ Statement: [{ Effect, NotAction: "iam:EnableMFADevice", Resource: "*", Condition: { [operator]: { "aws:MultiFactorAuthPresent": value } } }] });

export const samples: Samples = {
  "iam/no-full-access": {
    scene: "iam",
    good: [
      { add: [attachment("rolePolicyAttachment:RolePolicyAttachment", { role: "worker", policyArn: "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy" })] },
      { add: [attachment("rolePolicyAttachment:RolePolicyAttachment", { role: "worker", policyArn: "arn:aws:iam::123456789012:policy/ShopFullAccess" })] },
    ],
    bad: [
      { set: { "worker:managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/PowerUserAccess"] }, at: "worker:managedPolicyArns[1]" },
      { set: { "break-glass-rights:policyArn": "arn:aws:iam::aws:policy/job-function/SystemAdministrator" } },
      { set: { "auditor-rights:managedPolicyArn": "arn:aws:iam::aws:policy/IAMFullAccess" } },
      { add: [attachment("rolePolicyAttachment:RolePolicyAttachment", { role: "worker", policyArn: "arn:aws:iam::aws:policy/aws-service-role/sub/CloudWatchLogsFullAccessV2" })], at: "added:policyArn" },
      { add: [attachment("rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", { roleName: "worker", policyArns: [FULL_S3] })], at: "added:policyArns[0]" },
      { add: [attachment("groupPolicyAttachment:GroupPolicyAttachment", { group: "staff", policyArn: FULL_S3 })], at: "added:policyArn" },
      { add: [attachment("groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive", { groupName: "staff", policyArns: [FULL_S3] })], at: "added:policyArns[0]" },
      { add: [attachment("policyAttachment:PolicyAttachment", { name: "all", roles: ["worker"], policyArn: FULL_S3 })], at: "added:policyArn" },
      { add: [attachment("userPolicyAttachment:UserPolicyAttachment", { user: "on-call", policyArn: FULL_S3 })], at: "added:policyArn", also: ["iam/no-user-policies"] },
      { add: [attachment("userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive", { userName: "on-call", policyArns: [FULL_S3] })], at: "added:policyArns[0]", also: ["iam/no-user-policies"] },
    ],
  },
  "iam/administrators-alarmed": {
    scene: "iam",
    good: [
      { remove: ["break-glass-rights"], set: { "break-glass:managedPolicyArns": [ADMIN] } },
      { remove: ["break-glass-rights"], add: [attachment("rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", { roleName: "shop-break-glass", policyArns: [ADMIN] })] },
    ],
    bad: [
      { remove: ["break-glass-used"], at: "break-glass-rights:policyArn" },
      { remove: ["break-glass-page"], at: "break-glass-rights:policyArn", also: ["audit/routes-reach-somebody"] },
      { set: { "break-glass-used:state": "ENABLED" }, at: "break-glass-rights:policyArn" },
      { set: { "break-glass-used:eventPattern.detail.eventName": ["AssumeRoleWithSAML"] }, at: "break-glass-rights:policyArn" },
      { set: { "break-glass-used:eventPattern.detail.requestParameters.roleArn": ["arn:aws:iam::123456789012:role/glass"] }, at: "break-glass-rights:policyArn" },
      { set: { "break-glass-rights:role": "shop-operator" }, at: "break-glass-rights:policyArn" },
      { set: { "worker:managedPolicyArns": [ADMIN] }, at: "worker:managedPolicyArns[0]" },
      { add: [attachment("groupPolicyAttachment:GroupPolicyAttachment", { group: "staff", policyArn: ADMIN })], at: "added:policyArn" },
      { set: { "auditor-rights:managedPolicyArn": ADMIN } },
    ],
  },
  "iam/no-user-policies": {
    scene: "iam",
    good: [{ add: [attachment("policyAttachment:PolicyAttachment", { name: "look", groups: ["staff"], policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" })] }],
    bad: [
      { set: { "no-own-policies:policyNames": ["extra"] } },
      { add: [attachment("userPolicy:UserPolicy", { user: "on-call", policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::files/*" }] }) })], at: "added:user" },
      { add: [attachment("userPolicyAttachment:UserPolicyAttachment", { user: "on-call", policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" })], at: "added:user" },
      { add: [attachment("userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive", { userName: "on-call", policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] })], at: "added:policyArns" },
      { add: [attachment("policyAttachment:PolicyAttachment", { name: "look", users: ["on-call"], policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" })], at: "added:users" },
    ],
  },
  "iam/no-static-keys": {
    scene: "iam",
    bad: [
      { set: { "retired-key:status": "Active" } },
      { set: { "retired-key:status": undefined } },
      { set: { "retired-key:$type": "aws:iam/signingCertificate:SigningCertificate", "retired-key:status": "Active" }, at: "retired-key:status" },
      { set: { "retired-key:$type": "aws:iam/serviceSpecificCredential:ServiceSpecificCredential", "retired-key:status": "Active" }, at: "retired-key:status" },
    ],
  },
  "iam/console-login-mfa": {
    scene: "iam",
    good: [
      { remove: ["staff-factor"], add: [attachment("policy:Policy", { name: "factor", policy: factorPolicy("BoolIfExists", "false") }), { ...attachment("groupPolicyAttachment:GroupPolicyAttachment", { group: "staff", policyArn: "arn:aws:iam::123456789012:policy/factor" }), name: "factor-for-staff" }] },
    ],
    bad: [
      { remove: ["staff-factor"], at: "on-call-login:user" },
      { remove: ["staff-members"], at: "on-call-login:user" },
      { set: { "staff-members:groups": ["guests"] }, at: "on-call-login:user" },
      { set: { "staff-members:user": "somebody" }, at: "on-call-login:user" },
      { set: { "staff-factor:policy": factorPolicy("Bool", "false") }, at: "on-call-login:user" },
      { set: { "staff-factor:policy": factorPolicy("BoolIfExists", "true") }, at: "on-call-login:user" },
      { set: { "staff-factor:policy.Statement[0].Condition": { BoolIfExists: { "aws:SecureTransport": "false" } } }, at: "on-call-login:user" },
      { set: { "staff-factor:policy.Statement[0]": { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::files", Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } } } }, at: "on-call-login:user" },
      { remove: ["staff-factor"], add: [attachment("policy:Policy", { name: "factor", policy: factorPolicy("BoolIfExists", "false") }), { ...attachment("groupPolicyAttachment:GroupPolicyAttachment", { group: "guests", policyArn: "arn:aws:iam::123456789012:policy/factor" }), name: "factor-for-guests" }], at: "on-call-login:user" },
      { remove: ["staff-factor"], add: [attachment("policy:Policy", { name: "factor", policy: factorPolicy("BoolIfExists", "false") }), { ...attachment("groupPolicyAttachment:GroupPolicyAttachment", { group: "staff", policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }), name: "other-for-staff" }], at: "on-call-login:user" },
    ],
  },
  "iam/password-policy": {
    scene: "iam",
    bad: [
      { set: { "passwords:minimumPasswordLength": 13 } },
      { set: { "passwords:passwordReusePrevention": 23 } },
      { set: { "passwords:passwordReusePrevention": undefined } },
      { set: { "passwords:maxPasswordAge": 91 } },
      { set: { "passwords:maxPasswordAge": 0 } },
      { set: { "passwords:maxPasswordAge": undefined } },
      ...["Lowercase", "Uppercase"].map((letters) => ({ set: { [`passwords:require${letters}Characters`]: false } })),
      { set: { "passwords:requireNumbers": false } },
      { set: { "passwords:requireSymbols": undefined } },
    ],
  },
};
