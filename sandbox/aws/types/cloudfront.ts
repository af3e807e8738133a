/** CloudFront. Global: its ARNs name no region. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, createdAt, globalArn, uniqueName, type Formula, type ResourceType, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

/** CloudFront's own hosted zone, for alias records (Route 53 API reference, AliasTarget). */
const HOSTED_ZONE = "Z2FDTNDATAQYW2";

/** A new tag with every change, as the service demands it back. */
const etag: Formula = (draft) => `E${draft.upper(13, `etag ${textOf(draft.previous?.etag ?? "")}`)}`;

function admitDistribution(draft: Draft): void {
  const certificate = draft.text("viewerCertificate.acmCertificateArn");
  if (certificate !== "" && !certificate.startsWith("arn:aws:acm:us-east-1:")) {
    throw new CloudError(`InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain: ${certificate}`);
  }
  const acl = draft.text("webAclId");
  if (acl !== "" && acl.startsWith("arn:") && !acl.includes(":global/webacl/")) {
    throw new CloudError(`InvalidWebACLId: the web ACL ${acl} has not the scope CLOUDFRONT`);
  }
}

function policy(kind: string, resource: string): ResourceType {
  return {
    global: true,
    name: { property: "name", max: 128, renames: true },
    id: (draft) => draft.uuid(),
    unique: uniqueName((name) => `${kind}AlreadyExists: The ${resource} ${name} already exists`),
    outputs: { arn: globalArn("cloudfront", (draft) => `${resource}/${draft.id}`), etag },
  };
}

export const cloudfront: TypeTable = {
  "aws:cloudfront/distribution:Distribution": {
    global: true,
    tags: true,
    defaults: { httpVersion: "http2", isIpv6Enabled: false, priceClass: "PriceClass_All", retainOnDelete: false, staging: false, waitForDeployment: true },
    id: (draft) => `E${draft.upper(13)}`,
    admit: admitDistribution,
    unique: {
      key: (draft) => draft.texts("aliases")[0],
      error: (draft) => `CNAMEAlreadyExists: One or more of the CNAMEs you provided are already associated with a different resource: ${draft.texts("aliases").join(", ")}`,
    },
    outputs: {
      arn: globalArn("cloudfront", (draft) => `distribution/${draft.id}`),
      callerReference: createdAt("callerReference"), domainName: (draft) => `d${draft.lower(13, "domain")}.cloudfront.net`, etag, hostedZoneId: always(HOSTED_ZONE),
      continuousDeploymentPolicyId: always(""), inProgressValidationBatches: always(0), lastModifiedTime: (draft) => draft.now(),
      loggingV1Enabled: (draft) => draft.value("loggingConfig") !== undefined, status: always("Deployed"),
      trustedKeyGroups: always([{ enabled: false, items: [] }]), trustedSigners: always([{ enabled: false, items: [] }]),
    },
  },
  "aws:cloudfront/vpcOrigin:VpcOrigin": {
    global: true,
    tags: true,
    id: (draft) => `vo_${draft.mixed(22)}`,
    outputs: { arn: globalArn("cloudfront", (draft) => `vpcorigin/${draft.id}`), etag },
  },
  "aws:cloudfront/originAccessControl:OriginAccessControl": {
    ...policy("OriginAccessControl", "origin-access-control"),
    defaults: { description: "Managed by Pulumi" },
    id: (draft) => `E${draft.upper(13)}`,
  },
  "aws:cloudfront/cachePolicy:CachePolicy": { ...policy("CachePolicy", "cache-policy"), defaults: { defaultTtl: 86400, maxTtl: 31536000, minTtl: 0 } },
  "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": policy("OriginRequestPolicy", "origin-request-policy"),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": policy("ResponseHeadersPolicy", "response-headers-policy"),
  "aws:cloudfront/function:Function": {
    global: true,
    tags: true,
    name: { property: "name", max: 64 },
    defaults: { publish: true },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `FunctionAlreadyExists: The function ${name} already exists`),
    outputs: {
      arn: globalArn("cloudfront", (draft) => `function/${draft.name}`), etag,
      liveStageEtag: (draft) => (draft.flag("publish") ? textOf(draft.outputs.etag) : ""), status: (draft) => (draft.flag("publish") ? "DEPLOYED" : "UNPUBLISHED"),
    },
  },
  "aws:cloudfront/keyGroup:KeyGroup": {
    global: true,
    name: { property: "name", renames: true },
    id: (draft) => draft.uuid(),
    unique: uniqueName((name) => `KeyGroupAlreadyExists: A key group named ${name} already exists`),
    outputs: { etag },
  },
  "aws:cloudfront/publicKey:PublicKey": {
    global: true,
    name: { property: "name", prefixProperty: "namePrefix" },
    id: (draft) => `K${draft.upper(13)}`,
    replaceOn: ["encodedKey"],
    unique: uniqueName((name) => `PublicKeyAlreadyExists: A public key named ${name} already exists`),
    outputs: { callerReference: createdAt("callerReference"), etag, namePrefix: always("") },
  },
  "aws:cloudfront/realtimeLogConfig:RealtimeLogConfig": {
    global: true,
    name: { property: "name" },
    id: globalArn("cloudfront", (draft) => `realtime-log-config/${draft.name}`),
    unique: uniqueName((name) => `RealtimeLogConfigAlreadyExists: A real-time log configuration named ${name} already exists`),
    outputs: { arn: (draft) => draft.id },
  },
  "aws:cloudfront/monitoringSubscription:MonitoringSubscription": {
    global: true,
    id: (draft) => draft.text("distributionId"),
    replaceOn: ["distributionId"],
  },
};
