/** Samples of areas/rbacBindings.ts. */
import type { Samples } from "./sample.ts";

/** A rule of a role for each of those kinds, as the samples need it. */
const EVERY_NAMESPACED = [
  ["", "bindings configmaps endpoints events limitranges persistentvolumeclaims pods replicationcontrollers resourcequotas secrets serviceaccounts services"],
  ["apps", "controllerrevisions daemonsets deployments replicasets statefulsets"],
  ["autoscaling", "horizontalpodautoscalers"],
  ["batch", "cronjobs jobs"],
  ["discovery.k8s.io", "endpointslices"],
  ["networking.k8s.io", "ingresses networkpolicies"],
  ["policy", "poddisruptionbudgets"],
  ["rbac.authorization.k8s.io", "rolebindings roles"],
].map(([group, resources = ""]) => ({ apiGroups: [group], resources: resources.split(" "), verbs: ["create"] }));

export const samples: Samples = {
  "rbac/privileged-roles": {
    scene: "namespace",
    good: [
      { set: { "binding:roleRef.name": "edit", "binding:roleRef.kind": "ClusterRole" } },
      { set: { "binding:roleRef.name": "cluster-admin" } },
      { set: { "nodes-binding:roleRef.name": "view" } },
    ],
    bad: [
      { set: { "nodes-binding:roleRef.name": "cluster-admin" } },
      { set: { "nodes-binding:roleRef.name": "admin" } },
      { set: { "nodes-binding:roleRef.name": "edit" } },
      { set: { "binding:roleRef.name": "cluster-admin", "binding:roleRef.kind": "ClusterRole" } },
    ],
  },
  "rbac/everybody": {
    scene: "namespace",
    good: [{ set: { "binding:subjects[0].name": "system:serviceaccountsauditors" } }],
    bad: [
      { set: { "binding:subjects[0].name": "system:anonymous" } },
      ...["unauthenticated", "authenticated", "masters", "serviceaccounts"].map((name) => ({ set: { "binding:subjects[0].name": `system:${name}` } })),
      { set: { "binding:subjects[0].name": "system:serviceaccounts:shop" } },
      { set: { "nodes-binding:subjects[1]": { kind: "User", name: "system:anonymous" } }, at: "nodes-binding:subjects[1].name" },
    ],
  },
  "rbac/default-account-bound": {
    scene: "namespace",
    good: [{ set: { "binding:subjects[0].name": "default" } }],
    bad: [
      { set: { "nodes-binding:subjects[0].name": "default" } },
      { set: { "binding:subjects[1]": { kind: "ServiceAccount", name: "default", namespace: "shop" } }, at: "binding:subjects[1].name" },
    ],
  },
  "rbac/cluster-binding": {
    scene: "namespace",
    good: [
      { set: { "nodes:rules": [{ apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get"] }] } },
      { set: { "nodes:rules": [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }, { nonResourceURLs: ["/metrics"], verbs: ["get"] }] } },
      { set: { "nodes:rules": [{ apiGroups: ["example.com"], resources: ["pods"], verbs: ["get"] }] } },
      { set: { "nodes:rules": [] } },
      { set: { "nodes-binding:roleRef.name": "view" } },
    ],
    bad: [
      { set: { "nodes:rules": [{ apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get"] }, { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] }] }, at: "nodes-binding:roleRef.name" },
      { set: { "nodes:rules": EVERY_NAMESPACED }, at: "nodes-binding:roleRef.name" },
      { set: { "nodes:rules": [{ apiGroups: ["", "batch"], resources: ["configmaps", "jobs"], verbs: ["get"] }] }, at: "nodes-binding:roleRef.name" },
    ],
  },
};
