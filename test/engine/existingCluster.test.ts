/** Stacks on clusters that exist: no EKS, everything else; planned, applied, and then at rest. */
import { expect, test } from "vitest";
import { PlanCollector, type Plan } from "../../operations/plan/plan.ts";
import { ec2Id } from "../../sandbox/aws/identity.ts";
import { openSandbox, type SandboxOptions } from "../../sandbox/workspace/sandbox.ts";

/** Previews and applies a stack, asserts that both agree and that nothing is left to do; gives the plan. */
async function applied(stack: string, configOverrides?: SandboxOptions["configOverrides"]): Promise<Plan> {
  await using sandbox = await openSandbox({ stack, configOverrides });
  const planned = new PlanCollector();
  await sandbox.preview({ onEvent: (event) => planned.add(event) });
  const done = new PlanCollector();
  await sandbox.up({ onEvent: (event) => done.add(event) });
  const plan = planned.plan();
  expect(plan.resources.create).toBe(plan.resources.total);
  expect(done.plan().resources).toEqual(plan.resources);
  const again = await sandbox.up({ expectNoChanges: true });
  expect(Object.keys(again.changes)).toEqual(["same"]);
  return plan;
}

/** Names of the planned resources of a type. */
function named(plan: Plan, type: string): string[] {
  return plan.changes.filter((r) => r.type === type).map((r) => r.name).sort();
}

const EKS_ONLY = ["aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/accessEntry:AccessEntry", "aws:ec2/launchTemplate:LaunchTemplate", "aws:codebuild/project:Project"];

const KUBECONFIG = JSON.stringify({
  apiVersion: "v1", kind: "Config", "current-context": "shared",
  clusters: [{ name: "shared", cluster: { server: "https://127.0.0.1:6443" } }],
  users: [{ name: "shared", user: { token: "t" } }],
  contexts: [{ name: "shared", context: { cluster: "shared", user: "shared" } }],
});
const EXISTING = { name: "shared-1", eks: true };
/** Every part of the environment is there, whoever owns cluster and network. */
const PARTS = [
  "access", "application", "audit", "backups", "boundary", "cluster", "cost", "edge", "ingress", "jobs", "keys", "maintenance", "migrations", "monitoring",
  "namespace", "network", "notifications", "postgres", "redis", "release", "secrets", "storage",
];
/** Ids as the simulated cloud gives them: it builds in networks that it may have made, in whatever run, and in no others. */
const subnets = (...names: string[]) => names.map((name) => ec2Id("subnet", name));

test("the shipped stack sandbox: a cluster that is not EKS, reached by its node's address", async () => {
  const plan = await applied("sandbox");
  for (const type of [...EKS_ONLY, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "aws:autoscaling/attachment:Attachment"]) expect(named(plan, type), type).toEqual([]);
  expect(named(plan, "aws:lb/targetGroupAttachment:TargetGroupAttachment")).toEqual(["edge-target-10.244.0.1"]);
  // None of its images is in ECR, so there are no findings to read.
  expect(named(plan, "kubernetes:batch/v1:CronJob")).not.toContain("image-scan");
  expect(named(plan, "kubernetes:batch/v1:CronJob")).toContain("dast");
  expect(named(plan, "kubernetes:apps/v1:Deployment")).toEqual(["release-blue", "release-green"]);
});

test("an EKS cluster in a peered network: production without EKS, nodes and way in, with everything else", async () => {
  const plan = await applied("production", {
    "golive:kubeconfig": { secure: KUBECONFIG },
    "golive:cluster.existing": { ...EXISTING, workloadCidrs: ["10.250.0.0/16"], nodeAddresses: ["10.250.0.10", "10.250.64.10"] },
  });
  for (const type of EKS_ONLY) expect(named(plan, type), type).toEqual([]);
  expect(named(plan, "aws:ec2/vpc:Vpc")).toHaveLength(1);
  expect(named(plan, "aws:lb/targetGroupAttachment:TargetGroupAttachment")).toEqual(["edge-target-10.250.0.10", "edge-target-10.250.64.10"]);
  expect(named(plan, "aws:eks/podIdentityAssociation:PodIdentityAssociation").length).toBeGreaterThan(10);
  expect(named(plan, "kubernetes:batch/v1:CronJob")).toContain("image-scan");
  expect(named(plan, "kubernetes:batch/v1:CronJob")).not.toContain("node-patch");
  expect(named(plan, "kubernetes:apps/v1:Deployment")).toEqual([
    "grafana-server", "monitoring-blackbox-exporter", "monitoring-cloudwatch-exporter", "monitoring-kube-state-metrics", "monitoring-operator", "monitoring-postgres-exporter", "monitoring-redis-exporter", "release-blue", "release-green", "traces-collector",
  ]);
  expect(named(plan, "kubernetes:apps/v1:DaemonSet")).toEqual(["logs-agent", "monitoring-node-exporter"]);
  expect(plan.components.map((c) => c.name)).toEqual(expect.arrayContaining(PARTS));
});

test("an EKS cluster in a VPC that exists: its groups are attached", async () => {
  const plan = await applied("production", {
    "golive:kubeconfig": { secure: KUBECONFIG },
    "golive:network.existing": { vpcId: ec2Id("vpc", "shared"), privateSubnetIds: subnets("private-a", "private-b", "private-c"), dataSubnetIds: subnets("data-a", "data-b", "data-c") },
    "golive:cluster.existing": { ...EXISTING, workloadCidrs: ["10.20.0.0/17"], autoscalingGroups: ["shared-1-nodes"] },
  });
  for (const type of [...EKS_ONLY, "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:lb/targetGroupAttachment:TargetGroupAttachment"]) expect(named(plan, type), type).toEqual([]);
  expect(named(plan, "aws:autoscaling/attachment:Attachment")).toEqual(["edge-attachment-shared-1-nodes"]);
  expect(plan.components.map((c) => c.name)).toEqual(expect.arrayContaining(PARTS));
});
