import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KubeConfig, VersionApi } from "@kubernetes/client-node";
import { startApiServer, type ApiServer } from "../../sandbox/cluster/apiServer.ts";
import { dryRun, readObjects, type DryRunResult, type KubernetesObject } from "../../sandbox/cluster/dryRun.ts";
import { isAlive } from "../../sandbox/engine/process.ts";
import { readFileSync } from "node:fs";

/** Room for building both programs, when the cache is empty, on a machine that does other work too. */
const BUILD_MS = 1_800_000;

let server: ApiServer;
beforeAll(async () => { server = await startApiServer(); }, BUILD_MS);
afterAll(async () => { await server.stop(); }, 30_000);

function deployment(name: string, change: (spec: Record<string, unknown>, container: Record<string, unknown>) => void = () => undefined): KubernetesObject {
  const container: Record<string, unknown> = { name: "app", image: "app@sha256:abc", resources: { requests: { cpu: "100m", memory: "64Mi" } } };
  const spec: Record<string, unknown> = {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
  };
  change(spec, container);
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: "shop" }, spec };
}

async function ask(object: KubernetesObject): Promise<DryRunResult> {
  const [result] = await dryRun(server, [object]);
  if (result === undefined) throw new Error("no result");
  return result;
}

describe("dry runs on a real API server", () => {
  it("serves a kubeconfig that an ordinary client can use", async () => {
    const config = new KubeConfig();
    config.loadFromFile(server.kubeconfig);
    const version = await config.makeApiClient(VersionApi).getCode();
    expect(version.gitVersion).toBe("v1.36.3");
  });

  it("takes good objects and stores none of them", async () => {
    const results = await dryRun(server, [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
      deployment("good"),
      { apiVersion: "v1", kind: "Service", metadata: { name: "good", namespace: "shop" }, spec: { selector: { app: "good" }, ports: [{ port: 80 }] } },
      { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "nightly", namespace: "shop" }, spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] } } } } } },
    ]);
    expect(results.map((r) => r.message)).toEqual(["", "", "", ""]);
    expect(results.every((r) => r.ok)).toBe(true);
    expect((await server.client.get("/apis/apps/v1/namespaces/shop/deployments/good")).status).toBe(404);
  });

  it("refuses a field that does not exist", async () => {
    const result = await ask(deployment("wrong-field", (spec) => { spec["replicaCount"] = 2; }));
    expect(result.ok).toBe(false);
    expect(result.message).toContain("replicaCount");
  });

  it("refuses a quantity that is none", async () => {
    const result = await ask(deployment("wrong-quantity", (_, container) => { container["resources"] = { limits: { memory: "64 megabytes" } }; }));
    expect(result.ok).toBe(false);
    expect(result.message).toContain("quantities must match");
  });

  it("refuses a selector that does not select the template", async () => {
    const result = await ask(deployment("wrong-selector", (spec) => { spec["selector"] = { matchLabels: { app: "other" } }; }));
    expect(result.ok).toBe(false);
    expect(result.message).toContain("`selector` does not match template `labels`");
  });

  it("checks custom objects against the definitions of their makers", async () => {
    const monitor = (spec: Record<string, unknown>): KubernetesObject => ({ apiVersion: "monitoring.coreos.com/v1", kind: "ServiceMonitor", metadata: { name: "app", namespace: "shop" }, spec });
    const [good, bad] = await dryRun(server, [
      monitor({ selector: { matchLabels: { app: "good" } }, endpoints: [{ port: "metrics", interval: "30s" }] }),
      monitor({ selector: {}, endpoints: [{ port: "metrics", interval: "often" }] }),
    ]);
    expect(good).toMatchObject({ ok: true, message: "" });
    expect(bad?.ok).toBe(false);
    expect(bad?.message).toContain("interval");
  }, 120_000);

  it("knows the kinds of every operator that it can have", async () => {
    const results = await dryRun(server, [
      { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name: "internal" }, spec: { selfSigned: {} } },
      { apiVersion: "external-secrets.io/v1", kind: "SecretStore", metadata: { name: "store", namespace: "shop" }, spec: { provider: { aws: { service: "SecretsManager", region: "us-east-1" } } } },
      { apiVersion: "gateway.networking.k8s.io/v1", kind: "GatewayClass", metadata: { name: "internal" }, spec: { controllerName: "example.com/controller" } },
    ]);
    expect(results.map((r) => r.message)).toEqual(["", "", ""]);
  }, 300_000);

  it("says which kinds it could not check, instead of passing over them", async () => {
    const result = await ask({ apiVersion: "k8s.nginx.org/v1", kind: "VirtualServer", metadata: { name: "app", namespace: "shop" }, spec: {} });
    expect(result).toMatchObject({ ok: false, notChecked: true });
    expect(result.message).toContain("VirtualServer");
  });

  it("refuses a kind that a served group does not have", async () => {
    const result = await ask({ apiVersion: "apps/v1", kind: "Deploymnt", metadata: { name: "a" } });
    expect(result).toMatchObject({ ok: false, notChecked: false });
  });

  it("passes on what the server warns of", async () => {
    const [, result] = await dryRun(server, [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "strict", labels: { "pod-security.kubernetes.io/warn": "restricted" } } },
      { ...deployment("loose"), metadata: { name: "loose", namespace: "strict" } },
    ]);
    expect(result?.ok).toBe(true);
    expect(result?.warnings.join()).toContain("would violate PodSecurity");
  });

  it("runs beside another one, and leaves nothing behind when stopped", async () => {
    const second = await startApiServer();
    const folder = path.dirname(second.kubeconfig);
    const { children } = JSON.parse(readFileSync(path.join(folder, "processes.json"), "utf8")) as { children: { pid: number }[] };
    expect(second.url).not.toBe(server.url);
    expect(children.map((c) => isAlive(c.pid))).toEqual([true, true]);
    await second.stop();
    expect(children.map((c) => isAlive(c.pid))).toEqual([false, false]);
    await expect(readObjects(folder)).rejects.toThrow("ENOENT");
  }, 120_000);
});

describe("reading a folder of manifests", () => {
  it("finds every document and every item of a list", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "golive-manifests-"));
    try {
      await writeFile(path.join(folder, "a.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: two}}\n");
      await writeFile(path.join(folder, "b.json"), JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "three" } }));
      expect((await readObjects(folder)).map((o) => o.metadata.name)).toEqual(["one", "two", "three"]);
      await writeFile(path.join(folder, "c.yaml"), "kind: [");
      await expect(readObjects(folder)).rejects.toThrow("c.yaml is no YAML");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
