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
  connectionArn: "arn:aws:codeconnections:us-east-1:123456789012:connection/7d1f0c2e-6a43-4c1b-9d5e-2f8b6a90c3d4",
  state: { bucket: "example-pulumi-state", keyArn: "arn:aws:kms:us-east-1:123456789012:key/state", project: "golive", stack: "production" },
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

  it("lets operators open the shell but start nothing that has the repository's token", async () => {
    const policy = only(await access(), "aws:iam/rolePolicy:RolePolicy", "access-operator-policy");
    expect(statement(policy, "StartShell")).toMatchObject({ Effect: "Allow", Action: ["codebuild:StartBuild", "codebuild:StopBuild"], Resource: "arn:aws:codebuild:us-east-1:123456789012:project/shop-production-shell" });
    expect(statement(policy, "OpenShell").Resource).toEqual(["arn:aws:codebuild:us-east-1:123456789012:build/shop-production-shell:*", "arn:aws:ssm:us-east-1:123456789012:document/SSM-SessionManagerRunShell"]);
    expect(statement(policy, "RunnerServesCiOnly")).toEqual({
      Sid: "RunnerServesCiOnly", Effect: "Deny", Resource: "arn:aws:codebuild:us-east-1:123456789012:project/shop-production-runner",
      Action: ["codebuild:StartBuild", "codebuild:StartBuildBatch", "codebuild:RetryBuild", "codebuild:RetryBuildBatch"],
    });
  });

  it("lets pull requests read the stack's state but no secret in it", async () => {
    const policy = only(await access(), "aws:iam/rolePolicy:RolePolicy", "access-preview-policy");
    expect(statement(policy, "ReadState").Action).toBe("s3:GetObject");
    expect(statement(policy, "OpenStateObjects")).toEqual({
      Sid: "OpenStateObjects", Effect: "Allow", Action: "kms:Decrypt", Resource: "arn:aws:kms:us-east-1:123456789012:key/state", Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
    });
    expect(JSON.stringify(policy.inputs)).not.toContain("s3:PutObject");
  });

  it.each([0, 9, 1.5])("refuses sessions of %d hours", async (sessionHours) => {
    await expect(access({ sessionHours })).rejects.toThrow(/sessions last 1 to 8 hours/);
  });
});

describe("deployPolicies", () => {
  const longest = deployPolicies({ prefix: `${"a".repeat(31)}-production`, accountId: "123456789012", region: "ap-southeast-1", copyRegion: "ap-northeast-1", connectionArn: base.connectionArn, state: { ...base.state, bucket: "b".repeat(63), stack: "a-long-production" } });

  it("fits IAM: 6144 characters a policy, ten policies a role", () => {
    for (const [area, list] of Object.entries(longest)) expect(JSON.stringify({ Version: "2012-10-17", Statement: list }).length, area).toBeLessThanOrEqual(6144);
    expect(Object.keys(longest).length + 1).toBeLessThanOrEqual(10);
  });

  it("names every action", () => {
    const actions = Object.values(longest).flat().flatMap((one) => one.Action);
    expect(actions.length).toBeGreaterThan(200);
    expect(actions.filter((action) => action?.includes("*"))).toEqual([]);
  });

  it("keeps the stack's own state with its locks, opens its secrets, and reads no other object of the account", () => {
    const { state = [] } = deployPolicies(base);
    const bucket = "arn:aws:s3:::example-pulumi-state";
    const own = [`${bucket}/.pulumi/stacks/golive/production.*`, `${bucket}/.pulumi/history/golive/production/*`, `${bucket}/.pulumi/backups/golive/production/*`, `${bucket}/.pulumi/locks/organization/golive/production/*`];
    expect(state).toEqual([
      { Sid: "FindState", Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: bucket },
      { Sid: "ReadStateLayout", Effect: "Allow", Action: "s3:GetObject", Resource: `${bucket}/.pulumi/meta.yaml` },
      { Sid: "KeepState", Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource: own },
      { Sid: "UseStateKey", Effect: "Allow", Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], Resource: "arn:aws:kms:us-east-1:123456789012:key/state" },
      {
        Sid: "NoObjectsButState", Effect: "Deny", Action: ["s3:GetObject", "s3:GetObjectVersion"], NotResource: [`${bucket}/.pulumi/meta.yaml`, ...own],
        Condition: { StringEquals: { "s3:ResourceAccount": "123456789012" } },
      },
    ]);
  });

  it("needs no key where the state has none", () => {
    const { state = [] } = deployPolicies({ ...base, state: { bucket: "example-pulumi-state", project: "golive", stack: "production" } });
    expect(state.map(({ Sid }) => Sid)).toEqual(["FindState", "ReadStateLayout", "KeepState", "NoObjectsButState"]);
  });

  it("uses one confirmed connection to the repository, or none", () => {
    const connections = (scope: AccessArgs) => Object.values(deployPolicies(scope)).flat().filter(({ Sid }) => Sid === "RepositoryConnection").map(({ Action, Resource }) => [Action, Resource]);
    expect(connections(base)).toEqual([[["codeconnections:GetConnection", "codeconnections:PassConnection", "codeconnections:UseConnection"], base.connectionArn]]);
    expect(connections({ ...base, connectionArn: undefined })).toEqual([]);
  });

  it("reads back one secret value, the cache's token", () => {
    const readers = Object.values(deployPolicies(base)).flat().filter(({ Action }) => [Action].flat().includes("secretsmanager:GetSecretValue"));
    expect(readers.map(({ Resource }) => Resource)).toEqual(["arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-production/redis/auth-token-*"]);
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

  it("keeps every role of the stack, break-glass too, from taking down trail and detection", async () => {
    expect(statement(only(await boundary(), "aws:iam/policy:Policy"), "AuditStaysOn")).toMatchObject({ Effect: "Deny", Resource: "*" });
    expect(statement(only(await boundary(), "aws:iam/policy:Policy"), "AuditStaysOn").Action).toEqual(expect.arrayContaining(["cloudtrail:DeleteTrail", "guardduty:DeleteDetector", "config:DeleteConfigurationRecorder"]));
    for (const role of ofType(await access(), ROLE)) expect(role.inputs["permissionsBoundary"], role.name).toBe("arn:aws:iam::123456789012:policy/shop-production-boundary");
  });

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
