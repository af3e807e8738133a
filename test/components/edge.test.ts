import * as aws from "@pulumi/aws";
import { beforeAll, describe, expect, it } from "vitest";
import type { EdgeArgs } from "../../components/edge/index.ts";
import { Edge } from "../../components/edge/index.ts";
import { shortName } from "../../components/edge/loadBalancer.ts";
import { CDN_LOG_FIELDS } from "../../components/edge/logs.ts";
import type { Declared } from "./mocks.ts";
import { declared, ofType, only, statement, statements } from "./mocks.ts";

const ARGS: Omit<EdgeArgs, "usEast1Provider"> = {
  prefix: "shop-production", accountId: "123456789012", region: "us-east-1", domain: "shop.example.com",
  staticPaths: ["/static/*"], filesPath: "/files/*", uploadPath: "/api/upload", rateLimitPer5Minutes: 2000, priceClass: "PriceClass_100",
  blockedCountries: [], shieldAdvanced: false, logRetentionDays: 365, vpcId: "vpc-1", vpcCidr: "10.20.0.0/16", privateSubnetIds: ["subnet-a", "subnet-b", "subnet-c"],
  autoscalingGroups: { general: "eks-general" }, nodeSecurityGroupId: "sg-nodes", nodePort: 30_443,
  filesBucket: { name: "shop-production-files-123456789012", domainName: "files.s3.us-east-1.amazonaws.com" },
  logBucket: { name: "shop-production-logs-123456789012", arn: "arn:aws:s3:::shop-production-logs-123456789012" },
  logsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/logs", alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:shop-production-alarms",
  protection: { protect: true, retainOnDelete: true }, hstsSeconds: 31_536_000, contentSecurityPolicy: "default-src 'self'",
};

function edge(change: Partial<EdgeArgs> = {}): Promise<Declared[]> {
  return declared(() => {
    new Edge("edge", { ...ARGS, usEast1Provider: new aws.Provider("us-east-1", { region: "us-east-1" }), ...change });
  }, { outputs });
}

function outputs(type: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (type !== "aws:acm/certificate:Certificate") return {};
  const names = [String(inputs["domainName"]), ...(inputs["subjectAlternativeNames"] as string[])];
  return {
    domainValidationOptions: names.map((domainName) => ({ domainName, resourceRecordName: `_x.${domainName}.`, resourceRecordType: "CNAME", resourceRecordValue: `_y.${domainName}.acm-validations.aws.` })),
  };
}

interface WafRule { name: string; priority: number; action?: unknown; overrideAction?: unknown; statement: Record<string, unknown> }

describe("Edge with names that other stacks own", () => {
  const staging = { nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"], dsRecord: "12345 13 2 0123456789ABCDEF" };

  it("points to their zones and vouches for their signatures", async () => {
    const records = ofType(await edge({ delegations: { "staging.shop.example.com": staging } }), "aws:route53/record:Record");
    expect(records.filter((r) => r.inputs["name"] === "staging.shop.example.com").map((r) => [r.inputs["type"], r.inputs["records"]]).sort()).toEqual([
      ["DS", ["12345 13 2 0123456789ABCDEF"]],
      ["NS", ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]],
    ]);
  });

  it("refuses a name that is not below the domain", async () => {
    await expect(edge({ delegations: { "staging.example.org": staging } })).rejects.toThrow("staging.example.org, which is not below shop.example.com");
  });
});

describe("Edge with a zone of its own in us-east-1", () => {
  let resources: Declared[];
  beforeAll(async () => {
    resources = await edge();
  });
  const distribution = () => only(resources, "aws:cloudfront/distribution:Distribution").inputs;
  const rules = () => only(resources, "aws:wafv2/webAcl:WebAcl").inputs["rules"] as WafRule[];
  const rule = (name: string) => rules().find((r) => r.name === name);

  it("keeps the load balancer internal, protected, strict about headers, and out of X-Forwarded-For", () => {
    expect(only(resources, "aws:lb/loadBalancer:LoadBalancer").inputs).toMatchObject({
      internal: true, enableDeletionProtection: true, dropInvalidHeaderFields: true, xffHeaderProcessingMode: "preserve", preserveHostHeader: true,
      subnets: ["subnet-a", "subnet-b", "subnet-c"], accessLogs: { enabled: true, bucket: "shop-production-logs-123456789012", prefix: "alb" },
    });
  });

  it("listens on HTTPS only, TLS 1.2 and 1.3", () => {
    expect(only(resources, "aws:lb/listener:Listener").inputs).toMatchObject({ port: 443, protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" });
  });

  it("targets NGINX's node port by HTTPS and asks NGINX, not the application, for its health", () => {
    expect(only(resources, "aws:lb/targetGroup:TargetGroup").inputs).toMatchObject({
      port: 30_443, protocol: "HTTPS", targetType: "instance", healthCheck: { path: "/nginx-health", protocol: "HTTPS", matcher: "200" },
    });
    expect(only(resources, "aws:autoscaling/attachment:Attachment").inputs).toMatchObject({ autoscalingGroupName: "eks-general" });
  });

  it("admits only CloudFront's prefix list, on 443, and sends only to the node port", () => {
    const ingress = ofType(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    const fromCloudFront = ingress.find((r) => r.name === "edge-from-cloudfront");
    expect(fromCloudFront?.inputs).toMatchObject({ ipProtocol: "tcp", fromPort: 443, toPort: 443 });
    expect(fromCloudFront?.inputs).not.toHaveProperty("cidrIpv4");
    expect(ingress.find((r) => r.name === "edge-nodes-from-load-balancer")?.inputs).toMatchObject({ securityGroupId: "sg-nodes", fromPort: 30_443, toPort: 30_443 });
    expect(only(resources, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").inputs).toMatchObject({ referencedSecurityGroupId: "sg-nodes", fromPort: 30_443, toPort: 30_443 });
  });

  it("enters the VPC by a VPC origin over HTTPS whose name the certificate covers", () => {
    expect(only(resources, "aws:cloudfront/vpcOrigin:VpcOrigin").inputs["vpcOriginEndpointConfig"]).toMatchObject({ originProtocolPolicy: "https-only", originSslProtocols: { items: ["TLSv1.2"] } });
    const origins = distribution()["origins"] as { originId: string; domainName: string; vpcOriginConfig?: unknown }[];
    expect(origins.find((o) => o.originId === "application")).toMatchObject({ domainName: "origin.shop.example.com" });
    expect(only(resources, "aws:acm/certificate:Certificate").inputs).toMatchObject({ domainName: "shop.example.com", subjectAlternativeNames: ["origin.shop.example.com"] });
  });

  it("redirects viewers to HTTPS, with TLS 1.2 at least, HTTP/3, no IPv6 and the web ACL", () => {
    expect(distribution()).toMatchObject({
      aliases: ["shop.example.com"], httpVersion: "http2and3", isIpv6Enabled: false,
      viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021", sslSupportMethod: "sni-only" },
      defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https", cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", originRequestPolicyId: "216adef6-5c7f-47e4-b989-5492eafa07d3" },
      webAclId: expect.stringContaining("edge-web-acl") as string,
    });
  });

  it("caches static paths and files, from load balancer and bucket, and never errors", () => {
    expect(distribution()["orderedCacheBehaviors"]).toMatchObject([
      { pathPattern: "/static/*", targetOriginId: "application", cachePolicyId: "edge-long-cache-id", originRequestPolicyId: "edge-host-only-id" },
      { pathPattern: "/files/*", targetOriginId: "files", cachePolicyId: "edge-long-cache-id" },
    ]);
    const errors = distribution()["customErrorResponses"] as { errorCode: number; errorCachingMinTtl: number }[];
    expect(errors.filter((e) => e.errorCachingMinTtl !== 0)).toEqual([]);
    expect(errors.map((e) => e.errorCode)).toEqual(expect.arrayContaining([403, 404, 500, 502, 503, 504]));
  });

  it("puts the six security headers on every route, and lets uploaded files act as nobody", () => {
    const policies = ofType(resources, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy");
    expect(policies.find((p) => p.name === "edge-page-headers")?.inputs["securityHeadersConfig"]).toEqual({
      strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, includeSubdomains: true, preload: false, override: true },
      frameOptions: { frameOption: "DENY", override: true },
      contentTypeOptions: { override: true },
      xssProtection: { protection: true, modeBlock: true, override: true },
      contentSecurityPolicy: { contentSecurityPolicy: "default-src 'self'", override: true },
      referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: true },
    });
    expect(policies.find((p) => p.name === "edge-file-headers")?.inputs["securityHeadersConfig"]).toMatchObject({ contentSecurityPolicy: { contentSecurityPolicy: expect.stringContaining("sandbox") as string } });
  });

  it("asks the rules in order, with the managed groups in force", () => {
    expect(rules().map((r) => r.name)).toEqual([
      "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesAnonymousIpList", "rate-limit", "AWSManagedRulesCommonRuleSet",
      "body-except-upload", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet",
    ]);
    expect(rules().map((r) => r.priority)).toEqual([10, 20, 30, 40, 50, 60, 70]);
    expect(rule("AWSManagedRulesSQLiRuleSet")?.overrideAction).toEqual({ none: {} });
  });

  it("only counts the two body rules, and blocks what they labelled except on the upload route", () => {
    expect(rule("AWSManagedRulesCommonRuleSet")?.statement).toMatchObject({
      managedRuleGroupStatement: { ruleActionOverrides: [{ name: "SizeRestrictions_BODY", actionToUse: { count: {} } }, { name: "CrossSiteScripting_BODY", actionToUse: { count: {} } }] },
    });
    expect(rule("body-except-upload")).toMatchObject({
      action: { block: { customResponse: { responseCode: 403 } } },
      statement: { andStatement: { statements: [
        { orStatement: { statements: [
          { labelMatchStatement: { scope: "LABEL", key: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body" } },
          { labelMatchStatement: { scope: "LABEL", key: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body" } },
        ] } },
        { notStatement: { statement: { byteMatchStatement: { positionalConstraint: "EXACTLY", searchString: "/api/upload", textTransformations: [{ priority: 0, type: "URL_DECODE" }, { priority: 1, type: "NORMALIZE_PATH" }] } } } },
      ] } },
    });
  });

  it("limits one address and answers 429 with the security headers", () => {
    expect(rule("rate-limit")).toMatchObject({
      statement: { rateBasedStatement: { limit: 2000, evaluationWindowSec: 300, aggregateKeyType: "IP" } },
      action: { block: { customResponse: { responseCode: 429, responseHeaders: expect.arrayContaining([{ name: "X-Frame-Options", value: "DENY" }]) as object[] } } },
    });
  });

  it("logs the WAF without credentials and query strings, encrypted, to a group that WAF accepts", () => {
    expect(only(resources, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs["redactedFields"]).toEqual([
      { singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }, { singleHeader: { name: "x-api-key" } }, { queryString: {} },
    ]);
    const group = only(resources, "aws:cloudwatch/logGroup:LogGroup", "edge-waf-log-group").inputs;
    expect(group).toMatchObject({ name: "aws-waf-logs-shop-production-edge", retentionInDays: 365, kmsKeyId: ARGS.logsKeyArn });
    const policy = only(resources, "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "edge-waf-log-policy");
    expect(statement(policy, "LogDeliveryWrites", "policyDocument").Condition).toMatchObject({ StringEquals: { "aws:SourceAccount": "123456789012" } });
  });

  it("delivers CloudFront's log below the prefix that the log bucket admits, without cookies and query strings", () => {
    expect(only(resources, "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination").inputs["deliveryDestinationConfiguration"]).toEqual({ destinationResourceArn: "arn:aws:s3:::shop-production-logs-123456789012/cloudfront" });
    expect(CDN_LOG_FIELDS).not.toContain("cs(Cookie)");
    expect(CDN_LOG_FIELDS).not.toContain("cs-uri-query");
  });

  it("signs the zone, logs its queries, and protects it", () => {
    expect(only(resources, "aws:route53/zone:Zone")).toMatchObject({ protect: true, retainOnDelete: true });
    expect(only(resources, "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec").inputs["signingStatus"]).toBe("SIGNING");
    const key = only(resources, "aws:kms/key:Key");
    expect(key.inputs).toMatchObject({ customerMasterKeySpec: "ECC_NIST_P256", keyUsage: "SIGN_VERIFY" });
    expect(statement(key, "AdministrationByIam").Action).toContain("kms:PutKeyPolicy");
    expect(statements(key).flatMap((one) => one.Action).filter((action) => action?.includes("*"))).toEqual([]);
    expect(only(resources, "aws:route53/queryLog:QueryLog").dependencies.length).toBeGreaterThan(0);
  });

  it("points the domain at CloudFront, by A record alone", () => {
    const records = ofType(resources, "aws:route53/record:Record").map((r) => `${String(r.inputs["type"])} ${String(r.inputs["name"])}`);
    expect(records).toContain("A shop.example.com");
    expect(records.filter((r) => r.startsWith("AAAA"))).toEqual([]);
    expect(records).toEqual(expect.arrayContaining(["CNAME _x.shop.example.com.", "CNAME _x.origin.shop.example.com.", "CAA shop.example.com"]));
  });

  it("alarms on errors, latency, health, attacks and certificates, to the topic", () => {
    const alarms = ofType(resources, "aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(alarms.map((a) => a.inputs["metricName"])).toEqual(expect.arrayContaining(["HTTPCode_ELB_5XX_Count", "TargetResponseTime", "HealthyHostCount", "5xxErrorRate", "HealthCheckStatus", "BlockedRequests", "DaysToExpiry"]));
    for (const alarm of alarms) expect(alarm.inputs["alarmActions"], alarm.name).toEqual([ARGS.alarmTopicArn]);
  });

  it("declares no Shield Advanced that nobody bought", () => {
    expect(ofType(resources, "aws:shield/protection:Protection")).toEqual([]);
  });
});

describe("Edge elsewhere", () => {
  it("switches logging on only when the log bucket admits it", async () => {
    const resources = await declared(() => {
      const policy = new aws.s3.BucketPolicy("log-bucket-policy", { bucket: ARGS.logBucket.name, policy: "{}" });
      new Edge("edge", { ...ARGS, zoneId: "Z0123456789ABCDEFGHIJ", logBucketReady: [policy], usEast1Provider: new aws.Provider("us-east-1", { region: "us-east-1" }) });
    }, { outputs });
    for (const type of ["aws:lb/loadBalancer:LoadBalancer", "aws:cloudwatch/logDelivery:LogDelivery"]) {
      expect(only(resources, type).dependencies.some((urn) => urn.endsWith("::log-bucket-policy")), type).toBe(true);
    }
  });

  it("takes an existing zone as it is", async () => {
    const resources = await edge({ zoneId: "Z0123456789ABCDEFGHIJ" });
    expect(ofType(resources, "aws:route53/zone:Zone")).toEqual([]);
    expect(ofType(resources, "aws:route53/keySigningKey:KeySigningKey")).toEqual([]);
    for (const record of ofType(resources, "aws:route53/record:Record")) expect(record.inputs["zoneId"]).toBe("Z0123456789ABCDEFGHIJ");
  });

  it("in another region has a second certificate, a key for its global logs, and forwards global alarms", async () => {
    const resources = await edge({ region: "eu-central-1", zoneId: "Z0123456789ABCDEFGHIJ", alarmTopicArn: "arn:aws:sns:eu-central-1:123456789012:alarms" });
    expect(ofType(resources, "aws:acm/certificate:Certificate")).toHaveLength(2);
    const key = only(resources, "aws:kms/key:Key");
    expect(key.inputs).toMatchObject({ enableKeyRotation: true, rotationPeriodInDays: 90 });
    expect(statement(key, "LogGroupsOfThisAccount")).toMatchObject({ Principal: { Service: "logs.us-east-1.amazonaws.com" }, Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:*" } } });
    expect(statements(key).flatMap((one) => one.Action).filter((action) => action?.includes("*"))).toEqual([]);
    expect(only(resources, "aws:cloudwatch/logGroup:LogGroup").inputs["kmsKeyId"]).toContain("edge-logs-key");
    const cdnErrors = only(resources, "aws:cloudwatch/metricAlarm:MetricAlarm", "edge-alarm-cdn-errors");
    expect(cdnErrors.inputs["alarmActions"]).toEqual([]);
    const targets = ofType(resources, "aws:cloudwatch/eventTarget:EventTarget").map((t) => t.inputs["arn"]);
    expect(targets).toEqual(expect.arrayContaining(["arn:aws:events:eu-central-1:123456789012:event-bus/default", "arn:aws:sns:eu-central-1:123456789012:alarms"]));
  });

  it("with Shield Advanced protects the distribution and ties it to the health check", async () => {
    const resources = await edge({ shieldAdvanced: true, zoneId: "Z0123456789ABCDEFGHIJ" });
    expect(only(resources, "aws:shield/protection:Protection").inputs["resourceArn"]).toContain("edge-distribution");
    expect(only(resources, "aws:shield/protectionHealthCheckAssociation:ProtectionHealthCheckAssociation").inputs["healthCheckArn"]).toContain("edge-health-check");
    expect(ofType(resources, "aws:cloudwatch/metricAlarm:MetricAlarm").map((a) => a.inputs["metricName"])).toContain("DDoSDetected");
  });

  it("refuses blocked countries at CloudFront", async () => {
    const resources = await edge({ blockedCountries: ["KP"], zoneId: "Z0123456789ABCDEFGHIJ" });
    expect(only(resources, "aws:cloudfront/distribution:Distribution").inputs["restrictions"]).toEqual({ geoRestriction: { restrictionType: "blacklist", locations: ["KP"] } });
  });

  it("of an existing cluster sends to the nodes' addresses and opens nothing of the owner's", async () => {
    const resources = await edge({ nodeSecurityGroupId: undefined, nodeCidrs: ["10.0.0.0/16"], zoneId: "Z0123456789ABCDEFGHIJ" });
    expect(only(resources, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").inputs).toMatchObject({ cidrIpv4: "10.0.0.0/16", fromPort: 30_443 });
    expect(ofType(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")).toHaveLength(1);
  });

  it("treats an upload path with a star as everything below", async () => {
    const resources = await edge({ uploadPath: "/api/upload/*", zoneId: "Z0123456789ABCDEFGHIJ" });
    const text = JSON.stringify(only(resources, "aws:wafv2/webAcl:WebAcl").inputs["rules"]);
    expect(text).toContain('"positionalConstraint":"STARTS_WITH","searchString":"/api/upload/"');
  });

  it("leaves a long content security policy out of the WAF's answers, where it would be refused", async () => {
    const resources = await edge({ contentSecurityPolicy: `default-src 'self' ${"https://cdn.example.com ".repeat(20)}`, zoneId: "Z0123456789ABCDEFGHIJ" });
    const text = JSON.stringify(only(resources, "aws:wafv2/webAcl:WebAcl").inputs["rules"]);
    expect(text).not.toContain("Content-Security-Policy");
    expect(text).toContain("X-Content-Type-Options");
  });

  it("names its logs for the processing register", async () => {
    let stores: string[] = [];
    await declared(() => {
      stores = new Edge("edge", { ...ARGS, usEast1Provider: new aws.Provider("us-east-1", { region: "us-east-1" }) }).stores.map((s) => `${s.name}: ${s.retention}`);
    }, { outputs });
    expect(stores).toEqual(["aws-waf-logs-shop-production-edge: 365 days", "/aws/route53/shop.example.com: 365 days"]);
  });

  it("refuses a load balancer without targets", async () => {
    await expect(edge({ autoscalingGroups: {} })).rejects.toThrow(/has no target; name either autoscalingGroups or nodeAddresses/);
    await expect(edge({ nodeAddresses: ["10.20.0.10"] })).rejects.toThrow(/has both groups and addresses of nodes/);
  });

  it("registers nodes by address where there are no groups, naming no zone for those outside of the VPC", async () => {
    const resources = await edge({ autoscalingGroups: {}, nodeAddresses: ["10.20.255.255", "10.21.0.0"], nodeSecurityGroupId: undefined, nodeCidrs: ["10.20.0.0/15"] });
    expect(only(resources, "aws:lb/targetGroup:TargetGroup").inputs).toMatchObject({ targetType: "ip", port: 30_443, protocol: "HTTPS" });
    const targets = ofType(resources, "aws:lb/targetGroupAttachment:TargetGroupAttachment").map(({ inputs }) => [inputs["targetId"], inputs["port"], inputs["availabilityZone"]]);
    expect(targets).toEqual([["10.20.255.255", 30_443, undefined], ["10.21.0.0", 30_443, "all"]]);
    expect(ofType(resources, "aws:autoscaling/attachment:Attachment")).toEqual([]);
  });
});

describe("shortName", () => {
  it("keeps names of 32 characters", () => {
    expect(shortName("shop-production", "edge")).toBe("shop-production-edge");
  });
  it("cuts longer ones to 32 and keeps them apart", () => {
    const one = shortName("a-very-long-application-name-x-production", "edge");
    const two = shortName("a-very-long-application-name-y-production", "edge");
    expect(one.length).toBeLessThanOrEqual(32);
    expect(one).toMatch(/^[a-z0-9-]+-edge$/);
    expect(one).not.toBe(two);
  });
});
