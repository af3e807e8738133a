/** Functions: what a program asks the cloud without creating anything. */
import type { Cloud } from "../cloud.ts";
import { hex, mixed } from "../identity.ts";
import type { PlainObject, Value, ValueObject } from "../values.ts";
import { Secret, UNKNOWN, hasUnknown, textOf } from "../values.ts";
import { policyDocument } from "./policyDocument.ts";

type Answer = (args: PlainObject, cloud: Cloud) => ValueObject;

/** Names of regions, for `getRegion` (AWS general reference, "Regional endpoints"). */
const REGION_NAMES: Readonly<Record<string, string>> = {
  "us-east-1": "US East (N. Virginia)", "us-east-2": "US East (Ohio)", "us-west-1": "US West (N. California)", "us-west-2": "US West (Oregon)",
  "eu-west-1": "Europe (Ireland)", "eu-west-2": "Europe (London)", "eu-west-3": "Europe (Paris)", "eu-central-1": "Europe (Frankfurt)",
  "ap-southeast-1": "Asia Pacific (Singapore)", "ap-southeast-2": "Asia Pacific (Sydney)", "ap-northeast-1": "Asia Pacific (Tokyo)",
};

/** Ids that the prefix list of CloudFront's origin-facing addresses has (VPC user guide, "AWS-managed prefix lists"). */
const ORIGIN_FACING: Readonly<Record<string, string>> = { "us-east-1": "pl-3b927c52", "us-east-2": "pl-b6a144df", "us-west-2": "pl-82a045eb", "eu-west-1": "pl-4fa04526", "eu-central-1": "pl-a3a144ca" };
const ORIGIN_FACING_NAME = "com.amazonaws.global.cloudfront.origin-facing";

function regionOf(args: PlainObject, cloud: Cloud): string {
  return typeof args.region === "string" ? args.region : cloud.settings.region;
}

function callerIdentity(_: PlainObject, { settings }: Cloud): ValueObject {
  return { accountId: settings.account, arn: `arn:aws:sts::${settings.account}:assumed-role/golive-deploy/sandbox`, userId: `AROASANDBOXDEPLOYROLE:sandbox`, id: settings.account };
}

function partition(): ValueObject {
  return { dnsSuffix: "amazonaws.com", id: "aws", partition: "aws", reverseDnsPrefix: "com.amazonaws" };
}

function region(args: PlainObject, cloud: Cloud): ValueObject {
  const name = typeof args.name === "string" ? args.name : regionOf(args, cloud);
  return { description: REGION_NAMES[name] ?? name, endpoint: `ec2.${name}.amazonaws.com`, id: name, name, region: name };
}

function availabilityZones(args: PlainObject, cloud: Cloud): ValueObject {
  const name = regionOf(args, cloud);
  const excluded = Array.isArray(args.excludeNames) ? args.excludeNames : [];
  const names = ["a", "b", "c"].map((letter) => `${name}${letter}`).filter((zone) => !excluded.includes(zone));
  const [area = "us", side = "east", number = "1"] = name.split("-");
  return {
    ...given(args), id: name, region: name, names, groupNames: [name],
    zoneIds: names.map((zone) => `${area}${side.charAt(0)}${number}-az${zone.charCodeAt(zone.length - 1) - 96}`),
  };
}

/** A token in the format of `aws eks get-token`: a signed address, which no real cluster would take. */
function clusterAuth(args: PlainObject, cloud: Cloud): ValueObject {
  const name = textOf(args.name ?? "");
  const url = `https://sts.${regionOf(args, cloud)}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Signature=${hex(name, "token", 64)}`;
  return { id: name, name, region: regionOf(args, cloud), token: new Secret(`k8s-aws-v1.${Buffer.from(url).toString("base64url")}`) };
}

function managedPrefixList(args: PlainObject, cloud: Cloud): ValueObject {
  const name = regionOf(args, cloud);
  const id = ORIGIN_FACING[name] ?? `pl-${hex(name, ORIGIN_FACING_NAME, 8)}`;
  if (args.name !== undefined && args.name !== ORIGIN_FACING_NAME) {
    throw new Error(`no managed prefix list named ${textOf(args.name)}: the sandbox has ${ORIGIN_FACING_NAME} only`);
  }
  return {
    ...given(args), id, name: ORIGIN_FACING_NAME, region: name, addressFamily: "IPv4", arn: `arn:aws:ec2:${name}:aws:prefix-list/${id}`,
    entries: [{ cidr: "120.52.22.96/27", description: "" }, { cidr: "205.251.249.0/24", description: "" }], maxEntries: 55, ownerId: "AWS", tags: {}, version: 1,
  };
}

/** Parameters that this run created, and the ones that AWS publishes for machine images. */
function parameter(args: PlainObject, cloud: Cloud): ValueObject {
  const name = textOf(args.name ?? "");
  const known = cloud.world.get("aws:ssm/parameter:Parameter", name);
  const isPublic = name.startsWith("/aws/service/");
  if (known === undefined && !isPublic) throw new Error(`ParameterNotFound: there is no SSM parameter ${name}`);
  const value = isPublic ? (name.includes("image_id") || name.includes("/ami") ? `ami-0${hex(name, "image", 16)}` : mixed(name, "value", 12)) : textOf(known?.state.value ?? "");
  return {
    ...given(args), id: name, name, region: regionOf(args, cloud), type: textOf(known?.state.type ?? "String"), version: Number(known?.state.version ?? 1),
    arn: `arn:aws:ssm:${regionOf(args, cloud)}:${isPublic ? "" : cloud.settings.account}:parameter${name.startsWith("/") ? "" : "/"}${name}`,
    value: new Secret(value), insecureValue: isPublic ? value : "", withDecryption: args.withDecryption ?? true,
  };
}

function given(args: PlainObject): ValueObject {
  return args;
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": callerIdentity,
  "aws:index/getPartition:getPartition": partition,
  "aws:index/getRegion:getRegion": region,
  "aws:index/getAvailabilityZones:getAvailabilityZones": availabilityZones,
  "aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
  "aws:eks/getClusterAuth:getClusterAuth": clusterAuth,
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": managedPrefixList,
  "aws:ssm/getParameter:getParameter": parameter,
};

/** Calls a function. Throws, naming it, when there is none of that name; unknown arguments make the answer unknown. */
export function invoke(token: string, args: PlainObject, cloud: Cloud): ValueObject {
  const answer = ANSWERS[token];
  if (answer === undefined) {
    throw new Error(`the sandbox does not know the function ${token}; add it to sandbox/aws/invokes/index.ts`);
  }
  const result = answer(args, cloud);
  if (!hasUnknown(args)) return result;
  return Object.fromEntries(Object.keys(result).map((key): [string, Value] => [key, args[key] ?? UNKNOWN]));
}
