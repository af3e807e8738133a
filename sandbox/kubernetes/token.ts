/** What a type token says about a Kubernetes object. */
import { fieldsOf, knownTokens } from "./schema/data.ts";

export interface Gvk {
  group: string;
  version: string;
  kind: string;
  /** As a manifest writes it: `v1`, `apps/v1`. */
  apiVersion: string;
  /** The `…Patch` form, which changes an object that something else owns. */
  patch: boolean;
  /** Not built in: its kind is defined by a CustomResourceDefinition. */
  custom: boolean;
  /** Key of the kind's fields in the generated table. */
  token: string;
}

/**
 * Cluster-scoped kinds: those whose paths in the API have no namespace
 * (k8s.io/kubernetes v1.36.3, api/openapi-spec/swagger.json).
 */
const CLUSTER_SCOPED = new Set([
  "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding", "ClusterTrustBundle",
  "CustomResourceDefinition", "DeviceClass", "DeviceTaintRule", "FlowSchema", "IPAddress", "IngressClass", "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume", "PodSecurityPolicy",
  "PriorityClass", "PriorityLevelConfiguration", "ResourceSlice", "RuntimeClass", "SelfSubjectAccessReview", "SelfSubjectReview",
  "SelfSubjectRulesReview", "ServiceCIDR", "StorageClass", "StorageVersion", "StorageVersionMigration", "SubjectAccessReview",
  "TokenReview", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment",
  "VolumeAttributesClass",
]);

/**
 * Cluster-scoped custom kinds of the operators that this project's objects are for (`spec.scope` of their
 * CustomResourceDefinitions); any other custom kind is taken to be namespaced, as the official provider takes it.
 */
const CLUSTER_SCOPED_CUSTOM = new Set([
  "cert-manager.io/ClusterIssuer", "external-secrets.io/ClusterSecretStore", "external-secrets.io/ClusterExternalSecret",
  "external-secrets.io/ClusterPushSecret", "gateway.networking.k8s.io/GatewayClass", "karpenter.sh/NodePool", "karpenter.sh/NodeClaim",
  "karpenter.k8s.aws/EC2NodeClass", "trust.cert-manager.io/Bundle", "eks.amazonaws.com/NodeClass",
]);

/** Reads `kubernetes:apps/v1:Deployment`. Throws with the nearest kind when a built-in group has no such kind. */
export function gvkOf(token: string): Gvk {
  const [pkg, module, kind, ...rest] = token.split(":");
  const [group, version, ...more] = (module ?? "").split("/");
  if (pkg !== "kubernetes" || !group || !kind || rest.length > 0 || more.length > 0) {
    throw new Error(`"${token}" is not a type of the kubernetes provider`);
  }
  // A CustomResource of the core group comes as `kubernetes:v1:Kind`, as its apiVersion has no group.
  const [g, v] = version === undefined ? ["core", group] : [group, version];
  const known = fieldsOf(token) !== undefined;
  const patch = !known && kind.endsWith("Patch");
  const plainKind = patch ? kind.slice(0, -"Patch".length) : kind;
  const plainToken = `kubernetes:${g}/${v}:${plainKind}`;
  const builtIn = fieldsOf(plainToken) !== undefined;
  return { group: g === "core" ? "" : g, version: v, kind: plainKind, apiVersion: g === "core" ? v : `${g}/${v}`, patch, custom: !builtIn, token: plainToken };
}

/** True when objects of the kind live in a namespace. */
export function isNamespaced(gvk: Gvk): boolean {
  return gvk.custom ? !CLUSTER_SCOPED_CUSTOM.has(`${gvk.group}/${gvk.kind}`) : !CLUSTER_SCOPED.has(gvk.kind);
}

/** Kinds and versions of a built-in group; empty for a group that only custom resources use. */
export function tokensOfGroup(group: string): string[] {
  const start = `kubernetes:${group === "" ? "core" : group}/`;
  return knownTokens().filter((token) => token.startsWith(start));
}
