/** Route 53: the hosted zone with DNSSEC and query log, the records, the health check from outside. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../access/policyDocument.ts";
import { dataTags, guarded } from "../component.ts";
import { administration } from "../keys.ts";
import type { EdgeArgs } from "./index.ts";

export interface Zone {
  zoneId: pulumi.Output<string>;
  nameServers: pulumi.Output<string[]>;
  dsRecord: pulumi.Output<string>;
}

/** The zone that `zoneId` names, or a new one for the domain, signed and with its queries logged. */
export function hostedZone(name: string, args: EdgeArgs, logsKeyArn: pulumi.Input<string>, parent: pulumi.Resource): Zone {
  if (args.zoneId !== undefined) {
    return { zoneId: pulumi.output(args.zoneId), nameServers: pulumi.output([]), dsRecord: pulumi.output("") };
  }
  const zone = new aws.route53.Zone(`${name}-zone`, {
    name: args.domain,
    comment: `Public zone of ${args.domain}, owned by ${args.prefix}.`,
    forceDestroy: false,
    tags: { Name: `${args.prefix}-zone` },
  }, guarded(parent, args.protection));
  queryLog(name, args, zone, logsKeyArn, parent);
  certificateAuthorities(name, args, zone, parent);
  const signingKey = signed(name, args, zone, parent);
  return { zoneId: zone.zoneId, nameServers: zone.nameServers, dsRecord: signingKey.dsRecord };
}

/** NS and DS records of names below the domain that other stacks own. */
export function delegations(name: string, args: EdgeArgs, zone: Zone, parent: pulumi.Resource): void {
  for (const [host, { nameServers, dsRecord }] of Object.entries(args.delegations ?? {})) {
    if (!host.endsWith(`.${args.domain}`)) throw new Error(`Edge: delegations names ${host}, which is not below ${args.domain}; delegate it where its parent is`);
    const record = (type: string, records: string[]) =>
      new aws.route53.Record(`${name}-${type.toLowerCase()}-${host}`, { zoneId: zone.zoneId, name: host, type, ttl: 3600, records }, { parent });
    record("NS", nameServers);
    if (dsRecord !== undefined) record("DS", [dsRecord]);
  }
}

/** Only Amazon may issue certificates for the domain (RFC 8659). */
function certificateAuthorities(name: string, args: EdgeArgs, zone: aws.route53.Zone, parent: pulumi.Resource): void {
  new aws.route53.Record(`${name}-caa`, {
    zoneId: zone.zoneId,
    name: args.domain,
    type: "CAA",
    ttl: 3600,
    records: ['0 issue "amazon.com"', '0 issuewild ";"'],
  }, { parent });
}

/** Key-signing keys of Route 53 are P-256 keys in us-east-1, whatever the region (Route 53 developer guide, DNSSEC). */
function signed(name: string, args: EdgeArgs, zone: aws.route53.Zone, parent: pulumi.Resource): aws.route53.KeySigningKey {
  const key = new aws.kms.Key(`${name}-dnssec-key`, {
    description: `${args.prefix}: signs the zone of ${args.domain}. Asymmetric, so KMS can not rotate it; roll it by a second key-signing key.`,
    customerMasterKeySpec: "ECC_NIST_P256",
    keyUsage: "SIGN_VERIFY",
    deletionWindowInDays: 30,
    policy: dnssecKeyPolicy(args.accountId),
    tags: { Name: `${args.prefix}-dnssec`, ...dataTags("secrets") },
  }, { ...guarded(parent, args.protection), provider: args.usEast1Provider });
  new aws.kms.Alias(`${name}-dnssec-alias`, { name: `alias/${args.prefix}-dnssec`, targetKeyId: key.keyId }, { parent, provider: args.usEast1Provider });
  const signingKey = new aws.route53.KeySigningKey(`${name}-signing-key`, {
    hostedZoneId: zone.zoneId,
    keyManagementServiceArn: key.arn,
    // 3 to 128 letters, digits and underscores.
    name: args.prefix.replaceAll("-", "_"),
    status: "ACTIVE",
  }, { parent });
  new aws.route53.HostedZoneDnsSec(`${name}-dnssec`, { hostedZoneId: zone.zoneId, signingStatus: "SIGNING" }, { parent, dependsOn: [signingKey] });
  return signingKey;
}

function dnssecKeyPolicy(accountId: string): pulumi.Output<string> {
  const service = { Service: "dnssec-route53.amazonaws.com" };
  const ofThisAccount = { StringEquals: { "aws:SourceAccount": accountId }, ArnLike: { "aws:SourceArn": "arn:aws:route53:::hostedzone/*" } };
  return policyDocument([
    administration({ accountId }),
    { Sid: "Route53Signs", Effect: "Allow", Principal: service, Action: ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"], Resource: "*", Condition: ofThisAccount },
    {
      Sid: "Route53Grants", Effect: "Allow", Principal: service, Action: "kms:CreateGrant", Resource: "*",
      Condition: { ...ofThisAccount, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ]);
}

/** Query logs of public zones go to a log group in us-east-1 under /aws/route53/ and nowhere else. */
function queryLog(name: string, args: EdgeArgs, zone: aws.route53.Zone, logsKeyArn: pulumi.Input<string>, parent: pulumi.Resource): void {
  const inUsEast1 = { parent, provider: args.usEast1Provider };
  const group = new aws.cloudwatch.LogGroup(`${name}-query-log-group`, {
    name: `/aws/route53/${args.domain}`,
    retentionInDays: args.logRetentionDays,
    kmsKeyId: logsKeyArn,
    tags: dataTags("logs"),
  }, inUsEast1);
  const admitted = new aws.cloudwatch.LogResourcePolicy(`${name}-query-log-policy`, {
    policyName: `${args.prefix}-route53-queries`,
    policyDocument: policyDocument([{
      Sid: "Route53Writes",
      Effect: "Allow",
      Principal: { Service: "route53.amazonaws.com" },
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:us-east-1:${args.accountId}:log-group:/aws/route53/${args.domain}:*`,
      Condition: { StringEquals: { "aws:SourceAccount": args.accountId } },
    }]),
  }, inUsEast1);
  new aws.route53.QueryLog(`${name}-query-log`, { zoneId: zone.zoneId, cloudwatchLogGroupArn: group.arn }, { parent, dependsOn: [admitted] });
}

/** `origin.<domain>`, the name that CloudFront gives the load balancer and that its certificate covers. */
export function originHost(domain: string): string {
  return `origin.${domain}`;
}

/**
 * CloudFront reaches a VPC origin by its ARN, not by this record. It exists so that the origin's name means what it
 * says, and resolves to private addresses only.
 */
export function originRecord(name: string, args: EdgeArgs, zone: Zone, balancer: aws.lb.LoadBalancer, parent: pulumi.Resource): aws.route53.Record {
  return new aws.route53.Record(`${name}-origin-record`, {
    zoneId: zone.zoneId,
    name: originHost(args.domain),
    type: "A",
    aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false }],
  }, { parent });
}

/** The application's own name. No AAAA record: IPv6 is off at the edge. */
export function publicRecord(name: string, args: EdgeArgs, zone: Zone, distribution: aws.cloudfront.Distribution, parent: pulumi.Resource): void {
  new aws.route53.Record(`${name}-record`, {
    zoneId: zone.zoneId,
    name: args.domain,
    type: "A",
    aliases: [{ name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false }],
  }, { parent });
}

/** Asked every 10 s from three parts of the world: three misses, so 30 s, make it unhealthy. */
export function healthCheck(name: string, args: EdgeArgs, parent: pulumi.Resource): aws.route53.HealthCheck {
  return new aws.route53.HealthCheck(`${name}-health-check`, {
    type: "HTTPS",
    fqdn: args.domain,
    port: 443,
    resourcePath: args.healthPath ?? "/health/live",
    enableSni: true,
    requestInterval: 10,
    failureThreshold: 3,
    regions: ["us-east-1", "eu-west-1", "ap-southeast-1"],
    tags: { Name: `${args.prefix}-edge` },
  }, { parent });
}
