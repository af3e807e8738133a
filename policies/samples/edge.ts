/** Samples of areas/edge.ts. */
import type { Samples } from "./sample.ts";

/** What the engine records of a property that comes from the load balancer. */
const OF_BALANCER = ["urn:pulumi:production::golive::aws:lb/loadBalancer:LoadBalancer::balancer"];

/** The distribution of the scene as one that tenants share. */
const SHARED = { "cdn:$type": "aws:cloudfront/multitenantDistribution:MultitenantDistribution", "cdn:orderedCacheBehaviors": undefined, "cdn:aliases": undefined, "cdn:origins[0].vpcOriginConfig": undefined, "cdn:origins[0].vpcOriginConfigs": [{ vpcOriginId: "vpc-origin" }] };

function accelerated(endpointId: string | undefined) {
  return { type: "aws:globalaccelerator/endpointGroup:EndpointGroup", name: "accelerated", props: { listenerArn: "listener", endpointConfigurations: [{ endpointId }] } };
}

function tenant(customizations: object | undefined) {
  return { type: "aws:cloudfront/distributionTenant:DistributionTenant", name: "tenant", props: { distributionId: "cdn", domains: [{ domain: "tenant.example.com" }], customizations } };
}

export const samples: Samples = {
  "edge/distribution-waf": {
    scene: "edge",
    good: [
      { set: { "cdn:webAclId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/other/0a1b" } },
      { set: SHARED, add: [tenant(undefined), { ...tenant({ webAcl: { action: "override", arn: "acl" } }), name: "other-tenant" }] },
    ],
    bad: [
      { set: { "cdn:webAclId": undefined } },
      { set: { "cdn:webAclId": "" } },
      { set: { ...SHARED, "cdn:webAclId": undefined }, at: "cdn:webAclId" },
      { add: [tenant({ webAcl: { action: "disable" } })], at: "tenant:customizations.webAcl.action" },
    ],
  },
  "edge/waf-scope": {
    scene: "edge",
    good: [{ set: { "acl:scope": "REGIONAL", "cdn:webAclId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/other/0a1b" } }],
    bad: [
      { set: { "acl:scope": "REGIONAL" }, at: "cdn:webAclId" },
      { set: { "acl:scope": "REGIONAL", ...SHARED }, at: "cdn:webAclId" },
      { set: { "acl:scope": "REGIONAL", "cdn:webAclId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/other/0a1b" }, add: [tenant({ webAcl: { action: "override", arn: "acl" } })], at: "tenant:customizations.webAcl.arn" },
    ],
  },
  "edge/waf-bypass": {
    scene: "edge",
    good: [
      { set: { "record:aliases[0].name": "internal-shop-1234567890.us-east-1.elb.amazonaws.com" } },
      { set: { "record:aliases[0].name": "dualstack.internal-shop-1234567890.us-east-1.elb.amazonaws.com" } },
      { set: { "record:aliases[0].name": "shop.elb.amazonaws.com.example.com" } },
      { set: { "cdn:origins[0].domainName": "internal-shop-1234567890.us-east-1.elb.amazonaws.com" } },
      { set: { "caa:records[0]": "0 issue \"letsencrypt.org\"" } },
      { add: [accelerated("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/vpn/50dc6c495c0c9188")] },
      { set: { "record:$references": { aliases: OF_BALANCER } } },
      { set: { "cdn:$references": { origins: OF_BALANCER } } },
      { set: { ...SHARED, "cdn:origins[0].domainName": "internal-shop-1234567890.us-east-1.elb.amazonaws.com" } },
    ],
    bad: [
      { set: { "record:aliases[0].name": "shop-1234567890.us-east-1.elb.amazonaws.com" } },
      { set: { "record:aliases[0].name": "DualStack.shop-1234567890.us-east-1.ELB.amazonaws.com." } },
      { set: { "record:aliases[0].name": "shop-internal-1234567890.us-east-1.elb.amazonaws.com" } },
      { add: [accelerated("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188")], at: "accelerated:endpointConfigurations[0].endpointId" },
      { set: { "caa:records[0]": "shop-1234567890.us-east-1.elb.amazonaws.com" } },
      { set: { "cdn:origins[1].domainName": "internal-shop-1234567890.us-east-1.elb.amazonaws.com" } },
      { set: { ...SHARED, "cdn:origins[1].domainName": "shop-1234567890.us-east-1.elb.amazonaws.com" }, at: "cdn:origins[1].domainName" },
      { set: { "record:$references": { aliases: OF_BALANCER }, "balancer:internal": false }, at: "record:aliases", also: ["network/internal-load-balancer"] },
      { set: { "record:aliases": undefined, "record:records": ["names.example.com"], "record:$references": { records: OF_BALANCER }, "balancer:internal": undefined }, at: "record:records", also: ["network/internal-load-balancer"] },
    ],
  },
  "edge/regional-waf": {
    scene: "edge",
    good: [{ set: { "api:$type": "aws:apprunner/service:Service", "api:networkConfiguration.ingressConfiguration.isPubliclyAccessible": false }, remove: ["api-acl"] }],
    bad: [
      { remove: ["api-acl"], at: "api:" },
      { set: { "api-acl:resourceArn": "arn:aws:apigateway:us-east-1::/restapis/other/stages/live" }, at: "api:" },
      ...["aws:appsync/graphQLApi:GraphQLApi", "aws:cognito/userPool:UserPool", "aws:verifiedaccess/instance:Instance", "aws:apprunner/service:Service"].map((type) => ({ set: { "api:$type": type, "api:$protect": true, "api:deletionProtection": "ACTIVE" }, remove: ["api-acl"], at: "api:" })),
    ],
  },
  "edge/viewer-https": {
    scene: "edge",
    good: [{ set: { "cdn:defaultCacheBehavior.viewerProtocolPolicy": "https-only" } }],
    bad: [{ set: { "cdn:defaultCacheBehavior.viewerProtocolPolicy": "allow-all" } }, { set: { "cdn:orderedCacheBehaviors[0].viewerProtocolPolicy": "allow-all" } }, { set: { ...SHARED, "cdn:cacheBehaviors": [{ pathPattern: "/a", viewerProtocolPolicy: "allow-all", responseHeadersPolicyId: "headers" }] }, at: "cdn:cacheBehaviors[0].viewerProtocolPolicy" }],
  },
  "edge/viewer-tls": {
    scene: "edge",
    good: ["TLSv1.2_2025", "TLSv1.3_2025"].map((version) => ({ set: { "cdn:viewerCertificate.minimumProtocolVersion": version } })),
    bad: [
      { set: { "cdn:viewerCertificate.minimumProtocolVersion": "TLSv1.2_2019" } },
      { set: { "cdn:viewerCertificate.minimumProtocolVersion": undefined } },
      { set: { "cdn:viewerCertificate.cloudfrontDefaultCertificate": true } },
      { set: { ...SHARED, "cdn:viewerCertificate.minimumProtocolVersion": "TLSv1.2_2019" }, at: "cdn:viewerCertificate.minimumProtocolVersion" },
    ],
  },
  "edge/origin-tls": {
    scene: "edge",
    good: [{ set: { "cdn:origins[1].customOriginConfig": { httpPort: 80, httpsPort: 443, originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] } } }],
    bad: [
      { set: { "vpc-origin:vpcOriginEndpointConfig.originProtocolPolicy": "match-viewer" } },
      { set: { "vpc-origin:vpcOriginEndpointConfig.originSslProtocols.items": ["TLSv1.1", "TLSv1.2"] }, at: "vpc-origin:vpcOriginEndpointConfig.originSslProtocols" },
      { set: { "cdn:origins[1].customOriginConfig": { originProtocolPolicy: "http-only", originSslProtocols: ["TLSv1.2"] } }, at: "cdn:origins[1].customOriginConfig.originProtocolPolicy" },
      { set: { "cdn:origins[1].customOriginConfig": { originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2", "SSLv3"] } }, at: "cdn:origins[1].customOriginConfig.originSslProtocols" },
      { set: { ...SHARED, "cdn:origins[1].customOriginConfigs": [{ originProtocolPolicy: "http-only", originSslProtocols: ["TLSv1.2"] }] }, at: "cdn:origins[1].customOriginConfigs[0].originProtocolPolicy" },
    ],
  },
  "edge/bucket-origin": {
    scene: "edge",
    good: [{ set: { "cdn:origins[1].originAccessControlId": undefined, "cdn:origins[1].customOriginConfig": { originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] } } }],
    bad: [{ set: { "cdn:origins[1].originAccessControlId": undefined } }, { set: { "cdn:origins[1].originAccessControlId": "" } }, { set: { ...SHARED, "cdn:origins[1].originAccessControlId": undefined }, at: "cdn:origins[1].originAccessControlId" }],
  },
  "edge/origin-signing": {
    scene: "edge",
    bad: [{ set: { "access:signingBehavior": "no-override" } }],
  },
  "edge/access-log": {
    scene: "edge",
    good: [{ set: { "cdn:loggingConfig": { bucket: "logs.s3.amazonaws.com" } }, remove: ["log-source", "log-delivery"] }],
    bad: [
      { remove: ["log-source"], at: "cdn:" },
      { set: SHARED, remove: ["log-source"], at: "cdn:" },
      { remove: ["log-delivery"], at: "cdn:" },
      { set: { "log-delivery:deliverySourceName": "other" }, at: "cdn:" },
      { set: { "log-source:resourceArn": "arn:aws:cloudfront::123456789012:distribution/OTHER" }, at: "cdn:" },
    ],
  },
  "edge/health-check": {
    scene: "edge",
    good: [
      { set: { "cdn:aliases": [] }, remove: ["probe"] },
      { set: { "probe:type": "HTTPS_STR_MATCH", "probe:searchString": "ok" } },
    ],
    bad: [
      { remove: ["probe"], at: "cdn:aliases" },
      { set: { "probe:type": "HTTP" }, at: "cdn:aliases" },
      { set: { "probe:fqdn": "other.example.com" }, at: "cdn:aliases" },
    ],
  },
  "edge/shield-advanced": {
    scene: "edge",
    bad: [{ remove: ["shield"], at: "cdn:" }, { set: { "shield:resourceArn": "arn:aws:cloudfront::123456789012:distribution/OTHER" }, at: "cdn:" }],
  },
  "edge/waf-fail-closed": {
    scene: "edge",
    bad: [{ set: { "balancer:enableWafFailOpen": true } }],
  },
};
