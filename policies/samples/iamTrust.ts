/** Samples of areas/iamTrust.ts. */
import type { Samples } from "./sample.ts";

const OIDC = "token.actions.githubusercontent.com";

const USERS = "arn:aws:iam::123456789012:user/on-call";

const PARTNER = "arn:aws:iam::210987654321:role/scanner";

const CLUSTER = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";

const trust = (Principal: unknown, Condition?: unknown): { Version: string; Statement: unknown[] } => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...(Condition === undefined ? {} : { Condition }) }] });

const text = (document: unknown): string => JSON.stringify(document);

const first = (role: string, type: string): string => `${role}:assumeRolePolicy.Statement[0].Principal.${type}`;

export const samples: Samples = {
  "iam/trust-no-wildcard": {
    scene: "iam",
    good: [{ set: { "break-glass:assumeRolePolicy.Statement[1]": { Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" } } }],
    bad: [
      { set: { "worker:assumeRolePolicy.Statement[0].Principal": "*" } },
      { set: { "worker:assumeRolePolicy.Statement[0].Principal": { AWS: "*" } }, at: first("worker", "AWS") },
      { set: { "worker:assumeRolePolicy.Statement[0].Principal": { AWS: [PARTNER, "*"] } }, at: `${first("worker", "AWS")}[1]`, also: ["iam/trust-other-accounts"] },
      { set: { "worker:assumeRolePolicy": text({ Statement: [{ Effect: "Allow", NotPrincipal: { AWS: PARTNER }, Action: "sts:AssumeRole" }] }) }, at: "worker:assumeRolePolicy.Statement[0].NotPrincipal" },
      // A statement alone, without the list around it.
      { set: { "worker:assumeRolePolicy": text({ Statement: { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" } }) }, at: "worker:assumeRolePolicy.Statement.Principal" },
    ],
  },
  "iam/trust-people-mfa": {
    scene: "iam",
    good: [
      { set: { "break-glass:assumeRolePolicy.Statement[0].Condition": { Bool: { "AWS:MultiFactorAuthPresent": [true] } } } },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: "arn:aws:iam::210987654321:root" }, { StringEquals: { "sts:ExternalId": "c2f1" } })) } },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: "123456789012" }, { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/shop-*" } })) } },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: "arn:aws:iam::123456789012:role/root" })) } },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: ["AROAJQABLZS4A3QDU576Q", "arn:aws:iam::123456789012:role/AIDA"] })) } },
    ],
    bad: [
      { set: { "break-glass:assumeRolePolicy.Statement[0].Condition": undefined }, at: first("break-glass", "AWS") },
      { set: { "break-glass:assumeRolePolicy.Statement[0].Condition.Bool": { "aws:MultiFactorAuthPresent": "false" } }, at: first("break-glass", "AWS") },
      { set: { "break-glass:assumeRolePolicy.Statement[0].Condition.Bool": { "aws:SecureTransport": "true" } }, at: first("break-glass", "AWS") },
      { set: { "break-glass:assumeRolePolicy.Statement[0].Condition": { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } } }, at: first("break-glass", "AWS") },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: ["arn:aws:iam::123456789012:role/ci", "arn:aws:iam::123456789012:root"] })) }, at: `${first("worker", "AWS")}[1]` },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: "123456789012" })) }, at: first("worker", "AWS") },
      // A user can give a second factor, so nothing else stands in for it.
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: USERS }, { StringEquals: { "sts:ExternalId": "c2f1" } })) }, at: first("worker", "AWS") },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: USERS }, { ArnEquals: { "aws:PrincipalArn": USERS } })) }, at: first("worker", "AWS") },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: "AIDAJQABLZS4A3QDU576Q" }, { StringEquals: { "sts:ExternalId": "c2f1" } })) }, at: first("worker", "AWS") },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: "123456789012" }, { StringLike: { "aws:PrincipalArn": "arn:*" } })) }, at: first("worker", "AWS") },
      { set: { "worker:assumeRolePolicy": text(trust({ AWS: "123456789012" }, { ArnLike: { "aws:PrincipalArn": "*" } })) }, at: first("worker", "AWS") },
    ],
  },
  "iam/trust-saml-audience": {
    scene: "iam",
    good: [{ set: { "operator:assumeRolePolicy.Statement[0].Condition.StringEquals": { "SAML:aud": ["https://signin.aws.amazon.com/saml", "https://us-east-1.signin.aws.amazon.com/saml/acs/SAML0123"] } } }],
    bad: [
      { set: { "operator:assumeRolePolicy.Statement[0].Condition": undefined }, at: first("operator", "Federated") },
      { set: { "operator:assumeRolePolicy.Statement[0].Condition": { StringLike: { "SAML:aud": "https://signin.aws.amazon.com/saml" } } }, at: first("operator", "Federated") },
      { set: { "operator:assumeRolePolicy.Statement[0].Condition.StringEquals": { "SAML:iss": "https://signin.aws.amazon.com/saml" } }, at: first("operator", "Federated") },
      { set: { "operator:assumeRolePolicy.Statement[0].Condition.StringEquals": { "SAML:aud": ["https://signin.aws.amazon.com/saml", "https://chat.example.com/saml"] } }, at: first("operator", "Federated") },
      { set: { "operator:assumeRolePolicy.Statement[0].Condition.StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml.example.com" } }, at: first("operator", "Federated") },
      { set: { "operator:assumeRolePolicy.Statement[0].Condition.StringEquals": { "SAML:aud": "http+https://signin.aws.amazon.com/saml" } }, at: first("operator", "Federated") },
    ],
  },
  "iam/trust-oidc-audience": {
    scene: "iam",
    bad: [
      { set: { [`deploy:assumeRolePolicy.Statement[0].Condition.StringEquals["${OIDC}:aud"]`]: undefined }, at: first("deploy", "Federated") },
      { set: { [`deploy:assumeRolePolicy.Statement[0].Condition.StringEquals["${OIDC}:aud"]`]: "*" }, at: first("deploy", "Federated") },
      { set: { "deploy:assumeRolePolicy.Statement[0].Condition": { StringEqualsIfExists: { [`${OIDC}:aud`]: "sts.amazonaws.com" }, StringEquals: { [`${OIDC}:sub`]: "repo:example/shop:ref:refs/heads/main" } } }, at: first("deploy", "Federated") },
      { set: { "worker:assumeRolePolicy": text(trust({ Federated: "cognito-identity.amazonaws.com" })) }, at: first("worker", "Federated") },
    ],
  },
  "iam/trust-pipeline-subject": {
    scene: "iam",
    good: [
      { set: { "deploy:assumeRolePolicy.Statement[0].Condition": { StringEquals: { [`${OIDC}:aud`]: "sts.amazonaws.com" }, StringLike: { [`${OIDC}:sub`]: ["repo:example/shop:ref:refs/tags/v*", "repo:example/shop:*"] } } } },
      { set: { "worker:assumeRolePolicy": text(trust({ Federated: "cognito-identity.amazonaws.com" }, { StringEquals: { "cognito-identity.amazonaws.com:aud": "us-east-1:0a1b" } })) } },
    ],
    bad: [
      { set: { [`deploy:assumeRolePolicy.Statement[0].Condition.StringEquals["${OIDC}:sub"]`]: undefined }, at: first("deploy", "Federated") },
      { set: { "deploy:assumeRolePolicy.Statement[0].Condition": { StringEquals: { [`${OIDC}:aud`]: "sts.amazonaws.com" }, StringLike: { [`${OIDC}:sub`]: "repo:example/*" } } }, at: first("deploy", "Federated") },
      { set: { "deploy:assumeRolePolicy.Statement[0].Condition": { StringEquals: { [`${OIDC}:aud`]: "sts.amazonaws.com" }, StringLike: { [`${OIDC}:sub`]: ["repo:example/shop:*", "repo:example/sho?:ref:refs/heads/main"] } } }, at: first("deploy", "Federated") },
      { set: { "deploy:assumeRolePolicy.Statement[0].Condition": { StringEquals: { [`${OIDC}:aud`]: "sts.amazonaws.com" }, "ForAllValues:StringLike": { [`${OIDC}:sub`]: "repo:example/shop:*" } } }, at: first("deploy", "Federated") },
    ],
  },
  "iam/trust-service-account": {
    scene: "iam",
    good: [{ set: { "web-identity:assumeRolePolicy.Statement[0].Principal.Federated": [`arn:aws:iam::123456789012:oidc-provider/${CLUSTER}`] } }],
    bad: [
      { set: { [`web-identity:assumeRolePolicy.Statement[0].Condition.StringEquals["${CLUSTER}:sub"]`]: undefined }, at: first("web-identity", "Federated") },
      { set: { "web-identity:assumeRolePolicy.Statement[0].Condition": { StringEquals: { [`${CLUSTER}:aud`]: "sts.amazonaws.com" }, StringLike: { [`${CLUSTER}:sub`]: "system:serviceaccount:shop:*" } } }, at: first("web-identity", "Federated") },
    ],
  },
  "iam/trust-pod-identity": {
    scene: "iam",
    bad: [
      { set: { "pod:assumeRolePolicy.Statement[0].Condition": undefined }, at: first("pod", "Service") },
      { set: { "pod:assumeRolePolicy.Statement[0].Condition.StringEquals[\"aws:RequestTag/kubernetes-service-account\"]": undefined }, at: first("pod", "Service") },
      { set: { "pod:assumeRolePolicy.Statement[0].Condition.StringEquals[\"aws:RequestTag/kubernetes-namespace\"]": undefined }, at: first("pod", "Service") },
      { set: { "pod:assumeRolePolicy.Statement[0].Condition": { StringLike: { "aws:RequestTag/kubernetes-namespace": "*", "aws:RequestTag/kubernetes-service-account": "*" } } }, at: first("pod", "Service") },
    ],
  },
  "iam/trust-other-accounts": {
    scene: "iam",
    good: [
      { set: { "pod:assumeRolePolicy": text(trust({ AWS: PARTNER }, { StringEquals: { "sts:ExternalId": "c2f1" } })) } },
      { set: { "pod:assumeRolePolicy": text(trust({ AWS: PARTNER }, { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } })) } },
      { set: { "pod:assumeRolePolicy": text(trust({ AWS: PARTNER }, { Bool: { "aws:MultiFactorAuthPresent": "true" } })) } },
      { set: { "pod:assumeRolePolicy": text(trust({ AWS: "arn:aws:iam::123456789012:role/ci" })) } },
      // Whose account it is, is not said.
      { set: { "pod:permissionsBoundary": undefined, "pod:assumeRolePolicy": text(trust({ AWS: PARTNER })) } },
    ],
    bad: [
      { set: { "pod:assumeRolePolicy": text(trust({ AWS: PARTNER })) }, at: first("pod", "AWS") },
      { set: { "pod:assumeRolePolicy": text(trust({ AWS: ["arn:aws:iam::123456789012:role/ci", PARTNER] }, { StringLike: { "sts:ExternalId": "*" } })) }, at: `${first("pod", "AWS")}[1]` },
      { set: { "pod:assumeRolePolicy": text(trust({ AWS: PARTNER }, { StringLike: { "sts:ExternalId": "c2*" } })) }, at: first("pod", "AWS") },
      { set: { "pod:assumeRolePolicy": text(trust({ AWS: PARTNER }, { StringLike: { "aws:PrincipalOrgID": "o-*" } })) }, at: first("pod", "AWS") },
    ],
  },
  "iam/session-length": {
    scene: "iam",
    good: [{ set: { "operator:maxSessionDuration": undefined } }, { set: { "auditor:sessionDuration": "PT7H60M" } }, { set: { "auditor:sessionDuration": undefined } }],
    bad: [
      { set: { "operator:maxSessionDuration": 28_801 } },
      { set: { "laboratory:durationSeconds": 43_200 } },
      { set: { "auditor:sessionDuration": "PT8H1M" } },
      { set: { "auditor:sessionDuration": "PT481M" } },
      { set: { "auditor:sessionDuration": "P1D" } },
      { set: { "auditor:sessionDuration": "PT8H30S" } },
    ],
  },
};
