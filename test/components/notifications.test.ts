import * as aws from "@pulumi/aws";
import { describe, expect, it } from "vitest";
import type { NotificationsArgs } from "../../components/notifications.ts";
import { Notifications } from "../../components/notifications.ts";
import { declared, ofType, only, statement } from "./mocks.ts";

const base: NotificationsArgs = {
  prefix: "shop-production", accountId: "123456789012", region: "us-east-1", emails: ["oncall@example.com", "security@example.com"], messagesKeyArn: "arn:aws:kms:us-east-1:123456789012:key/messages",
};
const notifications = (over: Partial<NotificationsArgs> = {}) => declared(() => { new Notifications("notify", { ...base, ...over }); });
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";

describe("Notifications", () => {
  it("has three encrypted topics", async () => {
    const topics = ofType(await notifications(), "aws:sns/topic:Topic");
    expect(topics.map((topic) => topic.inputs["name"])).toEqual(["shop-production-alarms", "shop-production-findings", "shop-production-pages"]);
    expect(topics.every((topic) => topic.inputs["kmsMasterKeyId"] === base.messagesKeyArn)).toBe(true);
  });

  it("lets named services of this account publish, over TLS", async () => {
    const policy = only(await notifications(), "aws:sns/topicPolicy:TopicPolicy", "notify-pages-policy");
    expect(statement(policy, "ServicesOfThisAccountPublish")).toEqual({
      Sid: "ServicesOfThisAccountPublish",
      Effect: "Allow",
      Principal: { Service: ["cloudwatch.amazonaws.com"] },
      Action: "sns:Publish",
      Resource: "arn:aws:sns:us-east-1:123456789012:shop-production-pages",
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    });
    expect(statement(policy, "OnlyOverTls")).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
  });

  it.each(["alarms", "findings", "pages"])("lets EventBridge publish %s without a condition, which its deliveries would not meet", async (kind) => {
    expect(statement(only(await notifications(), "aws:sns/topicPolicy:TopicPolicy", `notify-${kind}-policy`), "EventRulesPublish")).toEqual({
      Sid: "EventRulesPublish", Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sns:Publish", Resource: `arn:aws:sns:us-east-1:123456789012:shop-production-${kind}`,
    });
  });

  it("hands out a topic only once its policy lets services publish", async () => {
    const resources = await declared(() => {
      const made = new Notifications("notify", base);
      new aws.ssm.Parameter("alarm", { type: "String", insecureValue: made.alarmTopicArn });
      new aws.ssm.Parameter("finding", { type: "String", insecureValue: made.findingTopicArn });
      new aws.ssm.Parameter("page", { type: "String", insecureValue: made.pageTopicArn });
    });
    for (const [name, kind] of [["alarm", "alarms"], ["finding", "findings"], ["page", "pages"]] as const) {
      const reader = only(resources, "aws:ssm/parameter:Parameter", name);
      expect(reader.inputs["insecureValue"]).toBe(`arn:aws:mock:us-east-1:123456789012:notify-${kind}`);
      expect(reader.dependencies).toContain(only(resources, "aws:sns/topicPolicy:TopicPolicy", `notify-${kind}-policy`).urn);
    }
  });

  it.each(["cloudwatch", "budgets", "costalerts", "backup", "events.rds"])("lets %s publish alarms", async (service) => {
    const policy = only(await notifications(), "aws:sns/topicPolicy:TopicPolicy", "notify-alarms-policy");
    expect((statement(policy, "ServicesOfThisAccountPublish").Principal as { Service: string[] }).Service).toContain(`${service}.amazonaws.com`);
  });

  it("mails everything to everybody", async () => {
    const mails = ofType(await notifications(), SUBSCRIPTION);
    expect(mails.map((mail) => [mail.inputs["protocol"], mail.inputs["endpoint"]])).toEqual(Array.from({ length: 3 }, () => base.emails.map((mail) => ["email", mail])).flat());
  });

  it("pages with retries within a minute and keeps what is not taken", async () => {
    const resources = await notifications({ pagerUrl: "https://events.example.com/integration/1" });
    const pager = only(resources, SUBSCRIPTION, "notify-pages-pager");
    expect(pager.inputs).toMatchObject({ protocol: "https", topic: "arn:aws:mock:us-east-1:123456789012:notify-pages" });
    const { healthyRetryPolicy: retry } = JSON.parse(String(pager.inputs["deliveryPolicy"])) as { healthyRetryPolicy: { numRetries: number; maxDelayTarget: number; numNoDelayRetries: number } };
    expect((retry.numRetries - retry.numNoDelayRetries) * retry.maxDelayTarget).toBeLessThanOrEqual(60);
    expect(JSON.parse(String(pager.inputs["redrivePolicy"]))).toEqual({ deadLetterTargetArn: "arn:aws:mock:us-east-1:123456789012:notify-pages-dead-letters" });
    expect(only(resources, "aws:sqs/queue:Queue").inputs).toMatchObject({ kmsMasterKeyId: base.messagesKeyArn, messageRetentionSeconds: 1_209_600 });
    expect(statement(only(resources, "aws:sqs/queuePolicy:QueuePolicy"), "TopicLeavesDeadLetters").Condition).toEqual({ ArnEquals: { "aws:SourceArn": "arn:aws:mock:us-east-1:123456789012:notify-pages" } });
  });

  it("alarms about lost pages by the other topic, never by a page", async () => {
    const resources = await notifications({ pagerUrl: "https://events.example.com/integration/1" });
    for (const alarm of ofType(resources, "aws:cloudwatch/metricAlarm:MetricAlarm")) {
      expect(alarm.inputs["alarmActions"]).toEqual(["arn:aws:mock:us-east-1:123456789012:notify-alarms"]);
    }
    expect(ofType(resources, "aws:cloudwatch/metricAlarm:MetricAlarm").map((alarm) => alarm.inputs["name"])).toEqual(["shop-production-pages-not-taken", "shop-production-pages-failed"]);
  });

  it("has no pager, queue or chat unless asked for", async () => {
    const resources = await notifications();
    expect(ofType(resources, "aws:sqs/queue:Queue")).toEqual([]);
    expect(ofType(resources, "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration")).toEqual([]);
  });

  it("tells a chat channel that can only read alarms", async () => {
    const resources = await notifications({ slack: { workspaceId: "T0123ABCD", channelId: "C0123ABCD" } });
    expect(only(resources, "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration").inputs).toMatchObject({
      slackTeamId: "T0123ABCD", slackChannelId: "C0123ABCD", guardrailPolicyArns: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"], userAuthorizationRequired: true,
    });
    expect(statement(only(resources, "aws:iam/role:Role"), "ServiceOfThisAccount", "assumeRolePolicy").Condition).toEqual({
      StringEquals: { "aws:SourceAccount": "123456789012" }, ArnLike: { "aws:SourceArn": "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/shop-production-slack" },
    });
    expect(statement(only(resources, "aws:iam/rolePolicy:RolePolicy"), "ReadAlarms").Resource).toBe("arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-production-*");
  });
});
