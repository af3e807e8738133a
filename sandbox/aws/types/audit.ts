/** CloudTrail, GuardDuty, Security Hub, Inspector, Access Analyzer and Config. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, arnOf, ownId, uniqueName, type Unique, type TypeTable } from "./define.ts";

const RECORDER = "aws:cfg/recorder:Recorder";

/** One an account and region. */
function single(error: string): Unique {
  return { key: () => "the one of the region", error: () => error };
}

function admitRule(draft: Draft): void {
  if (draft.world.isGone(draft.text("configurationRecorderName", "default"), RECORDER)) {
    throw new CloudError("NoAvailableConfigurationRecorderException: Configuration recorder is not available to put the rule.");
  }
}

export const audit: TypeTable = {
  "aws:cloudtrail/trail:Trail": {
    tags: true,
    name: { property: "name", max: 128 },
    defaults: { enableLogFileValidation: false, enableLogging: true, includeGlobalServiceEvents: true, isMultiRegionTrail: false, isOrganizationTrail: false },
    id: (draft) => draft.arn("cloudtrail", `trail/${draft.name}`),
    unique: uniqueName((name) => `TrailAlreadyExistsException: Trail ${name} already exists for customer`),
    outputs: { arn: ownId, homeRegion: (draft) => draft.region, snsTopicArn: (draft) => (draft.text("snsTopicName") === "" ? "" : draft.arn("sns", draft.text("snsTopicName").split(":").at(-1) ?? "")) },
  },
  "aws:guardduty/detector:Detector": {
    tags: true,
    defaults: { enable: true },
    id: (draft) => draft.hex(32),
    unique: single("BadRequestException: The request is rejected because a detector already exists for the current account."),
    outputs: { accountId: (draft) => draft.account, arn: arnOf("guardduty", (draft) => `detector/${draft.id}`), findingPublishingFrequency: always("SIX_HOURS") },
  },
  "aws:guardduty/detectorFeature:DetectorFeature": {
    name: { property: "name" },
    id: (draft) => `${draft.text("detectorId")}/${draft.name}`,
    replaceOn: ["detectorId"],
  },
  "aws:guardduty/publishingDestination:PublishingDestination": {
    tags: true,
    defaults: { destinationType: "S3" },
    id: (draft) => `${draft.text("detectorId")}:${draft.hex(32)}`,
    replaceOn: ["detectorId", "destinationType"],
    outputs: { destinationId: (draft) => draft.hex(32), arn: arnOf("guardduty", (draft) => `detector/${draft.text("detectorId")}/publishingDestination/${draft.hex(32)}`) },
  },
  "aws:securityhub/account:Account": {
    defaults: { autoEnableControls: true, enableDefaultStandards: true },
    id: (draft) => draft.account,
    unique: single("ResourceConflictException: Account is already subscribed to Security Hub"),
    outputs: { arn: arnOf("securityhub", () => "hub/default"), controlFindingGenerator: always("SECURITY_CONTROL") },
  },
  "aws:securityhub/standardsSubscription:StandardsSubscription": {
    id: (draft) => draft.arn("securityhub", `subscription/${draft.text("standardsArn").split(/:::?(?:standards|ruleset)\/|:standards\//).at(-1) ?? ""}`),
    replaceOn: ["standardsArn"],
    unique: { key: (draft) => draft.text("standardsArn"), error: (draft) => `ResourceConflictException: already subscribed to ${draft.text("standardsArn")}` },
    outputs: { arn: ownId },
  },
  "aws:securityhub/findingAggregator:FindingAggregator": {
    id: (draft) => draft.arn("securityhub", `finding-aggregator/${draft.uuid()}`),
    unique: single("ResourceConflictException: a finding aggregator exists already"),
    outputs: { arn: ownId },
  },
  "aws:inspector2/enabler:Enabler": {
    id: (draft) => `${draft.texts("accountIds").join(":")}-${draft.texts("resourceTypes").join(":")}`,
    replaceOn: ["accountIds"],
  },
  "aws:accessanalyzer/analyzer:Analyzer": {
    tags: true,
    name: { property: "analyzerName", given: true },
    defaults: { type: "ACCOUNT" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ConflictException: An analyzer named ${name} already exists`),
    replaceOn: ["type"],
    outputs: { arn: arnOf("access-analyzer", (draft) => `analyzer/${draft.name}`) },
  },
  [RECORDER]: {
    name: { property: "name", max: 256 },
    id: (draft) => draft.name,
    unique: single("MaxNumberOfConfigurationRecordersExceededException: Failed to put configuration recorder because you have reached the limit of 1 for the number of configuration recorders in the region."),
    deleteFirst: true,
    outputs: {
      recordingGroup: always({ allSupported: true, includeGlobalResourceTypes: false, resourceTypes: [], exclusionByResourceTypes: [], recordingStrategies: [{ useOnly: "ALL_SUPPORTED_RESOURCE_TYPES" }] }),
      recordingMode: always({ recordingFrequency: "CONTINUOUS" }),
    },
  },
  "aws:cfg/recorderStatus:RecorderStatus": {
    name: { property: "name" },
    id: (draft) => draft.name,
  },
  "aws:cfg/deliveryChannel:DeliveryChannel": {
    name: { property: "name", max: 256 },
    id: (draft) => draft.name,
    unique: single("MaxNumberOfDeliveryChannelsExceededException: Failed to put delivery channel because you have reached the limit of 1 for the number of delivery channels in the region."),
    deleteFirst: true,
  },
  "aws:cfg/rule:Rule": {
    tags: true,
    name: { property: "name", max: 128 },
    id: (draft) => draft.name,
    admit: admitRule,
    unique: uniqueName((name) => `ResourceInUseException: the rule ${name} exists already`),
    outputs: { arn: (draft) => draft.arn("config", `config-rule/${draft.text("ruleId", `config-rule-${draft.lower(6)}`)}`), ruleId: (draft) => `config-rule-${draft.lower(6)}`, evaluationModes: always([{ mode: "DETECTIVE" }]) },
  },
  "aws:cfg/conformancePack:ConformancePack": {
    name: { property: "name", max: 51 },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ResourceInUseException: the conformance pack ${name} exists already`),
    outputs: { arn: arnOf("config", (draft) => `conformance-pack/${draft.name}/conformance-pack-${draft.lower(9)}`) },
  },
  "aws:cfg/retentionConfiguration:RetentionConfiguration": {
    id: () => "default",
    unique: single("MaxNumberOfRetentionConfigurationsExceededException: the region has a retention configuration already"),
    outputs: { name: always("default") },
  },
};
