/** Samples of areas/edgeHeaders.ts. */
import { REFERRERS, YEAR } from "../areas/edgeHeaders.ts";
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "edge/hsts": {
    scene: "edge",
    bad: [
      { set: { "headers:securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec": YEAR - 1 } },
      { set: { "headers:securityHeadersConfig.strictTransportSecurity.includeSubdomains": undefined } },
      { set: { "headers:securityHeadersConfig.strictTransportSecurity.override": false } },
      { set: { "headers:securityHeadersConfig.strictTransportSecurity": undefined }, at: "headers:securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec" },
    ],
  },
  "edge/content-type-options": {
    scene: "edge",
    bad: [{ set: { "headers:securityHeadersConfig.contentTypeOptions.override": false } }, { set: { "headers:securityHeadersConfig.contentTypeOptions": undefined }, at: "headers:securityHeadersConfig.contentTypeOptions.override" }],
  },
  "edge/frame-options": {
    scene: "edge",
    bad: [
      { set: { "headers:securityHeadersConfig.frameOptions.frameOption": "SAMEORIGIN" } },
      { set: { "headers:securityHeadersConfig.frameOptions.override": false } },
      { set: { "headers:securityHeadersConfig.frameOptions": undefined }, at: "headers:securityHeadersConfig.frameOptions.frameOption" },
    ],
  },
  "edge/xss-protection": {
    scene: "edge",
    bad: [
      { set: { "headers:securityHeadersConfig.xssProtection.protection": false } },
      { set: { "headers:securityHeadersConfig.xssProtection.modeBlock": undefined } },
      { set: { "headers:securityHeadersConfig.xssProtection.override": false } },
      { set: { "headers:securityHeadersConfig.xssProtection": undefined }, at: "headers:securityHeadersConfig.xssProtection.protection" },
    ],
  },
  "edge/content-security-policy": {
    scene: "edge",
    good: [
      "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      "img-src https: data:; default-src 'self' https://cdn.example.com; script-src 'self'",
    ].map((text) => ({ set: { "headers:securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy": text } })),
    bad: [
      { set: { "headers:securityHeadersConfig.contentSecurityPolicy.override": false } },
      ...[
        undefined, "default-src *", "script-src 'self'", "x-default-src 'self'", "default-src 'self' *", "default-src 'self'; script-src https:", "default-src 'self'; script-src 'self' http: ;",
        "default-src 'self' 'unsafe-inline'", "default-src 'self'; script-src 'self' 'unsafe-eval'; img-src 'self'", "default-src 'none'; script-src data:",
      ].map((text) => ({ set: { "headers:securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy": text } })),
    ],
  },
  "edge/referrer-policy": {
    scene: "edge",
    good: REFERRERS.filter((value) => value !== "strict-origin-when-cross-origin").map((value) => ({ set: { "headers:securityHeadersConfig.referrerPolicy.referrerPolicy": value } })),
    bad: [
      { set: { "headers:securityHeadersConfig.referrerPolicy.referrerPolicy": "unsafe-url" } },
      { set: { "headers:securityHeadersConfig.referrerPolicy.override": false } },
      { set: { "headers:securityHeadersConfig.referrerPolicy": undefined }, at: "headers:securityHeadersConfig.referrerPolicy.referrerPolicy" },
    ],
  },
  "edge/headers-attached": {
    scene: "edge",
    bad: [{ set: { "cdn:$type": "aws:cloudfront/multitenantDistribution:MultitenantDistribution", "cdn:defaultCacheBehavior.responseHeadersPolicyId": undefined, "cdn:origins": [] }, at: "cdn:defaultCacheBehavior.responseHeadersPolicyId" }, { set: { "cdn:defaultCacheBehavior.responseHeadersPolicyId": undefined } }, { set: { "cdn:orderedCacheBehaviors[0].responseHeadersPolicyId": undefined } }],
  },
};
