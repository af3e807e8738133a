/**
 * Stands in for kube-state-metrics, which is on no Go module proxy and in no Debian package: asks the API server and tells
 * under kube-state-metrics' own names, with its own labels, what objects say of themselves. It has the series of limits,
 * replicas, phases and conditions; what it leaves out, the table of panels names.
 *
 *   node sandbox/services/kubeState.ts KUBECONFIG PORT
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { ApiClient } from "../cluster/client.ts";
import { endWithParent } from "../engine/process.ts";

interface Pod {
  metadata: { namespace: string; name: string; ownerReferences?: { kind: string; name: string }[] };
  spec: { nodeName?: string; containers: { name: string; image: string; resources?: { limits?: Record<string, string> } }[] };
  status: { phase: string; podIP?: string; reason?: string; containerStatuses?: { name: string; restartCount: number; state: { waiting?: { reason: string } }; lastState: { terminated?: { reason: string } } }[] };
}
interface Deployment { metadata: { namespace: string; name: string }; spec: { replicas?: number }; status: { availableReplicas?: number } }
interface Node { metadata: { name: string; labels: Record<string, string> }; spec: { unschedulable?: boolean }; status: { conditions: { type: string; status: string }[] } }

interface Slice { metadata: { namespace: string; labels?: Record<string, string> }; endpoints?: { addresses: string[]; conditions: { ready?: boolean } }[] }

type Sample = [name: string, labels: Record<string, string>, value: number];

const UNITS: Readonly<Record<string, number>> = { m: 1e-3, k: 1e3, M: 1e6, G: 1e9, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** `200m` → 0.2, `96Mi` → 100663296. */
export function quantity(text: string): number {
  const [, number = "", unit = ""] = /^([\d.]+)(\w*)$/.exec(text) ?? [];
  return Number(number) * (UNITS[unit] ?? 1);
}

/** All series, in the text format of Prometheus. @throws when the API server does not answer */
export async function kubeStateText(client: Pick<ApiClient, "get">): Promise<string> {
  const list = async <T>(path: string): Promise<T[]> => ((await client.get(path)).body as { items: T[] }).items;
  const [pods, deployments, nodes, slices] = await Promise.all([
    list<Pod>("/api/v1/pods"), list<Deployment>("/apis/apps/v1/deployments"), list<Node>("/api/v1/nodes"), list<Slice>("/apis/discovery.k8s.io/v1/endpointslices"),
  ]);
  const samples = [...pods.flatMap(ofPod), ...deployments.flatMap(ofDeployment), ...nodes.flatMap(ofNode), ...slices.flatMap(ofSlice)];
  return samples.map(([name, labels, value]) => `${name}{${Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`).join(",")}} ${value}\n`).join("");
}

function ofPod({ metadata: { namespace, name, ownerReferences = [] }, spec, status }: Pod): Sample[] {
  const pod = { namespace, pod: name };
  return [
    ["kube_pod_info", { ...pod, node: spec.nodeName ?? "", pod_ip: status.podIP ?? "" }, 1],
    ...["Pending", "Running", "Succeeded", "Failed", "Unknown"].map((phase): Sample => ["kube_pod_status_phase", { ...pod, phase }, Number(status.phase === phase)]),
    ...["Evicted", "NodeLost"].map((reason): Sample => ["kube_pod_status_reason", { ...pod, reason }, Number(status.reason === reason)]),
    ...ownerReferences.map((owner): Sample => ["kube_pod_owner", { ...pod, owner_kind: owner.kind, owner_name: owner.name }, 1]),
    ...spec.containers.flatMap(({ name: container, image, resources }): Sample[] => [
      ["kube_pod_container_info", { ...pod, container, image }, 1],
      ...Object.entries(resources?.limits ?? {}).map(([resource, limit]): Sample => ["kube_pod_container_resource_limits", { ...pod, container, resource: resource.replaceAll(/\W/g, "_"), unit: resource === "cpu" ? "core" : "byte" }, quantity(limit)]),
    ]),
    ...(status.containerStatuses ?? []).flatMap(({ name: container, restartCount, state, lastState }): Sample[] => [
      ["kube_pod_container_status_restarts_total", { ...pod, container }, restartCount],
      ...(state.waiting === undefined ? [] : [["kube_pod_container_status_waiting_reason", { ...pod, container, reason: state.waiting.reason }, 1] satisfies Sample]),
      ...(lastState.terminated === undefined ? [] : [["kube_pod_container_status_last_terminated_reason", { ...pod, container, reason: lastState.terminated.reason }, 1] satisfies Sample]),
    ]),
  ];
}

function ofDeployment({ metadata: { namespace, name }, spec, status }: Deployment): Sample[] {
  const deployment = { namespace, deployment: name };
  return [["kube_deployment_spec_replicas", deployment, spec.replicas ?? 1], ["kube_deployment_status_replicas_available", deployment, status.availableReplicas ?? 0]];
}

function ofNode({ metadata: { name: node, labels }, spec, status }: Node): Sample[] {
  return [
    ["kube_node_spec_unschedulable", { node }, Number(spec.unschedulable === true)],
    ["kube_node_labels", { node, label_topology_kubernetes_io_zone: labels["topology.kubernetes.io/zone"] ?? "" }, 1],
    ...status.conditions.flatMap(({ type, status: is }) => ["true", "false", "unknown"].map((one): Sample => ["kube_node_status_condition", { node, condition: type, status: one }, Number(is.toLowerCase() === one)])),
  ];
}

/** Addresses behind a Service, as kube-state-metrics tells those of its Endpoints. */
function ofSlice({ metadata: { namespace, labels = {} }, endpoints }: Slice): Sample[] {
  const endpoint = labels["kubernetes.io/service-name"] ?? "";
  // The API server gives null where a Service has no pods.
  return (endpoints ?? []).flatMap(({ addresses, conditions }) => addresses.map((ip): Sample => ["kube_endpoint_address", { namespace, endpoint, ip, ready: String(conditions.ready !== false) }, 1]));
}

/** Serves them until it is killed. */
function serve(kubeconfig: string, port: number): void {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, "utf8")) as { clusters: { cluster: { server: string; "certificate-authority-data": string } }[]; users: { user: { token: string } }[] };
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  const client = new ApiClient({ url: cluster?.server ?? "", token: user?.token ?? "", ca: Buffer.from(cluster?.["certificate-authority-data"] ?? "", "base64").toString() });
  createServer((_, response) => {
    void kubeStateText(client).then((text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text), () => response.writeHead(503).end());
  }).listen(port, "0.0.0.0", () => process.stdout.write("listening\n"));
}

if (import.meta.main) {
  endWithParent();
  serve(process.argv[2] ?? "", Number(process.argv[3]));
}
