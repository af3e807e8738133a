/** CloudTrail: every call to AWS in every region, where nobody can change it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../access/policyDocument.ts";
import type { Transform } from "../component.ts";
import { dataTags, transformed } from "../component.ts";

export interface TrailTransforms {
  trail?: Transform<aws.cloudtrail.TrailArgs>;
}

export interface TrailArgs {
  prefix: string;
  accountId: string;
  region: string;
  logRetentionDays: number;
  auditBucket: { name: string; arn: string };
  dataEventBucketArns?: string[];
  keys: { audit: pulumi.Input<string>; logs: pulumi.Input<string> };
  after?: pulumi.Resource[];
  transform?: TrailTransforms;
}

/** The trail, delivered to the audit bucket and to a log group. */
export class Trail extends pulumi.ComponentResource {
  readonly logGroupName: string;
  readonly logGroup: aws.cloudwatch.LogGroup;

  constructor(name: string, args: TrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:audit:Trail", name, {}, opts);
    this.logGroupName = `/aws/cloudtrail/${args.prefix}`;
    const group = this.group(name, args);
    this.logGroup = group;
    const { role, policy } = this.role(name, args);
    this.trail(name, group, role, policy, args);
    this.registerOutputs({ logGroupName: this.logGroupName });
  }

  private group(name: string, args: TrailArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(`${name}-logs`, {
      name: this.logGroupName,
      retentionInDays: args.logRetentionDays,
      kmsKeyId: args.keys.logs,
      tags: dataTags("audit"),
    }, { parent: this });
  }

  private role(name: string, args: TrailArgs): { role: aws.iam.Role; policy: pulumi.Resource } {
    const role = new aws.iam.Role(`${name}-role`, {
      name: `${args.prefix}-trail`,
      description: "CloudTrail writes to its log group.",
      assumeRolePolicy: serviceTrust("cloudtrail.amazonaws.com", args.accountId, { StringEquals: { "aws:SourceArn": trailArn(args) } }),
    }, { parent: this });
    const policy = new aws.iam.RolePolicy(`${name}-policy`, {
      name: "write",
      role: role.name,
      policy: policyDocument([{
        Sid: "WriteTrail",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `arn:aws:logs:${args.region}:${args.accountId}:log-group:${this.logGroupName}:log-stream:${args.accountId}_CloudTrail_${args.region}*`,
      }]),
    }, { parent: this });
    return { role, policy };
  }

  private trail(name: string, group: aws.cloudwatch.LogGroup, role: aws.iam.Role, policy: pulumi.Resource, args: TrailArgs): void {
    new aws.cloudtrail.Trail(name, ...transformed(args.transform?.trail, {
      name: args.prefix,
      s3BucketName: args.auditBucket.name,
      kmsKeyId: args.keys.audit,
      cloudWatchLogsGroupArn: pulumi.interpolate`${group.arn}:*`,
      cloudWatchLogsRoleArn: role.arn,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      enableLogging: true,
      insightSelectors: [{ insightType: "ApiCallRateInsight" }, { insightType: "ApiErrorRateInsight" }],
      advancedEventSelectors: eventSelectors(args.dataEventBucketArns ?? []),
      tags: dataTags("audit"),
    }, { parent: this, dependsOn: [policy, ...(args.after ?? [])] }));
  }
}

/** ARN of the trail, known before it exists: bucket and key let in no other. */
function trailArn(args: TrailArgs): string {
  return `arn:aws:cloudtrail:${args.region}:${args.accountId}:trail/${args.prefix}`;
}

function eventSelectors(bucketArns: string[]): aws.types.input.cloudtrail.TrailAdvancedEventSelector[] {
  const management = { name: "Every management event", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] };
  if (bucketArns.length === 0) return [management];
  return [management, {
    name: "Reads and writes of single objects",
    fieldSelectors: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: ["AWS::S3::Object"] },
      { field: "resources.ARN", startsWiths: bucketArns.map((arn) => `${arn}/`) },
    ],
  }];
}
