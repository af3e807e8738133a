import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it, test } from "vitest";
import { CLOUDWATCH, metrics, seriesOf } from "../../components/monitoring/alerts/metrics.ts";
import { cloudWatch } from "../../components/monitoring/alerts/scope.ts";
import { cloudWatchConfig } from "../../components/monitoring/exporters/cloudWatchConfig.ts";
import { declaredExporters, type ExportersArgs } from "../../components/monitoring/exporters/index.ts";
import { KUBE_STATE_VERSION } from "../../components/monitoring/exporters/kubeState.ts";
import { Monitoring, type MonitoringArgs } from "../../components/monitoring/index.ts";
import { KUBE_STATE_TOOL } from "../../sandbox/cluster/tools.ts";
import { SCOPE } from "../monitoring/stack.ts";
import { IDENTITY } from "./dataFixtures.ts";
import { type Declared, declared, ofType, only, statements } from "./mocks.ts";

const image = (name: string): string => `registry.example.com/${name}@sha256:${"a".repeat(64)}`;
const PLACE = { accountId: "123456789012", region: "eu-west-1", identity: IDENTITY };
const EXPORTING: Required<Omit<ExportersArgs, "services">> = {
  kubeState: { image: image("kube-state-metrics") },
  node: { image: image("node-exporter") },
  blackbox: { image: image("blackbox-exporter"), publicUrls: ["https://shop.example.com/health/ready"], readyPath: "/health/ready" },
  postgres: {
    ...PLACE, image: image("postgres-exporter"), jobsImage: image("jobs"), hosts: ["db.example.com", "db-1.example.com", "db.example.com"], port: 5432, databaseName: "shop",
    connectArns: (user) => [`arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-A/${user}`, `arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-B/${user}`], after: [],
  },
  redis: { ...PLACE, image: image("redis-exporter"), hosts: ["cache.example.com", "sessions.example.com"], port: 6379, authSecretName: "shop-production/redis/auth-token", authSecretVersion: "v7", secretsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1", refreshMinutes: 15, externalSecrets: [] },
  cloudWatch: { ...PLACE, image: image("yace") },
};
const ARGS: MonitoringArgs = {
  prefix: "shop-production", namespace: "monitoring", requests: { cpu: "1200m", memory: "4Gi" }, retentionDays: 15, vpcCidr: "10.20.0.0/16", alertRules: {},
  app: { name: "shop", namespace: "shop", port: 8080, metricsPath: "/metrics" }, ingressNamespace: "nginx-ingress", jobs: { namespace: "shop-jobs", watched: [] },
  operator: { image: image("operator"), reloaderImage: image("reloader") }, prometheus: { image: image("prometheus"), storageGib: 50 }, alertmanager: true, exporting: EXPORTING,
};
const NAMES = ["blackbox-exporter", "cloudwatch-exporter", "kube-state-metrics", "node-exporter", "postgres-exporter", "redis-exporter"];

function monitoring(change: Partial<MonitoringArgs> = {}): Promise<Declared[]> {
  return declared(() => { new Monitoring("monitoring", { ...ARGS, ...change }, { provider: new k8s.Provider("cluster", {}) }); });
}

interface Container { name: string; image: string; args?: string[]; command?: string[]; env?: { name: string; value?: string; valueFrom?: unknown }[]; securityContext: unknown; resources: { requests: Record<string, string>; limits: Record<string, string> }; restartPolicy?: string; startupProbe?: unknown; readinessProbe?: unknown; livenessProbe?: unknown; volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[] }
interface Pod { serviceAccountName: string; automountServiceAccountToken: boolean; securityContext: unknown; hostNetwork?: boolean; hostPID?: boolean; containers: Container[]; initContainers: Container[]; volumes: Record<string, unknown>[] }
interface Workload { replicas?: number; selector: { matchLabels: Record<string, string> }; template: { metadata: { labels: Record<string, string>; annotations?: Record<string, string> }; spec: Pod } }

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const PROBE = "kubernetes:monitoring.coreos.com/v1:Probe";
const meta = ({ inputs }: Declared): { name: string; namespace: string; labels: Record<string, string>; annotations?: Record<string, string> } => inputs["metadata"] as never;
const specOf = <T>({ inputs }: Declared): T => inputs["spec"] as T;

let resources: Declared[];
beforeAll(async () => { resources = await monitoring(); });
const workload = (name: string): Workload => specOf(only(resources, name === "node-exporter" ? "kubernetes:apps/v1:DaemonSet" : "kubernetes:apps/v1:Deployment", `monitoring-${name}`));
const container = (name: string): Container => workload(name).template.spec.containers[0] as Container;
const policy = (name: string): { podSelector: { matchLabels: Record<string, string> }; ingress: unknown[]; egress: unknown[] } => specOf(only(resources, POLICY, `monitoring-${name}-network`));
const probe = (name: string): { prober: { url: string; path: string }; module?: string; targets: { staticConfig: { static: string[]; labels?: Record<string, string> } }; interval: string; scrapeTimeout: string; metricRelabelings: { regex: string; action: string }[] } => specOf(only(resources, PROBE, `monitoring-${name}-probe`));

describe("every exporter", () => {
  it("is not declared without its image: the cluster has it, or goes without", async () => {
    const bare = await monitoring({ exporting: undefined });
    expect(bare.filter(({ inputs }) => NAMES.includes((inputs["metadata"] as { name?: string } | undefined)?.name ?? ""))).toEqual([]);
    expect(ofType(bare, PROBE)).toEqual([]);
    const one = await monitoring({ exporting: { node: EXPORTING.node } });
    expect([...ofType(one, "kubernetes:apps/v1:DaemonSet"), ...ofType(one, "kubernetes:apps/v1:Deployment")].map(({ name }) => name).sort()).toEqual(["monitoring-node-exporter", "monitoring-operator"]);
  });

  it.each(NAMES)("%s runs as nobody, with nothing of the node, an image by digest, limits and three probes", (name) => {
    const { template: { metadata, spec } } = workload(name);
    expect(spec).toMatchObject({ serviceAccountName: name, automountServiceAccountToken: name === "kube-state-metrics", securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } });
    expect([spec.hostNetwork, spec.hostPID]).toEqual([undefined, undefined]);
    expect(JSON.stringify(spec.volumes)).not.toContain("hostPath");
    for (const one of [...spec.containers, ...spec.initContainers]) {
      expect(one.image).toMatch(/@sha256:[a-f0-9]{64}$/);
      expect(one.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } });
      expect(Object.keys(one.resources.requests)).toEqual(["cpu", "memory"]);
      expect(Object.keys(one.resources.limits).sort()).toEqual(["cpu", "ephemeral-storage", "memory"]);
      expect([one.startupProbe, one.livenessProbe]).not.toContain(undefined);
    }
    expect(spec.containers[0]?.readinessProbe).toBeDefined();
    expect(metadata.labels).toMatchObject({ ...workload(name).selector.matchLabels, "golive.dev/exporter": name, "app.kubernetes.io/part-of": "shop-production" });
  });

  it.each(NAMES)("%s is reached by Prometheus alone, and has none of the namespace's wider ways", (name) => {
    expect(policy(name).ingress).toMatchObject([{ from: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } } }] }]);
    expect(policy(name).podSelector.matchLabels).toEqual(workload(name).selector.matchLabels);
    const shared = ofType(resources, POLICY).filter((one) => /^allow-(within|scraping|api-server|stores|notifications|traces|adapter|webhooks)/.test(meta(one).name));
    expect(shared.length).toBeGreaterThan(7);
    for (const one of shared) expect(specOf<{ podSelector: { matchExpressions?: unknown[] } }>(one).podSelector.matchExpressions, meta(one).name).toContainEqual({ key: "golive.dev/exporter", operator: "DoesNotExist" });
  });

  it("with several pods has a Service, a budget and a pod in each zone; one that would tell everything twice has one pod", () => {
    const several = ofType(resources, "kubernetes:apps/v1:Deployment").filter((one) => specOf<Workload>(one).replicas === 3).map((one) => meta(one).name).sort();
    expect(several).toEqual(["blackbox-exporter", "postgres-exporter", "redis-exporter"]);
    for (const name of several) {
      expect(specOf(only(resources, "kubernetes:policy/v1:PodDisruptionBudget", `monitoring-${name}-budget`))).toEqual({ maxUnavailable: 1, selector: workload(name).selector });
      expect(specOf(only(resources, "kubernetes:core/v1:Service", `monitoring-${name}-service`))).toMatchObject({ selector: workload(name).selector.matchLabels });
    }
    expect([workload("kube-state-metrics").replicas, workload("cloudwatch-exporter").replicas]).toEqual([1, 1]);
  });

  it("is found by what Prometheus picks", () => {
    const picked = resources.filter(({ type }) => /:(PodMonitor|Probe)$/.test(type));
    expect(picked.map((one) => meta(one).name).sort()).toEqual([...NAMES, "color-blue", "color-green", "monitoring", "postgres", "public", "redis"].sort());
    for (const one of picked) {
      expect(meta(one)).toMatchObject({ namespace: "monitoring", labels: { "app.kubernetes.io/part-of": "shop-production" } });
      expect(one.dependencies.some((urn) => urn.endsWith("::monitoring-definitions")), one.name).toBe(true);
    }
  });

  it("is missed when it falls silent, and no other is", () => {
    expect(declaredExporters(ARGS).sort()).toEqual(["alertmanager", "application", "blackbox", "cloudwatch", "kubeState", "kubelet", "nginx", "node", "postgres", "prometheus", "redis"]);
    expect(declaredExporters({ ...ARGS, exporting: { redis: EXPORTING.redis }, operator: undefined, prometheus: undefined }).sort()).toEqual(["application", "nginx", "redis"]);
    // Agents of logs are declared with a Prometheus of ours, and scraped by no other.
    expect(declaredExporters({ ...ARGS, logAgents: true })).toContain("logs");
    expect(declaredExporters({ ...ARGS, logAgents: true, prometheus: undefined })).not.toContain("logs");
    const rules = JSON.stringify(specOf(only(resources, "kubernetes:monitoring.coreos.com/v1:PrometheusRule", "monitoring-golive-rules")));
    expect(rules).toContain("absent(redis_up)");
    expect(rules).not.toContain("absent(fluentbit_uptime)");
  });
});

describe("kube-state-metrics", () => {
  it("may list what it tells of, and nothing else: no ConfigMap, no Secret, nothing by name", () => {
    const rules = only(resources, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "monitoring-kube-state-metrics-role").inputs["rules"] as { resources: string[]; verbs: string[] }[];
    for (const { verbs } of rules) expect(verbs).toEqual(["list", "watch"]);
    const kinds = rules.flatMap((rule) => rule.resources).sort();
    expect(kinds).toEqual(["cronjobs", "daemonsets", "deployments", "endpoints", "horizontalpodautoscalers", "jobs", "nodes", "pods"]);
    expect(container("kube-state-metrics").args).toContain(`--resources=${kinds.join(",")}`);
    // Of every kind a series is used, or it need not be read.
    const prefix: Record<string, string> = { endpoints: "kube_endpoint_" };
    for (const kind of kinds) expect(seriesOf("kubeState").some((series) => series.startsWith(prefix[kind] ?? `kube_${kind.slice(0, -1)}_`)), kind).toBe(true);
  });

  it("tells the series that rules and dashboards use, with the zone of nodes, whichever pod tells them", () => {
    expect(container("kube-state-metrics").args).toEqual(expect.arrayContaining([`--metric-allowlist=${seriesOf("kubeState").join(",")}`, "--metric-labels-allowlist=nodes=[topology.kubernetes.io/zone]"]));
    expect(specOf(only(resources, "kubernetes:monitoring.coreos.com/v1:PodMonitor", "monitoring-kube-state-metrics-monitor"))).toMatchObject({ podMetricsEndpoints: [{ honorLabels: true, relabelings: [{ targetLabel: "instance", replacement: "kube-state-metrics" }, { action: "labeldrop", regex: "pod|container" }] }] });
  });

  test("is the version that the sandbox runs", () => {
    expect(KUBE_STATE_TOOL.version).toBe(`v${KUBE_STATE_VERSION}`);
  });
});

describe("blackbox exporter", () => {
  it("asks the public routes with TLS only, and each color without, at its own Service", () => {
    expect(probe("public")).toMatchObject({ prober: { url: "blackbox-exporter.monitoring.svc:9115", path: "/probe" }, module: "public", targets: { staticConfig: { static: ["https://shop.example.com/health/ready"], labels: { probe: "public" } } } });
    expect(probe("color-green")).toMatchObject({ module: "color", targets: { staticConfig: { static: ["http://app-green.shop.svc/health/ready"], labels: { probe: "color", color: "green" } } } });
    const { modules } = JSON.parse((ofType(resources, "kubernetes:core/v1:ConfigMap").find((one) => meta(one).name.startsWith("blackbox-exporter-"))?.inputs["data"] as Record<string, string>)["blackbox.yml"] ?? "") as { modules: Record<string, { timeout: string; http: Record<string, unknown> }> };
    expect(modules["public"]?.http).toMatchObject({ fail_if_not_ssl: true, follow_redirects: false });
    expect(modules["public"]?.http).not.toHaveProperty("tls_config.insecure_skip_verify");
    // A target that hangs must be told before the scrape is given up.
    expect(Number.parseInt(modules["public"]?.timeout ?? "", 10)).toBeLessThan(Number.parseInt(probe("public").scrapeTimeout, 10));
  });

  it("reaches the internet by HTTPS and the application's pods, and no private network beside them", () => {
    expect(policy("blackbox-exporter").egress).toMatchObject([
      { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: expect.arrayContaining(["10.0.0.0/8", "169.254.0.0/16"]) as unknown } }], ports: [{ port: 443 }] },
      { to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } }], ports: [{ port: 8080 }] },
    ]);
  });
});

describe("exporter of PostgreSQL", () => {
  const login = (): Container => workload("postgres-exporter").template.spec.initContainers[0] as Container;
  const env = (one: Container): Record<string, string | undefined> => Object.fromEntries((one.env ?? []).map(({ name, value }) => [name, value]));

  it("asks the primary and each replica once, by TLS that is verified, as a user without a password", () => {
    expect(probe("postgres").targets.staticConfig.static).toEqual(["db.example.com:5432", "db-1.example.com:5432"]);
    expect(env(container("postgres-exporter"))).toEqual({ PGUSER: "golive_monitoring", PGDATABASE: "shop", PGPASSFILE: "/login/pgpass", PGSSLMODE: "verify-full", PGSSLROOTCERT: "/login/authorities.pem", PGCONNECT_TIMEOUT: "3" });
    expect(container("postgres-exporter").args).toContain("--collector.postmaster");
    expect(probe("postgres").metricRelabelings).toEqual([{ sourceLabels: ["__name__"], regex: seriesOf("postgres").join("|"), action: "keep" }]);
  });

  it("logs in by tokens of a role that may log in as that user on each server, and do nothing else", () => {
    const role = only(resources, "aws:iam/rolePolicy:RolePolicy", "postgres-exporter-policy");
    expect(statements(role)).toEqual([{ Sid: "LogIn", Effect: "Allow", Action: "rds-db:connect", Resource: ["arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-A/golive_monitoring", "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-B/golive_monitoring"] }]);
    expect(login()).toMatchObject({ restartPolicy: "Always", image: image("jobs"), command: ["bash", "/scripts/database-login.sh"] });
    expect(env(login())).toMatchObject({ SERVERS: "db.example.com:5432 db-1.example.com:5432", DB_USER: "golive_monitoring", FOLDER: "/login" });
    const { volumes } = workload("postgres-exporter").template.spec;
    expect(volumes).toContainEqual({ name: "login", emptyDir: { medium: "Memory", sizeLimit: "4Mi" } });
    expect(container("postgres-exporter").volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name)).toEqual([]);
  });

  it("reaches the database and the agent that gives credentials", () => {
    expect(policy("postgres-exporter").egress).toMatchObject([{ to: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ port: 5432 }] }, { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }] }]);
  });
});

describe("exporter of Redis", () => {
  it("asks each primary by TLS, with the token from Secrets Manager, and starts anew with another one", () => {
    expect(probe("redis")).toMatchObject({ prober: { path: "/scrape" }, targets: { staticConfig: { static: ["rediss://cache.example.com:6379", "rediss://sessions.example.com:6379"] } } });
    expect(container("redis-exporter").args).not.toContain("--skip-tls-verification");
    expect(container("redis-exporter").env).toEqual([{ name: "REDIS_PASSWORD", valueFrom: { secretKeyRef: { name: "redis-exporter", key: "REDIS_AUTH_TOKEN" } } }]);
    expect(workload("redis-exporter").template.metadata.annotations).toEqual({ "golive.dev/config-hash": "v7" });
    const secret = only(resources, "kubernetes:external-secrets.io/v1:ExternalSecret");
    expect(meta(secret).annotations).toMatchObject({ "pulumi.com/waitFor": "condition=Ready", "golive.dev/secrets-version": "v7" });
    expect(specOf(secret)).toMatchObject({ target: { name: "redis-exporter" }, data: [{ secretKey: "REDIS_AUTH_TOKEN", remoteRef: { key: "shop-production/redis/auth-token", property: "authToken" } }] });
    expect(policy("redis-exporter").egress).toEqual([{ to: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ protocol: "TCP", port: 6379 }] }]);
  });

  it("has a reader of its own where the cluster knows web identities, which reads that one secret", async () => {
    const found = await monitoring({ exporting: { redis: { ...EXPORTING.redis, identity: { kind: "webIdentity", providerArn: "arn:aws:iam::123456789012:oidc-provider/o", issuer: "o" } } } });
    const [read] = statements(only(found, "aws:iam/rolePolicy:RolePolicy", "redis-exporter-secrets-policy"));
    expect(read).toMatchObject({ Sid: "ReadSecrets", Resource: ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-production/redis/auth-token-??????"] });
    expect(specOf(only(found, "kubernetes:external-secrets.io/v1:SecretStore"))).toMatchObject({ provider: { aws: { auth: { jwt: { serviceAccountRef: { name: "redis-exporter-secrets" } } } } } });
  });
});

test("the node exporter is on every node, reads what any container reads, and is named by its node", () => {
  expect(workload("node-exporter").template.spec).toMatchObject({ tolerations: [{ operator: "Exists" }], volumes: [{ name: "disk", emptyDir: {} }] });
  expect(container("node-exporter").args).toEqual(expect.arrayContaining(["--collector.disable-defaults", "--collector.cpu", "--collector.meminfo", "--collector.filesystem"]));
  expect(policy("node-exporter").egress).toEqual([]);
  expect(specOf(only(resources, "kubernetes:monitoring.coreos.com/v1:PodMonitor", "monitoring-node-exporter-monitor"))).toMatchObject({ podMetricsEndpoints: [{ relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "instance" }, { action: "labeldrop" }] }] });
});

describe("services of the cluster", () => {
  const withServices = (change: Partial<MonitoringArgs> = {}): Promise<Declared[]> => declared(() => {
    const provider = new k8s.Provider("cluster", {});
    const [certManager, externalSecrets] = ["cert-manager", "external-secrets"].map((name) => new k8s.core.v1.Namespace(name, {}, { provider }));
    new Monitoring("monitoring", { ...ARGS, exporting: { services: { ...(certManager === undefined ? {} : { "cert-manager": certManager }), ...(externalSecrets === undefined ? {} : { "external-secrets": externalSecrets }) } }, ...change }, { provider });
  });

  it("that this program has installed are found in their namespaces, by the least right, and on their port alone", async () => {
    const found = await withServices();
    for (const [service, port, number] of [["cert-manager", "http-metrics", 9402], ["external-secrets", "metrics", 8080]] as const) {
      expect(specOf(only(found, "kubernetes:monitoring.coreos.com/v1:PodMonitor", `monitoring-${service}-monitor`))).toMatchObject({ namespaceSelector: { matchNames: [service] }, podMetricsEndpoints: [{ port, honorLabels: true }] });
      const role = only(found, "kubernetes:rbac.authorization.k8s.io/v1:Role", `monitoring-${service}-targets`);
      expect([meta(role).namespace, role.inputs["rules"]]).toEqual([service, [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }]]);
      expect(role.dependencies.some((urn) => urn.endsWith(`::${service}`))).toBe(true);
      expect(specOf(only(found, POLICY, `monitoring-${service}-scraping`))).toMatchObject({ podSelector: { matchLabels: { prometheus: "golive" } }, egress: [{ to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": service } } }], ports: [{ port: number }] }] });
    }
    expect(JSON.stringify(specOf(only(found, "kubernetes:monitoring.coreos.com/v1:PrometheusRule", "monitoring-golive-rules")))).toContain("absent(externalsecret_status_condition)");
  });

  it("are not looked for without a Prometheus of ours, nor where they were there already", async () => {
    const monitors = (all: Declared[]): string[] => ofType(all, "kubernetes:monitoring.coreos.com/v1:PodMonitor").map((one) => meta(one).name).sort();
    expect(monitors(await withServices({ prometheus: undefined }))).toEqual([]);
    expect(monitors(await monitoring({ exporting: {} }))).toEqual(["monitoring"]);
  });
});

describe("exporter of CloudWatch", () => {
  interface Asked { name: string; statistics: string[]; period: number; length: number; nilToZero?: boolean; addCloudwatchTimestamp?: boolean }
  interface Yace { discovery: { jobs: { type: string; regions: string[]; searchTags: unknown; dimensionNameRequirements: string[]; metrics: Asked[] }[] }; static: { namespace: string; regions: string[]; metrics: Asked[] }[]; customNamespace: { namespace: string; metrics: Asked[] }[] }
  const config = cloudWatchConfig(SCOPE.prefix, "eu-west-1") as unknown as Yace;
  const asked = [
    ...config.discovery.jobs.flatMap(({ type, metrics: all }) => all.map((one) => [type, one] as const)),
    ...[...config.static, ...config.customNamespace].flatMap(({ namespace, metrics: all }) => all.map((one) => [namespace, one] as const)),
  ];

  it("asks for every metric of which rules and dashboards use a series, once, and for no other", () => {
    const names = asked.flatMap(([namespace, { name, statistics }]) => statistics.map((statistic) => cloudWatch(namespace, name, statistic)));
    expect(names.sort()).toEqual([...metrics(SCOPE)].filter(([, exporter]) => exporter === "cloudwatch").map(([name]) => name).sort());
    expect(new Set(config.discovery.jobs.map(({ type }) => type)).size + 1).toBe(new Set(CLOUDWATCH.map(([namespace]) => namespace)).size);
  });

  it("finds this stack's resources only, and asks for the edge's metrics where CloudFront has them", () => {
    for (const { searchTags } of config.discovery.jobs) expect(searchTags).toEqual([{ key: "stack", value: "^shop-production$" }]);
    const regions = Object.fromEntries(config.discovery.jobs.map((job) => [job.type, job.regions]));
    expect(regions).toMatchObject({ "AWS/RDS": ["eu-west-1"], "AWS/CloudFront": ["us-east-1"], "AWS/WAFV2": ["us-east-1"], "AWS/CertificateManager": ["eu-west-1", "us-east-1"] });
    expect((cloudWatchConfig("p", "us-east-1") as unknown as Yace).discovery.jobs.find(({ type }) => type === "AWS/CertificateManager")?.regions).toEqual(["us-east-1"]);
  });

  it("counts no request twice: of each series one set of dimensions", () => {
    const balancer = config.discovery.jobs.filter(({ type }) => type === "AWS/ApplicationELB");
    expect(balancer.map(({ dimensionNameRequirements, metrics: all }) => [dimensionNameRequirements.join(), all.map(({ name }) => name).includes("RequestCount")])).toEqual([["LoadBalancer", true], ["LoadBalancer,TargetGroup", false]]);
  });

  it("takes counts that are not there as none, and lets the last word of a job stand", () => {
    for (const [, { name, statistics, nilToZero }] of asked) expect(nilToZero ?? false, name).toBe(statistics[0] === "Sum");
    const jobs = config.customNamespace.find(({ namespace }) => namespace === "Golive/shop-production")?.metrics ?? [];
    expect(jobs.length).toBeGreaterThan(2);
    for (const { addCloudwatchTimestamp } of jobs) expect(addCloudwatchTimestamp).toBe(true);
    for (const [, { name, period, length }] of asked) expect(length, name).toBeGreaterThanOrEqual(2 * period);
  });

  it("may read metrics and find resources, and change nothing", () => {
    expect(statements(only(resources, "aws:iam/rolePolicy:RolePolicy", "cloudwatch-exporter-policy"))).toEqual([{ Sid: "ReadMetrics", Effect: "Allow", Action: ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", "tag:GetResources"], Resource: "*" }]);
  });
});
