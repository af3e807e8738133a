/** Where pods run, how they are replaced, and who finds them. */
import { picks, selects } from "../labels.ts";
import { POD_CARRIERS } from "../kinds.ts";
import { podSpec } from "../pods.ts";
import type { Resource } from "../resource.ts";
import { type ResourceRule, type Rule, shown } from "../rule.ts";
import { all, any, type Value } from "../value.ts";
import { podLabels, REPLICATED } from "./workloadParts.ts";

const SERVING = [...REPLICATED, "k8s:apps:DaemonSet"];
/** Kinds whose pods nobody brings back, or whose successor is the Deployment. */
const BARE = ["k8s:core:Pod", "k8s:core:ReplicationController", "k8s:apps:ReplicaSet"];
/** Kinds that people put into a namespace without thinking of one. */
const PLACED = [...POD_CARRIERS, "k8s:core:Service", "k8s:core:ConfigMap", "k8s:core:Secret", "k8s:core:PersistentVolumeClaim", "k8s:networking:Ingress"];
/** What makes objects that this stack does not see. */
const PACKAGES = ["k8s:helm.sh:Release", "k8s:helm.sh:Chart"];

export const ZONE = "topology.kubernetes.io/zone";
export const HOST = "kubernetes.io/hostname";

/** Whether something keeps the pods of a workload apart by a label of nodes: a constraint or an anti-affinity that counts these pods. */
function isSpread(workload: Resource, topology: string): boolean {
  const spec = podSpec(workload);
  const labels = podLabels(workload);
  const counts = (term: Value) => () => {
    const selector = term.key("labelSelector");
    return all([() => term.key("topologyKey").text === topology, () => selector.exists, () => selects(selector, labels)]);
  };
  const affinity = spec.at("affinity.podAntiAffinity");
  return any([
    () => any(spec.key("topologySpreadConstraints").items.map(counts)),
    () => any(affinity.key("requiredDuringSchedulingIgnoredDuringExecution").items.map(counts)),
    () => any(affinity.key("preferredDuringSchedulingIgnoredDuringExecution").items.map((wish) => counts(wish.key("podAffinityTerm")))),
  ]);
}

function spread(topology: string, places: string): ResourceRule["check"] {
  return (workload, report) => {
    if (!isSpread(workload, topology)) report(podSpec(workload).key("topologySpreadConstraints"), `does not keep the pods in several ${places}: nothing with topologyKey ${topology} selects them`);
  };
}

export const placementRules: Rule[] = [
  {
    id: "workload/zone-spread",
    title: "The pods of a workload are spread over zones",
    items: ["spread"],
    severity: "high",
    frameworks: [],
    why: "The scheduler is free to put all pods into one zone; the loss of that zone then is the loss of the application.",
    mend: `Add a topologySpreadConstraint with \`topologyKey: ${ZONE}\` whose \`labelSelector\` matches the pods, or a podAntiAffinity of that key.`,
    kinds: REPLICATED,
    check: spread(ZONE, "zones"),
  },
  {
    id: "workload/host-spread",
    title: "The pods of a workload are spread over nodes",
    items: ["spread"],
    severity: "medium",
    frameworks: [],
    why: "Two pods on one node end together: the drain or the failure of a single machine takes more than the budget of one pod.",
    mend: `Add a topologySpreadConstraint with \`topologyKey: ${HOST}\` whose \`labelSelector\` matches the pods, or a podAntiAffinity of that key.`,
    kinds: REPLICATED,
    check: spread(HOST, "nodes"),
  },
  {
    id: "workload/rolling-update",
    title: "Pods are replaced one after another",
    items: ["replicas"],
    severity: "high",
    frameworks: [],
    why: "`Recreate` ends every old pod before the first new one starts: each deployment is an outage. `OnDelete` leaves old code, and its weaknesses, running until somebody deletes pods by hand.",
    mend: "Set `spec.strategy.type` (Deployment) or `spec.updateStrategy.type` (StatefulSet, DaemonSet) to `RollingUpdate`, or leave it out.",
    kinds: SERVING,
    check: (workload, report) => {
      const type = workload.at(workload.is("k8s:apps:Deployment") ? "spec.strategy.type" : "spec.updateStrategy.type");
      if ((type.text ?? "RollingUpdate") !== "RollingUpdate") report(type, `is ${shown(type)}, must be "RollingUpdate"`);
    },
  },
  {
    id: "workload/selector-matches",
    title: "A workload's selector matches its own pods",
    items: ["replicas"],
    severity: "medium",
    frameworks: [],
    why: "The API server refuses such a workload, in the middle of the update, when other parts of it are there already.",
    mend: "Put each label of `spec.selector` into `spec.template.metadata.labels`.",
    kinds: [...SERVING, "k8s:apps:ReplicaSet"],
    check: (workload, report) => {
      const selector = workload.at("spec.selector");
      if (!selects(selector, podLabels(workload))) report(selector, "does not match the labels of the pods' template");
    },
  },
  {
    id: "workload/selectors-apart",
    title: "No workload's selector matches the pods of another",
    items: ["selectors-distinct"],
    severity: "high",
    frameworks: [],
    why: "Two controllers that count the same pods scale and delete each other's, and a budget or a Service for the one is about both.",
    mend: "Give the pods of each workload a label of their own, and put it into `spec.selector`.",
    kinds: SERVING,
    relate: (workload, stack, report) => {
      const selector = workload.at("spec.selector");
      for (const other of stack.besides(workload, ...SERVING)) {
        workload.try(() => {
          if (all([() => other.namespace === workload.namespace, () => selects(selector, podLabels(other))])) report(selector, `also matches the pods of ${other.name}`);
        });
      }
    },
  },
  {
    id: "workload/service-selects",
    title: "A Service selects pods that are there",
    items: ["replicas"],
    severity: "medium",
    frameworks: [],
    why: "A Service whose selector matches nothing is there, has an address and refuses every connection; no update fails for it.",
    mend: "Make `spec.selector` a part of the labels of a workload's pods in the same namespace.",
    kinds: ["k8s:core:Service"],
    // Without a selector somebody else writes the endpoints.
    applies: (service) => service.at("spec.selector").entries.length > 0,
    relate: (service, stack, report) => {
      const selector = service.at("spec.selector");
      const { namespace } = service;
      if (any(stack.near(() => namespace, ...POD_CARRIERS).map((carrier) => () => all([() => carrier.namespace === namespace, () => picks(selector, podLabels(carrier))])))) return;
      // Pods of packages, operators and other stacks are not seen here.
      const seen = stack.inNamespace(namespace, ...POD_CARRIERS).length > 0 && stack.which(PACKAGES, (one) => one.at("namespace").text === namespace).length === 0;
      if (seen) report(selector, "matches no pods of the namespace");
    },
  },
  {
    id: "workload/bare-pods",
    title: "Pods are made by a Deployment, a StatefulSet, a DaemonSet or a Job",
    items: ["replicas"],
    severity: "medium",
    frameworks: [],
    why: "A Pod of its own is gone with its node and nobody brings it back; a ReplicaSet or ReplicationController of its own keeps old code until somebody deletes its pods.",
    mend: "Declare a Deployment, or a Job for work that ends.",
    kinds: POD_CARRIERS,
    check: (carrier, report) => {
      if (carrier.is(...BARE)) report(carrier, "has no controller that replaces its pods");
    },
  },
  {
    id: "workload/default-namespace",
    title: "Nothing lives in the namespace default",
    items: ["network-policies"],
    severity: "medium",
    frameworks: ["CIS EKS 1.7: 4.5.2", "CIS Kubernetes 1.8: 5.7.4"],
    why: "Objects that name no namespace end up there by accident, beside each other, under no quota, no default deny and no pod security level.",
    mend: "Set `metadata.namespace` to a namespace that the program declares.",
    kinds: PLACED,
    check: (object, report) => {
      const namespace = object.at("metadata.namespace");
      if (object.namespace === "default") report(namespace, `is ${shown(namespace)}, which nobody closed or bounded`);
    },
  },
  {
    id: "workload/priority-class",
    title: "A workload says how much it matters",
    items: ["resources"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "When nodes are full, pods without a priority wait behind whatever came first: a report that runs at noon keeps the shop's new pods out.",
    mend: "Declare PriorityClasses, and name one in `priorityClassName`.",
    kinds: SERVING,
    check: (workload, report) => {
      const name = podSpec(workload).key("priorityClassName");
      if (!name.exists) report(name, "is not set");
    },
  },
];
