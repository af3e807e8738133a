/** Staging is the same program with smaller numbers. */
import { beforeAll, describe, expect, test } from "vitest";
import { names } from "./facts.ts";
import { RENDERINGS } from "./renderings.ts";
import { RENDER_TIMEOUT_MS, renderOnce } from "./renderOnce.ts";
import { at, Rendered } from "./rendered.ts";

/** One an account or region, made by production: staging adopts them. The pager and chat are production's alone. */
const PRODUCTION_ONLY = [
  "aws:accessanalyzer/analyzer:Analyzer", "aws:cfg/deliveryChannel:DeliveryChannel", "aws:cfg/recorder:Recorder", "aws:cfg/recorderStatus:RecorderStatus",
  "aws:cfg/retentionConfiguration:RetentionConfiguration", "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration", "aws:cloudtrail/trail:Trail",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter", "aws:costexplorer/anomalyMonitor:AnomalyMonitor", "aws:costexplorer/anomalySubscription:AnomalySubscription",
  "aws:ebs/encryptionByDefault:EncryptionByDefault",
  "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess", "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
  "aws:guardduty/detector:Detector", "aws:guardduty/detectorFeature:DetectorFeature", "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider", "aws:iam/serviceLinkedRole:ServiceLinkedRole", "aws:inspector2/enabler:Enabler",
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "aws:securityhub/account:Account", "aws:securityhub/findingAggregator:FindingAggregator",
  "aws:securityhub/standardsSubscription:StandardsSubscription", "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy",
];

describe("staging", () => {
  let production = new Rendered([]);
  let staging = new Rendered([]);
  beforeAll(async () => {
    production = await renderOnce(RENDERINGS.production);
    staging = await renderOnce(RENDERINGS.staging);
  }, 2 * RENDER_TIMEOUT_MS);

  test("declares every kind of resource that production declares, but for what an account has once", () => {
    const types = (rendered: Rendered) => [...new Set(rendered.resources.map(({ type }) => type))].sort();
    expect(types(staging)).toEqual(types(production).filter((type) => !PRODUCTION_ONLY.includes(type)));
    expect(types(production)).toEqual(expect.arrayContaining(PRODUCTION_ONLY));
  });

  test("has two zones and one NAT gateway", () => {
    expect(new Set(staging.all("aws:ec2/subnet:Subnet").map(({ props }) => props["availabilityZone"]))).toEqual(new Set(["us-east-1a", "us-east-1b"]));
    expect(names(staging, "aws:ec2/natGateway:NatGateway")).toEqual(["network-vpc-nat-a"]);
    expect(at(staging.one("aws:ec2/vpc:Vpc").props, "cidrBlock")).toBe("10.30.0.0/16");
  });

  test("has smaller machines and fewer of them", () => {
    const databases = staging.all("aws:rds/instance:Instance");
    expect(databases.map(({ props }) => [props["identifier"], props["instanceClass"]]).sort()).toEqual([
      ["shop-staging-postgres", "db.t4g.medium"], ["shop-staging-postgres-replica-1", "db.t4g.medium"],
    ]);
    expect(staging.one("aws:rds/instance:Instance", "postgres-primary").props).toMatchObject({ allocatedStorage: 50, maxAllocatedStorage: 200, backupRetentionPeriod: 14, multiAz: true });
    expect(staging.one("aws:elasticache/replicationGroup:ReplicationGroup").props).toMatchObject({ numCacheClusters: 2, preferredCacheClusterAzs: ["us-east-1a", "us-east-1b"], snapshotRetentionLimit: 3 });
    expect(at(staging.one("aws:eks/nodeGroup:NodeGroup").props, "scalingConfig")).toEqual({ minSize: 4, desiredSize: 4, maxSize: 6 });
  });

  test("is as guarded as production", () => {
    for (const { name, props } of staging.all("aws:rds/instance:Instance")) {
      expect([props["storageEncrypted"], props["deletionProtection"], props["iamDatabaseAuthenticationEnabled"], props["publiclyAccessible"]], name).toEqual([true, true, true, false]);
    }
    expect(staging.one("aws:elasticache/replicationGroup:ReplicationGroup").props).toMatchObject({ transitEncryptionMode: "required", atRestEncryptionEnabled: true, multiAzEnabled: true });
    expect(at(staging.one("aws:eks/cluster:Cluster").props, "vpcConfig.endpointPublicAccess")).toBe(false);
    const held = ["aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup", "aws:secretsmanager/secret:Secret"];
    for (const type of held) expect(staging.all(type).filter(({ protect }) => !protect).map(({ name }) => name), type).toEqual([]);
  });

  test("locks objects as long as production, in the mode that can be undone", () => {
    const locks = (rendered: Rendered) => Object.fromEntries(rendered.all("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").map(({ name, props }) => [name, at(props, "rule.defaultRetention")]));
    expect(locks(staging)).toEqual({ "storage-audit-lock": { mode: "GOVERNANCE", days: 2555 }, "storage-backups-lock": { mode: "GOVERNANCE", days: 90 } });
    expect(locks(production)).toEqual({ "storage-audit-lock": { mode: "COMPLIANCE", days: 2555 }, "storage-backups-lock": { mode: "GOVERNANCE", days: 90 } });
  });
});
