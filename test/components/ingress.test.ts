import * as k8s from "@pulumi/kubernetes";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { IngressArgs } from "../../components/ingress/index.ts";
import { Ingress } from "../../components/ingress/index.ts";
import { securityHeaders } from "../../components/ingress/headers.ts";
import { replicaRate } from "../../components/ingress/virtualServer.ts";
import { INGRESS } from "./ingressArgs.ts";
import type { Declared } from "./mocks.ts";
import { declared, ofType, only } from "./mocks.ts";

function ingress(change: Partial<IngressArgs> = {}): Promise<Declared[]> {
  return declared(() => {
    new Ingress("ingress", { ...INGRESS, ...change }, { provider: new k8s.Provider("cluster", {}) });
  });
}

const CHART = "kubernetes:helm.sh/v4:Chart";
const VIRTUAL_SERVER = "kubernetes:k8s.nginx.org/v1:VirtualServer";
const POLICY = "kubernetes:k8s.nginx.org/v1:Policy";
const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

describe("Ingress in production", () => {
  let resources: Declared[];
  beforeAll(async () => {
    resources = await ingress();
  });
  const config = () => only(resources, "kubernetes:core/v1:ConfigMap").inputs["data"] as Record<string, string>;
  const values = () => only(resources, CHART).inputs["values"] as { controller: Record<string, unknown> };

  it("speaks TLS 1.2 and 1.3 with forward secrecy only", () => {
    expect(config()["ssl-protocols"]).toBe("TLSv1.2 TLSv1.3");
    for (const cipher of (config()["ssl-ciphers"] ?? "").split(":")) expect(cipher).toMatch(/^ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA\d+|CHACHA20-POLY1305)$/);
    expect(config()).toMatchObject({ "ssl-prefer-server-ciphers": "true", "server-tokens": "false" });
  });

  it("takes the client's address from X-Forwarded-For of the VPC, recursively", () => {
    expect(config()).toMatchObject({ "real-ip-header": "X-Forwarded-For", "real-ip-recursive": "true", "set-real-ip-from": "10.20.0.0/16" });
  });

  it("logs JSON without query strings, cookies and credentials", () => {
    const format = config()["log-format"] ?? "";
    expect(config()["log-format-escaping"]).toBe("json");
    expect(JSON.parse(format)).toMatchObject({ remote_addr: "$remote_addr", path: "$request_uri_no_args" });
    expect(format).not.toMatch(/\$request_uri"|\$args|\$query_string|http_cookie|http_authorization|http_referer/);
  });

  it("gives each of three replicas a third of 10 requests a second, burst 20 without delay, 429, by client address", () => {
    expect(only(resources, POLICY).inputs["spec"]).toMatchObject({
      rateLimit: { rate: "200r/m", key: "${binary_remote_addr}", burst: 20, noDelay: true, rejectCode: 429, zoneSize: "16m" },
    });
    expect(only(resources, VIRTUAL_SERVER).inputs["spec"]).toMatchObject({ policies: [{ name: "rate-limit" }] });
  });

  it("redirects HTTP, terminates TLS and routes the host to the live Service", () => {
    expect(only(resources, VIRTUAL_SERVER).inputs["spec"]).toMatchObject({
      host: "shop.example.com", ingressClassName: "nginx",
      tls: { secret: "app-tls", redirect: { enable: true, code: 301, basedOn: "scheme" } },
      upstreams: [{ name: "app", service: "app", port: 80, "client-max-body-size": "50m" }],
    });
  });

  it("divides traffic in a canary, both shares with the same headers and limits", async () => {
    const shares = [{ service: "app-blue", weight: 75 }, { service: "app-green", weight: 25 }];
    const spec = only(await ingress({ canary: { shares, hooks: {} } }), VIRTUAL_SERVER).inputs["spec"] as { upstreams: Record<string, unknown>[]; routes: { action?: unknown; splits?: { weight: number; action: { proxy: Record<string, unknown> } }[] }[] };
    const [usual] = (only(resources, VIRTUAL_SERVER).inputs["spec"] as { routes: { action: { proxy: Record<string, unknown> } }[] }).routes;
    expect(spec.upstreams).toMatchObject(shares.map(({ service }) => ({ name: service, service, port: 80, "client-max-body-size": "50m" })));
    expect(spec.routes).toEqual([{ path: "/", splits: shares.map(({ service, weight }) => ({ weight, action: { proxy: { ...usual?.action.proxy, upstream: service } } })) }]);
  });

  it("sets the four proxy headers from what NGINX knows, not from what the viewer sent", () => {
    const [route] = (only(resources, VIRTUAL_SERVER).inputs["spec"] as { routes: { action: { proxy: { requestHeaders: { set: unknown } } } }[] }).routes;
    expect(route?.action.proxy.requestHeaders.set).toEqual([
      { name: "Host", value: "${host}" }, { name: "X-Real-IP", value: "${remote_addr}" },
      { name: "X-Forwarded-For", value: "${remote_addr}" }, { name: "X-Forwarded-Proto", value: "${scheme}" },
    ]);
  });

  it("adds every security header to every status and hides the application's", () => {
    const [route] = (only(resources, VIRTUAL_SERVER).inputs["spec"] as { routes: { action: { proxy: { responseHeaders: { hide: string[]; add: { name: string; value: string; always: boolean }[] } } } }[] }).routes;
    const headers = route?.action.proxy.responseHeaders;
    expect(headers?.add).toEqual(securityHeaders(INGRESS).map((h) => ({ ...h, always: true })));
    expect(headers?.hide).toEqual(expect.arrayContaining(["Strict-Transport-Security", "Content-Security-Policy", "X-Powered-By"]));
  });

  it("runs three replicas over the zones, restricted, with a disruption budget, behind the HTTPS node port alone", () => {
    expect(values().controller).toMatchObject({
      kind: "deployment", replicaCount: 3, customConfigMap: "nginx-config", enableSnippets: false, healthStatus: true, healthStatusURI: "/nginx-health",
      image: { digest: INGRESS.imageDigest },
      defaultTLS: { secret: "nginx-ingress/default-server-tls" },
      service: { type: "NodePort", httpPort: { enable: false }, httpsPort: { enable: true, nodePort: 30_443 } },
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "256Mi" } },
      securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } },
      topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" }, { topologyKey: "kubernetes.io/hostname" }],
    });
  });

  it("pins the chart", () => {
    expect(only(resources, CHART).inputs).toMatchObject({ chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.3.1", namespace: "nginx-ingress" });
  });

  it("closes the namespace but for load balancer, readiness, metrics, DNS, application and API server", () => {
    const policies = Object.fromEntries(ofType(resources, NETWORK_POLICY).map((p) => [(p.inputs["metadata"] as { name: string }).name, p.inputs["spec"]]));
    expect(Object.keys(policies).sort()).toEqual(["allow-api-server", "allow-application", "allow-dns", "allow-load-balancer", "allow-metrics", "allow-readiness", "default-deny"]);
    expect(policies["default-deny"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    expect(policies["allow-load-balancer"]).toMatchObject({ ingress: [{ from: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ protocol: "TCP", port: 443 }] }] });
    expect(policies["allow-application"]).toMatchObject({ egress: [{ ports: [{ protocol: "TCP", port: 8080 }] }] });
    // The VPC, where EKS has its API server, and EKS's two ranges of Services.
    expect(policies["allow-api-server"]).toMatchObject({ egress: [apiServerRule("10.20.0.0/16", "10.100.0.0/16", "172.20.0.0/16")] });
  });

  it("has a certificate for the default server and one for the host, renewed with a new key", () => {
    const certificates = ofType(resources, "kubernetes:cert-manager.io/v1:Certificate");
    expect(certificates.map((c) => (c.inputs["metadata"] as { namespace: string }).namespace).sort()).toEqual(["nginx-ingress", "shop"]);
    for (const { inputs } of certificates) expect(inputs["spec"]).toMatchObject({ dnsNames: ["shop.example.com"], duration: "2160h", renewBefore: "720h", privateKey: { rotationPolicy: "Always" } });
  });

  it("starts NGINX only when its configuration, certificate and network policies are there", () => {
    const { dependencies } = only(resources, CHART);
    for (const part of ["ingress-config", "ingress-default-server-certificate", "ingress-default-deny"]) {
      expect(dependencies.some((urn) => urn.endsWith(`::${part}`)), part).toBe(true);
    }
  });
});

/** Egress to the API server: 443 of its Service and of EKS, 6443 of its own. */
function apiServerRule(...cidrs: string[]) {
  return { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: "TCP", port: 443 }, { protocol: "TCP", port: 6443 }] };
}

describe("Ingress elsewhere", () => {
  it("holds the chart's version to its digest when there is one", async () => {
    const chartDigest = `sha256:${"b".repeat(64)}`;
    const chart = only(await ingress({ chartDigest }), CHART).inputs;
    expect(chart).toMatchObject({ chart: `oci://ghcr.io/nginx/charts/nginx-ingress@${chartDigest}`, version: "2.3.1" });
  });

  it("trusts the addresses of an existing cluster instead of the VPC's", async () => {
    const config = only(await ingress({ trustedProxyCidrs: ["10.0.0.0/16", "10.1.0.0/16"] }), "kubernetes:core/v1:ConfigMap").inputs["data"];
    expect(config).toMatchObject({ "set-real-ip-from": "10.0.0.0/16,10.1.0.0/16" });
  });

  it("reaches the API server of an existing cluster where that one is", async () => {
    const resources = await ingress({ apiServer: { cidrs: ["192.168.50.5/32"], serviceCidrs: ["10.96.0.0/12"] } });
    expect(only(resources, NETWORK_POLICY, "ingress-allow-api-server").inputs["spec"]).toMatchObject({ egress: [apiServerRule("192.168.50.5/32", "10.96.0.0/12")] });
  });

  it("refuses a policy that the controller would refuse", async () => {
    await expect(ingress({ contentSecurityPolicy: 'default-src "self"' })).rejects.toThrow(/double quote/);
  });

  it("refuses a single replica", async () => {
    await expect(ingress({ replicas: 1 })).rejects.toThrow(/at least 2/);
  });
});

describe("replicaRate", () => {
  it("never adds up to more than the limit, and to at most one request a minute and replica less", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 2, max: 20 }), (limit, replicas) => {
      const total = Number.parseInt(replicaRate(limit, replicas), 10) * replicas;
      expect(total).toBeLessThanOrEqual(limit * 60);
      expect(total).toBeGreaterThan(limit * 60 - replicas);
    }));
  });
});
