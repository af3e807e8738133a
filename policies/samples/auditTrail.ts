/** Samples of areas/auditTrail.ts. */
import { OBJECTS } from "../areas/auditTrail.ts";
import type { Samples } from "./sample.ts";

const withoutFilter = (name: string): { remove: string[]; at: string } => ({ remove: [name], at: "trail:cloudWatchLogsGroupArn" });

const MANAGEMENT = { fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] };

const DATA = { fieldSelectors: [{ field: "eventCategory", equals: ["Data"] }, { field: "resources.type", equals: [OBJECTS] }] };

export const samples: Samples = {
  "audit/trail": {
    scene: "audit",
    good: [
      { remove: ["trail"], add: [
        { type: "aws:cloudwatch/eventRule:EventRule", name: "trail-stopped", props: { name: "trail-stopped", eventPattern: JSON.stringify({ source: ["aws.cloudtrail"], "detail-type": ["AWS API Call via CloudTrail"] }) } },
        { type: "aws:cloudwatch/eventTarget:EventTarget", name: "trail-stopped-target", props: { rule: "trail-stopped", arn: "arn:aws:sns:us-east-1:123456789012:findings" } },
      ] },
      // Nothing runs here.
      { remove: ["trail", "vpc", "flow-log", "default-group", "storage-endpoint"] },
    ],
    bad: [
      { remove: ["trail"], at: "stack:" },
      { remove: ["trail"], set: { "root-used:eventPattern": JSON.stringify({ source: ["aws.cloudtrail"], "detail-type": ["AWS Console Sign In via CloudTrail"] }) }, at: "stack:" },
    ],
  },
  "audit/trail-everywhere": {
    scene: "audit",
    good: [{ set: { "trail:includeGlobalServiceEvents": undefined, "trail:enableLogging": undefined } }],
    bad: [
      { set: { "trail:isMultiRegionTrail": false } },
      { set: { "trail:isMultiRegionTrail": undefined } },
      { set: { "trail:includeGlobalServiceEvents": false } },
      { set: { "trail:enableLogging": false } },
    ],
  },
  "audit/trail-validated": {
    scene: "audit",
    bad: [{ set: { "trail:enableLogFileValidation": false } }, { set: { "trail:enableLogFileValidation": undefined } }],
  },
  "audit/trail-encrypted": {
    scene: "audit",
    bad: [{ set: { "trail:kmsKeyId": undefined } }, { add: [{ type: "aws:cloudtrail/eventDataStore:EventDataStore", name: "lake", props: { name: "lake" } }], at: "lake:kmsKeyId" }],
  },
  "audit/trail-to-logs": {
    scene: "audit",
    bad: [{ set: { "trail:cloudWatchLogsGroupArn": undefined } }, { set: { "trail:cloudWatchLogsRoleArn": undefined } }],
  },
  "audit/trail-management-events": {
    scene: "audit",
    good: [{ set: { "trail:advancedEventSelectors": undefined, "trail:eventSelectors": [{ dataResources: [{ type: OBJECTS, values: ["arn:aws:s3:::files/"] }] }] } }],
    bad: [
      { set: { "trail:advancedEventSelectors": [DATA] } },
      { set: { "trail:advancedEventSelectors": [{ fieldSelectors: [...MANAGEMENT.fieldSelectors, { field: "readOnly", equals: ["false"] }] }, DATA] } },
      { set: { "trail:advancedEventSelectors": [{ fieldSelectors: [{ field: "eventSource", equals: ["Management"] }] }, DATA] } },
      { set: { "trail:advancedEventSelectors": undefined, "trail:eventSelectors": [{ includeManagementEvents: false, dataResources: [{ type: OBJECTS, values: ["arn:aws:s3"] }] }] }, at: "trail:eventSelectors" },
      { set: { "trail:advancedEventSelectors": undefined, "trail:eventSelectors": [{ readWriteType: "WriteOnly" }, { includeManagementEvents: false, dataResources: [{ type: OBJECTS, values: ["arn:aws:s3"] }] }] }, at: "trail:eventSelectors" },
    ],
  },
  "audit/trail-object-events": {
    scene: "audit",
    good: [{ set: { "trail:advancedEventSelectors": undefined, "trail:eventSelectors": [{ readWriteType: "All", dataResources: [{ type: OBJECTS, values: ["arn:aws:s3:::files/"] }] }] } }],
    bad: [
      { set: { "trail:advancedEventSelectors": undefined } },
      { set: { "trail:advancedEventSelectors[1].fieldSelectors[1].equals": ["AWS::Lambda::Function"] }, at: "trail:advancedEventSelectors" },
      { set: { "trail:advancedEventSelectors[1].fieldSelectors[2]": { field: "eventName", equals: ["PutObject"] } }, at: "trail:advancedEventSelectors" },
      { set: { "trail:advancedEventSelectors": undefined, "trail:eventSelectors": [{ dataResources: [{ type: "AWS::Lambda::Function", values: ["arn:aws:lambda"] }] }] } },
      { set: { "trail:advancedEventSelectors": undefined, "trail:eventSelectors": [{}, { readWriteType: "ReadOnly", dataResources: [{ type: OBJECTS, values: ["arn:aws:s3"] }] }] } },
    ],
  },
  "audit/trail-watched": {
    scene: "audit",
    good: [{ set: { "trail:cloudWatchLogsGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:trail" } }],
    bad: [
      withoutFilter("keys-filter"),
      ...["root-filter", "refused-filter", "sign-in-filter", "rights-filter", "trail-filter"].map(withoutFilter),
      withoutFilter("keys-alarm"),
      { set: { "keys-filter:logGroupName": "other" }, at: "trail:cloudWatchLogsGroupArn" },
      { set: { "keys-alarm:alarmActions": [] }, at: "trail:cloudWatchLogsGroupArn", also: ["monitoring/alarm-actions"] },
      { set: { "keys-alarm:actionsEnabled": false }, at: "trail:cloudWatchLogsGroupArn", also: ["monitoring/alarm-actions"] },
      { set: { "keys-alarm:namespace": "Other" }, at: "trail:cloudWatchLogsGroupArn" },
      { set: { "keys-alarm:metricName": "other" }, at: "trail:cloudWatchLogsGroupArn" },
      { set: { "keys-filter:pattern": "{ ($.eventName = DisableKey) }" }, at: "trail:cloudWatchLogsGroupArn" },
      { set: { "root-filter:pattern": "{ $.userIdentity.type = \"IAMUser\" }" }, at: "trail:cloudWatchLogsGroupArn" },
    ],
  },
};
