/** Services that look for threats, weaknesses and open doors, and what becomes of their findings. */
import type { Resource, Stack } from "../resource.ts";
import { type RelationRule, type Report, type Rule, shown } from "../rule.ts";
import { any } from "../value.ts";
import { isEnvironment, reachSomebody, routesOf } from "./auditRoutes.ts";

const DETECTOR = "aws:guardduty:Detector";
const HUB = "aws:securityhub:Account";
const ENABLER = "aws:inspector2:Enabler";
const ANALYZER = "aws:accessanalyzer:Analyzer";
const STACK = ["pulumi:pulumi:Stack"];

/** What EventBridge calls the findings of each. */
const FINDINGS: Readonly<Record<string, { source: string; type: string }>> = {
  [DETECTOR]: { source: "aws.guardduty", type: "GuardDuty Finding" },
  [HUB]: { source: "aws.securityhub", type: "Security Hub Findings - Imported" },
  [ENABLER]: { source: "aws.inspector2", type: "Inspector2 Finding" },
  [ANALYZER]: { source: "aws.access-analyzer", type: "Access Analyzer Finding" },
};

function routes(stack: Stack, kind: string): Resource[] {
  const { source = "", type = "" } = FINDINGS[kind] ?? {};
  return routesOf(stack, source, type);
}

/** A service that an account has once is declared here, or adopted: then its findings have a route here. */
function need(kind: string, what: string, counts: (service: Resource) => boolean = () => true): RelationRule["relate"] {
  return (environment, stack, report) => {
    const there = any([() => stack.which([kind], counts).length > 0, () => routes(stack, kind).length > 0]);
    if (!there) report(environment, `has neither ${what} nor a route for the findings of one that is adopted`);
  };
}

/** Analyzers of unused access do not look for open doors. */
const looksOutside = (analyzer: Resource): boolean => ["ACCOUNT", "ORGANIZATION", undefined].includes(analyzer.at("type").text);

/** What the checklist wants beyond what GuardDuty always looks at; the inline argument that older programs use. */
const PROTECTIONS: readonly { feature: string; inline?: string }[] = [
  { feature: "S3_DATA_EVENTS", inline: "datasources.s3Logs.enable" },
  { feature: "EKS_AUDIT_LOGS", inline: "datasources.kubernetes.auditLogs.enable" },
  { feature: "RDS_LOGIN_EVENTS" },
];

function needProtections(detector: Resource, stack: Stack, report: Report): void {
  for (const { feature, inline } of PROTECTIONS) {
    detector.try(() => {
      const on = any([
        () => inline !== undefined && detector.at(inline).flag === true,
        () => stack.pointing("aws:guardduty:DetectorFeature", "detectorId", detector, (one) => one.at("name").text === feature && one.at("status").text === "ENABLED").length > 0,
      ]);
      if (!on) report(detector, `does not look at ${feature}, must have a DetectorFeature with status ENABLED`);
    });
  }
}

const isStandard = (one: Resource): boolean => one.at("standardsArn").text?.includes("/aws-foundational-security-best-practices/") === true;

function needRoute(service: Resource, stack: Stack, report: Report): void {
  // All of them hand their findings on to Security Hub.
  const told = any([() => reachSomebody(stack, routes(stack, service.kind.kind)), () => reachSomebody(stack, routes(stack, HUB))]);
  if (!told) report(service, "tells nobody of its findings, must have an event rule on them with a target");
}

export const detectionRules: Rule[] = [
  {
    id: "audit/threat-detection",
    title: "GuardDuty looks for intruders",
    items: ["threat-detection"],
    severity: "critical",
    frameworks: ["FSBP: GuardDuty.1"],
    why: "Stolen credentials are used within minutes; without detection the first sign is the bill, or a ransom note.",
    mend: "Declare aws.guardduty.Detector; where the account has one already, route its findings here by an EventRule.",
    closed: true,
    kinds: STACK,
    applies: isEnvironment,
    relate: need(DETECTOR, "a GuardDuty detector"),
  },
  {
    id: "audit/detector-on",
    title: "The GuardDuty detector is on",
    items: ["threat-detection"],
    severity: "critical",
    frameworks: ["FSBP: GuardDuty.1"],
    why: "A suspended detector is there in every inventory and sees nothing.",
    mend: "Set `enable: true` or leave it out.",
    kinds: [DETECTOR],
    check: (detector, report) => {
      const enable = detector.at("enable");
      if (enable.flag === false) report(enable, "is false, must be true");
    },
  },
  {
    id: "audit/detector-protections",
    title: "GuardDuty looks at buckets, clusters and database logins",
    items: ["threat-detection"],
    severity: "high",
    frameworks: ["FSBP: GuardDuty.5", "FSBP: GuardDuty.9", "FSBP: GuardDuty.10"],
    why: "By itself GuardDuty reads the trail, flow logs and name resolution: someone who empties a bucket, guesses database passwords or escapes from a pod passes unseen.",
    mend: "Declare aws.guardduty.DetectorFeature S3_DATA_EVENTS, EKS_AUDIT_LOGS and RDS_LOGIN_EVENTS with `status: \"ENABLED\"`.",
    kinds: [DETECTOR],
    relate: needProtections,
  },
  {
    id: "audit/security-hub",
    title: "Security Hub holds the account against standards",
    items: ["threat-detection"],
    severity: "high",
    frameworks: [],
    why: "Findings of five services in five consoles are read by nobody; and what is changed by hand, past this pack, is held against nothing.",
    mend: "Declare aws.securityhub.Account; where the account has it already, route its findings here by an EventRule.",
    kinds: STACK,
    applies: isEnvironment,
    relate: need(HUB, "Security Hub"),
  },
  {
    id: "audit/security-hub-standards",
    title: "Security Hub checks the best practices of AWS",
    items: ["threat-detection"],
    severity: "medium",
    frameworks: [],
    why: "Without a standard Security Hub collects findings and checks nothing itself.",
    mend: "Declare aws.securityhub.StandardsSubscription for aws-foundational-security-best-practices, or leave `enableDefaultStandards` at true.",
    kinds: [HUB],
    applies: (hub) => hub.at("enableDefaultStandards").flag === false,
    relate: (hub, stack, report) => {
      if (stack.which(["aws:securityhub:StandardsSubscription"], isStandard).length === 0) report(hub, "subscribes to no standard, must have a StandardsSubscription for the best practices of AWS");
    },
  },
  {
    id: "audit/vulnerability-scan",
    title: "Inspector looks for known weaknesses",
    items: ["threat-detection"],
    severity: "high",
    frameworks: ["FSBP: Inspector.1", "FSBP: Inspector.2"],
    why: "An image that was clean on the day it was built has critical weaknesses a month later, without anybody touching it.",
    mend: "Declare aws.inspector2.Enabler; where the account has it already, route its findings here by an EventRule.",
    kinds: STACK,
    applies: isEnvironment,
    relate: need(ENABLER, "Inspector"),
  },
  {
    id: "audit/vulnerability-scan-scope",
    title: "Inspector looks at images and machines",
    items: ["threat-detection"],
    severity: "medium",
    frameworks: ["FSBP: Inspector.1", "FSBP: Inspector.2"],
    why: "Weaknesses come by the image of the application and by the node's own system alike.",
    mend: "Set `resourceTypes: [\"EC2\", \"ECR\"]` and more.",
    kinds: [ENABLER],
    check: (enabler, report) => {
      const types = enabler.at("resourceTypes");
      const given = types.texts.map((type) => type.text);
      for (const type of ["EC2", "ECR"]) if (!given.includes(type)) report(types, `is ${shown(types)} without ${type}, must name EC2 and ECR`);
    },
  },
  {
    id: "audit/access-analyzer",
    title: "Access Analyzer looks for doors that are open to others",
    items: ["threat-detection", "network-exposure"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 1.20"],
    why: "A bucket policy or a trust that lets in another account is one line in a diff; the analyzer finds those made by hand too.",
    mend: "Declare aws.accessanalyzer.Analyzer of type ACCOUNT or ORGANIZATION; where the account has one already, route its findings here by an EventRule.",
    kinds: STACK,
    applies: isEnvironment,
    relate: need(ANALYZER, "an access analyzer", looksOutside),
  },
  {
    id: "audit/findings-routed",
    title: "Findings reach people",
    items: ["threat-detection"],
    severity: "high",
    frameworks: [],
    why: "GuardDuty sees the intruder on Friday evening and writes it into a console that is opened on Monday.",
    mend: "Declare an EventRule on the service's findings (or on those of Security Hub, to which all are handed on) and an EventTarget to a topic.",
    kinds: [DETECTOR, HUB, ENABLER, ANALYZER],
    relate: needRoute,
  },
];
