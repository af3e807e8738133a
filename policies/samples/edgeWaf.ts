/** Samples of areas/edgeWaf.ts. */
import type { Samples } from "./sample.ts";

/** Parts of samples. */
const EXCEPT_UPLOAD = { notStatement: { statement: { byteMatchStatement: { fieldToMatch: { uriPath: {} }, positionalConstraint: "EXACTLY", searchString: "/api/upload", textTransformations: [{ priority: 0, type: "URL_DECODE" }] } } } };

const SEEN = { visibilityConfig: { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName: "more" } };

function ruleApart(priority: number, statement: object, props: object) {
  return { type: "aws:wafv2/webAclRule:WebAclRule", name: "more-rules", props: { webAclArn: "acl", name: "more", priority, statement, ...SEEN, ...props } };
}

function groupApart(name: string, props: object = {}) {
  return {
    type: "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation",
    name: "more-groups",
    props: { webAclArn: "acl", ruleName: "more", priority: 90, overrideAction: "none", managedRuleGroup: { vendorName: "AWS", name }, ...SEEN, ...props },
  };
}

/** Allows what a statement matches. */
function allowing(priority: number, statement: object) {
  return { name: "allowed", priority, action: { allow: {} }, statement, ...SEEN };
}

function path(searchString: string, positionalConstraint = "EXACTLY", fieldToMatch: object = { uriPath: {} }) {
  return { byteMatchStatement: { fieldToMatch, positionalConstraint, searchString, textTransformations: [{ priority: 0, type: "NONE" }] } };
}

export const samples: Samples = {
  "edge/waf-managed-groups": {
    scene: "edge",
    good: [
      { set: { "acl:rules[2].statement.managedRuleGroupStatement.scopeDownStatement": EXCEPT_UPLOAD } },
      { set: { "acl:rules[4]": undefined }, add: [ruleApart(70, { managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesSQLiRuleSet" } }, { overrideAction: { none: {} } })] },
      { set: { "acl:rules[4]": undefined }, add: [groupApart("AWSManagedRulesSQLiRuleSet")] },
    ],
    bad: [
      { set: { "acl:rules[4].statement.managedRuleGroupStatement.vendorName": "Elsewhere" }, at: "acl:rules" },
      ...[0, 2, 3, 4].map((index) => ({ set: { [`acl:rules[${index}].statement.managedRuleGroupStatement.name`]: "AWSManagedRulesLinuxRuleSet" }, at: "acl:rules" })),
      { set: { "acl:rules[4].statement.managedRuleGroupStatement.scopeDownStatement": EXCEPT_UPLOAD }, at: "acl:rules" },
      { set: { "acl:rules[2].statement.managedRuleGroupStatement.scopeDownStatement": { geoMatchStatement: { countryCodes: ["US"] } } }, at: "acl:rules" },
      { set: { "acl:rules[2].statement.managedRuleGroupStatement.scopeDownStatement": { notStatement: { statement: { byteMatchStatement: { fieldToMatch: { uriPath: {} }, searchString: "/" } } } } }, at: "acl:rules" },
      { set: { "acl:rules[4]": undefined }, add: [groupApart("AWSManagedRulesLinuxRuleSet")], at: "acl:rules" },
    ],
  },
  "edge/waf-allow": {
    scene: "edge",
    good: [
      { set: { "acl:rules[6]": allowing(50, path("/")) } },
      { set: { "acl:rules[6]": allowing(0, path("/health/live")) } },
      { set: { "acl:rules[6]": allowing(0, { orStatement: { statements: [path("/health/live"), path("/.well-known/", "STARTS_WITH")] } }) } },
      { set: { "acl:rules[6]": allowing(0, { andStatement: { statements: [{ geoMatchStatement: { countryCodes: ["US"] } }, path("/health/live")] } }) } },
    ],
    bad: [
      { set: { "acl:rules[6]": allowing(0, path("/", "STARTS_WITH")) }, at: "acl:rules[6]" },
      { set: { "acl:rules[6]": allowing(49, { geoMatchStatement: { countryCodes: ["US"] } }) }, at: "acl:rules[6]" },
      { set: { "acl:rules[6]": { ...allowing(0, { geoMatchStatement: { countryCodes: ["US"] } }), priority: undefined } }, at: "acl:rules[6]" },
      { set: { "acl:rules[6]": allowing(0, path("/health/live", "CONTAINS")) }, at: "acl:rules[6]" },
      { set: { "acl:rules[6]": allowing(0, path("/health/live", "EXACTLY", { singleHeader: { name: "x-path" } })) }, at: "acl:rules[6]" },
      { set: { "acl:rules[6]": allowing(0, { orStatement: { statements: [path("/health/live"), { geoMatchStatement: { countryCodes: ["US"] } }] } }) }, at: "acl:rules[6]" },
      { set: { "acl:rules[6]": allowing(0, { andStatement: { statements: [EXCEPT_UPLOAD, { geoMatchStatement: { countryCodes: ["US"] } }] } }) }, at: "acl:rules[6]" },
      { set: { "acl:rules[6]": allowing(55, path("/", "STARTS_WITH")) }, add: [groupApart("AWSManagedRulesLinuxRuleSet")], at: "acl:rules[6]" },
      { set: { "acl:rules[6]": allowing(55, path("/", "STARTS_WITH")) }, add: [ruleApart(70, { rateBasedStatement: { limit: 2000 } }, { action: { block: {} } })], at: "acl:rules[6]" },
      { add: [ruleApart(5, path("/", "STARTS_WITH"), { action: { allow: {} } })], at: "acl:" },
    ],
  },
  "edge/waf-blocking": {
    scene: "edge",
    good: [{ add: [groupApart("AWSManagedRulesLinuxRuleSet")] }],
    bad: [
      { set: { "acl:rules[0].overrideAction": { count: {} } } },
      { set: { "acl:rules[0].overrideAction": { count: {} }, "acl:rules[0].priority": 11 } },
      { add: [ruleApart(70, { managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesLinuxRuleSet" } }, { overrideAction: { count: {} } })], at: "more-rules:overrideAction" },
      { add: [groupApart("AWSManagedRulesLinuxRuleSet", { overrideAction: "count" })], at: "more-groups:overrideAction" },
    ],
  },
  "edge/waf-overrides": {
    scene: "edge",
    good: [
      { set: { "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[0].actionToUse": { block: {} }, "acl:rules[5]": undefined, "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[1].actionToUse": { captcha: {} } } },
      { set: { "acl:rules[5].statement": { orStatement: { statements: [{ labelMatchStatement: { scope: "LABEL", key: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body" } }, { labelMatchStatement: { scope: "LABEL", key: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body" } }] } } } },
      { add: [groupApart("AWSManagedRulesAnonymousIpList", { managedRuleGroup: { vendorName: "AWS", name: "AWSManagedRulesAnonymousIpList", ruleActionOverrides: [{ name: "HostingProviderIPList", actionToUse: { count: {} } }] } })] },
    ],
    bad: [
      { set: { "acl:rules[3].statement.managedRuleGroupStatement.ruleActionOverrides": [{ name: "Log4JRCE_BODY", actionToUse: { count: {} } }] }, at: "acl:rules[3].statement.managedRuleGroupStatement.ruleActionOverrides[0]" },
      { set: { "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[0].actionToUse": { allow: {} } }, at: "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[0]" },
      { set: { "acl:rules[5]": undefined }, at: "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[0]" },
      { set: { "acl:rules[5].action": { count: {} } }, at: "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[1]" },
      { set: { "acl:rules[5].statement.andStatement.statements[0].orStatement.statements[1].labelMatchStatement.key": "awswaf:managed:aws:core-rule-set:NoUserAgent_Header" }, at: "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[1]" },
      { set: { "acl:rules[5].statement.andStatement.statements[1]": { geoMatchStatement: { countryCodes: ["US"] } } }, at: "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[0]" },
      { set: { "acl:rules[5].statement.andStatement.statements[1].notStatement.statement.byteMatchStatement.searchString": "/" }, at: "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[0]" },
      { set: { "acl:rules[5].statement.andStatement.statements[1].notStatement.statement.byteMatchStatement.fieldToMatch": { singleHeader: { name: "x-upload" } } }, at: "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[0]" },
      { set: { "acl:rules[5].statement.andStatement.statements[0]": EXCEPT_UPLOAD }, at: "acl:rules[2].statement.managedRuleGroupStatement.ruleActionOverrides[0]" },
      { add: [groupApart("AWSManagedRulesLinuxRuleSet", { managedRuleGroup: { vendorName: "AWS", name: "AWSManagedRulesLinuxRuleSet", ruleActionOverrides: [{ name: "LFI_COOKIE", actionToUse: { count: {} } }] } })], at: "acl:managedRuleGroup.ruleActionOverrides[0]" },
    ],
  },
  "edge/waf-rate-limit": {
    scene: "edge",
    good: [
      { set: { "acl:rules[1].statement.rateBasedStatement.aggregateKeyType": undefined } },
      { set: { "acl:rules[1].statement.rateBasedStatement.limit": 600, "acl:rules[1].statement.rateBasedStatement.evaluationWindowSec": 60 } },
      { set: { "acl:rules[1].statement.rateBasedStatement.limit": 3000, "acl:rules[1].statement.rateBasedStatement.evaluationWindowSec": undefined } },
      { set: { "acl:rules[1]": undefined }, add: [ruleApart(30, { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP" } }, { action: { block: {} } })] },
      { add: [ruleApart(31, { rateBasedStatement: { limit: 100_000, aggregateKeyType: "CONSTANT", scopeDownStatement: EXCEPT_UPLOAD } }, { action: { count: {} } })] },
    ],
    bad: [
      { set: { "acl:rules[1]": undefined }, at: "acl:rules" },
      { set: { "acl:rules[1].statement.rateBasedStatement.limit": 3001 }, at: "acl:rules[1]" },
      { set: { "acl:rules[1].statement.rateBasedStatement.limit": undefined }, at: "acl:rules[1]" },
      { set: { "acl:rules[1].statement.rateBasedStatement.evaluationWindowSec": 60 }, at: "acl:rules[1]" },
      { set: { "acl:rules[1].action": { count: {} } }, at: "acl:rules[1]" },
      { set: { "acl:rules[1].statement.rateBasedStatement.scopeDownStatement": EXCEPT_UPLOAD }, at: "acl:rules[1]" },
      ...["CONSTANT", "FORWARDED_IP", "CUSTOM_KEYS"].map((key) => ({ set: { "acl:rules[1].statement.rateBasedStatement.aggregateKeyType": key }, at: "acl:rules[1]" })),
      { set: { "acl:rules[1]": undefined }, add: [ruleApart(30, { rateBasedStatement: { limit: 9000, aggregateKeyType: "IP" } }, { action: { block: {} } })], at: "acl:" },
    ],
  },
  "edge/waf-metrics": {
    scene: "edge",
    bad: [
      { set: { "acl:visibilityConfig.cloudwatchMetricsEnabled": false } },
      { set: { "acl:rules[1].visibilityConfig.cloudwatchMetricsEnabled": false } },
      { add: [ruleApart(80, { geoMatchStatement: { countryCodes: ["KP"] } }, { action: { block: {} }, visibilityConfig: undefined })], at: "more-rules:visibilityConfig.cloudwatchMetricsEnabled" },
      { add: [groupApart("AWSManagedRulesLinuxRuleSet", { visibilityConfig: undefined })], at: "more-groups:visibilityConfig.cloudwatchMetricsEnabled" },
    ],
  },
  "edge/waf-log": {
    scene: "edge",
    bad: [{ remove: ["acl-log"], at: "acl:" }, { set: { "acl-log:resourceArn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/other/0a1b" }, at: "acl:" }],
  },
  "edge/waf-log-redaction": {
    scene: "edge",
    good: [{ set: { "acl-log:redactedFields[0].singleHeader.name": "Authorization" } }],
    bad: [
      { set: { "acl-log:redactedFields[0]": undefined }, at: "acl-log:redactedFields" },
      { set: { "acl-log:redactedFields[1]": { queryString: {} } }, at: "acl-log:redactedFields" },
      { set: { "acl-log:redactedFields": undefined } },
    ],
  },
};
