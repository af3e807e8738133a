/** The EKS control plane with its role, logs, firewalls and alarms. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../access/policyDocument.ts";
import type { Protection, Transform } from "../component.ts";
import { dataTags, guarded, transformed } from "../component.ts";

export interface ControlPlaneTransforms {
  cluster?: Transform<aws.eks.ClusterArgs>;
}

export interface ControlPlaneArgs {
  prefix: string;
  accountId: string;
  region: string;
  version: string;
  /** Addresses that may use the public endpoint; empty means there is none. */
  publicCidrs: string[];
  logRetentionDays: number;
  network: { vpcId: pulumi.Input<string>; privateSubnetIds: pulumi.Input<string>[]; cidr: string };
  clusterKeyArn: pulumi.Input<string>;
  logsKeyArn: pulumi.Input<string>;
  vpnSecurityGroupId?: pulumi.Input<string>;
  alarmTopicArn: pulumi.Input<string>;
  protection: Protection;
  transform?: ControlPlaneTransforms;
}

const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** Of the 8 GB that EKS's etcd may take (EKS best practices, "Scale"), warn at three quarters. */
const ETCD_ALARM_BYTES = 6_000_000_000;

/** What the API server calls on nodes and pods: kubelet, webhooks and aggregated APIs by the ports of their charts; what people reach through it. */
const FROM_API: { part: string; description: string; port: number }[] = [
  { part: "kubelet", description: "API server to kubelet and webhooks on 10250", port: 10_250 },
  { part: "metrics", description: "API server to metrics server on 10251", port: 10_251 },
  { part: "https", description: "API server to webhooks on 443", port: 443 },
  { part: "adapter", description: "API server to metrics adapter on 6443", port: 6443 },
  { part: "webhook-8443", description: "API server to webhooks on 8443", port: 8443 },
  { part: "webhook-9443", description: "API server to webhooks on 9443", port: 9443 },
  // Release commands come through the API server's proxy (components/monitoring/releaseSignals.ts).
  { part: "prometheus", description: "API server to Prometheus on 9090", port: 9090 },
  { part: "alertmanager", description: "API server to Alertmanager on 9093", port: 9093 },
];

/** EKS control plane; see Cluster, which is what programs use. */
export class ControlPlane extends pulumi.ComponentResource {
  readonly cluster: aws.eks.Cluster;
  /** Firewall of the API endpoint. */
  readonly apiSecurityGroupId: pulumi.Output<string>;
  /** Firewall of nodes and pods. */
  readonly nodeSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:ControlPlane", name, {}, opts);
    const api = this.securityGroup(`${name}-api`, `${args.prefix}-api`, "API endpoint of the cluster", args);
    const nodes = this.securityGroup(`${name}-nodes`, `${args.prefix}-nodes`, "Nodes and pods of the cluster", args);
    this.apiSecurityGroupId = api.id;
    this.nodeSecurityGroupId = nodes.id;
    this.apiRules(name, args);
    this.nodeRules(name, args);

    const logGroup = this.logGroup(name, args);
    const { role, permissions } = this.role(name, args);
    this.cluster = this.eks(name, role, args, [logGroup, ...permissions]);
    this.alarms(name, args);
    this.registerOutputs({ endpoint: this.cluster.endpoint });
  }

  private securityGroup(name: string, groupName: string, description: string, args: ControlPlaneArgs): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(name, { name: groupName, description, vpcId: args.network.vpcId, tags: { Name: groupName } }, { parent: this });
  }

  private apiRules(name: string, args: ControlPlaneArgs): void {
    const ingress = (part: string, description: string, from: pulumi.Input<string>) =>
      new aws.vpc.SecurityGroupIngressRule(`${name}-api-from-${part}`, {
        securityGroupId: this.apiSecurityGroupId, description, referencedSecurityGroupId: from, ipProtocol: "tcp", fromPort: 443, toPort: 443,
      }, { parent: this });
    ingress("nodes", "Nodes and pods to the API", this.nodeSecurityGroupId);
    if (args.vpnSecurityGroupId !== undefined) ingress("vpn", "VPN clients to the API", args.vpnSecurityGroupId);
    for (const { part, description, port } of FROM_API) {
      new aws.vpc.SecurityGroupEgressRule(`${name}-api-to-${part}`, {
        securityGroupId: this.apiSecurityGroupId, description, referencedSecurityGroupId: this.nodeSecurityGroupId, ipProtocol: "tcp", fromPort: port, toPort: port,
      }, { parent: this });
      new aws.vpc.SecurityGroupIngressRule(`${name}-nodes-from-api-${part}`, {
        securityGroupId: this.nodeSecurityGroupId, description, referencedSecurityGroupId: this.apiSecurityGroupId, ipProtocol: "tcp", fromPort: port, toPort: port,
      }, { parent: this });
    }
  }

  /** Pods have addresses of the VPC and share their node's group; what they may do among each other, network policies say. */
  private nodeRules(name: string, args: ControlPlaneArgs): void {
    new aws.vpc.SecurityGroupIngressRule(`${name}-nodes-among`, {
      securityGroupId: this.nodeSecurityGroupId, description: "Nodes and pods among each other", referencedSecurityGroupId: this.nodeSecurityGroupId, ipProtocol: "-1",
    }, { parent: this });
    new aws.vpc.SecurityGroupEgressRule(`${name}-nodes-to-each-other`, {
      securityGroupId: this.nodeSecurityGroupId, description: "Nodes and pods among each other", referencedSecurityGroupId: this.nodeSecurityGroupId, ipProtocol: "-1",
    }, { parent: this });
    const egress = (part: string, description: string, cidrIpv4: string, ipProtocol: string, port: number) =>
      new aws.vpc.SecurityGroupEgressRule(`${name}-nodes-to-${part}`, {
        securityGroupId: this.nodeSecurityGroupId, description, cidrIpv4, ipProtocol, fromPort: port, toPort: port,
      }, { parent: this });
    egress("https", "HTTPS to AWS services, registries and partners, by NAT gateway", "0.0.0.0/0", "tcp", 443);
    egress("dns-udp", "Name resolution by the resolver of the VPC", args.network.cidr, "udp", 53);
    egress("dns-tcp", "Name resolution by the resolver of the VPC, long answers", args.network.cidr, "tcp", 53);
    egress("postgres", "Database in the data subnets", args.network.cidr, "tcp", 5432);
    egress("redis", "Cache in the data subnets", args.network.cidr, "tcp", 6379);
  }

  /** EKS writes to this name; made before the cluster, so that EKS does not make one without key and retention. */
  private logGroup(name: string, args: ControlPlaneArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(`${name}-logs`, {
      name: `/aws/eks/${args.prefix}/cluster`,
      retentionInDays: args.logRetentionDays,
      kmsKeyId: args.logsKeyArn,
      tags: dataTags("logs"),
    }, { parent: this });
  }

  private role(name: string, args: ControlPlaneArgs): { role: aws.iam.Role; permissions: pulumi.Resource[] } {
    const role = new aws.iam.Role(`${name}-role`, {
      name: `${args.prefix}-cluster`,
      description: "The EKS control plane manages network interfaces and encrypts secrets.",
      assumeRolePolicy: policyDocument([{
        Sid: "ControlPlaneOfThisCluster",
        Effect: "Allow",
        Principal: { Service: "eks.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": args.accountId },
          ArnLike: { "aws:SourceArn": `arn:aws:eks:${args.region}:${args.accountId}:cluster/${args.prefix}` },
        },
      }]),
    }, { parent: this });
    const managed = new aws.iam.RolePolicyAttachment(`${name}-AmazonEKSClusterPolicy`, { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy" }, { parent: this });
    const key = new aws.iam.RolePolicy(`${name}-key`, {
      name: "encrypt-secrets",
      role: role.name,
      policy: policyDocument([{
        Sid: "EncryptSecrets",
        Effect: "Allow",
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
        Resource: args.clusterKeyArn,
      }]),
    }, { parent: this });
    return { role, permissions: [managed, key] };
  }

  private eks(name: string, role: aws.iam.Role, args: ControlPlaneArgs, dependsOn: pulumi.Resource[]): aws.eks.Cluster {
    const open = args.publicCidrs.length > 0;
    return new aws.eks.Cluster(name, ...transformed(args.transform?.cluster, {
      name: args.prefix,
      version: args.version,
      roleArn: role.arn,
      vpcConfig: {
        subnetIds: args.network.privateSubnetIds,
        securityGroupIds: [this.apiSecurityGroupId],
        endpointPrivateAccess: true,
        endpointPublicAccess: open,
        ...(open ? { publicAccessCidrs: args.publicCidrs } : {}),
      },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      encryptionConfig: { provider: { keyArn: args.clusterKeyArn }, resources: ["secrets"] },
      enabledClusterLogTypes: LOG_TYPES,
      // The add-ons of the table are the only ones: EKS installs none by itself.
      bootstrapSelfManagedAddons: false,
      // Falling into extended support costs several times as much; EKS upgrades at the end of the standard one instead.
      upgradePolicy: { supportType: "STANDARD" },
      zonalShiftConfig: { enabled: true },
      deletionProtection: args.protection.protect,
      tags: dataTags("cluster"),
    }, { ...guarded(this, { ...args.protection, retainOnDelete: false }), dependsOn }));
  }

  private alarms(name: string, args: ControlPlaneArgs): void {
    const alarm = (part: string, alarmDescription: string, metricName: string, statistic: string, threshold: number, evaluationPeriods: number) =>
      new aws.cloudwatch.MetricAlarm(`${name}-${part}-alarm`, {
        name: `${args.prefix}-cluster-${part}`,
        alarmDescription,
        namespace: "AWS/EKS",
        metricName,
        dimensions: { ClusterName: this.cluster.name },
        statistic,
        period: 60,
        evaluationPeriods,
        comparisonOperator: "GreaterThanThreshold",
        threshold,
        treatMissingData: "missing",
        alarmActions: [args.alarmTopicArn],
        okActions: [args.alarmTopicArn],
      }, { parent: this });
    alarm("api-errors", "The API server answers with server errors. See its logs in the cluster's log group; releases may stall.", "apiserver_request_total_5XX", "Sum", 20, 5);
    alarm("etcd-size", "The cluster's database fills up (8 GB is the end). Find and delete what creates objects without limit.", "apiserver_storage_size_bytes", "Maximum", ETCD_ALARM_BYTES, 15);
    alarm("pending-pods", "Pods can not be placed for 15 minutes. Check the autoscaler, the node groups' limits and quotas.", "scheduler_pending_pods", "Maximum", 0, 15);
  }
}
