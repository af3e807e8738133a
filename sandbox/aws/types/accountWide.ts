/** Log delivery, account-wide defaults, source connections and the small parts of Shield. */
import { always, arnOf, uniqueName, type TypeTable } from "./define.ts";

export const accountWide: TypeTable = {
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": {
    tags: true,
    name: { property: "name", max: 60 },
    id: (draft) => draft.name,
    replaceOn: ["name", "logType", "resourceArn"],
    unique: uniqueName((name) => `ConflictException: Delivery source ${name} already exists`),
    outputs: { arn: arnOf("logs", (draft) => `delivery-source:${draft.name}`), service: always("cloudfront") },
  },
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
    tags: true,
    name: { property: "name", max: 60 },
    id: (draft) => draft.name,
    replaceOn: ["name", "deliveryDestinationType"],
    unique: uniqueName((name) => `ConflictException: Delivery destination ${name} already exists`),
    outputs: { arn: arnOf("logs", (draft) => `delivery-destination:${draft.name}`), deliveryDestinationType: always("S3") },
  },
  "aws:cloudwatch/logDelivery:LogDelivery": {
    tags: true,
    id: (draft) => draft.hex(16),
    replaceOn: ["deliverySourceName", "deliveryDestinationArn"],
    outputs: { arn: arnOf("logs", (draft) => `delivery:${draft.id}`) },
  },
  "aws:cloudwatch/logStream:LogStream": {
    name: { property: "name", max: 512 },
    id: (draft) => draft.name,
    replaceOn: ["name", "logGroupName"],
    outputs: { arn: arnOf("logs", (draft) => `log-group:${draft.text("logGroupName")}:log-stream:${draft.name}`) },
  },
  "aws:codebuild/webhook:Webhook": {
    id: (draft) => draft.text("projectName"),
    replaceOn: ["projectName"],
    outputs: { payloadUrl: always(""), secret: always(""), url: (draft) => `https://api.github.com/repos/example/hooks/${draft.digits(9)}` },
  },
  "aws:codeconnections/connection:Connection": {
    tags: true,
    name: { property: "name", max: 32 },
    id: (draft) => draft.arn("codeconnections", `connection/${draft.uuid()}`),
    replaceOn: ["name", "providerType", "hostArn"],
    // A connection is authorized by a person in the console; until then it is pending.
    outputs: { arn: (draft) => draft.id, connectionStatus: always("PENDING"), ownerAccountId: (draft) => draft.account },
  },
  "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": { id: (draft) => draft.region },
  "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess": { id: (draft) => draft.region },
  "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": { id: (draft) => draft.region },
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": {
    global: true,
    tags: true,
    id: (draft) => draft.arn("iam", `role/aws-service-role/${draft.text("awsServiceName")}/${roleName(draft.text("awsServiceName"))}`, { region: "" }),
    replaceOn: ["awsServiceName", "customSuffix"],
    outputs: {
      arn: (draft) => draft.id, name: (draft) => roleName(draft.text("awsServiceName")), path: (draft) => `/aws-service-role/${draft.text("awsServiceName")}/`,
      uniqueId: (draft) => `AROA${draft.hex(16).toUpperCase()}`, createDate: always("2026-01-01T00:00:00Z"),
    },
  },
  "aws:shield/applicationLayerAutomaticResponse:ApplicationLayerAutomaticResponse": {
    global: true,
    id: (draft) => draft.text("resourceArn"),
    replaceOn: ["resourceArn"],
  },
  "aws:shield/protectionHealthCheckAssociation:ProtectionHealthCheckAssociation": {
    global: true,
    id: (draft) => `${draft.text("shieldProtectionId")}+${draft.text("healthCheckArn")}`,
    replaceOn: ["shieldProtectionId", "healthCheckArn"],
  },
};

/** `autoscaling.amazonaws.com` → `AWSServiceRoleForAutoScaling`, as far as the service's own spelling can be told. */
function roleName(service: string): string {
  const [short = ""] = service.split(".");
  return `AWSServiceRoleFor${short.charAt(0).toUpperCase()}${short.slice(1)}`;
}
