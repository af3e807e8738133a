/** Routes from what is found to who must know. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Singleton } from "./singleton.ts";

export interface RoutesArgs {
  prefix: string;
  cloudTrail: Singleton;
  guardDuty: Singleton;
  securityHub: Singleton;
  config: Singleton;
  inspector: Singleton;
  accessAnalyzer: Singleton;
  auditBucket: { name: string };
  findingTopicArn: pulumi.Input<string>;
  pageTopicArn: pulumi.Input<string>;
}

interface Route {
  part: string;
  description: string;
  pattern: Record<string, unknown>;
  pages: boolean;
  /** Fields of the event by the name under which `message` shows them. */
  fields: Record<string, string>;
  message: string;
}

const CALL = "AWS API Call via CloudTrail";
const WHO = { who: "$.detail.userIdentity.arn", what: "$.detail.eventName", when: "$.time", from: "$.detail.sourceIPAddress" };

/** EventBridge rules to the topics of findings and pages, for services that are created or adopted. Billed by event, close to nothing. */
export class Routes extends pulumi.ComponentResource {
  constructor(name: string, args: RoutesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:audit:Routes", name, {}, opts);
    for (const route of routesOf(args)) this.route(`${name}-${route.part}`, route, args);
    this.registerOutputs({});
  }

  private route(name: string, route: Route, args: RoutesArgs): void {
    const rule = new aws.cloudwatch.EventRule(name, {
      name: `${args.prefix}-${route.part}`,
      description: route.description,
      eventPattern: JSON.stringify(route.pattern),
      state: "ENABLED",
    }, { parent: this });
    const topics: Record<string, pulumi.Input<string>> = route.pages ? { finding: args.findingTopicArn, page: args.pageTopicArn } : { finding: args.findingTopicArn };
    for (const [kind, arn] of Object.entries(topics)) {
      new aws.cloudwatch.EventTarget(`${name}-${kind}`, {
        rule: rule.name,
        arn,
        inputTransformer: { inputPaths: route.fields, inputTemplate: `"${args.prefix}: ${route.message}"` },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 50 },
      }, { parent: this });
    }
  }
}

/** All routes of the services in use; those on calls need a trail, ours or another. */
function routesOf(args: RoutesArgs): Route[] {
  const used = (service: Singleton, routes: Route[]) => (service === "off" ? [] : routes);
  return [
    ...used(args.guardDuty, threats()),
    ...used(args.securityHub, [standards()]),
    ...used(args.inspector, [weaknesses()]),
    ...used(args.accessAnalyzer, [openDoors()]),
    ...used(args.config, [compliance(args.prefix)]),
    ...used(args.cloudTrail, calls(args)),
    ...provider(),
  ];
}

/** GuardDuty user guide, severity levels: 7 and above is high, 4 to 6.9 medium. */
function threats(): Route[] {
  const fields = { title: "$.detail.title", severity: "$.detail.severity", type: "$.detail.type", region: "$.region" };
  const pattern = (severity: unknown[]) => ({ source: ["aws.guardduty"], "detail-type": ["GuardDuty Finding"], detail: { severity: [{ numeric: severity }] } });
  const message = "GuardDuty <severity>: <title> (<type>, <region>). Open the finding and follow the runbook of its type.";
  return [
    { part: "guardduty-high", description: "Threats of high severity.", pattern: pattern([">=", 7]), pages: true, fields, message },
    { part: "guardduty-medium", description: "Threats of medium severity.", pattern: pattern([">=", 4, "<", 7]), pages: false, fields, message },
  ];
}

function standards(): Route {
  return {
    part: "security-hub",
    description: "Critical and high findings of Security Hub, once.",
    pattern: {
      source: ["aws.securityhub"],
      "detail-type": ["Security Hub Findings - Imported"],
      // GuardDuty and Inspector have routes of their own.
      detail: { findings: { Severity: { Label: ["CRITICAL", "HIGH"] }, Workflow: { Status: ["NEW"] }, RecordState: ["ACTIVE"], ProductName: [{ "anything-but": ["GuardDuty", "Inspector"] }] } },
    },
    pages: false,
    fields: { title: "$.detail.findings[0].Title", severity: "$.detail.findings[0].Severity.Label", resource: "$.detail.findings[0].Resources[0].Id" },
    message: "Security Hub <severity>: <title> on <resource>. Mend it in the program, or suppress it there with a reason.",
  };
}

function weaknesses(): Route {
  return {
    part: "inspector",
    description: "Critical and high weaknesses in images, instances and functions.",
    pattern: { source: ["aws.inspector2"], "detail-type": ["Inspector2 Finding"], detail: { severity: ["CRITICAL", "HIGH"], status: ["ACTIVE"] } },
    pages: false,
    fields: { title: "$.detail.title", severity: "$.detail.severity", resource: "$.resources[0]" },
    message: "Inspector <severity>: <title> in <resource>. Build and release a mended image.",
  };
}

function openDoors(): Route {
  return {
    part: "access-analyzer",
    description: "Resources that somebody outside the account can reach.",
    pattern: { source: ["aws.access-analyzer"], "detail-type": ["Access Analyzer Finding"], detail: { status: ["ACTIVE"] } },
    pages: false,
    fields: { resource: "$.detail.resource", type: "$.detail.resourceType", principal: "$.detail.principal" },
    message: "Access Analyzer: <resource> (<type>) is open to <principal>. Close it, or archive the finding with a reason.",
  };
}

function compliance(prefix: string): Route {
  return {
    part: "config-rules",
    description: "Resources that break a rule of AWS Config.",
    pattern: {
      source: ["aws.config"],
      "detail-type": ["Config Rules Compliance Change"],
      detail: { messageType: ["ComplianceChangeNotification"], configRuleName: [{ prefix: `${prefix}-` }], newEvaluationResult: { complianceType: ["NON_COMPLIANT"] } },
    },
    pages: false,
    fields: { rule: "$.detail.configRuleName", resource: "$.detail.resourceId", type: "$.detail.resourceType" },
    message: "Config: <resource> (<type>) breaks <rule>. Mend it in the program.",
  };
}

function calls(args: RoutesArgs): Route[] {
  const on = (source: string, eventName: string[], more?: Record<string, unknown>) => ({ source: [source], "detail-type": [CALL], detail: { eventName, ...more } });
  return [
    {
      part: "root-acts", description: "The root user signs in or acts.", pages: true, fields: WHO,
      pattern: { "detail-type": [CALL, "AWS Console Sign In via CloudTrail"], detail: { userIdentity: { type: ["Root"] } } },
      message: "root user: <what> at <when> from <from>. If nobody announced it, take over the account's mailbox and contact AWS support.",
    },
    {
      part: "key-deletion", description: "A key is disabled or to be deleted.", pages: true, fields: WHO,
      pattern: on("aws.kms", ["ScheduleKeyDeletion", "DisableKey"]),
      message: "<what> of a key at <when> by <who>. Cancel it: what the key encrypts is lost with it.",
    },
    {
      part: "trail-stopped", description: "The audit trail is stopped or changed.", pages: true, fields: WHO,
      pattern: on("aws.cloudtrail", ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"]),
      message: "<what> on the audit trail at <when> by <who> from <from>. Start it again and look what happened meanwhile.",
    },
    {
      part: "detection-stopped", description: "A service that watches is switched off.", pages: true, fields: WHO,
      pattern: {
        source: ["aws.guardduty", "aws.securityhub", "aws.config", "aws.inspector2", "aws.access-analyzer"],
        "detail-type": [CALL],
        detail: { eventName: ["DeleteDetector", "DisableSecurityHub", "StopConfigurationRecorder", "DeleteConfigurationRecorder", "Disable", "DeleteAnalyzer"] },
      },
      message: "<what> at <when> by <who> from <from>: something that watches was switched off. Switch it on again by the pipeline.",
    },
    {
      part: "audit-bucket-touched", description: "The audit bucket's protection is changed.", pages: true, fields: WHO,
      pattern: on("aws.s3", ["PutBucketPolicy", "DeleteBucketPolicy", "PutBucketVersioning", "PutBucketLifecycle", "PutBucketObjectLockConfiguration", "DeleteBucket", "PutBucketEncryption"], { requestParameters: { bucketName: [args.auditBucket.name] } }),
      message: "<what> on the audit bucket at <when> by <who> from <from>. Put it back by the pipeline.",
    },
  ];
}

/** What AWS itself has to say: trouble with services in use, and certificates that come to their end. */
function provider(): Route[] {
  return [
    {
      part: "health", description: "AWS reports trouble or planned work on services in use.", pages: false,
      pattern: { source: ["aws.health"], "detail-type": ["AWS Health Event"], detail: { eventTypeCategory: ["issue", "scheduledChange"] } },
      fields: { service: "$.detail.service", code: "$.detail.eventTypeCode", region: "$.region" },
      message: "AWS Health: <code> for <service> in <region>. See the health dashboard.",
    },
    {
      part: "certificates", description: "A certificate comes to its end.", pages: false,
      pattern: { source: ["aws.acm"], "detail-type": ["ACM Certificate Approaching Expiration", "ACM Certificate Expired"] },
      fields: { certificate: "$.resources[0]", days: "$.detail.DaysToExpiry" },
      message: "certificate <certificate> ends in <days> days. Check its validation record.",
    },
  ];
}
