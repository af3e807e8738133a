/** Waiting for readiness on a real API server; the tests play the controllers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plain, type ValueObject } from "../../../../../sandbox/aws/values.ts";
import { SETTLE_VARIABLE } from "../../../../../sandbox/kubernetes/cluster/await/network.ts";
import { textAt, type JsonObject, type KubeObject } from "../../../../../sandbox/kubernetes/cluster/json.ts";
import { ClusterProvider, InitFailed, type Made } from "../provider.ts";
import { BUILD_MS, World } from "./world.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";
const DAEMON_SET = "kubernetes:apps/v1:DaemonSet";
const JOB = "kubernetes:batch/v1:Job";
const SERVICE = "kubernetes:core/v1:Service";
const POD = "kubernetes:core/v1:Pod";
const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
const DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const THING = "kubernetes:example.com/v1:Thing";

let world: World;
let provider: ClusterProvider;
beforeAll(async () => {
  process.env[SETTLE_VARIABLE] = "200";
  world = await World.start();
  provider = await ClusterProvider.start(world.server.kubeconfig);
}, BUILD_MS);
afterAll(async () => {
  delete process.env[SETTLE_VARIABLE];
  provider.stop();
  await world.stop();
}, 30_000);

const POD_SPEC = { containers: [{ name: "app", image: "app:1" }] };

function workload(kind: string, name: string, spec: ValueObject = {}, annotations: ValueObject = {}): ValueObject {
  const template = { metadata: { labels: { app: name } }, spec: POD_SPEC };
  return { apiVersion: "apps/v1", kind, metadata: { name, namespace: "shop", annotations }, spec: { selector: { matchLabels: { app: name } }, template, ...spec } };
}

/** The rejection of a promise. */
async function failure(of: Promise<unknown>): Promise<InitFailed> {
  const error: unknown = await of.then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof InitFailed)) throw new Error(`expected a partial failure, got ${String(error)}`);
  return error;
}

/** The object as soon as it is there, and as it should be. */
async function appears(apiVersion: string, kind: string, name: string, asWanted: (found: KubeObject) => boolean = () => true): Promise<KubeObject> {
  for (;;) {
    const found = await world.get(apiVersion, kind, name).catch(() => undefined);
    if (found !== undefined && asWanted(found)) return found;
  }
}

/** Whether a promise is still open after the event loop and the server had their turn. */
async function isOpen(of: Promise<unknown>): Promise<boolean> {
  const open = Symbol("open");
  const answers = Promise.all(Array.from({ length: 5 }, () => world.api.connection.send("GET", "/version")));
  return (await Promise.race([of.catch(() => undefined), answers.then(() => open)])) === open;
}

/** Plays the Deployment controller: a ReplicaSet of the revision, and the Deployment's account of it. */
async function rollOut(name: string, revision: string, ready: number, conditions: JsonObject[]): Promise<void> {
  const deployment = await appears("apps/v1", "Deployment", name);
  await world.change(deployment, { metadata: { annotations: { "deployment.kubernetes.io/revision": revision } } }, "controller");
  const set = await world.make("apps/v1", "ReplicaSet", {
    name: `${name}-${revision}`, namespace: "shop", labels: { app: name }, annotations: { "deployment.kubernetes.io/revision": revision },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name, uid: textAt(deployment, "metadata", "uid") }],
  }, { spec: { replicas: 2, selector: { matchLabels: { app: name, revision } }, template: { metadata: { labels: { app: name, revision } }, spec: POD_SPEC } } });
  await world.status(set, { replicas: 2, readyReplicas: ready, observedGeneration: 1 });
  await world.status(deployment, { observedGeneration: (await world.get("apps/v1", "Deployment", name))["metadata"]["generation"] ?? 1, conditions });
}

const AVAILABLE = { type: "Available", status: "True" };
const ROLLED_OUT = { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" };

describe("a Deployment", () => {
  it("is ready when its rollout has ended and the pods of its revision are ready", async () => {
    const made = provider.create(DEPLOYMENT, workload("Deployment", "web", { replicas: 2 }));
    await rollOut("web", "1", 1, [AVAILABLE, ROLLED_OUT]);
    expect(await isOpen(made)).toBe(true);
    await world.status(await world.get("apps/v1", "ReplicaSet", "web-1"), { replicas: 2, readyReplicas: 2 });
    const first = await made;
    expect(plain(first.outputs)).toMatchObject({ status: { conditions: [{ type: "Available" }, { type: "Progressing" }] } });

    const changed = workload("Deployment", "web", { replicas: 2, template: { metadata: { labels: { app: "web", v: "2" } }, spec: POD_SPEC } });
    const updated = provider.update(DEPLOYMENT, first, changed);
    await appears("apps/v1", "Deployment", "web", (o) => textAt(o, "spec", "template", "metadata", "labels", "v") === "2");
    expect(await isOpen(updated)).toBe(true);
    await rollOut("web", "2", 2, [AVAILABLE, ROLLED_OUT]);
    expect(plain((await updated).outputs)).toMatchObject({ metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } } });
  });

  it("gives reasons of rollout, pods and events when its time is up", async () => {
    const made = provider.create(DEPLOYMENT, workload("Deployment", "broken", { replicas: 2 }, { "pulumi.com/timeoutSeconds": "3" }));
    const pod = await world.make("v1", "Pod", { name: "broken-x", namespace: "shop", labels: { app: "broken" } }, { spec: POD_SPEC });
    await world.status(pod, { containerStatuses: [{ name: "app", ready: false, image: "app:1", imageID: "", restartCount: 1, state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } }] });
    await world.make("v1", "Event", { name: "broken-e", namespace: "shop" }, { type: "Warning", reason: "Failed", message: "could not pull", involvedObject: { kind: "Pod", name: "broken-x", namespace: "shop", uid: textAt(pod, "metadata", "uid") } });
    await rollOut("broken", "1", 0, [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "has timed out progressing" }]);
    const { message, id, outputs } = await failure(made);
    expect(id).toBe("shop/broken");
    expect(plain(outputs)).toMatchObject({ metadata: { name: "broken" }, __inputs: { metadata: { name: "broken" } } });
    expect(message).toContain("'broken' timed out waiting to be Ready");
    expect(message).toContain("[ProgressDeadlineExceeded] has timed out progressing");
    expect(message).toContain("[Pod broken-x]: container app: [ImagePullBackOff] no such image");
    expect(message).toContain("[Failed] Pod broken-x: could not pull");
  });

  it("is not waited for with skipAwait", async () => {
    expect((await provider.create(DEPLOYMENT, workload("Deployment", "unwatched", {}, { "pulumi.com/skipAwait": "true" }))).id).toBe("shop/unwatched");
  });

  it("is marked by a refresh that finds it not ready", async () => {
    const inputs = workload("Deployment", "fading", {}, { "pulumi.com/skipAwait": "true" });
    const made = await provider.create(DEPLOYMENT, inputs);
    expect((await provider.read(DEPLOYMENT, made.id, made.outputs, inputs)).id).toBe("shop/fading");
    await world.change(await world.get("apps/v1", "Deployment", "fading"), { metadata: { annotations: { "pulumi.com/skipAwait": null } } });
    const { message } = await failure(provider.read(DEPLOYMENT, made.id, made.outputs, inputs));
    expect(message).toContain("Resource 'fading' was created but failed to initialize");
  });

  it("ends its wait when the update is cancelled", async () => {
    const cancelled = await ClusterProvider.start(world.server.kubeconfig);
    const made = cancelled.create(DEPLOYMENT, workload("Deployment", "stopped"));
    await appears("apps/v1", "Deployment", "stopped");
    expect(await isOpen(made)).toBe(true);
    await cancelled.cancel();
    expect((await failure(made)).message).toContain('Resource operation was cancelled for "stopped"');
    cancelled.stop();
  });

  it("fails when it is deleted while it is waited for", async () => {
    const made = provider.create(DEPLOYMENT, workload("Deployment", "taken-away"));
    await appears("apps/v1", "Deployment", "taken-away");
    await world.api.connection.send("DELETE", "/apis/apps/v1/namespaces/shop/deployments/taken-away");
    expect((await failure(made)).message).toContain("deleted while it was waited for");
  });
});

describe("other workloads", () => {
  it("a StatefulSet is ready with all its pods at one revision", async () => {
    const made = provider.create(STATEFUL_SET, workload("StatefulSet", "db", { serviceName: "db", replicas: 2 }));
    const set = await appears("apps/v1", "StatefulSet", "db");
    await world.status(set, { observedGeneration: 1, replicas: 2, readyReplicas: 2, currentReplicas: 2, currentRevision: "a", updateRevision: "b" });
    expect(await isOpen(made)).toBe(true);
    await world.status(set, { currentRevision: "b" });
    expect((await made).id).toBe("shop/db");
  });

  it("a DaemonSet is ready with an available pod on every node", async () => {
    const made = provider.create(DAEMON_SET, workload("DaemonSet", "agent"));
    const set = await appears("apps/v1", "DaemonSet", "agent");
    await world.status(set, { observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, numberMisscheduled: 0, updatedNumberScheduled: 2, numberReady: 2, numberAvailable: 1 });
    expect(await isOpen(made)).toBe(true);
    await world.status(set, { numberAvailable: 2 });
    expect((await made).id).toBe("shop/agent");
  });

  const job = (name: string, annotations: ValueObject = {}): ValueObject => ({ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace: "shop", annotations }, spec: { template: { spec: { restartPolicy: "Never", ...POD_SPEC } } } });

  it("a Job is ready when it has succeeded", async () => {
    const made = provider.create(JOB, job("migrate"));
    const running = await appears("batch/v1", "Job", "migrate");
    await world.status(running, { startTime: "2026-01-01T00:00:00Z", active: 1 });
    expect(await isOpen(made)).toBe(true);
    await world.status(running, { active: 0, succeeded: 1, completionTime: "2026-01-01T00:00:09Z", conditions: [{ type: "SuccessCriteriaMet", status: "True" }, { type: "Complete", status: "True" }] });
    expect((await made).id).toBe("shop/migrate");
  });

  it("a Job that failed is a failure at once, and is replaced by the next update where it says so", async () => {
    const made = provider.create(JOB, job("doomed", { "pulumi.com/replaceUnready": "true" }));
    const running = await appears("batch/v1", "Job", "doomed");
    await world.status(running, { startTime: "2026-01-01T00:00:00Z", failed: 1, conditions: [{ type: "FailureTarget", status: "True", reason: "BackoffLimitExceeded" }, { type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" }] });
    const failed = await failure(made);
    expect(failed.message).toContain("[BackoffLimitExceeded] Job has reached the specified backoff limit");
    const left: Made = { id: failed.id, outputs: failed.outputs };
    expect(await provider.diff(JOB, left, job("doomed", { "pulumi.com/replaceUnready": "true" }))).toMatchObject({ replaces: ['metadata.annotations["pulumi.com/replaceUnready"]'], deleteFirst: true });
  });

  it("a Pod is ready when it says so", async () => {
    const made = provider.create(POD, { apiVersion: "v1", kind: "Pod", metadata: { name: "alone", namespace: "shop" }, spec: POD_SPEC });
    const pod = await appears("v1", "Pod", "alone");
    const conditions = ["PodScheduled", "Initialized"].map((type) => ({ type, status: "True" }));
    await world.status(pod, { phase: "Running", conditions: [...conditions, { type: "Ready", status: "False", reason: "ContainersNotReady" }] });
    expect(await isOpen(made)).toBe(true);
    await world.status(pod, { conditions: [...conditions, { type: "Ready", status: "True" }] });
    expect((await made).id).toBe("shop/alone");
  });
});

describe("a Service", () => {
  const service = (name: string, spec: ValueObject, annotations: ValueObject = {}): ValueObject => ({ apiVersion: "v1", kind: "Service", metadata: { name, namespace: "shop", annotations }, spec: { ports: [{ port: 80 }], ...spec } });
  const slice = (name: string, endpoints: JsonObject[]): Promise<KubeObject> =>
    world.make("discovery.k8s.io/v1", "EndpointSlice", { name: `${name}-1`, namespace: "shop", labels: { "kubernetes.io/service-name": name } }, { addressType: "IPv4", endpoints });

  it("is ready when no endpoint is unready and its endpoints have settled", async () => {
    const made = provider.create(SERVICE, service("front", { selector: { app: "front" } }));
    await slice("front", [{ addresses: ["10.0.0.1"], conditions: { ready: true } }, { addresses: ["10.0.0.2"], conditions: { ready: false } }]);
    expect(await isOpen(made)).toBe(true);
    await world.change(await world.get("discovery.k8s.io/v1", "EndpointSlice", "front-1"), { endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true } }] });
    expect(plain((await made).outputs)).toMatchObject({ spec: { clusterIP: expect.stringMatching(/^10\.96\./) as string } });
  });

  it("passes without any endpoint, as the official provider lets it", async () => {
    const made = provider.create(SERVICE, service("nobody", { selector: { app: "nobody" } }));
    await slice("nobody", []);
    expect((await made).id).toBe("shop/nobody");
  });

  it("is ready at once without a selector, headless, or with skipAwait", async () => {
    await provider.create(SERVICE, service("manual", {}));
    await provider.create(SERVICE, service("headless", { selector: { app: "x" }, clusterIP: "None" }));
    await provider.create(SERVICE, service("live", { selector: { app: "x" } }, { "pulumi.com/skipAwait": "true" }));
  });

  it("of type LoadBalancer needs an address", async () => {
    const made = provider.create(SERVICE, service("outside", { type: "LoadBalancer" }), { seconds: 2 });
    expect((await failure(made)).message).toContain("was not allocated an IP address");
  });
});

describe("storage and custom kinds", () => {
  it("a claim is ready when it is bound, or when its class waits for a pod", async () => {
    const claim = (name: string, storageClassName: string): ValueObject => ({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace: "shop" }, spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage: "1Gi" } } } });
    await world.make("storage.k8s.io/v1", "StorageClass", { name: "late" }, { provisioner: "none", volumeBindingMode: "WaitForFirstConsumer" });
    expect((await provider.create(CLAIM, claim("waits", "late"))).id).toBe("shop/waits");
    const made = provider.create(CLAIM, claim("binds", "early"));
    const pending = await appears("v1", "PersistentVolumeClaim", "binds");
    expect(await isOpen(made)).toBe(true);
    await world.status(pending, { phase: "Bound" });
    expect((await made).id).toBe("shop/binds");
  });

  it("a definition is established, and its objects are ready as they say themselves", async () => {
    const schema = { type: "object", x_kubernetes_preserve_unknown_fields: true };
    const definition: ValueObject = {
      apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "things.example.com" },
      spec: { group: "example.com", scope: "Namespaced", names: { kind: "Thing", plural: "things" }, versions: [{ name: "v1", served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: schema } }] },
    };
    const thing = (name: string, wait: string): ValueObject => ({ apiVersion: "example.com/v1", kind: "Thing", metadata: { name, namespace: "shop", annotations: { "pulumi.com/waitFor": wait } }, spec: { a: 1 } });
    const made = await provider.create(DEFINITION, definition);
    expect(plain(made.outputs)).toMatchObject({ spec: { versions: [{ schema: { openAPIV3Schema: schema } }] } });
    expect((await provider.diff(DEFINITION, made, definition)).paths).toEqual([]);

    const first = provider.create(THING, thing("one", "condition=Ready"));
    const one = await appears("example.com/v1", "Thing", "one");
    await world.status(one, { conditions: [{ type: "Ready", status: "False", reason: "SecretMissing", message: "no such secret" }] });
    expect(await isOpen(first)).toBe(true);
    await world.status(one, { conditions: [{ type: "Ready", status: "True" }] });
    expect((await first).id).toBe("shop/one");

    const second = provider.create(THING, thing("two", '["jsonpath={.status.phase}=Done", "condition=Ready"]'));
    const two = await appears("example.com/v1", "Thing", "two");
    await world.status(two, { phase: "Done" });
    expect(await isOpen(second)).toBe(true);
    await world.status(two, { conditions: [{ type: "ready", status: "true" }] });
    expect((await second).id).toBe("shop/two");

    const stuck = await failure(provider.create(THING, thing("three", "condition=Ready"), { seconds: 1 }));
    expect(stuck.message).toContain("condition Ready");
    await expect(provider.create(THING, thing("four", "Ready"))).rejects.toThrow('expected a "jsonpath=" or "condition=" prefix');
    await expect(world.get("example.com/v1", "Thing", "four")).rejects.toThrow("not found");

    const wider = { ...definition, spec: { ...(definition["spec"] as ValueObject), names: { kind: "Thing", plural: "things", shortNames: ["th"] } } };
    expect(plain((await provider.update(DEFINITION, made, wider)).outputs)).toMatchObject({ spec: { names: { shortNames: ["th"] } } });
  });
});
