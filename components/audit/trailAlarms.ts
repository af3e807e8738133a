/** Alarms on the trail: what section 4 of the CIS AWS Foundations Benchmark asks to be told about, and our own roles. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface TrailAlarmsArgs {
  prefix: string;
  logGroupName: pulumi.Input<string>;
  findingTopicArn: pulumi.Input<string>;
  pageTopicArn: pulumi.Input<string>;
}

interface Watch {
  part: string;
  /** What to do; the alarm says it. */
  description: string;
  pattern: (prefix: string) => string;
  /** Events in five minutes above which people are told. */
  above: number;
  pages: boolean;
}

const anyOf = (...names: string[]) => names.map((event) => `($.eventName = ${event})`).join(" || ");
const SECONDS = 300;

/** The pipeline changes such things at every release; only hands other than its own are news. */
const byHand = (events: string) => (prefix: string) =>
  `{ (${events}) && (($.userIdentity.sessionContext.sessionIssuer.userName NOT EXISTS) || ($.userIdentity.sessionContext.sessionIssuer.userName != "${prefix}-deploy")) }`;
const always = (pattern: string) => () => pattern;

const WATCHES: Watch[] = [
  {
    part: "unauthorized-calls", above: 20, pages: false,
    description: "Many calls were refused. Find the principal in the trail: a broken permission, or somebody trying doors.",
    pattern: always('{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")) && ($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") }'),
  },
  {
    part: "console-without-mfa", above: 0, pages: true,
    description: "A user signed in to the console without a second factor. Disable the login and enforce MFA.",
    pattern: always('{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'),
  },
  {
    part: "root-used", above: 0, pages: true,
    description: "The root user acted. If nobody announced it, take over the account's mailbox and contact AWS support.",
    pattern: always('{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != "AwsServiceEvent") }'),
  },
  {
    part: "break-glass-used", above: 0, pages: true,
    description: "The break-glass role was taken, in whatever region. If nobody announced it, treat it as an intrusion.",
    pattern: (prefix) => `{ (${anyOf("AssumeRole", "AssumeRoleWithSAML")}) && ($.requestParameters.roleArn = "*role/${prefix}-break-glass") }`,
  },
  {
    part: "deploy-role-elsewhere", above: 0, pages: true,
    description: "The deploy role was taken by other means than the pipeline's OIDC token. Revoke its sessions and look who.",
    pattern: (prefix) => `{ (${anyOf("AssumeRole", "AssumeRoleWithSAML")}) && ($.requestParameters.roleArn = "*role/${prefix}-deploy") }`,
  },
  {
    part: "iam-changed", above: 0, pages: false,
    description: "Permissions were changed by hand. Compare with the program; undo, or bring it into the program.",
    pattern: byHand(anyOf("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "UpdateAssumeRolePolicy")),
  },
  {
    part: "static-keys", above: 0, pages: false,
    description: "A user or an access key was made; this environment has neither. Delete it and ask why.",
    pattern: always(`{ ${anyOf("CreateUser", "CreateAccessKey", "CreateLoginProfile")} }`),
  },
  {
    part: "trail-changed", above: 0, pages: true,
    description: "The audit trail was changed. Put it back by the pipeline and look for what was meant not to be seen.",
    pattern: byHand(anyOf("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging", "PutEventSelectors")),
  },
  {
    part: "sign-in-failures", above: 5, pages: false,
    description: "Sign-ins to the console fail again and again. Check address and user in the trail; block if it goes on.",
    pattern: always('{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }'),
  },
  {
    part: "keys-disabled", above: 0, pages: true,
    description: "A key was disabled or is to be deleted. Cancel the deletion: what it encrypts is lost with it.",
    pattern: always(`{ ($.eventSource = "kms.amazonaws.com") && (${anyOf("DisableKey", "ScheduleKeyDeletion")}) }`),
  },
  {
    part: "bucket-policies", above: 0, pages: false,
    description: "Who may reach a bucket, or how long it keeps things, was changed by hand. Put it back by the pipeline.",
    pattern: byHand(anyOf("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "PutBucketPublicAccessBlock", "PutObjectLockConfiguration")),
  },
  {
    part: "config-changed", above: 0, pages: false,
    description: "The configuration recorder was changed by hand. Put it back by the pipeline.",
    pattern: byHand(`($.eventSource = "config.amazonaws.com") && (${anyOf("StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder")})`),
  },
  {
    part: "security-groups", above: 0, pages: false,
    description: "A security group was changed by hand. Compare with the program; close what it does not declare.",
    pattern: byHand(anyOf("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup", "ModifySecurityGroupRules")),
  },
  {
    part: "network-changed", above: 0, pages: false,
    description: "Firewall, gateway, route or VPC was changed by hand. Compare with the program and undo.",
    pattern: byHand(anyOf("CreateNetworkAclEntry", "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation", "AttachInternetGateway", "CreateInternetGateway", "DeleteInternetGateway", "CreateRoute", "ReplaceRoute", "DeleteRoute", "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "CreateVpcPeeringConnection", "AcceptVpcPeeringConnection")),
  },
];

/** One metric filter and one alarm for each thing to watch. Billed by alarm and custom metric. */
export class TrailAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: TrailAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:audit:TrailAlarms", name, {}, opts);
    for (const watch of WATCHES) this.watch(`${name}-${watch.part}`, watch, args);
    this.registerOutputs({});
  }

  private watch(name: string, watch: Watch, args: TrailAlarmsArgs): void {
    const namespace = `Golive/${args.prefix}/Trail`;
    const filter = new aws.cloudwatch.LogMetricFilter(name, {
      name: `${args.prefix}-${watch.part}`,
      logGroupName: args.logGroupName,
      pattern: watch.pattern(args.prefix),
      metricTransformation: { name: watch.part, namespace, value: "1", defaultValue: "0" },
    }, { parent: this });
    new aws.cloudwatch.MetricAlarm(`${name}-alarm`, {
      name: `${args.prefix}-trail-${watch.part}`,
      alarmDescription: watch.description,
      namespace,
      metricName: watch.part,
      statistic: "Sum",
      period: SECONDS,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: watch.above,
      treatMissingData: "notBreaching",
      alarmActions: watch.pages ? [args.pageTopicArn, args.findingTopicArn] : [args.findingTopicArn],
    }, { parent: this, dependsOn: [filter] });
  }
}
