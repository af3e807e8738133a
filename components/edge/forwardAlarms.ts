/** Brings alarms of us-east-1 to the topic of a stack that lives in another region. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../access/policyDocument.ts";
import type { EdgeArgs } from "./index.ts";

/**
 * An alarm can notify a topic of its own region only. So changes of state go as events from us-east-1 to the event
 * bus of the stack's region, where a rule hands them to the alarm topic.
 */
export function forwardAlarms(name: string, args: EdgeArgs, parent: pulumi.Resource): void {
  const busArn = `arn:aws:events:${args.region}:${args.accountId}:event-bus/default`;
  const eventPattern = pulumi.jsonStringify({
    source: ["aws.cloudwatch"],
    "detail-type": ["CloudWatch Alarm State Change"],
    account: [args.accountId],
    region: ["us-east-1"],
    detail: { alarmName: [{ prefix: `${args.prefix}-edge-` }], state: { value: ["ALARM", "OK"] } },
  });
  send(name, args, busArn, eventPattern, parent);
  receive(name, args, eventPattern, parent);
}

function send(name: string, args: EdgeArgs, busArn: string, eventPattern: pulumi.Input<string>, parent: pulumi.Resource): void {
  const inUsEast1 = { parent, provider: args.usEast1Provider };
  const role = new aws.iam.Role(`${name}-alarm-forwarder`, {
    name: `${args.prefix}-edge-alarms`,
    description: "EventBridge in us-east-1 sends the edge's alarms to the event bus of the stack's region.",
    assumeRolePolicy: serviceTrust("events.amazonaws.com", args.accountId),
  }, { parent });
  const policy = new aws.iam.RolePolicy(`${name}-alarm-forwarder-policy`, {
    name: "put-events",
    role: role.name,
    policy: policyDocument([{ Sid: "PutEvents", Effect: "Allow", Action: "events:PutEvents", Resource: busArn }]),
  }, { parent });
  const rule = new aws.cloudwatch.EventRule(`${name}-alarms-out`, {
    name: `${args.prefix}-edge-alarms-out`, description: "The edge's alarms, to the stack's region", eventPattern,
  }, inUsEast1);
  new aws.cloudwatch.EventTarget(`${name}-alarms-out-target`, { rule: rule.name, arn: busArn, roleArn: role.arn }, { ...inUsEast1, dependsOn: [policy] });
}

function receive(name: string, args: EdgeArgs, eventPattern: pulumi.Input<string>, parent: pulumi.Resource): void {
  const rule = new aws.cloudwatch.EventRule(`${name}-alarms-in`, {
    name: `${args.prefix}-edge-alarms-in`, description: "The edge's alarms from us-east-1, to the alarm topic", eventPattern,
  }, { parent });
  new aws.cloudwatch.EventTarget(`${name}-alarms-in-target`, { rule: rule.name, arn: args.alarmTopicArn }, { parent });
}
