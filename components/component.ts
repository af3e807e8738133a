/** What every component shares: transforms, protection, data classes. */
import * as pulumi from "@pulumi/pulumi";

/** Changes the arguments or options of one child before it is created; the policy pack judges the result. */
export type Transform<Args extends object> = (args: Args, opts: pulumi.CustomResourceOptions) => void;

/** Applies an optional transform: `new aws.s3.Bucket(name, ...transformed(t?.bucket, args, opts))`. */
export function transformed<Args extends object>(
  transform: Transform<Args> | undefined,
  args: Args,
  opts: pulumi.CustomResourceOptions,
): [Args, pulumi.CustomResourceOptions] {
  transform?.(args, opts);
  return [args, opts];
}

/** How hard it is to delete what holds data. */
export interface Protection {
  /** Pulumi's `protect`, and the service's own deletion protection. */
  protect: boolean;
  /**
   * Keys, secrets and hosted zones stay in the account when the stack gives them up, and databases leave a final snapshot.
   * Buckets, backup vaults and their keys stay in any case, see `kept`.
   */
  retainOnDelete: boolean;
}

/** Options of a resource that holds data. */
export function guarded(parent: pulumi.Resource, protection: Protection): pulumi.CustomResourceOptions {
  return { parent, protect: protection.protect, retainOnDelete: protection.retainOnDelete };
}

/**
 * Options of what stays in the account whatever the configuration says: AWS deletes no bucket with objects and no vault
 * with recovery points (BucketNotEmpty, InvalidRequestException), locked ones can not be emptied, and without its key
 * what stays could not be read. A destroy leaves them behind instead of failing halfway; people delete them when their
 * time is over.
 */
export function kept(parent: pulumi.Resource, protection: Protection): pulumi.CustomResourceOptions {
  return { ...guarded(parent, protection), retainOnDelete: true };
}

/**
 * Options of a running server with data. It can not stay: subnets, firewalls and parameters that it uses can not be deleted
 * while it runs. What stays of it is its final snapshot, see `leavesSnapshot`.
 */
export function running(parent: pulumi.Resource, protection: Protection): pulumi.CustomResourceOptions {
  return { ...guarded(parent, protection), retainOnDelete: false };
}

/** True when a server with data must leave a final snapshot. */
export function leavesSnapshot(protection: Protection): boolean {
  return protection.protect || protection.retainOnDelete;
}

/**
 * Name of a final snapshot. It outlives the stack, and AWS takes a name once: so it carries the id of a security group,
 * which is another one in each life of the stack, and a second destroy is not refused for the snapshot of the first.
 */
export function finalSnapshotName(identifier: string, securityGroupId: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(securityGroupId).apply((id) => `${identifier}-final-${id.replace(/^sg-/, "")}`);
}

/** Kinds of data, each with a customer key of its own and a `data-class` tag. */
export const DATA_CLASSES = [
  "database", "cache", "files", "backups", "archive", "audit", "logs", "secrets", "cluster", "volumes", "messages",
] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

/** The tag by which cost, privacy and policies tell what a resource holds. */
export function dataTags(dataClass: DataClass): Record<string, string> {
  return { "data-class": dataClass };
}

/** One line of the processing register (GDPR article 30): where personal data lives and when it goes. */
export interface DataStore {
  name: string;
  dataClass: DataClass;
  /** What is kept there, in words. */
  content: string;
  /** How long, in words with the number. */
  retention: string;
  /** How one person's data is erased. */
  erasure: string;
}

/** Who may connect to a database, cache or endpoint: a named security group or address range. */
export interface NetworkClient {
  name: string;
  securityGroupId?: pulumi.Input<string>;
  cidr?: string;
}
