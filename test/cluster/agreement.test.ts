/** The rules of plan mode (sandbox/kubernetes/rules) against the server that they stand for: what one refuses, the other must. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ValueObject } from "../../sandbox/aws/values.ts";
import { startApiServer, type ApiServer } from "../../sandbox/cluster/apiServer.ts";
import { dryRun, type KubernetesObject } from "../../sandbox/cluster/dryRun.ts";
import { findings } from "../../sandbox/kubernetes/rules/index.ts";
import { gvkOf, isNamespaced } from "../../sandbox/kubernetes/token.ts";

let server: ApiServer;
beforeAll(async () => { server = await startApiServer(); }, 1_800_000);
afterAll(() => server.stop(), 30_000);

interface Sample { what: string; type: string; good: boolean; object: ValueObject & KubernetesObject }

function sample(what: string, type: string, good: boolean, body: ValueObject, name = "sample"): Sample {
  const gvk = gvkOf(type);
  const metadata = { name, ...(isNamespaced(gvk) ? { namespace: "default" } : {}), ...(body["metadata"] as ValueObject | undefined) };
  return { what, type, good, object: { apiVersion: gvk.apiVersion, kind: gvk.kind, ...body, metadata } };
}

function deployment(what: string, good: boolean, container: ValueObject, pod: ValueObject = {}, spec: ValueObject = {}): Sample {
  return sample(what, "kubernetes:apps/v1:Deployment", good, {
    spec: {
      selector: { matchLabels: { app: "a" } },
      template: { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "a", image: "a", ...container }], ...pod } },
      ...spec,
    },
  });
}

function cronJob(schedule: string, good: boolean, more: ValueObject = {}): Sample {
  return sample(`schedule ${schedule}`, "kubernetes:batch/v1:CronJob", good, {
    spec: { schedule, jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] } } } }, ...more },
  });
}

const SERVICE = "kubernetes:core/v1:Service";
const SAMPLES: Sample[] = [
  deployment("plain deployment", true, {}),
  deployment("every kind of quantity", true, { resources: { requests: { cpu: "0.1", memory: "1e6" }, limits: { cpu: "250m", memory: "1.5Gi" } } }),
  deployment("quantity with a blank", false, { resources: { limits: { memory: "64 Mi" } } }),
  deployment("quantity with a wrong suffix", false, { resources: { limits: { memory: "64mb" } } }),
  deployment("request above limit", false, { resources: { requests: { cpu: "2" }, limits: { cpu: "500m" } } }),
  deployment("variable twice", false, { env: [{ name: "A", value: "1" }, { name: "A", value: "2" }] }),
  deployment("variable with both sources", false, { env: [{ name: "A", value: "1", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
  deployment("variable with =", false, { env: [{ name: "A=B", value: "1" }] }),
  deployment("port names twice", false, { ports: [{ name: "a", containerPort: 1 }, { name: "a", containerPort: 2 }] }),
  deployment("port name too long", false, { ports: [{ name: "abcdefghijklmnop", containerPort: 1 }] }),
  deployment("port out of range", false, { ports: [{ containerPort: 70_000 }] }),
  deployment("probe without handler", false, { readinessProbe: { periodSeconds: 5 } }),
  deployment("probe with two handlers", false, { readinessProbe: { tcpSocket: { port: 1 }, exec: { command: ["a"] } } }),
  deployment("liveness success twice", false, { livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } }),
  deployment("probe port zero", false, { readinessProbe: { httpGet: { port: 0 } } }),
  deployment("mount of no volume", false, { volumeMounts: [{ name: "data", mountPath: "/data" }] }),
  deployment("mounted volume", true, { volumeMounts: [{ name: "data", mountPath: "/data" }] }, { volumes: [{ name: "data", emptyDir: { sizeLimit: "1Gi" } }] }),
  deployment("volume with two sources", false, {}, { volumes: [{ name: "data", emptyDir: {}, hostPath: { path: "/" } }] }),
  deployment("restart policy of a job", false, {}, { restartPolicy: "Never" }),
  deployment("empty selector", false, {}, {}, { selector: {} }),
  deployment("selector of another", false, {}, {}, { selector: { matchLabels: { app: "b" } } }),
  deployment("no surge, none unavailable", false, {}, {}, { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
  deployment("unknown field", false, { livenesProbe: {} }),
  deployment("text for a number", false, {}, {}, { replicas: "3" }),
  deployment("negative replicas", false, {}, {}, { replicas: -1 }),
  ...["0 3 * * *", "*/15 8-18 * jan-mar mon,wed", "@daily", "@every 1h", "30 2 1-31/2 * ?", "5/10 * * * *"].map((s) => cronJob(s, true)),
  ...["0 24 * * *", "0 3 * *", "0 3 * * 7", "60 * * * *", "5-1 * * * *", "* * 0 * *", "*/0 * * * *", "@often", "TZ=UTC 0 3 * * *"].map((s) => cronJob(s, false)),
  cronJob("0 3 * * *", true, { timeZone: "Europe/Berlin" }),
  cronJob("0 3 * * *", false, { timeZone: "Europe/Atlantis" }),
  sample("job without restart policy", "kubernetes:batch/v1:Job", false, { spec: { template: { spec: { containers: [{ name: "a", image: "a" }] } } } }),
  sample("service", SERVICE, true, { spec: { ports: [{ port: 80, targetPort: "http" }] } }),
  sample("headless service without ports", SERVICE, true, { spec: { clusterIP: "None", selector: { a: "b" } } }),
  sample("service without ports", SERVICE, false, { spec: { selector: { a: "b" } } }),
  sample("nameless ports", SERVICE, false, { spec: { ports: [{ port: 1, name: "a" }, { port: 2 }] } }),
  sample("service type", SERVICE, false, { spec: { type: "Clusterip", ports: [{ port: 1 }] } }),
  sample("service name", SERVICE, false, { spec: { ports: [{ port: 1 }] } }, "-a"),
  sample("name in capitals", "kubernetes:core/v1:ConfigMap", false, {}, "App"),
  sample("label value", "kubernetes:core/v1:ConfigMap", false, { metadata: { labels: { a: "b c" } } }),
  sample("label key", "kubernetes:core/v1:ConfigMap", false, { metadata: { labels: { "a/b/c": "b" } } }),
  sample("data key", "kubernetes:core/v1:ConfigMap", false, { data: { "a b": "c" } }),
  sample("no base64", "kubernetes:core/v1:Secret", false, { data: { a: "plain text" } }),
  sample("autoscaler upside down", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", false, { spec: { minReplicas: 5, maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "a" } } }),
  sample("budget", "kubernetes:policy/v1:PodDisruptionBudget", true, { spec: { minAvailable: "50%", selector: { matchLabels: { a: "b" } } } }),
  sample("budget that says both", "kubernetes:policy/v1:PodDisruptionBudget", false, { spec: { minAvailable: 1, maxUnavailable: 1 } }),
  sample("subject of the binding's own namespace", "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", true, { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "a" }, subjects: [{ kind: "ServiceAccount", name: "a" }] }),
  sample("subject of no namespace", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", false, { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "a" }, subjects: [{ kind: "ServiceAccount", name: "a" }] }),
  sample("role with a colon", "kubernetes:rbac.authorization.k8s.io/v1:Role", true, { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }, "system:a"),
  sample("role without verbs", "kubernetes:rbac.authorization.k8s.io/v1:Role", false, { rules: [{ apiGroups: [""], resources: ["pods"], verbs: [] }] }),
  sample("claim without size", "kubernetes:core/v1:PersistentVolumeClaim", false, { spec: { accessModes: ["ReadWriteOnce"] } }),
  sample("policy type", "kubernetes:networking.k8s.io/v1:NetworkPolicy", false, { spec: { podSelector: {}, policyTypes: ["ingress"] } }),
];

it("agrees with the server on every sample", async () => {
  const answers = await dryRun(server, SAMPLES.map((s) => s.object));
  const disagreements = SAMPLES.flatMap((s, i) => {
    const own = findings(gvkOf(s.type), s.object);
    const real = answers[i];
    const agreed = (own.length === 0) === s.good && real?.ok === s.good;
    return agreed ? [] : [`${s.what} (should be ${s.good ? "taken" : "refused"}); plan mode: ${own.map((f) => `${f.path}: ${f.reason}`).join("; ") || "taken"}; server: ${real?.message === "" ? "taken" : real?.message}`];
  });
  expect(disagreements).toEqual([]);
}, 120_000);
