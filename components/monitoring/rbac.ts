/** What Prometheus may read: targets in the namespaces it scrapes, and node metrics. No wildcards, no secrets. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { MonitoringArgs } from "./index.ts";
import { labelsOf } from "./namespace.ts";

const READ = ["get", "list", "watch"];

export function prometheusAccess(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, parent: pulumi.Resource): void {
  const labels = labelsOf(args, "prometheus");
  const account = new k8s.core.v1.ServiceAccount(`${name}-prometheus`, {
    metadata: { name: "prometheus", namespace: namespace.metadata.name, labels },
    automountServiceAccountToken: false,
  }, { parent });
  const subjects = [{ kind: "ServiceAccount", name: account.metadata.name, namespace: namespace.metadata.name }];
  nodeMetrics(name, args, labels, subjects, parent);
  for (const [part, target] of Object.entries({ app: args.app.namespace, ingress: args.ingressNamespace, own: namespace.metadata.name })) {
    targets(`${name}-${part}`, target, labels, subjects, parent);
  }
}

type Subjects = pulumi.Input<k8s.types.input.rbac.v1.Subject>[];

/** Finding targets: services, their endpoints and pods of one namespace. */
function targets(name: string, namespace: pulumi.Input<string>, labels: Record<string, string>, subjects: Subjects, parent: pulumi.Resource): void {
  const metadata = { name: "prometheus-targets", namespace, labels };
  const role = new k8s.rbac.v1.Role(`${name}-targets`, {
    metadata,
    rules: [
      { apiGroups: [""], resources: ["services", "endpoints", "pods"], verbs: READ },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
    ],
  }, { parent });
  new k8s.rbac.v1.RoleBinding(`${name}-targets-binding`, {
    metadata, subjects, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
  }, { parent });
}

/** Kubelet and container metrics are the cluster's, so this one role is too. */
function nodeMetrics(name: string, args: MonitoringArgs, labels: Record<string, string>, subjects: Subjects, parent: pulumi.Resource): void {
  const metadata = { name: `${args.prefix}-prometheus-nodes`, labels };
  const role = new k8s.rbac.v1.ClusterRole(`${name}-nodes`, {
    metadata,
    rules: [
      { apiGroups: [""], resources: ["nodes", "nodes/metrics"], verbs: READ },
      { nonResourceURLs: ["/metrics", "/metrics/cadvisor"], verbs: ["get"] },
    ],
  }, { parent });
  new k8s.rbac.v1.ClusterRoleBinding(`${name}-nodes-binding`, {
    metadata, subjects, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
  }, { parent });
}
