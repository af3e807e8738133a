/** NGINX with a VirtualServer, a VirtualServerRoute, an Ingress, a TransportServer and a Gateway that keep every rule. */
import type { SampleResource } from "../../../policies/samples/sample.ts";
import { labels, metadata as inShop, NAMESPACE } from "./objects.ts";
import { serving } from "./serving.ts";

function metadata(name: string, namespace = "shop"): Record<string, unknown> {
  return { ...inShop(name), namespace };
}

/** Passes to the upstream, with all that the checklist asks for. */
export function action(upstream = "app"): Record<string, unknown> {
  const header = (name: string, value: string) => ({ name, value, always: true });
  return {
    proxy: {
      upstream,
      requestHeaders: {
        set: [
          { name: "Host", value: "${host}" },
          { name: "X-Real-IP", value: "${remote_addr}" },
          { name: "X-Forwarded-For", value: "${remote_addr}" },
          { name: "X-Forwarded-Proto", value: "${scheme}" },
        ],
      },
      responseHeaders: {
        hide: ["Server", "X-Powered-By"],
        add: [
          header("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
          header("X-Frame-Options", "DENY"),
          header("X-Content-Type-Options", "nosniff"),
          header("X-XSS-Protection", "1; mode=block"),
          header("Content-Security-Policy", "default-src 'self'"),
          header("Referrer-Policy", "strict-origin-when-cross-origin"),
        ],
      },
    },
  };
}

const SPLITS = [{ weight: 95, action: action() }, { weight: 5, action: action() }];
const UPSTREAMS = [{ name: "app", service: "app", port: 80, "client-max-body-size": "50m" }];

export const LIMIT: SampleResource = {
  type: "kubernetes:k8s.nginx.org/v1:Policy",
  name: "limit",
  props: {
    metadata: metadata("rate-limit"),
    spec: { ingressClassName: "nginx", rateLimit: { rate: "200r/m", burst: 20, noDelay: true, key: "${binary_remote_addr}", zoneSize: "16m", rejectCode: 429 } },
  },
};

export const ingress: readonly SampleResource[] = [
  { type: "pulumi:pulumi:Stack", name: "stack", props: {} },
  ...NAMESPACE,
  {
    type: "kubernetes:core/v1:ConfigMap",
    name: "nginx",
    props: {
      metadata: metadata("nginx-config", "ingress"),
      data: {
        "ssl-protocols": "TLSv1.2 TLSv1.3",
        "ssl-ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305",
        "hsts": "true",
        "hsts-max-age": "31536000",
        "hsts-include-subdomains": "true",
        "ssl-redirect": "true",
        "real-ip-header": "X-Forwarded-For",
        "real-ip-recursive": "true",
        "set-real-ip-from": "10.0.0.0/16",
        "server-tokens": "false",
        "client-max-body-size": "50m",
      },
    },
  },
  LIMIT,
  {
    type: "kubernetes:k8s.nginx.org/v1:VirtualServer",
    name: "app",
    props: {
      metadata: metadata("app"),
      spec: {
        ingressClassName: "nginx",
        host: "shop.example.com",
        tls: { secret: "app-tls", redirect: { enable: true, code: 301 } },
        policies: [{ name: "rate-limit" }],
        upstreams: UPSTREAMS,
        routes: [
          { path: "/", action: action() },
          { path: "/more", route: "shop/more" },
          { path: "/try", splits: SPLITS, matches: [{ conditions: [{ cookie: "beta", value: "1" }], action: action(), splits: SPLITS }] },
        ],
      },
    },
  },
  {
    type: "kubernetes:k8s.nginx.org/v1:VirtualServerRoute",
    name: "more",
    props: {
      metadata: metadata("more"),
      spec: { ingressClassName: "nginx", host: "shop.example.com", upstreams: UPSTREAMS, subroutes: [{ path: "/more", action: action() }] },
    },
  },
  {
    type: "kubernetes:networking.k8s.io/v1:Ingress",
    name: "blog",
    props: {
      metadata: { ...metadata("blog"), annotations: { "nginx.org/limit-req-rate": "200r/m", "nginx.org/limit-req-burst": "20", "nginx.org/limit-req-no-delay": "true" } },
      spec: {
        ingressClassName: "nginx",
        tls: [{ hosts: ["blog.example.com"], secretName: "blog-tls" }],
        rules: [{ host: "blog.example.com", http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "app", port: { number: 80 } } } }] } }],
      },
    },
  },
  {
    type: "kubernetes:k8s.nginx.org/v1:TransportServer",
    name: "mail",
    props: {
      metadata: metadata("mail"),
      spec: { ingressClassName: "nginx", listener: { name: "imaps", protocol: "TCP" }, host: "mail.example.com", tls: { secret: "mail-tls" }, upstreams: [{ name: "mail", service: "app", port: 80 }], action: { pass: "mail" } },
    },
  },
  { type: "kubernetes:networking.k8s.io/v1:IngressClass", name: "class", props: { metadata: { name: "nginx", labels: labels("nginx") }, spec: { controller: "nginx.org/ingress-controller" } } },
  {
    type: "kubernetes:helm.sh/v4:Chart",
    name: "controller",
    props: { name: "nginx-ingress", namespace: "ingress", chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.2.1", values: { controller: { replicaCount: 3, enableSnippets: false } } },
  },
  ...serving({
    resource: "proxy",
    name: "nginx-ingress",
    namespace: "shop",
    labels: labels("nginx-ingress"),
    selector: { "app.kubernetes.io/name": "nginx-ingress" },
    container: { args: ["-nginx-configmaps=ingress/nginx-config"] },
  }),
  ...serving({ resource: "app-pods", name: "app", namespace: "shop", labels: labels("app"), selector: { "app.kubernetes.io/name": "app" } }),
  {
    type: "kubernetes:core/v1:Service",
    name: "nginx-service",
    props: { metadata: metadata("nginx-ingress", "ingress"), spec: { type: "NodePort", selector: { "app.kubernetes.io/name": "nginx-ingress" }, ports: [{ name: "https", port: 443, targetPort: 443, nodePort: 30_443 }] } },
  },
  {
    type: "kubernetes:core/v1:Service",
    name: "app-service",
    props: { metadata: metadata("app"), spec: { type: "ClusterIP", selector: { "app.kubernetes.io/name": "app" }, ports: [{ name: "http", port: 80, targetPort: "http" }] } },
  },
  {
    type: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    name: "gateway",
    props: {
      metadata: metadata("gateway", "edge"),
      spec: {
        gatewayClassName: "nginx",
        listeners: [
          { name: "https", port: 443, protocol: "HTTPS", tls: { certificateRefs: [{ name: "edge-tls" }] } },
          { name: "http", port: 80, protocol: "HTTP" },
        ],
      },
    },
  },
  {
    type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    name: "route",
    props: { metadata: metadata("route", "edge"), spec: { parentRefs: [{ name: "gateway", sectionName: "https" }], hostnames: ["edge.example.com"], rules: [{ backendRefs: [{ name: "app", port: 80 }] }] } },
  },
  {
    type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    name: "plain",
    props: {
      metadata: metadata("plain"),
      spec: { parentRefs: [{ name: "gateway", namespace: "edge", sectionName: "http" }], hostnames: ["edge.example.com"], rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }] },
    },
  },
];
