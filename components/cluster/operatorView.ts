/** What operators see of the cluster beside EKS's own view policy. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

const LOOK = ["get", "list", "watch"];

/**
 * AmazonEKSViewPolicy has what namespaces hold of the kinds that are Kubernetes' own; nodes, what a pod uses at the moment, and the
 * kinds of this stack's services are not among it (EKS user guide, "Review access policy permissions"). Runbooks look at these.
 * None of them holds a secret: an ExternalSecret says where one is, and what uses it.
 */
export const VIEWED: readonly { apiGroups: string[]; resources: string[] }[] = [
  { apiGroups: [""], resources: ["nodes", "persistentvolumes"] },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"] },
  { apiGroups: ["metrics.k8s.io"], resources: ["nodes", "pods"] },
  { apiGroups: ["monitoring.coreos.com"], resources: ["alertmanagers", "podmonitors", "probes", "prometheuses", "prometheusrules", "servicemonitors"] },
  { apiGroups: ["external-secrets.io"], resources: ["externalsecrets", "secretstores"] },
  { apiGroups: ["cert-manager.io"], resources: ["certificaterequests", "certificates", "issuers"] },
  { apiGroups: ["k8s.nginx.org"], resources: ["policies", "virtualservers"] },
];

/** A role of the cluster, as nodes belong to no namespace and services of the cluster are in several; it changes nothing. */
export function operatorView(name: string, args: { prefix: string; group: string; labels: Record<string, string> }, parent: pulumi.Resource): void {
  const metadata = { name: `${args.prefix}-operators-view`, labels: args.labels };
  const role = new k8s.rbac.v1.ClusterRole(name, { metadata, rules: VIEWED.map((rule) => ({ ...rule, verbs: LOOK })) }, { parent });
  new k8s.rbac.v1.ClusterRoleBinding(`${name}-binding`, {
    metadata,
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: args.group }],
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
  }, { parent });
}
