/** What every component shares: transforms, protection, data classes. */
import type * as pulumi from "@pulumi/pulumi";

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
  /** Pulumi's `protect`, the service's own deletion protection and a final snapshot. */
  protect: boolean;
  /** Keys and buckets stay in the account when the stack gives them up. */
  retainOnDelete: boolean;
}

/** Options of a resource that holds data. */
export function guarded(parent: pulumi.Resource, protection: Protection): pulumi.CustomResourceOptions {
  return { parent, protect: protection.protect, retainOnDelete: protection.retainOnDelete };
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
