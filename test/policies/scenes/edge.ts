import type { SampleResource } from "../../../policies/samples/sample.ts";

const ACCOUNT = "123456789012";

function seen(metricName: string) {
  return { visibilityConfig: { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName } };
}

function managed(priority: number, name: string, ruleActionOverrides: object[] = []) {
  return { name, priority, overrideAction: { none: {} }, statement: { managedRuleGroupStatement: { vendorName: "AWS", name, ruleActionOverrides } }, ...seen(name) };
}

const label = (name: string) => ({ labelMatchStatement: { scope: "LABEL", key: `awswaf:managed:aws:core-rule-set:${name}` } });

/** Uploads are markup and larger than the common rules allow: those two count, and the last rule blocks what they labelled elsewhere. */
const rules = [
  managed(10, "AWSManagedRulesAmazonIpReputationList"),
  { name: "rate-limit", priority: 20, action: { block: {} }, statement: { rateBasedStatement: { limit: 2000, evaluationWindowSec: 300, aggregateKeyType: "IP" } }, ...seen("rate-limit") },
  managed(30, "AWSManagedRulesCommonRuleSet", [{ name: "SizeRestrictions_BODY", actionToUse: { count: {} } }, { name: "CrossSiteScripting_BODY", actionToUse: { count: {} } }]),
  managed(40, "AWSManagedRulesKnownBadInputsRuleSet"),
  managed(50, "AWSManagedRulesSQLiRuleSet"),
  {
    name: "body-except-upload",
    priority: 60,
    action: { block: {} },
    statement: {
      andStatement: {
        statements: [
          { orStatement: { statements: [label("SizeRestrictions_Body"), label("CrossSiteScripting_Body")] } },
          { notStatement: { statement: { byteMatchStatement: { fieldToMatch: { uriPath: {} }, positionalConstraint: "EXACTLY", searchString: "/api/upload", textTransformations: [{ priority: 0, type: "NORMALIZE_PATH" }] } } } },
        ],
      },
    },
    ...seen("body-except-upload"),
  },
];

const webAcl: readonly SampleResource[] = [
  { type: "aws:wafv2/webAcl:WebAcl", name: "acl", props: { name: "shop", scope: "CLOUDFRONT", defaultAction: { allow: {} }, rules, ...seen("shop") } },
  {
    type: "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    name: "acl-log",
    props: { resourceArn: "acl", logDestinationConfigs: [`arn:aws:logs:us-east-1:${ACCOUNT}:log-group:aws-waf-logs-shop`], redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }] },
  },
  { type: "aws:apigateway/stage:Stage", name: "api", props: { restApi: "orders", deployment: "orders-1", stageName: "live", xrayTracingEnabled: true, accessLogSettings: { destinationArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/apigateway/orders`, format: "$context.requestId" } } },
  { type: "aws:wafv2/webAclAssociation:WebAclAssociation", name: "api-acl", props: { resourceArn: "api", webAclArn: `arn:aws:wafv2:us-east-1:${ACCOUNT}:regional/webacl/orders/0a1b` } },
];

const route = { allowedMethods: ["GET", "HEAD"], cachedMethods: ["GET", "HEAD"], viewerProtocolPolicy: "redirect-to-https", cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6", responseHeadersPolicyId: "headers" };

const distribution: readonly SampleResource[] = [
  {
    type: "aws:cloudfront/distribution:Distribution",
    name: "cdn",
    protect: true,
    props: {
      enabled: true,
      aliases: ["shop.example.com"],
      webAclId: "acl",
      viewerCertificate: { acmCertificateArn: "certificate", sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" },
      origins: [
        { originId: "application", domainName: "origin.shop.example.com", vpcOriginConfig: { vpcOriginId: "vpc-origin" } },
        { originId: "files", domainName: "files.s3.us-east-1.amazonaws.com", originAccessControlId: "access" },
      ],
      defaultCacheBehavior: { targetOriginId: "application", ...route },
      orderedCacheBehaviors: [{ pathPattern: "/files/*", targetOriginId: "files", ...route }],
      restrictions: { geoRestriction: { restrictionType: "none", locations: [] } },
    },
  },
  { type: "aws:cloudfront/vpcOrigin:VpcOrigin", name: "vpc-origin", props: { vpcOriginEndpointConfig: { name: "shop", arn: "balancer", httpPort: 80, httpsPort: 443, originProtocolPolicy: "https-only", originSslProtocols: { items: ["TLSv1.2"], quantity: 1 } } } },
  { type: "aws:cloudfront/originAccessControl:OriginAccessControl", name: "access", props: { originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" } },
  {
    type: "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    name: "headers",
    props: {
      securityHeadersConfig: {
        strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, includeSubdomains: true, override: true },
        frameOptions: { frameOption: "DENY", override: true },
        contentTypeOptions: { override: true },
        xssProtection: { protection: true, modeBlock: true, override: true },
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'self'", override: true },
        referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: true },
      },
    },
  },
  { type: "aws:cloudwatch/logDeliverySource:LogDeliverySource", name: "log-source", props: { name: "cdn", logType: "ACCESS_LOGS", resourceArn: "cdn" } },
  { type: "aws:cloudwatch/logDelivery:LogDelivery", name: "log-delivery", props: { deliverySourceName: "log-source", deliveryDestinationArn: `arn:aws:logs:us-east-1:${ACCOUNT}:delivery-destination:cdn` } },
  { type: "aws:shield/protection:Protection", name: "shield", props: { name: "shop", resourceArn: "cdn" } },
];

const balancer: readonly SampleResource[] = [
  {
    type: "aws:lb/loadBalancer:LoadBalancer",
    name: "balancer",
    protect: true,
    props: {
      loadBalancerType: "application", internal: true, subnets: ["subnet-0a1b2c3d", "subnet-1a2b3c4d"], securityGroups: ["sg-0a1b2c3d"],
      enableDeletionProtection: true, dropInvalidHeaderFields: true, desyncMitigationMode: "defensive",
      accessLogs: { enabled: true, bucket: "logs" }, connectionLogs: { enabled: true, bucket: "logs" },
    },
  },
];

const names: readonly SampleResource[] = [
  { type: "aws:acm/certificate:Certificate", name: "certificate", props: { domainName: "shop.example.com", validationMethod: "DNS", keyAlgorithm: "RSA_2048", options: { certificateTransparencyLoggingPreference: "ENABLED" } } },
  { type: "aws:route53/zone:Zone", name: "zone", protect: true, props: { name: "shop.example.com", forceDestroy: false } },
  { type: "aws:route53/record:Record", name: "record", props: { zoneId: "zone", name: "shop.example.com", type: "A", aliases: [{ name: "d111111abcdef8.cloudfront.net", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false }] } },
  { type: "aws:route53/record:Record", name: "caa", props: { zoneId: "zone", name: "shop.example.com", type: "CAA", ttl: 3600, records: ["0 issue \"amazon.com\""] } },
  { type: "aws:route53/queryLog:QueryLog", name: "query-log", props: { zoneId: "zone", cloudwatchLogGroupArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/route53/shop.example.com` } },
  { type: "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", name: "dnssec", props: { hostedZoneId: "zone", signingStatus: "SIGNING" } },
  { type: "aws:route53/healthCheck:HealthCheck", name: "probe", props: { type: "HTTPS", fqdn: "shop.example.com", port: 443, resourcePath: "/health/live", requestInterval: 10, failureThreshold: 3 } },
];

/** A distribution that nothing gets around, and its names. */
export const edge: readonly SampleResource[] = [...webAcl, ...distribution, ...balancer, ...names];
