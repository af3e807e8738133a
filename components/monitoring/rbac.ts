/** What Prometheus may read: targets in the namespaces it scrapes, and node metrics. No wildcards, no secrets. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { WorkloadRole } from "../cluster/workloadRole.ts";
import type { MonitoringArgs } from "./index.ts";
import { labelsOf } from "./namespace.ts";
import { KUBELET_SERVICE } from "./operatorAccess.ts";

/** The service account as which Prometheus runs. */
export const PROMETHEUS_ACCOUNT = "prometheus";

const READ = ["get", "list", "watch"];

/** Gives what must be there before Prometheus starts: its role for the remote write, where it signs that. */
export function prometheusAccess(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, parent: pulumi.Resource): pulumi.Resource[] {
  const labels = labelsOf(args, "prometheus");
  const writer = remoteWriter(args, parent);
  const account = new k8s.core.v1.ServiceAccount(`${name}-prometheus`, {
    metadata: { name: PROMETHEUS_ACCOUNT, namespace: namespace.metadata.name, labels, ...(writer === undefined ? {} : { annotations: writer.annotations }) },
    automountServiceAccountToken: false,
  }, { parent });
  const subjects = [{ kind: "ServiceAccount", name: account.metadata.name, namespace: namespace.metadata.name }];
  nodeMetrics(name, args, labels, subjects, parent);
  const scraped = { app: args.app.namespace, ingress: args.ingressNamespace, own: namespace.metadata.name, ...(args.operator === undefined ? {} : { kubelets: KUBELET_SERVICE.namespace }) };
  for (const [part, target] of Object.entries(scraped)) targets(`${name}-${part}`, target, labels, subjects, parent);
  return [account, ...(writer?.ready ?? [])];
}

/** May add samples to the one workspace, and read none. */
function remoteWriter(args: MonitoringArgs, parent: pulumi.Resource): WorkloadRole | undefined {
  const workspace = args.prometheus?.remoteWrite?.workspace;
  if (workspace === undefined) return undefined;
  return new WorkloadRole("remote-write", {
    identity: workspace.identity, prefix: args.prefix, accountId: workspace.accountId, namespace: args.namespace, serviceAccount: PROMETHEUS_ACCOUNT,
    statements: [{ Sid: "WriteSamples", Effect: "Allow", Action: "aps:RemoteWrite", Resource: workspace.arn }],
  }, { parent });
}

interface Metadata {
  name: string;
  namespace: pulumi.Input<string>;
  labels: Record<string, string>;
}

type Subjects = pulumi.Input<k8s.types.input.rbac.v1.Subject>[];

/** Finding targets: services, their endpoints and pods of one namespace. */
function targets(name: string, namespace: pulumi.Input<string>, labels: Record<string, string>, subjects: Subjects, parent: pulumi.Resource): void {
  const rules = [
    { apiGroups: [""], resources: ["services", "endpoints", "pods"], verbs: READ },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
  ];
  grant(name, { name: "prometheus-targets", namespace, labels }, rules, subjects, { parent });
}

/** Finding the pods of a namespace, by PodMonitors, and nothing else there; `own` is the namespace in which Prometheus runs. */
export function podTargets(name: string, metadata: Metadata, own: pulumi.Input<string>, options: pulumi.CustomResourceOptions): void {
  grant(name, metadata, [{ apiGroups: [""], resources: ["pods"], verbs: READ }], [{ kind: "ServiceAccount", name: PROMETHEUS_ACCOUNT, namespace: own }], options);
}

function grant(name: string, metadata: Metadata, rules: k8s.types.input.rbac.v1.PolicyRule[], subjects: Subjects, options: pulumi.CustomResourceOptions): void {
  const role = new k8s.rbac.v1.Role(`${name}-targets`, { metadata, rules }, options);
  new k8s.rbac.v1.RoleBinding(`${name}-targets-binding`, {
    metadata, subjects, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
  }, options);
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
