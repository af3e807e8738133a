/** Ways to people: topics for alarms, findings and pages, and who hears of them. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./access/policyDocument.ts";
import { policyDocument, serviceTrust } from "./access/policyDocument.ts";
import type { Transform } from "./component.ts";
import { dataTags, transformed } from "./component.ts";

export interface NotificationsArgs {
  /** `<app>-<stack>`; topics are `<prefix>-alarms`, `-findings` and `-pages`. */
  prefix: string;
  accountId: string;
  region: string;
  /** Mailboxes that hear of everything; each confirms its subscription once. */
  emails: string[];
  /** Slack channel for everything; the workspace is authorized once in the console. */
  slack?: { workspaceId: string; channelId: string };
  /** HTTPS endpoint of the pager; a secret. */
  pagerUrl?: pulumi.Input<string>;
  messagesKeyArn: pulumi.Input<string>;
  transform?: { topic?: Transform<aws.sns.TopicArgs>; pager?: Transform<aws.sns.TopicSubscriptionArgs> };
}

type Kind = "alarms" | "findings" | "pages";

/** Who publishes beside EventBridge, which publishes to every topic. */
const KINDS: Record<Kind, { displayName: string; publishers: string[] }> = {
  alarms: {
    displayName: "Alarms",
    publishers: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com", "backup.amazonaws.com", "events.rds.amazonaws.com"],
  },
  findings: { displayName: "Security findings", publishers: ["cloudwatch.amazonaws.com"] },
  pages: { displayName: "Pages", publishers: ["cloudwatch.amazonaws.com"] },
};

/** A topic and its ARN as the topic's policy hands it out: whoever is given that ARN waits until it may publish. */
interface OpenTopic {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
}

/** Three tries at once and the rest within half a minute: a page is delivered in less than one minute or is a dead letter. */
const PAGER_RETRIES = { healthyRetryPolicy: { numRetries: 8, numNoDelayRetries: 3, minDelayTarget: 1, maxDelayTarget: 10, numMinDelayRetries: 2, numMaxDelayRetries: 1, backoffFunction: "exponential" } };
const DEAD_LETTER_SECONDS = 14 * 86_400;

/**
 * Encrypted topics that only named services may publish to, over TLS.
 *
 * Alarms and findings go to mail and chat; pages go to the pager as well, and what the pager does not take is kept for
 * 14 days and raises an alarm. Cost: by message, close to nothing.
 */
export class Notifications extends pulumi.ComponentResource {
  readonly alarmTopicArn: pulumi.Output<string>;
  readonly findingTopicArn: pulumi.Output<string>;
  readonly pageTopicArn: pulumi.Output<string>;

  constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:notifications:Notifications", name, {}, opts);
    const topics = { alarms: this.topic(name, "alarms", args), findings: this.topic(name, "findings", args), pages: this.topic(name, "pages", args) };
    this.alarmTopicArn = topics.alarms.arn;
    this.findingTopicArn = topics.findings.arn;
    this.pageTopicArn = topics.pages.arn;

    this.mail(name, topics, args);
    if (args.slack !== undefined) this.chat(name, args.slack, topics, args);
    if (args.pagerUrl !== undefined) this.pager(name, args.pagerUrl, topics.pages, args);
    this.failedPagesAlarm(name, topics.pages, args);

    this.registerOutputs({ alarmTopicArn: this.alarmTopicArn, findingTopicArn: this.findingTopicArn, pageTopicArn: this.pageTopicArn });
  }

  private topic(name: string, kind: Kind, args: NotificationsArgs): OpenTopic {
    const topicName = `${args.prefix}-${kind}`;
    const topic = new aws.sns.Topic(`${name}-${kind}`, ...transformed(args.transform?.topic, {
      name: topicName,
      displayName: `${args.prefix}: ${KINDS[kind].displayName}`,
      kmsMasterKeyId: args.messagesKeyArn,
      signatureVersion: 2,
      tags: dataTags("messages"),
    }, { parent: this }));
    const policy = new aws.sns.TopicPolicy(`${name}-${kind}-policy`, {
      arn: topic.arn,
      policy: policyDocument(publishing(kind, `arn:aws:sns:${args.region}:${args.accountId}:${topicName}`, args)),
    }, { parent: this });
    return { name: topic.name, arn: policy.arn };
  }

  private mail(name: string, topics: Record<Kind, OpenTopic>, args: NotificationsArgs): void {
    for (const kind of Object.keys(KINDS) as Kind[]) {
      args.emails.forEach((endpoint, index) => {
        new aws.sns.TopicSubscription(`${name}-${kind}-mail-${index + 1}`, { topic: topics[kind].arn, protocol: "email", endpoint }, { parent: this });
      });
    }
  }

  private chat(name: string, slack: { workspaceId: string; channelId: string }, topics: Record<Kind, OpenTopic>, args: NotificationsArgs): void {
    const role = this.chatRole(name, args);
    new aws.chatbot.SlackChannelConfiguration(`${name}-slack`, {
      configurationName: `${args.prefix}-slack`,
      slackTeamId: slack.workspaceId,
      slackChannelId: slack.channelId,
      iamRoleArn: role.arn,
      // The channel shows graphs of alarms; the guardrail keeps it from ever doing more, whatever its role says.
      guardrailPolicyArns: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"],
      snsTopicArns: [topics.alarms.arn, topics.findings.arn, topics.pages.arn],
      loggingLevel: "ERROR",
      userAuthorizationRequired: true,
    }, { parent: this });
  }

  private chatRole(name: string, args: NotificationsArgs): aws.iam.Role {
    const role = new aws.iam.Role(`${name}-slack-role`, {
      name: `${args.prefix}-chat`,
      description: "The chat channel reads alarms and their graphs.",
      assumeRolePolicy: serviceTrust("chatbot.amazonaws.com", args.accountId, {
        ArnLike: { "aws:SourceArn": `arn:aws:chatbot::${args.accountId}:chat-configuration/slack-channel/${args.prefix}-slack` },
      }),
    }, { parent: this });
    new aws.iam.RolePolicy(`${name}-slack-policy`, {
      name: "read-alarms",
      role: role.name,
      policy: policyDocument([
        {
          Sid: "ReadAlarms",
          Effect: "Allow",
          Action: ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"],
          Resource: `arn:aws:cloudwatch:${args.region}:${args.accountId}:alarm:${args.prefix}-*`,
        },
        {
          // These two know no resources (service authorization reference, CloudWatch).
          Sid: "ReadGraphs",
          Effect: "Allow",
          Action: ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"],
          Resource: "*",
        },
      ]),
    }, { parent: this });
    return role;
  }

  private pager(name: string, url: pulumi.Input<string>, topic: OpenTopic, args: NotificationsArgs): void {
    const queue = this.deadLetters(name, topic, args);
    new aws.sns.TopicSubscription(`${name}-pages-pager`, ...transformed(args.transform?.pager, {
      topic: topic.arn,
      protocol: "https",
      endpoint: pulumi.secret(url),
      endpointAutoConfirms: true,
      deliveryPolicy: JSON.stringify(PAGER_RETRIES),
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: queue.arn }),
    }, { parent: this }));
    new aws.cloudwatch.MetricAlarm(`${name}-pages-lost-alarm`, {
      name: `${args.prefix}-pages-not-taken`,
      alarmDescription: "The pager did not take a page. Read it in the queue of dead letters, act on it, then mend the pager's integration.",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: `${args.prefix}-pages-dead-letters` },
      statistic: "Maximum",
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      treatMissingData: "notBreaching",
      alarmActions: [this.alarmTopicArn],
      okActions: [this.alarmTopicArn],
    }, { parent: this });
  }

  private deadLetters(name: string, topic: OpenTopic, args: NotificationsArgs): aws.sqs.Queue {
    const queueName = `${args.prefix}-pages-dead-letters`;
    const arn = `arn:aws:sqs:${args.region}:${args.accountId}:${queueName}`;
    const queue = new aws.sqs.Queue(`${name}-pages-dead-letters`, {
      name: queueName,
      kmsMasterKeyId: args.messagesKeyArn,
      messageRetentionSeconds: DEAD_LETTER_SECONDS,
      tags: dataTags("messages"),
    }, { parent: this });
    new aws.sqs.QueuePolicy(`${name}-pages-dead-letters-policy`, {
      queueUrl: queue.id,
      policy: policyDocument([
        {
          Sid: "TopicLeavesDeadLetters",
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: arn,
          Condition: { ArnEquals: { "aws:SourceArn": topic.arn } },
        },
        {
          Sid: "OnlyOverTls",
          Effect: "Deny",
          Principal: "*",
          Action: ["sqs:SendMessage", "sqs:ReceiveMessage"],
          Resource: arn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
    }, { parent: this });
    return queue;
  }

  /** Told by the other topic: who is not reached by pages must not be told so by a page. */
  private failedPagesAlarm(name: string, topic: OpenTopic, args: NotificationsArgs): void {
    new aws.cloudwatch.MetricAlarm(`${name}-pages-failed-alarm`, {
      name: `${args.prefix}-pages-failed`,
      alarmDescription: "A page could not be delivered. Check the subscriptions of the pages topic; until they work, watch the alarms channel.",
      namespace: "AWS/SNS",
      metricName: "NumberOfNotificationsFailed",
      dimensions: { TopicName: topic.name },
      statistic: "Sum",
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      treatMissingData: "notBreaching",
      alarmActions: [this.alarmTopicArn],
      okActions: [this.alarmTopicArn],
    }, { parent: this });
  }
}

function publishing(kind: Kind, arn: string, args: NotificationsArgs): Statement[] {
  return [
    {
      Sid: "ServicesOfThisAccountPublish",
      Effect: "Allow",
      Principal: { Service: KINDS[kind].publishers },
      Action: "sns:Publish",
      Resource: arn,
      Condition: { StringEquals: { "aws:SourceAccount": args.accountId } },
    },
    {
      // No condition: a topic's policy for EventBridge takes none (EventBridge user guide, "Using resource-based policies").
      Sid: "EventRulesPublish",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sns:Publish",
      Resource: arn,
    },
    {
      Sid: "OnlyOverTls",
      Effect: "Deny",
      Principal: "*",
      Action: "sns:Publish",
      Resource: arn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
}
