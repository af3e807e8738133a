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
  jobs: { namespace: "shop-jobs", watched: [{ name: "database-dump", maxAgeHours: 29 }] },
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
    expect(ofRules(resources, "team").inputs["spec"]).toMatchObject({
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
    expect(ofType(await monitoring({ alertRules: {} }), "kubernetes:monitoring.coreos.com/v1:PrometheusRule").map(({ name }) => name)).toEqual(["monitoring-golive-rules"]);
  });

  it("brings its own alerts, of this stack's namespaces, jobs and cloud resources", () => {
    const { metadata, spec } = ofRules(resources, "golive").inputs as { metadata: unknown; spec: { groups: { name: string; interval: string; rules: AlertRule[] }[] } };
    expect(metadata).toMatchObject({ name: "golive-rules", namespace: "monitoring", labels: { "app.kubernetes.io/part-of": "shop-production" } });
    expect(spec.groups.map(({ name }) => name)).toEqual([
      "golive-slo", "golive-slo-long", "golive-application", "golive-nodes", "golive-pods", "golive-database", "golive-cache", "golive-ingress", "golive-certificates", "golive-jobs", "golive-security", "golive-monitoring",
    ]);
    const rules = spec.groups.flatMap((group) => group.rules);
    const one = (alert: string) => rules.find((rule) => rule.alert === alert);
    expect(one("AppDown")).toEqual({
      alert: "AppDown", expr: 'absent(up{namespace="shop",color!=""} == 1)', for: "1m", labels: { severity: "1", team: "application" },
      annotations: { summary: "No pod of the application answers", description: "Prometheus reaches no pod of either color.", runbook_url: "docs/runbooks/AppDown.md", dashboard_url: "/d/golive-application" },
    });
    expect(one("IngressDown")?.expr).toContain('namespace="nginx-ingress"');
    expect(one("ReplicationLag")?.expr).toContain("shop-production-postgres.*");
    expect(rules).toContainEqual({ record: "golive:job_max_age:seconds", expr: "vector(104400)", labels: { namespace: "shop-jobs", cronjob: "database-dump" } });
    expect(rules).toContainEqual(expect.objectContaining({ record: "golive:availability_budget:left", labels: { window: "15d" } }));
  });

  it("takes other limits, addresses, exceptions and exporters", async () => {
    const spec = JSON.stringify(ofRules(await monitoring({
      thresholds: { p95Warning: 0.7 }, links: { runbooks: "https://git.example.com/golive/docs/runbooks/", grafana: "https://grafana.example.com" },
      exceptions: [{ rule: "network/nat-per-zone", resource: "one", expires: "2026-12-31" }], exporters: ["node"], retentionDays: 400,
    }), "golive").inputs["spec"]);
    expect(spec).toContain("golive:color_latency:p95_5m > 0.7 and");
    expect(spec).toContain("https://git.example.com/golive/docs/runbooks/AppDown.md");
    expect(spec).toContain("https://grafana.example.com/d/golive-slo");
    expect(spec).toContain("vector(1798675200)");
    expect(spec).not.toContain("absent(redis_up)");
    expect(spec).toContain('"window":"30d"');
  });

  it("brings dashboards for the sidecar of Grafana, of this stack's namespaces and with its limits and addresses", async () => {
    const found = ofType(await monitoring({ thresholds: { p95Warning: 0.7 }, links: { runbooks: "https://git.example.com/runbooks" }, businessMetrics: ["orders_total"] }), "kubernetes:core/v1:ConfigMap");
    expect(found.map(({ inputs }) => (inputs["metadata"] as { name: string }).name).sort()).toEqual(["application", "business", "database", "release", "security", "slo", "system"].map((name) => `dashboard-${name}`));
    for (const { inputs } of found) expect(inputs["metadata"]).toMatchObject({ namespace: "monitoring", labels: { grafana_dashboard: "1", "app.kubernetes.io/part-of": "shop-production" } });
    const text = (name: string) => (found.find(({ inputs }) => (inputs["metadata"] as { name: string }).name === `dashboard-${name}`)?.inputs["data"] as Record<string, string>)[`golive-${name}.json`] ?? "";
    expect(JSON.parse(text("application"))).toMatchObject({ uid: "golive-application", title: "Application · shop-production" });
    expect(text("application")).toContain('"value":0.7');
    expect(text("application")).toContain('namespace=\\"nginx-ingress\\"');
    expect(text("application")).toContain("https://git.example.com/runbooks/AppErrors.md");
    expect(text("business")).toContain('orders_total{namespace=\\"shop\\"}');
  });

  it("refuses a rule of the team with the name of one of its own", async () => {
    const rule = ARGS.alertRules["OrdersFail"];
    if (rule === undefined) throw new Error("the test has no rule");
    await expect(monitoring({ alertRules: { AppDown: rule } })).rejects.toThrow("monitoring.alertRules has AppDown, which the product brings itself");
  });
});

interface AlertRule { alert?: string; expr: string }

function ofRules(resources: Declared[], part: string): Declared {
  return only(resources, "kubernetes:monitoring.coreos.com/v1:PrometheusRule", `monitoring-${part}-rules`);
}
