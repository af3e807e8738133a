/** Making, changing, comparing and reading objects on a real API server. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Secret, UNKNOWN, hasSecret, plain, type ValueObject } from "../../../../../sandbox/aws/values.ts";
import { annotationOf, at, listAt, textAt } from "../../../../../sandbox/kubernetes/cluster/json.ts";
import { ClusterProvider, InitFailed, type Made } from "../provider.ts";
import { BUILD_MS, World, object } from "./world.ts";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const SECRET = "kubernetes:core/v1:Secret";
const SERVICE = "kubernetes:core/v1:Service";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

let world: World;
let provider: ClusterProvider;
beforeAll(async () => {
  world = await World.start();
  provider = await ClusterProvider.start(world.server.kubeconfig, { enableConfigMapMutable: true });
}, BUILD_MS);
afterAll(async () => {
  provider.stop();
  await world.stop();
}, 30_000);

function configMap(name: string, data: ValueObject, annotations: ValueObject = {}): ValueObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "shop", annotations }, data };
}

function deployment(name: string, change: ValueObject = {}, annotations: ValueObject = { "pulumi.com/skipAwait": "true" }): ValueObject {
  const container = { name: "app", image: "app:1", resources: { requests: { cpu: "0.1", memory: "1024Mi" } } };
  const spec = { replicas: 2, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [container], hostNetwork: false } }, ...change };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: "shop", annotations }, spec };
}

describe("creating", () => {
  it("makes the object, and keeps what the server said of it", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("plain", { a: "1" }));
    expect(made.id).toBe("shop/plain");
    const live = await world.get("v1", "ConfigMap", "plain");
    expect(at(live, "data")).toEqual({ a: "1" });
    expect(plain(made.outputs)).toMatchObject({ metadata: { uid: textAt(live, "metadata", "uid") }, __inputs: { data: { a: "1" } }, __initialApiVersion: "v1" });
    expect(made.outputs["__fieldManager"]).toMatch(/^pulumi-kubernetes-[0-9a-f]{8}$/);
  });

  it("refuses an object that is there, with the ways out", async () => {
    await world.make("v1", "ConfigMap", { name: "taken", namespace: "shop" });
    await expect(provider.create(CONFIG_MAP, configMap("taken", { a: "1" }))).rejects.toThrow(/already exists[\s\S]*pulumi import[\s\S]*upsertExistingObjects/);
  });

  it("takes an object over where the provider is told to", async () => {
    const taking = await ClusterProvider.start(world.server.kubeconfig, { upsertExistingObjects: true });
    await world.make("v1", "ConfigMap", { name: "adopted", namespace: "shop" }, { data: { b: "2" } });
    await taking.create(CONFIG_MAP, configMap("adopted", { a: "1" }));
    taking.stop();
    expect(at(await world.get("v1", "ConfigMap", "adopted"), "data")).toEqual({ a: "1", b: "2" });
  });

  it("passes the server's refusal on", async () => {
    const wrong = deployment("wrong", { selector: { matchLabels: { app: "another" } } });
    await expect(provider.create(DEPLOYMENT, wrong)).rejects.toThrow(/was not successfully created.*`selector` does not match template `labels`/);
  });

  it("keeps what is secret secret, in inputs and outputs", async () => {
    const made = await provider.create(SECRET, { apiVersion: "v1", kind: "Secret", metadata: { name: "login", namespace: "shop" }, stringData: { password: new Secret("p") } });
    expect(made.outputs["data"]).toBeInstanceOf(Secret);
    expect(hasSecret(made.outputs["__inputs"] ?? null)).toBe(true);
    expect(plain(made.outputs)).toMatchObject({ data: { password: Buffer.from("p").toString("base64") } });
    const hidden = await provider.create(CONFIG_MAP, configMap("half", { open: "1", shut: new Secret("2") }));
    expect(hidden.outputs["data"]).toEqual({ open: "1", shut: new Secret("2") });
  });
});

describe("previewing", () => {
  it("asks the server, and leaves nothing behind", async () => {
    const made = await provider.create(DEPLOYMENT, deployment("dry"), { preview: true });
    expect(made.id).toBe("");
    expect(plain(made.outputs)).toMatchObject({ spec: { revisionHistoryLimit: 10, strategy: { type: "RollingUpdate" } } });
    expect(made.outputs["status"]).toBeUndefined();
    await expect(world.get("apps/v1", "Deployment", "dry")).rejects.toThrow("not found");
  });

  it("shows the server's refusal", async () => {
    await expect(provider.create(DEPLOYMENT, deployment("dry", { replicas: -1 }), { preview: true })).rejects.toThrow("must be greater than or equal to 0");
  });

  it("answers from the declaration where the server can not know: unknown values, no namespace or kind yet, an object that is there", async () => {
    const unknown = configMap("a", { a: UNKNOWN });
    const elsewhere = { ...configMap("a", {}), metadata: { name: "a", namespace: "not-yet" } };
    const custom = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "a", namespace: "shop" } };
    await provider.create(CONFIG_MAP, configMap("there", {}));
    for (const [type, inputs] of [[CONFIG_MAP, unknown], [CONFIG_MAP, elsewhere], ["kubernetes:example.com/v1:Thing", custom], [CONFIG_MAP, configMap("there", {})]] as const) {
      expect(await provider.create(type, inputs, { preview: true })).toEqual({ id: "", outputs: inputs });
    }
  });

  it("shows what an update would make of it, and changes nothing", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("later-changed", { a: "1" }));
    const planned = await provider.update(CONFIG_MAP, made, configMap("later-changed", { a: "2" }), { preview: true });
    expect(plain(planned.outputs)).toMatchObject({ data: { a: "2" } });
    expect(at(await world.get("v1", "ConfigMap", "later-changed"), "data", "a")).toBe("1");
  });
});

describe("changing", () => {
  it("applies, and removes what is not declared any more", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("changing", { a: "1", b: "2" }));
    await provider.update(CONFIG_MAP, made, configMap("changing", { a: "3" }));
    const live = await world.get("v1", "ConfigMap", "changing");
    expect(at(live, "data")).toEqual({ a: "3" });
    const managers = listAt(live, "metadata", "managedFields").map((e) => [e["manager"], e["operation"]]);
    expect(managers).toEqual([[made.outputs["__fieldManager"], "Apply"]]);
  });

  it("leaves alone what others added", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("shared", { a: "1" }));
    await world.change(await world.get("v1", "ConfigMap", "shared"), { data: { theirs: "1" } });
    await provider.update(CONFIG_MAP, made, configMap("shared", { a: "2" }));
    expect(at(await world.get("v1", "ConfigMap", "shared"), "data")).toEqual({ a: "2", theirs: "1" });
  });

  it("names field, owner and mend of a conflict, and keeps the object in state", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("contested", { a: "1" }));
    await world.api.apply(object("v1", "ConfigMap", { name: "contested", namespace: "shop" }, { data: { a: "theirs" } }), true, { manager: "rival", dryRun: false });
    const failure = await provider.update(CONFIG_MAP, made, configMap("contested", { a: "2" })).then(() => undefined, (error: unknown) => error);
    expect(failure).toBeInstanceOf(InitFailed);
    const message = (failure as InitFailed).message;
    expect(message).toContain('data.a: owned by "rival"');
    expect(message).toContain("pulumi.com/patchForce");
    expect(plain((failure as InitFailed).outputs)).toMatchObject({ data: { a: "theirs" }, __inputs: { data: { a: "2" } } });
  });

  it("takes contested fields over with patchForce", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("forced", { a: "1" }));
    await world.api.apply(object("v1", "ConfigMap", { name: "forced", namespace: "shop" }, { data: { a: "theirs" } }), true, { manager: "rival", dryRun: false });
    await provider.update(CONFIG_MAP, made, configMap("forced", { a: "2" }, { "pulumi.com/patchForce": "true" }));
    expect(at(await world.get("v1", "ConfigMap", "forced"), "data", "a")).toBe("2");
  });

  it("owns fields under the name of patchFieldManager, without a conflict with an apply from outside under it", async () => {
    const named = { "pulumi.com/patchFieldManager": "golive-release" };
    const made = await provider.create(CONFIG_MAP, configMap("released", { live: "blue" }, named));
    expect(made.outputs["__fieldManager"]).toBe("golive-release");
    const first = await provider.update(CONFIG_MAP, made, configMap("released", { live: "green" }, named));
    const outside = object("v1", "ConfigMap", { name: "released", namespace: "shop", annotations: named }, { data: { live: "blue" } });
    await world.api.apply(outside, false, { manager: "golive-release", dryRun: false });
    await provider.update(CONFIG_MAP, first, configMap("released", { live: "green", more: "1" }, named));
    expect(at(await world.get("v1", "ConfigMap", "released"), "data")).toEqual({ live: "green", more: "1" });
  });

  it("lets a rollback move a Service that was only created yet, by force, and flips it later without a conflict", async () => {
    const annotations = { "pulumi.com/patchFieldManager": "golive-release", "pulumi.com/skipAwait": "true" };
    const metadata = { name: "live", namespace: "shop", annotations };
    const service = (color: string): ValueObject => ({ apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: "shop", color }, ports: [{ port: 80 }] } });
    const made = await provider.create(SERVICE, service("green"));
    const back = object("v1", "Service", metadata, { spec: { selector: { app: "shop", color: "blue" }, ports: [{ port: 80, protocol: "TCP" }] } });
    // Its fields are the creator's until the provider's first update.
    await expect(world.api.apply(back, false, { manager: "golive-release", dryRun: false })).rejects.toThrow('conflict with "pulumi-kubernetes"');
    await world.api.apply(back, true, { manager: "golive-release", dryRun: false });
    expect(at(await world.get("v1", "Service", "live"), "spec", "selector", "color")).toBe("blue");
    await provider.update(SERVICE, made, service("green"));
    await world.api.apply(back, false, { manager: "golive-release", dryRun: false });
    await provider.update(SERVICE, made, service("green"));
    expect(at(await world.get("v1", "Service", "live"), "spec", "selector")).toEqual({ app: "shop", color: "green" });
  });

  it("hands fields over when the manager's name changes", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("renamed", { a: "1", b: "1" }, { note: "n" }));
    const second = await provider.update(CONFIG_MAP, made, configMap("renamed", { a: "2", b: "1" }, { note: "n" }));
    await provider.update(CONFIG_MAP, second, configMap("renamed", { a: "2" }, { note: "n", "pulumi.com/patchFieldManager": "other" }));
    const live = await world.get("v1", "ConfigMap", "renamed");
    expect(listAt(live, "metadata", "managedFields").map((e) => e["manager"])).toEqual(["other"]);
    expect(at(live, "data")).toEqual({ a: "2" });
  });

  it("leaves ignored fields to their owner, and sets back none of them", async () => {
    const made = await provider.create(DEPLOYMENT, deployment("scaled"));
    await world.api.connection.send("PUT", "/apis/apps/v1/namespaces/shop/deployments/scaled/scale", {
      body: { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "scaled", namespace: "shop" }, spec: { replicas: 5 } }, query: { fieldManager: "autoscaler" },
    });
    const changed = deployment("scaled", { minReadySeconds: 3 });
    expect((await provider.diff(DEPLOYMENT, made, changed, ["spec.replicas"])).paths).toEqual(["spec.minReadySeconds"]);
    await provider.update(DEPLOYMENT, made, changed, { ignoreChanges: ["spec.replicas"] });
    expect(at(await world.get("apps/v1", "Deployment", "scaled"), "spec")).toMatchObject({ replicas: 5, minReadySeconds: 3 });
  });

  it("says what to do when the object was deleted meanwhile", async () => {
    const made = await provider.create(CONFIG_MAP, configMap("lost", { a: "1" }));
    await world.api.connection.send("DELETE", "/api/v1/namespaces/shop/configmaps/lost");
    await expect(provider.update(CONFIG_MAP, made, configMap("lost", { a: "2" }))).rejects.toThrow(/not in the cluster any more. Refresh the stack/);
  });
});

describe("comparing", () => {
  it("sees no change in what the server only writes differently", async () => {
    const inputs = deployment("same");
    const made = await provider.create(DEPLOYMENT, inputs);
    expect(plain(made.outputs)).toMatchObject({ spec: { template: { spec: { containers: [{ resources: { requests: { cpu: "100m", memory: "1Gi" } } }] } } } });
    expect((await provider.diff(DEPLOYMENT, made, inputs)).paths).toEqual([]);
    const secret: ValueObject = { apiVersion: "v1", kind: "Secret", metadata: { name: "same", namespace: "shop" }, stringData: { a: "b" } };
    expect((await provider.diff(SECRET, await provider.create(SECRET, secret), secret)).paths).toEqual([]);
  });

  it("replaces for another selector, deleting first", async () => {
    const made = await provider.create(DEPLOYMENT, deployment("moved"));
    const result = await provider.diff(DEPLOYMENT, made, deployment("moved", { selector: { matchLabels: { app: "other" } } }));
    expect(result).toMatchObject({ replaces: ["spec.selector.matchLabels.app"], deleteFirst: true });
  });

  it("shows after a refresh what others changed", async () => {
    const inputs = configMap("drifting", { a: "1", b: "1" });
    const made = await provider.create(CONFIG_MAP, inputs);
    await world.change(await world.get("v1", "ConfigMap", "drifting"), { data: { a: "x", b: null, c: "theirs" } });
    const seen: Made & { inputs: ValueObject } = await provider.read(CONFIG_MAP, made.id, made.outputs, inputs);
    expect(plain(seen.inputs)).toMatchObject({ data: { a: "x" } });
    expect((await provider.diff(CONFIG_MAP, seen, inputs)).paths).toEqual(["data.a", "data.b"]);
  });
});

describe("reading", () => {
  it("finds that an object, or its kind, is gone", async () => {
    expect(await provider.read(CONFIG_MAP, "shop/never", configMap("never", {}), configMap("never", {}))).toEqual({ id: "", outputs: {}, inputs: {} });
    expect((await provider.read("kubernetes:example.com/v1:Thing", "shop/a")).id).toBe("");
  });

  it("imports what it knows nothing of", async () => {
    await world.make("v1", "ConfigMap", { name: "foreign", namespace: "shop", labels: { a: "b" } }, { data: { k: "v" } });
    const found = await provider.read(CONFIG_MAP, "shop/foreign");
    expect(found.inputs).toEqual({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "foreign", namespace: "shop", labels: { a: "b" } }, data: { k: "v" } });
    expect((await provider.diff(CONFIG_MAP, found, found.inputs)).paths).toEqual([]);
    expect(annotationOf(await world.get("v1", "ConfigMap", "foreign"), "any")).toBe("");
  });
});
