/** A stack on a cluster that exists: no EKS, everything else. */
import { expect, test } from "vitest";
import { PlanCollector, type Plan } from "../../operations/plan/plan.ts";
import { openSandbox, type SandboxOptions } from "../../sandbox/workspace/sandbox.ts";

async function planOf(configOverrides?: SandboxOptions["configOverrides"]): Promise<Plan> {
  await using sandbox = await openSandbox({ stack: "production", configOverrides });
  const collector = new PlanCollector();
  await sandbox.preview({ onEvent: (event) => collector.add(event) });
  return collector.plan();
}

const KUBECONFIG = JSON.stringify({
  apiVersion: "v1", kind: "Config", "current-context": "shared",
  clusters: [{ name: "shared", cluster: { server: "https://127.0.0.1:6443" } }],
  users: [{ name: "shared", user: { token: "t" } }],
  contexts: [{ name: "shared", context: { cluster: "shared", user: "shared" } }],
});

test("with a kubeconfig as a secret EKS is left out and everything else is in", async () => {
  const own = await planOf();
  const existing = await planOf({
    "golive:kubeconfig": { secure: KUBECONFIG },
    "golive:cluster.existing": { name: "shared-1", eks: true, workloadCidrs: ["10.250.0.0/16"], autoscalingGroups: ["shared-1-nodes"] },
  });
  const types = (plan: Plan) => new Set(plan.changes.map((r) => r.type));
  const gone = [...types(own)].filter((type) => !types(existing).has(type) && type.startsWith("aws:")).sort();
  expect(gone).toEqual(expect.arrayContaining(["aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/accessEntry:AccessEntry", "aws:ec2/launchTemplate:LaunchTemplate"]));
  // Nothing is missing that is not part of EKS, its nodes, its add-ons, its way in.
  expect(gone.filter((type) => !/^aws:(eks|ec2\/launchTemplate|codebuild|codeconnections)/.test(type))).toEqual([]);
  expect(types(existing)).toContain("aws:eks/podIdentityAssociation:PodIdentityAssociation");
  expect(existing.changes.filter((r) => r.type === "kubernetes:apps/v1:Deployment").map((r) => r.name)).toEqual(["application-blue"]);
  expect(existing.components.map((c) => c.name).sort()).toEqual(own.components.map((c) => c.name).sort());
});
