/** The way in from the internet: DNS, certificates, CloudFront, WAF, Shield and the internal load balancer. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DataStore, Protection, Transform } from "../component.ts";
import type { SecurityHeadersConfig } from "../ingress/headers.ts";
import { alarms } from "./alarms.ts";
import { certificates } from "./certificates.ts";
import { cdn } from "./distribution.ts";
import { cdnLogs, logsKeyOfUsEast1, wafLogs } from "./logs.ts";
import { hasAddresses, loadBalancer } from "./loadBalancer.ts";
import { shield } from "./shield.ts";
import { webAcl } from "./webAcl.ts";
import { delegations, healthCheck, hostedZone, originRecord, publicRecord } from "./zone.ts";

/** What a child of Edge may be changed in before it is created. */
export interface EdgeTransforms {
  loadBalancer?: Transform<aws.lb.LoadBalancerArgs>;
  targetGroup?: Transform<aws.lb.TargetGroupArgs>;
  distribution?: Transform<aws.cloudfront.DistributionArgs>;
  webAcl?: Transform<aws.wafv2.WebAclArgs>;
}

export interface EdgeArgs extends SecurityHeadersConfig {
  /** `<app>-<stack>`, first part of every name. */
  prefix: string;
  accountId: string;
  region: string;
  /** Public host of the application. */
  domain: string;
  /** Hosted zone that exists already; without it one is created for `domain`. */
  zoneId?: string;
  /** Names below the domain that other stacks own, with their name servers and, where they sign, their DS record. */
  delegations?: Record<string, { nameServers: string[]; dsRecord?: string }>;
  /** Paths that CloudFront caches for a long time. */
  staticPaths: string[];
  /** Path under which CloudFront serves the files bucket. Everything below it is public to who knows the address. */
  filesPath: string;
  /** The one route on which the WAF's managed body rules only count. */
  uploadPath: string;
  /** Requests of one address in five minutes before the WAF blocks it. */
  rateLimitPer5Minutes: number;
  priceClass: string;
  /** ISO 3166 codes of refused countries. */
  blockedCountries: string[];
  shieldAdvanced: boolean;
  /** Days that WAF and DNS query logs are kept. */
  logRetentionDays: number;
  vpcId: pulumi.Input<string>;
  vpcCidr: string;
  privateSubnetIds: pulumi.Input<string>[];
  /** Groups whose nodes receive traffic, by a name that is known before the group exists. */
  autoscalingGroups: Record<string, pulumi.Input<string>>;
  /** Private addresses of nodes that receive traffic, where these are in no group of this VPC; instead of groups. */
  nodeAddresses?: string[];
  /** Security group of the nodes; left out for a cluster of someone else, whose owner opens `nodePort` to the VPC. */
  nodeSecurityGroupId?: pulumi.Input<string>;
  /** Addresses of the nodes when there is no security group to name; the VPC's by default. */
  nodeCidrs?: string[];
  nodePort: number;
  /** Path that Route 53's health checkers ask through CloudFront; `/health/live` by default. */
  healthPath?: string;
  filesBucket: { name: string; domainName: pulumi.Input<string> };
  /** Bucket of access logs; its policy admits load balancer and CloudFront log delivery. */
  logBucket: { name: string; arn: string };
  /** Policy of the log bucket: both services try to write at once when logging is switched on, and are refused without it. */
  logBucketReady?: pulumi.Resource[];
  /** Key of log groups in `region`; in us-east-1 a key of its own is made when `region` is another. */
  logsKeyArn: pulumi.Input<string>;
  /** CloudFront's certificate, web ACL, metrics and log deliveries exist in us-east-1 only. */
  usEast1Provider: aws.Provider;
  alarmTopicArn: pulumi.Input<string>;
  protection: Protection;
  transform?: EdgeTransforms;
}

/**
 * CloudFront in front, WAF on it, and an internal load balancer that only CloudFront can reach.
 *
 * The load balancer has no public address: CloudFront enters the VPC through a VPC origin, so that nobody walks
 * around the WAF. HTTPS all the way: viewer → CloudFront (certificate of `domain`) → load balancer (certificate of
 * `domain` and `origin.<domain>`) → NGINX (certificate of the cluster's own issuer, which the load balancer, by
 * design of the service, encrypts to without checking).
 *
 * Order on the first run, when the zone is created here: the certificates wait (75 minutes at most) until the world
 * can see the zone. Take the four name servers of the new zone (`aws route53 get-hosted-zone`, later the stack
 * output `nameServers`), enter them at the parent domain, and the same run goes on by itself. With `zoneId` of a
 * delegated zone nothing has to be done. After that, publish the DS record (output `dsRecord`) at the parent to
 * make DNSSEC effective; signing without it is harmless.
 *
 * IPv6 is off at the edge: one household has 2^64 addresses of it, and both limiters count single addresses.
 *
 * Cost drivers: load balancer hours and capacity units, CloudFront requests and traffic, WAF rules and requests
 * (about 1,200 of 1,500 free capacity units), Route 53 health check, Shield Advanced when bought.
 */
export class Edge extends pulumi.ComponentResource {
  readonly host: string;
  readonly zoneId: pulumi.Output<string>;
  /** Name servers for the parent domain; empty when the zone existed already. */
  readonly nameServers: pulumi.Output<string[]>;
  /** DS record for the parent domain; empty when the zone existed already. */
  readonly dsRecord: pulumi.Output<string>;
  readonly distributionArn: pulumi.Output<string>;
  readonly distributionDomain: pulumi.Output<string>;
  readonly webAclArn: pulumi.Output<string>;
  readonly loadBalancerArn: pulumi.Output<string>;
  readonly loadBalancerSecurityGroupId: pulumi.Output<string>;
  /** Logs of the edge, for the processing register: they hold viewers' addresses. */
  readonly stores: DataStore[];

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:edge:Edge", name, {}, opts);
    check(name, args);
    this.host = args.domain;

    const logsKeyArn = logsKeyOfUsEast1(name, args, this);
    const zone = hostedZone(name, args, logsKeyArn, this);
    delegations(name, args, zone, this);
    const certificate = certificates(name, args, zone, this);
    const balancer = loadBalancer(name, args, certificate.regional, this);
    const origin = originRecord(name, args, zone, balancer.loadBalancer, this);
    const acl = webAcl(name, args, this);
    wafLogs(name, args, acl, logsKeyArn, this);
    const distribution = cdn(name, args, { balancer, certificateArn: certificate.global, webAclArn: acl.arn, origin }, this);
    cdnLogs(name, args, distribution, this);
    publicRecord(name, args, zone, distribution, this);
    const probe = healthCheck(name, args, this);
    shield(name, args, distribution, probe, this);
    alarms(name, args, { balancer, distribution, acl, probe, certificateArns: certificate }, this);

    this.zoneId = zone.zoneId;
    this.nameServers = zone.nameServers;
    this.dsRecord = zone.dsRecord;
    this.distributionArn = distribution.arn;
    this.distributionDomain = distribution.domainName;
    this.webAclArn = acl.arn;
    this.loadBalancerArn = balancer.loadBalancer.arn;
    this.loadBalancerSecurityGroupId = balancer.securityGroupId;
    this.stores = storesOf(args);
    this.registerOutputs({
      host: this.host,
      zoneId: this.zoneId,
      nameServers: this.nameServers,
      dsRecord: this.dsRecord,
      distributionArn: this.distributionArn,
      webAclArn: this.webAclArn,
      loadBalancerArn: this.loadBalancerArn,
    });
  }
}

/** CloudFront's and the load balancer's logs are in the log bucket, which Storage declares. */
function storesOf(args: EdgeArgs): DataStore[] {
  const common = { dataClass: "logs", retention: `${args.logRetentionDays} days`, erasure: "with the retention; no single entries are deleted" } as const;
  const waf: DataStore = { ...common, name: `aws-waf-logs-${args.prefix}-edge`, content: "requests to the WAF: addresses, paths and headers, without credentials and query strings" };
  const queries: DataStore = { ...common, name: `/aws/route53/${args.domain}`, content: "DNS queries: addresses of resolvers and names asked for" };
  return args.zoneId === undefined ? [waf, queries] : [waf];
}

function check(name: string, args: EdgeArgs): void {
  const groups = Object.keys(args.autoscalingGroups).length;
  if ((groups > 0) === hasAddresses(args)) {
    throw new Error(`Edge ${name}: the load balancer has ${groups > 0 ? "both groups and addresses of nodes" : "no target"}; name either autoscalingGroups or nodeAddresses.`);
  }
  const taken = args.staticPaths.find((path) => path === args.filesPath);
  if (taken !== undefined) {
    throw new Error(`Edge ${name}: ${taken} is both a static path and the files path; CloudFront can serve it from one origin only.`);
  }
}
