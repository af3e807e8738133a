import type { SampleResource } from "../../../policies/samples/sample.ts";
import { json } from "./json.ts";

const ACCOUNT = "123456789012";
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/0f3c2b1a-1111-4222-8333-444455556666`;
const FINDINGS = `arn:aws:sns:us-east-1:${ACCOUNT}:findings`;

const PATTERNS: Record<string, string> = {
  root: '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) }',
  refused: '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
  "sign-in": '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
  rights: "{ ($.eventName = PutRolePolicy) || ($.eventName = AttachRolePolicy) }",
  trail: "{ ($.eventName = StopLogging) || ($.eventName = DeleteTrail) }",
  keys: "{ ($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion) }",
};

const watch = ([name, pattern]: [string, string]): SampleResource[] => [
  { type: "aws:cloudwatch/logMetricFilter:LogMetricFilter", name: `${name}-filter`, props: { logGroupName: "trail", pattern, metricTransformation: { name, namespace: "Trail", value: "1" } } },
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    name: `${name}-alarm`,
    props: {
      name: `${name}-alarm`, alarmDescription: `The trail tells of ${name}: look who it was, and undo it.`, metricName: name, namespace: "Trail", statistic: "Sum", period: 300, evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold", threshold: 0, treatMissingData: "notBreaching", alarmActions: [FINDINGS],
    },
  },
];

const route = (name: string, target: string, pattern: Record<string, unknown>): SampleResource[] => [
  { type: "aws:cloudwatch/eventRule:EventRule", name, props: { name, state: "ENABLED", eventPattern: json(pattern) } },
  { type: "aws:cloudwatch/eventTarget:EventTarget", name: target, props: { rule: name, arn: FINDINGS } },
];

const feature = (name: string, part: string): SampleResource => ({ type: "aws:guardduty/detectorFeature:DetectorFeature", name: part, props: { detectorId: "detector", name, status: "ENABLED" } });

/** An environment that is recorded, watched, and tells people. */
export const audit: readonly SampleResource[] = [
  { type: "pulumi:pulumi:Stack", name: "stack", props: {} },
  { type: "aws:ec2/vpc:Vpc", name: "vpc", props: { cidrBlock: "10.20.0.0/16", enableDnsHostnames: true, enableDnsSupport: true } },
  { type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", name: "default-group", props: { vpcId: "vpc", ingress: [], egress: [] } },
  {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    name: "storage-endpoint",
    props: {
      vpcId: "vpc", serviceName: "com.amazonaws.us-east-1.s3", vpcEndpointType: "Gateway", routeTableIds: ["rtb-0a1b2c3d4e5f60718"],
      policy: json({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: "*", Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT } } }] }),
    },
  },
  {
    type: "aws:ec2/flowLog:FlowLog",
    name: "flow-log",
    props: { vpcId: "vpc", trafficType: "ALL", logDestinationType: "cloud-watch-logs", logDestination: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/vpc/shop`, iamRoleArn: `arn:aws:iam::${ACCOUNT}:role/flow-logs` },
  },
  {
    type: "aws:cloudtrail/trail:Trail",
    name: "trail",
    props: {
      name: "trail", s3BucketName: "audit", kmsKeyId: KEY,
      cloudWatchLogsGroupArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:trail:*`, cloudWatchLogsRoleArn: `arn:aws:iam::${ACCOUNT}:role/trail`,
      isMultiRegionTrail: true, includeGlobalServiceEvents: true, enableLogging: true, enableLogFileValidation: true,
      advancedEventSelectors: [
        { fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
        { fieldSelectors: [{ field: "eventCategory", equals: ["Data"] }, { field: "resources.type", equals: ["AWS::S3::Object"] }] },
      ],
      tags: { "data-class": "audit" },
    },
  },
  ...Object.entries(PATTERNS).flatMap(watch),
  { type: "aws:cfg/recorder:Recorder", name: "recorder", props: { name: "recorder", roleArn: `arn:aws:iam::${ACCOUNT}:role/config`, recordingGroup: { allSupported: true, includeGlobalResourceTypes: true } } },
  { type: "aws:cfg/recorderStatus:RecorderStatus", name: "recorder-on", props: { name: "recorder", isEnabled: true } },
  { type: "aws:cfg/deliveryChannel:DeliveryChannel", name: "delivery", props: { name: "delivery", s3BucketName: "config", s3KmsKeyArn: KEY } },
  { type: "aws:guardduty/detector:Detector", name: "detector", props: { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" } },
  feature("S3_DATA_EVENTS", "s3-events"),
  feature("EKS_AUDIT_LOGS", "eks-logs"),
  feature("RDS_LOGIN_EVENTS", "rds-logins"),
  ...route("threats", "threats-target", { source: ["aws.guardduty"], "detail-type": ["GuardDuty Finding"] }),
  { type: "aws:securityhub/account:Account", name: "hub", props: { enableDefaultStandards: false } },
  {
    type: "aws:securityhub/standardsSubscription:StandardsSubscription",
    name: "hub-standard",
    props: { standardsArn: "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0" },
  },
  ...route("hub-findings", "hub-target", { source: ["aws.securityhub"], "detail-type": ["Security Hub Findings - Imported"] }),
  { type: "aws:inspector2/enabler:Enabler", name: "inspector", props: { accountIds: [ACCOUNT], resourceTypes: ["EC2", "ECR"] } },
  { type: "aws:accessanalyzer/analyzer:Analyzer", name: "analyzer", props: { analyzerName: "access", type: "ACCOUNT" } },
  ...route("root-used", "root-target", { "detail-type": ["AWS API Call via CloudTrail"], detail: { userIdentity: { type: ["Root"] } } }),
];
