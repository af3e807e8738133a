import { describe, expect, it } from "vitest";
import type { AuditArgs } from "../../components/audit/index.ts";
import { Audit } from "../../components/audit/index.ts";
import { declared, ofType, only, statement } from "./mocks.ts";

const base: AuditArgs = {
  prefix: "shop-production",
  accountId: "123456789012",
  region: "us-east-1",
  logRetentionDays: 2557,
  cloudTrail: "create",
  guardDuty: "create",
  securityHub: "create",
  config: "create",
  configRole: "create",
  inspector: "create",
  accessAnalyzer: "create",
  accountDefaults: "create",
  auditBucket: { name: "shop-production-audit-123456789012", arn: "arn:aws:s3:::shop-production-audit-123456789012" },
  configBucket: { name: "shop-production-config-123456789012", arn: "arn:aws:s3:::shop-production-config-123456789012" },
  keys: { audit: "arn:aws:kms:us-east-1:123456789012:key/audit", logs: "arn:aws:kms:us-east-1:123456789012:key/logs" },
  findingTopicArn: "arn:aws:sns:us-east-1:123456789012:shop-production-findings",
  pageTopicArn: "arn:aws:sns:us-east-1:123456789012:shop-production-pages",
};
const declare = (over: Partial<AuditArgs>) => declared(() => { new Audit("audit", { ...base, ...over }); });
let defaults: ReturnType<typeof declare> | undefined;
/** The defaults are declared once: most tests only look at them. */
const audit = (over?: Partial<AuditArgs>) => (over === undefined ? (defaults ??= declare({})) : declare(over));
const OFF = { cloudTrail: "off", guardDuty: "off", securityHub: "off", config: "off", inspector: "off", accessAnalyzer: "off", accountDefaults: "off" } as const;
const ADOPT = { cloudTrail: "adopt", guardDuty: "adopt", securityHub: "adopt", config: "adopt", inspector: "adopt", accessAnalyzer: "adopt", accountDefaults: "adopt" } as const;
const LINKED_ROLE = "aws:iam/serviceLinkedRole:ServiceLinkedRole";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";

describe("Audit trail", () => {
  it("covers all regions, validated and encrypted, into the locked bucket and into logs", async () => {
    const resources = await audit();
    expect(only(resources, "aws:cloudtrail/trail:Trail").inputs).toMatchObject({
      name: "shop-production", s3BucketName: "shop-production-audit-123456789012", kmsKeyId: base.keys.audit,
      isMultiRegionTrail: true, includeGlobalServiceEvents: true, enableLogFileValidation: true, enableLogging: true,
      insightSelectors: [{ insightType: "ApiCallRateInsight" }, { insightType: "ApiErrorRateInsight" }],
    });
    expect(only(resources, "aws:cloudwatch/logGroup:LogGroup").inputs).toMatchObject({ name: "/aws/cloudtrail/shop-production", retentionInDays: 2557, kmsKeyId: base.keys.logs });
  });

  it("writes its log by a role that no other trail can take", async () => {
    const role = only(await audit(), "aws:iam/role:Role");
    expect(statement(role, "ServiceOfThisAccount", "assumeRolePolicy").Condition).toEqual({
      StringEquals: { "aws:SourceAccount": "123456789012", "aws:SourceArn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/shop-production" },
    });
  });

  it("records single objects of the buckets named, and of no others", async () => {
    const selectors = async (over: Partial<AuditArgs>) => only(await audit(over), "aws:cloudtrail/trail:Trail").inputs["advancedEventSelectors"] as { fieldSelectors: unknown[] }[];
    expect(await selectors({})).toHaveLength(1);
    expect((await selectors({ dataEventBucketArns: ["arn:aws:s3:::files"] }))[1]?.fieldSelectors).toContainEqual({ field: "resources.ARN", startsWiths: ["arn:aws:s3:::files/"] });
  });

  it("has a filter and an alarm for each thing to watch, in patterns that the service takes", async () => {
    const resources = await audit();
    const filters = ofType(resources, "aws:cloudwatch/logMetricFilter:LogMetricFilter");
    const alarms = ofType(resources, "aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(filters).toHaveLength(14);
    const metrics = filters.map((filter) => (filter.inputs["metricTransformation"] as { name: string }).name);
    expect(alarms.map((alarm) => alarm.inputs["metricName"]).sort()).toEqual(metrics.sort());
    // PutMetricFilter takes 1024 characters (API reference).
    for (const filter of filters) {
      const pattern = String(filter.inputs["pattern"]);
      expect(pattern.length, filter.name).toBeLessThanOrEqual(1024);
      expect(pattern).toMatch(/^\{ .+ \}$/s);
      expect(pattern.split("(").length, filter.name).toBe(pattern.split(")").length);
    }
  });

  it.each(["root-used", "console-without-mfa", "break-glass-used", "trail-changed", "keys-disabled"])("pages for %s", async (part) => {
    const alarm = only(await audit(), "aws:cloudwatch/metricAlarm:MetricAlarm", `audit-trail-alarms-${part}-alarm`);
    expect(alarm.inputs).toMatchObject({ threshold: 0, statistic: "Sum", alarmActions: [base.pageTopicArn, base.findingTopicArn] });
  });

  it("does not report the pipeline's own changes", async () => {
    const filter = only(await audit(), "aws:cloudwatch/logMetricFilter:LogMetricFilter", "audit-trail-alarms-security-groups");
    expect(filter.inputs["pattern"]).toContain('$.userIdentity.sessionContext.sessionIssuer.userName != "shop-production-deploy"');
  });
});

describe("Audit detection", () => {
  it("protects S3, EKS and RDS by GuardDuty", async () => {
    const features = ofType(await audit(), "aws:guardduty/detectorFeature:DetectorFeature");
    expect(features.map((feature) => feature.inputs["name"])).toEqual(expect.arrayContaining(["S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "RDS_LOGIN_EVENTS"]));
    expect(features.every((feature) => feature.inputs["status"] === "ENABLED")).toBe(true);
  });

  it("subscribes Security Hub to two standards over all regions", async () => {
    const resources = await audit();
    expect(ofType(resources, "aws:securityhub/standardsSubscription:StandardsSubscription").map((one) => one.inputs["standardsArn"])).toEqual([
      "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0", "arn:aws:securityhub:us-east-1::standards/cis-aws-foundations-benchmark/v/3.0.0",
    ]);
    expect(only(resources, "aws:securityhub/findingAggregator:FindingAggregator").inputs["linkingMode"]).toBe("ALL_REGIONS");
  });

  it("scans images, instances and functions, and looks for open doors", async () => {
    const resources = await audit();
    expect(only(resources, "aws:inspector2/enabler:Enabler").inputs).toMatchObject({ accountIds: ["123456789012"], resourceTypes: ["EC2", "ECR", "LAMBDA"] });
    expect(only(resources, "aws:accessanalyzer/analyzer:Analyzer").inputs).toMatchObject({ analyzerName: "shop-production-access", type: "ACCOUNT" });
  });

  it("records every resource type into the bucket without default retention, then judges", async () => {
    const resources = await audit();
    expect(only(resources, "aws:cfg/recorder:Recorder").inputs["recordingGroup"]).toEqual({ allSupported: true, includeGlobalResourceTypes: true });
    expect(only(resources, "aws:cfg/deliveryChannel:DeliveryChannel").inputs).toMatchObject({ s3BucketName: "shop-production-config-123456789012", s3KmsKeyArn: base.keys.audit });
    const on = only(resources, "aws:cfg/recorderStatus:RecorderStatus");
    const rules = ofType(resources, "aws:cfg/rule:Rule");
    expect(rules.map((rule) => (rule.inputs["source"] as { sourceIdentifier: string }).sourceIdentifier)).toEqual(expect.arrayContaining(["RDS_STORAGE_ENCRYPTED", "VPC_DEFAULT_SECURITY_GROUP_CLOSED", "IAM_ROOT_ACCESS_KEY_CHECK"]));
    expect(rules.every((rule) => rule.dependencies.includes(on.urn))).toBe(true);
  });

  it("makes Config's service-linked role, or takes the one of an account in which Config ever ran", async () => {
    const made = await audit();
    expect(only(made, LINKED_ROLE).inputs).toEqual({ awsServiceName: "config.amazonaws.com" });
    expect(only(made, "aws:cfg/recorder:Recorder").inputs["roleArn"]).toBe("arn:aws:mock:us-east-1:123456789012:audit-configuration-role");
    const adopted = await audit({ configRole: "adopt" });
    expect(ofType(adopted, LINKED_ROLE)).toEqual([]);
    expect(only(adopted, "aws:cfg/recorder:Recorder").inputs["roleArn"]).toBe("arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig");
  });

  it("sets account-wide defaults", async () => {
    const resources = await audit();
    expect(only(resources, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock").inputs).toMatchObject({ blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true });
    expect(only(resources, "aws:ebs/encryptionByDefault:EncryptionByDefault").inputs).toEqual({ enabled: true });
    // The stack's key as everybody's default would lock out whoever it does not let in.
    expect(ofType(resources, "aws:ebs/defaultKmsKey:DefaultKmsKey")).toEqual([]);
    expect(only(resources, "aws:iam/accountPasswordPolicy:AccountPasswordPolicy").inputs).toMatchObject({ minimumPasswordLength: 14, passwordReusePrevention: 24 });
    expect(only(resources, "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults").inputs["httpTokens"]).toBe("required");
  });
});

describe("Audit routes", () => {
  const pattern = async (part: string) => JSON.parse(String(only(await audit(), RULE, `audit-routes-${part}`).inputs["eventPattern"])) as { source?: string[]; detail?: Record<string, unknown> };

  it.each([
    ["guardduty-high", true], ["guardduty-medium", false], ["security-hub", false], ["inspector", false], ["access-analyzer", false], ["config-rules", false],
    ["root-acts", true], ["key-deletion", true], ["trail-stopped", true], ["detection-stopped", true], ["audit-bucket-touched", true], ["health", false], ["certificates", false],
  ])("%s goes to findings, and to the pager: %s", async (part, pages) => {
    const targets = ofType(await audit(), TARGET).filter((target) => target.inputs["rule"] === `shop-production-${part}`);
    expect(targets.map((target) => target.inputs["arn"])).toEqual(pages ? [base.findingTopicArn, base.pageTopicArn] : [base.findingTopicArn]);
  });

  it("splits GuardDuty at severity 7 and starts at 4", async () => {
    expect((await pattern("guardduty-high")).detail?.["severity"]).toEqual([{ numeric: [">=", 7] }]);
    expect((await pattern("guardduty-medium")).detail?.["severity"]).toEqual([{ numeric: [">=", 4, "<", 7] }]);
  });

  it("watches the audit bucket by name", async () => {
    expect((await pattern("audit-bucket-touched")).detail?.["requestParameters"]).toEqual({ bucketName: ["shop-production-audit-123456789012"] });
  });

  it("shows only fields that the message names, and the other way round", async () => {
    for (const target of ofType(await audit(), TARGET)) {
      const { inputPaths, inputTemplate } = target.inputs["inputTransformer"] as { inputPaths: Record<string, string>; inputTemplate: string };
      const named = [...inputTemplate.matchAll(/<(\w+)>/g)].map((match) => match[1]);
      expect(named.filter((field) => field === undefined || !(field in inputPaths)), target.name).toEqual([]);
      expect(JSON.parse(inputTemplate.replace(/<\w+>/g, "x")), target.name).toContain("shop-production: ");
    }
  });
});

describe("Audit of an account that has some of it", () => {
  it("creates no singleton when all are adopted, but keeps rules and routes", async () => {
    const resources = await audit(ADOPT);
    for (const type of ["aws:cloudtrail/trail:Trail", "aws:guardduty/detector:Detector", "aws:securityhub/account:Account", "aws:cfg/recorder:Recorder", "aws:inspector2/enabler:Enabler", "aws:accessanalyzer/analyzer:Analyzer", "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"]) {
      expect(ofType(resources, type), type).toEqual([]);
    }
    expect(ofType(resources, "aws:cfg/rule:Rule").length).toBeGreaterThan(15);
    expect(ofType(resources, RULE)).toHaveLength(13);
  });

  it("leaves out everything that is off, but what AWS itself reports", async () => {
    const resources = await audit(OFF);
    expect(ofType(resources, RULE).map((rule) => rule.name)).toEqual(["audit-routes-health", "audit-routes-certificates"]);
    expect(ofType(resources, "aws:cfg/rule:Rule")).toEqual([]);
  });

  it("registers the trail with its retention in the processing register", async () => {
    await declared(() => {
      expect(new Audit("audit", base).stores.map((store) => [store.name, store.dataClass, store.retention])).toEqual([
        ["/aws/cloudtrail/shop-production", "logs", "2557 days"],
      ]);
    });
  });
});
