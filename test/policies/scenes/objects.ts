/** Parts that scenes with Kubernetes objects share. */
import type { SampleResource } from "../../../policies/samples/sample.ts";

/** The digest of every image in the scenes. */
export const DIGEST = "sha256:2626fa35271ccabad5a78f5287618e2cf2b7cccb5c69a3253db747206ac045bf";

export function labels(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop" };
}

/** Metadata of an object in the namespace `shop`. */
export function metadata(name: string): { name: string; namespace: string; labels: Record<string, string> } {
  return { name, namespace: "shop", labels: labels(name) };
}

/** What a container must have, whatever it does. */
export function container(name: string): Record<string, unknown> {
  return {
    name,
    image: `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@${DIGEST}`,
    imagePullPolicy: "IfNotPresent",
    resources: {
      requests: { cpu: "200m", memory: "512Mi", "ephemeral-storage": "256Mi" },
      limits: { memory: "512Mi", "ephemeral-storage": "1Gi" },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 10001,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** What a pod's specification must have, whatever it runs. */
export function pod(containers: readonly Record<string, unknown>[]): Record<string, unknown> {
  return {
    serviceAccountName: "app",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: { type: "RuntimeDefault" } },
    containers,
  };
}

/** The namespace `shop`: closed, bounded, and under the restricted standard. */
export const NAMESPACE: readonly SampleResource[] = [
  {
    type: "kubernetes:core/v1:Namespace",
    name: "ns",
    props: {
      metadata: {
        name: "shop",
        labels: {
          ...labels("shop"),
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/enforce-version": "latest",
          "pod-security.kubernetes.io/audit": "restricted",
          "pod-security.kubernetes.io/audit-version": "latest",
          "pod-security.kubernetes.io/warn": "restricted",
          "pod-security.kubernetes.io/warn-version": "latest",
        },
      },
    },
  },
  { type: "kubernetes:networking.k8s.io/v1:NetworkPolicy", name: "deny", props: { metadata: metadata("default-deny"), spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } } },
  {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "dns",
    props: {
      metadata: metadata("allow-dns"),
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [{
          to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } }, podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
          ports: [{ port: 53, protocol: "UDP" }, { port: 53, protocol: "TCP" }],
        }],
      },
    },
  },
  {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "web",
    props: {
      metadata: metadata("allow-web"),
      spec: {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "app" } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } }], ports: [{ port: 8080, protocol: "TCP" }] },
          { from: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ port: 8080, protocol: "TCP" }] },
        ],
        egress: [
          { to: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ port: 5432, protocol: "TCP" }] },
          { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"] } }], ports: [{ port: 443, protocol: "TCP" }] },
        ],
      },
    },
  },
  {
    type: "kubernetes:core/v1:LimitRange",
    name: "limits",
    props: { metadata: metadata("limits"), spec: { limits: [{ type: "Container", default: { cpu: "500m", memory: "256Mi" }, defaultRequest: { cpu: "100m", memory: "128Mi" } }] } },
  },
  {
    type: "kubernetes:core/v1:ResourceQuota",
    name: "quota",
    props: { metadata: metadata("quota"), spec: { hard: { pods: "30", "requests.cpu": "8", "requests.memory": "16Gi", "limits.memory": "16Gi" } } },
  },
  { type: "kubernetes:core/v1:ServiceAccount", name: "account", props: { metadata: metadata("app"), automountServiceAccountToken: false } },
];
