import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it } from "vitest";
import type { MonitoringArgs } from "../../components/monitoring/index.ts";
import { Monitoring } from "../../components/monitoring/index.ts";
import { IDENTITY } from "./dataFixtures.ts";
import type { Declared } from "./mocks.ts";
import { declared, ofType, only, statements } from "./mocks.ts";

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

const IMAGES = { operator: `registry.example.com/prometheus-operator@sha256:${"a".repeat(64)}`, reloader: `registry.example.com/prometheus-config-reloader@sha256:${"b".repeat(64)}`, prometheus: `registry.example.com/prometheus@sha256:${"c".repeat(64)}` };
const SERVERS: Pick<MonitoringArgs, "operator" | "prometheus"> = {
  operator: { image: IMAGES.operator, reloaderImage: IMAGES.reloader },
  prometheus: { image: IMAGES.prometheus, storageGib: 50, storageClass: "gp3" },
};
const PROMETHEUS = "kubernetes:monitoring.coreos.com/v1:Prometheus";
const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";

describe("Prometheus and its operator", () => {
  let resources: Declared[];
  let spec: Record<string, unknown>;
  beforeAll(async () => {
    resources = await monitoring(SERVERS);
    spec = only(resources, PROMETHEUS).inputs["spec"] as Record<string, unknown>;
  });

  it("are not declared without their images: the cluster has others", async () => {
    const found = await monitoring();
    expect([...ofType(found, PROMETHEUS), ...ofType(found, "kubernetes:apps/v1:Deployment"), ...ofType(found, "kubernetes:monitoring.coreos.com/v1:PodMonitor")]).toEqual([]);
    expect(ofType(found, "kubernetes:monitoring.coreos.com/v1:ServiceMonitor").map(({ name }) => name).sort()).toEqual(["monitoring-app-monitor", "monitoring-ingress-monitor"]);
  });

  it("is reached by the API server, through which release commands read it, on its own port and from nowhere else of it", async () => {
    const policy = (from: Declared[]) => ofType(from, "kubernetes:networking.k8s.io/v1:NetworkPolicy").filter(({ name }) => name === "monitoring-allow-release-signals").map(({ inputs }) => inputs["spec"]);
    expect(policy(resources)).toEqual([{
      podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus", prometheus: "golive" } }, policyTypes: ["Ingress"],
      ingress: [{ from: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ protocol: "TCP", port: 9090 }] }],
    }]);
    expect(policy(await monitoring({ ...SERVERS, apiServer: { cidrs: ["192.168.50.5/32"], serviceCidrs: [] } }))).toMatchObject([{ ingress: [{ from: [{ ipBlock: { cidr: "192.168.50.5/32" } }] }] }]);
    expect(policy(await monitoring())).toEqual([]);
  });

  it("is two pods on two nodes, over zones, of which one may go, for what is found by them", () => {
    const selector = { matchLabels: { "app.kubernetes.io/name": "prometheus", prometheus: "golive" } };
    expect(spec).toMatchObject({
      image: IMAGES.prometheus, replicas: 2,
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "kubernetes.io/hostname", labelSelector: selector }] } },
      topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone", labelSelector: selector }],
    });
    expect(only(resources, "kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]).toEqual({ maxUnavailable: 1, selector });
    expect(only(resources, "kubernetes:core/v1:Service").inputs["spec"]).toMatchObject({ selector: selector.matchLabels, sessionAffinity: "ClientIP", ports: [{ port: 9090 }] });
  });

  it("keeps what it is told to on an encrypted volume, and less before that is full", () => {
    expect(spec).toMatchObject({ retention: "15d", retentionSize: "40960MiB", storage: { volumeClaimTemplate: { spec: { storageClassName: "gp3", resources: { requests: { storage: "50Gi" } } } } } });
  });

  it("reads rules and monitors of its own stack and namespace only, and hands alerts to the Alertmanager there", () => {
    const own = { matchLabels: { "app.kubernetes.io/part-of": "shop-production" } };
    expect(spec).toMatchObject({ ruleSelector: own, serviceMonitorSelector: own, podMonitorSelector: own, probeSelector: own, scrapeConfigSelector: own, externalLabels: { stack: "shop-production" } });
    for (const key of Object.keys(spec)) expect(key).not.toMatch(/NamespaceSelector$/);
    expect(spec["alerting"]).toEqual({ alertmanagers: [{ namespace: "monitoring", name: "alertmanager-operated", port: "web", apiVersion: "v2" }] });
    const picked = resources.filter(({ type }) => /:(PrometheusRule|ServiceMonitor|PodMonitor)$/.test(type));
    expect(picked.length).toBeGreaterThan(4);
    for (const { inputs } of picked) expect(inputs["metadata"]).toMatchObject({ namespace: "monitoring", labels: own.matchLabels });
  });

  it("takes its part of the counted requests, with a limit, as a user that is nobody", () => {
    expect(spec).toMatchObject({
      resources: { requests: { cpu: "180m", memory: "820Mi" }, limits: { cpu: "720m", memory: "1640Mi" } },
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    });
  });

  it("writes to a second place only when told to, signed by a role that may do nothing else", async () => {
    expect(spec).not.toHaveProperty("remoteWrite");
    const url = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write";
    const written = async (remoteWrite: NonNullable<MonitoringArgs["prometheus"]>["remoteWrite"]) => monitoring({ prometheus: { image: IMAGES.prometheus, storageGib: 50, remoteWrite } });
    const plain = await written({ url });
    expect((only(plain, PROMETHEUS).inputs["spec"] as Record<string, unknown>)["remoteWrite"]).toEqual([{ name: "remote", url }]);
    expect(ofType(plain, "aws:iam/role:Role")).toEqual([]);
    const arn = "arn:aws:aps:eu-west-1:123456789012:workspace/ws-1";
    const signed = await written({ url, workspace: { arn, accountId: "123456789012", identity: IDENTITY } });
    expect((only(signed, PROMETHEUS).inputs["spec"] as Record<string, unknown>)["remoteWrite"]).toEqual([{ name: "remote", url, sigv4: { region: "eu-west-1" } }]);
    expect(statements(only(signed, "aws:iam/rolePolicy:RolePolicy"))).toEqual([{ Sid: "WriteSamples", Effect: "Allow", Action: "aps:RemoteWrite", Resource: arn }]);
    expect(only(signed, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "monitoring-allow-credentials").inputs["spec"]).toMatchObject({ podSelector: { matchLabels: { prometheus: "golive" } }, egress: [{ to: [{ ipBlock: { cidr: "169.254.170.23/32" } }] }] });
  });

  it("has an operator that acts in its namespace only: no Secret of another is in its reach", () => {
    const { template } = only(resources, "kubernetes:apps/v1:Deployment").inputs["spec"] as { template: { spec: { containers: { image: string; args: string[] }[] } } };
    expect(template.spec.containers[0]).toMatchObject({ image: IMAGES.operator, args: expect.arrayContaining(["--namespaces=monitoring", `--prometheus-config-reloader=${IMAGES.reloader}`]) as unknown });
    const roles = ofType(resources, ROLE).filter(({ name }) => name.includes("operator"));
    expect(roles.map(({ inputs }) => (inputs["metadata"] as { namespace: string }).namespace).sort()).toEqual(["kube-system", "monitoring"]);
    const wide = only(resources, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "monitoring-operator-cluster").inputs["rules"] as Rule[];
    expect(wide.flatMap(({ verbs }) => verbs).filter((verb) => !["get", "list", "watch"].includes(verb))).toEqual([]);
    expect([...wide, ...roles.filter(({ name }) => name.endsWith("kubelets")).flatMap(({ inputs }) => inputs["rules"] as Rule[])].flatMap((rule) => rule.resources ?? [])).not.toContain("secrets");
  });

  it("starts after the definitions, and Prometheus after the operator", () => {
    const waits = (one: Declared, end: string) => expect(one.dependencies.some((urn) => urn.endsWith(`::${end}`)), `${one.name} waits for ${end}`).toBe(true);
    waits(only(resources, "kubernetes:apps/v1:Deployment"), "monitoring-definitions");
    waits(only(resources, PROMETHEUS), "monitoring-operator");
    waits(only(resources, PROMETHEUS), "monitoring-prometheus-budget");
  });

  it("scrapes the kubelets by their certificates, and of their series those that are used", () => {
    const monitor = only(resources, "kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "monitoring-kubelet-monitor").inputs["spec"] as { endpoints: Record<string, unknown>[] };
    expect(monitor.endpoints.map(({ path }) => path)).toEqual(["/metrics", "/metrics/cadvisor"]);
    for (const endpoint of monitor.endpoints) {
      expect(endpoint).toMatchObject({ scheme: "https", tlsConfig: { caFile: expect.stringContaining("ca.crt") as unknown }, metricRelabelings: [{ action: "keep", regex: expect.stringContaining("container_cpu_usage_seconds_total") as unknown }] });
      expect(endpoint["tlsConfig"]).not.toHaveProperty("insecureSkipVerify");
    }
  });
});

interface AlertRule { alert?: string; expr: string }

function ofRules(resources: Declared[], part: string): Declared {
  return only(resources, "kubernetes:monitoring.coreos.com/v1:PrometheusRule", `monitoring-${part}-rules`);
}
