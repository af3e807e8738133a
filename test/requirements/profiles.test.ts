/** "Staging is the same program with smaller numbers. Profiles … are named sets of defaults; any value can still be set." */
import { beforeAll, describe, expect, test } from "vitest";
import { profileDefault } from "../../stacks/config.ts";
import { changed, parse } from "../config/values.ts";
import { at, type Rendered } from "./rendered.ts";
import { RENDER_TIMEOUT_MS, renderOnce } from "./renderOnce.ts";

/** What an account has once, which production makes and staging adopts, and what staging leaves out on purpose. */
const ONCE = [
  "aws:accessanalyzer/analyzer:Analyzer", "aws:cfg/deliveryChannel:DeliveryChannel", "aws:cfg/recorder:Recorder", "aws:cfg/recorderStatus:RecorderStatus", "aws:cfg/retentionConfiguration:RetentionConfiguration",
  "aws:cloudtrail/trail:Trail", "aws:cloudwatch/logMetricFilter:LogMetricFilter", "aws:costexplorer/anomalyMonitor:AnomalyMonitor", "aws:costexplorer/anomalySubscription:AnomalySubscription", "aws:ebs/encryptionByDefault:EncryptionByDefault",
  "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess", "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
  "aws:guardduty/detector:Detector", "aws:guardduty/detectorFeature:DetectorFeature", "aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  "aws:iam/serviceLinkedRole:ServiceLinkedRole", "aws:inspector2/enabler:Enabler", "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "aws:securityhub/account:Account",
  "aws:securityhub/findingAggregator:FindingAggregator", "aws:securityhub/standardsSubscription:StandardsSubscription",
];
/** Chat and pager, which staging's file does not name. */
const LEFT_OUT = ["aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration", "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"];

const types = (rendered: Rendered) => new Set(rendered.resources.map((r) => r.type));

describe("staging", () => {
  let production: Rendered;
  let staging: Rendered;
  beforeAll(async () => {
    production = await renderOnce({ stack: "production" });
    staging = await renderOnce({ stack: "staging" });
  }, 2 * RENDER_TIMEOUT_MS);

  test("is the same program: every kind of resource, but those that an account has once", () => {
    expect([...types(staging)].filter((type) => !types(production).has(type))).toEqual([]);
    expect([...types(production)].filter((type) => !types(staging).has(type)).sort()).toEqual([...ONCE, ...LEFT_OUT].sort());
  });

  test.each<[string, (rendered: Rendered) => unknown, unknown, unknown]>([
    ["zones", (r) => r.all("aws:ec2/subnet:Subnet", /^network-vpc-private-/).length, 3, 2],
    ["NAT gateways", (r) => r.all("aws:ec2/natGateway:NatGateway").length, 3, 1],
    ["database class", (r) => at(r.one("aws:rds/instance:Instance", "postgres-primary").props, "instanceClass"), "db.r5.large", "db.t4g.medium"],
    ["database replicas", (r) => r.all("aws:rds/instance:Instance", /^postgres-replica-/).length, 2, 1],
    ["database storage", (r) => at(r.one("aws:rds/instance:Instance", "postgres-primary").props, "allocatedStorage"), 100, 50],
    ["cache nodes", (r) => at(r.one("aws:elasticache/replicationGroup:ReplicationGroup", "redis-cache").props, "numCacheClusters"), 3, 2],
    ["application replicas", (r) => at(r.one("HorizontalPodAutoscaler", "app-blue").props, "spec.minReplicas"), 3, 2],
    ["most application replicas", (r) => at(r.one("HorizontalPodAutoscaler", "app-blue").props, "spec.maxReplicas"), 10, 4],
    ["ingress replicas", (r) => at(r.one("kubernetes:helm.sh/v4:Chart", "ingress-controller").props, "values.controller.replicaCount"), 3, 2],
    ["object lock", (r) => at(r.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "storage-audit-lock").props, "rule.defaultRetention.mode"), "COMPLIANCE", "GOVERNANCE"],
    ["budget", (r) => at(r.one("aws:budgets/budget:Budget").props, "limitAmount"), "2500.00", "700.00"],
  ])("has smaller numbers: %s", (_, read, inProduction, inStaging) => {
    expect([read(production), read(staging)]).toEqual([inProduction, inStaging]);
  });
});

describe("profiles are named sets of defaults", () => {
  test.each([
    ["app.replicas.min", 2, 3, 6],
    ["nodes.general.instanceType", "t3.large", "t3.large", "m6i.xlarge"],
    ["postgres.instanceClass", "db.t4g.medium", "db.r5.large", "db.r6g.xlarge"],
    ["redis.sessions", "shared", "shared", "separate"],
    ["storage.backupRetentionDays", 90, 90, 365],
    ["edge.shieldAdvanced", false, false, true],
  ])("%s in mvp, standard, enterprise", (key, ...values) => {
    expect((["mvp", "standard", "enterprise"] as const).map((profile) => profileDefault(profile, key.split(".")))).toEqual(values);
  });

  test("any value can still be set", () => {
    const config = parse(changed({ app: { replicas: { min: 3, max: 9 } } }));
    expect(config.app.replicas).toEqual({ min: 3, max: 9 });
    expect(config.postgres.replicas).toBe(2);
  });
});
