/** The namespace of a cluster service that comes from a chart: restricted, and closed but for what it needs. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ApiServerAddresses, apiServerOut, apiServerPeers, DNS, httpsOut, POD_IDENTITY, PolicySet, podsOf, tcp } from "../networkRules.ts";
import type { ClusterIdentity } from "./identity.ts";

export interface ServiceNamespaceArgs {
  namespace: string;
  /** Service that lives there; becomes the label `app.kubernetes.io/name`. */
  service: string;
  vpcCidr: string;
  apiServer: ApiServerAddresses;
  identity: ClusterIdentity;
}

/** Ports on which the services' webhooks and aggregated APIs listen (values of the charts), and metrics. */
const SERVED_TO_API = [6443, 8443, 9443, 10_250];
const METRICS = [8080, 9402];
/** Prometheus, from which the metrics adapter reads. */
const PROMETHEUS = 9090;

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
  const policies = new PolicySet(name, args.namespace, labels, { ...opts, dependsOn: [namespace] });
  const everyPod = {};
  const prometheus = podsOf("monitoring");
  policies.allowOut("allow-dns", everyPod, [DNS]);
  policies.allowOut("allow-api-server", everyPod, [apiServerOut(args.apiServer)]);
  policies.allowOut("allow-aws", everyPod, [httpsOut(args.vpcCidr), ...(args.identity.kind === "podIdentity" ? [POD_IDENTITY] : [])]);
  policies.allowOut("allow-prometheus", everyPod, [{ to: [prometheus], ports: tcp(PROMETHEUS) }]);
  policies.allowIn("allow-webhooks", everyPod, [{ from: apiServerPeers(args.apiServer), ports: tcp(...SERVED_TO_API) }]);
  policies.allowIn("allow-metrics", everyPod, [{ from: [prometheus], ports: tcp(...METRICS) }]);
  return [namespace, ...policies.declared];
}
