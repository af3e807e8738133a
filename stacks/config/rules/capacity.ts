/** The one rule that adds everything up: what must run fits what is always there, with one zone lost. */
import { NODE_PODS, type PodRequests, SERVICE_PODS } from "../../../components/cluster/serviceRequests.ts";
import { type Capacity, KNOWN_TYPES, allocatable, memoryMib, milliCpu } from "../instances.ts";
import type { Config } from "../schema.ts";
import { type Finding, type Rule, when } from "./rule.ts";

/** What the agents on every node take. */
const PER_NODE: Capacity = sum(Object.values(NODE_PODS).map(({ cpu, memory, pods }) => ({ milliCpu: milliCpu(cpu), memoryMib: memoryMib(memory), pods })));

/** Pods of the monitoring stack; their requests are configuration. */
const MONITORING_PODS = 16;

/** One thing that must fit. */
interface Load extends Capacity {
  what: string;
}

function replicas(what: string, count: number, requests: { cpu: string; memory: string }): Load {
  return {
    what: `${what} ${count} × ${requests.cpu}/${requests.memory}`,
    milliCpu: count * milliCpu(requests.cpu), memoryMib: count * memoryMib(requests.memory), pods: count,
  };
}

/** Every cluster service that the program installs, by the same table by which it sets them up. */
function services({ cluster }: Config): Load {
  const settings: Record<string, { source: string }> = cluster.services;
  const table: Record<string, Record<string, PodRequests>> = SERVICE_PODS;
  const installed = Object.entries(table).filter(([name]) => settings[name]?.source !== "present");
  const all = sum(installed.flatMap(([, parts]) => Object.entries(parts).map(([part, pod]) => replicas(part, pod.replicas, pod))));
  return { what: `cluster services ${all.milliCpu}m/${all.memoryMib}Mi`, ...all };
}

/** A drained color keeps one pod (components/release/availability.ts). */
const DRAINED_PODS = 1;

/** Everything that must run, color by color. */
function loads(config: Config): Load[] {
  const { app, release, ingress, monitoring } = config;
  return [
    replicas("live color", app.replicas.min, app.requests),
    replicas("idle color", release.drainIdle ? DRAINED_PODS : app.replicas.min, app.requests),
    replicas("ingress", ingress.replicas, ingress.requests),
    { ...replicas("monitoring", 1, monitoring.requests), what: `monitoring ${monitoring.requests.cpu}/${monitoring.requests.memory}`, pods: MONITORING_PODS },
    services(config),
  ];
}

function sum(parts: readonly Capacity[]): Capacity {
  return parts.reduce((total, part) => ({
    milliCpu: total.milliCpu + part.milliCpu, memoryMib: total.memoryMib + part.memoryMib, pods: total.pods + part.pods,
  }), { milliCpu: 0, memoryMib: 0, pods: 0 });
}

function times(count: number, one: Capacity): Capacity {
  return { milliCpu: count * one.milliCpu, memoryMib: count * one.memoryMib, pods: count * one.pods };
}

function text(capacity: Capacity): string {
  return `${capacity.milliCpu}m CPU, ${Math.ceil(capacity.memoryMib)}Mi memory, ${capacity.pods} pods`;
}

export const capacity: Rule = {
  id: "capacity",
  title: "Both colors, ingress, monitoring and cluster services fit the fewest on-demand nodes with one zone lost.",
  reason: "a rollback needs the idle color at once, and the loss of a zone must not wait for new machines",
  reads: ["nodes", "zones", "cluster.existing", "cluster.services", "app.replicas.min", "app.requests", "release.drainIdle", "ingress.replicas", "ingress.requests", "monitoring.requests"],
  check: (config) => {
    if (config.cluster.existing !== undefined) return [];
    const groups = Object.entries(config.nodes).filter(([, group]) => group.capacityType === "ON_DEMAND");
    const unknown = groups.filter(([, group]) => allocatable(group.instanceType) === undefined);
    if (unknown.length > 0) return unknown.map(([name, group]) => unknownType(name, group.instanceType));
    // A group is spread evenly over the zones, so the zone that is lost takes the rounded-up share.
    const survivors = groups.map(([name, group]) => ({ name, group, count: group.min - Math.ceil(group.min / config.zones.length) }));
    const offered = sum(survivors.map(({ group, count }) => times(count, room(group.instanceType))));
    const parts = loads(config);
    const needed = sum(parts);
    const fits = needed.milliCpu <= offered.milliCpu && needed.memoryMib <= offered.memoryMib && needed.pods <= offered.pods;
    return when(!fits, () => ({
      path: "nodes",
      given: `${text(needed)} needed: ${parts.map((part) => part.what).join(" + ")}`,
      allowed: `${text(offered)}: ${survivors.map(({ name, group, count }) => `${count} of ${group.min} ${group.instanceType} in ${name}`).join(", ")} after the loss of one of ${config.zones.length} zones, system and node agents taken off`,
      mend: "raise min of an ON_DEMAND group, choose a larger instance type, or lower requests or replicas",
    }));
  },
};

/** What one node has left for everything that is not on every node. */
function room(instanceType: string): Capacity {
  const whole = allocatable(instanceType) ?? { milliCpu: 0, memoryMib: 0, pods: 0 };
  return { milliCpu: whole.milliCpu - PER_NODE.milliCpu, memoryMib: whole.memoryMib - PER_NODE.memoryMib, pods: whole.pods - PER_NODE.pods };
}

function unknownType(name: string, instanceType: string): Finding {
  return {
    path: `nodes.${name}.instanceType`, given: `"${instanceType}", whose size the capacity check does not know`, allowed: KNOWN_TYPES,
    mend: "choose one of these, or add the type to stacks/config/instances.ts",
  };
}
