/** What the guard reads from an API server: a server that answers as the real one does, and ones that do not answer. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { clusterReader } from "../../components/release/clusterReader.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: "v1", kind: "Config", "current-context": "test",
    clusters: [{ name: "test", cluster: { server, "insecure-skip-tls-verify": true } }], contexts: [{ name: "test", context: { cluster: "test", user: "test" } }], users: [{ name: "test", user: { token: "t" } }],
  });
}

/** An API server that knows these paths (with their queries) and answers 404 to all else. */
async function serving(answers: Record<string, unknown>, code = 404): Promise<ReturnType<typeof clusterReader>> {
  const server = createServer((request, response) => {
    const answer = answers[decodeURIComponent(request.url ?? "")];
    response.writeHead(answer === undefined ? code : 200, { "content-type": "application/json" }).end(JSON.stringify(answer ?? { kind: "Status", code }));
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return clusterReader(kubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), "shop");
}

/** An API server that answers each request with one code, and tells of it. */
async function answering(code: number, told: (request: IncomingMessage, body: unknown) => void = () => undefined): Promise<ReturnType<typeof clusterReader>> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      told(request, JSON.parse(Buffer.concat(chunks).toString("utf8")));
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify({ kind: "Status", code }));
    });
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return clusterReader(kubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), "shop");
}

const DEPLOYMENT = {
  metadata: { generation: 4, annotations: { "golive.dev/schema": "13-15" } },
  spec: { replicas: 3, selector: {}, template: { spec: { containers: [{ name: "proxy", image: "other" }, { name: "app", image: "shop@sha256:1" }] } } },
  status: { observedGeneration: 4, updatedReplicas: 3, availableReplicas: 2 },
};
const SLICES = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?labelSelector=kubernetes.io/service-name=app-green";
const JOBS = "/apis/batch/v1/namespaces/shop/jobs?labelSelector=app.kubernetes.io/component=migrations";
const RECORDS = "/api/v1/namespaces/shop/configmaps/app-releases";

describe("clusterReader", () => {
  it("reads the live Service: its color and release", async () => {
    const reader = await serving({ "/api/v1/namespaces/shop/services/app": { metadata: { annotations: { "golive.dev/release-serial": "7" } }, spec: { selector: { color: "green" } } } });
    expect(await reader.liveService()).toEqual({ color: "green", serial: 7 });
  });

  it("reads a Service that somebody else made: without color, with a number that is none", async () => {
    const reader = await serving({ "/api/v1/namespaces/shop/services/app": { metadata: { annotations: { "golive.dev/release-serial": "seven" } }, spec: {} } });
    expect(await reader.liveService()).toEqual({ color: undefined, serial: undefined });
  });

  it("reads a color: image of the application's own container, schema, counts", async () => {
    const reader = await serving({ "/apis/apps/v1/namespaces/shop/deployments/app-green": DEPLOYMENT });
    expect(await reader.pods("green")).toEqual({ image: "shop@sha256:1", schema: "13-15", desired: 3, updated: 3, available: 2, isObserved: true });
  });

  it("tells counts of an older specification", async () => {
    const reader = await serving({ "/apis/apps/v1/namespaces/shop/deployments/app-green": { ...DEPLOYMENT, status: { observedGeneration: 3 } } });
    expect(await reader.pods("green")).toMatchObject({ isObserved: false, updated: 0, available: 0 });
  });

  it("counts ready endpoints, each address once", async () => {
    const endpoint = (address: string, conditions: object) => ({ addresses: [address], conditions });
    const reader = await serving({ [SLICES]: { items: [
      { endpoints: [endpoint("10.0.0.1", { ready: true }), endpoint("10.0.0.2", { ready: false })] },
      // No condition at all means ready (Kubernetes API reference, EndpointConditions).
      { endpoints: [endpoint("10.0.0.1", { ready: true }), endpoint("10.0.0.3", {})] },
      { endpoints: null },
    ] } });
    expect(await reader.readyEndpoints("app-green")).toBe(2);
  });

  it("reads what was rejected", async () => {
    const reader = await serving({ [RECORDS]: { data: { rejected: JSON.stringify([{ digest: "sha256:1", reason: "smoke", at: "now" }]) } } });
    expect(await reader.records()).toEqual({ rejected: [{ digest: "sha256:1", reason: "smoke", at: "now" }] });
  });

  it.each(["{", "{}", '[{"digest":"sha256:1"}]', '[{"digest":1,"reason":"smoke"}]', '["sha256:1"]'])("refuses records that are no list: %s", async (rejected) => {
    const reader = await serving({ [RECORDS]: { data: { rejected } } });
    await expect(reader.records()).rejects.toThrow(/data.rejected of ConfigMap app-releases is no JSON list/);
  });

  it("takes the schema's version from the migrations that succeeded and from what is recorded, the highest", async () => {
    const job = (version: string, succeeded: number) => ({ metadata: { annotations: { "golive.dev/schema-version": version } }, status: { succeeded } });
    const jobs = { items: [job("12", 1), job("13", 1), job("20", 0)] };
    expect(await (await serving({ [JOBS]: jobs })).schemaVersion()).toBe(13);
    expect(await (await serving({ [JOBS]: jobs, [RECORDS]: { data: { schemaVersion: "14" } } })).schemaVersion()).toBe(14);
  });

  it("refuses a version that is none: the database may be anywhere", async () => {
    await expect((await serving({ [JOBS]: { items: [] }, [RECORDS]: { data: { schemaVersion: "14a" } } })).schemaVersion()).rejects.toThrow(/data.schemaVersion of ConfigMap app-releases is "14a" and no number/);
  });

  it("reads a Service that is open for a canary by replicas, and one that only says so", async () => {
    const metadata = { annotations: { "golive.dev/release-serial": "7", "golive.dev/canary": "green 25", "golive.dev/left": "7 blue sha256:1, 7 green+10 sha256:2" } };
    const service = (selector: object) => serving({ "/api/v1/namespaces/shop/services/app": { metadata, spec: { selector } } });
    const left = ["7 blue sha256:1", "7 green+10 sha256:2"];
    expect(await (await service({ app: "shop" })).liveService()).toEqual({ color: "blue", serial: 7, canary: { color: "green", weight: 25 }, left });
    expect(await (await service({ app: "shop", color: "green" })).liveService()).toEqual({ color: "green", serial: 7, left });
  });

  it("keeps what the live Service has left in an annotation, under a name of its own", async () => {
    const sent: unknown[] = [];
    const reader = await answering(200, (request, body) => sent.push([request.method, request.url, request.headers["content-type"], body]));
    await reader.remember(["7 blue sha256:1", "7 green sha256:2"]);
    expect(sent).toEqual([["PATCH", "/api/v1/namespaces/shop/services/app?fieldManager=golive-guard", "application/merge-patch+json", { metadata: { annotations: { "golive.dev/left": "7 blue sha256:1, 7 green sha256:2" } } }]]);
  });

  it("says when that is not kept, except of a server that only shows", async () => {
    await expect((await answering(403)).remember(["7 blue sha256:1"])).rejects.toThrow(/did not keep what the live Service has left: it answered 403/);
    await expect((await answering(405)).remember(["7 blue sha256:1"])).resolves.toBeUndefined();
  });

  it("knows what is not there", async () => {
    const reader = await serving({ [JOBS]: { items: [] } });
    expect(await reader.liveService()).toBeUndefined();
    expect(await reader.pods("blue")).toBeUndefined();
    expect(await reader.records()).toEqual({ rejected: [] });
    expect(await reader.schemaVersion()).toBeUndefined();
  });

  it("says what the server refuses", async () => {
    await expect((await serving({}, 403)).pods("green")).rejects.toThrow(/^Release: the cluster at http:\/\/127\.0\.0\.1:\d+ did not tell about shop\/Deployment app-green: it answered 403\. Traffic is unchanged\./);
  });

  it("says that nobody listens", async () => {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    await expect(clusterReader(kubeconfig(`http://127.0.0.1:${port}`), "shop").liveService()).rejects.toThrow(/did not tell about shop\/Service app: .*ECONNREFUSED/);
  });

  it("refuses a kubeconfig that names no cluster", () => {
    expect(() => clusterReader("clusters: []", "shop")).toThrow(/names no cluster as its current one/);
  });
});
