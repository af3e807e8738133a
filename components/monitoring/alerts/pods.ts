/** Pods, autoscalers, volumes and cluster services, in the namespaces of the stack. */
import { type Alert, figure, HOUR, MINUTE, type RuleGroup } from "./alert.ts";
import { namespaces, type Scope } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

const SHARED = { team: "platform", dashboard: "system", missing: "quiet" } as const;

export function podsGroup(scope: Scope, limits: Thresholds): RuleGroup {
  return { name: "golive-pods", interval: 30, recordings: [], alerts: [...pods(scope, limits), ...workloads(scope), ...volumes(scope, limits)] };
}

function pods(scope: Scope, limits: Thresholds): Alert[] {
  const ours = `namespace=~"${namespaces(scope)}"`;
  // The pods of jobs end by themselves; alerts of their own look after them.
  const owner = `max by (namespace, pod, owner_kind) (kube_pod_owner{${ours},owner_kind!="Job"})`;
  return [
    {
      ...SHARED, name: "PodCrashLooping", severity: 2, for: 10 * MINUTE, expr: `max by (namespace, pod, container) (max_over_time(kube_pod_container_status_waiting_reason{${ours},reason="CrashLoopBackOff"}[5m])) == 1`,
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} ends again and again", description: "Container {{ $labels.container }} waits in CrashLoopBackOff.",
    },
    {
      ...SHARED, name: "PodNotReady", severity: 3, for: 15 * MINUTE,
      expr: `sum by (namespace, pod) (max by (namespace, pod) (kube_pod_status_phase{${ours},phase=~"Pending|Unknown|Failed"}) * on (namespace, pod) group_left (owner_kind) topk by (namespace, pod) (1, ${owner})) > 0 unless on (namespace, pod) max by (namespace, pod) (kube_pod_status_reason{${ours},reason="Evicted"}) == 1`,
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} does not get ready", description: "It is pending, unknown or failed.",
    },
    {
      ...SHARED, name: "PodUnschedulable", severity: 2, for: 10 * MINUTE, expr: `max by (namespace, pod) (kube_pod_status_unschedulable{${ours}}) == 1`,
      summary: "No node has room for {{ $labels.namespace }}/{{ $labels.pod }}", description: "The autoscaler should have added a node within a few minutes.",
    },
    {
      ...SHARED, name: "ContainerOutOfMemory", severity: 3, for: 0,
      expr: `max by (namespace, pod, container) (kube_pod_container_status_last_terminated_reason{${ours},reason="OOMKilled"}) == 1 and on (namespace, pod, container) max by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total{${ours}}[15m])) > 0`,
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} was killed for its memory", description: "Container {{ $labels.container }} reached its limit within the last 15 minutes.",
    },
    {
      ...SHARED, name: "PodsEvicted", severity: 3, for: 5 * MINUTE, expr: `sum by (namespace) (kube_pod_status_reason{${ours},reason="Evicted"}) > ${figure(limits.evictedPods)}`,
      summary: "Pods of {{ $labels.namespace }} are evicted one after the other", description: "{{ $value }} evicted pods are waiting to be looked at.",
    },
  ];
}

function workloads(scope: Scope): Alert[] {
  const hpa = (metric: string) => `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_${metric}{namespace="${scope.namespace}"})`;
  const services = `namespace=~"${[...new Set([...scope.serviceNamespaces, scope.ingressNamespace, scope.monitoringNamespace])].join("|")}"`;
  return [
    {
      ...SHARED, name: "AutoscalerAtMaximum", team: "application", severity: 3, for: 15 * MINUTE,
      // An autoscaler whose least and most are the same is always at its most: a drained color.
      expr: `${hpa("status_current_replicas")} >= ${hpa("spec_max_replicas")} and ${hpa("spec_max_replicas")} > ${hpa("spec_min_replicas")}`,
      summary: "{{ $labels.horizontalpodautoscaler }} can not grow any more", description: "It is at its most of {{ $value }} pods; more load makes answers slow.",
    },
    {
      ...SHARED, name: "ClusterServiceDown", severity: 2, for: 5 * MINUTE,
      expr: `max by (namespace, deployment) (kube_deployment_status_replicas_available{${services}}) == 0 and max by (namespace, deployment) (kube_deployment_spec_replicas{${services}}) > 0`,
      summary: "{{ $labels.namespace }}/{{ $labels.deployment }} has no ready pod", description: "A service that others in the cluster need is down.",
    },
    {
      ...SHARED, name: "NodeAgentsMissing", severity: 3, for: 15 * MINUTE,
      expr: `max by (namespace, daemonset) (kube_daemonset_status_desired_number_scheduled{${services}}) - max by (namespace, daemonset) (kube_daemonset_status_number_available{${services}}) > 0`,
      summary: "{{ $labels.namespace }}/{{ $labels.daemonset }} does not run on every node", description: "It is missing on {{ $value }} nodes.",
    },
    {
      ...SHARED, name: "SecretsNotSynced", severity: 2, for: 15 * MINUTE, expr: `max by (namespace, name) (externalsecret_status_condition{namespace=~"${scope.namespace}|${scope.monitoringNamespace}",condition="Ready",status="False"}) == 1`,
      summary: "{{ $labels.namespace }}/{{ $labels.name }} no longer follows Secrets Manager", description: "A rotated secret does not reach what logs in with it.",
    },
  ];
}

function volumes(scope: Scope, limits: Thresholds): Alert[] {
  const of = (metric: string) => `max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_${metric}{namespace=~"${namespaces(scope)}"})`;
  const free = `${of("available_bytes")} / ${of("capacity_bytes")}`;
  const soon = `max by (namespace, persistentvolumeclaim) (predict_linear(kubelet_volume_stats_available_bytes{namespace=~"${namespaces(scope)}"}[6h], ${figure(limits.volumeSeconds)})) < 0`;
  return [
    {
      ...SHARED, name: "VolumeFilling", severity: 3, for: HOUR, expr: `${free} < ${figure(limits.volumeFilling)} and ${soon}`,
      summary: "Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} will be full within days", description: "{{ $value | humanizePercentage }} free.",
    },
    {
      ...SHARED, name: "VolumeFilling", severity: 2, for: 5 * MINUTE, expr: `${free} < ${figure(limits.volumeFull)}`,
      summary: "Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is nearly full", description: "{{ $value | humanizePercentage }} free; what writes to it stops.",
    },
  ];
}
