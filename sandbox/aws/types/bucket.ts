/** S3 buckets and their objects. */
import { CloudError } from "../failures.ts";
import { always, once, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

/** Hosted zones of S3's website endpoints (AWS general reference, "Amazon S3 endpoints and quotas"). */
const HOSTED_ZONES: Readonly<Record<string, string>> = {
  "us-east-1": "Z3AQBSTGFYJSTF", "us-east-2": "Z2O1EMRO9K5GLX", "us-west-1": "Z2F56UZL2M1ACD", "us-west-2": "Z3BJ6K6RIION7M",
  "eu-west-1": "Z1BKCTXD74EZPE", "eu-west-2": "Z3GKZC51ZF0DB4", "eu-west-3": "Z3R1K369G5AVDG", "eu-central-1": "Z21DNDUVLTQW6Q",
};

export const bucket: TypeTable = {
  "aws:s3/bucket:Bucket": {
    tags: true,
    holdsData: true,
    name: { property: "bucket", max: 63, lowerCase: true, prefixProperty: "bucketPrefix" },
    defaults: { forceDestroy: false },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it: ${name}`),
    admit: (draft) => {
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(draft.name)) {
        throw new CloudError(`InvalidBucketName: The specified bucket is not valid: "${draft.name}" (3 to 63 lower case letters, digits, dots and dashes)`);
      }
    },
    keeps: (known, world) => {
      const object = world.find(OBJECT, (other) => other.state.bucket === known.id);
      if (object === undefined && !world.inUse) return undefined;
      const held = object === undefined ? "what was written into it" : textOf(object.state.key);
      // Emptying it by force ends at locked objects, whose retention holds against the force.
      if (known.state.forceDestroy === true && !(world.inUse && known.state.objectLockEnabled === true)) return undefined;
      return `BucketNotEmpty: The bucket you tried to delete is not empty: ${known.id} holds ${held}`;
    },
    replaceOn: ["objectLockEnabled"],
    outputs: {
      arn: (draft) => `arn:aws:s3:::${draft.name}`,
      bucketDomainName: (draft) => `${draft.name}.s3.amazonaws.com`,
      bucketRegionalDomainName: (draft) => `${draft.name}.s3.${draft.region}.amazonaws.com`,
      bucketRegion: (draft) => draft.region,
      bucketNamespace: always("global"), bucketPrefix: always(""), objectLockEnabled: always(false),
      hostedZoneId: (draft) => HOSTED_ZONES[draft.region] ?? "Z3AQBSTGFYJSTF",
      requestPayer: always("BucketOwner"),
    },
  },
  [OBJECT]: {
    tags: true,
    holdsData: true,
    defaults: { forceDestroy: false },
    id: (draft) => `${draft.text("bucket")}/${draft.text("key", draft.logicalName)}`,
    replaceOn: ["bucket", "key"],
    outputs: {
      key: (draft) => draft.logicalName,
      arn: (draft) => `arn:aws:s3:::${draft.text("bucket")}/${draft.text("key")}`,
      acl: always("private"), bucketKeyEnabled: always(false),
      checksumCrc32: always(""), checksumCrc32c: always(""), checksumCrc64nvme: always(""), checksumSha1: always(""), checksumSha256: always(""),
      contentType: always("application/octet-stream"),
      etag: once("etag", (draft) => draft.hex(32, "etag")), kmsKeyId: always(""),
      serverSideEncryption: always("AES256"), storageClass: always("STANDARD"),
      versionId: (draft) => draft.mixed(32, `version ${textOf(draft.previous?.versionId ?? "")}`),
    },
  },
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": {
    global: true,
    defaults: { blockPublicAcls: false, blockPublicPolicy: false, ignorePublicAcls: false, restrictPublicBuckets: false },
    id: (draft) => draft.account,
    outputs: { accountId: (draft) => draft.account },
  },
};
