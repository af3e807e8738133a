/** What each container declares: resources, probes, its end. */
import { POD_CARRIERS, SERVERS } from "../kinds.ts";
import { containers, eachContainer, podSpec } from "../pods.ts";
import { quantity } from "../quantity.ts";
import { type ResourceRule, type Rule, shown } from "../rule.ts";
import type { Value } from "../value.ts";

/** Containers that may declare resources: debug containers may not. */
const LASTING = ["initContainers", "containers"] as const;
/** Kinds whose containers are meant to run until they are stopped. */
const SERVING = [...SERVERS, "k8s:apps:DaemonSet"];
/** What Kubernetes waits for a pod to end, in seconds, when nothing is said. */
const DEFAULT_GRACE = 30;

function isPositive(amount: Value): boolean {
  return (quantity(amount.text) ?? 0) > 0;
}

/** The container must have a probe of this kind; init containers end before probes matter. */
function probed(kind: "startupProbe" | "readinessProbe" | "livenessProbe"): ResourceRule["check"] {
  return (workload, report) => eachContainer(podSpec(workload), (container) => {
    const probe = container.key(kind);
    if (!probe.exists) report(probe, "is not set");
  }, ["containers"]);
}

/** Seconds that a hook lets pass before the container is told to end: its own `sleep`, or the command of that name. */
function pause(hook: Value): number {
  const command = hook.at("exec.command").texts.map((one) => one.text).join(" ");
  return hook.at("sleep.seconds").number ?? Number(/\bsleep (\d+)/.exec(command)?.[1] ?? 0);
}

export const containerRules: Rule[] = [
  {
    id: "workload/requests",
    title: "Each container asks for the CPU and memory that it needs",
    items: ["resources"],
    severity: "medium",
    frameworks: ["NSA Kubernetes 1.2: Resource policies"],
    why: "A container without requests is placed on nodes that are full, is the first to be evicted there, and gives the autoscaler nothing to reckon with.",
    mend: "Set `resources.requests.cpu` and `resources.requests.memory` of containers and init containers.",
    kinds: POD_CARRIERS,
    check: (pod, report) => eachContainer(podSpec(pod), (container) => {
      for (const resource of ["cpu", "memory"]) {
        container.try(() => {
          const request = container.at("resources.requests").key(resource);
          // A limit alone is a request as well.
          const given = request.exists ? request : container.at("resources.limits").key(resource);
          if (!isPositive(given)) report(request, `is ${shown(request)}, must be what the container needs`);
        });
      }
    }, LASTING),
  },
  {
    id: "workload/memory-limit",
    title: "Each container has an upper limit of memory",
    items: ["resources"],
    severity: "medium",
    frameworks: ["NSA Kubernetes 1.2: Resource policies"],
    why: "A leak without a limit takes the node's memory, and the kernel then kills containers of others; with a limit it ends where it began.",
    mend: "Set `resources.limits.memory` of containers and init containers.",
    kinds: POD_CARRIERS,
    check: (pod, report) => eachContainer(podSpec(pod), (container) => {
      const limit = container.at("resources.limits.memory");
      if (!isPositive(limit)) report(limit, `is ${shown(limit)}, must be set`);
    }, LASTING),
  },
  {
    id: "workload/ephemeral-storage",
    title: "Each container has an upper limit of local disk",
    items: ["resources"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "Logs and temporary files that nobody bounds fill the node's disk, and the kubelet evicts whatever runs there.",
    mend: "Set `resources.limits[\"ephemeral-storage\"]` of containers and init containers.",
    kinds: POD_CARRIERS,
    check: (pod, report) => eachContainer(podSpec(pod), (container) => {
      const limit = container.at("resources.limits").key("ephemeral-storage");
      if (!isPositive(limit)) report(limit, `is ${shown(limit)}, must be set`);
    }, LASTING),
  },
  {
    id: "workload/limits-order",
    title: "No container asks for more than its limit",
    items: ["resources"],
    severity: "medium",
    frameworks: [],
    why: "The API server refuses such a pod when it is made, which is in the middle of the rollout.",
    mend: "Raise `resources.limits`, or lower `resources.requests`.",
    kinds: POD_CARRIERS,
    check: (pod, report) => eachContainer(podSpec(pod), (container) => {
      for (const [resource, request] of container.at("resources.requests").entries) {
        container.try(() => {
          const limit = container.at("resources.limits").key(resource);
          if ((quantity(request.text) ?? 0) > (quantity(limit.text) ?? Infinity)) report(request, `is ${shown(request)}, more than the limit of ${shown(limit)}`);
        });
      }
    }, LASTING),
  },
  {
    id: "workload/readiness-probe",
    title: "Each container that serves says when it is ready",
    items: ["probes"],
    severity: "high",
    frameworks: [],
    why: "Without it a pod gets traffic as soon as its process is there, and keeps it while it can not answer; a rollout counts pods as ready that never were.",
    mend: "Set `readinessProbe` to an endpoint that fails while the container can not serve, such as `/health/ready`.",
    kinds: SERVING,
    check: probed("readinessProbe"),
  },
  {
    id: "workload/liveness-probe",
    title: "Each container that serves says when it must be restarted",
    items: ["probes"],
    severity: "medium",
    frameworks: [],
    why: "A process that hangs without ending stays as it is, until somebody sees it at night.",
    mend: "Set `livenessProbe` to an endpoint that only answers, and asks no other system, such as `/health/live`.",
    kinds: SERVING,
    check: probed("livenessProbe"),
  },
  {
    id: "workload/startup-probe",
    title: "Each container that serves has time of its own to start",
    items: ["probes"],
    severity: "medium",
    frameworks: [],
    why: "Without it the liveness probe counts from the first second: under load, when starting takes longest, pods are killed before they are up, again and again.",
    mend: "Set `startupProbe`, with `failureThreshold` times `periodSeconds` as long as the slowest start.",
    kinds: SERVING,
    check: probed("startupProbe"),
  },
  {
    id: "workload/liveness-own",
    title: "Liveness asks something else than readiness",
    items: ["probes"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "A readiness endpoint fails while the database is away; as liveness it restarts every pod at once, and the outage outlasts its cause.",
    mend: "Give `livenessProbe` a path of its own that checks the process alone.",
    kinds: SERVING,
    check: (workload, report) => eachContainer(podSpec(workload), (container) => {
      const [live, ready] = [container.at("livenessProbe.httpGet"), container.at("readinessProbe.httpGet")];
      if (!live.exists) return;
      const path = live.key("path");
      if (path.text === ready.key("path").text && live.key("port").text === ready.key("port").text) report(path, `is ${shown(path)}, as in readinessProbe`);
    }, ["containers"]),
  },
  {
    id: "workload/graceful-stop",
    title: "A pod has time to end after its preStop hook",
    items: ["resources"],
    severity: "medium",
    frameworks: [],
    why: "The hook's time is taken from the grace period: when the hook takes it all, the process is killed with its requests in flight, at each rollout and each node drain.",
    mend: "Make `terminationGracePeriodSeconds` longer than the sleep of every `lifecycle.preStop`, by the time of the longest request.",
    kinds: SERVING,
    check: (workload, report) => {
      const spec = podSpec(workload);
      const grace = spec.key("terminationGracePeriodSeconds");
      for (const { value: container } of containers(spec, LASTING)) {
        container.try(() => {
          const seconds = pause(container.at("lifecycle.preStop"));
          if (seconds >= (grace.number ?? DEFAULT_GRACE)) report(grace, `is ${shown(grace)}, and preStop of container ${shown(container.at("name"))} takes ${seconds} seconds of it`);
        });
      }
    },
  },
];
