/** Samples of areas/storageAccess.ts. */
import { FLAGS, PUBLIC_ACLS } from "../areas/storageAccess.ts";
import type { Samples } from "./sample.ts";

/** In samples: one for each value, of which there is at least one. */
function both<T, U>([first, ...others]: readonly T[], make: (value: T) => U): [U, ...U[]] {
  return [make(first as T), ...others.map(make)];
}

export const samples: Samples = {
  "storage/public-access-block": {
    scene: "bucket",
    good: [{ set: { "files:$type": "aws:s3/bucketV2:BucketV2" } }, { set: { "files-block:bucket": "files" } }],
    bad: [
      { remove: ["files-block"], at: "files:" },
      { set: { "files:$type": "aws:s3/bucketV2:BucketV2" }, remove: ["files-block"], at: "files:" },
      { set: { "files-block:bucket": "shop-other-123456789012" }, at: "files:" },
    ],
  },
  "storage/public-access-flags": {
    scene: "bucket",
    good: [{ set: { "files-door:publicAccessBlockConfiguration": undefined } }, { set: { "files-everywhere:details.publicAccessBlock": undefined } }],
    bad: [
      ...both(FLAGS, (flag) => ({ set: { [`files-block:${flag}`]: false } })),
      { set: { "files-block:blockPublicAcls": undefined } },
      { set: { "account-block:restrictPublicBuckets": undefined } },
      { set: { "files-door:publicAccessBlockConfiguration.ignorePublicAcls": false } },
      { set: { "files-everywhere:details.publicAccessBlock.restrictPublicBuckets": false } },
    ],
  },
  "storage/public-acl": {
    scene: "bucket",
    good: [
      { set: { "files:acl": "private" } },
      { set: { "files:grants": [{ type: "CanonicalUser", permissions: ["FULL_CONTROL"], id: "0123456789abcdef" }] } },
      { set: { "files:grants": [{ type: "Group", permissions: ["WRITE"], uri: "http://acs.amazonaws.com/groups/s3/LogDelivery" }] } },
    ],
    bad: [
      ...both(PUBLIC_ACLS, (acl) => ({ set: { "files:acl": acl } })),
      { set: { "files:grants": [{ type: "Group", permissions: ["READ"], uri: "http://acs.amazonaws.com/groups/global/AllUsers" }] }, at: "files:grants[0].uri" },
      { set: { "files:grants": [{ type: "Group", permissions: ["READ"], uri: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" }] }, at: "files:grants[0].uri" },
      { set: { "files-acl:accessControlPolicy.grants[0].grantee.uri": "http://acs.amazonaws.com/groups/global/AllUsers" } },
      { set: { "files-acl:acl": "public-read" } },
      ...both(["bucketObject:BucketObject", "bucketObjectv2:BucketObjectv2", "objectCopy:ObjectCopy"], (type) => ({
        set: { "files-acl:$type": `aws:s3/${type}`, "files-acl:accessControlPolicy": undefined, "files-acl:acl": "public-read" }, at: "files-acl:acl",
      })),
    ],
  },
  "storage/public-policy": {
    scene: "bucket",
    good: [{ set: { "files-policy:policy.Statement[1].Principal": "*" } }],
    bad: [
      { set: { "files-policy:policy.Statement[1].Principal": "*", "files-policy:policy.Statement[1].Condition": undefined }, at: "files-policy:policy" },
      { set: { "files:policy": JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "s3:GetObject", Resource: "*" }] }) } },
      { set: { "files-policy:policy.Statement[1].Principal": "*", "files-policy:policy.Statement[1].Condition": { StringLike: { "aws:PrincipalArn": "arn:*" } } }, at: "files-policy:policy" },
      { set: { "files-policy:policy.Statement[1].Principal": "*", "files-policy:policy.Statement[1].Condition": { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } } }, at: "files-policy:policy" },
    ],
  },
  "storage/tls-only": {
    scene: "bucket",
    good: [
      { set: { "files-policy:policy.Statement[0].Resource": "*" } },
      { set: { "files-policy:policy.Statement[0].Action": "*" } },
      { set: { "files:policy": JSON.stringify({ Statement: { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: ["arn:aws:s3:::shop-files-123456789012", "arn:aws:s3:::shop-files-123456789012/*"], Condition: { Bool: { "aws:SecureTransport": "false" } } } }) }, remove: ["files-policy"] },
    ],
    bad: [
      { remove: ["files-policy"], at: "files:" },
      { set: { "files-policy:bucket": "shop-other-123456789012" }, at: "files:" },
      { set: { "files-policy:policy.Statement[0].Resource": ["arn:aws:s3:::shop-files-123456789012/*"] }, at: "files:" },
      { set: { "files-policy:policy.Statement[0].Resource": ["arn:aws:s3:::shop-files-123456789012"] }, at: "files:" },
      { set: { "files-policy:policy.Statement[0].Action": "s3:GetObject" }, at: "files:" },
      { set: { "files-policy:policy.Statement[0].Principal": { Service: "*" } }, at: "files:" },
      { set: { "files-policy:policy.Statement[0].Condition": { Bool: { "aws:SecureTransport": "true" } } }, at: "files:" },
    ],
  },
  "storage/ownership": {
    scene: "bucket",
    bad: [{ set: { "files-ownership:rule.objectOwnership": "BucketOwnerPreferred" } }, { set: { "files-ownership:rule.objectOwnership": "ObjectWriter" } }],
  },
  "storage/cors": {
    scene: "bucket",
    good: [{ set: { "files-cors:corsRules[0].allowedOrigins[0]": "https://*.example.com" } }, { set: { "files-cors:corsRules[0].allowedOrigins[0]": "http://localhost:3000" } }],
    bad: [
      { set: { "files-cors:corsRules[0].allowedOrigins[0]": "*" } },
      { set: { "files-cors:corsRules[0].allowedOrigins[1]": "https://*" } },
      { set: { "files-cors:corsRules[0].allowedOrigins[0]": "http://*" } },
      { set: { "files:corsRules": [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }] }, at: "files:corsRules[0].allowedOrigins[0]" },
    ],
  },
  "storage/website": {
    scene: "bucket",
    good: [{ set: { "files:$type": "aws:s3/bucketV2:BucketV2", "files:websites": [] } }],
    bad: [
      { set: { "files:website": { indexDocument: "index.html" } } },
      { set: { "files:$type": "aws:s3/bucketV2:BucketV2", "files:websites": [{ indexDocument: "index.html" }] }, at: "files:websites" },
      { set: { "files-ownership:$type": "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration" }, at: "files-ownership:" },
    ],
  },
};
