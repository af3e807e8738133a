/** Keys of network, cluster and nodes. */
import { z } from "zod";
import * as f from "./fields.ts";
import { key } from "./fields.ts";

const subnetIds = z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, "a subnet id")).min(2);

export const network = z.strictObject({
  existing: key(z.strictObject({
    vpcId: key(z.string().regex(/^vpc-[0-9a-f]{8,17}$/, "a VPC id such as vpc-0abc1234def567890"), { description: "The VPC.", example: "vpc-0abc1234def567890" }),
    privateSubnetIds: key(subnetIds, { description: "Private subnets, one a zone, for nodes and load balancer.", example: ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"] }),
    dataSubnetIds: key(subnetIds, { description: "Isolated subnets, one a zone, for database and cache.", example: ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"] }),
  }).optional(), { description: "A VPC that is there already, with the address range `cidr`: none is made, its flow logs and endpoints are its owner's.", example: { vpcId: "vpc-0abc1234def567890", privateSubnetIds: ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"], dataSubnetIds: ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"] } }),
  cidr: key(f.cidr, { description: "Address range of the VPC, between /16 and /20. Per zone it is cut into a public, a private and an isolated data subnet.", example: "10.20.0.0/16", source: "VPC user guide: a VPC is between /16 and /28" }),
  natGateways: key(z.enum(["perZone", "single"]), { description: "One NAT gateway for each zone, or one for all (cheaper, and one zone's loss takes everybody's way out).", example: "perZone" }),
  interfaceEndpoints: key(z.array(z.enum(["ecr.api", "ecr.dkr", "sts", "logs", "secretsmanager", "kms", "ssm", "ssmmessages", "ec2messages", "ec2", "eks", "eks-auth", "sns", "monitoring", "elasticloadbalancing", "autoscaling"])), { description: "AWS services reached without leaving the VPC; each is billed per zone and hour.", example: ["ecr.api", "ecr.dkr", "sts", "logs", "secretsmanager", "kms"] }),
  flowLogRetentionDays: key(f.logRetention, { description: "How long flow logs are kept.", unit: "days", example: 365 }),
  vpn: z.strictObject({
    enabled: key(z.boolean(), { description: "AWS Client VPN into the private subnets.", example: false }),
    clientCidr: key(f.cidr, { description: "Addresses of VPN clients, /12 to /22, outside the VPC.", example: "10.99.0.0/22", source: "Client VPN administrator guide" }),
    serverCertificateArn: key(f.arn.optional(), { description: "ACM certificate of the VPN server.", example: "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000" }),
    samlProviderArn: key(f.arn.optional(), { description: "SAML provider (with MFA) by which people log in.", example: "arn:aws:iam::123456789012:saml-provider/idp" }),
    allowedGroup: key(z.string().min(1).optional(), { description: "Group of the identity provider that may use the VPN.", example: "operators" }),
  }),
});

const source = (of: [string, ...string[]]) => z.enum(of);
const service = (sources: [string, ...string[]], description: string, example: string) =>
  z.strictObject({
    source: key(source(sources), { description: `Where the service comes from. ${description}`, example: sources[0] }),
    version: key(f.version, { description: "Pinned version of the add-on or chart.", example }),
  });

/** Cluster services by name, with the sources that exist for each (EKS add-on catalogue; upstream charts). */
export const services = z.strictObject({
  "vpc-cni": service(["eksAddon", "present"], "Pod network with network policy.", "v1.22.4-eksbuild.3"),
  coredns: service(["eksAddon", "present"], "Cluster DNS.", "v1.13.2-eksbuild.11"),
  "kube-proxy": service(["eksAddon", "present"], "Service routing.", "v1.35.3-eksbuild.18"),
  "aws-ebs-csi-driver": service(["eksAddon", "present"], "Encrypted volumes.", "v1.63.0-eksbuild.1"),
  "eks-pod-identity-agent": service(["eksAddon", "present"], "IAM roles for pods.", "v1.3.10-eksbuild.3"),
  "metrics-server": service(["eksAddon", "chart", "present"], "CPU and memory for autoscalers.", "v0.9.0-eksbuild.6"),
  "cert-manager": service(["eksAddon", "chart", "present"], "Certificates between load balancer and ingress.", "v1.19.3-eksbuild.2"),
  "cluster-autoscaler": service(["chart", "present"], "Nodes follow the pods.", "9.57.0"),
  "external-secrets": service(["chart", "present"], "Secrets Manager into the cluster.", "1.0.0"),
  "prometheus-adapter": service(["chart", "present"], "Request-based scaling.", "5.1.0"),
});

export const cluster = z.strictObject({
  version: key(z.string().regex(/^1\.\d{2}$/, "a Kubernetes minor version such as 1.35"), { description: "Kubernetes version of control plane and nodes.", example: "1.35", source: "EKS user guide, Kubernetes release calendar: 14 months of standard support from a version's release on EKS; after them the cluster is upgraded by EKS" }),
  access: z.strictObject({
    via: key(z.enum(["runner", "vpn", "publicCidrs"]).optional(), { description: "The one way in for operators and CI: a runner inside the network, the Client VPN, or a public endpoint limited to CIDRs. A configuration without one is refused.", example: "runner" }),
    publicCidrs: key(z.array(f.cidr), { description: "Who may reach the public endpoint when via is publicCidrs; never 0.0.0.0/0.", example: ["203.0.113.0/24"] }),
    connectionArn: key(z.string().regex(/^arn:aws[a-z-]*:codeconnections:[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/, "the ARN of a CodeConnections connection").optional(), {
      description: "Connection to the repository of access.ci by which the runner takes its jobs; needed when via is runner. Made in the console beforehand and confirmed there (status AVAILABLE): one that is pending is refused by CodeBuild.",
      example: "arn:aws:codeconnections:us-east-1:123456789012:connection/00000000-0000-0000-0000-000000000000",
    }),
    bootstrap: key(z.strictObject({
      principalArn: key(z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/.+$/, "the ARN of an IAM role or user"), {
        description: "Role or user that runs the first `up`; administers the cluster while this is set. For somebody in a role session it is the role with its path (`aws iam get-role --query Role.Arn`), not the session.", example: "arn:aws:iam::123456789012:role/administrator",
      }),
      publicCidrs: key(z.array(f.cidr).min(1), { description: "Addresses from which the first `up` is run: they reach the cluster's endpoint while this is set. /24 or smaller; never 0.0.0.0/0.", example: ["203.0.113.7/32"] }),
    }).optional(), {
      description: "For the first `up` only, before the way in that it makes exists: opens the endpoint to these addresses and gives this principal an access entry. Remove it with the second `up`, run through the declared way in.",
      example: { principalArn: "arn:aws:iam::123456789012:role/administrator", publicCidrs: ["203.0.113.7/32"] },
    }),
  }),
  logRetentionDays: key(f.logRetention, { description: "How long control-plane logs are kept.", unit: "days", example: 365 }),
  services,
  existing: key(z.strictObject({
    name: key(z.string().min(1).max(100), { description: "Name of the cluster, as EKS or its owner calls it.", example: "shared-1" }),
    eks: key(z.boolean(), { description: "It is an EKS cluster in this account: pods get their roles by Pod Identity.", example: true }),
    workloadCidrs: key(z.array(f.cidr).min(1), { description: "Addresses of its nodes and pods, which may reach database and cache and are reached by the load balancer.", example: ["10.0.0.0/16"] }),
    autoscalingGroups: key(z.array(z.string().min(1)).default([]), { description: "Auto Scaling groups whose nodes receive traffic of the load balancer. They must be in the VPC of network.existing; elsewhere use nodeAddresses.", example: ["shared-1-nodes"] }),
    nodeAddresses: key(z.array(f.address).default([]), { description: "Private addresses of nodes that receive traffic of the load balancer on ingress.nodePort, where no Auto Scaling group can be attached: nodes of a peered network, or no EC2 instances at all. Further ones may be registered in the target group by hand.", example: ["10.0.0.10", "10.0.1.10"], source: "ELBv2 API, RegisterTargets: private addresses, also outside of the VPC" }),
    apiServerCidrs: key(z.array(f.cidr).min(1).optional(), { description: "Addresses of its API server: pods reach it there, and it calls webhooks from there. Without it those of workloadCidrs.", example: ["10.0.0.5/32"] }),
    serviceCidr: key(f.cidr.optional(), { description: "Range of its Services, in which the API server has an address, too; needed when eks is false, without it EKS's two ranges.", example: "10.96.0.0/12", source: "kube-apiserver --service-cluster-ip-range" }),
    oidcProviderArn: key(f.arn.optional(), { description: "IAM OIDC provider of a cluster that is not EKS: pods get their roles by web identity.", example: "arn:aws:iam::123456789012:oidc-provider/oidc.example.com" }),
  }).optional(), { description: "A cluster that is there already (its kubeconfig is the secret `kubeconfig`): EKS and its nodes are left out, everything else is in.", example: { name: "shared-1", eks: true, workloadCidrs: ["10.0.0.0/16"], nodeAddresses: ["10.0.0.10", "10.0.1.10"] } }),
});

export const nodes = key(z.record(f.resourceKey, z.strictObject({
  instanceType: key(z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9]+$/, "an instance type such as t3.large"), { description: "EC2 instance type; the capacity check knows its size.", example: "t3.large" }),
  min: key(z.int().min(1).max(100), { description: "Fewest nodes.", example: 3 }),
  desired: key(z.int().min(1).max(100), { description: "Nodes at creation; afterwards the autoscaler decides.", example: 3 }),
  max: key(z.int().min(1).max(450), { description: "Most nodes.", example: 10, source: "EKS quota: 450 nodes a managed node group" }),
  diskGib: key(z.int().min(20).max(1000), { description: "Encrypted root volume.", unit: "GiB", example: 50 }),
  capacityType: key(z.enum(["ON_DEMAND", "SPOT"]).default("ON_DEMAND"), { description: "How instances are bought; the capacity check does not count SPOT.", example: "ON_DEMAND" }),
  labels: key(z.record(z.string(), z.string()).default({}), { description: "Kubernetes labels of the nodes.", example: { pool: "general" } }),
})), { description: "Managed node groups by name. The standard profile has one, `general`.", example: { general: { instanceType: "t3.large", min: 3, desired: 3, max: 10, diskGib: 50 } } });
