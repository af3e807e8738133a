import { TRAIL_PAGES } from "../../../components/monitoring/alerts/metrics.ts";
import { DEFAULTS as limits } from "../../../components/monitoring/alerts/thresholds.ts";
import type { AlertCase, AlertCases } from "../case.ts";
import { ago, gauge, rate, type Series } from "../series.ts";
import { MAX_AGE_HOURS } from "../stack.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

const success = (cronjob: string, seconds: number): Series => ({
  [`kube_cronjob_status_last_successful_time{namespace="shop-jobs",cronjob="${cronjob}"}`]: ago(seconds),
  [`kube_cronjob_created{namespace="shop-jobs",cronjob="${cronjob}"}`]: ago(300 * DAY),
});
const overdue = (cronjob: string): AlertCase => ({
  labels: { namespace: "shop-jobs", cronjob }, at: { maxAge: (factor) => success(cronjob, factor * MAX_AGE_HOURS * HOUR) }, target: success(cronjob, HOUR),
});

const failed = (value: number): Series => ({
  'kube_job_failed{namespace="shop-jobs",job_name="vacuum-1",condition="true"}': gauge(value),
  'kube_job_status_start_time{namespace="shop-jobs",job_name="vacuum-1"}': ago(HOUR),
});
const suspended = (value: number): Series => ({ 'kube_cronjob_spec_suspend{namespace="shop-jobs",cronjob="vacuum"}': gauge(value) });
const drill = (metric: string, value: number): Series => ({ [`aws_golive_shop_production_${metric}_maximum{dimension_Job="restore-drill"}`]: gauge(value) });

const OBJECTS = 'aws_s3_number_of_objects_average{dimension_BucketName="shop-production-files"}';
const trail = (event: string, value: number): Series => ({ [`aws_golive_shop_production_trail_${event}_sum`]: gauge(value) });
const rule = (metric: string, route: string, value: number): Series => ({ [`aws_events_${metric}_sum{dimension_RuleName="shop-production-${route}"}`]: gauge(value) });
const triggered = (route: string): AlertCase => ({
  labels: { dimension_RuleName: `shop-production-${route}` }, at: { state: () => rule("triggered_rules", route, 2) }, target: rule("triggered_rules", route, 0), recovery: 2400,
});
const refusals = (perSecond: number): Series => ({ 'http_requests_total{namespace="shop",color="green",route="login",code="401"}': rate(perSecond) });
const events = (count: number): Series => ({ 'aws_logs_incoming_log_events_sum{dimension_LogGroupName="/aws/cloudtrail/shop-production"}': gauge(count) });

/** A bill that each day grows by so many times what it grew by the day before. */
const BILL = 'aws_billing_estimated_charges_maximum{dimension_ServiceName="",dimension_Currency="USD"}';
const bill = (factor: number): Series => ({ [BILL]: { at: (now) => factor ** (now / DAY) } });

export const duties: AlertCases = {
  "BackupMissing/2": overdue("database-dump"),
  "RestoreDrillOverdue/2": overdue("restore-drill"),
  "StateExportMissing/3": overdue("state-export"),
  "MaintenanceJobOverdue/3": overdue("vacuum"),
  "JobFailed/3": { labels: { namespace: "shop-jobs", job_name: "vacuum-1" }, at: { state: () => failed(1) }, target: failed(0) },
  "JobSuspended/4": { labels: { namespace: "shop-jobs", cronjob: "vacuum" }, at: { state: () => suspended(1) }, target: suspended(0), sample: 240 },
  "RecoveryTooSlow/3/time": { labels: {}, at: { recoverySeconds: (factor) => drill("recovery_seconds", factor * limits.recoverySeconds) }, target: drill("recovery_seconds", 900) },
  "RecoveryTooSlow/3/point": { labels: {}, at: { recoveryPointSeconds: (factor) => drill("recovery_point_seconds", factor * limits.recoveryPointSeconds) }, target: drill("recovery_point_seconds", 120) },
  "BucketShrinking/2": {
    labels: { dimension_BucketName: "shop-production-files" }, lead: DAY, sample: 240,
    at: { bucketLoss: (factor) => ({ [OBJECTS]: gauge(1000 * (1 - factor * limits.bucketLoss)) }) },
    target: { [OBJECTS]: gauge(1000) },
  },
  "PolicyExceptionExpiring/4": { labels: { rule: "network/nat-per-zone", resource: "near" }, at: { exceptionDays: () => ({}) }, target: {}, constant: true },
  "FailedLogins/3": { labels: {}, ramp: 300, at: { refusedLoginsPerSecond: (factor) => refusals(factor * limits.refusedLoginsPerSecond) }, target: refusals(0.05) },
  "ConsoleLoginFailures/3": { labels: {}, at: { consoleFailures: (factor) => trail("sign_in_failures", factor * limits.consoleFailures) }, target: trail("sign_in_failures", 1) },
  "SuspiciousActivity/1": {
    labels: { event: "root-used" }, at: { state: () => trail("root_used", 1) }, target: { ...trail("root_used", 0), ...rule("triggered_rules", "root-acts", 0) }, recovery: 2400,
  },
  "UnauthorizedCalls/3": { labels: {}, at: { refusedCalls: (factor) => trail("unauthorized_calls", factor * limits.refusedCalls) }, target: trail("unauthorized_calls", 2) },
  "ThreatFound/1": triggered("guardduty-high"),
  "ThreatSuspected/3": triggered("guardduty-medium"),
  "SecurityFinding/3": triggered("security-hub"),
  "FindingsNotDelivered/2": {
    labels: { dimension_RuleName: "shop-production-guardduty-high" }, at: { state: () => rule("failed_invocations", "guardduty-high", 1) }, target: rule("failed_invocations", "guardduty-high", 0), recovery: 2400,
  },
  "AuditTrailSilent/2": { labels: {}, at: { state: () => events(0) }, target: events(500) },
  "CostJump/4": { labels: {}, starts: 2 * DAY, sample: 240, at: { costFactor: (factor) => bill(factor * limits.costFactor) }, target: { [BILL]: gauge(1) }, recovery: 12 * HOUR },
};

/** Every event of the trail that pages, for the test of the healthy stack. */
export const quietTrail: Series = Object.assign({}, ...TRAIL_PAGES.map((event) => trail(event.replaceAll("-", "_"), 0))) as Series;
