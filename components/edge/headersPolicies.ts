/** Security headers on what CloudFront answers itself, from its cache, or from the bucket. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EdgeArgs } from "./index.ts";

/** What the files bucket holds came from users: an SVG opened as a page may run nothing and reach nothing. */
const FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/**
 * The same values as NGINX's (components/ingress/headers.ts), overriding: errors that CloudFront makes and objects
 * in its cache carry them too, and no route has two of one header.
 */
export function pageHeaders(name: string, args: EdgeArgs, parent: pulumi.Resource): aws.cloudfront.ResponseHeadersPolicy {
  return policy(`${name}-page-headers`, `${args.prefix}-pages`, args.hstsSeconds, args.contentSecurityPolicy, parent);
}

/** As for pages, with a policy that keeps uploaded markup from acting in the application's name. */
export function fileHeaders(name: string, args: EdgeArgs, parent: pulumi.Resource): aws.cloudfront.ResponseHeadersPolicy {
  return policy(`${name}-file-headers`, `${args.prefix}-files`, args.hstsSeconds, FILE_POLICY, parent);
}

function policy(name: string, policyName: string, hstsSeconds: number, contentSecurityPolicy: string, parent: pulumi.Resource): aws.cloudfront.ResponseHeadersPolicy {
  return new aws.cloudfront.ResponseHeadersPolicy(name, {
    name: policyName,
    comment: "Security headers of every response",
    securityHeadersConfig: {
      strictTransportSecurity: { accessControlMaxAgeSec: hstsSeconds, includeSubdomains: true, preload: false, override: true },
      frameOptions: { frameOption: "DENY", override: true },
      contentTypeOptions: { override: true },
      xssProtection: { protection: true, modeBlock: true, override: true },
      contentSecurityPolicy: { contentSecurityPolicy, override: true },
      referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: true },
    },
    removeHeadersConfig: { items: [{ header: "Server" }, { header: "X-Powered-By" }] },
  }, { parent });
}
