import { describe, expect, it } from "vitest";
import { kindOf, POD_CARRIERS, tokenOf } from "../../policies/kinds.ts";

describe("the kind of a token", () => {
  it.each([
    ["aws:s3/bucket:Bucket", "aws:s3:Bucket"],
    ["aws:s3/bucketV2:BucketV2", "aws:s3:Bucket"],
    ["aws:s3:Bucket", "aws:s3:Bucket"],
    ["aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "aws:s3:BucketServerSideEncryptionConfiguration"],
    ["aws:apigatewayv2/api:ApiV2", "aws:apigatewayv2:ApiV2"],
    ["aws:alb/listener:Listener", "aws:lb:Listener"],
    ["aws:applicationloadbalancing/listener:Listener", "aws:lb:Listener"],
    ["aws:elasticloadbalancingv2/listener:Listener", "aws:lb:Listener"],
    ["aws:lb/listener:Listener", "aws:lb:Listener"],
    ["aws:elasticloadbalancing/loadBalancer:LoadBalancer", "aws:elb:LoadBalancer"],
    ["aws:elb/loadBalancer:LoadBalancer", "aws:elb:LoadBalancer"],
    ["kubernetes:core/v1:Pod", "k8s:core:Pod"],
    ["kubernetes:apps/v1:Deployment", "k8s:apps:Deployment"],
    ["kubernetes:apps/v1beta2:Deployment", "k8s:apps:Deployment"],
    ["kubernetes:extensions/v1beta1:Deployment", "k8s:apps:Deployment"],
    ["kubernetes:extensions/v1beta1:Ingress", "k8s:networking:Ingress"],
    ["kubernetes:extensions/v1beta1:NetworkPolicy", "k8s:networking:NetworkPolicy"],
    ["kubernetes:extensions/v1beta1:PodSecurityPolicy", "k8s:policy:PodSecurityPolicy"],
    ["kubernetes:networking.k8s.io/v1:Ingress", "k8s:networking:Ingress"],
    ["kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "k8s:rbac:ClusterRole"],
    ["kubernetes:policy/v1:PodDisruptionBudget", "k8s:policy:PodDisruptionBudget"],
    ["kubernetes:k8s.nginx.org/v1:VirtualServer", "k8s:k8s.nginx.org:VirtualServer"],
    ["kubernetes:gateway.networking.k8s.io/v1:Gateway", "k8s:gateway.networking.k8s.io:Gateway"],
    ["kubernetes:cert-manager.io/v1:Certificate", "k8s:cert-manager.io:Certificate"],
    ["kubernetes:helm.sh/v4:Chart", "k8s:helm.sh:Chart"],
    ["pulumi:pulumi:Stack", "pulumi:pulumi:Stack"],
    ["golive:network:Network", "golive:network:Network"],
    ["not a token", "not a token"],
  ])("%s is %s", (token, kind) => {
    expect(kindOf(token)).toEqual({ kind, patch: false, list: false });
    expect(kindOf(token)).toBe(kindOf(token));
  });

  it.each([
    ["kubernetes:apps/v1:DeploymentPatch", { kind: "k8s:apps:Deployment", patch: true, list: false }],
    ["kubernetes:apps/v1:DeploymentList", { kind: "k8s:apps:Deployment", patch: false, list: true }],
    ["kubernetes:extensions/v1beta1:IngressPatch", { kind: "k8s:networking:Ingress", patch: true, list: false }],
    ["kubernetes:core/v1:List", { kind: "k8s:core:", patch: false, list: true }],
    ["aws:ec2/managedPrefixList:ManagedPrefixList", { kind: "aws:ec2:ManagedPrefixList", patch: false, list: false }],
  ])("%s is %o", (token, kind) => {
    expect(kindOf(token)).toEqual(kind);
  });
});

it("a manifest's version and kind make the token that the provider uses", () => {
  expect(tokenOf("v1", "Pod")).toBe("kubernetes:core/v1:Pod");
  expect(tokenOf("apps/v1", "Deployment")).toBe("kubernetes:apps/v1:Deployment");
});

it("every kind that carries pods is named once", () => {
  expect([...POD_CARRIERS].sort()).toEqual(["k8s:apps:DaemonSet", "k8s:apps:Deployment", "k8s:apps:ReplicaSet", "k8s:apps:StatefulSet", "k8s:argoproj.io:Rollout", "k8s:batch:CronJob", "k8s:batch:Job", "k8s:core:Pod", "k8s:core:PodTemplate", "k8s:core:ReplicationController"]);
});
