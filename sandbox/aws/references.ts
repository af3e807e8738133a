/** References between resources by id: of the right kind, and to something that exists. */
import { CloudError } from "./failures.ts";
import { isOwnEc2Id } from "./identity.ts";
import { isObject, type Plain, type PlainObject } from "./values.ts";
import type { World } from "./world.ts";

/** Last part of a property's path → prefix of the ids that it takes, and the name that EC2's errors give the kind. */
const KINDS: Readonly<Record<string, readonly [prefix: string, kind: string]>> = {
  vpcId: ["vpc", "Vpc"],
  subnetId: ["subnet", "Subnet"],
  subnetIds: ["subnet", "Subnet"],
  subnets: ["subnet", "Subnet"],
  vpcZoneIdentifiers: ["subnet", "Subnet"],
  securityGroupId: ["sg", "Group"],
  securityGroupIds: ["sg", "Group"],
  vpcSecurityGroupIds: ["sg", "Group"],
  referencedSecurityGroupId: ["sg", "Group"],
  sourceSecurityGroupId: ["sg", "Group"],
  routeTableId: ["rtb", "RouteTable"],
  routeTableIds: ["rtb", "RouteTable"],
  natGatewayId: ["nat", "NatGateway"],
  allocationId: ["eipalloc", "Allocation"],
  networkAclId: ["acl", "NetworkAcl"],
  vpcEndpointId: ["vpce", "VpcEndpoint"],
};

/** Refuses ids of the wrong kind, ids that nobody ever made and ids and ARNs of what this process has deleted. */
export function checkReferences(inputs: PlainObject, world: World): void {
  for (const { property, text } of texts("", inputs)) {
    const kind = KINDS[property];
    if (kind !== undefined) checkEc2Id(kind[0], kind[1], property, text, world);
    if (text.startsWith("arn:aws:") && !text.includes("*") && world.isGone(text)) {
      throw new CloudError(`ResourceNotFoundException: ${property} names ${text}, which has been deleted`);
    }
    if (/:key\/|^[0-9a-f-]{36}$/.test(text)) checkKey(property, text, world);
  }
}

function checkEc2Id(prefix: string, kind: string, property: string, id: string, world: World): void {
  if (!id.startsWith(`${prefix}-`)) {
    throw new CloudError(`Invalid${kind}ID.Malformed: ${property}: invalid id "${id}" (expecting "${prefix}-...")`);
  }
  if (world.isGone(id) || (world.byIdOrArn(id) === undefined && !isOwnEc2Id(id))) {
    throw new CloudError(`Invalid${kind}ID.NotFound: ${property}: the ${prefix} "${id}" does not exist`);
  }
}

function checkKey(property: string, text: string, world: World): void {
  const reason = world.reservation(`pending key ${text.slice(text.lastIndexOf("/") + 1)}`);
  if (reason !== undefined) throw new CloudError(`KMSInvalidStateException: ${property}: ${reason}`);
}

function texts(property: string, value: Plain): { property: string; text: string }[] {
  if (typeof value === "string") return value === "" ? [] : [{ property, text: value }];
  if (Array.isArray(value)) return value.flatMap((item) => texts(property, item));
  if (!isObject(value)) return [];
  return Object.entries(value)
    .filter(([key]) => key !== "tags" && key !== "tagsAll")
    .flatMap(([key, item]) => texts(key, item));
}
