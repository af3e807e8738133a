/** Samples of areas/rbacRoles.ts. */
import { ADMISSION } from "../areas/rbacRoles.ts";
import type { Samples } from "./sample.ts";

const RBAC = "rbac.authorization.k8s.io";

export const samples: Samples = {
  "rbac/wildcards": {
    scene: "namespace",
    good: [
      { set: { "nodes:rules[1].nonResourceURLs[0]": "/metrics/*" } },
      { set: { "nodes:aggregationRule": { clusterRoleSelectors: [{ matchLabels: { "example.com/aggregate-to-nodes": "true" } }] } } },
      { set: { "nodes:aggregationRule": { clusterRoleSelectors: [{ matchExpressions: [{ key: "example.com/nodes", operator: "Exists" }] }] } } },
    ],
    bad: [
      { set: { "role:rules[0].verbs": ["*"] }, at: "role:rules[0].verbs[0]" },
      { set: { "role:rules[1].verbs[2]": "*" } },
      { set: { "role:rules[0].resources[0]": "*" } },
      { set: { "role:rules[0].resources": ["pods", "*/status"] }, at: "role:rules[0].resources[1]" },
      { set: { "role:rules[1].apiGroups[0]": "*" } },
      { set: { "nodes:rules[0].verbs[1]": "*" } },
      { set: { "nodes:rules[1].nonResourceURLs[0]": "*" } },
      { set: { "nodes:rules[1].nonResourceURLs[0]": "/*" } },
      { set: { "nodes:aggregationRule": { clusterRoleSelectors: [{}] } }, at: "nodes:aggregationRule.clusterRoleSelectors[0]" },
      { set: { "nodes:aggregationRule": { clusterRoleSelectors: [{ matchLabels: {}, matchExpressions: [] }] } }, at: "nodes:aggregationRule.clusterRoleSelectors[0]" },
    ],
  },
  "rbac/escalation-verbs": {
    scene: "namespace",
    good: [{ set: { "role:rules[1]": { apiGroups: [RBAC], resources: ["roles"], verbs: ["get", "list", "watch"] } } }],
    bad: [
      { set: { "nodes:rules[0]": { apiGroups: [RBAC], resources: ["clusterroles"], verbs: ["escalate"] } }, at: "nodes:rules[0].verbs" },
      { set: { "role:rules[1]": { apiGroups: [RBAC], resources: ["roles"], verbs: ["get", "bind"] } }, at: "role:rules[1].verbs" },
      { set: { "nodes:rules[0]": { apiGroups: [""], resources: ["users"], verbs: ["impersonate"] } }, at: "nodes:rules[0].verbs" },
      { set: { "nodes:rules[0].verbs": ["escalate"] } },
    ],
  },
  "rbac/secrets-read": {
    scene: "namespace",
    good: [
      { set: { "nodes:rules[0]": { apiGroups: [""], resources: ["secrets"], resourceNames: ["webhook-ca"], verbs: ["get"] } } },
      { set: { "nodes:rules[0]": { apiGroups: [""], resources: ["secrets"], verbs: ["create"] } } },
      { set: { "nodes:rules[0]": { apiGroups: ["example.com"], resources: ["secrets"], verbs: ["get"] } } },
      { set: { "role:rules[0]": { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] } } },
    ],
    bad: [
      { set: { "nodes:rules[0].resources": ["nodes", "secrets"] } },
      { set: { "nodes:rules[0]": { apiGroups: [""], resources: ["secrets"], verbs: ["get"] } }, at: "nodes:rules[0].resources" },
      { set: { "nodes:rules[0]": { apiGroups: [""], resources: ["secrets"], verbs: ["list"] } }, at: "nodes:rules[0].resources" },
      { set: { "nodes:rules[0]": { apiGroups: [""], resources: ["secrets"], verbs: ["watch"], resourceNames: [] } }, at: "nodes:rules[0].resources" },
    ],
  },
  "rbac/pod-exec": {
    scene: "namespace",
    good: [
      { set: { "role:rules[0].resources": ["pods/log"] } },
      { set: { "role:rules[0]": { apiGroups: ["metrics.k8s.io"], resources: ["pods/exec"], verbs: ["get"] } } },
    ],
    bad: [
      { set: { "role:rules[0].resources": ["pods", "pods/exec"] } },
      { set: { "role:rules[0].resources": ["pods/attach"] } },
      { set: { "role:rules[0].resources": ["pods/exec"], "role:metadata.name": "no-break-glass-needed" } },
      { set: { "role:rules[0].resources": ["pods/portforward"] } },
      { set: { "nodes:rules[0].resources": ["pods/ephemeralcontainers"] } },
      { set: { "role:rules[0]": { apiGroups: [""], resources: ["pods/exec"], resourceNames: ["app-0"], verbs: ["create"] } }, at: "role:rules[0].resources" },
    ],
  },
  "rbac/token-creation": {
    scene: "namespace",
    good: [{ set: { "role:rules[0]": { apiGroups: [""], resources: ["serviceaccounts/token"], resourceNames: ["app"], verbs: ["create"] } } }],
    bad: [
      { set: { "role:rules[0]": { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] } }, at: "role:rules[0].resources" },
      { set: { "nodes:rules[0].resources": ["nodes", "serviceaccounts/token"] } },
    ],
  },
  "rbac/node-proxy": {
    scene: "namespace",
    good: [{ set: { "nodes:rules[0].resources": ["nodes/metrics", "nodes/stats"] } }],
    bad: [{ set: { "nodes:rules[0].resources": ["nodes", "nodes/proxy"] } }],
  },
  "rbac/webhook-configurations": {
    scene: "namespace",
    good: [
      { set: { "nodes:rules[0]": { apiGroups: [ADMISSION], resources: ["validatingwebhookconfigurations"], verbs: ["get", "list", "watch"] } } },
      { set: { "nodes:rules[0]": { apiGroups: [ADMISSION], resources: ["mutatingwebhookconfigurations"], resourceNames: ["shop-injector"], verbs: ["update"] } } },
    ],
    bad: [
      { set: { "nodes:rules[0]": { apiGroups: ["admissionregistration.k8s.io"], resources: ["mutatingwebhookconfigurations"], verbs: ["update"] } }, at: "nodes:rules[0].resources" },
      ...["create", "update", "patch", "delete"].map((verb) => ({ set: { "nodes:rules[0]": { apiGroups: ["admissionregistration.k8s.io"], resources: ["validatingwebhookconfigurations"], verbs: [verb] } }, at: "nodes:rules[0].resources" })),
    ],
  },
  "rbac/certificate-approval": {
    scene: "namespace",
    good: [{ set: { "nodes:rules[0]": { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests"], verbs: ["create", "get"] } } }],
    bad: [
      { set: { "nodes:rules[0]": { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests/approval"], verbs: ["update"] } }, at: "nodes:rules[0].resources" },
      { set: { "nodes:rules[0]": { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests/status"], verbs: ["patch"] } }, at: "nodes:rules[0].resources" },
      { set: { "nodes:rules[0]": { apiGroups: ["certificates.k8s.io"], resources: ["signers"], resourceNames: ["kubernetes.io/kube-apiserver-client"], verbs: ["sign"] } }, at: "nodes:rules[0].resources" },
    ],
  },
  "rbac/persistent-volumes": {
    scene: "namespace",
    good: [
      { set: { "nodes:rules[0].resources": ["persistentvolumes"] } },
      { set: { "role:rules[0]": { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["create"] } } },
    ],
    bad: [{ set: { "nodes:rules[0]": { apiGroups: [""], resources: ["persistentvolumes"], verbs: ["get", "create"] } }, at: "nodes:rules[0].resources" }],
  },
};
