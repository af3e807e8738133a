/** Logs of WAF and CloudFront, without what could log somebody in. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../access/policyDocument.ts";
import { dataTags, guarded } from "../component.ts";
import { logsKeyPolicy } from "../keys.ts";
import type { EdgeArgs } from "./index.ts";

/** Log groups of global services are in us-east-1 and need a key there: the stack's own, or one of their own. */
export function logsKeyOfUsEast1(name: string, args: EdgeArgs, parent: pulumi.Resource): pulumi.Input<string> {
  if (args.region === "us-east-1") return args.logsKeyArn;
  const key = new aws.kms.Key(`${name}-logs-key`, {
    description: `${args.prefix}: logs of CloudFront's WAF and of Route 53, which exist in us-east-1 only.`,
    enableKeyRotation: true,
    rotationPeriodInDays: 90,
    deletionWindowInDays: 30,
    policy: logsKeyPolicy({ accountId: args.accountId, region: "us-east-1", prefix: args.prefix }),
    tags: { Name: `${args.prefix}-edge-logs`, ...dataTags("logs") },
  }, { ...guarded(parent, args.protection), provider: args.usEast1Provider });
  new aws.kms.Alias(`${name}-logs-alias`, { name: `alias/${args.prefix}-edge-logs`, targetKeyId: key.keyId }, { parent, provider: args.usEast1Provider });
  return key.arn;
}

/** WAF takes only log groups whose name starts with `aws-waf-logs-`. */
export function wafLogs(name: string, args: EdgeArgs, acl: aws.wafv2.WebAcl, logsKeyArn: pulumi.Input<string>, parent: pulumi.Resource): void {
  const inUsEast1 = { parent, provider: args.usEast1Provider };
  const logGroupName = `aws-waf-logs-${args.prefix}-edge`;
  const group = new aws.cloudwatch.LogGroup(`${name}-waf-log-group`, {
    name: logGroupName,
    retentionInDays: args.logRetentionDays,
    kmsKeyId: logsKeyArn,
    tags: dataTags("logs"),
  }, inUsEast1);
  const admitted = new aws.cloudwatch.LogResourcePolicy(`${name}-waf-log-policy`, {
    policyName: `${args.prefix}-waf-logs`,
    policyDocument: policyDocument([{
      Sid: "LogDeliveryWrites",
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:us-east-1:${args.accountId}:log-group:${logGroupName}:*`,
      Condition: { StringEquals: { "aws:SourceAccount": args.accountId }, ArnLike: { "aws:SourceArn": `arn:aws:logs:us-east-1:${args.accountId}:*` } },
    }]),
  }, inUsEast1);
  new aws.wafv2.WebAclLoggingConfiguration(`${name}-waf-logging`, {
    resourceArn: acl.arn,
    logDestinationConfigs: [group.arn],
    // Query strings too: links for password resets and downloads carry tokens there.
    redactedFields: [
      { singleHeader: { name: "authorization" } },
      { singleHeader: { name: "cookie" } },
      { singleHeader: { name: "x-api-key" } },
      { queryString: {} },
    ],
  }, { ...inUsEast1, dependsOn: [admitted] });
}

/** Fields of CloudFront's access log; left out are query string, cookies, referrer and the forgeable X-Forwarded-For. */
export const CDN_LOG_FIELDS = [
  "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status", "cs(User-Agent)",
  "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes", "time-taken", "ssl-protocol", "ssl-cipher",
  "x-edge-response-result-type", "cs-protocol-version", "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type",
];

/**
 * Standard logging (v2) to the log bucket, through CloudWatch's log delivery in us-east-1.
 *
 * The older way needs access control lists on the bucket, which owner enforcement forbids, and writes every field.
 */
export function cdnLogs(name: string, args: EdgeArgs, distribution: aws.cloudfront.Distribution, parent: pulumi.Resource): void {
  const inUsEast1 = { parent, provider: args.usEast1Provider };
  const source = new aws.cloudwatch.LogDeliverySource(`${name}-cdn-log-source`, {
    name: `${args.prefix}-cdn`,
    logType: "ACCESS_LOGS",
    resourceArn: distribution.arn,
  }, inUsEast1);
  const destination = new aws.cloudwatch.LogDeliveryDestination(`${name}-cdn-log-destination`, {
    name: `${args.prefix}-cdn`,
    outputFormat: "json",
    deliveryDestinationConfiguration: { destinationResourceArn: `${args.logBucket.arn}/cloudfront` },
  }, inUsEast1);
  new aws.cloudwatch.LogDelivery(`${name}-cdn-log-delivery`, {
    deliverySourceName: source.name,
    deliveryDestinationArn: destination.arn,
    recordFields: CDN_LOG_FIELDS,
    s3DeliveryConfigurations: [{ suffixPath: "/{DistributionId}/{yyyy}/{MM}/{dd}/{HH}", enableHiveCompatiblePath: false }],
  }, { ...inUsEast1, dependsOn: args.logBucketReady });
}
