import { expect, it } from "vitest";
import { kubeStateText, quantity } from "../../../sandbox/services/kubeState.ts";
import { metrics } from "../../../components/monitoring/alerts/metrics.ts";
import { SCOPE } from "../../monitoring/stack.ts";

const LISTS: Record<string, unknown[]> = {
  "/api/v1/pods": [{
    metadata: { namespace: "shop", name: "app-blue-1", ownerReferences: [{ kind: "ReplicaSet", name: "app-blue" }] },
    spec: { nodeName: "node-1", containers: [{ name: "app", image: "shop@sha256:1", resources: { limits: { cpu: "200m", memory: "96Mi", "ephemeral-storage": "1Gi" } } }] },
    status: { phase: "Running", podIP: "10.244.0.9", containerStatuses: [{ name: "app", restartCount: 2, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: { reason: "OOMKilled" } } }] },
  }],
  "/apis/apps/v1/deployments": [{ metadata: { namespace: "shop", name: "app-blue" }, spec: { replicas: 2 }, status: {} }],
  "/apis/discovery.k8s.io/v1/endpointslices": [
    { metadata: { namespace: "shop", labels: { "kubernetes.io/service-name": "app" } }, endpoints: [{ addresses: ["10.244.0.9"], conditions: { ready: true } }, { addresses: ["10.244.0.10"], conditions: { ready: false } }] },
    { metadata: { namespace: "shop", labels: { "kubernetes.io/service-name": "app-green" } }, endpoints: null },
  ],
  "/api/v1/nodes": [{ metadata: { name: "node-1", labels: { "topology.kubernetes.io/zone": "a" } }, spec: {}, status: { conditions: [{ type: "Ready", status: "True" }] } }],
};
const text = (): Promise<string> => kubeStateText({ get: async (path) => ({ status: 200, body: { items: LISTS[path] }, warnings: [] }) });

it("reads quantities as Kubernetes writes them", () => {
  expect(["200m", "2", "96Mi", "1Gi", "1k"].map(quantity)).toEqual([0.2, 2, 100_663_296, 1_073_741_824, 1000]);
});

it("tells limits, replicas, reasons and conditions under the names and labels of kube-state-metrics", async () => {
  const lines = (await text()).split("\n");
  for (const line of [
    'kube_pod_container_resource_limits{namespace="shop",pod="app-blue-1",container="app",resource="cpu",unit="core"} 0.2',
    'kube_pod_container_resource_limits{namespace="shop",pod="app-blue-1",container="app",resource="memory",unit="byte"} 100663296',
    'kube_pod_info{namespace="shop",pod="app-blue-1",node="node-1",pod_ip="10.244.0.9"} 1',
    'kube_endpoint_address{namespace="shop",endpoint="app",ip="10.244.0.9",ready="true"} 1',
    'kube_endpoint_address{namespace="shop",endpoint="app",ip="10.244.0.10",ready="false"} 1',
    'kube_deployment_spec_replicas{namespace="shop",deployment="app-blue"} 2',
    'kube_deployment_status_replicas_available{namespace="shop",deployment="app-blue"} 0',
    'kube_pod_status_phase{namespace="shop",pod="app-blue-1",phase="Running"} 1',
    'kube_pod_status_phase{namespace="shop",pod="app-blue-1",phase="Failed"} 0',
    'kube_pod_container_status_waiting_reason{namespace="shop",pod="app-blue-1",container="app",reason="CrashLoopBackOff"} 1',
    'kube_pod_container_status_last_terminated_reason{namespace="shop",pod="app-blue-1",container="app",reason="OOMKilled"} 1',
    'kube_node_status_condition{node="node-1",condition="Ready",status="true"} 1',
    'kube_node_status_condition{node="node-1",condition="Ready",status="false"} 0',
  ]) expect(lines).toContain(line);
});

it("has no series that rules and panels do not know of kube-state-metrics", async () => {
  const names = new Set((await text()).split("\n").filter((line) => line !== "").map((line) => line.replace(/\{.*/, "")));
  expect([...names].filter((name) => metrics(SCOPE).get(name) !== "kubeState")).toEqual([]);
});
