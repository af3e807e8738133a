/** The web ACL on CloudFront: managed rule groups, the body rules' exception for uploads, the rate limit. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../component.ts";
import type { Header } from "../ingress/headers.ts";
import { securityHeaders } from "../ingress/headers.ts";
import type { EdgeArgs } from "./index.ts";

type Rule = aws.types.input.wafv2.WebAclRule;
type Statement = aws.types.input.wafv2.WebAclRuleStatement;

/** Body rules of the common rule set that only count, and the labels by which a later rule blocks all the same (WAF developer guide, baseline rule groups). */
const BODY_RULES = [
  { rule: "SizeRestrictions_BODY", label: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body" },
  { rule: "CrossSiteScripting_BODY", label: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body" },
];

/**
 * The rules in the order in which WAF asks them; about 1,200 capacity units of the 1,500 that cost nothing more.
 *
 * Uploads are files of up to 50 MB and may be SVG or XML, which the common rule set refuses: bodies over 8 KB, and
 * anything that looks like markup. So these two rules only count, and `body-except-upload` blocks what they have
 * labelled on every other route. WAF itself reads the first 16 KB of a body on CloudFront; what lies behind that the
 * application must check, and it can only come on the upload route.
 */
export function webAcl(name: string, args: EdgeArgs, parent: pulumi.Resource): aws.wafv2.WebAcl {
  return new aws.wafv2.WebAcl(`${name}-web-acl`, ...transformed(args.transform?.webAcl, {
    name: `${args.prefix}-edge`,
    description: `Guards ${args.domain}`,
    scope: "CLOUDFRONT",
    defaultAction: { allow: {} },
    associationConfig: { requestBodies: [{ cloudfront: { defaultSizeInspectionLimit: "KB_16" } }] },
    rules: rulesOf(args),
    visibilityConfig: visibility(args.prefix, "edge"),
    tags: { Name: `${args.prefix}-edge` },
  }, { parent, provider: args.usEast1Provider }));
}

function rulesOf(args: EdgeArgs): Rule[] {
  const headers = securityHeaders(args);
  const { prefix } = args;
  return [
    managed(prefix, 10, "AWSManagedRulesAmazonIpReputationList"),
    // Cloud and hosting addresses carry partners, monitors and our own load tests: counted, not refused.
    managed(prefix, 20, "AWSManagedRulesAnonymousIpList", ["HostingProviderIPList"]),
    rateLimit(prefix, 30, args.rateLimitPer5Minutes, headers),
    managed(prefix, 40, "AWSManagedRulesCommonRuleSet", BODY_RULES.map((r) => r.rule)),
    bodyExceptUpload(prefix, 50, args.uploadPath, headers),
    managed(prefix, 60, "AWSManagedRulesKnownBadInputsRuleSet"),
    managed(prefix, 70, "AWSManagedRulesSQLiRuleSet"),
  ];
}

function managed(prefix: string, priority: number, group: string, counted: string[] = []): Rule {
  return {
    name: group,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name: group,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visibility(prefix, group),
  };
}

/** Far above NGINX's limit per second: this one stops floods before they cost anything, that one is the fine measure. */
function rateLimit(prefix: string, priority: number, limit: number, headers: Header[]): Rule {
  return {
    name: "rate-limit",
    priority,
    action: blocked(429, headers),
    statement: { rateBasedStatement: { limit, evaluationWindowSec: 300, aggregateKeyType: "IP" } },
    visibilityConfig: visibility(prefix, "rate-limit"),
  };
}

function bodyExceptUpload(prefix: string, priority: number, uploadPath: string, headers: Header[]): Rule {
  const labelled: Statement = { orStatement: { statements: BODY_RULES.map(({ label }) => ({ labelMatchStatement: { scope: "LABEL", key: label } })) } };
  return {
    name: "body-except-upload",
    priority,
    action: blocked(403, headers),
    statement: { andStatement: { statements: [labelled, { notStatement: { statement: onUploadRoute(uploadPath) } }] } },
    visibilityConfig: visibility(prefix, "body-except-upload"),
  };
}

/**
 * The path as NGINX will see it: percent signs decoded, `..` resolved. `/api/upload/../login` is not an upload.
 * A trailing `*` in the configuration means everything below.
 */
function onUploadRoute(uploadPath: string): Statement {
  const below = uploadPath.endsWith("*");
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: below ? "STARTS_WITH" : "EXACTLY",
      searchString: below ? uploadPath.slice(0, -1) : uploadPath,
      textTransformations: [{ priority: 0, type: "URL_DECODE" }, { priority: 1, type: "NORMALIZE_PATH" }],
    },
  };
}

/**
 * Answers of the WAF never pass NGINX, so they carry the security headers themselves. A value may have 255 characters
 * (WAF API, CustomHTTPHeader); a longer content security policy is left out, and these answers have no content.
 */
function blocked(responseCode: number, headers: Header[]): NonNullable<Rule["action"]> {
  return { block: { customResponse: { responseCode, responseHeaders: headers.filter((header) => header.value.length <= 255) } } };
}

/** Sampled requests show headers and query strings in the console, unredacted: off. The redacted log has them all. */
function visibility(prefix: string, metric: string): aws.types.input.wafv2.WebAclVisibilityConfig {
  return { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName: `${prefix}-${metric}` };
}
