/** Alarms and events of the database. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { memoryGib } from "./parameters.ts";

const GIB = 1024 ** 3;

export interface DatabaseAlarmsArgs {
  prefix: string;
  identifier: string;
  replicaIdentifiers: string[];
  instanceClass: string;
  storageGib: number;
  alarmTopicArn: pulumi.Input<string>;
}

interface Watch {
  metric: string;
  identifier: string;
  comparison: "GreaterThanThreshold" | "LessThanThreshold";
  threshold: number;
  statistic: "Average" | "Maximum" | "Minimum";
  /** Evaluation periods of one minute. */
  minutes: number;
  meaning: string;
}

/** CPU, memory and storage limits are those of the requirements' table of monitoring; a replica a minute behind serves stale pages. */
function watches(args: DatabaseAlarmsArgs): Watch[] {
  const all = [args.identifier, ...args.replicaIdentifiers];
  return [
    ...all.map((identifier): Watch => ({ metric: "CPUUtilization", identifier, comparison: "GreaterThanThreshold", threshold: 80, statistic: "Average", minutes: 5, meaning: "CPU above 80 % for 5 minutes" })),
    ...all.map((identifier): Watch => ({ metric: "FreeableMemory", identifier, comparison: "LessThanThreshold", threshold: Math.round(memoryGib(args.instanceClass) * GIB * 0.1), statistic: "Average", minutes: 5, meaning: "less than 10 % of memory free for 5 minutes" })),
    ...all.map((identifier): Watch => ({ metric: "FreeStorageSpace", identifier, comparison: "LessThanThreshold", threshold: Math.round(args.storageGib * GIB * 0.15), statistic: "Minimum", minutes: 5, meaning: "less than 15 % of the allocated storage free" })),
    ...args.replicaIdentifiers.map((identifier): Watch => ({ metric: "ReplicaLag", identifier, comparison: "GreaterThanThreshold", threshold: 60, statistic: "Maximum", minutes: 5, meaning: "replica more than 60 s behind for 5 minutes" })),
    { metric: "MaximumUsedTransactionIDs", identifier: args.identifier, comparison: "GreaterThanThreshold", threshold: 1_000_000_000, statistic: "Maximum", minutes: 15, meaning: "a billion transaction ids used: vacuum does not keep up, the server stops at two" },
  ];
}

/** One alarm a metric and instance, and the service's own events, all to the alarm topic. */
export function databaseAlarms(name: string, args: DatabaseAlarmsArgs, parent: pulumi.Resource): void {
  for (const watch of watches(args)) {
    const part = watch.identifier === args.identifier ? "primary" : watch.identifier.slice(args.identifier.length + 1);
    new aws.cloudwatch.MetricAlarm(`${name}-${part}-${watch.metric}`, {
      name: `${watch.identifier}-${watch.metric}`,
      alarmDescription: `Database ${watch.identifier}: ${watch.meaning}.`,
      namespace: "AWS/RDS",
      metricName: watch.metric,
      dimensions: { DBInstanceIdentifier: watch.identifier },
      comparisonOperator: watch.comparison,
      threshold: watch.threshold,
      statistic: watch.statistic,
      period: 60,
      evaluationPeriods: watch.minutes,
      // A database that reports nothing is down or cut off.
      treatMissingData: "breaching",
      alarmActions: [args.alarmTopicArn],
      okActions: [args.alarmTopicArn],
    }, { parent });
  }
  new aws.rds.EventSubscription(`${name}-events`, {
    name: `${args.prefix}-postgres`,
    snsTopic: args.alarmTopicArn,
    sourceType: "db-instance",
    sourceIds: [args.identifier, ...args.replicaIdentifiers],
    eventCategories: ["availability", "deletion", "failover", "failure", "low storage", "maintenance", "recovery", "restoration"],
  }, { parent });
}
