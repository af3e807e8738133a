/** The Kubernetes cluster: EKS with its nodes, services and one way in, or a cluster that is there already. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../component.ts";
import { type ApiServerAddresses, eksApiServer, existingApiServer } from "../networkRules.ts";
import type { AccessGrant } from "./accessEntries.ts";
import { AccessEntries } from "./accessEntries.ts";
import type { ControlPlaneTransforms } from "./controlPlane.ts";
import { ControlPlane } from "./controlPlane.ts";
import type { ClusterIdentity } from "./identity.ts";
import { issuerOf } from "./identity.ts";
import { eksKubeconfig } from "./kubeconfig.ts";
import type { NodeGroupSettings, NodesTransforms } from "./nodes.ts";
import { Nodes } from "./nodes.ts";
import { Runner } from "./runner.ts";
import type { ServiceSettings, ServiceStage } from "./services.ts";
import { Services } from "./services.ts";
import { defaultStorageClass } from "./storageClass.ts";

export type { AccessGrant } from "./accessEntries.ts";
export type { ClusterIdentity } from "./identity.ts";

export interface ClusterArgs {
  /** `<app>-<stack>`; also the cluster's name. */
  prefix: string;
  accountId: string;
  region: string;
  /** Kubernetes minor version, such as 1.35. */
  version: string;
  /** The one way in; without it the cluster could not be operated, so construction is refused. */
  access: {
    via?: "runner" | "vpn" | "publicCidrs";
    publicCidrs: string[];
    /** Confirmed CodeConnections connection to `ciRepository`; needed for via "runner". */
    connectionArn?: string;
    /** For the first `up` alone, which makes the way in: who runs it and from where. Warns as long as it is set. */
    bootstrap?: { principalArn: string; publicCidrs: string[] };
  };
  /** Repository (owner/name) whose pipeline the runner serves; needed for via "runner". */
  ciRepository?: string;
  logRetentionDays: number;
  /** Every cluster service with where it comes from and its pinned version. */
  services: Record<string, ServiceSettings>;
  /** Managed node groups by name. */
  nodes: Record<string, NodeGroupSettings>;
  /** Size in MB at which the kubelet rotates a container's log. */
  logRotationMb: number;
  /** How many rotated logs the kubelet keeps. */
  logRotationFiles: number;
  /** `ready`: routes and endpoints, before which a node reaches neither registries nor the API of EKS. */
  network: { vpcId: pulumi.Input<string>; privateSubnetIds: pulumi.Input<string>[]; cidr: string; ready?: pulumi.Resource[] };
  /** Security group that VPN clients appear with; needed for via "vpn". */
  vpnSecurityGroupId?: pulumi.Input<string>;
  keys: { cluster: pulumi.Input<string>; volumes: pulumi.Input<string>; logs: pulumi.Input<string> };
  /** People's roles, each with the EKS access policy it gets, such as AmazonEKSViewPolicy. */
  operators: AccessGrant[];
  /** Role of the gated pipeline; administers the cluster. */
  deployRoleArn: pulumi.Input<string>;
  alarmTopicArn: pulumi.Input<string>;
  protection: Protection;
  /** Where Prometheus answers, for the metrics adapter; default the operator's own Service in namespace `monitoring`. */
  prometheus?: { url: string; port: number };
  /** A cluster that is there already; EKS, nodes and the way in are left out. */
  existing?: { name: string; eks: boolean; workloadCidrs: string[]; autoscalingGroups: string[]; oidcProviderArn?: string; apiServerCidrs?: string[]; serviceCidr?: string };
  /** Kubeconfig of the existing cluster; a secret. */
  kubeconfig?: pulumi.Input<string>;
  transform?: ControlPlaneTransforms & NodesTransforms;
}

/**
 * EKS with a private endpoint, encrypted secrets, every control-plane log, access entries, hardened nodes and the
 * services a production cluster needs; or the same services on a cluster that exists.
 *
 * Exactly one way in: a CI runner inside the network (with a build project beside it as the operators' shell), the
 * Client VPN, or a public endpoint for named addresses. Throws when there is none, or when what the chosen one needs is
 * missing. The runner does not exist yet during the first `up`, which `access.bootstrap` lets in by the public endpoint.
 * Cost: the control plane by the hour, nodes and their disks by the hour, log ingestion by GB.
 *
 * @example
 * const cluster = new Cluster("cluster", { prefix: "shop-production", accountId, region, ...config.cluster,
 *   nodes: config.nodes, network, keys: { cluster: …, volumes: …, logs: … }, operators, deployRoleArn, … });
 * new k8s.core.v1.Namespace("app", {}, { provider: cluster.provider });
 */
export class Cluster extends pulumi.ComponentResource {
  readonly clusterName: string;
  /** Kubernetes provider; what uses it waits for access, nodes and network. */
  readonly provider: k8s.Provider;
  /** With what the provider reaches the cluster, for hooks that look at it during an update; a Pulumi secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly identity: ClusterIdentity;
  /** Where pods reach the API server, and it calls webhooks from. */
  readonly apiServer: ApiServerAddresses;
  /** Security group of nodes and pods; absent with an existing cluster. */
  readonly nodeSecurityGroupId?: pulumi.Output<string>;
  /** Auto Scaling groups by node group name (with an existing cluster by their own). */
  readonly autoscalingGroups: Record<string, pulumi.Input<string>>;
  /** Names of the services that come from charts. */
  readonly charts: string[];
  /** The encrypted default storage class; undefined where the existing cluster's own default applies. */
  readonly storageClass: string | undefined;
  private readonly installed = new Map<string, pulumi.Resource>();

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:Cluster", name, {}, opts);
    checkServices(args);
    this.apiServer = args.existing === undefined ? eksApiServer(args.network.cidr) : existingApiServer(args.existing);
    if (args.existing === undefined) {
      checkWayIn(args);
      this.remindOfBootstrap(args);
      this.clusterName = args.prefix;
      const plane = this.controlPlane(name, args);
      const entries = this.accessEntries(name, args, plane, opts?.dependsOn);
      this.identity = podIdentity(args, args.prefix, [plane.cluster]);
      const early = this.services(name, "beforeNodes", args, [plane.cluster]);
      const nodes = this.nodes(name, args, plane, early);
      this.nodeSecurityGroupId = plane.nodeSecurityGroupId;
      this.autoscalingGroups = nodes.autoscalingGroups;
      if (args.access.via === "runner") this.runner(name, args, plane);
      this.kubeconfig = ownKubeconfig(args, plane);
      this.provider = this.eksProvider(name, args, [entries, nodes]);
      this.services(name, "afterNodes", args, nodes.groups);
    } else {
      this.clusterName = args.existing.name;
      this.identity = existingIdentity(args, args.existing);
      this.autoscalingGroups = Object.fromEntries(args.existing.autoscalingGroups.map((group) => [group, group]));
      this.kubeconfig = givenKubeconfig(args, args.existing);
      this.provider = this.existingProvider(name, args, args.existing);
      this.services(name, "beforeNodes", args, []);
      this.services(name, "afterNodes", args, []);
    }
    this.storageClass = this.defaultStorage(name, args);
    this.charts = Object.entries(args.services).filter(([, service]) => service.source === "chart").map(([service]) => service);

    this.registerOutputs({ clusterName: this.clusterName, charts: this.charts });
  }

  /** What to wait for before using a service, such as its custom resources; undefined when it was there already. */
  service(service: string): pulumi.Resource | undefined {
    return this.installed.get(service);
  }

  private remindOfBootstrap(args: ClusterArgs): void {
    const { bootstrap } = args.access;
    if (bootstrap === undefined) return;
    void pulumi.log.warn(`The API endpoint of ${args.prefix} is open to ${bootstrap.publicCidrs.join(", ")} and ${bootstrap.principalArn} administers it, because cluster.access.bootstrap is set. Remove it after the first up.`, this);
  }

  private controlPlane(name: string, args: ClusterArgs): ControlPlane {
    return new ControlPlane(`${name}-control-plane`, {
      prefix: args.prefix,
      accountId: args.accountId,
      region: args.region,
      version: args.version,
      publicCidrs: [...new Set([...(args.access.via === "publicCidrs" ? args.access.publicCidrs : []), ...(args.access.bootstrap?.publicCidrs ?? [])])],
      logRetentionDays: args.logRetentionDays,
      network: args.network,
      clusterKeyArn: args.keys.cluster,
      logsKeyArn: args.keys.logs,
      vpnSecurityGroupId: args.access.via === "vpn" ? args.vpnSecurityGroupId : undefined,
      alarmTopicArn: args.alarmTopicArn,
      protection: args.protection,
      transform: args.transform,
    }, { parent: this });
  }

  private accessEntries(name: string, args: ClusterArgs, plane: ControlPlane, after: pulumi.ComponentResourceOptions["dependsOn"]): AccessEntries {
    return new AccessEntries(`${name}-access`, {
      clusterName: plane.cluster.name,
      after,
      grants: [
        { name: "deploy", roleArn: args.deployRoleArn, policy: "AmazonEKSClusterAdminPolicy" },
        ...(args.access.bootstrap === undefined ? [] : [{ name: "bootstrap", roleArn: args.access.bootstrap.principalArn, policy: "AmazonEKSClusterAdminPolicy" }]),
        ...args.operators,
      ],
    }, { parent: this });
  }

  private nodes(name: string, args: ClusterArgs, plane: ControlPlane, early: Services): Nodes {
    return new Nodes(`${name}-nodes`, {
      prefix: args.prefix,
      clusterName: plane.cluster.name,
      version: args.version,
      groups: args.nodes,
      subnetIds: args.network.privateSubnetIds,
      securityGroupId: plane.nodeSecurityGroupId,
      volumesKeyArn: args.keys.volumes,
      logRotationMb: args.logRotationMb,
      logRotationFiles: args.logRotationFiles,
      alarmTopicArn: args.alarmTopicArn,
      after: [...early.installed.values(), ...(args.network.ready ?? [])],
      transform: args.transform,
    }, { parent: this });
  }

  private services(name: string, stage: ServiceStage, args: ClusterArgs, after: pulumi.Resource[]): Services {
    const services = new Services(`${name}-${stage === "beforeNodes" ? "node-services" : "services"}`, {
      stage,
      prefix: args.prefix,
      accountId: args.accountId,
      region: args.region,
      clusterName: this.clusterName,
      vpcCidr: args.network.cidr,
      apiServer: this.apiServer,
      services: args.services,
      identity: this.identity,
      volumesKeyArn: args.keys.volumes,
      prometheus: args.prometheus ?? { url: "http://prometheus-operated.monitoring.svc", port: 9090 },
      after,
      provider: stage === "afterNodes" ? this.provider : undefined,
    }, { parent: this });
    for (const [service, resource] of services.installed) this.installed.set(service, resource);
    return services;
  }

  private runner(name: string, args: ClusterArgs, plane: ControlPlane): void {
    new Runner(`${name}-runner`, {
      prefix: args.prefix,
      accountId: args.accountId,
      region: args.region,
      repository: args.ciRepository ?? "",
      connectionArn: args.access.connectionArn ?? "",
      network: args.network,
      apiSecurityGroupId: plane.apiSecurityGroupId,
      logsKeyArn: args.keys.logs,
      logRetentionDays: args.logRetentionDays,
    }, { parent: this });
  }

  private eksProvider(name: string, args: ClusterArgs, after: pulumi.Resource[]): k8s.Provider {
    return new k8s.Provider(`${name}-kubernetes`, {
      kubeconfig: this.kubeconfig,
      clusterIdentifier: clusterArn(args, args.prefix),
      enableServerSideApply: true,
    }, { parent: this, dependsOn: after });
  }

  private existingProvider(name: string, args: ClusterArgs, existing: NonNullable<ClusterArgs["existing"]>): k8s.Provider {
    return new k8s.Provider(`${name}-kubernetes`, {
      kubeconfig: this.kubeconfig,
      clusterIdentifier: existing.eks ? clusterArn(args, existing.name) : existing.name,
      enableServerSideApply: true,
    }, { parent: this });
  }

  private defaultStorage(name: string, args: ClusterArgs): string | undefined {
    const driver = this.installed.get("aws-ebs-csi-driver");
    if (driver === undefined) return undefined;
    return defaultStorageClass(`${name}-storage-class`, args.keys.volumes, { parent: this, provider: this.provider, dependsOn: [driver] });
  }
}

function ownKubeconfig(args: ClusterArgs, plane: ControlPlane): pulumi.Output<string> {
  return pulumi.secret(eksKubeconfig({
    clusterName: args.prefix,
    region: args.region,
    endpoint: plane.cluster.endpoint,
    certificateAuthority: plane.cluster.certificateAuthority.data,
  }));
}

function givenKubeconfig(args: ClusterArgs, existing: NonNullable<ClusterArgs["existing"]>): pulumi.Output<string> {
  if (args.kubeconfig === undefined) {
    throw new Error(`Cluster: existing cluster ${existing.name} needs its kubeconfig; set it with: pulumi config set --secret kubeconfig < kubeconfig.yaml`);
  }
  return pulumi.secret(args.kubeconfig);
}

function clusterArn(args: ClusterArgs, clusterName: string): string {
  return `arn:aws:eks:${args.region}:${args.accountId}:cluster/${clusterName}`;
}

function podIdentity(args: ClusterArgs, clusterName: string, dependsOn: pulumi.Resource[]): ClusterIdentity {
  return { kind: "podIdentity", clusterName, clusterArn: clusterArn(args, clusterName), dependsOn };
}

function existingIdentity(args: ClusterArgs, existing: NonNullable<ClusterArgs["existing"]>): ClusterIdentity {
  if (existing.eks) return podIdentity(args, existing.name, []);
  if (existing.oidcProviderArn === undefined) {
    throw new Error(`Cluster: existing cluster ${existing.name} is not EKS, so its pods get their roles by web identity: set cluster.existing.oidcProviderArn.`);
  }
  return { kind: "webIdentity", providerArn: existing.oidcProviderArn, issuer: issuerOf(existing.oidcProviderArn) };
}

function checkWayIn(args: ClusterArgs): void {
  const { via, publicCidrs, connectionArn, bootstrap } = args.access;
  if (via === undefined) throw new Error("Cluster: access.via is not set; nobody could reach the private endpoint. Choose runner, vpn or publicCidrs.");
  if (via === "runner" && !args.ciRepository) throw new Error("Cluster: access.via is runner, which needs ciRepository (owner/name).");
  if (via === "runner" && connectionArn === undefined) throw new Error("Cluster: access.via is runner, which needs access.connectionArn, a connection that was confirmed in the console.");
  if (via === "vpn" && args.vpnSecurityGroupId === undefined) throw new Error("Cluster: access.via is vpn but the network has no VPN; set network.vpn.enabled.");
  if (via === "publicCidrs" && publicCidrs.length === 0) throw new Error("Cluster: access.via is publicCidrs but access.publicCidrs is empty.");
  if (via !== "publicCidrs" && publicCidrs.length > 0) throw new Error(`Cluster: access.publicCidrs is set but access.via is ${via}; exactly one way in is allowed.`);
  const open = publicCidrs.find((cidr) => cidr.endsWith("/0"));
  if (open !== undefined) throw new Error(`Cluster: access.publicCidrs has ${open}, which is everybody; name the addresses of operators and CI.`);
  const opened = bootstrap?.publicCidrs.find((cidr) => cidr.endsWith("/0"));
  if (opened !== undefined) throw new Error(`Cluster: access.bootstrap.publicCidrs has ${opened}, which is everybody; name the addresses from which the first up is run, and remove access.bootstrap afterwards.`);
}

function checkServices(args: ClusterArgs): void {
  if (args.existing?.eks !== false) return;
  const addon = Object.entries(args.services).find(([, service]) => service.source === "eksAddon");
  if (addon !== undefined) {
    throw new Error(`Cluster: service ${addon[0]} has source eksAddon, but ${args.existing.name} is not an EKS cluster; use chart or present.`);
  }
}
