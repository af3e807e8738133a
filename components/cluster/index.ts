/** The Kubernetes cluster: EKS with its nodes, services and one way in, or a cluster that is there already. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AccessGrant } from "./accessEntries.ts";
import { AccessEntries } from "./accessEntries.ts";
import type { ControlPlaneTransforms } from "./controlPlane.ts";
import { ControlPlane } from "./controlPlane.ts";
import type { ClusterIdentity } from "./identity.ts";
import { issuerOf } from "./identity.ts";
import { kubeconfigFor } from "./kubeconfig.ts";
import type { NodeGroupSettings, NodesTransforms } from "./nodes.ts";
import { Nodes } from "./nodes.ts";
import { Runner } from "./runner.ts";
import type { ServiceSettings } from "./services.ts";
import { Services } from "./services.ts";
import { DefaultStorageClass } from "./storageClass.ts";

export type { ClusterIdentity } from "./identity.ts";

export interface ClusterArgs {
  /** `<app>-<stack>`; also the cluster's name. */
  prefix: string;
  accountId: string;
  region: string;
  zones: string[];
  /** Kubernetes minor version, such as 1.34. */
  version: string;
  /** The one way in; without it the cluster could not be operated, so construction is refused. */
  access: { via?: "runner" | "vpn" | "publicCidrs"; publicCidrs: string[] };
  logRetentionDays: number;
  /** Every cluster service with where it comes from and its pinned version. */
  services: Record<string, ServiceSettings>;
  nodes: Record<string, NodeGroupSettings>;
  /** Size in MB at which the kubelet rotates a container's log, and how many it keeps. */
  logRotationMb: number;
  logRotationFiles: number;
  network: { vpcId: pulumi.Input<string>; privateSubnetIds: pulumi.Input<string>[]; cidr: string };
  /** Security group that VPN clients appear with; needed for via "vpn". */
  vpnSecurityGroupId?: pulumi.Input<string>;
  keys: { cluster: pulumi.Input<string>; volumes: pulumi.Input<string>; logs: pulumi.Input<string> };
  /** People's roles with the EKS access policy each gets, such as AmazonEKSViewPolicy. */
  operators: AccessGrant[];
  /** Role of the gated pipeline; administers the cluster. */
  deployRoleArn: pulumi.Input<string>;
  /** Namespaces that operators with an edit policy may change; default: all but the system's. */
  /** EKS refuses to delete the cluster. */
  deletionProtection: boolean;
  alarmTopicArn?: pulumi.Input<string>;
  /** A cluster that is there already; EKS and nodes are left out. */
  existing?: { name: string; eks: boolean; workloadCidrs: string[]; autoscalingGroups: string[]; oidcProviderArn?: string };
  /** Kubeconfig of the existing cluster; a secret. */
  kubeconfig?: pulumi.Input<string>;
  transform?: ControlPlaneTransforms & NodesTransforms & { provider?: (args: k8s.ProviderArgs, opts: pulumi.CustomResourceOptions) => void };
}
