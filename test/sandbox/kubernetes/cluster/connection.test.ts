/** Requests to a server that stumbles. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Connection } from "../../../../sandbox/kubernetes/cluster/connection.ts";
import { ApiError, UnreachableError } from "../../../../sandbox/kubernetes/cluster/errors.ts";
import { ClusterProvider } from "./provider.ts";

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

let server: Server | undefined;
afterEach(() => { server?.closeAllConnections(); server?.close(); });

/** A server that gives these answers one after another, the last one for ever. */
async function serve(...answers: Answer[]): Promise<URL> {
  let count = 0;
  server = createServer((req, res) => answers[Math.min(count++, answers.length - 1)]?.(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => (_, res) => { res.writeHead(status, headers).end(JSON.stringify(body)); };
const hangUp: Answer = (req) => { req.socket.destroy(); };

function connect(url: URL, warn?: (text: string) => void): Connection {
  return new Connection({ server: url, credentials: () => Promise.resolve({ headers: { authorization: "Bearer t" } }) }, warn);
}

describe("a connection", () => {
  it("tries again when the server is busy, restarts or hangs up", async () => {
    const url = await serve(json(429, {}, { "retry-after": "0" }), json(503, {}, { "retry-after": "0" }), json(500, { message: "etcdserver: leader changed" }, { "retry-after": "0" }), hangUp, json(200, { ok: true }));
    expect(await connect(url).send("GET", "/x")).toEqual({ ok: true });
  });

  it("passes refusals on at once, and knows when a request may have been carried out", async () => {
    const refused = json(409, { reason: "AlreadyExists", message: "it exists" });
    await expect(connect(await serve(refused)).send("POST", "/x", { body: {} })).rejects.toMatchObject({ code: 409, reason: "AlreadyExists", uncertain: false });
    await expect(connect(await serve(hangUp, refused)).send("POST", "/x", { body: {} })).rejects.toMatchObject({ uncertain: true });
    await expect(connect(await serve((_, res) => { res.writeHead(500).end("plain"); })).send("GET", "/x")).rejects.toThrow(new ApiError(500, "plain"));
  });

  it("says that nobody answers, with the address", async () => {
    const url = await serve(hangUp);
    server?.close();
    server?.closeAllConnections();
    const error: unknown = await connect(url).send("GET", "/x", { patienceMs: 150 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(String(error)).toContain(url.origin);
  });

  it("ends with its signal", async () => {
    const waiting = new AbortController();
    const url = await serve(() => waiting.abort(new Error("enough")));
    await expect(connect(url).send("GET", "/x", { signal: waiting.signal })).rejects.toThrow("enough");
  });

  it("passes on what the server warns of", async () => {
    const warnings: string[] = [];
    await connect(await serve(json(200, {}, { warning: '299 - "v1 Endpoints is deprecated", 299 - "would violate \\"restricted\\""' })), (text) => warnings.push(text)).send("GET", "/x");
    expect(warnings).toEqual(["v1 Endpoints is deprecated", 'would violate "restricted"']);
  });

  it("follows changes until the server ends them, and hears of versions that are too old", async () => {
    const event = { type: "ADDED", object: { apiVersion: "v1", kind: "A", metadata: { name: "a", resourceVersion: "7" } } };
    const bookmark = { type: "BOOKMARK", object: { metadata: { resourceVersion: "9" } } };
    const url = await serve((_, res) => { res.writeHead(200); res.end(`${JSON.stringify(event)}\n${JSON.stringify(bookmark)}\n`); }, (_, res) => { res.writeHead(200); res.end(`${JSON.stringify({ type: "ERROR", object: { code: 410, message: "too old" } })}\n`); });
    const connection = connect(url);
    const seen: string[] = [];
    for await (const { type } of connection.watch("/w", {}, new AbortController().signal)) seen.push(type);
    expect(seen).toEqual(["ADDED", "BOOKMARK"]);
    await expect(connection.watch("/w", {}, new AbortController().signal).next()).rejects.toMatchObject({ code: 410, message: "too old" });
  });
});

describe("a create whose answer was lost", () => {
  const live = (manager: string, age: number): object => ({
    apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "shop", uid: "u", creationTimestamp: new Date(Date.now() - age).toISOString(), managedFields: [{ manager, operation: "Update", fieldsV1: {} }] },
  });
  const create = async (manager: string, age = 0): Promise<string> => {
    const url = await serve(
      json(200, { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] }), hangUp, json(409, { reason: "AlreadyExists", message: "it exists" }), json(200, live(manager, age)),
    );
    const kubeconfig = JSON.stringify({ "current-context": "c", clusters: [{ name: "c", cluster: { server: url.origin } }], contexts: [{ name: "c", context: { cluster: "c" } }] });
    const provider = await ClusterProvider.start(kubeconfig);
    try {
      return (await provider.create("kubernetes:core/v1:ConfigMap", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "shop" } })).id;
    } finally {
      provider.stop();
    }
  };

  it("is taken for done when the object is ours, and refused when it is not", async () => {
    expect(await create("pulumi-kubernetes")).toBe("shop/a");
    await expect(create("somebody")).rejects.toThrow("it exists");
    await expect(create("pulumi-kubernetes", 600_000)).rejects.toThrow("it exists");
  });
});
