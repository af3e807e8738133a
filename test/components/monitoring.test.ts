import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it } from "vitest";
import type { MonitoringArgs } from "../../components/monitoring/index.ts";
import { Monitoring } from "../../components/monitoring/index.ts";
import type { Declared } from "./mocks.ts";
import { declared, ofType, only } from "./mocks.ts";

const ARGS: MonitoringArgs = {
  prefix: "shop-production", namespace: "monitoring", requests: { cpu: "1200m", memory: "4Gi" }, retentionDays: 15, vpcCidr: "10.20.0.0/16",
  alertRules: { OrdersFail: { expr: "orders_failed_total > 10", for: "5m", severity: 2, team: "checkout", summary: "Orders fail", runbook: "https://runbooks.example.com/orders" } },
  app: { name: "shop", namespace: "shop", port: 8080, metricsPath: "/metrics" }, ingressNamespace: "nginx-ingress",
};

function monitoring(change: Partial<MonitoringArgs> = {}): Promise<Declared[]> {
  return declared(() => {
    new Monitoring("monitoring", { ...ARGS, ...change }, { provider: new k8s.Provider("cluster", {}) });
  });
}

interface Rule { apiGroups?: string[]; resources?: string[]; verbs: string[]; nonResourceURLs?: string[] }

describe("Monitoring", () => {
  let resources: Declared[];
  beforeAll(async () => {
    resources = await monitoring();
  });

  it("has a restricted namespace with the counted requests as quota", () => {
    expect(only(resources, "kubernetes:core/v1:Namespace").inputs["metadata"]).toMatchObject({ name: "monitoring", labels: { "pod-security.kubernetes.io/enforce": "restricted" } });
    expect(only(resources, "kubernetes:core/v1:ResourceQuota").inputs["spec"]).toMatchObject({ hard: { "requests.cpu": "1200m", "requests.memory": "4Gi", "limits.memory": "8192Mi" } });
  });

  it("denies all traffic that no other policy allows", () => {
    const deny = only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "monitoring-default-deny");
    expect(deny.inputs).toMatchObject({ metadata: { name: "default-deny" }, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } });
  });

  it("reaches the API server, and is reached by it, where it is: in the VPC with EKS, elsewhere with an existing cluster", async () => {
    const spec = (from: Declared[], name: string) => only(from, "kubernetes:networking.k8s.io/v1:NetworkPolicy", `monitoring-${name}`).inputs["spec"];
    const blocks = (...cidrs: string[]) => cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    expect(spec(resources, "allow-api-server")).toMatchObject({ egress: [{ to: blocks("10.20.0.0/16", "10.100.0.0/16", "172.20.0.0/16") }] });
    expect(spec(resources, "allow-webhooks")).toMatchObject({ ingress: [{ from: blocks("10.20.0.0/16") }] });
    const elsewhere = await monitoring({ clusterCidrs: ["10.244.0.0/16"], apiServer: { cidrs: ["192.168.50.5/32"], serviceCidrs: ["10.96.0.0/12"] } });
    expect(spec(elsewhere, "allow-api-server")).toMatchObject({ egress: [{ to: blocks("192.168.50.5/32", "10.96.0.0/12"), ports: [{ port: 443 }, { port: 6443 }] }] });
    expect(spec(elsewhere, "allow-webhooks")).toMatchObject({ ingress: [{ from: blocks("192.168.50.5/32") }] });
    expect(JSON.stringify(spec(elsewhere, "allow-scraping"))).toContain("10.244.0.0/16");
  });

  it("turns each rule of the team into an alert with severity, team and runbook", () => {
    expect(only(resources, "kubernetes:monitoring.coreos.com/v1:PrometheusRule").inputs["spec"]).toMatchObject({
      groups: [{ name: "team", rules: [{ alert: "OrdersFail", expr: "orders_failed_total > 10", for: "5m", labels: { severity: "2", team: "checkout" }, annotations: { summary: "Orders fail", runbook_url: "https://runbooks.example.com/orders" } }] }],
    });
  });

  it("scrapes each color's Service, not the live one, and NGINX", () => {
    const monitor = (name: string) => only(resources, "kubernetes:monitoring.coreos.com/v1:ServiceMonitor", name).inputs["spec"];
    expect(monitor("monitoring-app-monitor")).toMatchObject({ namespaceSelector: { matchNames: ["shop"] }, selector: { matchLabels: { "golive.dev/scrape": "true" } }, endpoints: [{ port: "http", path: "/metrics" }] });
    expect(monitor("monitoring-ingress-monitor")).toMatchObject({ namespaceSelector: { matchNames: ["nginx-ingress"] }, endpoints: [{ port: "prometheus" }] });
  });

  it("reads without wildcards, verbs that change nothing, and no secrets", () => {
    const rules = [...ofType(resources, "kubernetes:rbac.authorization.k8s.io/v1:Role"), ...ofType(resources, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole")]
      .flatMap((r) => r.inputs["rules"] as Rule[]);
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) {
      for (const word of [...(rule.apiGroups ?? []), ...(rule.resources ?? []), ...rule.verbs, ...(rule.nonResourceURLs ?? [])]) expect(word).not.toContain("*");
      expect(rule.verbs.filter((verb) => !["get", "list", "watch"].includes(verb))).toEqual([]);
      expect(rule.resources ?? []).not.toContain("secrets");
    }
  });

  it("grants it in three namespaces to Prometheus alone", () => {
    const bindings = ofType(resources, "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding");
    expect(bindings.map((b) => (b.inputs["metadata"] as { namespace: string }).namespace).sort()).toEqual(["monitoring", "nginx-ingress", "shop"]);
    for (const { inputs } of bindings) expect(inputs["subjects"]).toEqual([{ kind: "ServiceAccount", name: "prometheus", namespace: "monitoring" }]);
  });

  it("declares rules and monitors after their definitions", () => {
    for (const kind of ["PrometheusRule", "ServiceMonitor"]) {
      for (const resource of ofType(resources, `kubernetes:monitoring.coreos.com/v1:${kind}`)) {
        expect(resource.dependencies.some((urn) => urn.endsWith("::monitoring-definitions")), resource.name).toBe(true);
      }
    }
  });

  it("declares no empty rule group", async () => {
    expect(ofType(await monitoring({ alertRules: {} }), "kubernetes:monitoring.coreos.com/v1:PrometheusRule")).toEqual([]);
  });
});
