/** What the Prometheus Operator may do: everything it makes is in the monitoring namespace, so its rights are too. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { MonitoringArgs } from "./index.ts";

/** The Service without pods by which Prometheus finds the kubelets; the operator keeps the nodes' addresses in its slices. */
export const KUBELET_SERVICE = { namespace: "kube-system", name: "kubelet" };

const READ = ["get", "list", "watch"];
const KEEP = [...READ, "create", "update", "delete"];
const MONITORING = "monitoring.coreos.com";
/** Kinds that it makes something of. */
const MADE = ["alertmanagers", "prometheuses", "prometheusagents", "thanosrulers"];
/** Kinds that it reads. */
const READS = ["alertmanagerconfigs", "podmonitors", "probes", "prometheusrules", "scrapeconfigs", "servicemonitors"];

type Rule = k8s.types.input.rbac.v1.PolicyRule;

/** Secrets among them: it writes Prometheus's and Alertmanager's configuration there. */
const OWN: Rule[] = [
  { apiGroups: [MONITORING], resources: MADE, verbs: [...READ, "update", "patch"] },
  { apiGroups: [MONITORING], resources: MADE.flatMap((kind) => [`${kind}/status`, `${kind}/finalizers`]), verbs: ["get", "update", "patch"] },
  { apiGroups: [MONITORING], resources: READS, verbs: READ },
  { apiGroups: ["apps"], resources: ["statefulsets"], verbs: [...KEEP, "patch"] },
  { apiGroups: [""], resources: ["configmaps", "secrets"], verbs: KEEP },
  { apiGroups: [""], resources: ["services", "services/finalizers"], verbs: KEEP },
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch", "delete"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
];

/** No pods are there that it could reach by them: a Service without a selector, and its slices. */
const KUBELETS: Rule[] = [
  { apiGroups: [""], resources: ["services"], verbs: ["get", "create", "update"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: KEEP },
];

/** What is the cluster's: addresses of nodes, whether a storage class exists, and labels of namespaces. */
const CLUSTER: Rule[] = [
  { apiGroups: [""], resources: ["nodes", "namespaces"], verbs: READ },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get"] },
];

export function operatorAccess(name: string, args: MonitoringArgs, labels: Record<string, string>, namespace: k8s.core.v1.Namespace, parent: pulumi.Resource): { account: k8s.core.v1.ServiceAccount; ready: pulumi.Resource[] } {
  const account = new k8s.core.v1.ServiceAccount(`${name}-operator-account`, {
    metadata: { name: "prometheus-operator", namespace: namespace.metadata.name, labels },
    automountServiceAccountToken: false,
  }, { parent });
  const subjects = [{ kind: "ServiceAccount", name: account.metadata.name, namespace: namespace.metadata.name }];
  const grant = (part: string, where: pulumi.Input<string>, rules: Rule[]): pulumi.Resource => {
    const metadata = { name: `prometheus-operator-${part}`, namespace: where, labels };
    const role = new k8s.rbac.v1.Role(`${name}-operator-${part}`, { metadata, rules }, { parent });
    return new k8s.rbac.v1.RoleBinding(`${name}-operator-${part}-binding`, { metadata, subjects, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name } }, { parent });
  };
  const metadata = { name: `${args.prefix}-prometheus-operator`, labels };
  const role = new k8s.rbac.v1.ClusterRole(`${name}-operator-cluster`, { metadata, rules: CLUSTER }, { parent });
  const binding = new k8s.rbac.v1.ClusterRoleBinding(`${name}-operator-cluster-binding`, {
    metadata, subjects, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
  }, { parent });
  return { account, ready: [grant("own", namespace.metadata.name, OWN), grant("kubelets", KUBELET_SERVICE.namespace, KUBELETS), binding] };
}
