/** Who talked to whom: flow logs of the whole VPC. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../access/policyDocument.ts";
import { dataTags } from "../component.ts";

export interface FlowLogsArgs {
  prefix: string;
  accountId: string;
  region: string;
  vpcId: pulumi.Input<string>;
  /** One of the periods that CloudWatch Logs takes. */
  retentionDays: number;
  logsKeyArn: pulumi.Input<string>;
}

/** Accepted and refused traffic of the VPC, aggregated over one minute, in an encrypted log group. Billed by GB. */
export class FlowLogs extends pulumi.ComponentResource {
  readonly logGroupName: string;

  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:network:FlowLogs", name, {}, opts);
    this.logGroupName = `/aws/vpc/${args.prefix}/flow`;
    const group = this.logGroup(name, args);
    const role = this.role(name, args);
    this.flowLog(name, group, role, args);
    this.registerOutputs({ logGroupName: this.logGroupName });
  }

  private logGroup(name: string, args: FlowLogsArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(`${name}-group`, {
      name: this.logGroupName,
      retentionInDays: args.retentionDays,
      kmsKeyId: args.logsKeyArn,
      tags: dataTags("logs"),
    }, { parent: this });
  }

  private role(name: string, args: FlowLogsArgs): aws.iam.Role {
    const role = new aws.iam.Role(`${name}-role`, {
      name: `${args.prefix}-flow-logs`,
      description: "VPC flow logs write to their log group.",
      assumeRolePolicy: serviceTrust("vpc-flow-logs.amazonaws.com", args.accountId, {
        ArnLike: { "aws:SourceArn": `arn:aws:ec2:${args.region}:${args.accountId}:vpc-flow-log/*` },
      }),
    }, { parent: this });
    new aws.iam.RolePolicy(`${name}-policy`, {
      name: "write",
      role: role.name,
      policy: policyDocument([{
        Sid: "WriteFlowLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: `arn:aws:logs:${args.region}:${args.accountId}:log-group:${this.logGroupName}:*`,
      }]),
    }, { parent: this });
    return role;
  }

  private flowLog(name: string, group: aws.cloudwatch.LogGroup, role: aws.iam.Role, args: FlowLogsArgs): void {
    new aws.ec2.FlowLog(name, {
      vpcId: args.vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 60,
      tags: { Name: `${args.prefix}-flow` },
    }, { parent: this });
  }
}
