/** Audit and detection: what is recorded, what looks for threats, and who is told. */
import type { Resource } from "../resource.ts";
import { is, type Report, type RelationRule, type ResourceRule, type Rule, shown, where } from "../rule.ts";
import { detectionRules } from "./auditDetection.ts";
import { isEnvironment, isOn } from "./auditRoutes.ts";
import { trailRules } from "./auditTrail.ts";

const STACK = ["pulumi:pulumi:Stack"];
const RECORDER = "aws:cfg:Recorder";

function recordEverything(recorder: Resource, report: Report): void {
  const group = recorder.at("recordingGroup");
  const all = group.at("allSupported");
  if (all.flag === false) report(all, "is false, must be true: every type, those of tomorrow too");
  const global = group.at("includeGlobalResourceTypes");
  if (global.flag !== true) report(global, `is ${shown(global)}, must be true: roles and policies are global`);
}

const needRecorderOn: RelationRule["relate"] = (recorder, stack, report) => {
  const on = stack.pointing("aws:cfg:RecorderStatus", "name", recorder).filter((status) => status.at("isEnabled").flag === true);
  if (on.length === 0) report(recorder, "is never switched on, must have a RecorderStatus with isEnabled true");
};

const needDelivery: RelationRule["relate"] = (recorder, stack, report) => {
  if (stack.of("aws:cfg:DeliveryChannel").length === 0) report(recorder, "delivers to nowhere, must have a DeliveryChannel");
};

const needFlowLog: RelationRule["relate"] = (vpc, stack, report) => {
  if (stack.pointing("aws:ec2:FlowLog", "vpcId", vpc).length === 0) report(vpc, "has no flow log, must have a FlowLog with its vpcId");
};

/** What flow logs do not say, they can not be asked for after an incident. */
const allTraffic: ResourceRule["check"] = where({ trafficType: is("ALL") });

export const rules: Rule[] = [
  ...trailRules,
  ...detectionRules,
  {
    id: "audit/configuration",
    title: "AWS Config records what every resource looked like",
    items: ["audit-trail"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 3.3", "FSBP: Config.1"],
    why: "The trail tells who called what; only Config tells what a security group allowed at three o'clock last Tuesday.",
    mend: "Declare aws.cfg.Recorder; where another stack of the account records already, rules of ours (aws.cfg.Rule) show that it is adopted.",
    kinds: STACK,
    applies: isEnvironment,
    relate: (environment, stack, report) => {
      if (stack.of(RECORDER, "aws:cfg:Rule").length === 0) report(environment, "has neither a configuration recorder nor rules on one that is adopted");
    },
  },
  {
    id: "audit/recorder-all-types",
    title: "Config records all types of resources",
    items: ["audit-trail"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 3.3", "FSBP: Config.1"],
    why: "What is not recorded is exactly what the incident is about: roles and policies are global resources, which Config leaves out unless told.",
    mend: "Set `recordingGroup: {allSupported: true, includeGlobalResourceTypes: true}`.",
    kinds: [RECORDER],
    check: recordEverything,
  },
  {
    id: "audit/recorder-on",
    title: "The configuration recorder is switched on",
    items: ["audit-trail"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 3.3", "FSBP: Config.1"],
    why: "A recorder is made switched off. It looks complete in the console's list and records nothing.",
    mend: "Declare aws.cfg.RecorderStatus with the recorder's name and `isEnabled: true`.",
    kinds: [RECORDER],
    relate: needRecorderOn,
  },
  {
    id: "audit/recorder-delivers",
    title: "The configuration recorder delivers to a bucket",
    items: ["audit-trail"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 3.3"],
    why: "Without a delivery channel the recorder can not be switched on, and no history leaves the service.",
    mend: "Declare aws.cfg.DeliveryChannel with `s3BucketName`, before the RecorderStatus.",
    kinds: [RECORDER],
    relate: needDelivery,
  },
  {
    id: "audit/flow-logs",
    title: "Every network keeps a log of its connections",
    items: ["flow-logs"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 3.7", "FSBP: EC2.6", "PCI DSS 4.0.1: 10.2.1"],
    why: "After a break-in the first question is where the data went; without flow logs nobody will ever know.",
    mend: "Declare aws.ec2.FlowLog with `vpcId` of the VPC and `trafficType: \"ALL\"`; one on single subnets misses the others.",
    kinds: ["aws:ec2:Vpc", "aws:ec2:DefaultVpc"],
    relate: needFlowLog,
  },
  {
    id: "audit/flow-logs-all-traffic",
    title: "Flow logs keep what was let in and what was refused",
    items: ["flow-logs"],
    severity: "medium",
    frameworks: [],
    why: "Refused traffic shows who tries the doors, accepted traffic who got in; half of it answers neither question.",
    mend: "Set `trafficType: \"ALL\"`.",
    kinds: ["aws:ec2:FlowLog"],
    // Traffic of a transit gateway is not judged by the gateway: there, nothing is refused.
    applies: (log) => !log.at("transitGatewayId").exists && !log.at("transitGatewayAttachmentId").exists,
    check: allTraffic,
  },
  {
    id: "audit/routes-reach-somebody",
    title: "An event rule has somebody to tell",
    items: ["audit-trail", "threat-detection"],
    severity: "medium",
    frameworks: [],
    why: "A rule without a target matches faithfully and tells nobody; it is found when the alert is missed.",
    mend: "Declare aws.cloudwatch.EventTarget with the rule's name and the ARN of a topic, queue or function.",
    kinds: ["aws:cloudwatch:EventRule"],
    applies: isOn,
    relate: (rule, stack, report) => {
      if (stack.pointing("aws:cloudwatch:EventTarget", "rule", rule).length === 0) report(rule, "has no target, must have an EventTarget with its name");
    },
  },
];
