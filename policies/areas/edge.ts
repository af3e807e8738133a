/** The edge: the distribution, what stands in front of it, and its names. */
import { refersTo } from "../references.ts";
import type { Resource, Stack } from "../resource.ts";
import { is, oneOf, present, type Report, type Rule, shown, where } from "../rule.ts";
import { matching } from "../search.ts";
import { known, type Value } from "../value.ts";
import { behaviorsOf, DISTRIBUTIONS, headers, TENANTS } from "./edgeHeaders.ts";
import { names } from "./edgeNames.ts";
import { waf } from "./edgeWaf.ts";
import { demand, isNot } from "./keysTests.ts";

const DISTRIBUTION = "aws:cloudfront:Distribution";
const TENANT = "aws:cloudfront:DistributionTenant";
const ACL = "aws:wafv2:WebAcl";
const RECORD = "aws:route53:Record";
const ACCELERATED = "aws:globalaccelerator:EndpointGroup";
const VPC_ORIGIN = "aws:cloudfront:VpcOrigin";

/** Policies that take nothing older than TLS 1.2 with forward secrecy (CloudFront developer guide, "Supported protocols and ciphers"). */
const VIEWER_TLS = ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"];

/** How a distribution and a VPC origin speak to an origin. */
function originsOf(resource: Resource): Value[] {
  if (resource.is(VPC_ORIGIN)) return [resource.at("vpcOriginEndpointConfig")];
  return resource.at("origins").items.flatMap((origin) => configOf(resource, origin, "customOriginConfig").items);
}

/** A part of an origin; of a distribution that tenants share it is a list. */
function configOf(distribution: Resource, origin: Value, name: "customOriginConfig" | "vpcOriginConfig"): Value {
  return origin.at(distribution.is(TENANTS) ? `${name}s` : name);
}

function originTls(resource: Resource, report: Report): void {
  for (const origin of originsOf(resource)) {
    resource.try(() => {
      const policy = origin.at("originProtocolPolicy");
      const wrong = is("https-only")(policy);
      if (wrong !== undefined) report(policy, wrong);
    });
    resource.try(() => {
      const protocols = origin.at("originSslProtocols");
      // A VPC origin writes them in `items`.
      const listed = [...protocols.texts, ...protocols.at("items").texts];
      if (listed.some((one) => one.text !== "TLSv1.2")) report(protocols, "has older protocols, must be TLSv1.2 alone");
    });
  }
}

function bucketOrigins(distribution: Resource, report: Report): void {
  distribution.at("origins").each((origin) => {
    if (configOf(distribution, origin, "customOriginConfig").items.length + configOf(distribution, origin, "vpcOriginConfig").items.length > 0) return;
    const wrong = present()(origin.at("originAccessControlId"));
    if (wrong !== undefined) report(origin.at("originAccessControlId"), `${wrong}; a bucket must be reached by signed requests`);
  });
}

/** Names of application and classic load balancers; internal ones say so. Network load balancers have others. */
function isBalancer(name: string): boolean {
  return /\.elb\.amazonaws\.com\.?$/i.test(name);
}

/** Load balancers from which the engine took a property; their names are not known before they exist. */
function balancersOf(resource: Resource, property: string, stack: Stack): Resource[] {
  const sources = resource.declared.references?.[property] ?? [];
  return stack.of("aws:lb:LoadBalancer", "aws:elb:LoadBalancer").filter((balancer) => sources.includes(balancer.urn) && (balancer.at("loadBalancerType").text ?? "application") === "application");
}

function originPastWaf(distribution: Resource, stack: Stack, report: Report): void {
  const origins = distribution.at("origins").items;
  const isInside = (origin: Value): boolean => configOf(distribution, origin, "vpcOriginConfig").items.length > 0;
  for (const origin of origins.filter((one) => !isInside(one))) {
    distribution.try(() => {
      const place = origin.at("domainName");
      const name = known(() => place.text ?? "");
      // Of all origins the engine tells together where they come from.
      const [balancer] = name === undefined && !origins.some(isInside) ? balancersOf(distribution, "origins", stack) : [];
      if (balancer !== undefined) report(place, `is ${balancer.name}, a load balancer that CloudFront reaches over the internet; must be a VPC origin`);
      else if (isBalancer(place.text ?? "")) report(place, `is ${shown(place)}, a load balancer that CloudFront reaches over the internet; must be a VPC origin`);
    });
  }
}

function recordPastWaf(record: Resource, stack: Stack, report: Report): void {
  for (const property of ["aliases", "records"]) {
    record.try(() => {
      const place = record.at(property);
      const sources = balancersOf(record, property, stack);
      const [open] = matching(sources, (balancer) => balancer.at("internal").flag !== true);
      if (open !== undefined) return report(place, `leads to ${open.name}, a public load balancer; must lead to the distribution`);
      // The names of internal ones need not be known.
      if (sources.length > 0) return;
      const targets = property === "aliases" ? place.items.map((alias) => alias.at("name")) : place.texts;
      for (const target of targets) {
        record.try(() => {
          const name = target.text ?? "";
          if (isBalancer(name) && !/^(dualstack\.)?internal-/i.test(name)) report(target, `is ${shown(target)}, a public load balancer; must be the distribution`);
        });
      }
    });
  }
}

/** An accelerator gives public addresses to what it leads to, internal load balancers as well. */
function acceleratedPastWaf(group: Resource, stack: Stack, report: Report): void {
  group.at("endpointConfigurations").each((endpoint) => {
    const place = endpoint.at("endpointId");
    const [balancer] = known(() => place.text) === undefined ? balancersOf(group, "endpointConfigurations", stack) : [];
    if (balancer !== undefined || /:loadbalancer\/app\//.test(place.text ?? "")) report(place, `is ${balancer?.name ?? shown(place)}, a load balancer that the accelerator opens to the internet; must be behind the distribution alone`);
  });
}

function pastWaf(resource: Resource, stack: Stack, report: Report): void {
  if (resource.is(ACCELERATED)) return acceleratedPastWaf(resource, stack, report);
  (resource.is(RECORD) ? recordPastWaf : originPastWaf)(resource, stack, report);
}

function logged(distribution: Resource, stack: Stack, report: Report): void {
  if (distribution.at("loggingConfig.bucket").exists) return;
  const sources = stack.pointing("aws:cloudwatch:LogDeliverySource", "resourceArn", distribution);
  const delivered = sources.some((source) => stack.pointing("aws:cloudwatch:LogDelivery", "deliverySourceName", source).length > 0);
  if (!delivered) report(distribution, "has neither loggingConfig nor a delivery of its access log");
}

function webAclScope(distribution: Resource, stack: Stack, report: Report): void {
  const property = distribution.is(TENANT) ? "customizations.webAcl.arn" : "webAclId";
  for (const acl of stack.of(ACL)) {
    distribution.try(() => {
      if (acl.at("scope").text !== "CLOUDFRONT" && refersTo(distribution, property, acl)) report(distribution.at(property), `is ${acl.name}, whose scope is ${shown(acl.at("scope"))}, must be CLOUDFRONT`);
    });
  }
}

function watched(distribution: Resource, stack: Stack, report: Report): void {
  const aliases = distribution.at("aliases").texts.map((alias) => alias.text);
  const checks = stack.which(["aws:route53:HealthCheck"], (check) => aliases.includes(check.at("fqdn").text) && ["HTTPS", "HTTPS_STR_MATCH"].includes(String(check.at("type").text)));
  if (checks.length === 0) report(distribution.at("aliases"), "has no health check by HTTPS from outside");
}

const distribution: Rule[] = [
  {
    id: "edge/distribution-waf",
    title: "Every distribution and every tenant of one has a web ACL",
    items: ["waf"],
    severity: "critical",
    frameworks: ["FSBP: CloudFront.6", "PCI DSS 4.0.1: 6.4.2"],
    why: "Without it every scanner's request reaches the application, and the load balancer behind it was closed for nothing.",
    mend: "Set `webAclId` to the ARN of a web ACL of scope CLOUDFRONT; leave `customizations.webAcl` of a tenant out, or let it name another one.",
    ...demand({
      [DISTRIBUTION]: { webAclId: present() },
      [TENANTS]: { webAclId: present() },
      // A tenant has the web ACL of its distribution, until it says otherwise.
      [TENANT]: { "customizations.webAcl.action": isNot("disable") },
    }),
  },
  {
    id: "edge/waf-scope",
    title: "The web ACL of a distribution is one for CloudFront",
    items: ["waf"],
    severity: "high",
    frameworks: [],
    why: "A regional web ACL is refused by CloudFront, in the middle of the update, when half of the edge is already changed.",
    mend: "Set `scope: \"CLOUDFRONT\"` and declare the web ACL with a provider in us-east-1.",
    kinds: [...DISTRIBUTIONS, TENANT],
    relate: webAclScope,
  },
  {
    id: "edge/waf-bypass",
    title: "No name, no origin and no accelerator leads to a load balancer past the web ACL",
    items: ["waf", "network-exposure"],
    severity: "critical",
    frameworks: [],
    why: "One record from the time before CloudFront is enough: attackers find it in the history of the zone and talk to the load balancer directly. A Global Accelerator opens even an internal one to everybody.",
    mend: "Let records name the distribution, and reach the load balancer by `vpcOriginConfig`; no endpoint of a Global Accelerator is an application load balancer.",
    kinds: [RECORD, ...DISTRIBUTIONS, ACCELERATED],
    relate: pastWaf,
  },
  {
    id: "edge/regional-waf",
    title: "API stages, GraphQL APIs, user pools, App Runner services and Verified Access have a web ACL",
    items: ["waf"],
    severity: "high",
    frameworks: ["FSBP: APIGateway.4", "PCI DSS 4.0.1: 6.4.2"],
    why: "They have public names of their own beside the distribution, so its web ACL does not see their requests.",
    mend: "Declare a `wafv2.WebAclAssociation` with their ARN and a regional web ACL; an App Runner service may also be closed by `networkConfiguration.ingressConfiguration.isPubliclyAccessible: false`.",
    kinds: ["aws:apigateway:Stage", "aws:appsync:GraphQLApi", "aws:cognito:UserPool", "aws:apprunner:Service", "aws:verifiedaccess:Instance"],
    applies: (api) => api.at("networkConfiguration.ingressConfiguration.isPubliclyAccessible").flag !== false,
    relate: (api, stack, report) => {
      if (stack.pointing("aws:wafv2:WebAclAssociation", "resourceArn", api).length === 0) report(api, "is public and has no web ACL");
    },
  },
  {
    id: "edge/viewer-https",
    title: "Every route of the distribution asks for HTTPS",
    items: ["encryption-in-transit"],
    severity: "high",
    closed: true,
    frameworks: ["FSBP: CloudFront.3", "PCI DSS 4.0.1: 4.2.1"],
    why: "What goes over HTTP is read and changed by whoever runs the network: session cookies first.",
    mend: "Set `viewerProtocolPolicy` to `redirect-to-https` or `https-only` in every cache behavior.",
    kinds: DISTRIBUTIONS,
    check: (resource, report) => {
      for (const behavior of behaviorsOf(resource)) {
        resource.try(() => {
          const policy = behavior.at("viewerProtocolPolicy");
          const wrong = oneOf("redirect-to-https", "https-only")(policy);
          if (wrong !== undefined) report(policy, wrong);
        });
      }
    },
  },
  {
    id: "edge/viewer-tls",
    title: "The distribution has a certificate of its own and takes TLS 1.2 at least",
    items: ["encryption-in-transit"],
    severity: "high",
    closed: true,
    frameworks: ["FSBP: CloudFront.7", "PCI DSS 4.0.1: 4.2.1"],
    why: "With CloudFront's own certificate TLS 1.0 stays on, whatever is configured; its ciphers are broken and auditors find them at once.",
    mend: `Set \`viewerCertificate\` with \`acmCertificateArn\` and \`minimumProtocolVersion\` ${VIEWER_TLS.join(", ")}.`,
    kinds: DISTRIBUTIONS,
    check: where({
      "viewerCertificate.minimumProtocolVersion": oneOf(...VIEWER_TLS),
      "viewerCertificate.cloudfrontDefaultCertificate": (value) => (value.flag === true ? "is true, must be left out in favor of acmCertificateArn" : undefined),
    }),
  },
  {
    id: "edge/origin-tls",
    title: "CloudFront speaks TLS 1.2 to its origins",
    items: ["encryption-in-transit"],
    severity: "high",
    frameworks: ["FSBP: CloudFront.9", "FSBP: CloudFront.10"],
    why: "Visitors see a lock while the second half of the way is plain or breakable, with the same cookies in it.",
    mend: "Set `originProtocolPolicy: \"https-only\"` and `originSslProtocols` to TLSv1.2 alone.",
    kinds: [...DISTRIBUTIONS, VPC_ORIGIN],
    check: originTls,
  },
  {
    id: "edge/bucket-origin",
    title: "Buckets are reached by signed requests of the distribution",
    items: ["buckets", "network-exposure"],
    severity: "high",
    frameworks: ["FSBP: CloudFront.13"],
    why: "Without an access control the bucket must be public to be read, and then it is read around CloudFront, the WAF and the logs.",
    mend: "Set `originAccessControlId` on the origin.",
    kinds: DISTRIBUTIONS,
    check: bucketOrigins,
  },
  {
    id: "edge/origin-signing",
    title: "Origin access controls sign every request",
    items: ["buckets"],
    severity: "high",
    frameworks: [],
    why: "With `never` or `no-override` requests go out unsigned, or with the viewer's own header; the bucket must then be opened for it to work.",
    mend: "Set `signingBehavior: \"always\"` and `signingProtocol: \"sigv4\"`.",
    kinds: ["aws:cloudfront:OriginAccessControl"],
    check: where({ signingBehavior: is("always") }),
  },
  {
    id: "edge/access-log",
    title: "Every distribution logs its requests",
    items: ["audit-trail", "monitoring-coverage"],
    severity: "medium",
    frameworks: ["FSBP: CloudFront.5"],
    why: "What the cache answers is in no other log; after an incident the first question is who fetched which file.",
    mend: "Declare `LogDeliverySource` with the distribution's ARN and a `LogDelivery` from it, or set `loggingConfig`.",
    kinds: DISTRIBUTIONS,
    relate: logged,
  },
  {
    id: "edge/health-check",
    title: "The public name is watched from outside",
    items: ["monitoring-coverage"],
    severity: "medium",
    frameworks: [],
    why: "Everything inside may be green while DNS, the certificate or the distribution is broken; without a probe from outside the customers say so first.",
    mend: "Declare a `route53.HealthCheck` of type HTTPS with one of the aliases as `fqdn`, and an alarm on it.",
    kinds: [DISTRIBUTION],
    applies: (resource) => resource.at("aliases").texts.length > 0,
    relate: watched,
  },
  {
    id: "edge/shield-advanced",
    title: "The distribution is protected by Shield Advanced",
    items: ["network-exposure"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "Shield Standard stops floods of packets; against floods of requests only the advanced one brings AWS's response team and pays the bill of the attack.",
    mend: "Subscribe (a year, about 3,000 USD a month) and declare `shield.Protection` with the distribution's ARN, or decline it in the open.",
    kinds: [DISTRIBUTION],
    relate: (resource, stack, report) => {
      if (stack.pointing("aws:shield:Protection", "resourceArn", resource).length === 0) report(resource, "is protected by Shield Standard alone");
    },
  },
  {
    id: "edge/waf-fail-closed",
    title: "Load balancers refuse when their web ACL does not answer",
    items: ["waf"],
    severity: "medium",
    frameworks: [],
    why: "Failing open lets every request through just when the WAF is overwhelmed, which an attacker can bring about.",
    mend: "Leave `enableWafFailOpen` false.",
    kinds: ["aws:lb:LoadBalancer"],
    check: where({ enableWafFailOpen: (value) => (value.flag === true ? "is true, must be false" : undefined) }),
  },
];

export const rules: Rule[] = [...distribution, ...headers, ...waf, ...names];
