/** Buckets, database and cache. */
import * as pulumi from "@pulumi/pulumi";
import type { NetworkClient } from "../../components/component.ts";
import { Postgres } from "../../components/postgres/index.ts";
import { Redis } from "../../components/redis.ts";
import { Storage } from "../../components/storage/index.ts";
import type { Base } from "./base.ts";
import { shared, type Context } from "./context.ts";

/** Everything that holds data. */
export function declareData(context: Context, base: Base) {
  const { config } = context;
  const { opts, keys, network, notifications } = base;
  const common = {
    ...shared(context),
    vpcId: network.vpcId,
    subnetIds: network.dataSubnetIds,
    clients: dataClients(context, base),
    secretsKeyArn: keys.arn("secrets"),
    logsKeyArn: keys.arn("logs"),
    recoveryWindowDays: config.secrets.recoveryWindowDays,
    alarmTopicArn: notifications.alarmTopicArn,
  };
  const storage = new Storage("storage", {
    ...shared(context),
    ...config.storage,
    corsOrigins: config.storage.corsOrigins.length > 0 ? config.storage.corsOrigins : [`https://${config.edge.domain}`],
    uploadTypes: config.app.security.uploadTypes,
    keys: { files: keys.arn("files"), backups: keys.arn("backups"), archive: keys.arn("archive"), audit: keys.arn("audit") },
  }, opts);
  const postgres = new Postgres("postgres", {
    ...common,
    ...config.postgres,
    vpcCidr: network.cidr,
    privateSubnetIds: network.privateSubnetIds,
    privateZoneId: network.privateZoneId,
    privateZoneName: network.privateZoneName,
    keyArn: keys.arn("database"),
    masterPassword: pulumi.secret(config.postgresMasterPassword),
    rotationDays: config.secrets.rotationDays,
  }, opts);
  const redis = new Redis("redis", { ...common, ...config.redis, keyArn: keys.arn("cache"), authToken: pulumi.secret(config.redisAuthToken) }, opts);
  return { storage, postgres, redis };
}

export type Data = ReturnType<typeof declareData>;

/** Who may connect to database and cache: the nodes, or the addresses of a cluster that exists. */
function dataClients({ config }: Context, { cluster }: Base): NetworkClient[] {
  if (cluster.nodeSecurityGroupId !== undefined) return [{ name: "nodes", securityGroupId: cluster.nodeSecurityGroupId }];
  return (config.cluster.existing?.workloadCidrs ?? []).map((cidr, n) => ({ name: `workload-${n}`, cidr }));
}
