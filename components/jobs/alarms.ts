/** Alarms of one job: it failed, or it has not succeeded for too long. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Jobs } from "./index.ts";
import type { WatchedJob } from "./scheduledJob.ts";

/**
 * A failure is told at once. A missing success is judged by the hourly watch job, which publishes 0 or 1 for every job,
 * because an alarm of its own looks back seven days at most and jobs run monthly (CloudWatch, "Evaluating an alarm");
 * when the watch itself is silent, the data is missing and that is an alarm, too.
 */
export function jobAlarms(name: string, jobs: Jobs, watched: WatchedJob, parent: pulumi.Resource): void {
  const shared = {
    namespace: jobs.metricNamespace,
    dimensions: { Job: name },
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    alarmActions: [jobs.args.alarmTopicArn],
    okActions: [jobs.args.alarmTopicArn],
  };
  new aws.cloudwatch.MetricAlarm(`${name}-failed`, {
    ...shared,
    name: `${jobs.args.prefix}-job-${name}-failed`,
    alarmDescription: `Scheduled job ${name} failed or found something; its log is in namespace ${jobs.namespaceName}.`,
    metricName: "JobFailed",
    statistic: "Sum",
    period: 300,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
  }, { parent });
  new aws.cloudwatch.MetricAlarm(`${name}-overdue`, {
    ...shared,
    name: `${jobs.args.prefix}-job-${name}-overdue`,
    alarmDescription: `Scheduled job ${name} has not succeeded for ${watched.maxAgeHours} hours, or the watch over the jobs is silent.`,
    metricName: "JobOverdue",
    statistic: "Maximum",
    period: 3600,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: "breaching",
  }, { parent });
}
