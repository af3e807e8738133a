/** Which namespaces and workloads network policies cover. */
import { selects } from "../labels.ts";
import { POD_CARRIERS } from "../kinds.ts";
import { podTemplate } from "../pods.ts";
import type { Resource, Stack } from "../resource.ts";
import { type Report, type Rule, shown } from "../rule.ts";
import { all, any, type Value } from "../value.ts";
import { type Direction, DIRECTIONS, EGRESS, isEmpty, names, POLICY } from "./networkPolicyReading.ts";
import { REPLICATED } from "./workloadParts.ts";

const WORKLOADS = [...REPLICATED, "k8s:apps:DaemonSet", "k8s:batch:CronJob", "k8s:batch:Job"];

/** Whether a policy cuts all pods of its namespace off in one direction, and lets nothing through itself. */
function denies(policy: Resource, direction: Direction): boolean {
  return all([
    () => isEmpty(policy.at("spec.podSelector")),
    () => names(policy.at("spec.policyTypes"), direction.type),
    () => policy.at("spec").key(direction.rules).items.length === 0,
  ]);
}

/** Whether any policy that applies to a workload's pods passes a test. @throws Undecided */
function anyPolicyOf(workload: Resource, stack: Stack, test: (policy: Resource) => boolean): boolean {
  const labels = podTemplate(workload).at("metadata.labels");
  return any(stack.near(() => workload.namespace, ...POLICY).map((policy) => () => all([() => policy.namespace === workload.namespace, () => selects(policy.at("spec.podSelector"), labels), () => test(policy)])));
}

function rulesOf(policy: Resource, direction: Direction): Value[] {
  return policy.at("spec").key(direction.rules).items;
}

/** Whether a rule of a policy lets DNS out by this protocol; CoreDNS calls its ports `dns` and `dns-tcp`. */
function allowsDns(rule: Value, protocol: "UDP" | "TCP"): boolean {
  const ports = rule.key("ports").items;
  return ports.length === 0 || any(ports.map((entry) => () => (entry.at("protocol").text ?? "TCP") === protocol && isDnsPort(entry)));
}

function isDnsPort(entry: Value): boolean {
  const port = entry.at("port");
  if (!port.exists || port.text === "dns" || port.text === "dns-tcp") return true;
  const first = port.number ?? Infinity;
  return first <= 53 && (entry.at("endPort").number ?? first) >= 53;
}

/** Files may hold a part of a stack, and the namespace default is refused by another rule. */
function relateDeclared(carrier: Resource, stack: Stack, report: Report): void {
  const namespaces = stack.of("k8s:core:Namespace");
  // A name that is not known yet still has a source.
  const sources = carrier.declared.references?.["metadata"] ?? [];
  if (namespaces.some(({ urn }) => sources.includes(urn)) || carrier.namespace === "default") return;
  const name = carrier.at("metadata.namespace");
  if (!any(namespaces.map((namespace) => () => namespace.objectName === carrier.namespace))) report(name, `is ${shown(name)}, a namespace that is not declared here`);
}

export const coverage: Rule[] = [
  {
    id: "network-policy/default-deny",
    title: "A namespace denies all traffic that no policy allows, in and out",
    items: ["network-policies"],
    severity: "high",
    frameworks: ["CIS EKS 1.7: 4.3.2", "CIS Kubernetes 1.8: 5.3.2", "NSA Kubernetes 1.2: Network separation and hardening", "PCI DSS 4.0.1: 1.3.1", "PCI DSS 4.0.1: 1.3.2"],
    why: "Without it every pod of the cluster reaches every pod of the namespace, and a pod that is taken over reaches the database, the metadata service and the internet.",
    mend: "Declare a NetworkPolicy in the namespace with `podSelector: {}`, `policyTypes: [\"Ingress\", \"Egress\"]` and no rules; what must pass gets policies of its own.",
    kinds: ["k8s:core:Namespace"],
    // A patch changes a namespace of somebody else, such as kube-system, whose pods belong to the cluster.
    applies: (namespace) => !namespace.kind.patch,
    relate: (namespace, stack, report) => {
      for (const direction of DIRECTIONS) {
        namespace.try(() => {
          const denied = any(stack.near(() => namespace.objectName, ...POLICY).map((policy) => () => all([() => policy.namespace === namespace.objectName, () => denies(policy, direction)])));
          if (!denied) report(namespace, `has no NetworkPolicy that denies all ${direction.type.toLowerCase()}`);
        });
      }
    },
  },
  {
    id: "network-policy/declared-namespace",
    title: "Pods run in namespaces that the stack declares",
    items: ["network-policies", "pod-security"],
    severity: "high",
    closed: true,
    frameworks: [],
    why: "A default deny and a pod security level are asked of namespaces that are declared; in one that somebody made by hand pods run without both, and no rule sees it.",
    mend: "Declare the Namespace in this stack, or patch it by a NamespacePatch, and name it in `metadata.namespace`.",
    kinds: POD_CARRIERS,
    applies: (_, stack) => stack.of("pulumi:pulumi:Stack").length > 0,
    relate: relateDeclared,
  },
  {
    id: "network-policy/workload-allowed",
    title: "Something is allowed to each workload under a default deny",
    items: ["network-policies"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "A workload that the allowing policies forgot starts, finds nothing it can reach, and fails its probes; the cause shows in no log.",
    mend: "Declare a NetworkPolicy whose `podSelector` matches the pods' labels, with the rules that they need.",
    kinds: WORKLOADS,
    relate: (workload, stack, report) => {
      const open = anyPolicyOf(workload, stack, (policy) => any(DIRECTIONS.map((direction) => () => rulesOf(policy, direction).length > 0)));
      if (!open && anyPolicyOf(workload, stack, () => true)) report(workload, "is cut off: network policies deny its pods everything, and none allows them anything");
    },
  },
  {
    id: "network-policy/dns",
    title: "Who may go out by network policy may resolve names",
    items: ["network-policies"],
    severity: "medium",
    enforcement: "advisory",
    frameworks: [],
    why: "With port 53 closed every connection by name fails after seconds of waiting; with only UDP open, those fail whose answer is too long for a datagram.",
    mend: "Allow egress to the cluster's DNS on port 53, by UDP and by TCP.",
    kinds: WORKLOADS,
    relate: (workload, stack, report) => {
      if (!anyPolicyOf(workload, stack, (policy) => rulesOf(policy, EGRESS).length > 0)) return;
      for (const protocol of ["UDP", "TCP"] as const) {
        workload.try(() => {
          const open = anyPolicyOf(workload, stack, (policy) => any(rulesOf(policy, EGRESS).map((rule) => () => allowsDns(rule, protocol))));
          if (!open) report(workload, `may go out, but not to port 53 by ${protocol}`);
        });
      }
    },
  },
];
