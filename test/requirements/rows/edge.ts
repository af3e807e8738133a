/** Requirements, section 1, row "edge". */
import { expect } from "vitest";
import { at } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { expectFact, kept, names } from "../facts.ts";

const row = "edge";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const WEB_ACL = "aws:wafv2/webAcl:WebAcl";
const RECORD = "aws:route53/record:Record";

interface WafRule { name: string; priority: number; statement: unknown; action?: unknown; overrideAction?: unknown }

export const edge: Requirement[] = [
  kept(row, "Route 53 zone and records", [
    ["aws:route53/zone:Zone", "edge-zone", { name: "shop.example.com", forceDestroy: false }],
    [RECORD, "edge-record", { name: "shop.example.com", type: "A", "aliases[0].zoneId": "Z2FDTNDATAQYW2" }],
    [RECORD, "edge-origin-record", { name: "origin.shop.example.com", type: "A", "aliases[0].evaluateTargetHealth": false }],
    [RECORD, "edge-caa", { type: "CAA", records: ['0 issue "amazon.com"', '0 issuewild ";"'] }],
    ["aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", "edge-dnssec", { signingStatus: "SIGNING" }],
  ]),
  kept(row, "ACM certificates", [
    ["aws:acm/certificate:Certificate", "edge-certificate", { domainName: "shop.example.com", subjectAlternativeNames: ["origin.shop.example.com"], validationMethod: "DNS" }],
    [RECORD, "edge-validation-shop.example.com", { type: "CNAME", ttl: 300 }],
    [RECORD, "edge-validation-origin.shop.example.com", { type: "CNAME", ttl: 300 }],
    ["aws:acm/certificateValidation:CertificateValidation", "edge-certificate-validation", {}],
    [DISTRIBUTION, "edge-distribution", { aliases: ["shop.example.com"], "viewerCertificate.minimumProtocolVersion": "TLSv1.2_2021", "viewerCertificate.sslSupportMethod": "sni-only" }],
    ["aws:lb/listener:Listener", "edge-listener", { port: 443, protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" }],
  ], (p) => {
    const certificate = at(p.one("aws:acm/certificateValidation:CertificateValidation").props, "certificateArn");
    expect(certificate).toMatch(/^arn:aws:acm:us-east-1:123456789012:certificate\//);
    expect(at(p.one(DISTRIBUTION).props, "viewerCertificate.acmCertificateArn")).toBe(certificate);
    expect(at(p.one("aws:lb/listener:Listener").props, "certificateArn")).toBe(certificate);
  }),
  kept(row, "CloudFront in front (static and file caching)", [
    [DISTRIBUTION, "edge-distribution", {
      enabled: true, httpVersion: "http2and3", "defaultCacheBehavior.viewerProtocolPolicy": "redirect-to-https", "defaultCacheBehavior.targetOriginId": "application",
      // AWS' managed policy CachingDisabled: pages and answers of the application are never cached.
      "defaultCacheBehavior.cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      "orderedCacheBehaviors[0].pathPattern": "/static/*", "orderedCacheBehaviors[0].targetOriginId": "application",
      "orderedCacheBehaviors[1].pathPattern": "/files/*", "orderedCacheBehaviors[1].targetOriginId": "files",
    }],
    ["aws:cloudfront/cachePolicy:CachePolicy", "edge-long-cache", { defaultTtl: 86_400, maxTtl: 31_536_000 }],
    ["aws:cloudfront/originAccessControl:OriginAccessControl", "edge-files-access", { originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" }],
  ], (p) => {
    const { props } = p.one(DISTRIBUTION);
    const cached = [at(props, "orderedCacheBehaviors[0].cachePolicyId"), at(props, "orderedCacheBehaviors[1].cachePolicyId")];
    expect(cached[0]).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/));
    expect(cached[1]).toBe(cached[0]);
    expect(cached[0]).not.toBe("4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
  }),
  kept(row, "WAF (managed rule groups", [[WEB_ACL, "edge-web-acl", { scope: "CLOUDFRONT", "defaultAction.allow": {} }]], (p) => {
    const groups = (p.one(WEB_ACL).props["rules"] as WafRule[]).filter((rule) => at(rule, "statement.managedRuleGroupStatement.vendorName") === "AWS");
    expect(groups.map((rule) => rule.name)).toEqual([
      "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesAnonymousIpList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet",
    ]);
    expect(groups.map((rule) => rule.overrideAction)).toEqual(groups.map(() => ({ none: {} })));
  }),
  kept(row, "rate-based rule", [[WEB_ACL, "edge-web-acl", {
    "rules[2].name": "rate-limit", "rules[2].statement.rateBasedStatement": { aggregateKeyType: "IP", evaluationWindowSec: 300, limit: 2000 }, "rules[2].action.block.customResponse.responseCode": 429,
  }]]),
  kept(row, "logging with redaction)", [
    ["aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "edge-waf-logging", {
      logDestinationConfigs: ["arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-shop-production-edge"],
      redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }, { singleHeader: { name: "x-api-key" } }, { queryString: {} }],
    }],
    ["aws:cloudwatch/logGroup:LogGroup", "edge-waf-log-group", { name: "aws-waf-logs-shop-production-edge", retentionInDays: 365 }],
  ], (p) => {
    expect(at(p.one(WEB_ACL).props, "visibilityConfig.sampledRequestsEnabled"), "samples would show what the log hides").toBe(false);
  }),
  // Shield Standard guards every distribution and hosted zone by itself; Advanced is `edge.shieldAdvanced`, in the test of the defaults.
  kept(row, "Shield", [
    [DISTRIBUTION, "edge-distribution", { enabled: true, aliases: ["shop.example.com"] }],
    ["aws:route53/zone:Zone", "edge-zone", { name: "shop.example.com" }],
  ], (p) => {
    expect(p.all("aws:lb/loadBalancer:LoadBalancer").map((r) => r.props["internal"]), "nothing public stands outside Shield's shadow").toEqual([true]);
  }),
  kept(row, "the load balancer is internal and reached only as CloudFront VPC origin, so WAF can not be bypassed", [
    ["aws:lb/loadBalancer:LoadBalancer", "edge-load-balancer", { internal: true, loadBalancerType: "application", dropInvalidHeaderFields: true, enableDeletionProtection: true }],
    ["aws:cloudfront/vpcOrigin:VpcOrigin", "edge-vpc-origin", { "vpcOriginEndpointConfig.httpsPort": 443, "vpcOriginEndpointConfig.originProtocolPolicy": "https-only", "vpcOriginEndpointConfig.originSslProtocols.items": ["TLSv1.2"] }],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "edge-from-cloudfront", { ipProtocol: "tcp", fromPort: 443, toPort: 443, description: "HTTPS from CloudFront through the VPC origin" }],
    [DISTRIBUTION, "edge-distribution", { "origins[0].domainName": "origin.shop.example.com" }],
  ], (p) => {
    const balancer = p.one("aws:lb/loadBalancer:LoadBalancer").props;
    const groups = balancer["securityGroups"] as string[];
    const ways = p.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").filter((rule) => groups.includes(String(rule.props["securityGroupId"])));
    expect(groups).toHaveLength(1);
    expect(ways.map((rule) => rule.name)).toEqual(["edge-from-cloudfront"]);
    expect(ways.map((rule) => [rule.props["prefixListId"], rule.props["cidrIpv4"]])).toEqual([[expect.stringMatching(/^pl-/), undefined]]);
    expect(at(p.one("aws:cloudfront/vpcOrigin:VpcOrigin").props, "vpcOriginEndpointConfig.arn")).toMatch(/:loadbalancer\/app\/shop-production-edge\//);
    expect(at(p.one(DISTRIBUTION).props, "origins[0].vpcOriginConfig.vpcOriginId")).toEqual(expect.any(String));
    expect(at(p.one(DISTRIBUTION).props, "webAclId")).toMatch(/:global\/webacl\/shop-production-edge\//);
    expectFact(p, [WEB_ACL, "edge-web-acl", { name: "shop-production-edge", scope: "CLOUDFRONT" }]);
  }),
  kept(row, "managed body rules (8 KB, XSS) are overridden on the upload route only", [[WEB_ACL, "edge-web-acl", {
    "associationConfig.requestBodies[0].cloudfront.defaultSizeInspectionLimit": "KB_16",
    "rules[3].name": "AWSManagedRulesCommonRuleSet",
    "rules[3].statement.managedRuleGroupStatement.ruleActionOverrides": [
      { actionToUse: { count: {} }, name: "SizeRestrictions_BODY" }, { actionToUse: { count: {} }, name: "CrossSiteScripting_BODY" },
    ],
    // What the group has only counted and labelled is blocked here, unless the path is exactly the upload route.
    "rules[4].name": "body-except-upload",
    "rules[4].action.block.customResponse.responseCode": 403,
    "rules[4].statement.andStatement.statements[0].orStatement.statements": [
      { labelMatchStatement: { key: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body", scope: "LABEL" } },
      { labelMatchStatement: { key: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body", scope: "LABEL" } },
    ],
    "rules[4].statement.andStatement.statements[1].notStatement.statement.byteMatchStatement": {
      fieldToMatch: { uriPath: {} }, positionalConstraint: "EXACTLY", searchString: "/api/upload",
      textTransformations: [{ priority: 0, type: "URL_DECODE" }, { priority: 1, type: "NORMALIZE_PATH" }],
    },
  }]], (p) => {
    const rules = p.one(WEB_ACL).props["rules"] as WafRule[];
    const overridden = rules.flatMap((rule) => (at(rule, "statement.managedRuleGroupStatement.ruleActionOverrides") as { name: string }[] | undefined ?? []).map((o) => o.name));
    expect(overridden).toEqual(["HostingProviderIPList", "SizeRestrictions_BODY", "CrossSiteScripting_BODY"]);
    expect(rules.map((rule) => rule.priority)).toEqual([10, 20, 30, 40, 50, 60, 70]);
    expect(names(p, WEB_ACL)).toEqual(["edge-web-acl"]);
  }),
];
