import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it } from "vitest";
import { hashOf } from "../../components/application/configMap.ts";
import type { ApplicationArgs } from "../../components/application/index.ts";
import { Application } from "../../components/application/index.ts";
import { Migrations } from "../../components/application/migrations.ts";
import { ApplicationNamespace } from "../../components/application/namespace.ts";
import { mebibytes, millicores } from "../../components/application/quantities.ts";
import type { Declared } from "./mocks.ts";
import { declared, ofType, only, statement, statements } from "./mocks.ts";

const ARGS = {
  prefix: "shop-production", accountId: "123456789012", region: "us-east-1", environment: "production", name: "shop", port: 8080,
  health: { ready: "/health/ready", live: "/health/live", deep: "/health" }, metricsPath: "/metrics", replicas: { min: 3, max: 10 },
  autoscaling: { cpuPercent: 70, requestsPerSecond: 50 }, requests: { cpu: "250m", memory: "512Mi" }, drain: { preStopSeconds: 15, gracePeriodSeconds: 60 },
  security: {
    accessTokenSeconds: 3600, refreshTokenSeconds: 604_800, sessionSeconds: 28_800, requestsPerMinute: 100, requestsPerHour: 1000, burst: 50,
    uploadMaxMb: 50, uploadTypes: [".svg", ".xml", ".json"], mfaRequired: true,
  },
  settings: { FEATURE_EXPORT: "on" }, color: "blue", image: `registry.example.com/shop@sha256:${"0".repeat(64)}`, host: "shop.example.com",
  ingressNamespace: "nginx-ingress", monitoringNamespace: "monitoring", vpcCidr: "10.20.0.0/16",
  postgres: { writerHost: "writer.shop-production.internal", readerHost: "reader.shop-production.internal", port: 5432, databaseName: "app", user: "app", endpoint: "db.example.com", readerEndpoints: ["reader-1.example.com", "reader-2.example.com"], connectArns: ["db-X", "db-Y", "db-Z"].map((id) => `arn:aws:rds-db:us-east-1:123456789012:dbuser:${id}/app`) },
  redis: { host: "cache.example.com", sessionsHost: "sessions.example.com", port: 6379 },
  filesBucket: { name: "shop-production-files-123456789012", arn: "arn:aws:s3:::shop-production-files-123456789012", keyArn: "arn:aws:kms:us-east-1:123456789012:key/files" },
  secretName: "app-secrets", traceSamplingRate: 1,
  identity: { kind: "podIdentity", clusterName: "shop-production", clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/shop-production", dependsOn: [] },
} satisfies Omit<ApplicationArgs, "namespace">;

function application(change: Partial<ApplicationArgs> = {}): Promise<Declared[]> {
  return declared(() => {
    const opts = { provider: new k8s.Provider("cluster", {}) };
    const namespace = new ApplicationNamespace("application", { ...ARGS, namespace: "shop" }, opts);
    new Application("application", { ...ARGS, namespace, ...change }, opts);
  });
}

interface Container { [key: string]: unknown; envFrom: Record<string, { name: string }>[] }
interface PodTemplate { metadata: { labels: Record<string, string>; annotations: Record<string, string> }; spec: { containers: Container[] } & Record<string, unknown> }

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SERVICE = "kubernetes:core/v1:Service";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

function template(resources: Declared[]): PodTemplate {
  return (only(resources, DEPLOYMENT).inputs["spec"] as { template: PodTemplate }).template;
}
function config(resources: Declared[]): Record<string, string> {
  return only(resources, CONFIG_MAP).inputs["data"] as Record<string, string>;
}
function hash(resources: Declared[]): string | undefined {
  return template(resources).metadata.annotations["golive.dev/config-hash"];
}

describe("Application in production", () => {
  let resources: Declared[];
  beforeAll(async () => {
    resources = await application();
  });
  const container = () => template(resources).spec.containers[0];

  it("starts three replicas and leaves their number to the autoscaler afterwards", () => {
    expect(only(resources, DEPLOYMENT)).toMatchObject({ ignoreChanges: ["spec.replicas"], inputs: { spec: { replicas: 3 } } });
    expect(only(resources, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler").inputs["spec"]).toMatchObject({
      minReplicas: 3, maxReplicas: 10, scaleTargetRef: { kind: "Deployment", name: "app-blue" },
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
        { type: "Pods", pods: { metric: { name: "http_requests_per_second" }, target: { type: "AverageValue", averageValue: "50" } } },
      ],
    });
  });

  it("spreads them over zones by must and over hosts by wish", () => {
    expect(template(resources).spec["topologySpreadConstraints"]).toMatchObject([
      { topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule", maxSkew: 1 },
      { topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway", maxSkew: 1 },
    ]);
  });

  it("has three probes, readiness and startup on one path, liveness on another, none on the deep check", () => {
    expect(container()).toMatchObject({
      startupProbe: { httpGet: { path: "/health/ready", port: "http" } },
      readinessProbe: { httpGet: { path: "/health/ready", port: "http" } },
      livenessProbe: { httpGet: { path: "/health/live", port: "http" } },
    });
  });

  it("drains 15 s by the kubelet's sleep within 60 s", () => {
    expect(container()?.["lifecycle"]).toEqual({ preStop: { sleep: { seconds: 15 } } });
    expect(template(resources).spec["terminationGracePeriodSeconds"]).toBe(60);
  });

  it("meets the restricted standard, with a read-only root and a bounded /tmp", () => {
    expect(only(resources, "kubernetes:core/v1:Namespace").inputs["metadata"]).toMatchObject({ labels: { "pod-security.kubernetes.io/enforce": "restricted" } });
    expect(template(resources).spec).toMatchObject({
      automountServiceAccountToken: false, enableServiceLinks: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      volumes: [{ name: "tmp", emptyDir: { sizeLimit: "256Mi" } }],
    });
    expect(container()?.["securityContext"]).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } });
    expect(container()?.["resources"]).toEqual({
      requests: { cpu: "250m", memory: "512Mi", "ephemeral-storage": "256Mi" }, limits: { cpu: "1000m", memory: "512Mi", "ephemeral-storage": "1Gi" },
    });
  });

  it("knows its pod by the downward API", () => {
    expect(container()?.["env"]).toEqual(expect.arrayContaining([{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }]));
  });

  it("tells the application its security settings", () => {
    expect(config(resources)).toMatchObject({
      ACCESS_TOKEN_SECONDS: "3600", REFRESH_TOKEN_SECONDS: "604800", SESSION_SECONDS: "28800", RATE_LIMIT_PER_MINUTE: "100", RATE_LIMIT_PER_HOUR: "1000",
      RATE_LIMIT_BURST: "50", UPLOAD_MAX_BYTES: "52428800", UPLOAD_TYPES: ".svg,.xml,.json", MFA_REQUIRED: "true", HEALTH_DEEP_CHECKS: "database,cache,fileStorage,security,export", LOG_FORMAT: "json", LOG_REDACTED_FIELDS: expect.stringContaining("password") as string,
      DATABASE_HOST: "writer.shop-production.internal", DATABASE_TOKEN_HOST: "db.example.com", DATABASE_READER_ENDPOINTS: "reader-1.example.com,reader-2.example.com", DATABASE_AUTHENTICATION: "iam", REDIS_TLS: "true", SESSION_REDIS_HOST: "sessions.example.com",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel-collector.monitoring.svc.cluster.local:4318", FEATURE_EXPORT: "on",
    });
  });

  it("names the configuration by its content and takes secrets from the Secret alone", () => {
    const name = `app-config-${hashOf(config(resources))}`;
    expect(only(resources, CONFIG_MAP).inputs).toMatchObject({ immutable: true, metadata: { name } });
    expect(container()?.envFrom).toEqual([{ configMapRef: { name } }, { secretRef: { name: "app-secrets" } }]);
    expect(ofType(resources, "kubernetes:core/v1:Secret")).toEqual([]);
  });

  it("has a Service for its color and the live one, on the same pods", () => {
    const selector = { "app.kubernetes.io/name": "shop", "app.kubernetes.io/component": "app", "app.kubernetes.io/instance": "app-blue", color: "blue" };
    for (const name of ["application-blue-service", "application-live-service"]) {
      expect(only(resources, SERVICE, name).inputs["spec"], name).toMatchObject({ type: "ClusterIP", selector });
    }
    expect((only(resources, DEPLOYMENT).inputs["spec"] as Record<string, unknown>)["selector"]).toEqual({ matchLabels: selector });
    expect(template(resources).metadata.labels).toMatchObject(selector);
  });

  it("lets one pod go at a time", () => {
    expect(only(resources, "kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });

  it("is reached by NGINX and monitoring only, and reaches DNS, stores, AWS and traces only", () => {
    const policies = ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy").map((p) => ({ name: (p.inputs["metadata"] as { name: string }).name, spec: p.inputs["spec"] as Record<string, unknown> }));
    expect(policies.map((p) => p.name).sort()).toEqual(["allow-aws", "allow-dns", "allow-ingress", "allow-metrics", "allow-stores", "allow-traces", "default-deny"]);
    const rule = (name: string) => policies.find((p) => p.name === name)?.spec;
    expect(rule("default-deny")).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    expect(rule("allow-ingress")).toMatchObject({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nginx-ingress" } }, podSelector: { matchLabels: { "app.kubernetes.io/name": "nginx-ingress" } } }], ports: [{ protocol: "TCP", port: 8080 }] }] });
    expect(rule("allow-stores")).toMatchObject({ egress: [{ to: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ port: 5432 }, { port: 6379 }] }] });
    expect(JSON.stringify(rule("allow-aws"))).toContain('"except":["10.0.0.0/8"');
  });

  it("may log in to the database as its user, use the files bucket, and nothing else", () => {
    const policy = only(resources, "aws:iam/rolePolicy:RolePolicy");
    expect(statements(policy).map((s) => s.Sid)).toEqual(["ListFiles", "ReadAndWriteFiles", "UseFilesKeyThroughS3", "LogInToDatabase"]);
    expect(statement(policy, "LogInToDatabase")).toMatchObject({ Action: "rds-db:connect", Resource: ["db-X", "db-Y", "db-Z"].map((id) => `arn:aws:rds-db:us-east-1:123456789012:dbuser:${id}/app`) });
    expect(only(resources, "aws:iam/role:Role").inputs["name"]).toBe("shop-production-app");
  });

  it("has a quota for both colors at their most", () => {
    expect(only(resources, "kubernetes:core/v1:ResourceQuota").inputs["spec"]).toEqual({ hard: {
      pods: "23", "requests.cpu": "5750m", "requests.memory": "11776Mi", "limits.cpu": "23000m", "limits.memory": "11776Mi", "services.loadbalancers": "0", "services.nodeports": "0",
    } });
  });
});

describe("Application's order", () => {
  it("starts pods after secrets, database users and migrations", async () => {
    const resources = await declared(() => {
      const opts = { provider: new k8s.Provider("cluster", {}) };
      const namespace = new ApplicationNamespace("application", { ...ARGS, namespace: "shop" }, opts);
      const secrets = new k8s.core.v1.ConfigMap("synced-secrets", {}, opts);
      new Application("application", { ...ARGS, namespace, after: [secrets] }, opts);
    });
    const waits = only(resources, DEPLOYMENT).dependencies.map((urn) => urn.split("::").at(-1));
    expect(waits).toEqual(expect.arrayContaining(["synced-secrets", "application-quota", "application-default-deny", "application-allow-stores", "app-policy", "app-association"]));
  });
});

describe("Migrations", () => {
  const migrations = (change: { image?: string; command?: string[]; identity?: ApplicationArgs["identity"] } = {}) => declared(() => {
    const opts = { provider: new k8s.Provider("cluster", {}) };
    const namespace = new ApplicationNamespace("application", { ...ARGS, namespace: "shop" }, opts);
    const users = new k8s.core.v1.ConfigMap("database-users", {}, opts);
    new Migrations("migrations", {
      ...ARGS, namespace, command: ["node", "dist/migrate.js"], postgres: { ...ARGS.postgres, connectArn: (user) => `arn:aws:rds-db:us-east-1:123456789012:dbuser:db-X/${user}` },
      applicationUser: "app", after: [users], ...change,
    }, opts);
  });
  const JOB = "kubernetes:batch/v1:Job";
  const nameOf = (resources: Declared[]) => (only(resources, JOB).inputs["metadata"] as { name: string }).name;
  const policyOf = (resources: Declared[]) => only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "application-allow-migrations").inputs["spec"] as { podSelector: unknown; egress: { to: unknown; ports: { port: number }[] }[] };

  it("run the command in the application's image as the migrations' user, after the database users", async () => {
    const resources = await migrations();
    expect(only(resources, JOB).inputs["metadata"]).toMatchObject({ namespace: "shop", annotations: { "pulumi.com/replaceUnready": "true" } });
    const spec = only(resources, JOB).inputs["spec"] as { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
    expect(spec).toMatchObject({
      activeDeadlineSeconds: 1800, backoffLimit: 2,
      template: { spec: {
        serviceAccountName: "migrations", automountServiceAccountToken: false, restartPolicy: "Never", securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: "RuntimeDefault" } },
        containers: [{
          image: ARGS.image, command: ["node", "dist/migrate.js"], resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "1000m", memory: "512Mi" } },
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        }],
      } },
    });
    expect(spec).not.toHaveProperty("ttlSecondsAfterFinished");
    expect(Object.fromEntries((spec.template.spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value]))).toEqual({
      APP_NAME: "shop", APP_ENVIRONMENT: "production", AWS_REGION: "us-east-1", AWS_STS_REGIONAL_ENDPOINTS: "regional", TMPDIR: "/tmp", LOG_FORMAT: "json",
      DATABASE_HOST: "writer.shop-production.internal", DATABASE_TOKEN_HOST: "db.example.com", DATABASE_PORT: "5432", DATABASE_NAME: "app", DATABASE_USER: "golive_migration",
      DATABASE_APPLICATION_USER: "app", DATABASE_AUTHENTICATION: "iam", DATABASE_SSL_MODE: "verify-ca", FEATURE_EXPORT: "on",
    });
    expect(JSON.stringify(spec)).not.toContain("app-secrets");
    expect(only(resources, JOB).dependencies.map((urn) => urn.split("::").at(-1))).toEqual(expect.arrayContaining(["database-users", "application-default-deny", "application-allow-migrations", "app-migrations-association"]));
  });

  it("are named by image and command", async () => {
    const name = nameOf(await migrations());
    expect(name).toMatch(/^migrations-[0-9a-f]{10}$/);
    expect(nameOf(await migrations())).toBe(name);
    expect(nameOf(await migrations({ image: `registry.example.com/shop@sha256:${"1".repeat(64)}` }))).not.toBe(name);
    expect(nameOf(await migrations({ command: ["migrate"] }))).not.toBe(name);
  });

  it("may log in as their user on the primary and nothing else", async () => {
    const resources = await migrations();
    expect(only(resources, "aws:iam/role:Role").inputs["name"]).toBe("shop-production-app-migrations");
    expect(statements(only(resources, "aws:iam/rolePolicy:RolePolicy"))).toEqual([
      { Sid: "LogInToDatabase", Effect: "Allow", Action: "rds-db:connect", Resource: "arn:aws:rds-db:us-east-1:123456789012:dbuser:db-X/golive_migration" },
    ]);
  });

  it("reach DNS, credentials and the database only", async () => {
    const policy = policyOf(await migrations());
    expect(policy.podSelector).toEqual({ matchLabels: { "app.kubernetes.io/name": "shop", "app.kubernetes.io/component": "migrations" } });
    expect(policy.egress.map((rule) => rule.ports.map(({ port }) => port))).toEqual([[53, 53], [80], [5432]]);
    expect(policy.egress.map((rule) => rule.to).slice(1)).toEqual([[{ ipBlock: { cidr: "169.254.170.23/32" } }], [{ ipBlock: { cidr: "10.20.0.0/16" } }]]);
    const elsewhere = policyOf(await migrations({ identity: { kind: "webIdentity", providerArn: "arn:aws:iam::123456789012:oidc-provider/oidc.example.com", issuer: "oidc.example.com" } }));
    expect(elsewhere.egress.map((rule) => rule.ports.map(({ port }) => port))).toEqual([[53, 53], [443], [5432]]);
  });

  it("refuse an empty command", async () => {
    await expect(migrations({ command: [] })).rejects.toThrow("command is empty");
  });
});

describe("Application's content hash", () => {
  it("changes with a setting, and with the secrets' version", async () => {
    const before = hash(await application());
    expect(hash(await application())).toBe(before);
    expect(hash(await application({ settings: { FEATURE_EXPORT: "off" } }))).not.toBe(before);
    expect(hash(await application({ secretsVersion: "2" }))).not.toBe(before);
  });

  it("does not depend on the order of the settings", () => {
    expect(hashOf({ A: "1", B: "2" })).toBe(hashOf({ B: "2", A: "1" }));
  });
});

describe("Application refuses", () => {
  it.each<[string, Partial<ApplicationArgs>, RegExp]>([
    ["an image by tag", { image: "registry.example.com/shop:latest" }, /not named by digest/],
    ["a grace period that cuts requests off", { drain: { preStopSeconds: 55, gracePeriodSeconds: 60 } }, /must exceed drain.preStopSeconds/],
    ["a secret in the settings", { settings: { API_KEY: "x" } }, /settings.API_KEY looks like a secret/],
  ])("%s", async (_, change, message) => {
    await expect(application(change)).rejects.toThrow(message);
  });
});

describe("quantities", () => {
  it.each([["250m", 250], ["1.5", 1500], ["2", 2000]])("reads %s as %i thousandths of a core", (text, value) => {
    expect(millicores(text)).toBe(value);
  });
  it.each([["512Mi", 512], ["2Gi", 2048], ["2048Ki", 2]])("reads %s as %i mebibytes", (text, value) => {
    expect(mebibytes(text)).toBe(value);
  });
  it.each(["1G", "", "-1Mi"])("refuses %j as memory", (text) => {
    expect(() => mebibytes(text)).toThrow(/Memory quantity/);
  });
});
