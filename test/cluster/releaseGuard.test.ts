/** The guard of the live Service against a real API server: what it reads is what Kubernetes says, through a kubeconfig as it is used. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clusterReader } from "../../components/release/clusterReader.ts";
import { liveGuard } from "../../components/release/guard.ts";
import { passLive, passPods } from "../../components/release/liveHook.ts";
import type { Cluster, Wanted } from "../../components/release/seen.ts";
import { startApiServer, type ApiServer } from "../../sandbox/cluster/apiServer.ts";

/** Room for building both programs, when the cache is empty, on a machine that does other work too. */
const BUILD_MS = 1_800_000;
const image = (digit: string) => `sandbox.local/shop@sha256:${digit.repeat(64)}`;
const WANTED: Wanted = { color: "green", image: image("1"), serial: 3 };
const NAMESPACE = "/api/v1/namespaces/shop";

let server: ApiServer;
let reader: Cluster;

async function apply(path: string, object: object): Promise<void> {
  const { status, body } = await server.client.apply(`${path}?fieldManager=test&force=true`, object);
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
}

/** A Deployment with what its controller would say of it, which does not run here. */
async function color(name: string, { digit, available }: { digit: string; available: number }): Promise<void> {
  const path = `/apis/apps/v1/namespaces/shop/deployments/app-${name}`;
  const labels = { app: "shop", color: name };
  await apply(path, {
    apiVersion: "apps/v1", kind: "Deployment", metadata: { name: `app-${name}`, namespace: "shop", annotations: { "golive.dev/schema": "13-15" } },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: "app", image: image(digit) }] } } },
  });
  const { generation } = ((await server.client.get(path)).body as { metadata: { generation: number } }).metadata;
  await server.client.merge(`${path}/status`, { status: { observedGeneration: generation, replicas: 2, updatedReplicas: 2, readyReplicas: available, availableReplicas: available } });
  await endpoints(`app-${name}`, available);
}

function endpoints(service: string, ready: number): Promise<void> {
  return apply(`/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/${service}-1`, {
    apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { name: `${service}-1`, namespace: "shop", labels: { "kubernetes.io/service-name": service } },
    addressType: "IPv4", ports: [{ port: 8080 }], endpoints: Array.from({ length: 2 }, (_, n) => ({ addresses: [`10.0.0.${n + 1}`], conditions: { ready: n < ready } })),
  });
}

async function live(name: string, serial: number): Promise<void> {
  await apply(`${NAMESPACE}/services/app`, {
    apiVersion: "v1", kind: "Service", metadata: { name: "app", namespace: "shop", annotations: { "golive.dev/release-serial": String(serial) } },
    spec: { selector: { app: "shop", color: name }, ports: [{ port: 80, targetPort: 8080 }] },
  });
  await endpoints("app", 2);
}

function rejected(list: object[]): Promise<void> {
  return apply(`${NAMESPACE}/configmaps/app-releases`, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "app-releases", namespace: "shop" }, data: { rejected: JSON.stringify(list), schemaVersion: "14" } });
}

beforeAll(async () => {
  server = await startApiServer();
  await apply(NAMESPACE, { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  reader = clusterReader(await readFile(server.kubeconfig, "utf8"), "shop");
}, BUILD_MS);
afterAll(async () => { await server.stop(); }, 30_000);

test("the first live Service is refused while its color is not there", async () => {
  expect(await liveGuard(reader, WANTED)).toEqual([expect.stringMatching(/^There is no Deployment app-green\./)]);
});

test("then comes when it is ready", async () => {
  await color("green", { digit: "1", available: 2 });
  expect(await liveGuard(reader, WANTED)).toEqual([]);
});

test("a flip goes to a ready color, not to one that is short of pods", async () => {
  await color("blue", { digit: "0", available: 2 });
  await live("blue", 2);
  expect(await liveGuard(reader, WANTED)).toEqual([]);
  await color("green", { digit: "1", available: 1 });
  expect(await liveGuard(reader, WANTED)).toEqual([expect.stringContaining("of 2 pods 2 are of its newest version and 1 available")]);
  await color("green", { digit: "1", available: 2 });
  await endpoints("app-green", 1);
  expect(await liveGuard(reader, WANTED)).toEqual([expect.stringContaining("has 1 ready endpoint, and the traffic is now carried by 2")]);
});

test("nor to another image, a rejected one, another schema, or from an older release", async () => {
  await color("green", { digit: "1", available: 2 });
  expect(await liveGuard(reader, { ...WANTED, image: image("2") })).toEqual([expect.stringContaining(`runs ${image("1")}`)]);
  expect(await liveGuard(reader, { ...WANTED, serial: 1 })).toEqual([expect.stringContaining("the live Service was moved by release 2")]);
  await rejected([{ digest: `sha256:${"1".repeat(64)}`, reason: "errors after the flip", at: "2026-01-02T03:04:05Z" }]);
  expect(await liveGuard(reader, WANTED)).toEqual([expect.stringContaining("was rejected on 2026-01-02T03:04:05Z: errors after the flip")]);
  await rejected([]);
  await apply(`${NAMESPACE}/configmaps/app-releases`, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "app-releases", namespace: "shop" }, data: { rejected: "[]", schemaVersion: "16" } });
  expect(await liveGuard(reader, WANTED)).toEqual([expect.stringContaining("which is at 16")]);
});

test("whatever moves nothing comes through, with the live color dead", async () => {
  await color("blue", { digit: "0", available: 0 });
  expect(await liveGuard(reader, { color: "blue", image: image("9"), serial: 2 })).toEqual([]);
});

test("a flip by plain configuration leaves older checkouts behind, and keeps that through what the provider applies", async () => {
  await color("blue", { digit: "0", available: 2 });
  await color("green", { digit: "1", available: 2 });
  await rejected([]);
  await live("blue", 5);
  const [forth, back] = [{ ...WANTED, serial: 5 }, { color: "blue" as const, image: image("0"), serial: 5 }];
  await passLive(reader, forth);
  await live("green", 5);
  expect(await reader.liveService()).toEqual({ color: "green", serial: 5, left: [`5 blue sha256:${"0".repeat(64)}`] });
  await expect(passLive(reader, back)).rejects.toThrow(/traffic may not go to blue\. Traffic is unchanged, it goes to green\.\n {2}- Users had this before, under the same release\.serial 5/);
  await expect(passLive(reader, { ...back, serial: 6 })).resolves.toBeUndefined();
});

test("an image that was rejected comes into no pods that have traffic", async () => {
  await rejected([{ digest: `sha256:${"2".repeat(64)}`, reason: "errors after the flip" }]);
  await expect(passPods(reader, { color: "green", image: image("2"), serial: 5, hasTraffic: true })).rejects.toThrow(/app-green may not be changed\.[^]*was rejected: errors after the flip[^]*config set --path golive:images\.green \S+@sha256:1{64}$/);
  await expect(passPods(reader, { color: "blue", image: image("2"), serial: 5, hasTraffic: false })).resolves.toBeUndefined();
  // The live color's next image is noted as well.
  await passPods(reader, { color: "green", image: image("3"), serial: 5, hasTraffic: true });
  expect((await reader.liveService())?.left).toContain(`5 green sha256:${"1".repeat(64)}`);
});

test("a canary by replicas opens to exact numbers of pods", async () => {
  await rejected([]);
  await live("blue", 6);
  const half: Wanted = { color: "blue", image: image("0"), serial: 6, canary: { color: "green", weight: 50, pods: { live: 2, canary: 2 }, image: image("1") } };
  expect(await liveGuard(reader, half)).toEqual([]);
  await color("green", { digit: "1", available: 1 });
  expect(await liveGuard(reader, half)).toEqual([expect.stringContaining("app-green must have exactly 2 pods: 2 are wanted, 2 of the newest version, 1 available, 1 ready endpoints")]);
});

test("a server that is gone is said so, with what to do", async () => {
  const gone = clusterReader((await readFile(server.kubeconfig, "utf8")).replaceAll(/https:\/\/127\.0\.0\.1:\d+/g, "https://127.0.0.1:1"), "shop");
  await expect(liveGuard(gone, WANTED)).rejects.toThrow(/the cluster at https:\/\/127\.0\.0\.1:1 did not tell about shop\/Service app: .*Traffic is unchanged/);
});
