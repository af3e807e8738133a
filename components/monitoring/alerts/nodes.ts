/** Nodes, zones and the way out of the network. EKS runs the control plane: there is no scheduler or controller manager to scrape. */
import { type Alert, figure, HOUR, MINUTE, type RuleGroup } from "./alert.ts";
import { cloudWatch } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

const DISKS = 'fstype!~"tmpfs|ramfs|squashfs|overlay|vfat|nsfs"';
const READY = 'kube_node_status_condition{condition="Ready",status="true"}';
const SHARED = { team: "platform", dashboard: "system", missing: "quiet" } as const;

export function nodesGroup(limits: Thresholds): RuleGroup {
  return {
    name: "golive-nodes",
    interval: 30,
    recordings: [{
      record: "golive:zones_ready:count",
      expr: `count(count by (label_topology_kubernetes_io_zone) (kube_node_labels{label_topology_kubernetes_io_zone!=""} * on (node) group_left () (${READY} == 1)))`,
    }],
    alerts: [...conditions(), ...usage(limits), ...disks(limits), ...surroundings()],
  };
}

/** A node that is drained on purpose is cordoned first, and not told. */
function conditions(): Alert[] {
  return [
    {
      ...SHARED, name: "NodeNotReady", severity: 2, for: 5 * MINUTE, expr: `max by (node) (${READY}) == 0 unless on (node) max by (node) (kube_node_spec_unschedulable) == 1`,
      summary: "Node {{ $labels.node }} is not ready", description: "Its kubelet does not report; its pods move to other nodes after five minutes.",
    },
    {
      ...SHARED, name: "NodePressure", severity: 3, for: 5 * MINUTE, expr: 'max by (node, condition) (kube_node_status_condition{condition=~"MemoryPressure|DiskPressure|PIDPressure",status="true"}) == 1',
      summary: "Node {{ $labels.node }} has {{ $labels.condition }}", description: "The kubelet evicts pods until it is over.",
    },
  ];
}

function usage(limits: Thresholds): Alert[] {
  const level = (name: string, expr: string, what: string, severity: 2 | 3, limit: number): Alert => ({
    ...SHARED, name, severity, for: 5 * MINUTE, expr: `${expr} > ${figure(limit)}`,
    summary: `{{ $labels.instance }} uses more than ${figure(limit * 100)} % of its ${what}`, description: "{{ $value | humanizePercentage }} in use.",
  });
  // A share of the time that was measured: a node that has just started is not mistaken for a busy one.
  const cpu = '1 - sum by (instance) (rate(node_cpu_seconds_total{mode=~"idle|iowait"}[5m])) / sum by (instance) (rate(node_cpu_seconds_total[5m]))';
  const memory = "1 - max by (instance) (node_memory_MemAvailable_bytes) / max by (instance) (node_memory_MemTotal_bytes)";
  return [
    level("NodeCpu", cpu, "CPU", 3, limits.cpuWarning),
    level("NodeCpu", cpu, "CPU", 2, limits.cpuCritical),
    level("NodeMemory", memory, "memory", 3, limits.memoryWarning),
    level("NodeMemory", memory, "memory", 2, limits.memoryCritical),
  ];
}

/** One device once, however often it is mounted. */
function disks(limits: Thresholds): Alert[] {
  const of = (metric: string) => `max by (instance, device) (${metric}{${DISKS}})`;
  const free = `${of("node_filesystem_avail_bytes")} / ${of("node_filesystem_size_bytes")}`;
  const soon = `max by (instance, device) (predict_linear(node_filesystem_avail_bytes{${DISKS}}[6h], ${figure(limits.diskSeconds)})) < 0`;
  return [
    {
      ...SHARED, name: "NodeDiskFilling", severity: 3, for: HOUR, expr: `${free} < ${figure(limits.diskFilling)} and ${soon}`,
      summary: "Disk {{ $labels.device }} of {{ $labels.instance }} will be full within a day", description: "{{ $value | humanizePercentage }} free, and at the pace of the last six hours nothing soon.",
    },
    {
      ...SHARED, name: "NodeDiskFilling", severity: 2, for: 5 * MINUTE, expr: `${free} < ${figure(limits.diskFull)}`,
      summary: "Disk {{ $labels.device }} of {{ $labels.instance }} is nearly full", description: "{{ $value | humanizePercentage }} free; the kubelet evicts pods below 10 %.",
    },
  ];
}

function surroundings(): Alert[] {
  return [
    {
      ...SHARED, name: "ZoneLost", severity: 2, for: 5 * MINUTE, expr: "golive:zones_ready:count < max_over_time(golive:zones_ready:count[1d])",
      summary: "A zone has no ready node", description: "Ready nodes are in {{ $value }} zones, fewer than within the last day.",
    },
    {
      ...SHARED, name: "NatPortsExhausted", severity: 2, for: 5 * MINUTE, expr: `sum by (dimension_NatGatewayId) (${cloudWatch("AWS/NATGateway", "ErrorPortAllocation", "Sum")}) > 0`,
      summary: "{{ $labels.dimension_NatGatewayId }} has no ports left", description: "New connections to the outside fail: {{ $value }} in the last period.",
    },
  ];
}
