/** Rules about the stack as a whole. */
import { valueAt } from "../input.ts";
import type { Config } from "../schema.ts";
import { longestGapHours } from "../times.ts";
import { type Rule, duplicates, when } from "./rule.ts";

const zonesForEnvironment: Rule = {
  id: "zones-for-environment",
  title: "Production has at least three zones.",
  reason: "with two zones the loss of one leaves no second copy of anything",
  reads: ["environment", "zones"],
  check: ({ environment, zones }) => when(environment === "production" && zones.length < 3, () => ({
    path: "zones", given: `${zones.length} zones (${zones.join(", ")})`, allowed: "at least 3 in production", mend: "add a zone, for example zones: [a, b, c]",
  })),
};

const zonesDistinct: Rule = {
  id: "zones-distinct",
  title: "No zone is named twice.",
  reason: "two subnets in one zone look like two zones and are lost together",
  reads: ["zones"],
  check: ({ zones }) => duplicates(zones).map((zone) => ({ path: "zones", given: `${zone} twice`, allowed: "each zone once", mend: `replace one ${zone} by another zone` })),
};

const productionSpread: Rule = {
  id: "production-spread",
  title: "In production, application and cache have at least one replica for each zone.",
  reason: "they are spread over the zones, and a zone without one is not covered",
  reads: ["environment", "zones", "app.replicas.min", "redis.nodes"],
  check: ({ environment, zones, app, redis }) => {
    if (environment !== "production") return [];
    const least = `at least ${zones.length}, one for each zone`;
    return [
      ...when(app.replicas.min < zones.length, () => ({ path: "app.replicas.min", given: `${app.replicas.min}`, allowed: least, mend: `set app.replicas.min to ${zones.length}` })),
      ...when(redis.nodes < zones.length, () => ({ path: "redis.nodes", given: `${redis.nodes}`, allowed: least, mend: `set redis.nodes to ${zones.length}` })),
    ];
  },
};

/** Load balancers and target groups have names of at most 32 characters; ours add at most eight to the prefix. */
const PREFIX_MAX = 24;
/** A bucket name has at most 63 characters (S3 user guide) and ends in -<12 digits>. */
const BUCKET_PART_MAX = 63 - 1 - 1 - 12;

const namesFit: Rule = {
  id: "names-fit",
  title: "Application name, stack name and bucket names leave room for the names that AWS allows.",
  reason: "load balancer names end at 32 characters and bucket names at 63; the service would refuse them in the middle of an update",
  reads: ["app.name", "storage.extraBuckets"],
  check: ({ app, storage }, stack) => {
    const prefix = `${app.name}-${stack}`;
    const longest = Object.keys(storage.extraBuckets).filter((name) => prefix.length + name.length > BUCKET_PART_MAX);
    return [
      ...when(prefix.length > PREFIX_MAX, () => ({
        path: "app.name", given: `"${app.name}", so names start with "${prefix}" (${prefix.length} characters)`, allowed: `at most ${PREFIX_MAX} characters with the stack's name`, mend: "choose a shorter app.name or stack name",
      })),
      ...longest.map((name) => ({ path: `storage.extraBuckets.${name}`, given: `a name of ${name.length} characters`, allowed: `at most ${BUCKET_PART_MAX - prefix.length}`, mend: "choose a shorter name" })),
    ];
  },
};

const RESERVED_TAGS = ["owner", "cost-center", "environment", "stack", "data-class", "project"];

const tagsNotReserved: Rule = {
  id: "tags-not-reserved",
  title: "Further tags do not reuse a key that the program sets.",
  reason: "cost, privacy and policies rely on those tags meaning what the program says",
  reads: ["tags"],
  check: ({ tags }) => Object.keys(tags).filter((tag) => RESERVED_TAGS.includes(tag.toLowerCase())).map((tag) => ({
    path: `tags.${tag}`, given: "a key that the program sets", allowed: `any key but ${RESERVED_TAGS.join(", ")}`, mend: "use another key; owner and costCenter are keys of their own",
  })),
};

const activeColorHasImage: Rule = {
  id: "active-color-has-image",
  title: "The active color has an image.",
  reason: "the live Service would point at nothing",
  reads: ["activeColor", "images.blue", "images.green"],
  check: ({ activeColor, images }) => when(images[activeColor] === undefined, () => ({
    path: `images.${activeColor}`, given: `nothing, while activeColor is ${activeColor}`, allowed: "an image by digest",
    mend: `set images.${activeColor}, or go back: pulumi config set activeColor ${activeColor === "blue" ? "green" : "blue"} --stack <stack>`,
  })),
};

const SCHEDULE_KEYS = [
  "backups.dumpSchedule", "backups.drillSchedule", "backups.stateSchedule", "maintenance.vacuumSchedule", "maintenance.partitionSchedule",
  "maintenance.cacheSchedule", "maintenance.scanSchedule", "maintenance.dastSchedule", "maintenance.expirySchedule", "maintenance.patchSchedule",
];

function schedule(config: Config, path: string): string {
  return String(valueAt(config, path.split(".")));
}

/** A leap year, the longest time between two days of the same date. */
const YEAR_HOURS = 366 * 24;

const schedulesRun: Rule = {
  id: "schedules-run",
  title: "Every schedule has fields in range and comes to pass.",
  reason: "Kubernetes refuses a bad expression only when it meets it, and accepts one that never runs",
  reads: SCHEDULE_KEYS,
  check: (config) => SCHEDULE_KEYS.flatMap((path) => {
    const cron = schedule(config, path);
    const gap = longestGapHours(cron);
    if (gap === undefined) return [{ path, given: `"${cron}"`, allowed: "minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7", mend: "mend the field that is out of range" }];
    return when(gap > YEAR_HOURS, () => ({ path, given: `"${cron}", which ${gap === Infinity ? "never comes" : "does not come every year"}`, allowed: "a schedule that runs again and again", mend: "choose a day that every month has" }));
  }),
};

/** How often the requirements want a job at least, in hours; a month has up to 31 days. */
const AT_LEAST: [string, number, string][] = [
  ["backups.dumpSchedule", 24, "nightly dump"],
  ["maintenance.scanSchedule", 7 * 24, "weekly vulnerability scan"],
  ["maintenance.dastSchedule", 31 * 24, "monthly penetration test"],
  ["maintenance.partitionSchedule", 31 * 24, "next month's partitions"],
];

const schedulesOftenEnough: Rule = {
  id: "schedules-often-enough",
  title: "Dumps run nightly, scans weekly, penetration test and partition creation monthly, or more often.",
  reason: "the security checklist and the recovery plan count on it",
  reads: AT_LEAST.map(([path]) => path),
  check: (config) => AT_LEAST.flatMap(([path, most, what]) => {
    const cron = schedule(config, path);
    const gap = longestGapHours(cron);
    return when(gap !== undefined && gap !== Infinity && gap > most, () => ({ path, given: `"${cron}", up to ${gap} h apart`, allowed: `at most ${most} h apart (${what})`, mend: "run it more often" }));
  }),
};

/** Lists whose entries become resources, subscriptions or rules of their own, one each. */
const DISTINCT_LISTS = [
  "network.interfaceEndpoints", "cluster.access.publicCidrs", "cluster.existing.workloadCidrs", "cluster.existing.autoscalingGroups", "cluster.existing.nodeAddresses", "cluster.existing.apiServerCidrs",
  "postgres.partitionedTables", "notifications.emails", "access.peopleTrust", "access.breakGlassTrust", "edge.blockedCountries",
];

const listsDistinct: Rule = {
  id: "lists-distinct",
  title: "Mailboxes, endpoints, address ranges and other lists name nothing twice.",
  reason: "each entry becomes a resource or a rule of its own, and two of one name are refused in the middle of an update",
  reads: [...DISTINCT_LISTS.filter((path) => !path.startsWith("cluster.existing.")), "cluster.existing"],
  check: (config) => DISTINCT_LISTS.flatMap((path) => {
    const list = valueAt(config, path.split("."));
    return duplicates(Array.isArray(list) ? list.map(String) : []).map((entry) => ({ path, given: `"${entry}" twice`, allowed: "each entry once", mend: "remove one of the two" }));
  }),
};

export const generalRules = [listsDistinct, zonesForEnvironment, zonesDistinct, productionSpread, namesFit, tagsNotReserved, activeColorHasImage, schedulesRun, schedulesOftenEnough];
