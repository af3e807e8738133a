import { DEFAULTS as limits } from "../../../components/monitoring/alerts/thresholds.ts";
import type { AlertCase, AlertCases } from "../case.ts";
import { falling, gauge, rate, type Series } from "../series.ts";

const HOUR = 3600;
const NODE = "ip-10-20-1-7";
const INSTANCE = { instance: "10.20.1.7:9100" };
const OURS = 'instance="10.20.1.7:9100",job="node-exporter"';
const POD = 'namespace="shop",pod="app-blue-7d9c-x2"';
const NAMED = { namespace: "shop", pod: "app-blue-7d9c-x2" };

const condition = (type: string, value: number): Series => ({ [`kube_node_status_condition{node="${NODE}",condition="${type}",status="true"}`]: gauge(value) });
const cpu = (used: number): Series => ({ [`node_cpu_seconds_total{${OURS},cpu="0",mode="idle"}`]: rate(1 - used), [`node_cpu_seconds_total{${OURS},cpu="0",mode="user"}`]: rate(used) });
const memory = (used: number): Series => ({ [`node_memory_MemAvailable_bytes{${OURS}}`]: gauge((1 - used) * 8e9), [`node_memory_MemTotal_bytes{${OURS}}`]: gauge(8e9) });
const level = (of: (used: number) => Series, limit: "cpuWarning" | "cpuCritical" | "memoryWarning" | "memoryCritical"): AlertCase => ({
  labels: INSTANCE, at: { [limit]: (factor: number) => of(factor * limits[limit]) }, target: of(0.69),
});

const DISK = `${OURS},device="/dev/nvme0n1p1",fstype="xfs",mountpoint="/"`;
/** A disk, its free share, and the seconds until nothing is left; it fills faster than the test lasts long. */
const disk = (free: number, seconds?: number): Series => ({
  [`node_filesystem_avail_bytes{${DISK}}`]: seconds === undefined ? gauge(free * 1e11) : falling(free * 1e11, seconds),
  [`node_filesystem_size_bytes{${DISK}}`]: gauge(1e11),
});
const VOLUME = 'namespace="monitoring",persistentvolumeclaim="prometheus-0"';
const volume = (free: number, seconds?: number): Series => ({
  [`kubelet_volume_stats_available_bytes{${VOLUME}}`]: seconds === undefined ? gauge(free * 1e11) : falling(free * 1e11, seconds),
  [`kubelet_volume_stats_capacity_bytes{${VOLUME}}`]: gauge(1e11),
});
const DEVICE = { ...INSTANCE, device: "/dev/nvme0n1p1" };
const CLAIM = { namespace: "monitoring", persistentvolumeclaim: "prometheus-0" };
/** While the test lasts the time that is left gets shorter by an hour; a prediction needs two evaluations' samples. */
const PREDICTED = { factors: [0.93, 1.04], starts: HOUR / 10, recovery: 8 * HOUR } as const;

/** Nodes in zones a and b; b's is ready or not. */
const zones = (ready: number): Series => Object.fromEntries(["a", "b"].flatMap((zone) => [
  [`kube_node_labels{node="node-${zone}",label_topology_kubernetes_io_zone="us-east-1${zone}"}`, gauge(1)],
  [`kube_node_status_condition{node="node-${zone}",condition="Ready",status="true"}`, gauge(zone === "a" ? 1 : ready)],
]));

export const cluster: AlertCases = {
  "NodeNotReady/2": { labels: { node: NODE }, at: { state: () => condition("Ready", 0) }, target: condition("Ready", 1) },
  "NodePressure/3": { labels: { node: NODE, condition: "MemoryPressure" }, at: { state: () => condition("MemoryPressure", 1) }, target: condition("MemoryPressure", 0) },
  "NodeCpu/3": level(cpu, "cpuWarning"),
  "NodeCpu/2": level(cpu, "cpuCritical"),
  "NodeMemory/3": level(memory, "memoryWarning"),
  "NodeMemory/2": level(memory, "memoryCritical"),
  "NodeDiskFilling/3": {
    labels: DEVICE, ...PREDICTED, target: disk(0.6),
    at: {
      diskFilling: (factor) => disk(limits.diskFilling / factor, limits.diskSeconds * 0.92),
      diskSeconds: (factor) => disk(0.3, limits.diskSeconds / factor),
    },
  },
  "NodeDiskFilling/2": { labels: DEVICE, at: { diskFull: (factor) => disk(limits.diskFull / factor) }, target: disk(0.6) },
  "ZoneLost/2": { labels: {}, lead: 600, at: { state: () => zones(0) }, target: zones(1) },
  "NatPortsExhausted/2": {
    labels: { dimension_NatGatewayId: "nat-0a1" }, at: { state: () => ({ 'aws_natgateway_error_port_allocation_sum{dimension_NatGatewayId="nat-0a1"}': gauge(4) }) },
    target: { 'aws_natgateway_error_port_allocation_sum{dimension_NatGatewayId="nat-0a1"}': gauge(0) },
  },
  "VolumeFilling/3": {
    labels: CLAIM, ...PREDICTED, target: volume(0.6),
    at: {
      volumeFilling: (factor) => volume(limits.volumeFilling / factor, limits.volumeSeconds * 0.9),
      volumeSeconds: (factor) => volume(0.1, limits.volumeSeconds / factor),
    },
  },
  "VolumeFilling/2": { labels: CLAIM, at: { volumeFull: (factor) => volume(limits.volumeFull / factor) }, target: volume(0.6) },
  "PodCrashLooping/2": {
    labels: { ...NAMED, container: "app" }, at: { state: () => ({ [`kube_pod_container_status_waiting_reason{${POD},container="app",reason="CrashLoopBackOff"}`]: gauge(1) }) }, target: {},
  },
  "PodNotReady/3": {
    labels: NAMED,
    at: { state: () => ({ [`kube_pod_status_phase{${POD},phase="Pending"}`]: gauge(1), [`kube_pod_owner{${POD},owner_kind="ReplicaSet"}`]: gauge(1) }) },
    target: { [`kube_pod_status_phase{${POD},phase="Pending"}`]: gauge(0), [`kube_pod_owner{${POD},owner_kind="ReplicaSet"}`]: gauge(1) },
  },
  "PodUnschedulable/2": { labels: NAMED, at: { state: () => ({ [`kube_pod_status_unschedulable{${POD}}`]: gauge(1) }) }, target: {} },
  "ContainerOutOfMemory/3": {
    labels: { ...NAMED, container: "app" },
    at: { state: () => ({ [`kube_pod_container_status_last_terminated_reason{${POD},container="app",reason="OOMKilled"}`]: gauge(1), [`kube_pod_container_status_restarts_total{${POD},container="app"}`]: gauge(2) }) },
    target: { [`kube_pod_container_status_last_terminated_reason{${POD},container="app",reason="OOMKilled"}`]: gauge(0), [`kube_pod_container_status_restarts_total{${POD},container="app"}`]: gauge(1) },
  },
  "PodsEvicted/3": {
    // Real ones are counted in whole pods; the sum is what the limit bounds.
    labels: { namespace: "shop" }, at: { evictedPods: (factor) => ({ [`kube_pod_status_reason{${POD},reason="Evicted"}`]: gauge(factor * limits.evictedPods) }) },
    target: { [`kube_pod_status_reason{${POD},reason="Evicted"}`]: gauge(0) },
  },
  "AutoscalerAtMaximum/3": { labels: { horizontalpodautoscaler: "app-blue" }, at: { state: () => scaler(10) }, target: scaler(7) },
  "ClusterServiceDown/2": { labels: { namespace: "kube-system", deployment: "coredns" }, at: { state: () => coredns(0) }, target: coredns(2) },
  "NodeAgentsMissing/3": { labels: { namespace: "kube-system", daemonset: "aws-node" }, at: { state: () => agents(2) }, target: agents(3) },
  "SecretsNotSynced/2": { labels: { namespace: "monitoring", name: "alertmanager-golive" }, at: { state: () => unsynced({ monitoring: 1 }) }, target: unsynced({}) },
};

function scaler(current: number): Series {
  const of = 'namespace="shop",horizontalpodautoscaler="app-blue"';
  return { [`kube_horizontalpodautoscaler_status_current_replicas{${of}}`]: gauge(current), [`kube_horizontalpodautoscaler_spec_max_replicas{${of}}`]: gauge(10), [`kube_horizontalpodautoscaler_spec_min_replicas{${of}}`]: gauge(3) };
}

function coredns(available: number): Series {
  const of = 'namespace="kube-system",deployment="coredns"';
  return { [`kube_deployment_status_replicas_available{${of}}`]: gauge(available), [`kube_deployment_spec_replicas{${of}}`]: gauge(2) };
}

function agents(available: number): Series {
  const of = 'namespace="kube-system",daemonset="aws-node"';
  return { [`kube_daemonset_status_desired_number_scheduled{${of}}`]: gauge(3), [`kube_daemonset_status_number_available{${of}}`]: gauge(available) };
}

/** Secrets of application and monitoring, and those that fail. */
function unsynced(failing: Record<string, number>): Series {
  return Object.fromEntries(Object.entries({ shop: "app", monitoring: "alertmanager-golive" }).map(([namespace, name]) => [`externalsecret_status_condition{namespace="${namespace}",name="${name}",condition="Ready",status="False"}`, gauge(failing[namespace] ?? 0)]));
}
