/** Every cluster service: when it is needed, which role its pods take, and how its add-on or chart is set up. */
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../access/policyDocument.ts";
import { SERVICE_PODS, type PodRequests } from "./serviceRequests.ts";

/** Nodes become ready only with the first kind; the second kind needs nodes to run on. */
export type ServiceStage = "beforeNodes" | "afterNodes";

/** What the table's entries may depend on. */
export interface ServiceScope {
  prefix: string;
  accountId: string;
  region: string;
  clusterName: string;
  volumesKeyArn: pulumi.Input<string>;
  prometheus: { url: string; port: number };
}

type Values = Record<string, unknown>;

/** Where a service's pods run and as whom. */
export interface ServiceDefinition {
  stage: ServiceStage;
  namespace: string;
  serviceAccount: string;
  /** The namespace is ours to declare when the service comes from a chart; kube-system is not. */
  ownNamespace: boolean;
  /** Managed policy of AWS that the user guide names for the service. */
  managedPolicy?: string;
  /** Permissions of our own. */
  statements?: (scope: ServiceScope) => Statement[];
  /** Configuration of the add-on, by its published schema. */
  addon?: (scope: ServiceScope) => Values;
  chart?: { chart: string; repository?: string; values: (scope: ServiceScope) => Values };
}

const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const PODS = SERVICE_PODS;
const resources = ({ cpu, memory }: PodRequests) => ({ requests: { cpu, memory }, limits: { memory } });
const overZones = (labels: Record<string, string>) => [
  { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: labels } },
];

/** Versions of restricted settings that differ by chart are written out there; names of values are the charts' own. */
export const SERVICES: Record<string, ServiceDefinition> = {
  "vpc-cni": {
    stage: "beforeNodes", namespace: "kube-system", serviceAccount: "aws-node", ownNamespace: false,
    managedPolicy: "AmazonEKS_CNI_Policy",
    // Policies are enforced by the node agent; strict mode would cut off pods before their policy is read.
    addon: () => ({ enableNetworkPolicy: "true", env: { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1", NETWORK_POLICY_ENFORCING_MODE: "standard" } }),
  },
  "kube-proxy": { stage: "beforeNodes", namespace: "kube-system", serviceAccount: "kube-proxy", ownNamespace: false },
  "eks-pod-identity-agent": { stage: "beforeNodes", namespace: "kube-system", serviceAccount: "eks-pod-identity-agent", ownNamespace: false },
  coredns: {
    stage: "afterNodes", namespace: "kube-system", serviceAccount: "coredns", ownNamespace: false,
    addon: () => ({
      replicaCount: PODS.coredns.server.replicas,
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      topologySpreadConstraints: overZones({ "k8s-app": "kube-dns" }),
    }),
  },
  "aws-ebs-csi-driver": {
    stage: "afterNodes", namespace: "kube-system", serviceAccount: "ebs-csi-controller-sa", ownNamespace: false,
    managedPolicy: "service-role/AmazonEBSCSIDriverPolicy",
    statements: (scope) => [
      {
        Sid: "EncryptVolumes", Effect: "Allow", Resource: scope.volumesKeyArn,
        Action: ["kms:Decrypt", "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"],
      },
      {
        Sid: "LendKeyToVolumes", Effect: "Allow", Resource: scope.volumesKeyArn, Action: "kms:CreateGrant",
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
    ],
    addon: () => ({ controller: { replicaCount: PODS["aws-ebs-csi-driver"].controller.replicas } }),
  },
  "metrics-server": {
    stage: "afterNodes", namespace: "kube-system", serviceAccount: "metrics-server", ownNamespace: false,
    addon: () => ({ replicas: PODS["metrics-server"].server.replicas, podDisruptionBudget: { enabled: true, maxUnavailable: 1 }, resources: resources(PODS["metrics-server"].server) }),
    chart: {
      chart: "metrics-server", repository: "https://kubernetes-sigs.github.io/metrics-server",
      values: () => ({
        replicas: PODS["metrics-server"].server.replicas,
        podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
        topologySpreadConstraints: overZones({ "app.kubernetes.io/name": "metrics-server" }),
        resources: resources(PODS["metrics-server"].server),
      }),
    },
  },
  "cert-manager": {
    stage: "afterNodes", namespace: "cert-manager", serviceAccount: "cert-manager", ownNamespace: true,
    addon: () => ({
      replicaCount: PODS["cert-manager"].controller.replicas,
      podDisruptionBudget: { enabled: true },
      resources: resources(PODS["cert-manager"].controller),
      webhook: { replicaCount: PODS["cert-manager"].webhook.replicas, resources: resources(PODS["cert-manager"].webhook) },
      cainjector: { replicaCount: PODS["cert-manager"].cainjector.replicas, resources: resources(PODS["cert-manager"].cainjector) },
    }),
    chart: {
      chart: "oci://quay.io/jetstack/charts/cert-manager",
      values: () => ({
        crds: { enabled: true, keep: true },
        replicaCount: PODS["cert-manager"].controller.replicas,
        podDisruptionBudget: { enabled: true, minAvailable: 1 },
        resources: resources(PODS["cert-manager"].controller),
        webhook: { replicaCount: PODS["cert-manager"].webhook.replicas, podDisruptionBudget: { enabled: true, minAvailable: 1 }, resources: resources(PODS["cert-manager"].webhook) },
        cainjector: { replicaCount: PODS["cert-manager"].cainjector.replicas, podDisruptionBudget: { enabled: true, minAvailable: 1 }, resources: resources(PODS["cert-manager"].cainjector) },
        startupapicheck: { enabled: false },
      }),
    },
  },
  "cluster-autoscaler": {
    stage: "afterNodes", namespace: "kube-system", serviceAccount: "cluster-autoscaler", ownNamespace: false,
    statements: autoscalerStatements,
    chart: {
      chart: "cluster-autoscaler", repository: "https://kubernetes.github.io/autoscaler",
      values: (scope) => ({
        cloudProvider: "aws",
        awsRegion: scope.region,
        autoDiscovery: { clusterName: scope.clusterName },
        fullnameOverride: "cluster-autoscaler",
        replicaCount: PODS["cluster-autoscaler"].controller.replicas,
        podDisruptionBudget: { maxUnavailable: 1 },
        rbac: { serviceAccount: { create: true, name: "cluster-autoscaler" } },
        // Nodes of all zones are kept even; pods with local scratch space do not hold a node for ever.
        extraArgs: { "balance-similar-node-groups": true, "skip-nodes-with-local-storage": false, "skip-nodes-with-system-pods": false, expander: "least-waste" },
        resources: resources(PODS["cluster-autoscaler"].controller),
        securityContext: { runAsNonRoot: true, runAsUser: 1001, seccompProfile: { type: "RuntimeDefault" } },
        containerSecurityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      }),
    },
  },
  "external-secrets": {
    stage: "afterNodes", namespace: "external-secrets", serviceAccount: "external-secrets", ownNamespace: true,
    chart: {
      chart: "oci://ghcr.io/external-secrets/charts/external-secrets",
      values: () => ({
        installCRDs: true,
        replicaCount: PODS["external-secrets"].controller.replicas,
        leaderElect: true,
        podDisruptionBudget: { enabled: true, minAvailable: 1 },
        securityContext: RESTRICTED,
        resources: resources(PODS["external-secrets"].controller),
        // Only stores of one namespace exist here, so the controller gets no cluster-wide reading of secrets by stores.
        processClusterStore: false,
        processClusterExternalSecret: false,
        processPushSecret: false,
        webhook: { replicaCount: PODS["external-secrets"].webhook.replicas, podDisruptionBudget: { enabled: true, minAvailable: 1 }, securityContext: RESTRICTED, resources: resources(PODS["external-secrets"].webhook) },
        certController: { replicaCount: PODS["external-secrets"].certController.replicas, securityContext: RESTRICTED, resources: resources(PODS["external-secrets"].certController) },
      }),
    },
  },
  "prometheus-adapter": {
    stage: "afterNodes", namespace: "metrics-adapter", serviceAccount: "prometheus-adapter", ownNamespace: true,
    chart: {
      chart: "oci://ghcr.io/prometheus-community/charts/prometheus-adapter",
      values: (scope) => ({
        replicas: PODS["prometheus-adapter"].server.replicas,
        podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
        prometheus: scope.prometheus,
        rules: { default: false, custom: [requestRateRule()] },
        resources: resources(PODS["prometheus-adapter"].server),
        topologySpreadConstraints: overZones({ "app.kubernetes.io/name": "prometheus-adapter" }),
      }),
    },
  },
};

/** `http_requests_total` of a pod becomes the pods metric `http_requests_per_second`, by which applications scale. */
function requestRateRule(): Values {
  return {
    seriesQuery: 'http_requests_total{namespace!="",pod!=""}',
    resources: { overrides: { namespace: { resource: "namespace" }, pod: { resource: "pod" } } },
    name: { matches: "^(.*)_total$", as: "${1}_per_second" },
    metricsQuery: "sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)",
  };
}

/** Changes are limited to groups that EKS tagged as this cluster's; what only describes knows no resources (Auto Scaling, EC2). */
function autoscalerStatements(scope: ServiceScope): Statement[] {
  return [
    {
      Sid: "SetSizeOfOwnGroups",
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: `arn:aws:autoscaling:${scope.region}:${scope.accountId}:autoScalingGroup:*:autoScalingGroupName/eks-*`,
      Condition: { StringEquals: { "aws:ResourceTag/eks:cluster-name": scope.clusterName } },
    },
    {
      Sid: "SeeGroups",
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities", "autoscaling:DescribeTags", "ec2:DescribeImages", "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions", "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      Resource: "*",
    },
    {
      Sid: "SeeNodeGroups",
      Effect: "Allow",
      Action: "eks:DescribeNodegroup",
      Resource: `arn:aws:eks:${scope.region}:${scope.accountId}:nodegroup/${scope.clusterName}/*/*`,
    },
  ];
}
