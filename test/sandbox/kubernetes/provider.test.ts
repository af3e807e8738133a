import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Secret, UNKNOWN, hasSecret, plain, type ValueObject } from "../../../sandbox/aws/values.ts";
import { FAULTS_VARIABLE } from "../../../sandbox/aws/faults.ts";
import { Plugin } from "./harness.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SERVICE = "kubernetes:core/v1:Service";
const SECRET = "kubernetes:core/v1:Secret";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

let plugin: Plugin;
beforeAll(async () => {
  plugin = await Plugin.start();
  await plugin.configure({ namespace: "shop", kubeconfig: UNKNOWN });
});
afterAll(() => plugin.stop());

function deployment(change: (spec: ValueObject, pod: ValueObject, container: ValueObject) => void = () => undefined): ValueObject {
  const container: ValueObject = { name: "app", image: "app:1", ports: [{ name: "http", containerPort: 8080 }] };
  const pod: ValueObject = { containers: [container] };
  const spec: ValueObject = { selector: { matchLabels: { app: "a" } }, template: { metadata: { labels: { app: "a", color: "blue" } }, spec: pod } };
  change(spec, pod, container);
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "app", namespace: "shop" }, spec };
}

async function failures(type: string, object: ValueObject): Promise<string[]> {
  return (await plugin.check(type, object)).failures;
}

describe("names", () => {
  it("chooses a name from the seed, the same in preview and update", async () => {
    const one = await plugin.check(CONFIG_MAP, { data: {} }, { name: "conf", seed: "s" });
    const two = await plugin.check(CONFIG_MAP, { data: {} }, { name: "conf", seed: "s" });
    const metadata = plain(one.inputs)["metadata"] as Record<string, unknown>;
    expect(metadata["name"]).toMatch(/^conf-[0-9a-f]{8}$/);
    expect(metadata["annotations"]).toEqual({ "pulumi.com/autonamed": "true" });
    expect(two.inputs).toEqual(one.inputs);
  });

  it("keeps a chosen name for the life of the object", async () => {
    const olds = (await plugin.check(CONFIG_MAP, {}, { seed: "first" })).inputs;
    const later = await plugin.check(CONFIG_MAP, {}, { seed: "second", olds });
    expect(later.inputs).toEqual(olds);
  });

  it("adds the provider's namespace to kinds that live in one, and to no other", async () => {
    expect((await plugin.check(CONFIG_MAP, { metadata: { name: "a" } })).inputs["metadata"]).toEqual({ name: "a", namespace: "shop" });
    expect((await plugin.check("kubernetes:core/v1:Namespace", { metadata: { name: "a" } })).inputs["metadata"]).toEqual({ name: "a" });
    expect((await plugin.check("kubernetes:monitoring.coreos.com/v1:ServiceMonitor", { metadata: { name: "a" }, spec: {} })).inputs["metadata"]).toEqual({ name: "a", namespace: "shop" });
  });

  it("leaves an unknown name alone", async () => {
    expect((await plugin.check(CONFIG_MAP, { metadata: { name: UNKNOWN } })).inputs["metadata"]).toEqual({ name: UNKNOWN, namespace: "shop" });
  });

  it("refuses generateName, which a server-side apply can not have", async () => {
    await expect(plugin.check(CONFIG_MAP, { metadata: { generateName: "a-" } })).rejects.toThrow("generateName is not supported");
  });
});

describe("fields", () => {
  it("takes a good object", async () => {
    expect(await failures(DEPLOYMENT, deployment())).toEqual([]);
  });

  it.each<[string, ValueObject, string]>([
    ["an unknown field, with the nearest one", deployment((s) => { s["replicaCount"] = 2; }), 'spec.replicaCount: DeploymentSpec has no field "replicaCount"; did you mean "replicas"?'],
    ["a field deep in a list", deployment((_, __, c) => { c["livenesProbe"] = {}; }), 'spec.template.spec.containers[0].livenesProbe: Container has no field "livenesProbe"; did you mean "livenessProbe"?'],
    ["text for a number", deployment((s) => { s["replicas"] = "3"; }), "spec.replicas: must be a number, not text"],
    ["a broken number", deployment((s) => { s["replicas"] = 1.5; }), "spec.replicas: must be a whole number, not 1.5"],
    ["a number for text", deployment((_, __, c) => { c["env"] = [{ name: "A", value: 1 }]; }), "spec.template.spec.containers[0].env[0].value: must be text, not a number"],
    ["a missing field", deployment((s) => { delete s["selector"]; }), "spec.selector: required by DeploymentSpec and not given"],
    ["another kind than the type's", { ...deployment(), kind: "StatefulSet" }, "kind: is not the resource's own: this type is apps/v1 Deployment"],
  ])("refuses %s", async (_, object, message) => {
    expect(await failures(DEPLOYMENT, object)).toEqual([message]);
  });

  it("does not judge what is unknown, and never quotes what is secret", async () => {
    expect(await failures(DEPLOYMENT, deployment((s, p) => { s["replicas"] = UNKNOWN; p["containers"] = UNKNOWN; }))).toEqual([]);
    const found = await failures(CONFIG_MAP, { metadata: { name: "a", labels: new Secret({ key: "not a label!" }) }, data: new Secret({ "bad key": "hidden" }) });
    expect(found).toEqual([expect.stringMatching(/^data\.bad key: must be/)]);
    expect(found.join()).not.toContain("hidden");
  });

  it("names the nearest kind of a built-in group, and leaves custom groups to their owners", async () => {
    expect(await failures("kubernetes:apps/v1:Deploymnt", {})).toEqual(["kind: Kubernetes has no kind Deploymnt in apps/v1; the nearest is apps/v1 Deployment"]);
    expect(await failures("kubernetes:k8s.nginx.org/v1:VirtualServer", { metadata: { name: "a" }, spec: { anything: 1 } })).toEqual([]);
    expect(await failures("kubernetes:k8s.nginx.org/v1:VirtualServer", { metadata: { nam: "a" } })).toEqual(['metadata.nam: metadata has no field "nam"; did you mean "name"?']);
  });

  it("asks nothing of a patch but the name", async () => {
    expect(await failures("kubernetes:apps/v1:DeploymentPatch", { metadata: { name: "a" }, spec: { replicas: 2 } })).toEqual([]);
    await expect(plugin.check("kubernetes:apps/v1:DeploymentPatch", { spec: {} })).rejects.toThrow("a patch needs metadata.name");
  });

  it("refuses lists", async () => {
    await expect(plugin.check("kubernetes:core/v1:ConfigMapList", { items: [] })).rejects.toThrow("a list is no object of its own");
  });
});

describe("rules of the API server", () => {
  const pod = "spec.template.spec";
  it.each<[string, ValueObject, string]>([
    ["a selector beside the template", deployment((s) => { s["selector"] = { matchLabels: { app: "b" } }; }), "spec.template.metadata.labels: the selector asks for app=b, the template has app=a"],
    ["an empty selector", deployment((s) => { s["selector"] = {}; }), "spec.selector: an empty selector matches nothing here; give matchLabels"],
    ["a label value", deployment((s) => { s["template"] = { metadata: { labels: { app: "a", x: "-" } }, spec: { containers: [{ name: "a", image: "a" }] } }; }), "spec.template.metadata.labels.x: must be empty"],
    ["a quantity", deployment((_, __, c) => { c["resources"] = { limits: { memory: "64 MB" } }; }), `${pod}.containers[0].resources.limits.memory: "64 MB" is no quantity`],
    ["a request above its limit", deployment((_, __, c) => { c["resources"] = { requests: { cpu: "2" }, limits: { cpu: "500m" } }; }), `${pod}.containers[0].resources.requests.cpu: 2 is more than its limit 500m`],
    ["a variable given twice", deployment((_, __, c) => { c["env"] = [{ name: "A", value: "1" }, { name: "A", value: "2" }]; }), `${pod}.containers[0].env[1]: environment variable "A" is given twice`],
    ["a port name given twice", deployment((_, __, c) => { c["ports"] = [{ name: "http", containerPort: 1 }, { name: "http", containerPort: 2 }]; }), `${pod}.containers[0].ports[1].name: port "http" is given twice`],
    ["a port out of range", deployment((_, __, c) => { c["ports"] = [{ containerPort: 70000 }]; }), `${pod}.containers[0].ports[0].containerPort: must be a port between 1 and 65535`],
    ["a probe of a port that is not there", deployment((_, __, c) => { c["readinessProbe"] = { httpGet: { port: "web" } }; }), `${pod}.containers[0].readinessProbe.httpGet.port: the container has no port named "web"`],
    ["a probe without a handler", deployment((_, __, c) => { c["readinessProbe"] = { periodSeconds: 5 }; }), `${pod}.containers[0].readinessProbe: needs one of exec, grpc, httpGet, tcpSocket`],
    ["a liveness probe that must succeed twice", deployment((_, __, c) => { c["livenessProbe"] = { tcpSocket: { port: 80 }, successThreshold: 2 }; }), `${pod}.containers[0].livenessProbe.successThreshold: must be 1 for a livenessProbe`],
    ["a mount of no volume", deployment((_, __, c) => { c["volumeMounts"] = [{ name: "data", mountPath: "/data" }]; }), `${pod}.containers[0].volumeMounts[0].name: the pod has no volume "data"`],
    ["a container name given twice", deployment((_, p) => { p["containers"] = [{ name: "a", image: "a" }, { name: "a", image: "b" }]; }), `${pod}.containers[1].name: container "a" is given twice`],
    ["a name in capitals", { ...deployment(), metadata: { name: "App" } }, "metadata.name: must be at most 253 lower-case letters"],
    ["an update that may neither add nor remove", deployment((s) => { s["strategy"] = { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }; }), "spec.strategy.rollingUpdate.maxUnavailable: must not be 0 when maxSurge is 0"],
  ])("refuses %s", async (_, object, message) => {
    expect(await failures(DEPLOYMENT, object)).toEqual([expect.stringContaining(message)]);
  });

  it.each<[string, string | undefined]>([
    ["0 3 * * *", undefined], ["*/15 8-18 * jan-mar mon,wed", undefined], ["@daily", undefined], ["30 2 1-31/2 * ?", undefined],
    ["0 24 * * *", '"24" is no hour'], ["0 3 * *", "has 4 fields"], ["0 3 * * 7", '"7" is no day of week'], ["CRON_TZ=UTC 0 3 * * *", "spec.timeZone"], ["5-1 * * * *", '"5-1" is no minute'],
  ])("reads the schedule %s", async (schedule, wrong) => {
    const object = { metadata: { name: "a" }, spec: { schedule, jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] } } } } } };
    const found = await failures("kubernetes:batch/v1:CronJob", object);
    expect(found).toEqual(wrong === undefined ? [] : [expect.stringContaining(wrong)]);
  });

  it.each<[string, string, ValueObject, string]>([
    ["a job that restarts for ever", "kubernetes:batch/v1:Job", { spec: { template: { spec: { containers: [{ name: "a", image: "a" }] } } } }, "spec.template.spec.restartPolicy: required here: OnFailure or Never"],
    ["nameless ports", SERVICE, { spec: { ports: [{ port: 1, name: "a" }, { port: 2 }] } }, "spec.ports[1].name: required when a Service has several ports"],
    ["a service name that begins with a digit", SERVICE, { metadata: { name: "1a" }, spec: { ports: [{ port: 1 }] } }, "metadata.name: must be at most 63"],
    ["an autoscaler upside down", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", { spec: { minReplicas: 5, maxReplicas: 3, scaleTargetRef: { kind: "Deployment", name: "a" } } }, "spec.maxReplicas: must not be less than minReplicas (5)"],
    ["a budget that says both", "kubernetes:policy/v1:PodDisruptionBudget", { spec: { minAvailable: 1, maxUnavailable: 1 } }, "spec: give minAvailable or maxUnavailable, not both"],
    ["data that is no base64", SECRET, { data: { a: "plain text" } }, "data.a: must be base64"],
    ["a subject without namespace", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "a" }, subjects: [{ kind: "ServiceAccount", name: "a" }] }, "subjects[0].namespace: required for a ServiceAccount"],
    ["a claim without size", "kubernetes:core/v1:PersistentVolumeClaim", { spec: { accessModes: ["ReadWriteOnce"] } }, "spec.resources.requests.storage: required and not given"],
  ])("refuses %s", async (_, type, object, message) => {
    expect(await failures(type, { metadata: { name: "a" }, ...object })).toEqual([expect.stringContaining(message)]);
  });
});

describe("life of an object", () => {
  it("answers a preview with the inputs alone, and an update with what a server adds", async () => {
    const inputs = (await plugin.check(SERVICE, { metadata: { name: "web" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } })).inputs;
    expect(await plugin.create(SERVICE, inputs, { preview: true })).toEqual({ id: "", outputs: inputs });
    const { id, outputs } = await plugin.create(SERVICE, inputs);
    expect(id).toBe("shop/web");
    expect(outputs["metadata"]).toMatchObject({ name: "web", namespace: "shop", resourceVersion: "1", generation: 1, uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown, creationTimestamp: expect.stringMatching(/Z$/) as unknown });
    expect(outputs["spec"]).toMatchObject({ clusterIP: expect.stringMatching(/^172\.20\./) as unknown });
    expect(outputs["status"]).toMatchObject({ loadBalancer: { ingress: [{ hostname: expect.any(String) as unknown }] } });
    expect((await plugin.diff(SERVICE, outputs, inputs)).changes).toBe(false);
    const after = await plugin.update(SERVICE, id, outputs, { ...inputs, spec: { type: "LoadBalancer", ports: [{ port: 81 }] } });
    expect(after["metadata"]).toMatchObject({ uid: (outputs["metadata"] as ValueObject)["uid"], resourceVersion: "2", generation: 2 });
  });

  it("keeps secrets secret, in both forms of a Secret's data", async () => {
    const { outputs } = await plugin.create(SECRET, { metadata: { name: "s" }, stringData: new Secret({ password: "hunter2" }) }, { name: "s" });
    expect(outputs["data"]).toEqual(new Secret({ password: Buffer.from("hunter2").toString("base64") }));
    expect(hasSecret(outputs["stringData"] ?? null)).toBe(true);
    expect(hasSecret(outputs["__inputs"] ?? null)).toBe(true);
  });

  it("refuses two resources that stand for one object", async () => {
    const object: ValueObject = { metadata: { name: "same", namespace: "shop" }, data: {} };
    await plugin.create(CONFIG_MAP, object, { name: "one", preview: true });
    await expect(plugin.create(CONFIG_MAP, object, { name: "two", preview: true })).rejects.toThrow('ConfigMap shop/same already exists: the resource "one" declares it too');
  });

  it("refuses functions by name", async () => {
    await expect(plugin.invoke("kubernetes:helm:template")).rejects.toThrow("kubernetes:helm:template");
  });
});

describe("what a change does", () => {
  async function change(type: string, before: ValueObject, after: ValueObject) {
    const old = (await plugin.check(type, before)).inputs;
    const news = (await plugin.check(type, after, { olds: old })).inputs;
    return plugin.diff(type, { ...old, __inputs: old }, news);
  }

  it("updates an image in place, and says where", async () => {
    expect(await change(DEPLOYMENT, deployment(), deployment((_, __, c) => { c["image"] = "app:2"; })))
      .toEqual({ changes: true, detailed: { "spec.template.spec.containers[0].image": "UPDATE" }, replaces: [], deleteBeforeReplace: false });
  });

  it("replaces for a selector, first deleting what has a fixed name", async () => {
    const other = (s: ValueObject): void => { s["selector"] = { matchLabels: { app: "a", color: "blue" } }; };
    expect(await change(DEPLOYMENT, deployment(), deployment(other)))
      .toEqual({ changes: true, detailed: { "spec.selector.matchLabels.color": "ADD_REPLACE" }, replaces: ["spec.selector.matchLabels.color"], deleteBeforeReplace: true });
    const unnamed = { ...deployment(), metadata: {} };
    expect(await change(DEPLOYMENT, unnamed, { ...deployment(other), metadata: {} })).toMatchObject({ deleteBeforeReplace: false, replaces: ["spec.selector.matchLabels.color"] });
  });

  it("quotes keys with dots", async () => {
    const labelled = (value: string): ValueObject => ({ ...deployment(), metadata: { name: "app", labels: { "example.com/a": value } } });
    expect((await change(DEPLOYMENT, labelled("x"), labelled("y"))).detailed).toEqual({ 'metadata.labels["example.com/a"]': "UPDATE" });
  });

  it("moves an object to another name without deleting first", async () => {
    const moved = { ...deployment(), metadata: { name: "other", namespace: "shop" } };
    expect(await change(DEPLOYMENT, deployment(), moved)).toMatchObject({ replaces: ["metadata.name"], deleteBeforeReplace: false });
  });

  it.each<[string, string, ValueObject, ValueObject, string[]]>([
    ["ConfigMap data", CONFIG_MAP, { data: { a: "1" } }, { data: { a: "2" } }, ["data.a"]],
    ["ConfigMap labels", CONFIG_MAP, { data: {}, immutable: false }, { data: {}, immutable: true }, []],
    ["Secret data", SECRET, { stringData: { a: "1" } }, { stringData: { a: "2" } }, ["stringData.a"]],
    ["Service ports", SERVICE, { spec: { ports: [{ port: 1 }] } }, { spec: { ports: [{ port: 2 }] } }, []],
    ["Service clusterIP", SERVICE, { spec: { ports: [{ port: 1 }] } }, { spec: { ports: [{ port: 1 }], clusterIP: "None" } }, ["spec.clusterIP"]],
    ["the role of a binding", "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", { roleRef: { apiGroup: "a", kind: "Role", name: "a" } }, { roleRef: { apiGroup: "a", kind: "Role", name: "b" } }, ["roleRef.name"]],
    ["a StorageClass", "kubernetes:storage.k8s.io/v1:StorageClass", { provisioner: "a", parameters: { type: "gp3" } }, { provisioner: "a" }, ["parameters"]],
    ["a claim's class", "kubernetes:core/v1:PersistentVolumeClaim", claim("a", "1Gi"), claim("b", "1Gi"), ["spec.storageClassName"]],
    ["a claim's size", "kubernetes:core/v1:PersistentVolumeClaim", claim("a", "1Gi"), claim("a", "2Gi"), []],
  ])("replaces, or not, for a change of %s", async (_, type, before, after, replaces) => {
    const result = await change(type, { metadata: { name: "a" }, ...before }, { metadata: { name: "a" }, ...after });
    expect(result.changes).toBe(true);
    expect(result.replaces).toEqual(replaces);
  });

  it("changes data in place when the provider is told so, except of immutable objects", async () => {
    const own = await Plugin.start();
    try {
      await own.configure({ enableConfigMapMutable: "true" });
      const before: ValueObject = { metadata: { name: "a" }, data: { a: "1" } };
      const state: ValueObject = { ...before, __inputs: before };
      expect((await own.diff(CONFIG_MAP, state, { metadata: { name: "a" }, data: { a: "2" } })).replaces).toEqual([]);
      expect((await own.diff(CONFIG_MAP, state, { metadata: { name: "a" }, data: { a: "2" }, immutable: true })).replaces).toEqual(["data.a"]);
    } finally {
      await own.stop();
    }
  });
});

describe("faults", () => {
  it("fails, once, the operation that the file names", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "golive-faults-"));
    const file = path.join(folder, "faults.json");
    await writeFile(file, JSON.stringify([{ operation: "create", type: CONFIG_MAP, name: "app", times: 1, error: "etcdserver: request timed out" }]));
    const own = await Plugin.start({ [FAULTS_VARIABLE]: file });
    try {
      const object: ValueObject = { metadata: { name: "a", namespace: "shop" } };
      await expect(own.create(CONFIG_MAP, object)).rejects.toThrow("etcdserver: request timed out");
      expect((await own.create(CONFIG_MAP, object)).id).toBe("shop/a");
    } finally {
      await own.stop();
      await rm(folder, { recursive: true });
    }
  });
});

function claim(storageClassName: string, storage: string): ValueObject {
  return { spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage } } } };
}
