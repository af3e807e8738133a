/** Requirements, section 1, row "ingress". */
import { expect } from "vitest";
import { DEFAULTS } from "../defaults.ts";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { byName, expectFact, kept, type Fact } from "../facts.ts";

const row = "ingress";
const NGINX: readonly [string, string] = ["ConfigMap", "nginx-config"];
const CHART: readonly [string, string] = ["kubernetes:helm.sh/v4:Chart", "ingress-controller"];
const SERVER: readonly [string, string] = ["VirtualServer", "app"];
const LIMIT: readonly [string, string] = ["Policy", "rate-limit"];

const setting = (values: Record<string, string>): Fact => [...NGINX, { data: expect.objectContaining(values) as unknown }];

function responseHeaders(p: Rendered): Record<string, unknown> {
  const headers = at(p.one(...SERVER).props, "spec.routes[0].action.proxy.responseHeaders.add") as { name: string; value: string; always: boolean }[];
  expect(headers.map((h) => h.always)).toEqual(headers.map(() => true));
  return byName(headers);
}

/** A header on the answers of NGINX, and on those that CloudFront gives by itself or from its cache. */
function header(phrase: string, name: string, value: string, cloudFront: Record<string, unknown>): Requirement {
  return kept(row, phrase, [
    [...SERVER, {}],
    ["aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "edge-page-headers", cloudFront],
  ], (p) => expect(responseHeaders(p)).toMatchObject({ [name]: value }));
}

export const ingress: Requirement[] = [
  kept(row, "NGINX: TLS 1.2 and 1.3 only", [[...CHART, { chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.3.1" }], setting({ "ssl-protocols": "TLSv1.2 TLSv1.3" })]),
  kept(row, "strong ciphers", [setting({
    "ssl-prefer-server-ciphers": "true",
    "ssl-ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305",
  })]),
  kept(row, "HTTP to HTTPS", [
    [...SERVER, { "spec.tls.redirect": { enable: true, code: 301, basedOn: "scheme" }, "spec.tls.secret": "app-tls" }],
    ["Certificate", "app-tls", { "spec.dnsNames": ["shop.example.com"], "spec.secretName": "app-tls" }],
    [...CHART, { "values.controller.service.httpPort": { enable: false } }],
    ["aws:cloudfront/distribution:Distribution", "edge-distribution", {
      "defaultCacheBehavior.viewerProtocolPolicy": "redirect-to-https", "orderedCacheBehaviors[0].viewerProtocolPolicy": "redirect-to-https", "orderedCacheBehaviors[1].viewerProtocolPolicy": "redirect-to-https",
    }],
  ]),
  header("headers X-Frame-Options DENY", "X-Frame-Options", "DENY", { "securityHeadersConfig.frameOptions": { frameOption: "DENY", override: true } }),
  header("X-Content-Type-Options nosniff", "X-Content-Type-Options", "nosniff", { "securityHeadersConfig.contentTypeOptions": { override: true } }),
  header("X-XSS-Protection", "X-XSS-Protection", "1; mode=block", { "securityHeadersConfig.xssProtection": { modeBlock: true, override: true, protection: true } }),
  header("HSTS one year with subdomains", "Strict-Transport-Security", "max-age=31536000; includeSubDomains", {
    "securityHeadersConfig.strictTransportSecurity": { accessControlMaxAgeSec: 31_536_000, includeSubdomains: true, override: true, preload: false },
  }),
  header("CSP default-src 'self'", "Content-Security-Policy", "default-src 'self'", {
    "securityHeadersConfig.contentSecurityPolicy": { contentSecurityPolicy: "default-src 'self'", override: true },
  }),
  // 200 a minute on each of 3 replicas: 10 a second together.
  kept(row, "10 requests/s per client", [[...LIMIT, { "spec.rateLimit.rate": "200r/m" }], [...CHART, { "values.controller.replicaCount": 3 }]], (p) => {
    expect((Number.parseInt(String(at(p.one(...LIMIT).props, "spec.rateLimit.rate")), 10) * Number(at(p.one(...CHART).props, "values.controller.replicaCount"))) / 60).toBe(10);
    expect(at(p.one(...SERVER).props, "spec.policies")).toEqual([{ name: "rate-limit" }]);
  }),
  kept(row, "burst 20", [[...LIMIT, { "spec.rateLimit.burst": 20 }]]),
  kept(row, "no delay", [[...LIMIT, { "spec.rateLimit.noDelay": true }]]),
  kept(row, "keyed on the viewer's address through the trusted proxy chain", [
    [...LIMIT, { "spec.rateLimit.key": "${binary_remote_addr}" }],
    setting({ "real-ip-header": "X-Forwarded-For", "real-ip-recursive": "true", "set-real-ip-from": "10.20.0.0/16" }),
    ["aws:lb/loadBalancer:LoadBalancer", "edge-load-balancer", {
      internal: true, dropInvalidHeaderFields: true,
      // CloudFront has put the viewer's address in front; what the load balancer appends is CloudFront's own, which NGINX would count.
      xffHeaderProcessingMode: "preserve",
    }],
  ]),
  kept(row, "scaled by replica count", [[...LIMIT, { "spec.rateLimit.rate": "200r/m", "spec.rateLimit.zoneSize": "16m" }], [...CHART, { "values.controller.replicaCount": 3 }]]),
  kept(row, "429 when exceeded", [[...LIMIT, { "spec.rateLimit.rejectCode": 429 }]]),
  kept(row, "proxy headers Host, X-Real-IP, X-Forwarded-For, X-Forwarded-Proto", [[...SERVER, {
    "spec.routes[0].action.proxy.requestHeaders.set": [
      { name: "Host", value: "${host}" }, { name: "X-Real-IP", value: "${remote_addr}" }, { name: "X-Forwarded-For", value: "${remote_addr}" }, { name: "X-Forwarded-Proto", value: "${scheme}" },
    ],
  }]]),
  kept(row, "body limit 50 MB", [[...SERVER, { "spec.upstreams[0].client-max-body-size": "50m" }], setting({ "client-max-body-size": "50m" })]),
  kept(row, "≥ 2 replicas spread over zones", [[...CHART, {
    "values.controller.kind": "deployment", "values.controller.replicaCount": 3,
    "values.controller.topologySpreadConstraints[0].topologyKey": "topology.kubernetes.io/zone",
    "values.controller.topologySpreadConstraints[0].whenUnsatisfiable": "DoNotSchedule",
    "values.controller.topologySpreadConstraints[0].maxSkew": 1,
  }]]),
  kept(row, "PDB", [[...CHART, { "values.controller.podDisruptionBudget": { enabled: true, maxUnavailable: 1 } }]]),
  kept(row, "CSP and limits configurable per environment", [[...LIMIT, {}], [...SERVER, {}]], (p) => {
    for (const key of ["ingress.contentSecurityPolicy", "ingress.requestsPerSecond", "ingress.burst", "ingress.bodyLimitMb", "edge.rateLimitPer5Minutes"]) {
      // That another value arrives in the files is shown by defaults.test.ts, one test a key.
      expect(DEFAULTS.map((effect) => effect.key)).toContain(key);
    }
    expectFact(p, [...LIMIT, { "spec.rateLimit.burst": 20 }]);
  }),
  // Load from the monitoring namespace meets the color's own Service, past NGINX; test/ingress expects the 429s of a real NGINX.
  kept(row, "capacity tests run behind the limiter, an edge test expects the 429s", [
    ["Service", "app-blue", { "spec.type": "ClusterIP", "spec.ports[0].port": 80 }],
    ["NetworkPolicy", "namespace-allow-metrics", { "spec.ingress[0].from[0].namespaceSelector.matchLabels": { "kubernetes.io/metadata.name": "monitoring" }, "spec.ingress[0].ports[0].port": 8080 }],
    [...LIMIT, { "spec.rateLimit.rejectCode": 429 }],
  ]),
];
