/** What the application stands on: nodes, pods, volumes, scheduled jobs, and monitoring itself. */
import { namespaces } from "../alerts/scope.ts";
import { duties, self } from "./duties.ts";
import { PANEL_RANGE } from "./measure.ts";
import { type Board, type Choice, type Panel, type Subject, watched } from "./panel.ts";

export function systemBoard(subject: Subject): Board {
  return {
    name: "system", title: "System", from: "now-3h", refresh: "30s", choice: namespaceChoice(subject),
    description: "Nodes and zones, pods and volumes of the stack's namespaces, backups and scheduled jobs, and whether monitoring itself works.",
    rows: [
      { title: "Nodes and zones", panels: nodes(subject) },
      { title: "Pods", panels: pods(subject) },
      { title: "Services and volumes", panels: services(subject) },
      { title: "Backups and scheduled jobs", panels: duties(subject) },
      { title: "Monitoring itself", panels: self(subject) },
    ],
  };
}

function namespaceChoice({ scope }: Subject): Choice {
  const all = namespaces(scope);
  return { name: "namespace", label: "Namespace", values: all.split("|"), within: (expr) => expr.replaceAll(`namespace=~"${all}"`, 'namespace=~"$namespace"') };
}

function nodes(subject: Subject): Panel[] {
  const usage = { unit: "percentunit", shape: "lines", max: 1, legend: "{{instance}}" } as const;
  return [
    { title: "Zones with a ready node", description: "The application is spread over them; one less than a day ago is a zone lost.", unit: "none", shape: "numbers", width: 4, decimals: 0, alerts: ["ZoneLost"], queries: [{ expr: "golive:zones_ready:count", legend: "zones" }] },
    { title: "Nodes", description: "Nodes that are ready, of all.", unit: "none", shape: "numbers", width: 6, decimals: 0, queries: [{ expr: 'sum(max by (node) (kube_node_status_condition{condition="Ready",status="true"}))', legend: "ready" }, { expr: 'count(count by (node) (kube_node_status_condition{condition="Ready"}))', legend: "all" }] },
    watched(subject, "PodsEvicted", { title: "Evicted pods", description: "By namespace, waiting to be looked at.", unit: "none", shape: "numbers", width: 7, decimals: 0, none: "none", legend: "{{namespace}}" }),
    watched(subject, "NatPortsExhausted", { title: "NAT: no port left", description: "New connections to the outside that failed within CloudWatch's period.", unit: "none", shape: "numbers", width: 7, decimals: 0, none: "none", legend: "{{dimension_NatGatewayId}}" }),
    watched(subject, "NodeCpu", { ...usage, title: "CPU", description: "Share of the time in which a node worked; waiting for disks is not counted." }),
    watched(subject, "NodeMemory", { ...usage, title: "Memory", description: "Share that is not available to programs; caches that can be given up are." }),
    watched(subject, "NodeDiskFilling", { ...usage, title: "Disks: free", description: "Share of each device. The kubelet evicts pods below 10 %.", legend: "{{instance}} {{device}}" }),
    watched(subject, "NodeNotReady", { title: "Ready nodes", description: "A node that is not ready loses its pods after five minutes. Cordoned nodes may be here on purpose.", unit: "none", shape: "states", width: 12, legend: "{{node}}", states: { zero: "not ready", one: "ready", bad: 0 } }),
    watched(subject, "NodePressure", { title: "Pressure", description: "Memory, disk or process ids run short, and the kubelet evicts pods.", unit: "none", shape: "states", width: 12, legend: "{{node}} {{condition}}", states: { zero: "none", one: "pressure", bad: 1 } }),
  ];
}

function pods(subject: Subject): Panel[] {
  const { scope } = subject;
  const ours = `namespace=~"${namespaces(scope)}",container!=""`;
  const pod = "{{namespace}}/{{pod}}";
  const state = { unit: "none", shape: "states", none: "none" } as const;
  return [
    { title: "CPU by namespace", description: "Cores in use.", unit: "short", shape: "stack", width: 12, queries: [{ expr: `sum by (namespace) (rate(container_cpu_usage_seconds_total{${ours}}${PANEL_RANGE}))`, legend: "{{namespace}}" }] },
    { title: "Memory by namespace", description: "Working set: what can not be given up.", unit: "bytes", shape: "stack", width: 12, queries: [{ expr: `sum by (namespace) (container_memory_working_set_bytes{${ours}})`, legend: "{{namespace}}" }] },
    watched(subject, "PodCrashLooping", { ...state, title: "Crash loops", description: "Containers that end again and again.", legend: `${pod} {{container}}`, states: { zero: "runs", one: "crash loop", bad: 1 } }),
    watched(subject, "PodNotReady", { ...state, title: "Pods that are not running", description: "Pending, unknown or failed; pods of jobs are left out.", legend: pod, states: { zero: "runs", one: "not running", bad: 1 } }),
    watched(subject, "PodUnschedulable", { ...state, title: "No room on any node", description: "The autoscaler should add a node within a few minutes.", legend: pod, states: { zero: "placed", one: "no room", bad: 1 } }),
    watched(subject, "ContainerOutOfMemory", { ...state, title: "Killed for their memory", description: "Containers whose last end was at their limit.", width: 12, legend: `${pod} {{container}}`, states: { zero: "no", one: "killed", bad: 1 } }),
    { title: "Restarts, 15 minutes", description: "The ten containers that were restarted most.", unit: "none", shape: "lines", width: 12, decimals: 0, queries: [{ expr: `topk(10, sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total{namespace=~"${namespaces(scope)}"}[15m])))`, legend: `${pod} {{container}}` }] },
  ];
}

function services(subject: Subject): Panel[] {
  const hpa = (metric: string) => `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_${metric}{namespace="${subject.scope.namespace}"})`;
  return [
    watched(subject, "ClusterServiceDown", { title: "Services of the cluster: ready pods", description: "At none, what others in the cluster need is down.", unit: "none", shape: "lines", decimals: 0, legend: "{{namespace}}/{{deployment}}" }),
    watched(subject, "NodeAgentsMissing", { title: "Agents missing on nodes", description: "Nodes on which a DaemonSet should run and does not.", unit: "none", shape: "lines", decimals: 0, legend: "{{namespace}}/{{daemonset}}" }),
    { title: "Autoscalers", description: "Pods beside the most that there may be; at the most, more load makes answers slow.", unit: "none", shape: "lines", decimals: 0, alerts: ["AutoscalerAtMaximum"], queries: [{ expr: hpa("status_current_replicas"), legend: "{{horizontalpodautoscaler}}" }, { expr: hpa("spec_max_replicas"), legend: "{{horizontalpodautoscaler}} most" }] },
    watched(subject, "SecretsNotSynced", { title: "Secrets", description: "Whether they follow Secrets Manager; one that does not keeps what has been rotated away.", unit: "none", shape: "states", legend: "{{namespace}}/{{name}}", states: { zero: "synced", one: "not synced", bad: 1 } }),
    watched(subject, "VolumeFilling", { title: "Volumes: free", description: "Share that is free; what writes to a full one stops.", unit: "percentunit", shape: "lines", max: 1, legend: "{{namespace}}/{{persistentvolumeclaim}}" }),
    watched(subject, "BucketShrinking", { title: "Buckets: objects gone since yesterday", description: "Share of their number. Below nothing they grow.", unit: "percentunit", shape: "lines", legend: "{{dimension_BucketName}}" }),
  ];
}
