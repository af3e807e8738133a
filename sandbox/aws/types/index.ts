/** All resource types that the sandbox knows. */
import { accountWide } from "./accountWide.ts";
import { analytics } from "./analytics.ts";
import { application } from "./application.ts";
import { audit } from "./audit.ts";
import { backup } from "./backup.ts";
import { balancing } from "./balancing.ts";
import { bucket } from "./bucket.ts";
import { bucketParts } from "./bucketParts.ts";
import { cache } from "./cache.ts";
import { cloudfront } from "./cloudfront.ts";
import { compute } from "./compute.ts";
import { database } from "./database.ts";
import type { ResourceType, TypeTable } from "./define.ts";
import { dns } from "./dns.ts";
import { eks } from "./eks.ts";
import { firewall } from "./firewall.ts";
import { iam } from "./iam.ts";
import { keys } from "./keys.ts";
import { messaging } from "./messaging.ts";
import { monitoring } from "./monitoring.ts";
import { network } from "./network.ts";
import { registry } from "./registry.ts";
import { routing } from "./routing.ts";
import { secrets } from "./secrets.ts";
import { systems } from "./systems.ts";
import { vpn } from "./vpn.ts";
import { waf } from "./waf.ts";

/** Every type by its token. */
export const TYPES: TypeTable = {
  ...accountWide, ...analytics, ...application, ...audit, ...backup, ...balancing, ...bucket, ...bucketParts, ...cache, ...cloudfront,
  ...compute, ...database, ...dns, ...eks, ...firewall, ...iam, ...keys, ...messaging, ...monitoring, ...network,
  ...registry, ...routing, ...secrets, ...systems, ...vpn, ...waf,
};

/** The description of a type. Throws, naming it, when there is none. */
export function resourceType(type: string): ResourceType {
  const kind = TYPES[type];
  if (kind === undefined) {
    throw new Error(`the sandbox does not know ${type}; add it to sandbox/aws/types (one record in the table of its service area)`);
  }
  return kind;
}
