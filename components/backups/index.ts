/** Backups beside the database's own: AWS Backup with a copy in a second region, dumps, drills, state export. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DataStore, Protection } from "../component.ts";
import type { Jobs, WatchedJob } from "../jobs/index.ts";
import { dumpJob, drillJob, stateJob } from "./jobs.ts";
import { backupPlan, type Plan } from "./plan.ts";

export interface BackupsArgs {
  /** `${app}-${stack}`. */
  prefix: string;
  accountId: string;
  region: string;
  /** Second region that AWS Backup copies to. */
  copyRegion: string;
  /** Schedules, five-field cron in UTC. */
  dumpSchedule: string;
  drillSchedule: string;
  stateSchedule: string;
  /** Alarm when no drill has succeeded for this many hours. */
  drillMaxAgeHours: number;
  /** Days for which AWS Backup keeps recovery points. */
  retentionDays: number;
  /** Recovery targets in minutes, measured by the drill. */
  rpoMinutes: number;
  rtoMinutes: number;
  /** Where the jobs run. */
  jobs: Jobs;
  postgres: {
    identifier: string;
    arn: string;
    endpoint: pulumi.Input<string>;
    port: number;
    databaseName: string;
    subnetGroupName: string;
    parameterGroupName: string;
    majorVersion: string;
    securityGroupId: pulumi.Input<string>;
    connectArn(user: string): pulumi.Output<string>;
  };
  /** Key of the database, which restored scratch instances use, too. */
  databaseKeyArn: pulumi.Input<string>;
  masterUsername: string;
  backupsBucket: { name: string; arn: string };
  /** Buckets that AWS Backup copies as well; usually the files bucket. */
  buckets: { arn: string }[];
  backupsKeyArn: pulumi.Input<string>;
  /** Bucket of Pulumi's state, made by people before the first update, and its key when it has one. */
  stateBucket: string;
  stateKeyArn?: pulumi.Input<string> | undefined;
  /** Name of the Pulumi project and stack, the place of the state in that bucket. */
  projectName: string;
  stackName: string;
  alarmTopicArn: pulumi.Input<string>;
  /** Tags of everything made in the second region. */
  defaultTags: Record<string, string>;
  protection: Protection;
}

/**
 * Three ways back: RDS point-in-time recovery (the RPO of minutes), AWS Backup snapshots in a locked vault with a
 * copy in another region (loss of a region or of the database by mistake), nightly logical dumps (single tables,
 * other versions). The drill proves the first and the third and measures both.
 *
 * Costs: snapshots by the gigabyte in two regions, traffic between them, dumps in the bucket, the scratch instance of
 * the drill for as long as it lasts.
 *
 * @throws when the second region is the first, or the drill could not keep its own deadline.
 */
export class Backups extends pulumi.ComponentResource {
  readonly vaultName: string;
  readonly copyVaultArn: string;
  /** Jobs for the watch of Maintenance. */
  readonly watched: WatchedJob[];
  /** The recovery points in both regions; the dumps lie in the backups bucket, which Storage describes. */
  readonly stores: DataStore[];

  constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:backups:Backups", name, {}, opts);
    check(args);
    const copyProvider = this.copyRegion(name, args);
    const plan = backupPlan(name, args, copyProvider, this);
    this.vaultName = plan.vaultName;
    this.copyVaultArn = plan.copyVaultArn;
    this.stores = describeStores(args, plan);
    this.watched = [dumpJob, drillJob, stateJob].map((job) => job(args, this).watched);
    this.registerOutputs({ vaultName: this.vaultName, copyVaultArn: this.copyVaultArn });
  }

  private copyRegion(name: string, args: BackupsArgs): aws.Provider {
    return new aws.Provider(`${name}-copy-region`, {
      region: args.copyRegion as aws.Region,
      allowedAccountIds: [args.accountId],
      defaultTags: { tags: args.defaultTags },
    }, { parent: this });
  }
}

function check(args: BackupsArgs): void {
  if (args.copyRegion === args.region) {
    throw new Error(`Backups: copyRegion is ${args.region}, the region itself; a copy there is lost with it, name another`);
  }
  if (!/^[a-z][a-z0-9_]*$/.test(args.masterUsername)) throw new Error(`Backups: masterUsername ${args.masterUsername} is not a database user`);
}

function describeStores(args: BackupsArgs, plan: Plan): DataStore[] {
  return [
    { name: plan.vaultName, region: args.region },
    { name: plan.copyVaultName, region: args.copyRegion },
  ].map(({ name, region }): DataStore => ({
    name,
    dataClass: "backups",
    content: `Recovery points of the database and of ${args.buckets.length} buckets, in ${region}.`,
    retention: `${args.retentionDays} days, locked.`,
    erasure: `Goes with the retention, ${args.retentionDays} days at the latest; after a restore the erasures since the recovery point are repeated.`,
  }));
}
