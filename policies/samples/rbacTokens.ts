/** Samples of areas/rbacTokens.ts. */
import type { Samples } from "./sample.ts";

const MOUNT = "app:spec.template.spec.automountServiceAccountToken";

const VOLUMES = "app:spec.template.spec.volumes";

function projected(token: Record<string, unknown>): unknown {
  return [{ name: "cache", emptyDir: { sizeLimit: "64Mi" } }, { name: "token", projected: { sources: [{ configMap: { name: "roots" } }, { serviceAccountToken: { path: "token", ...token } }] } }];
}

/** A RoleBinding of the account `app`, with one field of its subject changed. */
function binding(change: Record<string, string>) {
  const meta = { name: "app", namespace: "shop", labels: { "app.kubernetes.io/name": "app", "app.kubernetes.io/part-of": "shop" } };
  return {
    type: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    name: "app-binding",
    props: { metadata: meta, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "app" }, subjects: [{ kind: "ServiceAccount", name: "app", namespace: "shop", ...change }] },
  };
}

export const samples: Samples = {
  "rbac/token-mount": {
    scene: "workload",
    good: [
      { set: { [MOUNT]: undefined } },
      { set: { "account:automountServiceAccountToken": undefined } },
      { set: { [MOUNT]: true }, add: [binding({})] },
      { set: { [MOUNT]: true }, add: [{ ...binding({}), type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding" }] },
      { set: { [MOUNT]: undefined, "account:automountServiceAccountToken": true }, add: [binding({})] },
      { set: { [MOUNT]: undefined, "app:spec.template.spec.serviceAccountName": undefined, "app:spec.template.spec.serviceAccount": "app" } },
    ],
    bad: [
      { set: { [MOUNT]: true } },
      { set: { "nightly:spec.jobTemplate.spec.template.spec.automountServiceAccountToken": true } },
      { set: { [MOUNT]: undefined, "account:automountServiceAccountToken": undefined } },
      { set: { [MOUNT]: undefined, "account:automountServiceAccountToken": true } },
      { set: { [MOUNT]: undefined, "account:metadata.namespace": "other" } },
      { set: { [MOUNT]: undefined, "account:metadata.name": "other" } },
      ...["kind", "name", "namespace"].map((key) => ({ set: { [MOUNT]: true }, add: [binding({ [key]: "other" })] })),
    ],
  },
  "rbac/default-account": {
    scene: "workload",
    good: [{ set: { "app:spec.template.spec.serviceAccountName": undefined, "app:spec.template.spec.serviceAccount": "app" } }],
    bad: [
      { set: { "app:spec.template.spec.serviceAccountName": undefined } },
      { set: { "app:spec.template.spec.serviceAccountName": "default" } },
      { set: { "migrate:spec.template.spec.serviceAccountName": "default" } },
      { set: { "nightly:spec.jobTemplate.spec.template.spec.serviceAccountName": undefined } },
    ],
  },
  "rbac/token-secrets": {
    scene: "namespace",
    bad: [{ set: { "secret:type": "kubernetes.io/service-account-token" } }],
  },
  "rbac/token-expiry": {
    scene: "workload",
    good: [{ set: { [VOLUMES]: projected({ audience: "vault", expirationSeconds: 86_400 }) } }, { set: { [VOLUMES]: projected({ audience: "vault" }) } }],
    bad: [{ set: { [VOLUMES]: projected({ audience: "vault", expirationSeconds: 86_401 }) }, at: `${VOLUMES}[1].projected.sources[1].serviceAccountToken.expirationSeconds` }],
  },
  "rbac/token-audience": {
    scene: "workload",
    bad: [{ set: { [VOLUMES]: projected({ expirationSeconds: 3600 }) }, at: `${VOLUMES}[1].projected.sources[1].serviceAccountToken.audience` }],
  },
};
