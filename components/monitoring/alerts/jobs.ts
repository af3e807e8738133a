/** Backups and scheduled jobs: what has not happened. Limits are those of the jobs themselves. */
import { type Alert, DAY, figure, HOUR, MINUTE, type Recording, type RuleGroup, type Severity } from "./alert.ts";
import { cloudWatch, jobMetric, type Scope } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

const SHARED = { team: "platform", dashboard: "system", missing: "quiet" } as const;
/** Seconds that may pass without success, by job. */
export const MAX_AGE = "golive:job_max_age:seconds";
/** Jobs with alerts of their own. */
const NAMED = { dump: "database-dump", drill: "restore-drill", state: "state-export" };

export function jobsGroup(scope: Scope, limits: Thresholds): RuleGroup {
  return { name: "golive-jobs", interval: MINUTE, recordings: [...maxAges(scope), ...exceptionEnds(scope)], alerts: [...overdue(scope), ...runs(scope), ...backups(scope, limits), ...exceptions(limits)] };
}

function maxAges(scope: Scope): Recording[] {
  return scope.jobs.map(({ name, maxAgeHours }) => ({ record: MAX_AGE, expr: `vector(${figure(maxAgeHours * HOUR)})`, labels: { namespace: scope.jobsNamespace, cronjob: name } }));
}

function exceptionEnds(scope: Scope): Recording[] {
  return scope.exceptions.map(({ rule, resource, expires }) => ({ record: "golive:policy_exception_end:seconds", expr: `vector(${figure(Date.parse(expires) / 1000)})`, labels: { rule, resource } }));
}

/** Since the last success, or, while there was none, since the job was made. */
function late(scope: Scope, selector: string): string {
  const of = (metric: string) => `max by (namespace, cronjob) (${metric}{namespace="${scope.jobsNamespace}",cronjob${selector}})`;
  const last = of("kube_cronjob_status_last_successful_time");
  return `time() - (${last} or ${of("kube_cronjob_created")}) > on (namespace, cronjob) ${MAX_AGE}`;
}

function overdue(scope: Scope): Alert[] {
  const alert = (name: string, selector: string, severity: Severity, summary: string, team: Alert["team"] = "platform"): Alert => ({
    ...SHARED, team, name, severity, for: 15 * MINUTE, expr: late(scope, selector), summary, description: "{{ $labels.cronjob }} has not succeeded for {{ $value | humanizeDuration }}.",
  });
  return [
    alert("BackupMissing", `="${NAMED.dump}"`, 2, "There is no fresh dump of the database", "data"),
    alert("RestoreDrillOverdue", `="${NAMED.drill}"`, 2, "Nobody knows whether the backups can be restored", "data"),
    alert("StateExportMissing", `="${NAMED.state}"`, 3, "There is no fresh copy of the stack's state"),
    alert("MaintenanceJobOverdue", `!~"${Object.values(NAMED).join("|")}"`, 3, "Maintenance job {{ $labels.cronjob }} is overdue"),
  ];
}

function runs(scope: Scope): Alert[] {
  const ours = `namespace=~"${scope.jobsNamespace}|${scope.namespace}"`;
  return [
    {
      // Failed runs stay to be looked at for a week; after a day they are no news.
      ...SHARED, name: "JobFailed", severity: 3, for: MINUTE,
      expr: `max by (namespace, job_name) (kube_job_failed{${ours},condition="true"}) == 1 and on (namespace, job_name) time() - max by (namespace, job_name) (kube_job_status_start_time{${ours}}) < ${figure(DAY)}`,
      summary: "Job {{ $labels.namespace }}/{{ $labels.job_name }} failed", description: "Its log says what it found or could not do.",
    },
    {
      ...SHARED, name: "JobSuspended", severity: 4, for: DAY, expr: `max by (namespace, cronjob) (kube_cronjob_spec_suspend{namespace="${scope.jobsNamespace}"}) == 1`,
      summary: "Somebody has suspended {{ $labels.cronjob }} and not resumed it", description: "It has not been started for a day.",
    },
  ];
}

function backups(scope: Scope, limits: Thresholds): Alert[] {
  const slow = (metric: string, limit: number) => `max(last_over_time(${jobMetric(scope, metric)}[1d])) > ${figure(limit)}`;
  const objects = cloudWatch("AWS/S3", "NumberOfObjects", "Average");
  const bucket = (offset = "") => `max by (dimension_BucketName) (${objects}{dimension_BucketName=~"${scope.prefix}-.*"}${offset})`;
  return [
    {
      ...SHARED, name: "RecoveryTooSlow", team: "data", severity: 3, window: "time", for: 10 * MINUTE, expr: slow("RecoverySeconds", limits.recoverySeconds),
      summary: "A restore takes longer than promised", description: "The last drill took {{ $value | humanizeDuration }}.",
    },
    {
      ...SHARED, name: "RecoveryTooSlow", team: "data", severity: 3, window: "point", for: 10 * MINUTE, expr: slow("RecoveryPointSeconds", limits.recoveryPointSeconds),
      summary: "A restore loses more data than promised", description: "The last drill lost {{ $value | humanizeDuration }}.",
    },
    {
      ...SHARED, name: "BucketShrinking", team: "data", severity: 2, for: HOUR, expr: `1 - ${bucket()} / (${bucket(" offset 1d")} > 0) > ${figure(limits.bucketLoss)}`,
      summary: "Objects vanish from {{ $labels.dimension_BucketName }}", description: "{{ $value | humanizePercentage }} of its objects are gone since yesterday.",
    },
  ];
}

function exceptions(limits: Thresholds): Alert[] {
  return [{
    ...SHARED, name: "PolicyExceptionExpiring", team: "security", dashboard: "security", severity: 4, for: HOUR, expr: `golive:policy_exception_end:seconds - time() < ${figure(limits.exceptionDays * DAY)}`,
    summary: "An exception from {{ $labels.rule }} is about to end", description: "For {{ $labels.resource }}, in {{ $value | humanizeDuration }}; updates are refused afterwards.",
  }];
}
