/**
 * What the pods of the cluster services request. Pure data without any import: the services are set up from it, and the
 * capacity check of the configuration adds it up, so that the two can not differ.
 */

/** Replicas of one kind of pod and what each of them requests, in Kubernetes quantities. */
export interface PodRequests {
  replicas: number;
  cpu: string;
  memory: string;
}

/**
 * Pods of each service that do not run on every node, by service and part.
 *
 * Sized for tens of nodes. metrics-server scales with nodes (its documentation: 100m and 200Mi serve 100 nodes).
 * `aws-ebs-csi-driver` runs six containers of 10m and 40Mi in its controller, the defaults of its chart; `coredns` has
 * the requests of its add-on. The others mostly wait for events: webhooks and injectors idle between two requests, of a
 * pair with leader election one does nothing. Memory is the limit as well, so it is not cut in the same way.
 */
export const SERVICE_PODS = {
  coredns: { server: { replicas: 2, cpu: "100m", memory: "70Mi" } },
  "aws-ebs-csi-driver": { controller: { replicas: 2, cpu: "60m", memory: "240Mi" } },
  "metrics-server": { server: { replicas: 2, cpu: "50m", memory: "200Mi" } },
  "cert-manager": {
    controller: { replicas: 2, cpu: "25m", memory: "128Mi" },
    webhook: { replicas: 2, cpu: "10m", memory: "64Mi" },
    cainjector: { replicas: 2, cpu: "10m", memory: "128Mi" },
  },
  "cluster-autoscaler": { controller: { replicas: 2, cpu: "50m", memory: "300Mi" } },
  "external-secrets": {
    controller: { replicas: 2, cpu: "25m", memory: "128Mi" },
    webhook: { replicas: 2, cpu: "10m", memory: "64Mi" },
    certController: { replicas: 1, cpu: "10m", memory: "128Mi" },
  },
  "prometheus-adapter": { server: { replicas: 2, cpu: "50m", memory: "128Mi" } },
} as const satisfies Record<string, Record<string, PodRequests>>;

/**
 * What runs once on every node (defaults of the add-ons): pod network with its policy agent 50m, service proxy 100m, disk
 * driver 30m and 120Mi, identity agent without requests. Node exporter and log shipper are counted as pods here; what
 * they request is part of the configured requests of monitoring.
 */
export const NODE_PODS = {
  "vpc-cni": { pods: 1, cpu: "50m", memory: "0Mi" },
  "kube-proxy": { pods: 1, cpu: "100m", memory: "0Mi" },
  "aws-ebs-csi-driver": { pods: 1, cpu: "30m", memory: "120Mi" },
  "eks-pod-identity-agent": { pods: 1, cpu: "0m", memory: "0Mi" },
  monitoring: { pods: 2, cpu: "0m", memory: "0Mi" },
} as const satisfies Record<string, { pods: number; cpu: string; memory: string }>;
