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

const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";

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

const SPEC = "app:spec.template.spec";
const CONSTRAINTS = `${SPEC}.topologySpreadConstraints`;
const MATCH = { matchLabels: { "app.kubernetes.io/name": "app" } };

/** A bare Pod of the namespace `shop` that keeps every other rule. */
const POD = {
  type: "kubernetes:core/v1:Pod",
  name: "debug",
  props: {
    metadata: { name: "debug", namespace: "shop", labels: { "app.kubernetes.io/name": "debug", "app.kubernetes.io/part-of": "shop" } },
    spec: {
      serviceAccountName: "app",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{
        name: "debug",
        image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:2626fa35271ccabad5a78f5287618e2cf2b7cccb5c69a3253db747206ac045bf",
        resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi", "ephemeral-storage": "64Mi" } },
        securityContext: { allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" } },
      }],
    },
  },
};

function spreadSamples(index: number, topology: string): Pick<Rule, "bad" | "good"> {
  const term = { topologyKey: topology, labelSelector: MATCH };
  return {
    bad: [
      { set: { [`${CONSTRAINTS}[${index}]`]: undefined }, at: CONSTRAINTS },
      { set: { [`${CONSTRAINTS}[${index}].labelSelector.matchLabels["app.kubernetes.io/name"]`]: "other" }, at: CONSTRAINTS },
      { set: { [`${CONSTRAINTS}[${index}].labelSelector`]: undefined }, at: CONSTRAINTS },
      { set: { [`store:spec.template.spec.topologySpreadConstraints[${index}].topologyKey`]: "example.com/rack" }, at: "store:spec.template.spec.topologySpreadConstraints" },
      { set: { [`${CONSTRAINTS}[${index}]`]: undefined, [`${SPEC}.affinity`]: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }, at: CONSTRAINTS },
    ],
    good: [
      { set: { [`${CONSTRAINTS}[${index}]`]: undefined, [`${SPEC}.affinity`]: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } } },
      { set: { [`${CONSTRAINTS}[${index}]`]: undefined, [`${SPEC}.affinity`]: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } } } },
    ],
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
    scene: "workload",
    ...spreadSamples(0, ZONE),
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
    scene: "workload",
    ...spreadSamples(1, HOST),
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
    scene: "workload",
    bad: [
      { set: { "app:spec.strategy": { type: "Recreate" } }, at: "app:spec.strategy.type" },
      { set: { "store:spec.updateStrategy.type": "OnDelete" } },
      { set: { "store:$type": "kubernetes:apps/v1:DaemonSet", "store:spec.updateStrategy.type": "OnDelete" }, at: "store:spec.updateStrategy.type" },
    ],
    good: [{ set: { "app:spec.strategy": undefined } }, { set: { "store:spec.updateStrategy": undefined } }],
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
    scene: "workload",
    bad: [
      { set: { "app:spec.selector.matchLabels.color": "blue" }, at: "app:spec.selector" },
      { set: { "store:spec.selector": { matchExpressions: [{ key: "tier", operator: "Exists" }] } }, at: "store:spec.selector" },
    ],
    good: [{ set: { "app:spec.selector": { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["app"] }] } } }],
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
    scene: "workload",
    bad: [
      { set: { "app:spec.selector.matchLabels": { "app.kubernetes.io/part-of": "shop" } }, at: "app:spec.selector" },
      { set: { "store:spec.selector": { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["store", "app"] }] } }, at: "store:spec.selector" },
      { set: { "store:$type": "kubernetes:apps/v1:DaemonSet", "store:spec.selector.matchLabels": { "app.kubernetes.io/part-of": "shop" } }, at: "store:spec.selector" },
      { set: { "app:spec.selector.matchLabels": { tier: "web" }, "app:spec.template.metadata.labels.tier": "web", "store:spec.template.metadata.labels.tier": "web" }, at: "app:spec.selector" },
    ],
    good: [{ set: { "store:spec.selector.matchLabels": { "app.kubernetes.io/part-of": "shop" }, "store:metadata.namespace": "other", "store-pdb:metadata.namespace": "other" } }],
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
      if (stack.which(POD_CARRIERS, (carrier) => all([() => carrier.namespace === namespace, () => picks(selector, podLabels(carrier))])).length > 0) return;
      // Pods of packages, operators and other stacks are not seen here.
      const seen = stack.inNamespace(namespace, ...POD_CARRIERS).length > 0 && stack.which(PACKAGES, (one) => one.at("namespace").text === namespace).length === 0;
      if (seen) report(selector, "matches no pods of the namespace");
    },
    scene: "workload",
    bad: [
      { set: { "service:spec.selector[\"app.kubernetes.io/name\"]": "api" }, at: "service:spec.selector" },
      { set: { "service:metadata.namespace": "other", "migrate:metadata.namespace": "other" }, at: "service:spec.selector" },
      { set: { "service:spec.selector.tier": "web" }, at: "service:spec.selector", add: [{ type: "kubernetes:helm.sh/v4:Chart", name: "elsewhere", props: { chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.3.1", namespace: "ingress" } }] },
    ],
    good: [
      { set: { "service:spec.selector": undefined } },
      { set: { "service:metadata.namespace": "other" } },
      { set: { "service:spec.selector.tier": "web" }, add: [{ type: "kubernetes:helm.sh/v3:Release", name: "release", props: { chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.3.1", namespace: "shop" } }] },
      { set: { "service:spec.selector.tier": "web" }, add: [{ type: "kubernetes:helm.sh/v4:Chart", name: "chart", props: { chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.3.1", namespace: "shop" } }] },
    ],
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
    scene: "workload",
    bad: [
      { add: [POD], at: "debug:" },
      ...["kubernetes:apps/v1:ReplicaSet", "kubernetes:extensions/v1beta1:ReplicaSet", "kubernetes:core/v1:ReplicationController"].map((type) => ({ set: { "migrate:$type": type }, at: "migrate:" })),
    ],
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
    scene: "workload",
    bad: [
      { set: { "service:metadata.namespace": undefined, "service:spec.selector": undefined } },
      ...["ConfigMap", "Secret", "PersistentVolumeClaim"].map((kind) => ({ add: [unplaced(`kubernetes:core/v1:${kind}`)], at: "stray:metadata.namespace" })),
      { set: { "service:metadata.namespace": "default", "service:spec.selector": undefined } },
      { set: { "migrate:metadata.namespace": undefined } },
    ],
    good: [{ set: { "migrate:metadata.namespace": "defaults" } }],
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
    scene: "workload",
    bad: [{ set: { [`${SPEC}.priorityClassName`]: undefined } }, { set: { "store:spec.template.spec.priorityClassName": undefined } }],
  },
];

/** An object that names no namespace. */
function unplaced(type: string) {
  return { type, name: "stray", protect: true, props: { metadata: { name: "stray", labels: { "app.kubernetes.io/name": "stray", "app.kubernetes.io/part-of": "shop" } } } };
}
