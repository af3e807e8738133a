/** The exporter of Redis, which asks the caches over TLS with the token that the application has. */
import * as pulumi from "@pulumi/pulumi";
import { storesOut } from "../../networkRules.ts";
import { seriesOf } from "../alerts/metrics.ts";
import { podsMonitor, probe } from "./monitors.ts";
import { syncedSecret, type SyncArgs } from "./secret.ts";
import { exporterServer, type Place } from "./server.ts";

export interface RedisExporterArgs extends SyncArgs {
  /** Image by digest, 1.45 or later. */
  image: string;
  /** Primary hosts: the cache's, and that of sessions where it is another one. */
  hosts: pulumi.Input<string>[];
  port: number;
  /** Name of the secret with the auth token, and the version that was written last. */
  authSecretName: string;
  authSecretVersion: pulumi.Input<string>;
}

const NAME = "redis-exporter";
const PORT = 9121;
const TOKEN = "REDIS_AUTH_TOKEN";

/**
 * Three pods, of which each scrape asks one about one cache: its primary, as behind the address of the replicas another one
 * answers each time; how far these are behind CloudWatch tells. The caches know one token for everybody, so this exporter has
 * the application's: it sends INFO and never a key.
 *
 * Costs 30m CPU and 72 MiB, and some ten commands a scrape.
 */
export function redis(place: Place, args: RedisExporterArgs): void {
  const { vpcCidr } = place.args;
  const synced = syncedSecret(place, args, NAME, { [TOKEN]: { secret: args.authSecretName, property: "authToken" } }, args.authSecretVersion);
  exporterServer(place, {
    name: NAME,
    image: args.image,
    port: PORT,
    // Of no cache at its own address; ElastiCache knows no CONFIG.
    args: ["--redis.addr=", "--config-command=-", "--connection-timeout=5s", "--log-format=json", "--redis-only-metrics"],
    env: [{ name: "REDIS_PASSWORD", valueFrom: { secretKeyRef: { name: NAME, key: TOKEN } } }],
    ready: { path: "/health" },
    replicas: 3,
    requests: { cpu: "10m", memory: "24Mi" },
    memory: "64Mi",
    reach: [storesOut(vpcCidr, args.port)],
    // It reads the token when it starts.
    rolls: args.authSecretVersion,
    after: [synced],
  });
  podsMonitor(place, NAME);
  probe(place, { name: NAME, port: PORT }, { job: "redis", path: "/scrape", targets: args.hosts.map((host) => pulumi.interpolate`rediss://${host}:${args.port}`), series: seriesOf("redis") });
}
