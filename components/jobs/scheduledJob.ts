/** One job: service account, role, scripts, network policy, CronJob, alarms; on demand a first run in the update itself. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../access/policyDocument.ts";
import { WorkloadRole } from "../cluster/workloadRole.ts";
import { type Transform, transformed } from "../component.ts";
import { jobAlarms } from "./alarms.ts";
import type { Jobs } from "./index.ts";
import { jobPolicy, type Reach } from "./network.ts";
import { podSpec } from "./pod.ts";
import { REPLACE_FAILED, waitedFor } from "./run.ts";
import { longestGapHours } from "./schedule.ts";
import { type Scripts, scriptsHash } from "./scripts.ts";

export interface ScheduledJobArgs {
  jobs: Jobs;
  /** Five-field cron, UTC. */
  schedule: string;
  /** What the job does, for people; an annotation. */
  description: string;
  /** Files mounted at /scripts. */
  scripts: Scripts;
  /** File that is run. */
  entry: string;
  /** Environment of the script; no secrets, those are read from Secrets Manager at run time. */
  env: Record<string, pulumi.Input<string>>;
  /** What the job's role may do, beside writing its own metrics. */
  statements: Statement[];
  /** Where it may connect, beside the AWS APIs. */
  reach: Reach[];
  /** A run that takes longer is stopped, in seconds. */
  deadlineSeconds: number;
  /** Scratch disk in GiB. Default: 1. */
  scratchGib?: number;
  /** Default: 100m and 256Mi; the memory limit is the same. */
  requests?: { cpu: string; memory: string };
  /** Hours without success before the alarm. Default: the longest gap of the schedule, the deadline and an hour. */
  maxAgeHours?: number;
  /** Image run before the script with its own file, for tools that the jobs' image lacks; shares the scratch disk. */
  first?: { image: string; entry: string; requests: { cpu: string; memory: string }; writable: string[] };
  /**
   * Runs in the update, too; what depends on `firstRun` waits for its success. Runs again when its scripts or variables
   * change. `after`: what the run needs beside the job's own parts.
   */
  atOnce?: { after: pulumi.Resource[] };
  transform?: { cronJob?: Transform<k8s.batch.v1.CronJobArgs> };
}

/** A job whose missing success raises an alarm. */
export interface WatchedJob {
  name: string;
  maxAgeHours: number;
}

/**
 * A hardened CronJob that runs one bash script as nobody, with a role of its own and no way to the network but the
 * named ones. Its success is a metric; a failure and a missing success are alarms. Costs a few minutes of a node.
 *
 * @throws when the schedule is no five-field cron or the name is longer than CronJob names may be.
 */
export class ScheduledJob extends pulumi.ComponentResource {
  readonly watched: WatchedJob;
  readonly roleArn: string;
  /** The run of `atOnce`, ready when it has succeeded. */
  readonly firstRun: k8s.batch.v1.Job | undefined;

  constructor(name: string, args: ScheduledJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:jobs:ScheduledJob", name, {}, opts);
    check(name, args);
    this.watched = { name, maxAgeHours: args.maxAgeHours ?? longestGapHours(args.schedule) + Math.ceil(args.deadlineSeconds / 3600) + 1 };
    const role = this.role(name, args);
    this.roleArn = role.roleArn;
    const account = this.serviceAccount(name, args, role);
    const scripts = this.scripts(name, args);
    const policy = jobPolicy(name, args.jobs, args.reach, this);
    const ready = [...args.jobs.guards, ...role.ready, account, policy];
    this.cronJob(name, args, scripts, ready);
    this.firstRun = args.atOnce === undefined ? undefined : this.run(name, args, scripts, [...ready, ...args.atOnce.after]);
    jobAlarms(name, args.jobs, this.watched, this);
    this.registerOutputs({ maxAgeHours: this.watched.maxAgeHours });
  }

  private role(name: string, args: ScheduledJobArgs): WorkloadRole {
    const { identity, prefix, accountId } = args.jobs.args;
    return new WorkloadRole(name, {
      identity, prefix, accountId,
      namespace: args.jobs.namespaceName,
      serviceAccount: name,
      statements: [...args.statements, {
        Sid: "WriteOwnMetrics",
        Effect: "Allow",
        Action: "cloudwatch:PutMetricData",
        // PutMetricData knows no resources; the condition is the only way to limit it (CloudWatch user guide, condition keys).
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": args.jobs.metricNamespace } },
      }],
    }, { parent: this });
  }

  private serviceAccount(name: string, args: ScheduledJobArgs, role: WorkloadRole): k8s.core.v1.ServiceAccount {
    return new k8s.core.v1.ServiceAccount(`${name}-account`, {
      metadata: { name, namespace: args.jobs.namespace, labels: args.jobs.labels(name), annotations: role.annotations },
      automountServiceAccountToken: false,
    }, { parent: this });
  }

  private scripts(name: string, args: ScheduledJobArgs): k8s.core.v1.ConfigMap {
    return new k8s.core.v1.ConfigMap(`${name}-scripts`, {
      metadata: { name: `${name}-${scriptsHash(args.scripts)}`, namespace: args.jobs.namespace, labels: args.jobs.labels(name) },
      immutable: true,
      data: args.scripts,
    }, { parent: this });
  }

  private cronJob(name: string, args: ScheduledJobArgs, scripts: k8s.core.v1.ConfigMap, dependsOn: pulumi.Resource[]): void {
    const labels = args.jobs.labels(name);
    new k8s.batch.v1.CronJob(name, ...transformed<k8s.batch.v1.CronJobArgs>(args.transform?.cronJob, {
      metadata: { name, namespace: args.jobs.namespace, labels, annotations: { "golive/description": args.description } },
      spec: {
        schedule: args.schedule,
        timeZone: "Etc/UTC",
        concurrencyPolicy: "Forbid",
        // A cluster that was down at the time catches up for an hour; later the next regular run is better.
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels },
          spec: {
            activeDeadlineSeconds: args.deadlineSeconds,
            backoffLimit: 1,
            ttlSecondsAfterFinished: 7 * 24 * 3600,
            template: { metadata: { labels }, spec: podSpec(name, args, scripts.metadata.name) },
          },
        },
      },
    }, { parent: this, dependsOn }));
  }

  /**
   * Named by its scripts. Has no time to live: a job that Kubernetes removes by itself is a difference in the next
   * refresh and would run again; the one that its successor replaces is removed by the update.
   */
  private run(name: string, args: ScheduledJobArgs, scripts: k8s.core.v1.ConfigMap, dependsOn: pulumi.Resource[]): k8s.batch.v1.Job {
    const labels = args.jobs.labels(name);
    return new k8s.batch.v1.Job(`${name}-first-run`, {
      metadata: { name: `${name}-${scriptsHash(args.scripts)}`, namespace: args.jobs.namespace, labels, annotations: { "golive/description": args.description, ...REPLACE_FAILED } },
      spec: {
        activeDeadlineSeconds: args.deadlineSeconds,
        backoffLimit: FIRST_RUN_RETRIES,
        template: { metadata: { labels }, spec: podSpec(name, args, scripts.metadata.name) },
      },
    }, { parent: this, dependsOn, ...waitedFor(args.deadlineSeconds) });
  }
}

/** A first run meets a password in rotation or rules that are not everywhere yet: three more tries, 70 s in all. */
const FIRST_RUN_RETRIES = 3;

function check(name: string, args: ScheduledJobArgs): void {
  // The controller adds 11 characters for the time; names of jobs end at 63 (Kubernetes, "CronJob limitations").
  if (name.length > 52) throw new Error(`ScheduledJob ${name}: the name has ${name.length} characters, a CronJob's may have 52`);
  if (args.scripts[args.entry] === undefined) throw new Error(`ScheduledJob ${name}: entry ${args.entry} is none of its scripts`);
  if (!/^[a-z0-9.-]+$/.test(args.entry)) throw new Error(`ScheduledJob ${name}: entry ${args.entry} is not a plain file name`);
}
