/** Who may take a role. */
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./policyDocument.ts";
import { policyDocument } from "./policyDocument.ts";

/** AWS's own sign-in endpoint, the only audience for which SAML assertions are taken (IAM user guide, SAML keys). */
const SAML_AUDIENCE = "https://signin.aws.amazon.com/saml";

/**
 * Trust of people, always with a second factor.
 *
 * Users and roles of other accounts must have used MFA not longer ago than `mfaSeconds`. A SAML assertion carries no such
 * fact: there the identity provider enforces MFA before it signs, and the policy pins audience and provider.
 */
export function peopleTrust(principals: string[], mfaSeconds: number): pulumi.Output<string> {
  const saml = principals.filter((arn) => arn.includes(":saml-provider/"));
  const others = principals.filter((arn) => !arn.includes(":saml-provider/"));
  const statements: Statement[] = [];
  if (saml.length > 0) {
    statements.push({
      Sid: "PeopleBySingleSignOn",
      Effect: "Allow",
      Principal: { Federated: saml },
      Action: "sts:AssumeRoleWithSAML",
      Condition: { StringEquals: { "SAML:aud": SAML_AUDIENCE } },
    });
  }
  if (others.length > 0) {
    statements.push({
      Sid: "PeopleWithSecondFactor",
      Effect: "Allow",
      Principal: { AWS: others },
      Action: "sts:AssumeRole",
      Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" }, NumericLessThan: { "aws:MultiFactorAuthAge": String(mfaSeconds) } },
    });
  }
  return policyDocument(statements);
}

/** Trust of pipelines whose token names exactly one of the subjects. */
export function pipelineTrust(issuer: string, accountId: string, subjects: string[]): pulumi.Output<string> {
  return policyDocument([{
    Sid: "PipelineByOidc",
    Effect: "Allow",
    Principal: { Federated: oidcProviderArn(issuer, accountId) },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: { [`${issuer}:aud`]: "sts.amazonaws.com", [`${issuer}:sub`]: subjects } },
  }]);
}

/** ARN of the account's OIDC provider of an issuer; IAM has at most one. */
export function oidcProviderArn(issuer: string, accountId: string): string {
  return `arn:aws:iam::${accountId}:oidc-provider/${issuer}`;
}
