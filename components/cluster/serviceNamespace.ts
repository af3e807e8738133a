/** The namespace of a cluster service that comes from a chart: restricted, and closed but for what it needs. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface ServiceNamespaceArgs {
  namespace: string;
  /** Service that lives there; becomes the label `app.kubernetes.io/name`. */
  service: string;
  /** The API server calls webhooks from addresses of the VPC. */
  vpcCidr: string;
}

/** Ports on which the services' webhooks and aggregated APIs listen (values of the charts), and metrics. */
const SERVED_TO_API = [6443, 8443, 9443, 10_250];
const METRICS = [8080, 9402];

/** Declares the namespace and its network policies; returns what a chart must wait for. */
export function serviceNamespace(name: string, args: ServiceNamespaceArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const labels = {
    "app.kubernetes.io/name": args.service,
    "app.kubernetes.io/instance": args.service,
    "app.kubernetes.io/component": "cluster-service",
    "app.kubernetes.io/part-of": "cluster",
    "app.kubernetes.io/managed-by": "pulumi",
  };
  const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, {
    metadata: {
      name: args.namespace,
      labels: {
        ...labels,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
      },
    },
  }, opts);
  const policy = (part: string, spec: k8s.types.input.networking.v1.NetworkPolicySpec) =>
    new k8s.networking.v1.NetworkPolicy(`${name}-${part}`, { metadata: { name: part, namespace: args.namespace, labels }, spec }, { ...opts, dependsOn: [namespace] });
  const everyPod = { podSelector: {} };
  return [
    namespace,
    policy("default-deny", { ...everyPod, policyTypes: ["Ingress", "Egress"] }),
    policy("allow-dns", {
      ...everyPod,
      policyTypes: ["Egress"],
      egress: [{
        to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } }, podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
        ports: [{ protocol: "UDP", port: 53 }, { protocol: "TCP", port: 53 }],
      }],
    }),
    policy("allow-https-out", {
      ...everyPod,
      policyTypes: ["Egress"],
      // The API server and the AWS services; link-local holds the pod identity agent (80) and the node's metadata, which stay out of this rule.
      egress: [
        { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }], ports: [{ protocol: "TCP", port: 443 }] },
        { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [{ protocol: "TCP", port: 80 }] },
        { to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }], ports: [{ protocol: "TCP", port: 9090 }] },
      ],
    }),
    policy("allow-api-server", {
      ...everyPod,
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ ipBlock: { cidr: args.vpcCidr } }], ports: SERVED_TO_API.map((port) => ({ protocol: "TCP", port })) }],
    }),
    policy("allow-metrics", {
      ...everyPod,
      policyTypes: ["Ingress"],
      ingress: [{
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        ports: METRICS.map((port) => ({ protocol: "TCP", port })),
      }],
    }),
  ];
}
