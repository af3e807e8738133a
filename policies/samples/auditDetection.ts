/** Samples of areas/auditDetection.ts. */
import type { Samples } from "./sample.ts";

const route = (source: string, type: string): { type: string; name: string; props: Record<string, unknown> } => ({ type: "aws:cloudwatch/eventRule:EventRule", name: "adopted", props: { name: "adopted", eventPattern: JSON.stringify({ source: [source], "detail-type": [type] }) } });

const target = { type: "aws:cloudwatch/eventTarget:EventTarget", name: "adopted-target", props: { rule: "adopted", arn: "arn:aws:sns:us-east-1:123456789012:findings" } };

export const samples: Samples = {
  "audit/threat-detection": {
    scene: "audit",
    good: [{ remove: ["detector", "s3-events", "eks-logs", "rds-logins"] }],
    bad: [{ remove: ["detector", "s3-events", "eks-logs", "rds-logins", "threats", "threats-target"], at: "stack:" }],
  },
  "audit/detector-on": {
    scene: "audit",
    good: [{ set: { "detector:enable": undefined } }],
    bad: [{ set: { "detector:enable": false } }],
  },
  "audit/detector-protections": {
    scene: "audit",
    good: [{ remove: ["s3-events", "eks-logs"], set: { "detector:datasources": { s3Logs: { enable: true }, kubernetes: { auditLogs: { enable: true } } } } }],
    bad: [
      { remove: ["s3-events"], at: "detector:" },
      { remove: ["eks-logs"], at: "detector:" },
      { remove: ["rds-logins"], at: "detector:" },
      { set: { "rds-logins:status": "DISABLED" }, at: "detector:" },
      { set: { "rds-logins:detectorId": "another" }, at: "detector:" },
      { remove: ["s3-events"], set: { "detector:datasources": { s3Logs: { enable: false } } }, at: "detector:" },
      { remove: ["eks-logs"], set: { "detector:datasources": { kubernetes: { auditLogs: { enable: false } } } }, at: "detector:" },
    ],
  },
  "audit/security-hub": {
    scene: "audit",
    good: [{ remove: ["hub", "hub-standard"] }],
    bad: [{ remove: ["hub", "hub-standard", "hub-findings", "hub-target"], at: "stack:", also: ["audit/findings-routed"] }],
  },
  "audit/security-hub-standards": {
    scene: "audit",
    good: [{ remove: ["hub-standard"], set: { "hub:enableDefaultStandards": true } }, { remove: ["hub-standard"], set: { "hub:enableDefaultStandards": undefined } }],
    bad: [{ remove: ["hub-standard"], at: "hub:" }, { set: { "hub-standard:standardsArn": "arn:aws:securityhub:us-east-1::standards/nist-800-53/v/5.0.0" }, at: "hub:" }],
  },
  "audit/vulnerability-scan": {
    scene: "audit",
    good: [{ remove: ["inspector"], add: [route("aws.inspector2", "Inspector2 Finding"), target] }],
    bad: [
      { remove: ["inspector"], at: "stack:" },
      { remove: ["inspector"], add: [route("aws.inspector2", "Inspector2 Scan"), target], at: "stack:" },
      { remove: ["inspector"], add: [route("aws.inspector", "Inspector2 Finding"), target], at: "stack:" },
    ],
  },
  "audit/vulnerability-scan-scope": {
    scene: "audit",
    bad: [{ set: { "inspector:resourceTypes": ["ECR", "LAMBDA"] } }, { set: { "inspector:resourceTypes": ["EC2"] } }],
  },
  "audit/access-analyzer": {
    scene: "audit",
    good: [
      { set: { "analyzer:type": undefined } },
      { set: { "analyzer:type": "ORGANIZATION" } },
      { remove: ["analyzer"], add: [route("aws.access-analyzer", "Access Analyzer Finding"), target] },
    ],
    bad: [{ remove: ["analyzer"], at: "stack:" }, { set: { "analyzer:type": "ACCOUNT_UNUSED_ACCESS" }, at: "stack:" }],
  },
  "audit/findings-routed": {
    scene: "audit",
    good: [
      { remove: ["threats", "threats-target"] },
      { set: { "threats:eventPattern": JSON.stringify({ source: ["aws.guardduty"] }) } },
      { remove: ["hub", "hub-standard", "hub-findings", "hub-target", "analyzer", "inspector"], add: [
        { ...route("aws.inspector2", "Inspector2 Finding"), props: { eventPattern: JSON.stringify({ source: ["aws.inspector2", "aws.access-analyzer", "aws.securityhub"] }) } }, target] },
    ],
    bad: [
      { remove: ["hub-findings", "hub-target"], at: "hub:" },
      { set: { "hub-findings:state": "DISABLED" }, at: "hub:" },
      { set: { "hub-findings:isEnabled": false }, at: "hub:" },
      { remove: ["hub-target"], at: "analyzer:", also: ["audit/routes-reach-somebody"] },
      { remove: ["hub-target", "threats-target"], at: "detector:", also: ["audit/routes-reach-somebody"] },
      { set: { "hub-findings:eventPattern.detail-type": ["Security Hub Findings - Custom Action"] }, at: "inspector:" },
    ],
  },
};
