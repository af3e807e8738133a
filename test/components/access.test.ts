import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { boundaryArn, Boundary } from "../../components/access/boundary.ts";
import { deployPolicies } from "../../components/access/deployPolicies.ts";
import type { AccessArgs } from "../../components/access/index.ts";
import { Access } from "../../components/access/index.ts";
import { declared, ofType, only, statement, statements } from "./mocks.ts";

const base: AccessArgs = {
  prefix: "shop-production",
  accountId: "123456789012",
  region: "us-east-1",
  copyRegion: "us-west-2",
  sessionHours: 8,
  ci: { issuer: "token.actions.githubusercontent.com", repository: "example/shop", environment: "production", provider: "create" },
  peopleTrust: ["arn:aws:iam::123456789012:saml-provider/idp"],
  breakGlassTrust: ["arn:aws:iam::123456789012:user/break-glass"],
  clusterName: "shop-production",
  alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:shop-production-alarms",
  pageTopicArn: "arn:aws:sns:us-east-1:123456789012:shop-production-pages",
};
const access = (over: Partial<AccessArgs> = {}) => declared(() => { new Access("access", { ...base, ...over }); });
const ROLE = "aws:iam/role:Role";
const PARTS = ["operator", "readonly", "deploy", "preview", "break-glass"];

describe("Access", () => {
  it("has five roles with explicit names, the boundary, and sessions of at most 8 hours", async () => {
    const roles = ofType(await access(), ROLE);
    expect(roles.map((role) => role.inputs["name"])).toEqual(PARTS.map((part) => `shop-production-${part}`));
    for (const role of roles) {
      expect(role.inputs["permissionsBoundary"]).toBe("arn:aws:iam::123456789012:policy/shop-production-boundary");
      expect(role.inputs["maxSessionDuration"]).toBe(role.name === "access-break-glass" ? 3600 : 28_800);
    }
  });

  it("takes people by single sign-on with the pinned audience", async () => {
    expect(statements(only(await access(), ROLE, "access-operator"), "assumeRolePolicy")).toEqual([{
      Sid: "PeopleBySingleSignOn", Effect: "Allow", Principal: { Federated: ["arn:aws:iam::123456789012:saml-provider/idp"] }, Action: "sts:AssumeRoleWithSAML",
      Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
    }]);
  });

  it("asks principals that are no SAML provider for a second factor not older than a session", async () => {
    const role = only(await access({ peopleTrust: ["arn:aws:iam::210987654321:role/people"], sessionHours: 4 }), ROLE, "access-readonly");
    expect(statement(role, "PeopleWithSecondFactor", "assumeRolePolicy").Condition).toEqual({
      Bool: { "aws:MultiFactorAuthPresent": "true" }, NumericLessThan: { "aws:MultiFactorAuthAge": "14400" },
    });
  });

  it("gives the deploy role to one environment of one repository, the preview role to its pull requests", async () => {
    const resources = await access();
    const condition = (name: string) => statement(only(resources, ROLE, name), "PipelineByOidc", "assumeRolePolicy").Condition;
    expect(condition("access-deploy")).toEqual({ StringEquals: {
      "token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": ["repo:example/shop:environment:production"],
    } });
    expect(condition("access-preview")).toEqual({ StringEquals: {
      "token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": ["repo:example/shop:pull_request"],
    } });
  });

  it("makes the CI's OIDC provider, or uses the one that is there", async () => {
    expect(only(await access(), "aws:iam/openIdConnectProvider:OpenIdConnectProvider").inputs).toMatchObject({ url: "https://token.actions.githubusercontent.com", clientIdLists: ["sts.amazonaws.com"] });
    expect(ofType(await access({ ci: { ...base.ci, provider: "adopt" } }), "aws:iam/openIdConnectProvider:OpenIdConnectProvider")).toEqual([]);
  });

  it("pages whenever break-glass is taken, and only for a second factor of the last 15 minutes", async () => {
    const resources = await access();
    const rule = only(resources, "aws:cloudwatch/eventRule:EventRule");
    expect(rule.inputs["state"]).toBe("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    expect(JSON.parse(String(rule.inputs["eventPattern"]))).toMatchObject({
      source: ["aws.sts"], detail: { eventName: ["AssumeRole", "AssumeRoleWithSAML"], requestParameters: { roleArn: ["arn:aws:iam::123456789012:role/shop-production-break-glass"] } },
    });
    expect(ofType(resources, "aws:cloudwatch/eventTarget:EventTarget").map((target) => target.inputs["arn"])).toEqual([base.pageTopicArn, base.alarmTopicArn]);
    expect(statement(only(resources, ROLE, "access-break-glass"), "PeopleWithSecondFactor", "assumeRolePolicy").Condition?.["NumericLessThan"]).toEqual({ "aws:MultiFactorAuthAge": "900" });
  });

  it("keeps people from data and secrets", async () => {
    for (const part of ["operator", "readonly"]) {
      const denied = statement(only(await access(), "aws:iam/rolePolicy:RolePolicy", `access-${part}-policy`), "NoDataAndNoSecrets");
      expect(denied.Effect).toBe("Deny");
      expect(denied.Action).toEqual(expect.arrayContaining(["s3:GetObject", "secretsmanager:GetSecretValue", "rds-db:connect", "kms:Decrypt"]));
    }
  });

  it.each([0, 9, 1.5])("refuses sessions of %d hours", async (sessionHours) => {
    await expect(access({ sessionHours })).rejects.toThrow(/sessions last 1 to 8 hours/);
  });
});

describe("deployPolicies", () => {
  const longest = deployPolicies({ prefix: `${"a".repeat(31)}-production`, accountId: "123456789012", region: "ap-southeast-1", copyRegion: "ap-northeast-1" });

  it("fits IAM: 6144 characters a policy, ten policies a role", () => {
    for (const [area, list] of Object.entries(longest)) expect(JSON.stringify({ Version: "2012-10-17", Statement: list }).length, area).toBeLessThanOrEqual(6144);
    expect(Object.keys(longest).length + 1).toBeLessThanOrEqual(10);
  });

  it("names every action", () => {
    const actions = Object.values(longest).flat().flatMap((one) => one.Action);
    expect(actions.length).toBeGreaterThan(200);
    expect(actions.filter((action) => action?.includes("*"))).toEqual([]);
  });

  it("creates roles only inside the boundary and leaves the gate's own roles alone", () => {
    const { identity = [] } = deployPolicies(base);
    expect(identity.find((one) => one.Sid === "RolesInsideBoundary")?.Condition).toEqual({ StringEquals: { "iam:PermissionsBoundary": boundaryArn("shop-production", "123456789012") } });
    const stays = identity.find((one) => one.Sid === "RolesOfPeopleAndPipelinesStay");
    expect(stays?.Effect).toBe("Deny");
    expect(stays?.Resource).toContain("arn:aws:iam::123456789012:role/shop-production-deploy");
    expect(identity.find((one) => one.Sid === "HandRolesToServices")?.Resource).toBe("arn:aws:iam::123456789012:role/shop-production-*");
  });
});

describe("Boundary", () => {
  const boundary = () => declared(() => { new Boundary("boundary", base); });

  it.each([
    ["NoUsersAndNoStaticKeys", "iam:CreateAccessKey"], ["BoundaryStaysOnRoles", "iam:DeleteRolePermissionsBoundary"], ["AuditStaysOn", "cloudtrail:StopLogging"], ["AccountStays", "organizations:LeaveOrganization"],
  ])("%s denies %s", async (sid, action) => {
    const denied = statement(only(await boundary(), "aws:iam/policy:Policy"), sid);
    expect(denied.Effect).toBe("Deny");
    expect(denied.Action).toContain(action);
  });

  it("puts itself on every role below a component that uses its transformation", async () => {
    class Holder extends pulumi.ComponentResource {
      constructor(name: string, opts: pulumi.ComponentResourceOptions) {
        super("test:index:Holder", name, {}, opts);
        new aws.iam.Role("inner", { assumeRolePolicy: "{}" }, { parent: this });
        new aws.sns.Topic("topic", {}, { parent: this });
      }
    }
    const resources = await declared(() => {
      const made = new Boundary("boundary", base);
      new Holder("holder", { transformations: [made.transformation] });
    });
    const role = only(resources, ROLE, "inner");
    expect(role.inputs["permissionsBoundary"]).toBe("arn:aws:iam::123456789012:policy/shop-production-boundary");
    expect(role.dependencies).toContain(only(resources, "aws:iam/policy:Policy").urn);
    expect(only(resources, "aws:sns/topic:Topic").inputs["permissionsBoundary"]).toBeUndefined();
  });
});
