/** A cluster that is there already: one of our own, which another process could have made. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Cluster, startCluster } from "../../sandbox/cluster/cluster.ts";
import { givenCluster, openCluster } from "../../sandbox/cluster/given.ts";
import { containerdSocket } from "../../sandbox/cluster/node.ts";
import { helloImage } from "./hello.ts";

const BUILD_MS = 1_800_000;
const COREDNS = "/api/v1/namespaces/kube-system/configmaps/coredns";
const COREFILE = ".:53 {\n    errors\n    ready\n    reload\n}\n";

let cluster: Cluster;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "golive-given-"));
  cluster = await startCluster();
  // As kubeadm, kind and k3s have it.
  await make(COREDNS, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "coredns" }, data: { Corefile: COREFILE } }, "kubeadm");
}, BUILD_MS);
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

function described(description: unknown): string {
  const file = path.join(folder, "cluster.yaml");
  writeFileSync(file, typeof description === "string" ? description : JSON.stringify(description));
  return file;
}

const whole = (): Record<string, unknown> => ({
  kubeconfig: cluster.kubeconfig,
  nodes: [["env", `CONTAINERD_ADDRESS=${containerdSocket(cluster.folder)}`]],
  inside: cluster.inside,
  killApiServer: ["touch", path.join(folder, "killed")],
});

async function make(place: string, object: object, manager: string): Promise<void> {
  const { status, body } = await cluster.client.apply(`${place}?fieldManager=${manager}`, object);
  expect(status, JSON.stringify(body)).toBeLessThan(300);
}

const namespace = (name: string, manager: string): Promise<void> => make(`/api/v1/namespaces/${name}`, { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { by: manager } } }, manager);
const role = (name: string, manager: string): Promise<void> => make(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`, { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules: [] }, manager);
const isThere = async (place: string): Promise<boolean> => (await cluster.client.get(place)).status === 200;
const corefile = async (): Promise<string> => ((await cluster.client.get(COREDNS)).body as { data: { Corefile: string } }).data.Corefile;

describe("a cluster that is there already", () => {
  it("runs our images, is reached from inside, knows the stores' names, and is left as it was", { timeout: 180_000 }, async () => {
    await namespace("earlier", "golive-release");
    vi.stubEnv("GOLIVE_CLUSTER", described(whole()));
    const given = await openCluster();
    vi.unstubAllEnvs();
    const image = await helloImage();
    await given.importImages([image.archive]);
    await namespace("made", "golive-sandbox");
    await role("made", "pulumi-kubernetes");
    await namespace("others", "kubectl");
    await role("others", "kubectl");
    expect(await corefile()).toContain("rds");
    await given.client.post("/api/v1/namespaces/made/pods", {
      apiVersion: "v1", kind: "Pod", metadata: { name: "hello" },
      spec: { containers: [{ name: "hello", image: image.pinned, imagePullPolicy: "Never", env: [{ name: "COLOR", value: "blue" }] }] },
    });
    const address = await until(async () => {
      const { status } = (await given.client.get("/api/v1/namespaces/made/pods/hello")).body as { status?: { podIP?: string; containerStatuses?: { ready: boolean }[] } };
      return status?.containerStatuses?.[0]?.ready === true ? status.podIP : undefined;
    });
    const [program = "", ...before] = given.inside;
    const { stdout } = await promisify(execFile)(program, [...before, process.execPath, "--eval", `fetch("http://${address}:8080/").then((answer) => console.log(answer.status))`]);
    expect(stdout.trim()).toBe("200");
    await Promise.all([given.stop(), given.stop()]);
    expect(await corefile()).toBe(COREFILE);
    const left = await Promise.all(["made", "others", "earlier"].map((name) => isThere(`/api/v1/namespaces/${name}`)));
    expect(left).toEqual([false, true, true]);
    expect(await Promise.all(["made", "others"].map((name) => isThere(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`)))).toEqual([false, true]);
  });

  it("has its API server killed by whoever knows how, and waits until it is back", { timeout: 120_000 }, async () => {
    const given = await givenCluster(described(whole()));
    let isBack = false;
    const restarted = given.restartApiServer().then(() => { isBack = true; });
    await until(() => Promise.resolve(existsSync(path.join(folder, "killed")) || undefined));
    expect(isBack).toBe(false);
    await cluster.restartApiServer();
    await restarted;
    await given.stop();
    const silent = await givenCluster(described({ ...whole(), killApiServer: undefined }));
    await expect(silent.restartApiServer()).rejects.toThrow("Nobody has said how the API server of this cluster is killed");
    await silent.stop();
  });

  it("that can not be used is refused, with the reason", { timeout: 60_000 }, async () => {
    const nobody = path.join(folder, "nobody.json");
    writeFileSync(nobody, JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [{ name: "a", cluster: { server: "https://127.0.0.1:9" } }], users: [{ name: "a", user: { token: "t" } }], contexts: [{ name: "a", context: { cluster: "a", user: "a" } }], "current-context": "a" }));
    const refusals: [unknown, string][] = [
      ["kubeconfig: [\n", "is no YAML"],
      [{ kubeconfig: "x" }, "does not describe a cluster: nodes: "],
      [{ ...whole(), node: [] }, 'does not describe a cluster: : Unrecognized key: "node"'],
      [{ ...whole(), kubeconfig: "not-there.json" }, "not-there.json can not be read"],
      [{ ...whole(), kubeconfig: nobody }, "does not answer"],
    ];
    for (const [description, reason] of refusals) await expect(givenCluster(described(description))).rejects.toThrow(reason);
    await expect(givenCluster(path.join(folder, "no.yaml"))).rejects.toThrow(/no\.yaml, can not be read \(ENOENT\)/);
    const given = await givenCluster(described({ ...whole(), nodes: [["false"]] }));
    await expect(given.importImages([(await helloImage()).archive])).rejects.toThrow("containerd's client failed: ctr images import -");
    await given.stop();
  });
});

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(50)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error("waited in vain");
}
