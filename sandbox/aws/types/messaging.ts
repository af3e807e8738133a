/** SNS, SQS and chat. */
import type { Draft } from "../draft.ts";
import { always, arnOf, ownId, ownerId, uniqueName, type TypeTable } from "./define.ts";

function topicPolicy(draft: Draft): string {
  return JSON.stringify({
    Id: "__default_policy_ID",
    Statement: [{
      Action: ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
      Condition: { StringEquals: { "AWS:SourceOwner": draft.account } },
      Effect: "Allow", Principal: { AWS: "*" }, Resource: draft.id, Sid: "__default_statement_ID",
    }],
    Version: "2008-10-17",
  });
}

/** Subscriptions that somebody outside has to confirm (SNS developer guide, "Confirm the subscription"). */
function needsConfirmation(draft: Draft): boolean {
  return ["email", "email-json", "http", "https"].includes(draft.text("protocol")) && !draft.flag("endpointAutoConfirms");
}

export const messaging: TypeTable = {
  "aws:sns/topic:Topic": {
    tags: true,
    name: { property: "name", max: 256, fifo: "fifoTopic", prefixProperty: "namePrefix" },
    defaults: { contentBasedDeduplication: false, fifoTopic: false },
    id: (draft) => draft.arn("sns", draft.name),
    unique: uniqueName((name) => `InvalidParameter: Topic already exists: ${name}`),
    replaceOn: ["fifoTopic"],
    outputs: { arn: ownId, beginningArchiveTime: always(""), fifoThroughputScope: always(""), namePrefix: always(""), owner: ownerId, policy: topicPolicy, signatureVersion: always(0), tracingConfig: always("") },
  },
  "aws:sns/topicPolicy:TopicPolicy": {
    id: (draft) => draft.text("arn"),
    replaceOn: ["arn"],
    outputs: { owner: ownerId },
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    defaults: { confirmationTimeoutInMinutes: 1, endpointAutoConfirms: false, rawMessageDelivery: false },
    id: (draft) => `${draft.text("topic")}:${draft.uuid()}`,
    replaceOn: ["endpoint", "protocol", "topic"],
    outputs: {
      arn: ownId, ownerId, filterPolicyScope: always(""),
      pendingConfirmation: needsConfirmation, confirmationWasAuthenticated: (draft) => !needsConfirmation(draft),
    },
  },
  "aws:sqs/queue:Queue": {
    tags: true,
    name: { property: "name", max: 80, fifo: "fifoQueue", prefixProperty: "namePrefix" },
    defaults: { contentBasedDeduplication: false, delaySeconds: 0, fifoQueue: false, maxMessageSize: 262144, messageRetentionSeconds: 345600, receiveWaitTimeSeconds: 0, visibilityTimeoutSeconds: 30 },
    id: (draft) => `https://sqs.${draft.region}.amazonaws.com/${draft.account}/${draft.name}`,
    unique: uniqueName((name) => `QueueAlreadyExists: A queue already exists with the same name and a different value for some attribute: ${name}`),
    replaceOn: ["fifoQueue"],
    outputs: {
      arn: arnOf("sqs", (draft) => draft.name), url: ownId, deduplicationScope: always(""), fifoThroughputLimit: always(""), kmsDataKeyReusePeriodSeconds: always(300), namePrefix: always(""),
      policy: always(""), redriveAllowPolicy: always(""), redrivePolicy: always(""), sqsManagedSseEnabled: (draft) => draft.text("kmsMasterKeyId") === "",
    },
  },
  "aws:sqs/queuePolicy:QueuePolicy": { id: (draft) => draft.text("queueUrl"), replaceOn: ["queueUrl"] },
  "aws:sqs/redrivePolicy:RedrivePolicy": { id: (draft) => draft.text("queueUrl"), replaceOn: ["queueUrl"] },
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": {
    tags: true,
    name: { property: "configurationName", given: true },
    id: (draft) => draft.arn("chatbot", `chat-configuration/slack-channel/${draft.name}`, { region: "" }),
    unique: uniqueName((name) => `ConflictException: A configuration named ${name} already exists`),
    outputs: {
      chatConfigurationArn: ownId, slackChannelName: (draft) => draft.text("slackChannelId").toLowerCase(), slackTeamName: (draft) => draft.text("slackTeamId").toLowerCase(),
      guardrailPolicyArns: () => ["arn:aws:iam::aws:policy/AdministratorAccess"], loggingLevel: always("NONE"), snsTopicArns: always([]), userAuthorizationRequired: always(false),
    },
  },
};
