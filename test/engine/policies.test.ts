/**
 * The pack on the real engine, and production with one thing wrong at a time: an update that breaks a rule is refused
 * and changes nothing; with exceptions it passes; with one that has expired it is refused again.
 */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { gatedUp, PolicyRefusal } from "../../operations/gate/gatedUp.ts";
import { JudgedSandbox } from "../../operations/gate/judgedSandbox.ts";
import { CHECKOUT, LOCAL_STATE } from "../../sandbox/engine/checkout.ts";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import type { Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { inState } from "./helpers.ts";

const POLICIES = path.join(CHECKOUT, "policies");

/** What is made wrong: a property of a resource of the program, and the rule that must refuse it. */
interface Violation {
  rule: string;
  type: string;
  name: string;
  property: string;
  value: unknown;
}

const WORKLOAD = { type: "kubernetes:apps/v1:Deployment", name: "release-blue" };
const VIOLATIONS: Violation[] = [
  { rule: "storage/public-access-flags", type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name: "storage-archive-public-access", property: "blockPublicPolicy", value: false },
  { rule: "database/iam-authentication", type: "aws:rds/instance:Instance", name: "postgres-primary", property: "iamDatabaseAuthenticationEnabled", value: false },
  { rule: "keys/rotation-period", type: "aws:kms/key:Key", name: "keys-cache", property: "rotationPeriodInDays", value: 365 },
  { rule: "iam/session-length", type: "aws:iam/role:Role", name: "access-readonly", property: "maxSessionDuration", value: 43_200 },
  { rule: "network/public-ingress", type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name: "network-endpoints-https", property: "cidrIpv4", value: "0.0.0.0/0" },
  { rule: "audit/trail-validated", type: "aws:cloudtrail/trail:Trail", name: "audit-trail", property: "enableLogFileValidation", value: false },
  { rule: "cluster/control-plane-logs", type: "aws:eks/cluster:Cluster", name: "cluster-control-plane", property: "enabledClusterLogTypes", value: ["api"] },
  { rule: "retention/log-groups", type: "aws:cloudwatch/logGroup:LogGroup", name: "postgres-primary-upgrade-logs", property: "retentionInDays", value: 0 },
  { rule: "cache/snapshots", type: "aws:elasticache/replicationGroup:ReplicationGroup", name: "redis-cache", property: "snapshotRetentionLimit", value: 0 },
  { rule: "images/digest", ...WORKLOAD, property: "spec.template.spec.containers[0].image", value: "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:latest" },
  { rule: "pod-security/privileged", ...WORKLOAD, property: "spec.template.spec.containers[0].securityContext.privileged", value: true },
  { rule: "rbac/wildcards", type: "kubernetes:rbac.authorization.k8s.io/v1:Role", name: "monitoring-app-targets", property: "rules[0].verbs", value: ["*"] },
];
/** Only wrong together with another resource: the archive is left without its public-access block. */
const STACK_WIDE: Violation = { rule: "storage/public-access-block", type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name: "storage-archive-public-access", property: "bucket", value: "shop-production-files-123456789012" };

/** Only wrong together with another resource, and in a text that holds what AWS makes: nobody knows before the first update. */
const LATE: Violation = { rule: "storage/tls-only", type: "aws:s3/bucketPolicy:BucketPolicy", name: "storage-files-policy", property: "policy", value: { from: "aws:SecureTransport", to: "aws:ViaAWSService" } };

/** The program of the checkout, with what violations.json names changed on the way to the engine. */
const PROGRAM = `
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

const violations = JSON.parse(readFileSync(new URL("violations.json", import.meta.url), "utf8"));
pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
  for (const { property, value, ...at } of violations) {
    if (at.type !== type || at.name !== name) continue;
    const [first, ...path] = property.split(/[.[\\]]+/).filter(Boolean);
    props = { ...props, [first]: path.length === 0 && !value?.from ? value : pulumi.output(props[first]).apply((whole) => changed(whole, path, value)) };
  }
  return { props, opts };
});
function changed(whole, [step, ...path], value) {
  if (step === undefined && value?.from) return whole.replaceAll(value.from, value.to);
  if (step === undefined) return value;
  const copy = Array.isArray(whole) ? [...whole] : { ...whole };
  copy[step] = changed(copy[step], path, value);
  return copy;
}
await import("../../../stacks/index.ts");
`;

let folder: string;
let judged: JudgedSandbox;
let sandbox: Sandbox;

async function violate(...violations: Violation[]): Promise<void> {
  await writeFile(path.join(folder, "program", "violations.json"), JSON.stringify(violations));
}

/** A copy of the pack with these exceptions beside its own. */
async function pack(violations: Violation[], expires: (index: number) => string): Promise<string> {
  const copy = path.join(folder, "pack");
  await cp(POLICIES, copy, { recursive: true });
  const waivers = violations.map(({ rule, type, name }, index) => ({ rule, resource: `${type}::${name}`, stacks: ["production"], reason: "a test", owner: "the test", expires: expires(index) }));
  const own = parse(await readFile(path.join(copy, "exceptions.yaml"), "utf8")) as object;
  await writeFile(path.join(copy, "exceptions.yaml"), JSON.stringify({ ...own, waivers }));
  return copy;
}

function day(ahead: number): string {
  return new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
}

/** What the pack says when it refuses an update that nobody previewed; fails the test when it does not refuse. */
async function refusal(policyPack: string): Promise<string> {
  const messages: string[] = [];
  const up = sandbox.up({ policyPacks: [policyPack], onEvent: ({ policyEvent }) => { if (policyEvent?.enforcementLevel === "mandatory") messages.push(policyEvent.message); } });
  await expect(up).rejects.toThrow(OperationError);
  return messages.join("\n");
}

/** What an update could have changed; the engine writes the resources down in the order in which it met them. */
async function snapshot(): Promise<unknown> {
  return Object.fromEntries((await inState(sandbox)).map(({ urn, inputs, outputs }) => [urn, { inputs, outputs }]));
}

beforeAll(async () => {
  await mkdir(LOCAL_STATE, { recursive: true });
  // Inside of the checkout, so that program and pack find its packages.
  folder = await mkdtemp(path.join(LOCAL_STATE, "policies-test-"));
  const program = path.join(folder, "program");
  await mkdir(program);
  const project = await readFile(path.join(CHECKOUT, "Pulumi.yaml"), "utf8");
  await writeFile(path.join(program, "Pulumi.yaml"), project.replace(/^main:.*$/m, "main: index.ts"));
  await cp(path.join(CHECKOUT, "Pulumi.production.yaml"), path.join(program, "Pulumi.production.yaml"));
  await writeFile(path.join(program, "package.json"), '{"type": "module"}\n');
  await writeFile(path.join(program, "index.ts"), PROGRAM);
  judged = await JudgedSandbox.open({ stack: "production", programDir: program });
  ({ sandbox } = judged);
});
afterAll(async () => {
  await judged[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe("a violation of the stack as a whole", () => {
  it("creates nothing at all: the preview is refused before anything is applied", async () => {
    await violate(STACK_WIDE);
    const refused = await gatedUp(judged).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PolicyRefusal);
    expect(refused).toMatchObject({ applied: "nothing" });
    expect((refused as PolicyRefusal).findings.join("\n")).toContain(`[${STACK_WIDE.rule}] storage-archive`);
    expect(await inState(sandbox)).toEqual([]);
  });
});

describe("a violation that nobody can know before everything is there", () => {
  it("ends the update with a refusal that says that it is applied", async () => {
    await violate(LATE);
    const refused = await gatedUp(judged).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PolicyRefusal);
    expect(refused).toMatchObject({ applied: "everything", exitCode: 1, message: 'Stack "production" is applied, and broken: the policy pack refuses what could not be decided before the end of the update.' });
    expect((refused as PolicyRefusal).findings.join("\n")).toContain(`[${LATE.rule}] storage-files:`);
    expect((await inState(sandbox)).length).toBeGreaterThan(500);
  });
});

describe("production, applied", () => {
  beforeAll(async () => {
    await violate();
    await gatedUp(judged);
  });

  it.each(VIOLATIONS.map((violation) => [violation.rule, violation] as const))("%s broken: the update is refused and the state unchanged", async (rule, violation) => {
    await violate(violation);
    const before = await snapshot();
    expect(await refusal(POLICIES)).toContain(`[${rule}] ${violation.name}`);
    expect(await snapshot()).toEqual(before);
  });

  it("with one exception expired, nothing is applied", async () => {
    await violate(...VIOLATIONS);
    const before = await snapshot();
    expect(await refusal(await pack(VIOLATIONS, (index) => day(index === 0 ? -1 : 30)))).toContain("the waiver expired");
    expect(await snapshot()).toEqual(before);
  });

  it("with exceptions in place, everything they cover passes", async () => {
    await violate(...VIOLATIONS);
    await gatedUp(judged, { pack: await pack(VIOLATIONS, () => day(30)) });
    const primary = (await inState(sandbox)).find(({ urn }) => urn.endsWith("::postgres-primary"));
    expect(primary?.inputs).toMatchObject({ iamDatabaseAuthenticationEnabled: false });
  });

  it("with the exceptions expired, the same stack is refused again", async () => {
    const before = await snapshot();
    expect(await refusal(await pack(VIOLATIONS, () => day(-1)))).toContain("the waiver expired");
    expect(await refusal(POLICIES)).toMatch(/^\[[a-z-]+\/[a-z-]+\] /m);
    expect(await snapshot()).toEqual(before);
  });
});
