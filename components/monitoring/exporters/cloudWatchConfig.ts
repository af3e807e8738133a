/** What the exporter of CloudWatch asks for: the metrics of which rules and dashboards use a series, of this stack's resources. */
import { CLOUDWATCH, JOB_METRICS, TRAIL_COUNTS, TRAIL_PAGES } from "../alerts/metrics.ts";

/** What CloudFront uses is there, and so are the bill's metrics (CloudWatch user guide, "Creating a billing alarm"). */
const EDGE_REGION = "us-east-1";
const MINUTE = 60;
const DAY = 86_400;

/**
 * A metric without a value in two weeks is listed no more, and a new one is listed within a quarter of an hour (CloudWatch API
 * reference, "ListMetrics"). What happens seldom is looked for further back than that, or its first value would be over before it is asked for.
 */
const SELDOM = 30 * MINUTE;

type Metric = (typeof CLOUDWATCH)[number];

/** How the metrics of a namespace are asked for. */
interface Source {
  /** Dimensions that a series has, and no others: the same requests are counted by load balancer, by zone and by target. */
  dimensions: string[];
  region: "own" | "edge" | "both";
  /** Seconds between two values, and how far back is looked for the last one. Default: one a minute, five minutes. */
  period?: number;
  length?: number;
  /** Metrics that are counted by something else than the others of the namespace. */
  except?: Record<string, string[]>;
}

const SOURCES: Readonly<Record<string, Source>> = {
  "AWS/RDS": { dimensions: ["DBInstanceIdentifier"], region: "own" },
  "AWS/ElastiCache": { dimensions: ["CacheClusterId"], region: "own" },
  "AWS/ApplicationELB": { dimensions: ["LoadBalancer"], region: "own", except: { UnHealthyHostCount: ["LoadBalancer", "TargetGroup"] } },
  "AWS/CloudFront": { dimensions: ["DistributionId", "Region"], region: "edge" },
  "AWS/WAFV2": { dimensions: ["Rule", "WebACL"], region: "edge" },
  "AWS/NATGateway": { dimensions: ["NatGatewayId"], region: "own" },
  // Twice a day; S3 counts once a day, and is a day late.
  "AWS/CertificateManager": { dimensions: ["CertificateArn"], region: "both", period: DAY, length: 2 * DAY },
  "AWS/S3": { dimensions: ["BucketName", "StorageType"], region: "own", period: DAY, length: 3 * DAY },
  "AWS/Events": { dimensions: ["RuleName"], region: "own", length: SELDOM },
  "AWS/Logs": { dimensions: ["LogGroupName"], region: "own" },
};
/** Not of a resource, and so without tags. */
const BILLING = "AWS/Billing";

/** The metrics of the last minutes are not complete (CloudWatch user guide, "GetMetricData"): these are left to come. YACE knows it of jobs, and passes over that of a metric. */
const LATE = 2 * MINUTE;

/**
 * The file of YACE (its documentation, "configuration"). Resources are found by the tag that the provider puts on all of the
 * stack's. Counts that CloudWatch has none of are 0, as it leaves out zeros; of what is published now and then, such as by
 * jobs, a value comes with its own time and nothing in between, so that the last one stays the last one.
 */
export function cloudWatchConfig(prefix: string, region: string): Record<string, unknown> {
  const regionsOf = (where: Source["region"]) => [...new Set([...(where === "edge" ? [] : [region]), ...(where === "own" ? [] : [EDGE_REGION])])];
  const custom = (name: string, namespace: string, metrics: Record<string, unknown>[]) => ({ name, namespace, regions: [region], delay: LATE, metrics });
  return {
    apiVersion: "v1alpha1",
    "sts-region": region,
    discovery: {
      jobs: Object.entries(SOURCES).flatMap(([type, source]) => [...byDimensions(type, source)].map(([dimensions, metrics]) => ({
        type, regions: regionsOf(source.region), searchTags: [{ key: "stack", value: `^${prefix}$` }],
        dimensionNameRequirements: dimensions.split(","), ...((source.period ?? MINUTE) === MINUTE ? { delay: LATE } : {}), metrics: metrics.map((metric) => asked(metric, source)),
      }))),
    },
    static: [{
      name: "billing", namespace: BILLING, regions: [EDGE_REGION], dimensions: [{ name: "Currency", value: "USD" }],
      // A few times a day, as a level.
      metrics: CLOUDWATCH.filter(([namespace]) => namespace === BILLING).map((metric) => asked(metric, { period: DAY / 4, length: DAY })),
    }],
    customNamespace: [
      custom("jobs", `Golive/${prefix}`, JOB_METRICS.map((name) => ({ ...asked(["", name, "Maximum"], { length: SELDOM }), addCloudwatchTimestamp: true }))),
      custom("trail", `Golive/${prefix}/Trail`, [...TRAIL_PAGES, ...TRAIL_COUNTS].map((name) => asked(["", name, "Sum"], {}))),
    ],
  };
}

/** Metrics of a namespace by the dimensions that their series have. */
function byDimensions(type: string, { dimensions, except = {} }: Source): Map<string, Metric[]> {
  return Map.groupBy(CLOUDWATCH.filter(([namespace]) => namespace === type), ([, metric]) => (except[metric] ?? dimensions).join(","));
}

function asked([, name, statistic]: Metric, { period = MINUTE, length = 5 * MINUTE }: Pick<Source, "period" | "length">): Record<string, unknown> {
  return { name, statistics: [statistic], period, length, ...(statistic === "Sum" ? { nilToZero: true } : {}) };
}
