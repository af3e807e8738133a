/** Building blocks of network policies: peers and ports that the namespaces of application, ingress, jobs and monitoring share. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterIdentity } from "./cluster/identity.ts";

export type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
export type Port = k8s.types.input.networking.v1.NetworkPolicyPort;
export type EgressRule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;
export type IngressRule = k8s.types.input.networking.v1.NetworkPolicyIngressRule;

/** All pods of a namespace, or those with the given labels. */
export function podsOf(namespace: pulumi.Input<string>, labels?: Record<string, string>): Peer {
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": namespace } };
  return labels === undefined ? { namespaceSelector } : { namespaceSelector, podSelector: { matchLabels: labels } };
}

export function tcp(...ports: (number | string)[]): Port[] {
  return ports.map((port) => ({ protocol: "TCP", port }));
}

/** Cluster DNS. */
export const DNS: EgressRule = {
  to: [podsOf("kube-system", { "k8s-app": "kube-dns" })],
  ports: [{ protocol: "UDP", port: 53 }, { protocol: "TCP", port: 53 }],
};

/** The EKS Pod Identity agent on the pod's own node (EKS user guide, "Set up the Amazon EKS Pod Identity Agent"). */
export const POD_IDENTITY: EgressRule = { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: tcp(80) };

/** Addresses that are not the internet: RFC 1918, shared (RFC 6598) and link-local, where the node's metadata is. */
export const NOT_INTERNET = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"];

/**
 * HTTPS to AWS: interface endpoints have addresses in the VPC, the gateway endpoint of S3 and everything without an
 * endpoint have public ones. Private networks besides the VPC stay out, and so does the node's metadata.
 */
export function httpsOut(vpcCidr: string): EgressRule {
  return { to: [{ ipBlock: { cidr: vpcCidr } }, { ipBlock: { cidr: "0.0.0.0/0", except: NOT_INTERNET } }], ports: tcp(443) };
}

/** What everybody may reach, and no private network, the VPC's own among them. */
export function internetOut(...ports: number[]): EgressRule {
  return { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: NOT_INTERNET } }], ports: tcp(...ports) };
}

/** Service ranges of EKS: one of the two, whichever does not overlap the VPC (EKS user guide, "Kubernetes service CIDR range"). */
const EKS_SERVICE_RANGES = ["10.100.0.0/16", "172.20.0.0/16"];

/** Where the API server is, as network policies name it. */
export interface ApiServerAddresses {
  /** Its own addresses: it is reached there, and calls webhooks from there. */
  cidrs: string[];
  /** Ranges of Services, in which its own Service `kubernetes` has an address. */
  serviceCidrs: string[];
}

/** The API server of an EKS cluster: behind network interfaces in the VPC. */
export function eksApiServer(vpcCidr: string): ApiServerAddresses {
  return { cidrs: [vpcCidr], serviceCidrs: EKS_SERVICE_RANGES };
}

/** The API server of a cluster that exists; where its owner does not say otherwise, it is beside nodes and pods, and EKS's. */
export function existingApiServer(existing: { workloadCidrs: string[]; apiServerCidrs?: string[]; serviceCidr?: string }): ApiServerAddresses {
  return {
    cidrs: existing.apiServerCidrs ?? existing.workloadCidrs,
    serviceCidrs: existing.serviceCidr === undefined ? EKS_SERVICE_RANGES : [existing.serviceCidr],
  };
}

/**
 * The API server at its Service's address and at its own, 443 on EKS and 6443 nearly everywhere else: some network
 * plugins, the VPC CNI among them, judge the address before it is translated, others (Calico) after.
 */
export function apiServerOut({ cidrs, serviceCidrs }: ApiServerAddresses): EgressRule {
  return { to: [...cidrs, ...serviceCidrs].map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(443, 6443) };
}

/** The API server as the caller of webhooks and of aggregated APIs. */
export function apiServerPeers({ cidrs }: ApiServerAddresses): Peer[] {
  return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

/** How a pod comes by its AWS credentials: from the agent on its node, or by exchanging its token over HTTPS. */
export function credentials(identity: ClusterIdentity, vpcCidr: string): EgressRule {
  return identity.kind === "podIdentity" ? POD_IDENTITY : httpsOut(vpcCidr);
}

/** Database and cache, which have addresses of the VPC only; their security groups narrow it further. */
export function storesOut(vpcCidr: string, ...ports: number[]): EgressRule {
  return { to: [{ ipBlock: { cidr: vpcCidr } }], ports: tcp(...ports) };
}

/** All pods of the namespace that have none of the labels. */
export class PodsWithout {
  readonly labels: readonly string[];
  constructor(...labels: string[]) {
    this.labels = labels;
  }
}

/** Named policies of one namespace; the first denies everything, and each further one says what it allows. */
export class PolicySet {
  /** Every policy of the set, for what must not start before them. */
  readonly declared: pulumi.Resource[] = [];
  private readonly prefix: string;
  private readonly namespace: pulumi.Input<string>;
  private readonly labels: Record<string, string>;
  private readonly opts: pulumi.CustomResourceOptions;

  constructor(prefix: string, namespace: pulumi.Input<string>, labels: Record<string, string>, opts: pulumi.CustomResourceOptions) {
    this.prefix = prefix;
    this.namespace = namespace;
    this.labels = labels;
    this.opts = opts;
    this.create("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  }

  /** Pods with these labels (all of the namespace when empty) may be reached by what the rules say. */
  allowIn(name: string, pods: Record<string, string> | PodsWithout, ingress: IngressRule[]): void {
    this.create(name, { podSelector: selector(pods), policyTypes: ["Ingress"], ingress });
  }

  /** Pods with these labels (all of the namespace when empty) may reach what the rules say. */
  allowOut(name: string, pods: Record<string, string> | PodsWithout, egress: EgressRule[]): void {
    this.create(name, { podSelector: selector(pods), policyTypes: ["Egress"], egress });
  }

  private create(name: string, spec: k8s.types.input.networking.v1.NetworkPolicySpec): void {
    this.declared.push(new k8s.networking.v1.NetworkPolicy(`${this.prefix}-${name}`, {
      metadata: { name, namespace: this.namespace, labels: this.labels },
      spec,
    }, this.opts));
  }
}

function selector(pods: Record<string, string> | PodsWithout): k8s.types.input.meta.v1.LabelSelector {
  if (pods instanceof PodsWithout) return { matchExpressions: pods.labels.map((key) => ({ key, operator: "DoesNotExist" })) };
  return Object.keys(pods).length === 0 ? {} : { matchLabels: pods };
}
