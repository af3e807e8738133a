import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it } from "vitest";
import type { Release, ReleaseArgs } from "../../components/release/index.ts";
import { hashOf } from "../../components/contentHash.ts";
import type { Declared } from "./mocks.ts";
import { ofType, only, valueOf } from "./mocks.ts";
import { image, release, RELEASE } from "./releaseFixtures.ts";

interface Container { [key: string]: unknown; envFrom: Record<string, { name: string }>[] }
interface PodTemplate { metadata: { labels: Record<string, string>; annotations: Record<string, string> }; spec: { containers: Container[] } & Record<string, unknown> }

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const SERVICE = "kubernetes:core/v1:Service";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const BLUE = "release-blue";
const SERVICE_URN = "release-live-service";

function template(resources: Declared[], name = BLUE): PodTemplate {
  return (only(resources, DEPLOYMENT, name).inputs["spec"] as { template: PodTemplate }).template;
}
function config(resources: Declared[], color = "blue"): Record<string, string> {
  return only(resources, CONFIG_MAP, `release-${color}-config`).inputs["data"] as Record<string, string>;
}
function hash(resources: Declared[]): string | undefined {
  return template(resources).metadata.annotations["golive.dev/config-hash"];
}
function waits(resource: Declared): (string | undefined)[] {
  return resource.dependencies.map((urn) => urn.split("::").at(-1));
}
const spec = (resources: Declared[], type: string, name: string) => only(resources, type, name).inputs["spec"] as Record<string, unknown>;

describe("A color in production", () => {
  let resources: Declared[];
  beforeAll(async () => {
    resources = await release();
  });
  const container = () => template(resources).spec.containers[0];

  it("starts three replicas and leaves their number to the autoscaler afterwards", () => {
    expect(only(resources, DEPLOYMENT, BLUE)).toMatchObject({ ignoreChanges: ["spec.replicas"], inputs: { spec: { replicas: 3 } } });
    expect(only(resources, AUTOSCALER, "release-blue-autoscaler").inputs["spec"]).toMatchObject({
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
    expect(only(resources, CONFIG_MAP, "release-blue-config").inputs).toMatchObject({ immutable: true, metadata: { name } });
    expect(container()?.envFrom).toEqual([{ configMapRef: { name } }, { secretRef: { name: "app-secrets" } }]);
    expect(ofType(resources, "kubernetes:core/v1:Secret")).toEqual([]);
  });

  it("has a Service for its color and the live one, on the same pods", () => {
    const selector = { "app.kubernetes.io/name": "shop", "app.kubernetes.io/component": "app", "app.kubernetes.io/instance": "app-blue", color: "blue" };
    for (const name of ["release-blue-service", "release-live-service"]) {
      expect(only(resources, SERVICE, name).inputs["spec"], name).toMatchObject({ type: "ClusterIP", selector });
    }
    expect((only(resources, DEPLOYMENT, BLUE).inputs["spec"] as Record<string, unknown>)["selector"]).toEqual({ matchLabels: selector });
    expect(template(resources).metadata.labels).toMatchObject(selector);
  });

  it("lets one pod go at a time", () => {
    expect(only(resources, "kubernetes:policy/v1:PodDisruptionBudget", "release-blue-disruption-budget").inputs["spec"]).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });
});

describe("Both colors", () => {
  let resources: Declared[];
  beforeAll(async () => {
    resources = await release();
  });

  it("are declared, with an image, a configuration, an autoscaler, a budget and a Service of their own", () => {
    for (const [color, digit] of [["blue", "0"], ["green", "1"]] as const) {
      const metadata = only(resources, DEPLOYMENT, `release-${color}`).inputs["metadata"];
      expect(metadata).toMatchObject({ name: `app-${color}`, annotations: { "golive.dev/image": image(digit) } });
      expect(metadata).not.toHaveProperty(["annotations", "golive.dev/schema"]);
      expect(template(resources, `release-${color}`).spec.containers[0]?.["image"]).toBe(image(digit));
      expect(config(resources, color)["APP_COLOR"]).toBe(color);
      expect(spec(resources, AUTOSCALER, `release-${color}-autoscaler`)).toMatchObject({ minReplicas: 3, maxReplicas: 10, scaleTargetRef: { name: `app-${color}` } });
      expect(spec(resources, "kubernetes:policy/v1:PodDisruptionBudget", `release-${color}-disruption-budget`)["selector"]).toEqual({ matchLabels: expect.objectContaining({ color }) as unknown });
      expect(only(resources, SERVICE, `release-${color}-service`).inputs).toMatchObject({ metadata: { name: `app-${color}`, labels: { color, "golive.dev/scrape": "true" } }, spec: { selector: { color } } });
    }
    expect(ofType(resources, DEPLOYMENT)).toHaveLength(2);
    expect(ofType(resources, SERVICE)).toHaveLength(3);
  });

  it("say on which versions of the schema they run", async () => {
    const versioned = await release({ colors: { blue: { image: image("0") }, green: { image: image("1"), schema: { version: 14, oldest: 13, newest: 15 } } } });
    expect(only(versioned, DEPLOYMENT, "release-green").inputs["metadata"]).toMatchObject({ annotations: { "golive.dev/schema": "13-15" } });
  });

  it("differ in nothing but color, image and configuration, so that a flip changes the live Service alone", async () => {
    const flipped = await release({ activeColor: "green" });
    const inputs = (all: Declared[]) => all.filter((r) => r.type.startsWith("kubernetes:") && r.name !== "release-live-service").map((r) => [r.name, r.inputs] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(inputs(flipped)).toEqual(inputs(resources));
    expect(spec(flipped, SERVICE, "release-live-service")).toEqual({ ...spec(resources, SERVICE, "release-live-service"), selector: spec(resources, SERVICE, "release-green-service")["selector"] });
  });

  it("are updated pod by pod; a rolling release by its own bounds", async () => {
    const pace = (all: Declared[], color: string) => spec(all, DEPLOYMENT, `release-${color}`)["strategy"];
    expect(pace(resources, "blue")).toEqual({ type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 2 } });
    const rolling = await release({ strategy: "rolling" });
    for (const color of ["blue", "green"]) expect(pace(rolling, color)).toEqual({ type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 2 } });
  });
});

describe("The live Service", () => {
  it("names the active color, records the release, and is guarded on create and on update", async () => {
    const live = only(await release({ activeColor: "green", serial: 7 }), SERVICE, "release-live-service");
    expect(live.inputs).toMatchObject({
      metadata: { name: "app", namespace: "shop", annotations: { "golive.dev/strategy": "blueGreen", "golive.dev/release-serial": "7", "pulumi.com/skipAwait": "true", "pulumi.com/patchFieldManager": "golive-release" } },
      spec: { selector: { color: "green" } },
    });
    expect(live.inputs["metadata"]).not.toHaveProperty(["labels", "color"]);
    expect(live.hooks).toEqual({ beforeCreate: ["release-live-guard"], beforeUpdate: ["release-live-guard"] });
  });

  it("is not alone in that: what comes into a color is guarded as well, because a color may have traffic", async () => {
    const resources = await release();
    for (const color of ["blue", "green"]) expect(only(resources, DEPLOYMENT, `release-${color}`).hooks).toEqual({ beforeCreate: [`release-${color}-guard`], beforeUpdate: [`release-${color}-guard`] });
    expect(only(resources, AUTOSCALER, "release-blue-autoscaler").hooks).toEqual({ beforeCreate: [], beforeUpdate: [] });
  });

  it("waits for the color that it goes to, never for the one that it leaves; that one waits for it", async () => {
    const resources = await release({ activeColor: "green" });
    const live = waits(only(resources, SERVICE, "release-live-service"));
    expect(live).toEqual(expect.arrayContaining(["release-green", "release-green-autoscaler", "release-green-service"]));
    expect(live.filter((name) => name?.startsWith("release-blue"))).toEqual([]);
    for (const [type, name] of [[DEPLOYMENT, BLUE], [AUTOSCALER, "release-blue-autoscaler"]] as const) expect(waits(only(resources, type, name))).toContain("release-live-service");
    expect(waits(only(resources, DEPLOYMENT, "release-green"))).not.toContain("release-live-service");
  });
});

describe("A canary", () => {
  const declare = (change: Partial<ReleaseArgs>) => {
    let made: Release | undefined;
    return release(change, (one) => { made = one; }).then((resources) => ({ resources, made }));
  };

  it("divides traffic between the fixed Services, guarded, after both colors; the live Service stays", async () => {
    const { resources, made } = await declare({ strategy: "canary", canaryWeight: 25 });
    expect(made?.canary?.shares).toEqual([{ service: "app-blue", weight: 75 }, { service: "app-green", weight: 25 }]);
    expect(made?.canary?.hooks.beforeCreate).toEqual(made?.canary?.hooks.beforeUpdate);
    expect(made?.canary?.hooks.beforeUpdate).toMatchObject([{ name: "release-canary-guard" }]);
    expect(await Promise.all((made?.routable ?? []).map((r) => valueOf(r.urn)))).toEqual([SERVICE_URN, "release-green", "release-green-autoscaler", "release-green-service"].map((name) => expect.stringMatching(new RegExp(`::${name}$`)) as unknown));
    expect(only(resources, SERVICE, "release-live-service").inputs).toMatchObject({ metadata: { annotations: { "golive.dev/strategy": "canary" } }, spec: { selector: { color: "blue" } } });
  });

  it("is none without a share", async () => {
    const { made } = await declare({ strategy: "canary" });
    expect(made?.canary).toBeUndefined();
    expect(made?.routable).toHaveLength(1);
  });
});

describe("A rolling release", () => {
  it("replaces pods of the live color within its bounds, beside an autoscaler and a budget that know nothing of it", async () => {
    const [rolling, plain] = [await release({ strategy: "rolling", rolling: { maxUnavailable: 1, maxSurge: 2 } }), await release()];
    for (const name of ["release-blue", "release-green"]) {
      expect(spec(rolling, DEPLOYMENT, name)["strategy"]).toEqual({ type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 2 } });
      expect(spec(rolling, AUTOSCALER, `${name}-autoscaler`)).toEqual(spec(plain, AUTOSCALER, `${name}-autoscaler`));
      // What the update takes away counts for the budget: a node drain takes none beside it, and waits for no more than that.
      expect(spec(rolling, "kubernetes:policy/v1:PodDisruptionBudget", `${name}-disruption-budget`)).toMatchObject({ maxUnavailable: 1 });
    }
    expect(only(rolling, SERVICE, SERVICE_URN).inputs).toMatchObject({ metadata: { annotations: { "golive.dev/strategy": "rolling" } }, spec: { selector: { color: "blue" } } });
  });

  it("changes the pods of the live color alone, when the other has an image of its own", async () => {
    const before = await release({ strategy: "rolling" });
    const after = await release({ strategy: "rolling", colors: { ...RELEASE.colors, blue: { image: image("2") } } });
    const changed = after.filter((r) => JSON.stringify(r.inputs) !== JSON.stringify(before.find((one) => one.name === r.name && one.type === r.type)?.inputs));
    expect(changed.map((r) => r.name)).toEqual(["release-blue"]);
  });
});

describe("Draining", () => {
  it("shrinks the idle color by its autoscaler, and leaves the live one alone", async () => {
    const resources = await release({ drainIdle: true });
    expect(spec(resources, AUTOSCALER, "release-green-autoscaler")).toMatchObject({ minReplicas: 1, maxReplicas: 2 });
    // What it is created with; later the number is the autoscaler's.
    expect(only(resources, DEPLOYMENT, "release-green")).toMatchObject({ ignoreChanges: ["spec.replicas"], inputs: { spec: { replicas: 1 } } });
    expect(spec(resources, AUTOSCALER, "release-blue-autoscaler")).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
    expect(spec(resources, DEPLOYMENT, BLUE)["replicas"]).toBe(3);
  });
});

describe("A release's order", () => {
  it("starts pods after policies, role, secrets and users, and a color's after its own migrations", async () => {
    const resources = await release((opts) => {
      const [secrets, blue, green] = ["synced-secrets", "migrations-of-blue", "migrations-of-green"].map((name) => new k8s.core.v1.ConfigMap(name, {}, opts));
      return {
        after: secrets === undefined ? [] : [secrets],
        colors: { blue: { image: image("0"), after: blue === undefined ? [] : [blue] }, green: { image: image("1"), after: green === undefined ? [] : [green] } },
      };
    });
    const blue = waits(only(resources, DEPLOYMENT, BLUE));
    expect(blue).toEqual(expect.arrayContaining(["synced-secrets", "migrations-of-blue", "namespace-quota", "namespace-default-deny", "namespace-allow-stores", "app-policy", "app-association"]));
    expect(blue).not.toContain("migrations-of-green");
    expect(waits(only(resources, DEPLOYMENT, "release-green"))).toContain("migrations-of-green");
  });
});

describe("A release's content hash", () => {
  it("changes with a setting, and with the secrets' version", async () => {
    const before = hash(await release());
    expect(hash(await release())).toBe(before);
    expect(hash(await release({ settings: { FEATURE_EXPORT: "off" } }))).not.toBe(before);
    expect(hash(await release({ secretsVersion: "2" }))).not.toBe(before);
  });

  it("does not depend on the order of the settings", () => {
    expect(hashOf({ A: "1", B: "2" })).toBe(hashOf({ B: "2", A: "1" }));
  });
});

describe("A release refuses", () => {
  const colors = (green: Partial<ReleaseArgs["colors"]["green"]>) => ({ blue: RELEASE.colors.blue, green: { ...RELEASE.colors.green, ...green } });
  it.each<[string, Partial<ReleaseArgs>, RegExp]>([
    ["an image by tag", { colors: colors({ image: "registry.example.com/shop:latest" }) }, /shop:latest of green is not named by digest/],
    ["an image that does not run on its own schema", { colors: colors({ schema: { version: 16, oldest: 13, newest: 15 } }) }, /schema of green says version 16 and runs on 13 to 15/],
    ["a grace period that cuts requests off", { drain: { preStopSeconds: 55, gracePeriodSeconds: 60 } }, /must exceed drain.preStopSeconds/],
    ["a secret in the settings", { settings: { API_KEY: "x" } }, /settings.API_KEY looks like a secret/],
  ])("%s", async (_, change, message) => {
    await expect(release(change)).rejects.toThrow(message);
  });
});
