/** What a rollback works without, what it brings in line, and whose cluster it does not touch; on a real API server. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { MANAGER } from "../../../operations/release/names.ts";
import { readRecords } from "../../../operations/release/records.ts";
import { rollback } from "../../../operations/release/rollback.ts";
import { kubeconfigOf, openLocalStack, openPlace, openStage, type Place, type Stage } from "../../../operations/release/stage.ts";
import { status } from "../../../operations/release/status.ts";
import { readLive } from "../../../operations/release/traffic.ts";
import { ROOT } from "../../../operations/stacks.ts";
import { startProgram } from "../command.ts";
import { fakeEngine } from "./fakeEngine.ts";
import { DIGESTS, NAMESPACE, type Opened, openTestStage, TestCluster } from "./releaseStage.ts";

let cluster: TestCluster;
let opened: Opened;
let stage: Stage;
let said: string[];

beforeAll(async () => { cluster = await TestCluster.start(); });
afterAll(() => cluster.server.stop());
beforeEach(async () => {
  said = [];
  opened = await openTestStage(cluster);
  ({ stage } = opened);
  return () => opened.close();
});

const how = () => ({ yes: true, reason: "it was slow", progress: () => undefined, say: (line: string) => said.push(line) });
const live = async () => (await readLive(stage.api, NAMESPACE)).color;
const environment = () => ({ GOLIVE_STAGE: opened.folder });
const place = (namespace?: string): Promise<Place> => openPlace("sandbox", { kubeconfig: cluster.server.kubeconfig, env: environment(), ...(namespace === undefined ? {} : { namespace }) });

describe("a rollback works", () => {
  it("while another update really holds the lock of the state: traffic first, and the next update brings the state in line", { timeout: 120_000 }, async () => {
    const { folder } = opened;
    copyFileSync(cluster.server.kubeconfig, kubeconfigOf(folder));
    writeFileSync(path.join(folder, "Pulumi.yaml"), "name: golive\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n");
    writeFileSync(path.join(folder, "index.ts"), "export {};\n");
    symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    await (await openLocalStack("sandbox", folder, { progress: () => undefined }))[Symbol.asyncDispose]();
    const locks = path.join(folder, "state", ".pulumi", "locks", "organization", "golive", "sandbox");
    mkdirSync(locks, { recursive: true });
    // As the engine writes it (pulumi/pkg, backend/diy/lock.go), of a process that lives: this one.
    writeFileSync(path.join(locks, "6b8f1f9e-0000-4000-8000-000000000000.json"), JSON.stringify({ pid: process.pid, username: "other", hostname: hostname(), timestamp: new Date().toISOString() }));
    let movedAfter = Infinity;
    const started = performance.now();
    await rollback(stage, { ...how(), say: (line) => {
      if (line === "Traffic goes to green.") movedAfter = performance.now() - started;
      said.push(line);
    } });
    expect(movedAfter).toBeLessThan(3_000);
    expect(await live()).toBe("green");
    expect(opened.text()).toContain("activeColor: green");
    expect(said.at(-1)).toMatch(new RegExp(`The state could not be brought in line: .*process ${process.pid} is working on the same state[^]*the next update of stack "sandbox" does it. If that one was killed: pulumi cancel sandbox`));
  });

  it("where no file of the policy pack can be loaded", { timeout: 60_000 }, async () => {
    const hooks = `import { registerHooks } from "node:module"; registerHooks({ resolve: (name, context, next) => { const found = next(name, context); if (found.url.includes("/policies/")) throw new Error("there are no policies today"); return found; } });`;
    const node = path.join(ROOT, "node_modules", ".bin", "node");
    const cli = (...args: string[]) => startProgram(node, ["--disable-warning=ExperimentalWarning", "--import", `data:text/javascript,${encodeURIComponent(hooks)}`, path.join(ROOT, "operations", "cli.ts"), ...args, "--kubeconfig", cluster.server.kubeconfig], ROOT, environment()).ended;
    // The hooks do stop what needs the pack.
    const flip = await cli("flip", "sandbox", "green", "--yes");
    expect([flip.code, flip.stderr]).toEqual([1, expect.stringContaining("there are no policies today")]);
    const { code, stdout, stderr } = await cli("rollback", "sandbox", "--yes");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("policies")]);
    expect(stdout).toContain("Traffic goes to green.");
    expect(await live()).toBe("green");
  });

  it("with a stack file in which somebody has made mistakes; what can be written is", async () => {
    opened.write(opened.text().replace("activeColor: blue", "activeColor: purple").replace("environment: development", "environment: somewhere"));
    await expect(openStage("sandbox", { kubeconfig: cluster.server.kubeconfig, env: environment() })).rejects.toThrow("activeColor");
    const lenient = await place();
    expect((await status(lenient)).drift).toContainEqual(expect.stringContaining("Pulumi.sandbox.yaml has mistakes"));
    await rollback(lenient, { ...how(), skipState: true });
    expect(await live()).toBe("green");
    expect(opened.text()).toContain("activeColor: green");
    expect(opened.text()).toContain("environment: somewhere");
    lenient.api.close();
  });

  it("with a stack file that is no YAML, by the name of the namespace; what is not done is named at the end", async () => {
    opened.write("config: [\n");
    await expect(place()).rejects.toMatchObject({ message: expect.stringContaining("does not tell the name of the application") as string, hint: expect.stringContaining("--namespace") as string });
    const lenient = await place(NAMESPACE);
    await expect(rollback(lenient, { ...how(), skipState: true })).rejects.toThrow(/^Traffic goes to green\. Not done:\n {2}- Pulumi\.sandbox\.yaml \(activeColor green, release\.serial 2\): /);
    expect(await live()).toBe("green");
    expect((await readRecords(stage.api, NAMESPACE)).rejected).toHaveLength(1);
    lenient.api.close();
  });
});

describe("a rollback to a color that was drained", () => {
  const AUTOSCALER = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/app-green";
  const autoscaler = (minReplicas: number, maxReplicas: number) => cluster.apply(AUTOSCALER, {
    apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "app-green", labels: { color: "green" } },
    spec: { minReplicas, maxReplicas, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "app-green" }, metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }] },
  }, "pulumi-kubernetes-12ab34cd");

  it("gives it its pods back, keeps all else, and the provider's next update meets no conflict", async () => {
    await autoscaler(1, 2);
    opened.write(opened.text().replace("golive:release:\n", "golive:release:\n    drainIdle: true\n"));
    const before = (await cluster.get(AUTOSCALER))["spec"] as object;
    const { open, asked } = fakeEngine({ plan: [], up: () => Promise.resolve() });
    await rollback({ ...stage, open }, how());
    expect((await cluster.get(AUTOSCALER))["spec"]).toEqual({ ...before, minReplicas: 2, maxReplicas: 4 });
    expect(said).toContain("green was drained: its autoscaler keeps 2 to 4 pods again, not 1 to 2.");
    expect(stage.again().config.release).toMatchObject({ drainIdle: false, serial: 2 });
    expect(asked).toEqual([expect.stringMatching(/^refresh .*live-service .*-green-autoscaler$/)]);
    const answer = await cluster.server.client.apply(`${AUTOSCALER}?fieldManager=pulumi-kubernetes-12ab34cd`, { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "app-green" }, spec: { minReplicas: 3, maxReplicas: 5, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "app-green" } } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  });

  it("asks for its pods at once, and lowers nothing that is higher already", async () => {
    await autoscaler(1, 9);
    await stage.api.patch("/apis/apps/v1/namespaces/shop/deployments/app-green/scale", { spec: { replicas: 1 } });
    await rollback(stage, { ...how(), skipState: true });
    expect((await cluster.get(AUTOSCALER))["spec"]).toMatchObject({ minReplicas: 2, maxReplicas: 9 });
    expect((await cluster.get("/apis/apps/v1/namespaces/shop/deployments/app-green"))["spec"]).toMatchObject({ replicas: 2 });
  });
});

describe("a rollback of a canary", () => {
  const ROUTE = "/apis/k8s.nginx.org/v1/namespaces/shop/virtualservers/app";
  const split = (color: string, weight: number) => ({ weight, action: { proxy: { upstream: `app-${color}`, requestHeaders: { pass: true } } } });

  beforeAll(async () => {
    await cluster.apply("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/virtualservers.k8s.nginx.org", {
      apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "virtualservers.k8s.nginx.org" },
      spec: { group: "k8s.nginx.org", scope: "Namespaced", names: { kind: "VirtualServer", plural: "virtualservers" }, versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } } }] },
    });
    await vi.waitFor(async () => cluster.get("/apis/k8s.nginx.org/v1/namespaces/shop/virtualservers"), { timeout: 10_000 });
  });

  it("takes the share away at once and rejects the image; the live Service stays as it is, and so does the route's next owner", async () => {
    const route = { apiVersion: "k8s.nginx.org/v1", kind: "VirtualServer", metadata: { name: "app" }, spec: { host: "shop.example.com", upstreams: [{ name: "app-blue" }, { name: "app-green" }], routes: [{ path: "/", splits: [split("blue", 75), split("green", 25)] }] } };
    await cluster.apply(ROUTE, route, "pulumi-kubernetes-12ab34cd");
    opened.write(opened.text().replace(/golive:release:\n/, "golive:release:\n    strategy: canary\n").replace("canary: { weights", "canary: { weight: 25, weights"));
    expect(await status(stage)).toMatchObject({ strategy: "canary", canaryWeight: 25, drift: [expect.stringContaining("blue has"), expect.stringContaining("green has")] });
    await expect(rollback(stage, { ...how(), to: "green", skipState: true })).rejects.toThrow("green is the canary: it has 25 % of the traffic");
    await rollback(stage, { ...how(), skipState: true });
    expect((await cluster.get(ROUTE))["spec"]).toEqual({ ...route.spec, routes: [{ path: "/", splits: [split("blue", 100), split("green", 0)] }] });
    expect(await readLive(stage.api, NAMESPACE)).toMatchObject({ color: "blue", serial: 1 });
    expect(await readRecords(stage.api, NAMESPACE)).toMatchObject({ rejected: [{ digest: DIGESTS.green.split("@")[1], reason: "it was slow" }], history: [{ action: "rollback", color: "blue" }] });
    expect(stage.again().config.release.canary.weight).toBeUndefined();
    const answer = await cluster.server.client.apply(`${ROUTE}?fieldManager=pulumi-kubernetes-12ab34cd`, { ...route, spec: { ...route.spec, routes: [{ path: "/", action: { pass: "app" } }] } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  });
});

it("a rollback of a canary by replicas gives the live Service to the live color alone, under a number of its own", async () => {
  const { spec, metadata: { annotations } } = (await readLive(stage.api, NAMESPACE)).service as unknown as { spec: { type: string; ports: object[] }; metadata: { annotations: Record<string, string> } };
  await cluster.apply("/api/v1/namespaces/shop/services/app", { apiVersion: "v1", kind: "Service", metadata: { name: "app", annotations: { ...annotations, "golive.dev/canary": "green 25" } }, spec: { type: spec.type, ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }], selector: { "app.kubernetes.io/name": "shop" } } }, MANAGER);
  expect(await status(stage)).toMatchObject({ live: { color: "blue" }, canaryWeight: 25 });
  await rollback(stage, { ...how(), skipState: true });
  const now = await readLive(stage.api, NAMESPACE);
  expect(now).toMatchObject({ color: "blue", serial: 2 });
  expect(now.canary).toBeUndefined();
  expect(now.service.metadata.annotations).toEqual({ "golive.dev/release-serial": "2", "golive.dev/strategy": "blueGreen" });
  expect(stage.again().config.release.serial).toBe(2);
});

describe("a cluster", () => {
  it("whose records are another cluster's is refused, and the records say of which cluster they are", async () => {
    await rollback(stage, { ...how(), skipState: true });
    const { uid } = ((await cluster.get("/api/v1/namespaces/kube-system")) as { metadata: { uid: string } }).metadata;
    expect((await cluster.get("/api/v1/namespaces/shop/configmaps/app-releases"))["data"]).toMatchObject({ cluster: uid });
    const data = (id: string) => stage.api.patch("/api/v1/namespaces/shop/configmaps/app-releases", { data: { cluster: id } });
    await data("another");
    await expect(place()).rejects.toMatchObject({ message: expect.stringContaining(`the records of its releases are of cluster another, and this is ${uid}`) as string });
    await data(uid);
    (await place()).api.close();
  });

  it("that is not the one of the stack file is refused, be the rest of the file right or not", async () => {
    const { uid } = ((await cluster.get("/api/v1/namespaces/kube-system")) as { metadata: { uid: string } }).metadata;
    const of = (id: string, rest = "") => { opened.write(`${opened.text().replace(/\n {4}cluster: .*/, "").replace(/golive:release:\n/, `golive:release:\n    cluster: ${id}\n`)}${rest}`); };
    of("another");
    await expect(place()).rejects.toMatchObject({ message: expect.stringContaining(`it was released in cluster another, and this is ${uid}`) as string, hint: expect.stringContaining("remove golive:release.cluster from Pulumi.sandbox.yaml") as string });
    of("another", "  golive:unknown: 1\n");
    await expect(place()).rejects.toThrow("it was released in cluster another");
    of(uid);
    (await place()).api.close();
  });

  it("that is not the one of the stage is refused, and the same one by another way is not", async () => {
    const own = kubeconfigOf(opened.folder);
    const kubeconfig = readFileSync(cluster.server.kubeconfig, "utf8");
    const { clusters, ...rest } = JSON.parse(kubeconfig) as { clusters: { name: string; cluster: { server: string } }[] };
    writeFileSync(own, JSON.stringify({ ...rest, clusters: clusters.map(({ name, cluster: one }) => ({ name, cluster: { ...one, server: one.server.replace("127.0.0.1", "localhost"), "tls-server-name": "kubernetes" } })) }));
    (await place()).api.close();
    writeFileSync(own, kubeconfig.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:9"));
    await expect(place()).rejects.toThrow(/--kubeconfig leads to .*, and the engine of this stage acts on .*, which does not answer/);
    rmSync(own);
    (await place()).api.close();
  });
});
