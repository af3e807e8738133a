/** The exporter of CloudWatch (YACE): database, cache, load balancer, edge and what jobs and trail publish, as Prometheus's series. */
import type { ClusterIdentity } from "../../cluster/identity.ts";
import { WorkloadRole } from "../../cluster/workloadRole.ts";
import { httpsOut, POD_IDENTITY } from "../../networkRules.ts";
import { cloudWatchConfig } from "./cloudWatchConfig.ts";
import { podMonitor } from "./monitors.ts";
import { exporterServer, type Place } from "./server.ts";
import { settings } from "./settings.ts";

export interface CloudWatchArgs {
  /** Image by digest, 0.62 or later. */
  image: string;
  accountId: string;
  region: string;
  identity: ClusterIdentity;
}

const NAME = "cloudwatch-exporter";

/**
 * Asks once a minute and keeps the answers for Prometheus's scrapes. It may list and read metrics and find resources by their
 * tags; it can change nothing, and read no resource.
 *
 * One pod: two would tell each series twice, and sums would double, as would the bill. While it is away its alerts are quiet, and
 * SignalMissing says so; the alarms that CloudWatch itself has of database and cache do not need it.
 *
 * Costs 20m CPU and 64 MiB; and CloudWatch counts 0.01 USD a thousand metrics that are asked for, so the some 150 series of a
 * stack cost about 60 USD a month.
 */
export function cloudWatch(place: Place, { image, accountId, region, identity }: CloudWatchArgs): void {
  const { prefix, namespace, vpcCidr } = place.args;
  const role = new WorkloadRole(NAME, {
    identity, prefix, accountId, namespace, serviceAccount: NAME,
    // None of these knows resources (service authorization reference, CloudWatch and Resource Groups Tagging API).
    statements: [{ Sid: "ReadMetrics", Effect: "Allow", Action: ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", "tag:GetResources"], Resource: "*" }],
  }, { parent: place.parent });
  // JSON is YAML.
  const config = settings(place, NAME, { "yace.yml": JSON.stringify(cloudWatchConfig(prefix, region), undefined, 2) });
  exporterServer(place, {
    name: NAME,
    image,
    port: 5000,
    args: ["--config.file=/settings/yace.yml", "--listen-address=:5000", "--scraping-interval=60", "--log.format=json"],
    env: [{ name: "AWS_REGION", value: region }, { name: "AWS_EC2_METADATA_DISABLED", value: "true" }],
    ready: { path: "/healthz" },
    replicas: 1,
    requests: { cpu: "20m", memory: "64Mi" },
    memory: "192Mi",
    reach: [httpsOut(vpcCidr), ...(identity.kind === "podIdentity" ? [POD_IDENTITY] : [])],
    annotations: role.annotations,
    volumes: [{ name: "settings", at: "/settings", source: { configMap: { name: config.metadata.name } } }],
    after: role.ready,
  });
  podMonitor(place, NAME, { replacement: NAME });
}
