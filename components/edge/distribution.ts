/** The CloudFront distribution: two origins, four kinds of routes, one set of headers. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../component.ts";
import { fileHeaders, pageHeaders } from "./headersPolicies.ts";
import type { EdgeArgs } from "./index.ts";
import type { Balancer } from "./loadBalancer.ts";
import { originHost } from "./zone.ts";

export interface CdnParts {
  balancer: Balancer;
  certificateArn: pulumi.Input<string>;
  webAclArn: pulumi.Input<string>;
  /** Record of the origin's name; it must be there before CloudFront looks. */
  origin: pulumi.Resource;
}

const APPLICATION = "application";
const FILES = "files";
const READ = ["GET", "HEAD", "OPTIONS"];
const ALL = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

/** AWS's managed policies, the same in every account (CloudFront developer guide, "Use managed cache policies", "… origin request policies"). */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";

/** Errors that CloudFront would keep for ten seconds even on routes without caching. */
const ERROR_CODES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** The distribution in front of the load balancer and of the files bucket. */
export function cdn(name: string, args: EdgeArgs, parts: CdnParts, parent: pulumi.Resource): aws.cloudfront.Distribution {
  const vpcOrigin = vpcOriginOf(name, args, parts.balancer, parent);
  const access = filesAccess(name, args, parent);
  const page = pageHeaders(name, args, parent);
  const file = fileHeaders(name, args, parent);
  const longCache = cachePolicy(name, args, parent);
  const hostOnly = hostRequestPolicy(name, args, parent);

  return new aws.cloudfront.Distribution(`${name}-distribution`, ...transformed(args.transform?.distribution, {
    enabled: true,
    comment: `${args.prefix}: ${args.domain}`,
    aliases: [args.domain],
    httpVersion: "http2and3",
    isIpv6Enabled: false,
    priceClass: args.priceClass,
    webAclId: parts.webAclArn,
    waitForDeployment: true,
    viewerCertificate: { acmCertificateArn: parts.certificateArn, sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" },
    restrictions: { geoRestriction: args.blockedCountries.length === 0 ? { restrictionType: "none", locations: [] } : { restrictionType: "blacklist", locations: args.blockedCountries } },
    origins: [applicationOrigin(args, vpcOrigin), filesOrigin(args, access)],
    defaultCacheBehavior: {
      targetOriginId: APPLICATION,
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ALL,
      cachedMethods: ["GET", "HEAD"],
      compress: true,
      cachePolicyId: CACHING_DISABLED,
      originRequestPolicyId: ALL_VIEWER,
      responseHeadersPolicyId: page.id,
    },
    orderedCacheBehaviors: [
      ...args.staticPaths.map((pathPattern) => ({
        pathPattern, ...readOnly(APPLICATION, page.id), cachePolicyId: longCache.id, originRequestPolicyId: hostOnly.id,
      })),
      { pathPattern: args.filesPath, ...readOnly(FILES, file.id), cachePolicyId: longCache.id },
    ],
    customErrorResponses: ERROR_CODES.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
    tags: { Name: `${args.prefix}-edge` },
  }, { parent, protect: args.protection.protect, dependsOn: [parts.origin, parts.balancer.listener] }));
}

function readOnly(targetOriginId: string, responseHeadersPolicyId: pulumi.Input<string>) {
  return { targetOriginId, viewerProtocolPolicy: "redirect-to-https", allowedMethods: READ, cachedMethods: ["GET", "HEAD"], compress: true, responseHeadersPolicyId };
}

/** Waits for the listener: CloudFront checks that the load balancer is there and active. */
function vpcOriginOf(name: string, args: EdgeArgs, balancer: Balancer, parent: pulumi.Resource): aws.cloudfront.VpcOrigin {
  return new aws.cloudfront.VpcOrigin(`${name}-vpc-origin`, {
    vpcOriginEndpointConfig: {
      name: `${args.prefix}-edge`,
      arn: balancer.loadBalancer.arn,
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: "https-only",
      originSslProtocols: { items: ["TLSv1.2"], quantity: 1 },
    },
    tags: { Name: `${args.prefix}-edge` },
  }, { parent, dependsOn: [balancer.listener] });
}

/**
 * CloudFront accepts the load balancer's certificate when it covers the origin's name or the Host header that is
 * forwarded ("Require HTTPS for communication between CloudFront and your custom origin"); ours covers both.
 */
function applicationOrigin(args: EdgeArgs, vpcOrigin: aws.cloudfront.VpcOrigin): aws.types.input.cloudfront.DistributionOrigin {
  return {
    originId: APPLICATION,
    domainName: originHost(args.domain),
    connectionAttempts: 3,
    connectionTimeout: 5,
    vpcOriginConfig: { vpcOriginId: vpcOrigin.id, originReadTimeout: 60, originKeepaliveTimeout: 5 },
  };
}

/** `/files/a.svg` is object `files/a.svg`: the path is the key. */
function filesOrigin(args: EdgeArgs, access: aws.cloudfront.OriginAccessControl): aws.types.input.cloudfront.DistributionOrigin {
  return { originId: FILES, domainName: args.filesBucket.domainName, originAccessControlId: access.id };
}

function filesAccess(name: string, args: EdgeArgs, parent: pulumi.Resource): aws.cloudfront.OriginAccessControl {
  return new aws.cloudfront.OriginAccessControl(`${name}-files-access`, {
    name: `${args.prefix}-files`,
    description: `CloudFront signs its requests to ${args.filesBucket.name}`,
    originAccessControlOriginType: "s3",
    signingBehavior: "always",
    signingProtocol: "sigv4",
  }, { parent });
}

/** A day unless the origin says otherwise, a year at most; the query string tells versions apart. Cookies never count. */
function cachePolicy(name: string, args: EdgeArgs, parent: pulumi.Resource): aws.cloudfront.CachePolicy {
  return new aws.cloudfront.CachePolicy(`${name}-long-cache`, {
    name: `${args.prefix}-long-cache`,
    comment: "Static paths and files",
    minTtl: 0,
    defaultTtl: 86_400,
    maxTtl: 31_536_000,
    parametersInCacheKeyAndForwardedToOrigin: {
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
      cookiesConfig: { cookieBehavior: "none" },
      headersConfig: { headerBehavior: "none" },
      queryStringsConfig: { queryStringBehavior: "all" },
    },
  }, { parent });
}

/** Cached routes see the host and nothing else of the viewer: what they answer is the same for everybody. */
function hostRequestPolicy(name: string, args: EdgeArgs, parent: pulumi.Resource): aws.cloudfront.OriginRequestPolicy {
  return new aws.cloudfront.OriginRequestPolicy(`${name}-host-only`, {
    name: `${args.prefix}-host-only`,
    comment: "Host header for NGINX and for the certificate check",
    cookiesConfig: { cookieBehavior: "none" },
    headersConfig: { headerBehavior: "whitelist", headers: { items: ["Host"] } },
    queryStringsConfig: { queryStringBehavior: "none" },
  }, { parent });
}
