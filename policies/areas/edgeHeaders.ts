/** Security headers that CloudFront puts on every answer, value by value. */
import type { Resource } from "../resource.ts";
import { atLeast, is, oneOf, present, type Rule, shown, type Test, where } from "../rule.ts";
import type { Value } from "../value.ts";

const POLICY = ["aws:cloudfront:ResponseHeadersPolicy"];
/** A distribution that tenants share. */
export const TENANTS = "aws:cloudfront:MultitenantDistribution";
export const DISTRIBUTIONS = ["aws:cloudfront:Distribution", TENANTS];
export const YEAR = 31_536_000;

/** Values that tell other sites nothing but the host. */
export const REFERRERS = ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "origin-when-cross-origin", "origin"];

/** Starts from nothing or the own host, and lets in no script from anywhere. */
const contentPolicy: Test = (value) => {
  const text = String(value.text);
  if (!/(^|;)\s*default-src\s+'(self|none)'/.test(text)) return `is ${shown(value)}, must have default-src 'self' or 'none'`;
  return /(default|script)-src[^;]*\s(\*|https?:|data:|'unsafe-(inline|eval)')(\s|;|$)/.test(text) ? `is ${shown(value)}, must not let scripts from anywhere run` : undefined;
};

/** Routes of a distribution: the default, and those by path. */
export function behaviorsOf(distribution: Resource): Value[] {
  return [distribution.at("defaultCacheBehavior"), ...distribution.at(distribution.is(TENANTS) ? "cacheBehaviors" : "orderedCacheBehaviors").items];
}

export const headers: Rule[] = [
  {
    id: "edge/hsts",
    title: "Browsers keep to HTTPS for a year, subdomains included",
    items: ["ingress-headers", "encryption-in-transit"],
    severity: "high",
    frameworks: [],
    why: "On a foreign network the first request by HTTP is caught and answered by somebody else, session cookie included.",
    mend: "Set `strictTransportSecurity` with `accessControlMaxAgeSec: 31536000`, `includeSubdomains: true` and `override: true`.",
    kinds: POLICY,
    check: where({
      "securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec": atLeast(YEAR),
      "securityHeadersConfig.strictTransportSecurity.includeSubdomains": is(true),
      "securityHeadersConfig.strictTransportSecurity.override": is(true),
    }),
  },
  {
    id: "edge/content-type-options",
    title: "Browsers do not guess what a file is",
    items: ["ingress-headers"],
    severity: "medium",
    frameworks: [],
    why: "An uploaded text that looks like a page is run as one, with the session of whoever opens it.",
    mend: "Set `contentTypeOptions: { override: true }`, which is `X-Content-Type-Options: nosniff`.",
    kinds: POLICY,
    check: where({ "securityHeadersConfig.contentTypeOptions.override": is(true) }),
  },
  {
    id: "edge/frame-options",
    title: "No page can be framed",
    items: ["ingress-headers"],
    severity: "medium",
    frameworks: [],
    why: "Framed invisibly over another page, our buttons are pressed by people who think that they press something else.",
    mend: "Set `frameOptions: { frameOption: \"DENY\", override: true }`.",
    kinds: POLICY,
    check: where({ "securityHeadersConfig.frameOptions.frameOption": is("DENY"), "securityHeadersConfig.frameOptions.override": is(true) }),
  },
  {
    id: "edge/xss-protection",
    title: "X-XSS-Protection blocks",
    items: ["ingress-headers"],
    severity: "low",
    frameworks: [],
    why: "Old browsers that still read it rewrite a page instead of refusing it, which is a hole of its own.",
    mend: "Set `xssProtection: { protection: true, modeBlock: true, override: true }`.",
    kinds: POLICY,
    check: where({
      "securityHeadersConfig.xssProtection.protection": is(true),
      "securityHeadersConfig.xssProtection.modeBlock": is(true),
      "securityHeadersConfig.xssProtection.override": is(true),
    }),
  },
  {
    id: "edge/content-security-policy",
    title: "The content security policy starts from the own host and lets no foreign script run",
    items: ["ingress-headers"],
    severity: "high",
    frameworks: [],
    why: "One hole in the escaping of a comment field is enough to run a script for every visitor; the policy is what keeps it from loading or sending anything.",
    mend: "Set `contentSecurityPolicy` to `default-src 'self'` (or `'none'`) without `*`, `https:`, `data:`, `'unsafe-inline'` and `'unsafe-eval'` for scripts, and `override: true`.",
    kinds: POLICY,
    check: where({
      "securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy": contentPolicy,
      "securityHeadersConfig.contentSecurityPolicy.override": is(true),
    }),
  },
  {
    id: "edge/referrer-policy",
    title: "Other sites learn no address of a page",
    items: ["ingress-headers"],
    severity: "low",
    frameworks: [],
    why: "Addresses carry ids and tokens; with a loose policy every site that we link to, and its analytics, gets them.",
    mend: "Set `referrerPolicy` to `strict-origin-when-cross-origin` or stricter, and `override: true`.",
    kinds: POLICY,
    check: where({ "securityHeadersConfig.referrerPolicy.referrerPolicy": oneOf(...REFERRERS), "securityHeadersConfig.referrerPolicy.override": is(true) }),
  },
  {
    id: "edge/headers-attached",
    title: "Every route of the distribution has a policy of response headers",
    items: ["ingress-headers"],
    severity: "medium",
    frameworks: [],
    why: "Answers from the cache, from the bucket and CloudFront's own errors never pass NGINX, so nothing else puts security headers on them.",
    mend: "Set `responseHeadersPolicyId` in `defaultCacheBehavior` and in each of `orderedCacheBehaviors` (`cacheBehaviors` of one with tenants).",
    kinds: DISTRIBUTIONS,
    check: (distribution, report) => {
      for (const behavior of behaviorsOf(distribution)) {
        distribution.try(() => {
          const wrong = present()(behavior.at("responseHeadersPolicyId"));
          if (wrong !== undefined) report(behavior.at("responseHeadersPolicyId"), wrong);
        });
      }
    },
  },
];
