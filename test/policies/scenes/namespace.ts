import type { SampleResource } from "../../../policies/samples/sample.ts";
import { labels, metadata, NAMESPACE } from "./objects.ts";

const RBAC = "rbac.authorization.k8s.io";

/** A namespace with its policies, and who may do what in it. */
export const namespace: readonly SampleResource[] = [
  ...NAMESPACE,
  // Filled by the operator that syncs secrets into the cluster.
  { type: "kubernetes:core/v1:Secret", name: "secret", props: { metadata: metadata("synced"), type: "Opaque" } },
  {
    type: `kubernetes:${RBAC}/v1:Role`,
    name: "role",
    props: {
      metadata: metadata("operators"),
      rules: [
        { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch", "delete"] },
        { apiGroups: ["batch"], resources: ["jobs"], verbs: ["get", "list", "watch"] },
      ],
    },
  },
  {
    type: `kubernetes:${RBAC}/v1:RoleBinding`,
    name: "binding",
    props: {
      metadata: metadata("operators"),
      roleRef: { apiGroup: RBAC, kind: "Role", name: "operators" },
      subjects: [{ kind: "Group", name: "shop-operators", apiGroup: RBAC }],
    },
  },
  {
    type: `kubernetes:${RBAC}/v1:ClusterRole`,
    name: "nodes",
    props: {
      metadata: { name: "shop-nodes", labels: labels("shop-nodes") },
      rules: [
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
        { nonResourceURLs: ["/metrics"], verbs: ["get"] },
      ],
    },
  },
  {
    type: `kubernetes:${RBAC}/v1:ClusterRoleBinding`,
    name: "nodes-binding",
    props: {
      metadata: { name: "shop-nodes", labels: labels("shop-nodes") },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "shop-nodes" },
      subjects: [{ kind: "ServiceAccount", name: "app", namespace: "shop" }],
    },
  },
];
