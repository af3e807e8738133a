/** What is measured: production as it is, and production with ten times as much of something. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { openSandbox } from "../../sandbox/workspace/sandbox.ts";
import type { ConfigValue } from "../../sandbox/workspace/stackFile.ts";

const TENFOLD = 10;
/** Alert rules that a stack without any is taken to have: what a team writes first. Only ten times these are declared. */
const FIRST_RULES = 10;

/** How much of each there is. */
export interface Sizes { nodeGroups: number; buckets: number; alertRules: number }
export type Dimension = keyof Sizes;

export interface Variant {
  name: string;
  before: Partial<Sizes>;
  after: Partial<Sizes>;
  overrides: Record<string, ConfigValue>;
  /** What is added beside resources: rules are lines of one resource, yet each is work. */
  addedRules: number;
}

const NODE_GROUP = { instanceType: "t3.large", min: 3, desired: 3, max: 10, diskGib: 50 };
const BUCKET = { dataClass: "files" };
const RULE = { expr: "up == 0", for: "5m", severity: 3, team: "platform", summary: "Down", runbook: "https://runbooks.example.com/down" };

const OVERRIDES: Record<Dimension, (before: number, after: number) => Record<string, ConfigValue>> = {
  nodeGroups: (_, after) => ({ "golive:nodes": repeat(after, (n) => `pool-${n}`, NODE_GROUP) }),
  // Production's own buckets stay, so only the difference is added.
  buckets: (before, after) => ({ "golive:storage.extraBuckets": repeat(after - before, (n) => `extra-${n}`, BUCKET) }),
  alertRules: (_, after) => ({ "golive:monitoring.alertRules": repeat(after, (n) => `Custom${n}`, RULE) }),
};

/** Each dimension grown by itself. */
export function eachGrown(sizes: Sizes): Variant[] {
  return [
    grown("ten times the node groups", sizes, ["nodeGroups"]),
    grown("ten times the buckets", sizes, ["buckets"]),
    grown("ten times the alert rules", sizes, ["alertRules"]),
  ];
}

/** All of them grown at once: one program in place of three. */
export function allGrown(sizes: Sizes): Variant[] {
  return [grown("ten times node groups, buckets and alert rules", sizes, ["nodeGroups", "buckets", "alertRules"])];
}

function grown(name: string, sizes: Sizes, dimensions: Dimension[]): Variant {
  const after = (dimension: Dimension) => TENFOLD * (dimension === "alertRules" ? Math.max(sizes.alertRules, FIRST_RULES) : sizes[dimension]);
  return {
    name,
    before: Object.fromEntries(dimensions.map((d) => [d, sizes[d]])),
    after: Object.fromEntries(dimensions.map((d) => [d, after(d)])),
    overrides: Object.assign({}, ...dimensions.map((d) => OVERRIDES[d](sizes[d], after(d)))) as Record<string, ConfigValue>,
    addedRules: dimensions.includes("alertRules") ? after("alertRules") - sizes.alertRules : 0,
  };
}

/** Counts production's own, from its plan; that preview also warms the caches of disk and compiler. */
export async function sizesOf(stack: string): Promise<Sizes> {
  const sizes: Sizes = { nodeGroups: 0, buckets: 0, alertRules: 0 };
  await using sandbox = await openSandbox({ stack });
  await sandbox.preview({ onEvent: (event) => count(event, sizes) });
  return sizes;
}

function count(event: EngineEvent, sizes: Sizes): void {
  const step = event.resourcePreEvent?.metadata;
  if (step === undefined) return;
  if (step.type === "aws:eks/nodeGroup:NodeGroup") sizes.nodeGroups += 1;
  if (step.type.startsWith("aws:s3/bucket:")) sizes.buckets += 1;
  // The team's own; those that come with the monitoring component are not for a stack file to multiply.
  if (step.urn.endsWith("PrometheusRule::monitoring-team-rules")) {
    const { inputs } = (step.new ?? {}) as { inputs?: { spec?: { groups?: { rules?: unknown[] }[] } } };
    sizes.alertRules += (inputs?.spec?.groups ?? []).reduce((sum, group) => sum + (group.rules?.length ?? 0), 0);
  }
}

function repeat<T>(times: number, key: (n: number) => string, value: T): Record<string, T> {
  return Object.fromEntries(Array.from({ length: times }, (_, n) => [key(n), value]));
}
