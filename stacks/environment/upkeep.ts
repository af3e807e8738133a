/** Jobs that keep data and cluster in order. */
import * as pulumi from "@pulumi/pulumi";
import { Backups } from "../../components/backups/index.ts";
import { DATA_CLASSES } from "../../components/component.ts";
import type { Jobs } from "../../components/jobs/index.ts";
import { Maintenance } from "../../components/maintenance/index.ts";
import { credentialSecrets } from "../../components/monitoring/routing/notifications.ts";
import type { Secrets } from "../../components/secrets.ts";
import type { Base } from "./base.ts";
import { shared, type Context } from "./context.ts";
import type { Data } from "./data.ts";

export interface UpkeepParts {
  jobs: Jobs;
  secrets: Secrets;
  opts: pulumi.ComponentResourceOptions;
}

/** Backups and maintenance; the application waits for the database users that maintenance makes. */
export function declareUpkeep(context: Context, base: Base, data: Data, { jobs, secrets, opts }: UpkeepParts) {
  const { config } = context;
  const { keys, notifications, cluster } = base;
  const { storage, postgres, redis } = data;
  const backups = new Backups("backups", {
    ...shared(context),
    ...config.backups,
    jobs,
    postgres,
    databaseKeyArn: keys.arn("database"),
    masterUsername: config.postgres.masterUsername,
    backupsBucket: storage.backups,
    buckets: [storage.files, storage.archive],
    backupsKeyArn: keys.arn("backups"),
    projectName: pulumi.getProject(),
    stackName: pulumi.getStack(),
    alarmTopicArn: notifications.alarmTopicArn,
    defaultTags: context.tags,
  }, opts);
  const maintenance = new Maintenance("maintenance", {
    ...shared(context),
    ...config.maintenance,
    dastTarget: config.maintenance.dastTarget ?? config.edge.domain,
    tlsHosts: [config.edge.domain],
    keyRotationDays: config.keys.rotationDays,
    secretRotationDays: config.secrets.rotationDays,
    partitionedTables: config.postgres.partitionedTables,
    images: Object.values(config.images).filter((digest) => digest !== undefined),
    scannerImage: config.images.scanner,
    jobs,
    postgres,
    applicationUser: config.postgres.applicationUser,
    redis,
    secretsKeyArn: keys.arn("secrets"),
    secretNames: [...secrets.secretNames, redis.authSecretName, ...credentialSecrets(context.prefix, config.monitoring.notifications)],
    keyArns: DATA_CLASSES.map((dataClass) => keys.arn(dataClass)),
    backupsBucket: storage.backups,
    backupsKeyArn: keys.arn("backups"),
    nodes: config.cluster.existing === undefined ? { clusterName: cluster.clusterName, groups: Object.keys(config.nodes) } : undefined,
    watched: backups.watched,
    after: [postgres],
  }, opts);
  return { backups, maintenance };
}
