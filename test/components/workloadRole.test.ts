import { describe, expect, it } from "vitest";
import { WorkloadRole } from "../../components/cluster/workloadRole.ts";
import type { WorkloadRoleArgs } from "../../components/cluster/workloadRole.ts";
import { declared, ofType, only, statement } from "./mocks.ts";

describe("WorkloadRole", () => {
  const args: WorkloadRoleArgs = {
    identity: { kind: "podIdentity", clusterName: "shop-production", clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/shop-production", dependsOn: [] },
    prefix: "shop-production", accountId: "123456789012", namespace: "shop-jobs", serviceAccount: "dump",
    statements: [{ Sid: "Write", Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::shop-production-backups/dumps/*" }],
  };
  const role = (over: Partial<WorkloadRoleArgs> = {}) => declared(() => { new WorkloadRole("dump", { ...args, ...over }); });

  it("trusts the pods of one service account of one cluster", async () => {
    const resources = await role();
    const made = only(resources, "aws:iam/role:Role");
    expect(made.inputs["name"]).toBe("shop-production-dump");
    expect(statement(made, "PodIdentity", "assumeRolePolicy")).toEqual({
      Sid: "PodIdentity", Effect: "Allow", Principal: { Service: "pods.eks.amazonaws.com" }, Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: { "aws:SourceAccount": "123456789012", "aws:RequestTag/kubernetes-namespace": "shop-jobs", "aws:RequestTag/kubernetes-service-account": "dump" },
        ArnEquals: { "aws:SourceArn": "arn:aws:eks:us-east-1:123456789012:cluster/shop-production" },
      },
    });
    expect(only(resources, "aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs).toMatchObject({ clusterName: "shop-production", namespace: "shop-jobs", serviceAccount: "dump" });
  });

  it("uses the token of the service account elsewhere, named on it by annotation", async () => {
    const resources = await declared(() => {
      const made = new WorkloadRole("dump", { ...args, identity: { kind: "webIdentity", providerArn: "arn:aws:iam::123456789012:oidc-provider/oidc.example.com", issuer: "oidc.example.com" } });
      expect(made.annotations).toEqual({ "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/shop-production-dump" });
    });
    expect(statement(only(resources, "aws:iam/role:Role"), "WebIdentity", "assumeRolePolicy").Condition).toEqual({
      StringEquals: { "oidc.example.com:sub": "system:serviceaccount:shop-jobs:dump", "oidc.example.com:aud": "sts.amazonaws.com" },
    });
    expect(ofType(resources, "aws:eks/podIdentityAssociation:PodIdentityAssociation")).toEqual([]);
  });

  it.each([
    [{ statements: [] }, /statements is empty/],
    [{ statements: [{ Sid: "All", Effect: "Allow" as const, Action: "s3:*", Resource: "*" }] }, /statement All allows every action/],
    [{ prefix: "a".repeat(61) }, /has 66 characters and IAM takes 64/],
  ])("refuses what is too wide, too long or of no use", async (over, message) => { await expect(role(over)).rejects.toThrow(message); });
});
