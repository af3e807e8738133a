/** Deleting, patches, and servers that go away and come back. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ValueObject } from "../../../../../sandbox/aws/values.ts";
import { at, textAt } from "../../../../../sandbox/kubernetes/cluster/json.ts";
import { ClusterProvider } from "../provider.ts";
import { Door } from "./door.ts";
import { BUILD_MS, World, object } from "./world.ts";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const CONFIG_MAP_PATCH = "kubernetes:core/v1:ConfigMapPatch";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const DEPLOYMENT_PATCH = "kubernetes:apps/v1:DeploymentPatch";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const JOB = "kubernetes:batch/v1:Job";

let world: World;
let provider: ClusterProvider;
beforeAll(async () => {
  world = await World.start();
  provider = await ClusterProvider.start(world.server.kubeconfig);
}, BUILD_MS);
afterAll(async () => {
  provider.stop();
  await world.stop();
}, 30_000);

function configMap(name: string, data: ValueObject = {}, annotations: ValueObject = {}): ValueObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "shop", annotations }, data };
}

function job(name: string, annotations: ValueObject = {}): ValueObject {
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace: "shop", annotations }, spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] } } } };
}

describe("deleting", () => {
  it("ends when the object is gone, what belongs to it first", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("short-lived"));
    await provider.delete(CONFIG_MAP, made);
    await expect(world.get("v1", "ConfigMap", "short-lived")).rejects.toThrow("not found");
    expect(world.collected).toContain("short-lived");
    // Once more, as after a run that was killed.
    await provider.delete(CONFIG_MAP, made);
  });

  it("says which finalizers hold an object for too long", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("held"));
    await world.change(await world.get("v1", "ConfigMap", "held"), { metadata: { finalizers: ["example.com/hold"] } });
    await expect(provider.delete(CONFIG_MAP, made, { seconds: 1 })).rejects.toThrow(/'held' timed out waiting to be deleted; finalizers might be preventing deletion \(.*example\.com\/hold/);
    await world.change(await world.get("v1", "ConfigMap", "held"), { metadata: { finalizers: null } });
    await provider.delete(CONFIG_MAP, made);
  });

  it("leaves what belongs to the object to the cluster where the annotation says so", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("background", {}, { "pulumi.com/deletionPropagationPolicy": "background" }));
    await provider.delete(CONFIG_MAP, made);
    expect(world.collected).not.toContain("background");
  });

  it("propagates as the annotation says", async () => {
    const finalizersAfter = async (name: string, annotations: ValueObject): Promise<unknown> => {
      const made = await provider.create(JOB, job(name, { "pulumi.com/skipAwait": "true", ...annotations }));
      await world.change(await world.get("batch/v1", "Job", name), { metadata: { finalizers: ["example.com/hold"] } });
      await provider.delete(JOB, made);
      const left = await world.get("batch/v1", "Job", name);
      await world.change(left, { metadata: { finalizers: null } });
      return at(left, "metadata", "finalizers");
    };
    // With skipAwait a Job's deletion is not waited for, so what holds it can be seen.
    expect(await finalizersAfter("in-background", { "pulumi.com/deletionPropagationPolicy": "background" })).toEqual(["example.com/hold"]);
    expect(await finalizersAfter("orphaning", { "pulumi.com/deletionPropagationPolicy": "orphan" })).toContain("orphan");
  });

  it("waits for a namespace to be emptied", async () => {
    const made = await provider.create(NAMESPACE, { apiVersion: "v1", kind: "Namespace", metadata: { name: "passing" } });
    expect(made.id).toBe("passing");
    await provider.delete(NAMESPACE, made);
    await expect(world.get("v1", "Namespace", "passing", "")).rejects.toThrow("not found");
  });

  it("ends its wait when the update is cancelled", async () => {
    const cancelled = await ClusterProvider.start(world.server.kubeconfig);
    const made = await cancelled.create(CONFIG_MAP, configMap("kept"));
    await world.change(await world.get("v1", "ConfigMap", "kept"), { metadata: { finalizers: ["example.com/hold"] } });
    const deleting = cancelled.delete(CONFIG_MAP, made);
    while (textAt(await world.get("v1", "ConfigMap", "kept"), "metadata", "deletionTimestamp") === "");
    await cancelled.cancel();
    await expect(deleting).rejects.toThrow(/cancelled/);
    cancelled.stop();
  });
});

describe("a patch of an object that others made", () => {
  it("owns its fields alone, and gives them back", async () => {
    await world.api.apply(object("v1", "ConfigMap", { name: "theirs", namespace: "shop" }, { data: { a: "1" } }), true, { manager: "owner", dryRun: false });
    const patch = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "theirs", namespace: "shop" }, data: { b: "2" } };
    const made = await provider.create(CONFIG_MAP_PATCH, patch);
    expect(at(await world.get("v1", "ConfigMap", "theirs"), "data")).toEqual({ a: "1", b: "2" });
    expect((await provider.diff(CONFIG_MAP_PATCH, made, patch)).paths).toEqual([]);
    const changed = await provider.update(CONFIG_MAP_PATCH, made, { ...patch, data: { b: "3" } });
    expect(at(await world.get("v1", "ConfigMap", "theirs"), "data")).toEqual({ a: "1", b: "3" });
    await provider.delete(CONFIG_MAP_PATCH, changed);
    expect(at(await world.get("v1", "ConfigMap", "theirs"), "data")).toEqual({ a: "1" });
  });

  it("is refused its end while it holds a required field", async () => {
    const spec = { selector: { matchLabels: { app: "p" } }, template: { metadata: { labels: { app: "p" } }, spec: { containers: [{ name: "a", image: "a" }] } } };
    const made = await provider.create(DEPLOYMENT_PATCH, { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "p", namespace: "shop", annotations: { "pulumi.com/skipAwait": "true" } }, spec });
    await expect(provider.delete(DEPLOYMENT_PATCH, made)).rejects.toThrow(/managing a required field.*retainOnDelete.*spec/);
  });
});

describe("a server that restarts", () => {
  it("is waited for, by a request and by a wait for readiness", async () => {
    const door = new Door(world.server.url, world.server.kubeconfig);
    await door.open();
    const patient = await ClusterProvider.start(door.kubeconfig);
    await door.shut();
    const made = patient.create(JOB, job("patient"));
    await door.open();
    let running = await world.get("batch/v1", "Job", "patient").catch(() => undefined);
    while (running === undefined) running = await world.get("batch/v1", "Job", "patient").catch(() => undefined);
    await door.shut();
    await world.status(running, { startTime: "2026-01-01T00:00:00Z", succeeded: 1, completionTime: "2026-01-01T00:00:09Z", conditions: [{ type: "SuccessCriteriaMet", status: "True" }, { type: "Complete", status: "True" }] });
    await door.open();
    expect((await made).id).toBe("shop/patient");
    patient.stop();
    await door.shut();
  });
});

describe("an engine that is gone", () => {
  it("leaves nothing that is still tried, and made later", async () => {
    const door = new Door(world.server.url, world.server.kubeconfig);
    await door.open();
    const orphan = await ClusterProvider.start(door.kubeconfig);
    await door.shut();
    const made = orphan.create(CONFIG_MAP, configMap("orphan"));
    const failed = expect(made).rejects.toThrow();
    orphan.stop();
    await failed;
    await door.open();
    // Longer than the pauses between two attempts.
    await delay(2_500);
    expect(door.passed).toBe(0);
    await door.shut();
  });
});

describe("a cluster that does not answer", () => {
  const gone = JSON.stringify({
    apiVersion: "v1", kind: "Config", "current-context": "c",
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }], users: [], contexts: [{ name: "c", context: { cluster: "c" } }],
  });

  it("leaves previews as declared, and says so to an update at once when there is no kubeconfig", async () => {
    const none = await ClusterProvider.start(undefined);
    const inputs = configMap("nowhere");
    expect(await none.create(CONFIG_MAP, inputs, { preview: true })).toEqual({ id: "", outputs: inputs });
    await expect(none.create(CONFIG_MAP, inputs)).rejects.toThrow("configured Kubernetes cluster is unreachable: the provider has no kubeconfig");
    none.stop();
  });

  it("leaves previews as declared when nobody listens", async () => {
    const nobody = await ClusterProvider.start(gone);
    const inputs = configMap("nowhere");
    expect(await nobody.create(CONFIG_MAP, inputs, { preview: true })).toEqual({ id: "", outputs: inputs });
    nobody.stop();
  });

  it("means that its objects are gone, or unchanged, where the provider is told so", async () => {
    const inputs = configMap("nowhere");
    const state = { ...inputs, __inputs: inputs };
    const deleting = await ClusterProvider.start(gone, { deleteUnreachable: true });
    expect((await deleting.read(CONFIG_MAP, "shop/nowhere", state, inputs)).id).toBe("");
    await deleting.delete(CONFIG_MAP, { id: "shop/nowhere", outputs: state });
    deleting.stop();
    const skipping = await ClusterProvider.start(gone, { skipUpdateUnreachable: true });
    expect((await skipping.read(CONFIG_MAP, "shop/nowhere", state, inputs)).id).toBe("shop/nowhere");
    skipping.stop();
  });
});

describe("the rules of plan mode", () => {
  it("stand in front of a cluster too", async () => {
    const { failures, inputs } = await provider.check(DEPLOYMENT, { metadata: {}, spec: { replicaz: 1, selector: { matchLabels: { app: "a" } }, template: { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "a", image: "a" }] } } } });
    expect(failures.join()).toContain('has no field "replicaz"; did you mean "replicas"?');
    expect(inputs["metadata"]).toMatchObject({ namespace: "default", annotations: { "pulumi.com/autonamed": "true" } });
    const clientSide = await ClusterProvider.start(world.server.kubeconfig, { enableServerSideApply: false });
    await expect(clientSide.create(CONFIG_MAP, configMap("client-side"))).rejects.toThrow("applies server-side only");
    clientSide.stop();
  });
});
