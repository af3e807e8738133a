/** Samples of areas/audit.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "audit/configuration": {
    scene: "audit",
    good: [{ remove: ["recorder", "recorder-on"], add: [{ type: "aws:cfg/rule:Rule", name: "rule", props: { source: { owner: "AWS", sourceIdentifier: "ROOT_ACCOUNT_MFA_ENABLED" } } }] }],
    bad: [{ remove: ["recorder", "recorder-on"], at: "stack:" }],
  },
  "audit/recorder-all-types": {
    scene: "audit",
    good: [{ set: { "recorder:recordingGroup.allSupported": undefined } }],
    bad: [
      { set: { "recorder:recordingGroup.allSupported": false } },
      { set: { "recorder:recordingGroup.includeGlobalResourceTypes": false } },
      { set: { "recorder:recordingGroup": undefined }, at: "recorder:recordingGroup.includeGlobalResourceTypes" },
    ],
  },
  "audit/recorder-on": {
    scene: "audit",
    bad: [
      { remove: ["recorder-on"], at: "recorder:" },
      { set: { "recorder-on:isEnabled": false }, at: "recorder:" },
      { set: { "recorder-on:name": "another" }, at: "recorder:" },
    ],
  },
  "audit/recorder-delivers": {
    scene: "audit",
    bad: [{ remove: ["delivery"], at: "recorder:" }],
  },
  "audit/flow-logs": {
    scene: "audit",
    bad: [
      { remove: ["flow-log"], at: "vpc:" },
      { set: { "flow-log:vpcId": "vpc-0f1e2d3c4b5a69788" }, at: "vpc:" },
      { set: { "flow-log:vpcId": undefined, "flow-log:subnetId": "subnet-0a1b2c3d4e5f60718" }, at: "vpc:" },
    ],
  },
  "audit/flow-logs-all-traffic": {
    scene: "audit",
    good: [
      { add: [{ type: "aws:ec2/flowLog:FlowLog", name: "gateway-log", props: { transitGatewayId: "tgw-0a1b", logDestinationType: "s3", logDestination: "arn:aws:s3:::logs" } }] },
      { add: [{ type: "aws:ec2/flowLog:FlowLog", name: "attachment-log", props: { transitGatewayAttachmentId: "tgw-attach-0a1b", logDestinationType: "s3", logDestination: "arn:aws:s3:::logs" } }] },
    ],
    bad: [{ set: { "flow-log:trafficType": "REJECT" } }, { set: { "flow-log:trafficType": undefined } }],
  },
  "audit/routes-reach-somebody": {
    scene: "audit",
    good: [{ remove: ["root-target"], set: { "root-used:state": "DISABLED" } }, { remove: ["root-target"], set: { "root-used:state": undefined, "root-used:isEnabled": false } }],
    bad: [{ remove: ["root-target"], at: "root-used:" }, { set: { "root-target:rule": "another" }, at: "root-used:" }],
  },
};
