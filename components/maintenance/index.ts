/** Scheduled maintenance: vacuum, partitions, cache, scans, expiry, patches, and the watch over all jobs. */
import * as pulumi from "@pulumi/pulumi";
import type { Jobs, WatchedJob } from "../jobs/index.ts";
import { SESSION_PREFIXES } from "../jobs/users.ts";
import * as checks from "./checks.ts";
import * as data from "./data.ts";

export interface MaintenanceArgs {
  /** `${app}-${stack}`. */
  prefix: string;
  accountId: string;
  region: string;
  /** Schedules, five-field cron in UTC. */
  vacuumSchedule: string;
  partitionSchedule: string;
  cacheSchedule: string;
  scanSchedule: string;
  dastSchedule: string;
  expirySchedule: string;
  patchSchedule: string;
  /** Key prefixes that the cache cleanup may delete when they have no expiry. */
  cachePrefixes: string[];
  /** Host that the penetration test may attack. */
  dastTarget: string;
  /** Hosts whose certificates are checked. */
  tlsHosts: string[];
  /** Warn this many days before a certificate ends. */
  expiryWarningDays: number;
  /** Most days a key may go without rotation, and a secret unchanged. */
  keyRotationDays: number;
  secretRotationDays: number;
  /** Range-partitioned tables, `schema.table`. */
  partitionedTables: string[];
  /** Images by digest that are deployed: the application's colors, jobs, scanner. Without one in ECR there is no scan. */
  images: string[];
  /** Image of the penetration test (OWASP ZAP). */
  scannerImage: string;
  jobs: Jobs;
  postgres: {
    endpoint: pulumi.Input<string>;
    port: number;
    databaseName: string;
    masterSecretArn: pulumi.Input<string>;
    connectArn(user: string): pulumi.Output<string>;
  };
  /** Database user of the application, which logs in with IAM. */
  applicationUser: string;
  redis: { primaryHost: pulumi.Input<string>; port: number; authSecretArn: pulumi.Input<string> };
  secretsKeyArn: pulumi.Input<string>;
  /** Names of the secrets that people keep. */
  secretNames: string[];
  /** Customer keys whose rotation is checked. */
  keyArns: pulumi.Input<string>[];
  /** Where reports go. */
  backupsBucket: { name: string; arn: string };
  backupsKeyArn: pulumi.Input<string>;
  /** Managed nodes to patch; none on a cluster of somebody else. */
  nodes?: { clusterName: string; groups: string[] } | undefined;
  /** Jobs of other components that the watch looks after as well. */
  watched: WatchedJob[];
  /** What the database users are made after: the database with its secret and its ways in. */
  after?: pulumi.Resource[];
}

/**
 * Jobs that keep the environment healthy. Log rotation is not one of them: the kubelet rotates every container's log
 * by size (node configuration of Cluster), CloudWatch by retention. Costs a few node minutes a day and, for the
 * scans, ECR's or Inspector's fee an image.
 *
 * @throws when a cache prefix could match sessions, or an image is not named by digest.
 */
export class Maintenance extends pulumi.ComponentResource {
  readonly watched: WatchedJob[];
  /** Ready when the database users exist: what logs in to the database waits for it. */
  readonly databaseUsers: pulumi.Resource[];

  constructor(name: string, args: MaintenanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:maintenance:Maintenance", name, {}, opts);
    check(args);
    const roles = data.rolesJob(args, this);
    this.databaseUsers = roles.firstRun === undefined ? [] : [roles.firstRun];
    const jobs = [
      roles,
      data.vacuumJob(args, this),
      ...(args.partitionedTables.length > 0 ? [data.partitionsJob(args, this)] : []),
      data.cacheJob(args, this),
      ...(checks.canScan(args) ? [checks.imageScanJob(args, this)] : []),
      checks.dastJob(args, this),
      checks.expiryJob(args, this),
      ...(args.nodes === undefined ? [] : [checks.patchJob(args, args.nodes, this)]),
    ];
    this.watched = [...args.watched, ...jobs.map((job) => job.watched)];
    checks.watchJob(args, this.watched, this);
    this.registerOutputs({ watched: this.watched.map((job) => job.name) });
  }
}

function check(args: MaintenanceArgs): void {
  for (const prefix of args.cachePrefixes) {
    const hit = SESSION_PREFIXES.find((session) => session.startsWith(prefix) || prefix.startsWith(session));
    if (hit !== undefined) throw new Error(`Maintenance: cachePrefixes has "${prefix}", which reaches sessions ("${hit}"); name a longer prefix of the cache alone`);
  }
  const loose = args.images.find((image) => !/@sha256:[a-f0-9]{64}$/.test(image));
  if (loose !== undefined) throw new Error(`Maintenance: image ${loose} is not named by digest; a scan of a tag says nothing about what runs`);
}
