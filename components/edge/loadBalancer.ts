/** The internal load balancer between CloudFront and NGINX. */
import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../component.ts";
import { parseCidr } from "../network/subnets.ts";
import type { EdgeArgs } from "./index.ts";

export interface Balancer {
  loadBalancer: aws.lb.LoadBalancer;
  targetGroup: aws.lb.TargetGroup;
  listener: aws.lb.Listener;
  securityGroupId: pulumi.Output<string>;
}

/** Internal, HTTPS only, reachable by CloudFront only, forwarding to NGINX's node port. */
export function loadBalancer(name: string, args: EdgeArgs, certificateArn: pulumi.Input<string>, parent: pulumi.Resource): Balancer {
  const securityGroup = securityGroupOf(name, args, parent);
  const balancer = balancerOf(name, args, securityGroup, parent);
  const targetGroup = targetGroupOf(name, args, parent);
  const listener = listenerOf(name, balancer, targetGroup, certificateArn, parent);
  attach(name, args, targetGroup, parent);
  return { loadBalancer: balancer, targetGroup, listener, securityGroupId: securityGroup.id };
}

/** Load balancers and target groups have names of 32 characters at most; longer prefixes are cut and told apart by a hash. */
export function shortName(prefix: string, suffix: string): string {
  const full = `${prefix}-${suffix}`;
  if (full.length <= 32) return full;
  const hash = createHash("sha256").update(full).digest("hex").slice(0, 6);
  return `${prefix.slice(0, 32 - suffix.length - hash.length - 2).replace(/-+$/, "")}-${hash}-${suffix}`;
}

function balancerOf(name: string, args: EdgeArgs, securityGroup: aws.ec2.SecurityGroup, parent: pulumi.Resource): aws.lb.LoadBalancer {
  return new aws.lb.LoadBalancer(`${name}-load-balancer`, ...transformed(args.transform?.loadBalancer, {
    name: shortName(args.prefix, "edge"),
    loadBalancerType: "application",
    internal: true,
    ipAddressType: "ipv4",
    subnets: args.privateSubnetIds,
    securityGroups: [securityGroup.id],
    enableDeletionProtection: args.protection.protect,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: "defensive",
    preserveHostHeader: true,
    enableHttp2: true,
    // The last address of X-Forwarded-For must stay the one that CloudFront appended: the viewer's. With the default,
    // `append`, the load balancer would add CloudFront's own address behind it, which NGINX would then take for the
    // client. Nothing but CloudFront can reach this load balancer, so the header's last entry can be trusted.
    xffHeaderProcessingMode: "preserve",
    enableXffClientPort: false,
    // Longer than CloudFront keeps idle connections (5 s by default), so that CloudFront closes them and not we.
    idleTimeout: 60,
    clientKeepAlive: 3600,
    accessLogs: { enabled: true, bucket: args.logBucket.name, prefix: "alb" },
    connectionLogs: { enabled: true, bucket: args.logBucket.name, prefix: "alb" },
    tags: { Name: `${args.prefix}-edge` },
  }, { parent, protect: args.protection.protect, dependsOn: args.logBucketReady }));
}

function targetGroupOf(name: string, args: EdgeArgs, parent: pulumi.Resource): aws.lb.TargetGroup {
  return new aws.lb.TargetGroup(`${name}-target-group`, ...transformed(args.transform?.targetGroup, {
    name: shortName(args.prefix, "nginx"),
    vpcId: args.vpcId,
    // Groups register instances, which must be in this VPC; other machines are registered by address.
    targetType: hasAddresses(args) ? "ip" : "instance",
    protocol: "HTTPS",
    protocolVersion: "HTTP1",
    port: args.nodePort,
    loadBalancingAlgorithmType: "least_outstanding_requests",
    // A node that goes is taken out first; requests under way get this long.
    deregistrationDelay: 60,
    // NGINX's default server answers this path itself (chart value healthStatus): a sick application must not make
    // every node look sick, because then the load balancer sends traffic to all of them all the same.
    healthCheck: { enabled: true, protocol: "HTTPS", path: "/nginx-health", port: "traffic-port", matcher: "200", interval: 10, timeout: 5, healthyThreshold: 2, unhealthyThreshold: 2 },
    tags: { Name: `${args.prefix}-nginx` },
  }, { parent }));
}

function listenerOf(name: string, balancer: aws.lb.LoadBalancer, targetGroup: aws.lb.TargetGroup, certificateArn: pulumi.Input<string>, parent: pulumi.Resource): aws.lb.Listener {
  return new aws.lb.Listener(`${name}-listener`, {
    loadBalancerArn: balancer.arn,
    port: 443,
    protocol: "HTTPS",
    sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    certificateArn,
    routingHttpResponseServerEnabled: false,
    defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
  }, { parent });
}

function attach(name: string, args: EdgeArgs, targetGroup: aws.lb.TargetGroup, parent: pulumi.Resource): void {
  for (const [key, autoscalingGroupName] of Object.entries(args.autoscalingGroups)) {
    new aws.autoscaling.Attachment(`${name}-attachment-${key}`, { autoscalingGroupName, lbTargetGroupArn: targetGroup.arn }, { parent });
  }
  for (const address of args.nodeAddresses ?? []) {
    new aws.lb.TargetGroupAttachment(`${name}-target-${address}`, {
      targetGroupArn: targetGroup.arn,
      targetId: address,
      port: args.nodePort,
      // An address outside of the VPC has no zone (ELBv2 API, TargetDescription).
      ...(isWithin(address, args.vpcCidr) ? {} : { availabilityZone: "all" }),
    }, { parent });
  }
}

/** Whether nodes are registered by address instead of by group. */
export function hasAddresses(args: EdgeArgs): boolean {
  return (args.nodeAddresses ?? []).length > 0;
}

function isWithin(address: string, cidr: string): boolean {
  const range = parseCidr(cidr);
  const offset = parseCidr(`${address}/32`).address - range.address;
  return offset >= 0 && offset < 2 ** (32 - range.bits);
}

/**
 * In: HTTPS from CloudFront's origin-facing addresses. Out: the node port.
 *
 * AWS documents two sources for a VPC origin's load balancer (CloudFront developer guide, "Restrict access with VPC
 * origins"): the managed prefix list, or the group CloudFront-VPCOrigins-Service-SG, which the service makes in the
 * VPC only together with its first VPC origin. The list is known before anything exists, so one run is enough; and
 * because this load balancer has private addresses only, packets with those source addresses reach it through a VPC
 * origin of this account and in no other way. The list counts as 55 of the group's 60 rules: this one rule only.
 */
function securityGroupOf(name: string, args: EdgeArgs, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  const group = new aws.ec2.SecurityGroup(`${name}-security-group`, {
    name: `${args.prefix}-edge`,
    description: "Internal load balancer: in from CloudFront, out to NGINX",
    vpcId: args.vpcId,
    revokeRulesOnDelete: true,
    tags: { Name: `${args.prefix}-edge` },
  }, { parent });
  const cloudFront = aws.ec2.getManagedPrefixListOutput({ name: "com.amazonaws.global.cloudfront.origin-facing" }, { parent });
  new aws.vpc.SecurityGroupIngressRule(`${name}-from-cloudfront`, {
    securityGroupId: group.id,
    description: "HTTPS from CloudFront through the VPC origin",
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    prefixListId: cloudFront.id,
  }, { parent });
  toNodes(name, args, group, parent);
  return group;
}

function toNodes(name: string, args: EdgeArgs, group: aws.ec2.SecurityGroup, parent: pulumi.Resource): void {
  const port = { ipProtocol: "tcp", fromPort: args.nodePort, toPort: args.nodePort };
  if (args.nodeSecurityGroupId === undefined) {
    for (const cidr of args.nodeCidrs ?? [args.vpcCidr]) {
      new aws.vpc.SecurityGroupEgressRule(`${name}-to-nodes-${cidr}`, {
        securityGroupId: group.id, description: "HTTPS to NGINX on the nodes of the existing cluster", cidrIpv4: cidr, ...port,
      }, { parent });
    }
    return;
  }
  new aws.vpc.SecurityGroupEgressRule(`${name}-to-nodes`, {
    securityGroupId: group.id, description: "HTTPS to NGINX on the nodes", referencedSecurityGroupId: args.nodeSecurityGroupId, ...port,
  }, { parent });
  new aws.vpc.SecurityGroupIngressRule(`${name}-nodes-from-load-balancer`, {
    securityGroupId: args.nodeSecurityGroupId, description: "HTTPS from the load balancer to NGINX", referencedSecurityGroupId: group.id, ...port,
  }, { parent });
}
