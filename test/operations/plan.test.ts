/** The plan as it is read from the engine's events: operations, components, protection, what is billed. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { describe, expect, test } from "vitest";
import { costDrivers } from "../../operations/plan/costDrivers.ts";
import { PlanCollector, type Plan } from "../../operations/plan/plan.ts";
import { policyResult } from "../../operations/plan/policy.ts";
import type { Issue, Results } from "../../policies/judge.ts";
import { previewReport, previewText } from "../../operations/plan/report.ts";

const urn = (type: string, name: string): string => `urn:pulumi:production::golive::${type}::${name}`;

interface Step { protect?: boolean; parent?: string; inputs?: Record<string, unknown>; diff?: string[] }

/** An event of the engine that says what will happen to a resource. */
function step(op: string, type: string, name: string, { protect = false, parent = "", inputs = {}, diff = [] }: Step = {}): EngineEvent {
  const state = { type, urn: urn(type, name), custom: true, id: "", parent, protect, inputs, outputs: {}, provider: "" };
  const old = op === "delete" || op === "delete-replaced";
  const metadata = { op, urn: urn(type, name), type, old: old ? state : undefined, new: old ? undefined : state, detailedDiff: Object.fromEntries(diff.map((key) => [key, { diffKind: "update", inputDiff: true }])), provider: "" };
  return { sequence: 1, timestamp: 1, resourcePreEvent: { metadata, planning: true } } as unknown as EngineEvent;
}

function planOf(...events: EngineEvent[]): Plan {
  const collector = new PlanCollector();
  for (const event of events) collector.add(event);
  return collector.plan();
}

const STACK = urn("pulumi:pulumi:Stack", "golive-production");
const NETWORK = urn("golive:network:Network", "network");
const network = step("create", "golive:network:Network", "network", { parent: STACK });

describe("PlanCollector", () => {
  test("counts operations, and leaves out the stack, providers and other events", () => {
    const plan = planOf(
      step("create", "pulumi:pulumi:Stack", "golive-production"),
      step("create", "pulumi:providers:aws", "aws", { parent: STACK }),
      { sequence: 1, timestamp: 1, preludeEvent: { config: {} } },
      step("read", "aws:ec2/ami:Ami", "looked-up", { parent: STACK }),
      step("create", "aws:s3/bucket:Bucket", "a"), step("import", "aws:s3/bucket:Bucket", "b"), step("update", "aws:s3/bucket:Bucket", "c"), step("delete", "aws:s3/bucket:Bucket", "d"), step("same", "aws:s3/bucket:Bucket", "e"),
    );
    expect(plan.resources).toEqual({ total: 5, create: 2, update: 1, replace: 0, delete: 1, same: 1 });
    expect(plan.changes.map((r) => `${r.operation} ${r.name}`)).toEqual(["create a", "create b", "update c", "delete d"]);
  });

  test.each([
    ["create before delete", ["create-replacement", "replace", "delete-replaced"]],
    ["delete before create", ["delete-replaced", "replace", "create-replacement"]],
    ["import", ["import-replacement", "replace", "delete-replaced"]],
  ])("a replacement (%s) is one resource, replaced, whatever its steps", (_, operations) => {
    const plan = planOf(...operations.map((op) => step(op, "aws:rds/instance:Instance", "writer", { diff: op.startsWith("delete") ? [] : ["storageEncrypted"] })));
    expect(plan.resources).toEqual({ total: 1, create: 0, update: 0, replace: 1, delete: 0, same: 0 });
    expect(plan.changes).toMatchObject([{ name: "writer", operation: "replace", diff: ["storageEncrypted"] }]);
  });

  test("a resource belongs to the component directly below the stack, however deep it lies", () => {
    const inner = urn("golive:network:Endpoints", "endpoints");
    const plan = planOf(
      network,
      step("create", "golive:network:Endpoints", "endpoints", { parent: NETWORK }),
      step("create", "aws:ec2/vpcEndpoint:VpcEndpoint", "s3", { parent: inner, inputs: { vpcEndpointType: "Gateway" } }),
      step("update", "aws:ec2/vpc:Vpc", "vpc", { parent: NETWORK, protect: true }),
      step("create", "aws:sns/topic:Topic", "alone", { parent: STACK }),
    );
    expect(plan.components.map(({ name, type, resources, create, update, protected: kept }) => ({ name, type, resources, create, update, kept }))).toEqual([
      { name: "network", type: "golive:network:Network", resources: 4, create: 3, update: 1, kept: ["vpc"] },
      { name: "alone", type: "aws:sns/topic:Topic", resources: 1, create: 1, update: 0, kept: [] },
    ]);
  });

  test("names charts, whose objects are in no count", () => {
    expect(planOf(step("create", "kubernetes:helm.sh/v4:Chart", "ingress")).charts).toEqual(["ingress"]);
  });
});

describe("cost drivers", () => {
  const of = (type: string, inputs: Record<string, unknown> = {}): string[] => costDrivers([{ type, inputs }]).map((d) => `${d.quantity} × ${d.what} [${d.unit}]`);

  test.each<[string, Record<string, unknown>, string[]]>([
    ["aws:ec2/natGateway:NatGateway", {}, ["1 × NAT gateway [gateway-hours, plus each GB processed]"]],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Interface", subnetIds: ["a", "b", "c"] }, ["3 × interface endpoint [endpoint-hours per zone, plus each GB]"]],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Gateway" }, []],
    ["aws:eks/nodeGroup:NodeGroup", { instanceTypes: ["t3.large"], scalingConfig: { minSize: 3, maxSize: 10, desiredSize: 3 } }, ["3 × node t3.large (3 to 10) [instance-hours, plus their volumes]"]],
    ["aws:rds/instance:Instance", { instanceClass: "db.r5.large", multiAz: true, allocatedStorage: 100, storageType: "gp3" }, ["1 × database db.r5.large Multi-AZ [instance-hours, twice for the standby]", "100 × database storage gp3 [GiB-months, twice for the standby]"]],
    ["aws:rds/instance:Instance", { instanceClass: "db.r5.large", replicateSourceDb: "writer" }, ["1 × database db.r5.large replica [instance-hours]"]],
    ["aws:elasticache/replicationGroup:ReplicationGroup", { nodeType: "cache.t3.micro", numCacheClusters: 3 }, ["3 × cache node cache.t3.micro [node-hours, plus snapshots]"]],
    ["aws:wafv2/webAcl:WebAcl", { rules: [{}, {}] }, ["1 × web ACL [months, plus requests]", "2 × web ACL rule [rule-months]"]],
    ["aws:iam/role:Role", {}, []],
  ])("of %s %j", (type, inputs, told) => {
    expect(of(type, inputs)).toEqual(told);
  });

  test("of several resources are added up by what is billed", () => {
    const bucket = { type: "aws:s3/bucket:Bucket", inputs: {} };
    expect(costDrivers([bucket, { type: "aws:kms/key:Key", inputs: {} }, bucket]).map((d) => [d.quantity, d.what])).toEqual([[2, "bucket"], [1, "customer key"]]);
  });

  test("hold no price", () => {
    expect(JSON.stringify(of("aws:rds/instance:Instance", { instanceClass: "db.r5.large", allocatedStorage: 100 }))).not.toMatch(/[$€]|USD/);
  });
});

describe("what the policy pack says", () => {
  const issue = (over: Partial<Issue>): Issue => ({ rule: "storage/versioning", level: "mandatory", outcome: "violated", refuses: true, urn: "urn:files", type: "aws:s3/bucket:Bucket", resource: "files", path: "versioning", message: "is not set", ...over });
  const results = (problems: string[], ...issues: Issue[]): Results => ({ stack: "production", problems, notes: [], passedOver: [], rules: [{ rule: "storage/versioning", level: "mandatory", satisfied: [], issues }] });
  const exempted = { place: "exceptions.yaml:3", kind: "waiver" as const, reason: "r", owner: "o", until: "2026-12-01" };

  test("is all zero when everything is kept", () => {
    expect(policyResult(results([]))).toEqual({ pack: "golive", mandatory: 0, advisory: 0, exempted: 0, undecided: 0, undecidedRelations: 0, passedOver: [], findings: [] });
  });

  test("tells what refuses first, with its place", () => {
    const result = policyResult(results([], issue({ refuses: false, level: "advisory", path: "" }), issue({})));
    expect(result).toMatchObject({ mandatory: 1, advisory: 1 });
    expect(result.findings).toEqual([
      { rule: "storage/versioning", level: "mandatory", resource: "files", message: "versioning is not set" },
      { rule: "storage/versioning", level: "advisory", resource: "files", message: "is not set" },
    ]);
  });

  test("counts a pack that can not be relied on as refused", () => {
    expect(policyResult(results(["exceptions.yaml:4: expired"]))).toMatchObject({ mandatory: 1, findings: [{ rule: "exceptions and settings", level: "mandatory", message: "exceptions.yaml:4: expired" }] });
  });

  test("counts one rule on one resource once, where it is excepted or not decided", () => {
    expect(policyResult(results([], issue({ refuses: false, exempted }), issue({ refuses: false, exempted, path: "other" }), issue({ outcome: "undecided", refuses: false, urn: "urn:b" })))).toMatchObject({ mandatory: 0, exempted: 1, undecided: 1, undecidedRelations: 0, passedOver: [], findings: [] });
  });

  test("counts apart what is not decided until an update is over", () => {
    const late = results([], issue({ outcome: "undecided", refuses: false }), issue({ outcome: "undecided", refuses: false, path: "other" }));
    expect(policyResult({ ...late, rules: late.rules.map((rule) => ({ ...rule, relation: true })) })).toMatchObject({ undecided: 1, undecidedRelations: 1 });
  });

  test("counts what a closed rule can not decide as refused, and only there", () => {
    expect(policyResult(results([], issue({ outcome: "undecided" })))).toMatchObject({ mandatory: 1, undecided: 0 });
  });
});

describe("the report", () => {
  const kept = { pack: "golive", mandatory: 0, advisory: 0, exempted: 0, undecided: 0, undecidedRelations: 0, passedOver: [], findings: [] };
  const plan = planOf(network, step("create", "aws:ec2/natGateway:NatGateway", "nat", { parent: NETWORK, protect: true }), step("replace", "aws:ec2/vpc:Vpc", "vpc", { parent: NETWORK, diff: ["cidrBlock"] }));

  test("for machines has the documented shape, seconds to a tenth", () => {
    expect(previewReport("production", 1.26, plan, kept)).toEqual({
      stack: "production",
      seconds: 1.3,
      resources: { total: 3, create: 2, update: 0, replace: 1, delete: 0, same: 0 },
      components: [{ name: "network", type: "golive:network:Network", resources: 3, protected: 1, costDrivers: [{ what: "NAT gateway", quantity: 1, unit: "gateway-hours, plus each GB processed" }] }],
      policy: kept,
      charts: [],
    });
  });

  test("for people names what is replaced and why, what is protected, and that no cloud was used", () => {
    const text = previewText("production", 1.26, plan, kept);
    expect(text).toMatch(/^network +2 +· +1 +· +1$/m);
    expect(text).toContain("replace vpc aws:ec2/vpc:Vpc: cidrBlock");
    expect(text).toContain("network: nat");
    expect(text).not.toContain("no rule judges");
    expect(previewText("production", 1.26, plan, { ...kept, passedOver: [["command:local:Command", 1]] })).toContain("\n  1 object of kinds that no rule judges: command:local:Command\n");
    expect(text).toContain("3 resources of production previewed by the real engine in 1.3 s; no cloud, no credentials.");
  });
});
