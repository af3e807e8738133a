/** Exporters and probes of monitoring: each where the configuration has its image. */
import type * as pulumi from "@pulumi/pulumi";
import type { ExportersArgs } from "../../components/monitoring/exporters/index.ts";
import type { Base } from "./base.ts";
import type { Context } from "./context.ts";
import type { Data } from "./data.ts";

interface After {
  /** What is there when the kinds of External Secrets are. */
  externalSecrets: pulumi.Resource[];
  /** What makes the users of the database. */
  databaseUsers: pulumi.Resource[];
}

export function exporting({ config, accountId, region }: Context, { cluster, keys }: Base, { postgres, redis }: Data, { externalSecrets, databaseUsers }: After): ExportersArgs {
  const { kubeStateMetrics, nodeExporter, blackboxExporter, postgresExporter, redisExporter, cloudWatchExporter, jobs } = config.images;
  const common = { accountId, region, identity: cluster.identity };
  /** What an exporter gets, where its image is given. */
  const withImage = <T>(image: string | undefined, rest: T): (T & { image: string }) | undefined => (image === undefined ? undefined : { ...rest, image });
  return {
    kubeState: withImage(kubeStateMetrics, {}),
    node: withImage(nodeExporter, {}),
    blackbox: withImage(blackboxExporter, { publicUrls: [`https://${config.edge.domain}${config.app.health.ready}`], readyPath: config.app.health.ready }),
    postgres: withImage(postgresExporter, {
      ...common,
      jobsImage: jobs,
      hosts: [postgres.endpoint, ...postgres.readerEndpoints],
      port: postgres.port,
      databaseName: postgres.databaseName,
      connectArns: (user: string) => postgres.connectArns(user),
      after: databaseUsers,
    }),
    redis: withImage(redisExporter, {
      ...common,
      hosts: config.redis.sessions === "shared" ? [redis.primaryHost] : [redis.primaryHost, redis.sessionsHost],
      port: redis.port,
      authSecretName: redis.authSecretName,
      authSecretVersion: redis.authSecretVersion,
      secretsKeyArn: keys.arn("secrets"),
      refreshMinutes: config.secrets.refreshMinutes,
      externalSecrets,
    }),
    cloudWatch: withImage(cloudWatchExporter, common),
    services: Object.fromEntries((["cert-manager", "external-secrets"] as const).flatMap((service) => {
      const resource = cluster.service(service);
      return resource === undefined ? [] : [[service, resource]];
    })),
  };
}
