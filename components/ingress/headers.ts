/** The security headers of every response: one list for NGINX, CloudFront and the WAF's own answers. */

export interface SecurityHeadersConfig {
  /** Strict-Transport-Security max-age in seconds; one year in production. */
  hstsSeconds: number;
  /** Content-Security-Policy as one line. */
  contentSecurityPolicy: string;
}

export interface Header {
  name: string;
  value: string;
}

/**
 * Name and value of each header, in the order of the security checklist.
 *
 * X-XSS-Protection is obsolete in browsers; the checklist still asks for it, and `1; mode=block` is the one value
 * that never rewrites a page. No `preload`: that is a promise for the whole registrable domain, which the product
 * can not give in its owner's name.
 */
export function securityHeaders(config: SecurityHeadersConfig): Header[] {
  return [
    { name: "Strict-Transport-Security", value: `max-age=${config.hstsSeconds}; includeSubDomains` },
    { name: "X-Frame-Options", value: "DENY" },
    { name: "X-Content-Type-Options", value: "nosniff" },
    { name: "X-XSS-Protection", value: "1; mode=block" },
    { name: "Content-Security-Policy", value: config.contentSecurityPolicy },
    { name: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  ];
}
