/**
 * Bucket policies as plain data: every name in them is known in the first preview, so that the policy pack can read them.
 * Service principals and conditions follow the delivery chapters of the CloudTrail, Config, S3, ELB and CloudWatch Logs guides.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../access/policyDocument.ts";

/** Who delivers on whose behalf; the two conditions close the confused-deputy hole. */
export interface Place {
  accountId: string;
  region: string;
  prefix: string;
}

const fromAccount = (place: Place, sourceArn: string) => ({
  StringEquals: { "aws:SourceAccount": place.accountId },
  ArnLike: { "aws:SourceArn": sourceArn },
});

/** No plain HTTP and no TLS below 1.2, whoever asks. */
export function tlsOnly(arn: string): Statement[] {
  const all = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [arn, `${arn}/*`] } as const;
  return [
    { Sid: "DenyPlainHttp", ...all, Resource: [...all.Resource], Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "DenyOldTls", ...all, Resource: [...all.Resource], Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ];
}

/** A writer that names another encryption than the customer key's is refused; one that names none gets the bucket's default. */
export function kmsOnly(arn: string): Statement[] {
  return [{
    Sid: "DenyOtherEncryption",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `${arn}/*`,
    Condition: {
      Null: { "s3:x-amz-server-side-encryption": "false" },
      StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
    },
  }];
}

/** Only keys with one of the extensions may be written; S3 compares case, so the application writes lower case. */
export function typesOnly(arn: string, extensions: string[]): Statement[] {
  return [{
    Sid: "DenyOtherFileTypes",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    NotResource: extensions.map((extension) => `${arn}/*${extension}`),
  }];
}

/** The distribution, and no other of the account, reads through its origin access control. */
export function cdnReads(arn: string, distributionArn: pulumi.Input<string>): Statement[] {
  return [{
    Sid: "AllowDistribution",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "s3:GetObject",
    Resource: `${arn}/*`,
    Condition: { StringEquals: { "aws:SourceArn": distributionArn } },
  }];
}

/** CloudTrail of this stack: the trail is named `${prefix}`, as audit and the key policy say. */
export function trailWrites(arn: string, place: Place): Statement[] {
  const trail = `arn:aws:cloudtrail:${place.region}:${place.accountId}:trail/${place.prefix}`;
  const condition = fromAccount(place, trail);
  const service = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } } as const;
  return [
    { Sid: "AllowTrailAclCheck", ...service, Action: "s3:GetBucketAcl", Resource: arn, Condition: condition },
    { Sid: "AllowTrailWrite", ...service, Action: "s3:PutObject", Resource: `${arn}/AWSLogs/${place.accountId}/*`, Condition: condition },
  ];
}

/** AWS Config of this account: its channel checks the bucket, then delivers snapshots and histories. */
export function configWrites(arn: string, place: Place): Statement[] {
  const condition = { StringEquals: { "aws:SourceAccount": place.accountId } };
  const service = { Effect: "Allow", Principal: { Service: "config.amazonaws.com" } } as const;
  return [
    { Sid: "AllowConfigChecks", ...service, Action: ["s3:GetBucketAcl", "s3:ListBucket"], Resource: arn, Condition: condition },
    { Sid: "AllowConfigWrite", ...service, Action: "s3:PutObject", Resource: `${arn}/AWSLogs/${place.accountId}/Config/*`, Condition: condition },
  ];
}

/** Access logs of our own buckets, of the load balancer and of the distribution, each under a prefix of its own. */
export function logWrites(arn: string, place: Place): Statement[] {
  const { accountId, region, prefix } = place;
  const deliveries = `arn:aws:logs:us-east-1:${accountId}:delivery-source:*`;
  return [
    {
      Sid: "AllowBucketAccessLogs", Effect: "Allow", Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject", Resource: `${arn}/s3/*`, Condition: fromAccount(place, `arn:aws:s3:::${prefix}-*`),
    },
    {
      Sid: "AllowLoadBalancerLogs", Effect: "Allow", Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject", Resource: `${arn}/alb/AWSLogs/${accountId}/*`,
      Condition: fromAccount(place, `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/*`),
    },
    {
      // Standard logging (v2) of CloudFront goes through CloudWatch Logs delivery and needs no ACL; its sources live in us-east-1.
      Sid: "AllowDistributionLogs", Effect: "Allow", Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: "s3:PutObject", Resource: `${arn}/cloudfront/*`,
      Condition: {
        StringEquals: { "aws:SourceAccount": accountId, "s3:x-amz-acl": "bucket-owner-full-control" },
        ArnLike: { "aws:SourceArn": deliveries },
      },
    },
    {
      Sid: "AllowDeliveryAclCheck", Effect: "Allow", Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: "s3:GetBucketAcl", Resource: arn, Condition: fromAccount(place, deliveries),
    },
  ];
}

/** Versions in a locked bucket are shortened by nobody but the break-glass role. */
export function keepLock(arn: string, place: Place): Statement[] {
  return [{
    Sid: "DenyLockBypass",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:BypassGovernanceRetention",
    Resource: `${arn}/*`,
    Condition: { ArnNotEquals: { "aws:PrincipalArn": `arn:aws:iam::${place.accountId}:role/${place.prefix}-break-glass` } },
  }];
}
