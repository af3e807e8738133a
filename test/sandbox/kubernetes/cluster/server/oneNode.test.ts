/** Cluster mode on a whole cluster: its own controllers, scheduler and kubelet decide what is ready. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plain, type ValueObject } from "../../../../../sandbox/aws/values.ts";
import { startCluster, type Cluster } from "../../../../../sandbox/cluster/cluster.ts";
import { pauseImage } from "../../../../../sandbox/images/index.ts";
import { SETTLE_VARIABLE } from "../../../../../sandbox/kubernetes/cluster/await/network.ts";
import { ClusterProvider, InitFailed, type Made } from "../provider.ts";
import { BUILD_MS } from "./world.ts";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";
const DAEMON_SET = "kubernetes:apps/v1:DaemonSet";
const SERVICE = "kubernetes:core/v1:Service";
const JOB = "kubernetes:batch/v1:Job";
const QUOTA = "kubernetes:core/v1:ResourceQuota";

let cluster: Cluster;
let provider: ClusterProvider;
let image = "";
let namespace: Made;
beforeAll(async () => {
  process.env[SETTLE_VARIABLE] = "1000";
  cluster = await startCluster();
  image = (await pauseImage()).reference;
  provider = await ClusterProvider.start(cluster.kubeconfig);
  namespace = await provider.create(NAMESPACE, { apiVersion: "v1", kind: "Namespace", metadata: { name: "real" } });
}, BUILD_MS);
afterAll(async () => {
  delete process.env[SETTLE_VARIABLE];
  provider.stop();
  await cluster.stop();
}, 120_000);

function workload(kind: string, name: string, spec: ValueObject = {}, pod: ValueObject = {}): ValueObject {
  const template = { metadata: { labels: { app: name } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: "app", image, imagePullPolicy: "Never", ...pod }] } };
  return { apiVersion: "apps/v1", kind, metadata: { name, namespace: "real" }, spec: { selector: { matchLabels: { app: name } }, template, ...spec } };
}

describe("on a whole cluster", { timeout: 240_000 }, () => {
  it("waits for rollouts, and for the Service in front of them", async () => {
    const inputs = workload("Deployment", "web", { replicas: 2 });
    const made = await provider.create(DEPLOYMENT, inputs);
    expect(plain(made.outputs)).toMatchObject({ status: { readyReplicas: 2, observedGeneration: 1 } });
    const service = await provider.create(SERVICE, { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "real" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } });
    expect(service.id).toBe("real/web");
    const updated = await provider.update(DEPLOYMENT, made, workload("Deployment", "web", { replicas: 2 }, { env: [{ name: "V", value: "2" }] }));
    expect(plain(updated.outputs)).toMatchObject({ metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } }, status: { updatedReplicas: 2, readyReplicas: 2 } });
    const seen = await provider.read(DEPLOYMENT, updated.id, updated.outputs, workload("Deployment", "web", { replicas: 2 }, { env: [{ name: "V", value: "2" }] }));
    expect((await provider.diff(DEPLOYMENT, seen, workload("Deployment", "web", { replicas: 2 }, { env: [{ name: "V", value: "2" }] }))).paths).toEqual([]);
    await provider.delete(DEPLOYMENT, updated);
  });

  it("waits through a restart of the API server", async () => {
    const made = provider.create(DEPLOYMENT, workload("Deployment", "steady", { minReadySeconds: 5 }));
    while ((await cluster.client.get("/apis/apps/v1/namespaces/real/deployments/steady")).status !== 200);
    await cluster.restartApiServer();
    expect((await made).id).toBe("real/steady");
  });

  it("says why pods do not come up", async () => {
    const failed: unknown = await provider.create(DEPLOYMENT, workload("Deployment", "absent", {}, { image: "sandbox.local/absent:1" }), { seconds: 8 }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(InitFailed);
    expect((failed as InitFailed).message).toMatch(/Waiting for app ReplicaSet to be available \(0\/1 Pods available\)/);
    expect((failed as InitFailed).message).toMatch(/\[Pod absent-\S+\]: container app: \[ErrImageNeverPull\]/);
  });

  it("waits for the other workloads", async () => {
    const [set, agent, quota] = await Promise.all([
      provider.create(STATEFUL_SET, workload("StatefulSet", "db", { serviceName: "db", replicas: 2 })),
      provider.create(DAEMON_SET, workload("DaemonSet", "agent")),
      provider.create(QUOTA, { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "limits", namespace: "real" }, spec: { hard: { pods: "20" } } }),
    ]);
    expect(plain(set.outputs)).toMatchObject({ status: { readyReplicas: 2 } });
    expect(plain(agent.outputs)).toMatchObject({ status: { numberAvailable: 1 } });
    expect(plain(quota.outputs)).toMatchObject({ status: { hard: { pods: "20" } } });
  });

  it("fails with the Job that fails", async () => {
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "a", image, imagePullPolicy: "Never", command: ["/no/such/program"] }] } };
    const failed: unknown = await provider.create(JOB, { apiVersion: "batch/v1", kind: "Job", metadata: { name: "doomed", namespace: "real" }, spec: { backoffLimit: 0, template } }).catch((error: unknown) => error);
    expect((failed as InitFailed).message).toContain("[BackoffLimitExceeded]");
    expect((failed as InitFailed).message).toContain("[Pod doomed-");
  });

  it("ends when the namespace and all in it is gone", async () => {
    await provider.delete(NAMESPACE, namespace);
    expect((await cluster.client.get("/api/v1/namespaces/real")).status).toBe(404);
  });
});
