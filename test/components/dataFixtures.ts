/** Arguments that the tests of the data components and jobs share. */
import type { ClusterIdentity } from "../../components/cluster/identity.ts";
import { Jobs } from "../../components/jobs/index.ts";
import { Postgres, type PostgresArgs } from "../../components/postgres/index.ts";
import type { Declared } from "./mocks.ts";

export const PLACE = { prefix: "shop-production", accountId: "123456789012", region: "us-east-1" } as const;
export const PROTECTED = { protect: true, retainOnDelete: true };
export const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/golive-jobs@sha256:${"2".repeat(64)}`;
export const IDENTITY: ClusterIdentity = { kind: "podIdentity", clusterName: "shop-production", clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/shop-production", dependsOn: [] };

export const POSTGRES: PostgresArgs = {
  ...PLACE, protection: PROTECTED, zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
  instanceClass: "db.r5.large", majorVersion: "16", multiAz: true, replicas: 2, storageGib: 100, maxStorageGib: 500,
  databaseName: "app", masterUsername: "golive_master", backupRetentionDays: 35, backupWindow: "02:00-03:00", maintenanceWindow: "sun:04:00-sun:05:00",
  performanceInsightsDays: 93, monitoringSeconds: 30, blueGreenUpdate: false, masterPasswordVersion: 1,
  vpcId: "vpc-1", vpcCidr: "10.20.0.0/16", subnetIds: ["subnet-1", "subnet-2", "subnet-3"], privateSubnetIds: ["subnet-4"],
  clients: [{ name: "nodes", securityGroupId: "sg-nodes" }], keyArn: "arn:key:database", secretsKeyArn: "arn:key:secrets", logsKeyArn: "arn:key:logs",
  masterPassword: "a-first-password-1", rotationDays: 30, recoveryWindowDays: 30, privateZoneId: "Z1", privateZoneName: "shop-production.internal", alarmTopicArn: "arn:topic:alarms",
};

export const postgres = (): Postgres => new Postgres("postgres", POSTGRES);
export const jobs = (): Jobs => new Jobs("jobs", { ...PLACE, app: "shop", image: IMAGE, identity: IDENTITY, vpcCidr: "10.20.0.0/16", alarmTopicArn: "arn:topic:alarms" });

/** The one resource with that name and type suffix; throws when there is none. */
export function only(found: Declared[], type: string, name: string): Record<string, unknown> {
  const hits = found.filter((resource) => resource.type.endsWith(type) && resource.name === name);
  if (hits.length !== 1 || hits[0] === undefined) throw new Error(`${hits.length} resources ${type} ${name}; there are ${found.map((r) => `${r.type} ${r.name}`).join(", ")}`);
  return hits[0].inputs;
}

/** Statements of a policy by Sid. */
export function statements(policy: unknown): Record<string, Record<string, unknown>> {
  const document = JSON.parse(String(policy)) as { Statement: Record<string, unknown>[] };
  return Object.fromEntries(document.Statement.map((statement) => [String(statement["Sid"]), statement]));
}

/** Actions of Allow statements in all role policies that contain a wildcard, as `role: action`; nobody should have one. */
export function wildcardActions(found: Declared[]): string[] {
  return allowed(found).flatMap(({ role, statement }) => ([statement["Action"] ?? []].flat() as string[]).filter((action) => action.includes("*")).map((action) => `${role}: ${action}`));
}

/** Sids of Allow statements in all role policies whose resource is everything. */
export function unlimitedSids(found: Declared[]): string[] {
  return [...new Set(allowed(found).filter(({ statement }) => [statement["Resource"]].flat().includes("*")).map(({ statement }) => String(statement["Sid"])))].sort();
}

function allowed(found: Declared[]): { role: string; statement: Record<string, unknown> }[] {
  return found.filter((resource) => resource.type === "aws:iam/rolePolicy:RolePolicy")
    .flatMap((resource) => Object.values(statements(resource.inputs["policy"])).filter((statement) => statement["Effect"] === "Allow").map((statement) => ({ role: resource.name, statement })));
}

interface JobPod { containers: JobContainer[]; initContainers?: JobContainer[] }
interface JobContainer { image: string; command: string[]; env: { name: string; value: unknown }[] }

/** Schedule, pod and environment of a declared CronJob. */
export function cronJob(found: Declared[], name: string): { schedule: string; pod: JobPod & Record<string, unknown>; env: Record<string, unknown>; deadlineSeconds: number } {
  const spec = only(found, ":CronJob", name)["spec"] as { schedule: string; jobTemplate: { spec: { activeDeadlineSeconds: number; template: { spec: JobPod & Record<string, unknown> } } } };
  const pod = spec.jobTemplate.spec.template.spec;
  const env = Object.fromEntries((pod.containers[0]?.env ?? []).map((variable) => [variable.name, variable.value]));
  return { schedule: spec.schedule, pod, env, deadlineSeconds: spec.jobTemplate.spec.activeDeadlineSeconds };
}

/** Names of all CronJobs. */
export function cronJobNames(found: Declared[]): string[] {
  return found.filter((resource) => resource.type.endsWith(":CronJob")).map((resource) => resource.name).sort();
}

/** Ports that a job's network policy lets out. */
export function openPorts(found: Declared[], name: string): number[] {
  const spec = only(found, ":NetworkPolicy", `${name}-network`)["spec"] as { egress: { ports: { port: number }[] }[] };
  return spec.egress.flatMap((rule) => rule.ports.map((port) => port.port));
}

/** Key and value by which the engine's protocol marks a secret (Pulumi, "Resource property serialization"). */
const SECRET_MARK = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/** The value of an input that must be a secret; throws when it is plain, for then it would lie open in the state. */
export function secretValue(input: unknown): unknown {
  const marked = input as Record<string, unknown> | undefined;
  if (typeof marked !== "object" || marked[SECRET_MARK[0]] !== SECRET_MARK[1]) throw new Error(`${JSON.stringify(input)} is no secret`);
  return marked["value"];
}
