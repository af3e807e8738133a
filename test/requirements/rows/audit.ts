/** Requirements, section 1, row "audit and SIEM". */
import { expect } from "vitest";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { kept, names, statement } from "../facts.ts";

const row = "audit and SIEM";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const FEATURE = "aws:guardduty/detectorFeature:DetectorFeature";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const topic = (name: string) => `arn:aws:sns:us-east-1:123456789012:shop-production-${name}`;

/** What an account has once a region; made by one stack, adopted by the others. */
const SINGLETONS = [
  "aws:cloudtrail/trail:Trail", "aws:guardduty/detector:Detector", "aws:securityhub/account:Account", "aws:cfg/recorder:Recorder", "aws:inspector2/enabler:Enabler",
  "aws:accessanalyzer/analyzer:Analyzer", "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
  "aws:ebs/encryptionByDefault:EncryptionByDefault", "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
];

function pattern(p: Rendered, rule: string): unknown {
  return JSON.parse(String(p.one(RULE, `audit-routes-${rule}`).props["eventPattern"]));
}

export const audit: Requirement[] = [
  kept(row, "CloudTrail (all regions, validated, encrypted, to the audit bucket for 2555 days and to logs: CloudWatch takes only fixed periods, so 2557)", [
    ["aws:cloudtrail/trail:Trail", "audit-trail", {
      name: "shop-production", isMultiRegionTrail: true, includeGlobalServiceEvents: true, enableLogging: true, enableLogFileValidation: true,
      kmsKeyId: expect.stringMatching(/^arn:aws:kms:us-east-1:123456789012:key\//) as unknown,
      s3BucketName: "shop-production-audit-123456789012",
      cloudWatchLogsGroupArn: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/cloudtrail/shop-production:*",
    }],
    ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "storage-audit-lifecycle", { bucket: "shop-production-audit-123456789012", "rules[2].expiration": { days: 2555 } }],
    ["aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "storage-audit-lock", { "rule.defaultRetention": { days: 2555, mode: "COMPLIANCE" } }],
    ["aws:cloudwatch/logGroup:LogGroup", "audit-trail-logs", { name: "/aws/cloudtrail/shop-production", retentionInDays: 2557 }],
    ["aws:s3/bucketPolicy:BucketPolicy", "storage-audit-policy", {}],
  ], (p) => {
    // The service writes as this trail only; another name here and the trail would write nothing.
    const arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/shop-production";
    expect(statement(p.one("aws:s3/bucketPolicy:BucketPolicy", "storage-audit-policy"), "AllowTrailWrite").Condition?.["ArnLike"]).toEqual({ "aws:SourceArn": arn });
    expect(at(p.one("aws:cloudtrail/trail:Trail").props, "kmsKeyId")).not.toBe(at(p.one("aws:cloudwatch/logGroup:LogGroup", "audit-trail-logs").props, "kmsKeyId"));
  }),
  kept(row, "GuardDuty with EKS, RDS and S3 protection", [
    ["aws:guardduty/detector:Detector", "audit-detection-guardduty", { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" }],
    [FEATURE, "audit-detection-guardduty-eks-audit-logs", { name: "EKS_AUDIT_LOGS", status: "ENABLED" }],
    [FEATURE, "audit-detection-guardduty-rds-login-events", { name: "RDS_LOGIN_EVENTS", status: "ENABLED" }],
    [FEATURE, "audit-detection-guardduty-s3-data-events", { name: "S3_DATA_EVENTS", status: "ENABLED" }],
  ]),
  kept(row, "Security Hub", [
    ["aws:securityhub/account:Account", "audit-detection-hub", { autoEnableControls: true, controlFindingGenerator: "SECURITY_CONTROL" }],
    ["aws:securityhub/standardsSubscription:StandardsSubscription", "audit-detection-hub-best-practices", { standardsArn: "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0" }],
    ["aws:securityhub/standardsSubscription:StandardsSubscription", "audit-detection-hub-cis", { standardsArn: "arn:aws:securityhub:us-east-1::standards/cis-aws-foundations-benchmark/v/3.0.0" }],
  ]),
  kept(row, "Config", [
    ["aws:cfg/recorder:Recorder", "audit-configuration", { recordingGroup: { allSupported: true, includeGlobalResourceTypes: true } }],
    ["aws:cfg/deliveryChannel:DeliveryChannel", "audit-configuration-delivery", { s3BucketName: "shop-production-config-123456789012" }],
    ["aws:cfg/recorderStatus:RecorderStatus", "audit-configuration-on", { isEnabled: true }],
  ], (p) => {
    expect(names(p, "aws:cfg/rule:Rule")).toHaveLength(23);
    expect(p.all("aws:cfg/rule:Rule").map((r) => at(r.props, "source.sourceIdentifier"))).toEqual(expect.arrayContaining(["MULTI_REGION_CLOUD_TRAIL_ENABLED", "CMK_BACKING_KEY_ROTATION_ENABLED", "EKS_SECRETS_ENCRYPTED"]));
  }),
  kept(row, "Inspector (vulnerability scan at least weekly)", [
    ["aws:inspector2/enabler:Enabler", "audit-detection-inspector", { accountIds: ["123456789012"], resourceTypes: ["EC2", "ECR", "LAMBDA"] }],
    ["CronJob", "image-scan", { "spec.schedule": "0 6 * * 1", "spec.suspend": undefined }],
  ]),
  kept(row, "IAM Access Analyzer", [["aws:accessanalyzer/analyzer:Analyzer", "audit-detection-analyzer", { analyzerName: "shop-production-access", type: "ACCOUNT" }]]),
  kept(row, "findings routed to chat, mail and pager", [
    [RULE, "audit-routes-guardduty-high", { state: "ENABLED" }],
    [RULE, "audit-routes-guardduty-medium", { state: "ENABLED" }],
    [RULE, "audit-routes-security-hub", { state: "ENABLED" }],
    [RULE, "audit-routes-inspector", { state: "ENABLED" }],
    [RULE, "audit-routes-access-analyzer", { state: "ENABLED" }],
    [RULE, "audit-routes-config-rules", { state: "ENABLED" }],
    [TARGET, "audit-routes-guardduty-high-page", { rule: "shop-production-guardduty-high", arn: topic("pages") }],
    [TARGET, "audit-routes-guardduty-high-finding", { rule: "shop-production-guardduty-high", arn: topic("findings") }],
    [TARGET, "audit-routes-guardduty-medium-finding", { rule: "shop-production-guardduty-medium", arn: topic("findings") }],
    [TARGET, "audit-routes-security-hub-finding", { rule: "shop-production-security-hub", arn: topic("findings") }],
    [TARGET, "audit-routes-inspector-finding", { rule: "shop-production-inspector", arn: topic("findings") }],
    [TARGET, "audit-routes-access-analyzer-finding", { rule: "shop-production-access-analyzer", arn: topic("findings") }],
    [TARGET, "audit-routes-config-rules-finding", { rule: "shop-production-config-rules", arn: topic("findings") }],
    ["aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration", "notifications-slack", { slackTeamId: "T0123ABCD", slackChannelId: "C0123ABCD", snsTopicArns: [topic("alarms"), topic("findings"), topic("pages")] }],
    [SUBSCRIPTION, "notifications-findings-mail-1", { topic: topic("findings"), protocol: "email", endpoint: "oncall@example.com" }],
    [SUBSCRIPTION, "notifications-findings-mail-2", { topic: topic("findings"), protocol: "email", endpoint: "security@example.com" }],
    [SUBSCRIPTION, "notifications-pages-pager", { topic: topic("pages"), protocol: "https", endpoint: "[secret]" }],
  ], (p) => {
    expect(pattern(p, "guardduty-high")).toEqual({ source: ["aws.guardduty"], "detail-type": ["GuardDuty Finding"], detail: { severity: [{ numeric: [">=", 7] }] } });
    expect(at(pattern(p, "guardduty-medium"), "detail.severity")).toEqual([{ numeric: [">=", 4, "<", 7] }]);
    expect(at(pattern(p, "security-hub"), "detail.findings.Severity.Label")).toEqual(["CRITICAL", "HIGH"]);
    expect(at(pattern(p, "inspector"), "detail.severity")).toEqual(["CRITICAL", "HIGH"]);
    expect(at(pattern(p, "access-analyzer"), "detail.status")).toEqual(["ACTIVE"]);
    expect(at(pattern(p, "config-rules"), "detail.newEvaluationResult.complianceType")).toEqual(["NON_COMPLIANT"]);
  }),
  {
    // Staging adopts what production made: it routes findings of its own, and creates nothing twice.
    ...kept(row, "account singletons can be adopted instead of created", [
      [RULE, "audit-routes-guardduty-high", { name: "shop-staging-guardduty-high" }],
      ["aws:iam/role:Role", "access-deploy", { name: "shop-staging-deploy" }],
    ], (p) => expect(SINGLETONS.flatMap((type) => names(p, type))).toEqual([])),
    rendering: "staging",
  },
  kept(row, "account singletons", SINGLETONS.map((type) => [type, /./, {}] as const)),
];
